"""A world of publishers, readers and accidents around a bot's heart, and a book of what is owed to whom."""

import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, cast

from adapters.language.stems import snowball
from bot.clock import SteppedClock
from bot.domain.alerts import DeliveryKey
from bot.domain.chat import Conversation, Receipt
from bot.domain.document import Document
from bot.domain.entries import Entry, Kind, SourceId, day
from bot.domain.errors import (
    ChatDown,
    ChatError,
    FetchError,
    RateLimited,
    StoreBusy,
    StoreConflict,
    Unauthorised,
    Undeliverable,
)
from bot.domain.ports import Desk
from bot.domain.sources import Memory, Polled, Source, Unchanged
from bot.domain.storing.store import Store
from bot.domain.watches import WatchId
from bot.services.deliver import Deliverer
from bot.services.ingest import Ingest, Standing
from bot.services.remind import Remind
from tests.services.heart import Counts, PageChat

START = datetime(2026, 6, 1, 9, tzinfo=UTC)
TOPICS = ("zorbal", "quindle", "mirvok")
ROOMS = tuple(Conversation("page", f"room{number}") for number in range(3))


class Killed(BaseException):
    """The process died here."""


class LooseClock(SteppedClock):
    """A clock that somebody may set back."""

    def back(self, by: timedelta) -> None:
        self._now -= by


@dataclass
class Publisher:
    """A source: a window of the newest articles, or a calendar that lists all that is to come."""

    id: SourceId
    calendar: bool
    entries: list[Entry] = field(default_factory=list)
    trouble: str = ""
    window: int = 14

    @property
    def page(self) -> Sequence[Entry]:
        if self.trouble == "empty":
            return ()
        shown = self.entries if self.calendar else self.entries[: self.window]
        return shown[:1] if self.trouble == "shrunk" else shown


@dataclass
class Press:
    """The poller of all publishers."""

    clock: SteppedClock
    publishers: dict[SourceId, Publisher]
    shown: dict[SourceId, Sequence[Entry]] = field(default_factory=dict)

    async def poll(self, source: Source, memory: Memory) -> Unchanged | Polled:
        publisher = self.publishers[source.id]
        if publisher.trouble == "down":
            raise FetchError("The server answered 500.")
        page = tuple(publisher.page)
        self.shown[source.id] = page
        body_hash = str(hash(tuple((entry.key, entry.fingerprint) for entry in page)))
        if page and body_hash == memory.body_hash:
            return Unchanged(memory=memory)
        return Polled(
            entries=page,
            count=len(page),
            complete=publisher.calendar,
            memory=Memory(body_hash=body_hash, count=len(page)),
            body_hash=body_hash,
            url=source.url,
            fetched_at=self.clock.now(),
        )


@dataclass
class Said:
    """One message as it stands in a conversation."""

    where: Conversation
    verb: str
    ref: Receipt | None
    text: str
    key: DeliveryKey
    at: datetime


class Rooms(PageChat):
    """A chat platform with accidents; it knows its keys, as Matrix does."""

    def __init__(self, dice: random.Random, clock: SteppedClock) -> None:
        super().__init__()
        self.dice, self.clock = dice, clock
        self.bad = 0.0
        self.said: list[Said] = []

    async def serve(self, desk: Desk) -> None:
        del desk

    async def _take(
        self, verb: str, to: Conversation, what: Document, ref: Receipt | None, key: DeliveryKey
    ) -> Receipt:
        throw = self.dice.random() / self.bad if self.bad else 9.0
        if throw < 0.75:
            raise self._accident(throw)
        if key not in self.keys:
            assert ref is None or ref in self.keys.values(), "a reply or an edit before what it refers to"
            self.keys[key] = Receipt(f"m{len(self.keys)}")
            self.said.append(Said(to, verb, ref, what.plain, key, self.clock.now()))
        if throw < 0.9:
            raise ChatDown("It was posted, and the answer was lost.")
        if throw < 1.0:
            raise Killed
        return self.keys[key]

    def _accident(self, throw: float) -> ChatError:
        if throw < 0.3:
            return ChatDown("502")
        if throw < 0.5:
            return RateLimited("slow", retry_after=timedelta(seconds=20))
        if throw < 0.58:
            return Undeliverable("is_archived", closed=True)
        return Unauthorised("token_revoked") if throw < 0.62 else ChatDown("503")


class Flaky:
    """A part of the store whose writes fail, or kill the process before or after they are done."""

    def __init__(self, part: Any, world: "World") -> None:
        self._part, self._world = part, world

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        if name in ("sources", "watches", "outbox", "entries"):
            return Flaky(found, self._world)
        if name not in ("commit", "settle", "sent", "again", "enqueue", "claim", "surroundings"):
            return found

        async def call(*args: Any, **named: Any) -> Any:
            throw = self._world.dice.random() / self._world.unsafe if self._world.unsafe else 9.0
            if throw < 0.4:
                raise (StoreConflict if name == "commit" and throw < 0.3 else StoreBusy)("injected")
            if throw < 0.7:
                raise Killed
            result = await found(*args, **named)
            if throw < 1.0:
                raise Killed
            return result

        return call


