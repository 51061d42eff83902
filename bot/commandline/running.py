"""`run` and `demo`: the bot at work, and a recorded week of it."""

import asyncio
import logging
import os
import socket
import sys
from argparse import Namespace
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from bot import web, wiring
from bot.clock import SteppedClock
from bot.commandline.configured import settings
from bot.config import AlertSettings, CatalogueSettings, FetchSettings, Settings, StoreSettings
from bot.domain.document import Bullets, Document, Heading, Paragraph, Style, Text
from bot.domain.ports import Chat, Terminal
from bot.domain.sources import Tracked
from bot.runtime import Bot, stopping_on_signals
from bot.telemetry import configure_logging

PATIENCE = timedelta(minutes=2)
"""Longer than a digest waits for the rest of its burst."""


def run(arguments: Namespace) -> int:
    """Watch the configured sources until SIGTERM, or until the person at the terminal leaves."""
    chosen = settings(arguments)
    interactive = chosen.console.enabled and sys.stdin.isatty()
    quiet = logging.ERROR if interactive else logging.INFO
    configure_logging(level=logging.DEBUG if arguments.verbose else quiet)
    return asyncio.run(_run(chosen, interactive=interactive))


async def _run(chosen: Settings, *, interactive: bool) -> int:
    console = wiring.console(chosen, journal=_journal(chosen.store.url)) if chosen.console.enabled else None
    chats: dict[str, Chat] = {wiring.TERMINAL.platform: console} if console else {}
    operators = wiring.TERMINAL if console else None
    async with AsyncExitStack() as stack:
        stop = await stack.enter_async_context(stopping_on_signals())
        bot = await stack.enter_async_context(wiring.open_bot(chosen, chats=chats, owner=_owner(), operators=operators))
        listen = chosen.http.listen
        served = web.serve(listen.host, listen.port, readiness=bot.readiness, metrics=bot.metrics)
        address = await stack.enter_async_context(served)
        if console is not None:
            await _welcome(bot, console, address)
        async with asyncio.TaskGroup() as group:
            first = group.create_task(_first_round(bot))
            await bot.run(stop, ends_with=wiring.TERMINAL.platform if interactive else None)
            first.cancel()
    return 0


def _owner() -> str:
    """Name this process among those that share a store."""
    return f"{socket.gethostname()}-{os.getpid()}"


def _journal(url: str) -> Path | None:
    """Return where the console remembers what it showed: next to the database, if that is a file."""
    path = urlsplit(url).path
    return Path(path[1:] + ".shown") if url.startswith("sqlite:///") and len(path) > 1 else None


async def _welcome(bot: Bot, chat: Terminal, address: str) -> None:
    """Say what is watched and what to type."""
    listing = await bot.store.sources.listing()
    _, watches = await bot.store.watches.all()
    mine = [watch for watch in watches if watch.conversation == wiring.TERMINAL]
    watching = (
        f"{len(mine)} watches stand here: " + "; ".join(watch.query for watch in mine[:3])
        if mine
        else "Nothing is watched yet, so nothing will be posted. Begin with:"
    )
    first = Document(
        (
            Heading((Text("Rapporteur watches standards bodies and tells you.", Style.STRONG),)),
            Paragraph((Text(f"{len(listing)} sources are polled: ITU, IETF, W3C, ETSI, regulators, NGOs, news."),)),
            Paragraph((Text(watching),)),
            Bullets(
                (
                    (Text("watch facial recognition, video surveillance", Style.CODE), Text("  to be told of news")),
                    (Text("meetings SG21 next month", Style.CODE), Text("  to look meetings up")),
                    (Text("sources", Style.CODE), Text("  to see how they do")),
                    (Text("help", Style.CODE), Text("  for everything else; Ctrl-D leaves")),
                )
            ),
            Paragraph((Text(f"Health and metrics: {address}/healthz, /readyz, /metrics", Style.QUIET),)),
        )
    )
    await chat.say(first)


async def _first_round(bot: Bot) -> None:
    """Show how the first poll of new sources comes along, and say at its end how it went."""
    listing = await bot.store.sources.listing()
    unasked = {tracked.source.id for tracked in listing if not tracked.health.polls and not tracked.paused}
    if not unasked:
        return
    progress = wiring.progress()
    done = asyncio.Event()

    def polled(tracked: Tracked) -> None:
        if tracked.source.id in unasked:
            unasked.discard(tracked.source.id)
            progress.step(tracked.source.name)
        if not unasked:
            done.set()

    progress.start(len(unasked), "First poll")
    bot.polled = polled
    try:
        await done.wait()
    finally:
        progress.done()
    if bot.notice is not None and await bot.notice.run_once(summary=True):
        bot.deliverer.wake()


def demo(arguments: Namespace) -> int:
    """Play the recorded week through the real bot on a scripted clock; then take commands if somebody is there."""
    configure_logging(level=logging.ERROR)
    stay = sys.stdin.isatty() and sys.stdout.isatty() and not arguments.end
    with TemporaryDirectory(prefix="rapporteur-demo-") as folder:
        return asyncio.run(_demo(Path(folder), stay=stay))


async def _demo(folder: Path, *, stay: bool) -> int:
    recorded = wiring.recording()
    steps = recorded.steps()
    clock = SteppedClock(steps[0])
    chosen = Settings(
        store=StoreSettings(url=f"sqlite:///{folder}/demo.db"),
        fetch=FetchSettings(allow_private=("127.0.0.1",), per_host_interval=timedelta()),
        catalogue=CatalogueSettings(enabled=False),
        alerts=AlertSettings(zone="Europe/Zurich"),
    )
    chat = wiring.console(chosen, journal=None)
    async with wiring.recorded_server(recorded, clock) as base_url:
        chosen = Settings(
            store=chosen.store,
            fetch=chosen.fetch,
            catalogue=chosen.catalogue,
            alerts=chosen.alerts,
            sources=recorded.sources(base_url),
        )
        chats: dict[str, Chat] = {wiring.TERMINAL.platform: chat}
        opened = wiring.open_bot(chosen, chats=chats, owner="demo", operators=wiring.TERMINAL, clock=clock)
        async with opened as bot:
            for query in recorded.watches():
                await bot.answer(wiring.typed(f"watch {query} --yes"))
            await _play(bot, clock, steps, chat)
            if stay:
                await chat.serve(bot.answer)
    return 0


async def _play(bot: Bot, clock: SteppedClock, steps: tuple[datetime, ...], chat: Terminal) -> None:
    """Let the week pass: at each step everything due is polled, then everything said."""
    for number, step in enumerate(steps):
        await clock.advance_to(step)
        if number == 0 or steps[number - 1].date() != step.date():
            await _headline(chat, step, first=number == 0)
        await bot.poll_due()
        await bot.housekeeping()
        await bot.deliverer.drain()
        await clock.advance_to(step + PATIENCE)
        await bot.deliverer.drain()


async def _headline(chat: Terminal, step: datetime, *, first: bool) -> None:
    day = step.astimezone(UTC)
    words = f"{day:%A}, {day.day} {day:%B %Y}"
    rest = "  (the first poll of every source: nothing is posted, all of it is remembered)" if first else ""
    what = Document((Heading((Text(f"── {words} ──", Style.STRONG), Text(rest, Style.QUIET))),))
    await chat.say(what)
