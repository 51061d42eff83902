"""A conversation with the bot: every command against a real store, real stems and the real calendar.

Only the network is pretended.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.language.stems import snowball
from adapters.language.times import Times
from bot.domain.alerts import Alert, AlertId, Delivery, DeliveryKey, Outcome, Reason, Story, StoryId, Thread, Verb
from bot.domain.changes import Known
from bot.domain.chat import Command, Conversation, Receipt
from bot.domain.document import Document, Line, Style, Text
from bot.domain.entries import Entry, EntryId, Kind, SourceId
from bot.domain.errors import FetchError
from bot.domain.ports import Candidate
from bot.domain.preferences import Preferences
from bot.domain.sources import Health, Source, Tracked
from bot.domain.storing.sources import Outcomes
from bot.domain.storing.store import Store
from bot.domain.vocabulary import TermSet, Vocabulary, Wording
from bot.domain.watches import Hit, WatchId
from bot.services.commands.answering import answer
from bot.services.commands.context import Context
from storage import open_store

NOW = datetime(2026, 11, 4, 12, 0, tzinfo=UTC)
HERE, ELSEWHERE = Conversation("console", "local"), Conversation("slack", "C1")
EFF = Source(id=SourceId("eff"), url="https://www.eff.org/rss", format="feed", name="EFF Deeplinks", lang="en")
LINK = "https://www.eff.org/face-at-borders"


FACES = TermSet(
    name="facial-recognition",
    label="Facial recognition",
    group="biometrics",
    wordings=(
        Wording(text="facial recognition", lang="en"),
        Wording(text="face recognition", lang="en"),
        Wording(text="reconnaissance faciale", lang="fr"),
        Wording(text="人脸识别", lang="zh"),
    ),
)
DAHUA = TermSet(name="dahua", label="Dahua", group="CN", company=True, wordings=(Wording(text="Dahua", lang="en"),))
SHIPPED = Vocabulary({one.name: one for one in (FACES, DAHUA)})


@dataclass
class Now:
    """A clock that stands still until it is set."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    async def sleep_until(self, when: datetime) -> None:
        self.at = max(self.at, when)


@dataclass
class Web:
    """What addresses hold."""

    holds: Mapping[str, Sequence[Candidate]] = field(default_factory=dict)

    async def discover(self, url: str) -> Sequence[Candidate]:
        if url not in self.holds:
            raise FetchError(f"{url} does not answer; check the address.")
        return self.holds[url]


@dataclass
class Room:
    """A conversation with the bot, on a store of its own."""

    context: Context
    clock: Now
    changes: list[str]

    @property
    def store(self) -> Store:
        return self.context.store

    async def ask(self, text: str, where: Conversation = HERE, zone: str | None = None) -> Document:
        return await answer(Command(conversation=where, user="anna", text=text, zone=zone), self.context)

    async def says(self, text: str, where: Conversation = HERE) -> str:
        return (await self.ask(text, where)).plain


@asynccontextmanager
async def conversing(tmp_path: Path, shipped: Vocabulary = SHIPPED) -> AsyncIterator[Room]:
    """Open a store and a conversation on it."""
    clock, changes = Now(), list[str]()

    async def changed() -> None:
        changes.append("watches")

    async with open_store(f"sqlite:///{tmp_path / 'bot.db'}") as store:
        context = Context(
            store=store,
            prospector=Web(),
            calendar=Times(languages=()),
            clock=clock,
            stem=snowball(),
            shipped=lambda: shipped,
            defaults=Preferences(zone="Europe/Zurich"),
            version="1.2.3",
            watches_changed=changed,
            bot_status=lambda: {"Up": "3 days"},
        )
        yield Room(context=context, clock=clock, changes=changes)


def known(number: int, title: str, text: str = "", *, ago: timedelta, link: str | None = None) -> Known:
    entry = Entry(
        key=f"k{number}",
        kind=Kind.NEWS,
        title=title,
        text=text,
        link=link or f"https://www.eff.org/{number}",
        published=NOW - ago,
        lang="en",
    )
    return Known(
        id=EntryId(f"e{number}"),
        source=EFF.id,
        entry=entry,
        fingerprint=entry.fingerprint,
        first_seen=NOW - ago,
        body_hash="feedface",
        url=EFF.url,
        fetched_at=NOW - ago,
    )


@asynccontextmanager
async def polled(room: Room, source: Source = EFF) -> AsyncIterator[Tracked]:
    """Lease the source, so that something can be committed for it."""
    if source.id not in {one.source.id for one in await room.store.sources.listing()}:
        await room.store.sources.add(source, now=NOW)
    later = NOW + timedelta(hours=2)
    claimed = await room.store.sources.claim(now=later, owner="t", lease=timedelta(hours=1), limit=9)
    tracked = next(one for one in claimed if one.source.id == source.id)
    yield replace(tracked, baseline=False, health=Health(last_ok=NOW), next_poll=NOW + timedelta(hours=1))


async def stored(room: Room, *entries: Known) -> None:
    revision, _ = await room.store.watches.all()
    async with polled(room) as tracked:
        await room.store.sources.commit(Outcomes(tracked=tracked, owner="t", revision=revision, added=entries))


FACE = "Cameras come. Face recognition at borders is live! The end."


async def alerted(
    room: Room,
    *,
    posted: bool,
    reason: Reason = Reason.NEW,
    outcome: Outcome = Outcome.SPOKEN,
    number: int = 1,
    title: str = "Borders and cameras",
    link: str = LINK,
    ago: timedelta = timedelta(hours=2),
) -> Alert:
    """Store an entry with the decision about it, and post it if asked."""
    row = known(number, title, FACE, ago=ago, link=link)
    start = FACE.index("Face recognition")
    alert = Alert(
        id=AlertId(f"a{number}"),
        conversation=HERE,
        story=StoryId(f"s{number}"),
        entry=row.id,
        outcome=outcome,
        reason=reason,
        at=NOW - ago,
        now=row,
        watch=WatchId(1),
        hits=(Hit("text", start, start + 16, "facial recognition"),),
    )
    key = DeliveryKey(f"root-{number}")
    story = Story(id=alert.story, title="x", identities=frozenset(), first_at=alert.at, last_at=alert.at)
    root = Delivery(key=key, conversation=HERE, verb=Verb.ROOT, due=alert.at, alert=alert.id, story=alert.story)
    thread = Thread(conversation=HERE, story=alert.story, root=key, opened=alert.at)
    revision, _ = await room.store.watches.all()
    spoken = outcome is not Outcome.SILENT
    async with polled(room) as tracked:
        await room.store.sources.commit(
            Outcomes(
                tracked=tracked,
                owner="t",
                revision=revision,
                stories_revision=number - 1,
                added=(row,),
                stories=(story,),
                joined={row.id: alert.story},
                threads=(thread,) if spoken else (),
                alerts=(alert,),
                deliveries=(root,) if spoken else (),
            )
        )
    if posted:
        await room.store.outbox.claim(now=NOW, owner="t", lease=timedelta(minutes=1), busy=(), limit=1)
        await room.store.outbox.sent(key, Receipt("r1"), owner="t", now=NOW - timedelta(hours=1))
    return alert


def hits_in(document: Document) -> list[str]:
    lines: list[Line] = []
    for block in document:
        lines += getattr(block, "lines", None) or [getattr(block, "line", ())]
    return [span.text for line in lines for span in line if isinstance(span, Text) and span.style is Style.HIT]
