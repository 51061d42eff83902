"""What commands need of the bot, and how a command is declared."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import field, replace
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.agenda import Dated
from bot.domain.chat import Command
from bot.domain.document import Document, Paragraph, Style, Text
from bot.domain.errors import CommandError
from bot.domain.picture import Picture
from bot.domain.ports import Calendar, Clock, Prospector, Stem
from bot.domain.preferences import Preferences
from bot.domain.storing.store import Store
from bot.domain.understanding import Lexicon
from bot.domain.values import by_value
from bot.services.lexicons import Shipped, lexicon, nothing_shipped
from bot.services.telling import Teller


async def nothing_to_do() -> None:
    """Do nothing: for a bot in which nobody needs to hear that watches changed."""


def nothing_to_report() -> Mapping[str, str]:
    """Report nothing."""
    return {}


def no_pictures(_picture: Picture) -> bytes:
    """Refuse to draw."""
    raise CommandError("This bot cannot draw; ask for the list without --chart.")


def no_calendar(_name: str, _events: Sequence[Dated]) -> bytes:
    """Refuse to write a calendar."""
    raise CommandError("This bot cannot write calendars; ask for the list without --ics.")


@by_value
class Context:
    """The parts of the bot that commands use; the composition root fills it in.

    Attributes:
        teller: what the bot remembers of news, the one that polls use.
        shipped: gives the vocabulary that comes with the bot; may read files, so call it off the loop.
        defaults: how conversations that have decided nothing are spoken to.
        watches_changed: called after a watch was added, removed, muted or unmuted.
        bot_status: further rows for `status`, label to words ("up", "3 days").
        draw: makes a PNG; takes up to a second at first, so call it off the loop (`drawn`).
        write_calendar: makes an iCalendar file of a name and events.
        address: where others reach the bot's port, without a slash at its end; empty if it has none.

    """

    store: Store
    prospector: Prospector
    calendar: Calendar
    clock: Clock
    stem: Stem
    shipped: Shipped = nothing_shipped
    teller: Teller = field(default_factory=Teller)
    defaults: Preferences = field(default_factory=Preferences)
    version: str = ""
    watches_changed: Callable[[], Awaitable[None]] = nothing_to_do
    bot_status: Callable[[], Mapping[str, str]] = nothing_to_report
    draw: Callable[[Picture], bytes] = no_pictures
    write_calendar: Callable[[str, Sequence[Dated]], bytes] = no_calendar
    address: str = ""

    async def drawn(self, picture: Picture) -> bytes:
        """Return a picture as a PNG."""
        return await asyncio.to_thread(self.draw, picture)

    async def written(self, name: str, events: Sequence[Dated]) -> bytes:
        """Return events as an iCalendar file."""
        return await asyncio.to_thread(self.write_calendar, name, events)


@by_value
class Request:
    """One command line on its way through a handler.

    Attributes:
        rest: what stood after the command's name, untouched, quotes and newlines included.
        wanted: how the conversation wants to be spoken to.

    """

    command: Command
    rest: str
    context: Context
    wanted: Preferences = field(default_factory=Preferences)

    async def lexicon(self) -> Lexicon:
        """Return what queries typed here may name: the shipped sets and the team's own."""
        shipped = await asyncio.to_thread(self.context.shipped)
        return await lexicon(self.context.store, shipped, self.command.conversation.team)

    @property
    def zone(self) -> str:
        """The person's zone if the platform named one that exists, else the conversation's."""
        named = self.command.zone
        if named is None:
            return self.wanted.zone
        try:
            ZoneInfo(named)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return self.wanted.zone
        return named

    @property
    def digest_at(self) -> str:
        """The hour of digests for which none is said, HH:MM."""
        return f"{self.wanted.digest_at:%H:%M}"

    def must_be_allowed(self) -> None:
        """Raise CommandError if the person may not change what stands here."""
        if not self.wanted.may_change(self.command):
            raise CommandError(f"Only {self.wanted.who} may change what stands here.", usage="settings")

    async def changed(self, what: Document) -> Document:
        """Return the answer to a command that changed something: all may read it, and it says who typed that.

        From the first change on, other defaults change nothing for the conversation.
        Where the platform gives lines no ids, one person sits in front of it.
        """
        await self.context.store.preferences.begin(self.command.conversation, self.wanted)
        if self.command.id is None:
            return what
        by = Paragraph((Text(f"By {self.command.user}.", Style.QUIET),))
        return replace(what, blocks=(*what.blocks, by), audience=EVERYBODY)


EVERYBODY = ""
"""The audience of what concerns all, even where only one person asked."""
Handler = Callable[[Request], Awaitable[Document]]


class Group(StrEnum):
    """Headings of the help page."""

    WATCHING = "Watching"
    LOOKING = "Looking things up"
    SOURCES = "Sources"
    BOT = "The bot"


@by_value
class CommandSpec:
    """A command: all that help, completion and dispatch know of it.

    Attributes:
        name: one or two lower-case words.
        usage: the line with its parameters, as help shows it.
        summary: what it does, in one short line.
        examples: lines that work as they stand.
        changes: it changes what stands here: not everybody may, and its answer says who did.

    """

    name: str
    usage: str
    summary: str
    handler: Handler
    group: Group
    examples: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    changes: bool = False
