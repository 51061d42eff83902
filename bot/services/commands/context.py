"""What commands need of the bot, and how a command is declared."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.chat import Command
from bot.domain.document import Document
from bot.domain.ports import Calendar, Clock, Prospector, Stem
from bot.domain.storing import Store
from bot.domain.understanding import Lexicon
from bot.services.lexicons import Shipped, lexicon, nothing_shipped


async def nothing_to_do() -> None:
    """Do nothing: for a bot in which nobody needs to hear that watches changed."""


def nothing_to_report() -> Mapping[str, str]:
    """Report nothing."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The parts of the bot that commands use; the composition root fills it in.

    Attributes:
        shipped: gives the vocabulary that comes with the bot; may read files, so call it off the loop.
        zone: IANA name, for people whose platform does not tell theirs.
        digest_at: the hour of digests for which none is said, HH:MM in `zone`.
        watches_changed: called after a watch was added, removed, muted or unmuted.
        bot_status: further rows for `status`, label to words ("up", "3 days").

    """

    store: Store
    prospector: Prospector
    calendar: Calendar
    clock: Clock
    stem: Stem
    shipped: Shipped = nothing_shipped
    zone: str = "UTC"
    digest_at: str = "09:00"
    version: str = ""
    watches_changed: Callable[[], Awaitable[None]] = nothing_to_do
    bot_status: Callable[[], Mapping[str, str]] = nothing_to_report


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One command line on its way through a handler.

    Attributes:
        rest: what stood after the command's name, untouched, quotes and newlines included.

    """

    command: Command
    rest: str
    context: Context

    async def lexicon(self) -> Lexicon:
        """Return what queries typed here may name: the shipped sets and the team's own."""
        shipped = await asyncio.to_thread(self.context.shipped)
        return await lexicon(self.context.store, shipped, self.command.conversation.team)

    @property
    def zone(self) -> str:
        """The person's zone if the platform named one that exists, else the bot's."""
        named = self.command.zone
        if named is None:
            return self.context.zone
        try:
            ZoneInfo(named)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return self.context.zone
        return named


Handler = Callable[[Request], Awaitable[Document]]


class Group(StrEnum):
    """Headings of the help page."""

    WATCHING = "Watching"
    LOOKING = "Looking things up"
    SOURCES = "Sources"
    BOT = "The bot"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """A command: all that help, completion and dispatch know of it.

    Attributes:
        name: one or two lower-case words.
        usage: the line with its parameters, as help shows it.
        summary: what it does, in one short line.
        examples: lines that work as they stand.

    """

    name: str
    usage: str
    summary: str
    handler: Handler
    group: Group
    examples: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
