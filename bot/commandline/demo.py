"""`demo`: a recorded week of the bot at work."""

import asyncio
import logging
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.clock import SteppedClock
from bot.config import AlertSettings, CatalogueSettings, FetchSettings, Settings, StoreSettings
from bot.domain.document import Document, Heading, Style, Text
from bot.domain.ports import Chat, Terminal
from bot.runtime import Bot
from bot.telemetry import configure_logging
from bot.wiring.assembly import open_bot
from bot.wiring.recorded import recorded_server, recording
from bot.wiring.terminal import TERMINAL, terminal, typed

PATIENCE = timedelta(minutes=2)
"""Longer than a digest waits for the rest of its burst."""


def demo(arguments: Namespace) -> int:
    """Play the recorded week through the real bot on a scripted clock; then take commands if somebody is there."""
    configure_logging(level=logging.ERROR)
    with TemporaryDirectory(prefix="rapporteur-demo-") as folder:
        return asyncio.run(_demo(Path(folder), end=arguments.end))


async def _demo(folder: Path, *, end: bool) -> int:
    recorded = recording()
    steps = recorded.steps()
    clock = SteppedClock(steps[0])
    chosen = Settings(
        store=StoreSettings(url=f"sqlite:///{folder}/demo.db"),
        fetch=FetchSettings(allow_private=("127.0.0.1",), per_host_interval=timedelta()),
        catalogue=CatalogueSettings(enabled=False),
        alerts=AlertSettings(zone="Europe/Zurich"),
    )
    console = terminal(chosen, journal=None)
    async with recorded_server(recorded, clock) as base_url:
        chosen = Settings(
            store=chosen.store,
            fetch=chosen.fetch,
            catalogue=chosen.catalogue,
            alerts=chosen.alerts,
            sources=recorded.sources(base_url),
        )
        chats: dict[str, Chat] = {TERMINAL.platform: console}
        opened = open_bot(chosen, chats=chats, owner="demo", operators=TERMINAL, clock=clock)
        async with opened as bot:
            for query in recorded.watches():
                await bot.reception.answer(typed(f"watch {query} --yes"))
            await _play(bot, clock, steps, console)
            if console.interactive and not end:
                await console.serve(bot.reception)
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
