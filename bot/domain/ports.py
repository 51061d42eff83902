"""What the core needs of the outside, by role; the store has a package of its own, `storing`."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from bot.domain.alerts import DeliveryKey
from bot.domain.chat import Command, Conversation, Receipt
from bot.domain.document import Document
from bot.domain.entries import Entry
from bot.domain.sources import Memory, Polled, Source, Unchanged
from bot.domain.values import by_value


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> datetime:
        """Return the present, aware UTC."""
        ...

    async def sleep_until(self, when: datetime) -> None:
        """Return when the clock has reached `when`, or soon after; cancellable."""
        ...


class Meter(Protocol):
    """Counts what happens, for whoever operates the bot."""

    def count(self, event: str, amount: int = 1, **labels: str) -> None:
        """Add to a counter: `polls` by result, `alerts` by outcome and reason, `deliveries` by verb and result."""
        ...


class Poller(Protocol):
    """Asks sources."""

    async def poll(self, source: Source, memory: Memory) -> Unchanged | Polled:
        """Fetch and read; raise FetchError or ParseError, never anything else of the network's or a parser's."""
        ...


@by_value
class Candidate:
    """A source that an address turned out to hold, with what it would give.

    Attributes:
        entries: the first of them.
        count: how many there are.
        source: of a preset, as it is to be polled; those of one preset belong together.

    """

    url: str
    format: str
    name: str
    lang: str | None
    entries: Sequence[Entry]
    notes: Sequence[str] = ()
    source: Source | None = None
    count: int = 0


class Prospector(Protocol):
    """Finds out what an address holds."""

    async def discover(self, url: str) -> Sequence[Candidate]:
        """Fetch `url`; a source gives itself, a web page the sources it links to (autodiscovery).

        Raise FetchError or ParseError with a sentence for the person who typed the address.
        """
        ...


class Chat(Protocol):
    """A chat platform. `key` is stable across attempts: the same key must never show twice where it can be kept."""

    async def post(self, to: Conversation, what: Document, *, thread: Receipt | None, key: DeliveryKey) -> Receipt:
        """Post, under `thread` if given; raise a ChatError."""
        ...

    async def edit(self, to: Conversation, message: Receipt, what: Document, *, key: DeliveryKey) -> Receipt:
        """Replace a message's content; post anew and return that receipt if the message is gone."""
        ...

    async def serve(self, desk: "Desk") -> None:
        """Bring what people type to the desk until cancelled or until the platform ends (end of input)."""
        ...


@runtime_checkable
class Roster(Protocol):
    """A chat platform that knows who is still there."""

    async def left(self, where: Conversation, people: Collection[str]) -> Collection[str]:
        """Return those of these people who have left for sure; raise a ChatError."""
        ...


class Desk(Protocol):
    """Where platforms bring what people type, and what becomes of their conversations."""

    async def answer(self, command: Command) -> Document:
        """Carry a command out at once and return the reply: for a platform that shows it itself and keeps nothing."""
        ...

    async def take(self, commands: Sequence[Command]) -> int:
        """Keep commands (which have ids) to be answered, each once; return how many are new.

        They are stored when this returns: only then may the platform be told that they arrived. The answer comes
        through `Chat.post`, in the command's thread, before alerts that wait for the same conversation.
        """
        ...

    async def closed(self, conversation: Conversation, why: str) -> None:
        """Hold a conversation's deliveries: the bot was removed, the channel is archived; `status` says `why`."""
        ...

    async def reopened(self, conversation: Conversation) -> None:
        """Deliver to a conversation again."""
        ...

    async def moved(self, old: Conversation, new: Conversation) -> None:
        """Let watches, settings and what waits follow a conversation that has another id now; threads begin anew."""
        ...


class Terminal(Chat, Protocol):
    """A chat platform that one person sits in front of."""

    async def say(self, what: Document) -> None:
        """Show what belongs to no thread: a greeting, a day's heading."""
        ...

    @property
    def interactive(self) -> bool:
        """Tell whether somebody sits there and can type."""
        ...

    def doing(self, text: str) -> None:
        """Show what the bot is busy with, where it does not disturb; an empty text takes it away."""
        ...


class Stem(Protocol):
    """Stems a word of a term."""

    def __call__(self, word: str, lang: str) -> str:
        """Return the stem of a lower-case word in a language (BCP 47 primary tag); the word itself if unknown."""
        ...


@by_value
class Period:
    """A span of calendar days, inclusive; None is open."""

    first: date | None = None
    last: date | None = None


@by_value
class Reading:
    """What a natural-language time meant and which words were left."""

    period: Period | None
    rest: str


class Calendar(Protocol):
    """Reads times that people type, in the languages they type them in."""

    def read(self, text: str, *, now: datetime, zone: str) -> Reading:
        """Find one time in `text` ("SG17 next month"); days are days in `zone`.

        Raise CommandError for a time that cannot be (30 February), with the reason.
        May take 100 ms at the first call: call it off the loop.
        """
        ...
