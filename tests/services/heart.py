"""A bot's heart on a real store, with a script for a source and a page for a chat."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.language.stems import snowball
from bot.clock import SteppedClock
from bot.domain.alerts import DeliveryKey
from bot.domain.cadence import parse as parse_cadence
from bot.domain.chat import Conversation, Receipt
from bot.domain.document import Action, Document
from bot.domain.entries import Entry, Kind, SourceId
from bot.domain.errors import BotError, ChatError
from bot.domain.ports import Desk
from bot.domain.preferences import Preferences
from bot.domain.sources import Hints, Memory, Polled, Source, Unchanged
from bot.domain.storing.store import Store
from bot.services.deliver import Deliverer
from bot.services.ingest import Ingest, Rhythm, Standing
from bot.services.notice import Notice
from bot.services.remind import Remind
from storage import open_store

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
ROOM = Conversation("page", "room")
FEED = SourceId("feed")


class Counts:
    """A Meter that remembers."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, ...], int] = {}

    def count(self, event: str, amount: int = 1, **labels: str) -> None:
        name = (event, *labels.values())
        self.seen[name] = self.seen.get(name, 0) + amount


class ScriptedSource:
    """A Poller that answers what the test put on the page."""

    def __init__(self, clock: SteppedClock) -> None:
        self.clock = clock
        self.answer: Sequence[Entry] | BotError | None = ()
        self.complete = False
        self.asked: list[Memory] = []

    async def poll(self, source: Source, memory: Memory) -> Unchanged | Polled:
        self.asked.append(memory)
        if isinstance(self.answer, BotError):
            raise self.answer
        if self.answer is None:
            return Unchanged(memory=memory)
        body_hash = str(hash(tuple(entry.fingerprint for entry in self.answer)))
        fresh = Memory(etag="e", body_hash=body_hash, count=len(self.answer))
        return Polled(
            entries=self.answer,
            count=len(self.answer),
            complete=self.complete,
            memory=fresh,
            body_hash=body_hash,
            url=source.url,
            fetched_at=self.clock.now(),
            hints=Hints(),
        )


@dataclass
class PageChat:
    """A chat that keeps what was posted, and fails as often as it is told."""

    posts: list[tuple[str, Receipt | None, str]] = field(default_factory=list)
    keys: dict[DeliveryKey, Receipt] = field(default_factory=dict)
    aloud: list[bool] = field(default_factory=list)
    zones: list[str | None] = field(default_factory=list)
    pressable: dict[Receipt, tuple[Action, ...]] = field(default_factory=dict)
    failures: list[ChatError] = field(default_factory=list)
    gate: asyncio.Event | None = None

    async def post(self, to: Conversation, what: Document, *, thread: Receipt | None, key: DeliveryKey) -> Receipt:
        self.zones.append(what.zone)
        if thread:
            self.aloud.append(what.echo)
        return await self._take("reply" if thread else "post", to, what, thread, key)

    async def edit(self, to: Conversation, message: Receipt, what: Document, *, key: DeliveryKey) -> Receipt:
        await self._take("edit", to, what, message, key)
        return message

    async def serve(self, desk: Desk) -> None:
        del desk

    async def _take(
        self, verb: str, to: Conversation, what: Document, ref: Receipt | None, key: DeliveryKey
    ) -> Receipt:
        del to
        if self.gate is not None:
            await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        if key not in self.keys:
            self.keys[key] = Receipt(f"m{len(self.keys)}")
            self.posts.append((verb, ref, what.plain))
            self.pressable[ref if verb == "edit" and ref else self.keys[key]] = what.actions
        return self.keys[key]

    @property
    def verbs(self) -> list[str]:
        return [verb for verb, _, _ in self.posts]


@dataclass
class Heart:
    store: Store
    clock: SteppedClock
    source: ScriptedSource
    chat: PageChat
    ingest: Ingest
    deliverer: Deliverer
    remind: Remind
    notice: Notice
    counts: Counts

    async def poll(self, *entries: Entry, error: BotError | None = None, after: timedelta = timedelta(hours=2)) -> None:
        """Let time pass, put entries on the page, poll, and deliver what follows."""
        await self.clock.advance_to(self.clock.now() + after)
        self.source.answer = error or entries
        await self.poll_due()

    async def poll_due(self) -> None:
        lease = timedelta(minutes=5)
        for tracked in await self.store.sources.claim(now=self.clock.now(), owner="test", lease=lease, limit=10):
            await self.ingest.poll(tracked)
        await self.deliverer.drain()
        await self.clock.advance_to(self.clock.now() + timedelta(minutes=2))
        await self.deliverer.drain()

    async def watch(self, query: str, cadence: str = "") -> None:
        now = self.clock.now()
        await self.store.watches.add(ROOM, query, owner="o", note="", now=now, cadence=parse_cadence(cadence))

    async def wait_until(self, when: datetime) -> None:
        """Let time pass, and deliver the digests whose hour has come."""
        await self.clock.advance_to(when)
        await self.store.outbox.due_digests(now=when)
        await self.deliverer.drain()


@asynccontextmanager
async def beating(folder: Path) -> AsyncIterator[Heart]:
    """Open a store in `folder` with one source, due at once, and everything that works on it."""
    clock, counts, chat = SteppedClock(NOW), Counts(), PageChat()
    source = ScriptedSource(clock)
    async with open_store(f"sqlite:///{folder}/heart.db") as store:
        feed = Source(id=FEED, url="https://example.org/feed", format="feed", name="A feed")
        await store.sources.add(feed, now=clock.now())
        ingest = Ingest(
            poller=source,
            store=store,
            clock=clock,
            standing=Standing(snowball()),
            meter=counts,
            owner="test",
            rhythm=Rhythm(),
        )
        deliverer = Deliverer(store=store, chats={"page": chat}, clock=clock, meter=counts, owner="test")
        remind = Remind(store=store, clock=clock, defaults=Preferences(zone="Europe/Zurich"))
        notice = Notice(store=store, clock=clock, operators=ROOM)
        yield Heart(store, clock, source, chat, ingest, deliverer, remind, notice, counts)


def unlike(number: int) -> str:
    """Return words that no other number gives, so that titles that hold them are not one story."""
    letters = random.Random(number)
    return " ".join("".join(letters.choices("bdfglmnprstv", k=7)) for _ in range(6))


def news(key: str, title: str, text: str = "") -> Entry:
    return Entry(key=key, kind=Kind.NEWS, title=title, text=text, link=f"https://example.org/{key}")
