"""`run`: the bot at work."""

import asyncio
import logging
import os
import socket
import sys
from argparse import Namespace
from contextlib import AsyncExitStack
from pathlib import Path

import structlog

from bot import web
from bot.commandline.configured import settings
from bot.config import HttpSettings, Settings
from bot.domain.document import Bullets, Document, Heading, Paragraph, Style, Text
from bot.domain.errors import ConfigError, StoreError
from bot.domain.ports import Chat, Terminal
from bot.domain.sources import Tracked
from bot.release import release
from bot.runtime import Bot, stopping_on_signals
from bot.services.commands.paging import counted
from bot.telemetry import configure_logging
from bot.wiring.assembly import open_bot
from bot.wiring.exports import calendars
from bot.wiring.platforms import routes_of
from bot.wiring.terminal import TERMINAL, progress_display, terminal

log = structlog.get_logger(__name__)


def run(arguments: Namespace) -> int:
    """Watch the configured sources until SIGTERM, or until the person at the terminal leaves."""
    chosen = settings(arguments)
    interactive = chosen.console.enabled and sys.stdin.isatty()
    quiet = logging.ERROR if interactive else logging.INFO
    configure_logging(level=logging.DEBUG if arguments.verbose else quiet)
    return asyncio.run(_run(chosen, interactive=interactive))


async def _run(chosen: Settings, *, interactive: bool) -> int:
    console = terminal(chosen, journal=_journal(chosen.store.path)) if chosen.console.enabled else None
    chats: dict[str, Chat] = {TERMINAL.platform: console} if console else {}
    operators = TERMINAL if console else None
    async with AsyncExitStack() as stack:
        stop = await stack.enter_async_context(stopping_on_signals())
        bot = await stack.enter_async_context(open_bot(chosen, chats=chats, owner=_owner(), operators=operators))
        address = await _serve(bot, chosen, stack, interactive=interactive)
        listing = await bot.store.sources.listing()
        log.info("bot.started", version=release(), sources=len(listing), address=address)
        if console is not None:
            await _welcome(bot, console, address, polled=_polled(len(listing), chosen))
        async with asyncio.TaskGroup() as group:
            first = group.create_task(_first_round(bot, console))
            await bot.run(stop, ends_with=TERMINAL.platform if interactive else None)
            first.cancel()
    log.info("bot.stopped")
    return 0


async def _serve(bot: Bot, chosen: Settings, stack: AsyncExitStack, *, interactive: bool) -> str:
    """Open the HTTP port; a newcomer at a terminal, whose 8080 is taken, gets another one."""
    listen = chosen.http.listen
    routes = [*routes_of(bot.chats), *web.calendar_routes(calendars(bot.store, bot.clock))]
    try:
        served = web.serve(listen.host, listen.port, readiness=bot.readiness, metrics=bot.metrics, routes=routes)
        return await stack.enter_async_context(served)
    except ConfigError:
        if not interactive or chosen.http != HttpSettings():
            raise
        served = web.serve(listen.host, 0, readiness=bot.readiness, metrics=bot.metrics, routes=routes)
        return await stack.enter_async_context(served)


def _owner() -> str:
    """Name this process among those that share a store."""
    return f"{socket.gethostname()}-{os.getpid()}"


def _journal(store: Path | None) -> Path | None:
    """Return where the console remembers what it showed: next to the store, if that is a file."""
    return store.with_name(f"{store.name}.shown") if store is not None else None


def _polled(sources: int, chosen: Settings) -> str:
    told = counted(sources, "source is polled", "sources are polled")
    return f"{told}: ITU, IETF, W3C, ETSI, regulators, NGOs, news." if chosen.catalogue.enabled else f"{told}."


async def _welcome(bot: Bot, chat: Terminal, address: str, *, polled: str) -> None:
    """Say what is watched and what to type."""
    _, watches = await bot.store.watches.all()
    mine = [watch for watch in watches if watch.conversation == TERMINAL]
    watching = (
        f"{counted(len(mine), 'watch stands', 'watches stand')} here: " + "; ".join(watch.query for watch in mine[:3])
        if mine
        else "Nothing is watched yet, so nothing will be posted. Begin with:"
    )
    first = Document(
        (
            Heading((Text("Rapporteur watches standards bodies and tells you.", Style.STRONG),)),
            Paragraph((Text(polled),)),
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


async def _first_round(bot: Bot, console: Terminal | None) -> None:
    """Show how the first poll of new sources comes along, and say at its end how it went."""
    listing = await bot.store.sources.listing()
    unasked = {tracked.source.id for tracked in listing if not tracked.health.polls and not tracked.paused}
    total = len(unasked)
    if not total:
        return
    progress = None if console is not None and console.interactive else progress_display()
    done = asyncio.Event()

    def polled(tracked: Tracked) -> None:
        if tracked.source.id not in unasked:
            return
        unasked.discard(tracked.source.id)
        if progress is not None:
            progress.step(tracked.source.name)
        elif console is not None:
            console.doing(f"First poll: {total - len(unasked)} of {total} sources" if unasked else "")
        if not unasked:
            done.set()

    if progress is not None:
        progress.start(total, "First poll")
    bot.polled = polled
    await done.wait()
    if progress is not None:
        progress.done()
    await _sum_up(bot)


async def _sum_up(bot: Bot) -> None:
    """Say how the first round went; what cannot be said now is said with the next change."""
    try:
        if bot.notice is not None and await bot.notice.run_once(summary=True):
            bot.deliverer.wake()
    except StoreError as error:
        log.warning("first_round.untold", why=str(error))