@dataclass
class World:
    """Everything around the bot, and the book: what each room must, may and must not hear of."""

    store: Store
    dice: random.Random
    clock: LooseClock = field(default_factory=lambda: LooseClock(START))
    publishers: dict[SourceId, Publisher] = field(default_factory=dict)
    unsafe: float = 0.0
    count: int = 0
    watches: dict[WatchId, tuple[Conversation, str, datetime | None]] = field(default_factory=dict)
    seen: dict[tuple[SourceId, str], Entry] = field(default_factory=dict)
    owed: set[tuple[Conversation, str]] = field(default_factory=set)
    allowed: set[tuple[Conversation, str]] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    anew: set[str] = field(default_factory=set)
    first: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.press = Press(self.clock, self.publishers)
        self.chat = Rooms(self.dice, self.clock)
        self.restart()

    def restart(self) -> None:
        """Forget everything that is not stored."""
        store = cast("Store", Flaky(self.store, self))
        self.ingest = Ingest(
            poller=self.press,
            store=store,
            clock=self.clock,
            standing=Standing(snowball()),
            meter=Counts(),
            owner=f"bot{self.dice.random()}",
        )
        self.deliverer = Deliverer(
            store=store, chats={"page": self.chat}, clock=self.clock, meter=Counts(), owner=self.ingest.owner
        )
        self.remind = Remind(store=store, clock=self.clock)

    async def guarded(self, work: Callable[[], Awaitable[object]]) -> None:
        """Do something in a process that may die; then another one takes over."""
        try:
            await work()
        except BaseException as error:
            causes = leaves(error)
            if not all(isinstance(cause, StoreBusy | StoreConflict | Killed) for cause in causes):
                raise
            if any(isinstance(cause, Killed) for cause in causes):
                await self.store.take_over()
                self.restart()

    async def poll(self) -> None:
        """Poll what is due, one source after the other, and write into the book what was believed."""
        lease = timedelta(minutes=5)
        now, owner = self.clock.now(), self.ingest.owner
        for tracked in await self.store.sources.claim(now=now, owner=owner, lease=lease, limit=20):
            polls = tracked.health.polls
            first = tracked.baseline
            await self.guarded(partial(self.ingest.poll, tracked))
            after = {row.source.id: row for row in await self.store.sources.listing()}.get(tracked.source.id)
            if after and after.health.polls > polls and not after.health.suspect and not after.health.failures:
                self.believed(tracked.source.id, self.press.shown[tracked.source.id], first=first)

    def believed(self, source: SourceId, page: Sequence[Entry], *, first: bool) -> None:
        missing = [entry for (of, _), entry in self.seen.items() if of == source and entry.kind is Kind.MEETING]
        for entry in missing:  # a calendar may have dropped it: "no longer listed" may be said
            self.allowed |= {(room, token(entry)) for room in self.asking(entry)}
        for entry in page:
            before = self.seen.get((source, token(entry)))
            self.first.setdefault(token(entry), self.clock.now())
            asking, asked = self.asking(entry), self.asking(before) if before else set()
            told = {(room, token(entry)) for room in asking - asked}
            if (before is None and not first) or (before is not None and not first):
                self.owed |= told
            if before is not None and before.starts != entry.starts and self.is_over(before):
                self.anew.add(token(entry))  # seen with other days only when it was over: another meeting
            rewritten = before is not None and before.key != entry.key and before.text != entry.text
            if before is not None and (entry.kind is Kind.MEETING or rewritten):
                # Other words under another id: a room that never heard of it may be told.
                self.allowed |= {(room, token(entry)) for room in asking}
            self.seen[source, token(entry)] = entry

    def is_over(self, meeting: Entry) -> bool:
        """Tell whether the days of a meeting are past, or may be in some zone."""
        last = meeting.ends or meeting.starts
        return last is not None and day(last) <= day(self.clock.now())

    def asking(self, entry: Entry) -> set[Conversation]:
        """Return the rooms with a watch that is awake and matches."""
        now, words = self.clock.now(), set(f"{entry.title} {entry.text}".split())
        awake = ((room, topic) for room, topic, until in self.watches.values() if until is None or until <= now)
        return {room for room, topic in awake if topic in words}

    async def groups(self) -> None:
        """Let what waits for its time go to its lanes."""
        await self.store.outbox.due_digests(now=self.clock.now())

    def new(self, *, meeting: bool) -> Entry:
        self.count += 1
        name = f"item{self.count:05}x"
        own = " ".join("".join(self.dice.choices("bdfglmnprstv", k=7)) for _ in range(8))
        topics = " ".join(self.dice.sample(TOPICS, self.dice.randrange(3)))
        if meeting:
            starts = self.clock.now().date() + timedelta(days=self.dice.randrange(20, 200))
            return Entry(
                key=f"k-{name}",
                kind=Kind.MEETING,
                title=f"a meeting on {topics} called {name}",
                starts=starts,
                ends=starts + timedelta(days=3),
                all_day=True,
                group=name,
            )
        return Entry(
            key=f"k-{name}",
            kind=Kind.NEWS,
            title=f"{own} on {topics} has written about {name}",
            link=f"https://example.org/{name}",
            published=self.clock.now(),
        )

    def mentions(self) -> dict[tuple[Conversation, str], list[Said]]:
        found: defaultdict[tuple[Conversation, str], list[Said]] = defaultdict(list)
        for said in self.chat.said:
            for name in {word.strip(".,") for word in said.text.split() if is_token(word.strip(".,"))}:
                found[said.where, name].append(said)
        return found

    def moved(self, entry: Entry) -> Entry:
        """Return a meeting some days later, under another key: ITU's keys hold the date."""
        starts = cast("date", entry.starts) + timedelta(days=self.dice.randrange(1, 9))
        key = entry.key.partition("@")[0] + f"@{starts}"
        return replace(entry, key=key, starts=starts, ends=starts + timedelta(days=3))


def token(entry: Entry) -> str:
    return next(word for word in entry.title.split() if is_token(word))


def is_token(word: str) -> bool:
    return word.startswith("item") and word.endswith("x") and word[4:-1].isdigit()


def leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for one in error.exceptions for leaf in leaves(one)]
    return [error]
