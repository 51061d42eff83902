"""What the core needs of the store: the one place that remembers."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bot.domain.alerts import Alert, Delivery, DeliveryKey, Parcel, Story, StoryId, Thread
from bot.domain.cadence import Cadence
from bot.domain.changes import Known
from bot.domain.chat import Command, Conversation, Receipt
from bot.domain.entries import Entry, EntryId, Kind, SourceId
from bot.domain.ports import Period
from bot.domain.precis import Precis
from bot.domain.preferences import Preferences
from bot.domain.rounds import Turn
from bot.domain.sources import Health, Memory, Source, Tracked
from bot.domain.values import by_value
from bot.domain.watches import Draft, Scope, Watch, WatchId

if TYPE_CHECKING:
    from bot.domain.agenda import Dated, Event
    from bot.domain.clustering import Frequency, Grown
    from bot.domain.covering import Cover
    from bot.domain.likeness import Cluster


@by_value
class Surroundings:
    """What the store knows around a page: everything the decision about it needs, read at one moment.

    Attributes:
        tracked: the source as stored.
        known: stored entries of the source that share a key or a twin with the page's,
            and all its meetings that end at or after `now`.
        stories: stories of the known entries; `Stories.standing` gives those that new ones join.
        threads: of those stories, in every conversation.
        told: for each known entry, the (conversation, watch) pairs already alerted, silently or not, unless muted,
            since the watch asks for what it does now.
        recent: for each conversation, root messages planned within the last minute, or still waiting.
        revision: changes whenever any watch, its mute or a team's vocabulary does.
        stories_revision: changes whenever any story begins or grows.
        siblings: entries of those stories, from all sources, that are neither news nor documents.

    """

    tracked: Tracked
    known: Sequence[Known]
    stories: Sequence[Story]
    entry_stories: Mapping[EntryId, StoryId]
    threads: Sequence[Thread]
    told: Mapping[EntryId, frozenset[tuple[Conversation, WatchId | None]]]
    recent: Mapping[Conversation, int]
    revision: int
    stories_revision: int = 0
    siblings: Mapping[StoryId, Sequence[Known]] = field(default_factory=dict)


@by_value
class Outcomes:
    """Everything that one poll changes; written at once or not at all.

    Attributes:
        tracked: the source's new state (memory, health, next poll, baseline, url).
        owner: who holds the lease; the write is refused (StoreConflict) if it was lost.
        revision: the watch revision the decision was made under; refused if it has changed.
        stories_revision: likewise of the stories, if the decision begins or grows one.
        added: new entries. updated: changed, re-keyed, missing-counted ones, by id.
        stories: new or grown ones, with the entries that joined.
        grown: what became of the clusters of news, if any was told.
        notes: deliveries to conversations that are about sources, not entries.
        digests: those that are to be posted at their hour; one that is planned already stays as it is.

    """

    tracked: Tracked
    owner: str
    revision: int
    stories_revision: int = 0
    added: Sequence[Known] = ()
    updated: Sequence[Known] = ()
    stories: Sequence[Story] = ()
    joined: Mapping[EntryId, StoryId] = field(default_factory=dict)
    grown: "Grown | None" = None
    threads: Sequence[Thread] = ()
    alerts: Sequence[Alert] = ()
    deliveries: Sequence[Delivery] = ()
    digests: Sequence[Delivery] = ()


@by_value
class MeetingFilter:
    """Which meetings a lookup wants.

    Attributes:
        words: must all occur (folded) in title, group, place or text.
        either: at least one of these must; none asks for nothing.

    """

    period: Period
    group: str | None = None
    words: Sequence[str] = ()
    either: Sequence[str] = ()


@by_value
class Place:
    """How far a search has come: what is newer than this was looked at.

    Attributes:
        seen: first sight and id of the last entry that came without the index.
        row: number in the index of the last that came from it.
        asked: what the index was asked, so that it need not be worked out again.

    """

    seen: tuple[datetime, EntryId] | None = None
    row: int | None = None
    asked: str | None = None


@by_value
class Page:
    """Entries that may match, newest first; `further` is where to go on, None at the end."""

    known: Sequence[Known]
    further: Place | None


@by_value
class Backlog:
    """The outbox at a glance."""

    waiting: int
    failed: int
    parked: Mapping[Conversation, str]
    oldest: datetime | None


@by_value
class Tally:
    """What became of a span's decisions in a conversation.

    Attributes:
        matched: those that it was to hear of. delivered, folded: those of them that were posted, came in a digest.
        muted: those that a mute kept from it.

    """

    matched: int
    delivered: int
    folded: int
    muted: int


class Sources(Protocol):
    """The list of what is polled."""

    async def declare(self, sources: Sequence[Source], *, origin: str, now: datetime) -> None:
        """Make the stored sources of this origin equal to `sources`, keeping what is remembered of each."""
        ...

    async def add(self, source: Source, *, now: datetime) -> None:
        """Track one more (it is due at once); CommandError if its id or URL is tracked already."""
        ...

    async def remove(self, source: SourceId) -> None:
        """Stop tracking; its entries stay."""
        ...

    async def pause(self, source: SourceId, *, paused: bool) -> None:
        """Stop or resume polling."""
        ...

    async def told(self, states: Mapping[SourceId, str]) -> None:
        """Remember what operators were last told of these sources (`Health.told`)."""
        ...

    async def listing(self, *, gone: bool = False) -> Sequence[Tracked]:
        """Return all that are not retired, in a stable order (by name).

        With `gone`, those too whose server said 410.
        """
        ...

    async def claim(self, *, now: datetime, owner: str, lease: timedelta, limit: int) -> Sequence[Tracked]:
        """Lease the sources most overdue at `now`; nobody else gets them before the lease ends."""
        ...

    async def next_due(self) -> datetime | None:
        """Return when the next source is due."""
        ...

    async def surroundings(self, source: SourceId, entries: Sequence[Entry], *, now: datetime) -> Surroundings:
        """Read what the decision about a page needs, in one call and one snapshot."""
        ...

    async def turn(self, source: Source, *, now: datetime) -> Turn | None:
        """Choose the page that comes next in a source of many; None if there is none to read."""
        ...

    async def turned(self, source: SourceId, key: str, *, now: datetime) -> None:
        """Record that a page of a source of many was read well."""
        ...

    async def commit(self, outcomes: Outcomes) -> None:
        """Write what a poll changed and release the lease: one transaction; StoreConflict if a guard fails."""
        ...

    async def settle(
        self,
        source: SourceId,
        *,
        owner: str,
        memory: Memory | None,
        health: Health,
        next_poll: datetime,
        url: str | None = None,
        retired: bool = False,
    ) -> None:
        """Record a poll that changed no entry (304, an error, a quarantine) and release the lease."""
        ...


class Watches(Protocol):
    """What conversations want to hear about."""

    async def all(self) -> tuple[int, Sequence[Watch]]:
        """Return the revision and every watch, by id."""
        ...

    async def add(
        self,
        conversation: Conversation,
        query: str,
        *,
        owner: str,
        note: str,
        now: datetime,
        cadence: Cadence | None = None,
        scope: Scope = Scope.WATCH,
    ) -> Watch:
        """Store a watch; CommandError if the conversation has the same query."""
        ...

    async def pace(self, watch: WatchId, cadence: Cadence | None) -> None:
        """Change when a watch speaks; what waits for a digest already comes with that."""
        ...

    async def edit(self, watch: WatchId, query: str) -> None:
        """Change what a watch asks for, and forget the marks and what it was told.

        CommandError if its conversation has the same query.
        """
        ...

    async def mark(
        self, conversation: Conversation, entry: EntryId, watch: WatchId, *, owner: str, relevant: bool, now: datetime
    ) -> Sequence[EntryId]:
        """Record what a person thinks of an entry; return what the watch brought in vain, newest mark first."""
        ...

    async def annotate(self, watch: WatchId, note: str) -> None:
        """Change a watch's note."""
        ...

    async def draft(self, draft: Draft) -> None:
        """Keep what a person is about to watch; it takes the place of their last draft in the conversation."""
        ...

    async def drafted(self, conversation: Conversation, owner: str) -> Draft | None:
        """Return a person's draft in a conversation."""
        ...

    async def discard(self, conversation: Conversation, owner: str) -> None:
        """Forget a person's draft, if there is one."""
        ...

    async def remove(self, watch: WatchId) -> None:
        """Forget a watch; what it alerted stays recorded."""
        ...

    async def mute(self, watches: Sequence[WatchId], until: datetime | None) -> None:
        """Silence until then; None ends it."""
        ...

    async def hits(
        self, conversation: Conversation, *, since: datetime
    ) -> Mapping[WatchId, tuple[int, datetime | None]]:
        """Return, per watch, the alerts since then and when the last one ever was."""
        ...


class Vocabularies(Protocol):
    """What teams call things, beside the shipped vocabulary."""

    async def all(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """Return the wordings by team (`Conversation.team`) and name, in the order they were added."""
        ...

    async def of(self, team: str) -> Mapping[str, Sequence[str]]:
        """Return one team's wordings by name."""
        ...

    async def add(self, team: str, name: str, wordings: Sequence[str], *, owner: str, now: datetime) -> int:
        """Add wordings to a set, which is made if need be; return how many were new."""
        ...

    async def remove(self, team: str, name: str, wordings: Sequence[str] = ()) -> int:
        """Take wordings out of a set, all if none are named; return how many were there."""
        ...


class Entries(Protocol):
    """Everything ever seen."""

    async def newest(self, *, before: tuple[datetime, EntryId] | None, limit: int) -> Sequence[Known]:
        """Page through entries by first sight, newest first; `before` is the last row of the previous page."""
        ...

    async def oldest(self, limit: int) -> Sequence[Known]:
        """Return what was seen first, oldest first."""
        ...

    async def meetings(self, wanted: MeetingFilter, *, offset: int, limit: int) -> tuple[int, Sequence[Known]]:
        """Return how many meetings fit and one page of them, by start."""
        ...

    async def by_link(self, link: str) -> Sequence[Known]:
        """Return the entries that a link (or a key) leads to."""
        ...

    async def count(self) -> Mapping[Kind, int]:
        """Return how many are stored, by kind."""
        ...

    async def search(self, cover: "Cover", *, since: datetime | None, after: Place | None, limit: int) -> Page:
        """Return at most `limit` of the entries first seen since then that may satisfy `cover`, and where to go on.

        None that satisfies it is left out, also of those not indexed yet; some that do not are among them.
        Newest first, as they were stored. An entry that changes meanwhile may come twice.
        """
        ...

    async def index(self, limit: int) -> int:
        """Bring the search index up to date by at most `limit` new or changed entries, fewer if they are long.

        Return how many; 0 when nothing is left to do.
        """
        ...


class Stories(Protocol):
    """What is told together, and who follows it."""

    async def standing(self, stories: Sequence[StoryId]) -> tuple[Sequence[Story], Sequence[Thread]]:
        """Return those of these stories that are followed, and their threads."""
        ...

    async def clusters(self) -> "tuple[int, Sequence[Cluster], Frequency]":
        """Return the stories' revision, and all that is remembered of news, as it was written last."""
        ...

    async def revision(self) -> int:
        """Return what changes whenever any story begins, grows or is mended."""
        ...

    async def told(self, entry: EntryId) -> StoryId | None:
        """Return the story that an entry is in."""
        ...

    async def under(self, conversation: Conversation, message: Receipt) -> Sequence[Alert]:
        """Return what a message speaks of, oldest first: a card, a digest, a reply, or what stands in a thread."""
        ...

    async def mend(self, mending: "Mending") -> None:
        """Part or join stories, with their threads and what waits to be said of them: one transaction.

        StoreConflict if stories have changed since the decision was made.
        """
        ...


@by_value
class Mending:
    """What a person said about which entries belong together.

    Attributes:
        revision: of the stories that it was decided under.
        story: where the entry or the story `other` belongs; the new one of an entry that is parted.
        entry: whose story changes; None if all of `other`'s change.
        other: the story that it is taken out of, or that ends.
        grown: what became of the clusters.

    """

    revision: int
    story: Story
    entry: EntryId | None
    other: StoryId | None
    grown: "Grown"
    alerts: Sequence[Alert] = ()
    threads: Sequence[Thread] = ()
    deliveries: Sequence[Delivery] = ()


class Outbox(Protocol):
    """What is to be said, and what was."""

    async def enqueue(self, deliveries: Sequence[Delivery], alerts: Sequence[Alert] = ()) -> int:
        """Add what is not there yet (by key) outside a poll: reminders, notes; return how many were new."""
        ...

    async def due_digests(self, *, now: datetime) -> int:
        """Put the planned digests whose hour has come at the end of their lanes; return how many."""
        ...

    async def claim(
        self, *, now: datetime, owner: str, lease: timedelta, busy: Sequence[Conversation], limit: int
    ) -> Sequence[Parcel]:
        """Lease the oldest unsent delivery of each conversation that is not busy, if it is due.

        A conversation whose oldest is leased or not yet due gives nothing: order is kept.
        Claiming a digest seals its bag.
        """
        ...

    async def sent(
        self, key: DeliveryKey, receipt: Receipt, *, owner: str, now: datetime, lease: timedelta | None = None
    ) -> Parcel | None:
        """Record that it was posted, and its receipt for the thread it opened: one transaction.

        With `lease`, lease the conversation's next delivery in the same transaction, if it is due, and return it.
        """
        ...

    async def again(self, key: DeliveryKey, *, owner: str, at: datetime, attempts: int, why: str) -> None:
        """Put it back, not before `at`."""
        ...

    async def gave_up(self, key: DeliveryKey, *, owner: str, why: str, now: datetime) -> None:
        """Record that it will never be posted, and why."""
        ...

    async def hold(self, key: DeliveryKey, *, owner: str, until: datetime) -> None:
        """Put a claimed delivery back until quiet hours end; its lane waits, but for what is urgent."""
        ...

    async def release(self, conversation: Conversation, *, held: datetime, now: datetime, more_than: int) -> bool:
        """Record what quiet hours held until `held`, and fold its cards into one digest if they are `more_than` that.

        Return whether they were folded: what was claimed before may be gone.
        """
        ...

    async def wake(self, conversation: Conversation, *, now: datetime) -> None:
        """Look again at what quiet hours hold: a conversation changed them."""
        ...

    async def park(self, conversation: Conversation, why: str | None) -> None:
        """Hold a conversation's deliveries (None releases them)."""
        ...

    async def backlog(self) -> Backlog:
        """Return what waits."""
        ...

    async def next_due(self, *, now: datetime) -> datetime | None:
        """Return when the next delivery or lease needs a look."""
        ...

    async def alerts_for(self, entry: EntryId, conversation: Conversation) -> Sequence[tuple[Alert, datetime | None]]:
        """Return the decisions about an entry in a conversation, oldest first, with when each was posted."""
        ...

    async def tally(self, conversation: Conversation, *, since: datetime, until: datetime) -> Tally:
        """Count what was decided from `since` to before `until`."""
        ...

    async def last_alert(self, conversation: Conversation) -> Alert | None:
        """Return the newest spoken alert of a conversation."""
        ...

    async def upcoming(self, *, now: datetime, until: datetime) -> Sequence[tuple[Thread, Known]]:
        """Return the threads that stand on what has a deadline between the day of `now` and `until`."""
        ...


class Inbox(Protocol):
    """What people typed, from its arrival until it is answered."""

    async def take(self, commands: Sequence[Command], *, now: datetime) -> int:
        """Keep those whose ids are new on their platform; return how many."""
        ...

    async def waiting(self, limit: int, *, busy: Sequence[Conversation] = ()) -> Sequence[Command]:
        """Return what has no answer yet in conversations that are not busy, oldest first."""
        ...

    async def answered(self, command: Command, answer: Delivery, *, now: datetime) -> None:
        """Put the answer into the outbox, before alerts that wait there, and tick the command off: one transaction."""
        ...

    async def moved(self, old: Conversation, new: Conversation) -> None:
        """Give what stands in a conversation to another: watches, drafts, what waits; its threads are forgotten."""
        ...


class PreferenceBook(Protocol):
    """How conversations want to be spoken to."""

    async def all(self) -> Mapping[Conversation, Preferences]:
        """Return what every conversation that has something of its own wants."""
        ...

    async def of(self, conversation: Conversation) -> Preferences | None:
        """Return what a conversation wants; None if it has nothing of its own."""
        ...

    async def keep(self, conversation: Conversation, wanted: Preferences) -> None:
        """Remember what a conversation wants from now on."""
        ...

    async def begin(self, conversation: Conversation, defaults: Preferences) -> None:
        """Remember the defaults a conversation began with, unless it has something of its own."""
        ...


class History(Protocol):
    """What entries said before they changed."""

    async def of(self, entry: EntryId) -> Sequence[tuple[datetime, Entry]]:
        """Return what an entry was before each of its changes, without its text, oldest first.

        With each comes when the change was seen. Work items, publications and meetings have a history.
        """
        ...


class Calendars(Protocol):
    """Addresses of conversations' calendars, by the hash of their secret, and what subscribers were told."""

    async def open(self, secret: str, conversation: Conversation, *, owner: str, now: datetime) -> None:
        """Let what `secret` is the hash of open a conversation's calendar."""
        ...

    async def count(self, conversation: Conversation) -> int:
        """Return how many addresses a conversation's calendar has."""
        ...

    async def whose(self, secret: str) -> Conversation | None:
        """Return whose calendar it is that the hash of a secret opens."""
        ...

    async def close(self, conversation: Conversation) -> int:
        """Let no address open a conversation's calendar any more; return how many did."""
        ...

    async def dated(self, events: Sequence["Event"], *, now: datetime) -> Sequence["Dated"]:
        """Return events with their SEQUENCE and LAST-MODIFIED; what differs from what was told last is counted up."""
        ...


@by_value
class Candidate:
    """A card that was posted and may be summarised better.

    Attributes:
        alert: what opened the thread.
        full_text: whether its source's articles are to be read; None if its teasers decide.

    """

    thread: Thread
    alert: Alert
    full_text: bool | None = None


class Gists(Protocol):
    """Better summaries of cards, what language models answered, and what that cost."""

    async def wanted(self, *, since: datetime, limit: int) -> Sequence[Candidate]:
        """Return cards of news, posted since then, of which nobody has tried a better summary."""
        ...

    async def keep(self, candidate: Candidate, precis: Precis | None, edit: Delivery | None, *, now: datetime) -> None:
        """Remember a card's summary, or that there is no better one, and plan its edit: one transaction."""
        ...

    async def answer(self, question: str) -> str | None:
        """Return what a model answered to this before."""
        ...

    async def remember(self, question: str, answer: str, *, now: datetime) -> None:
        """Keep what a model answered."""
        ...

    async def spend(self, day: date, tokens: int, *, most: int) -> bool:
        """Take tokens out of a day's purse; False, and nothing is taken, if that would be more than `most` in all."""
        ...

    async def charge(self, day: date, tokens: int) -> None:
        """Correct what was taken by what was charged: a difference, of either sign."""
        ...


class Store(Protocol):
    """The one place that remembers."""

    @property
    def sources(self) -> Sources: ...
    @property
    def watches(self) -> Watches: ...
    @property
    def vocabularies(self) -> Vocabularies: ...
    @property
    def entries(self) -> Entries: ...
    @property
    def stories(self) -> Stories: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def preferences(self) -> PreferenceBook: ...
    @property
    def gists(self) -> Gists: ...
    @property
    def history(self) -> History: ...
    @property
    def calendars(self) -> Calendars: ...

    async def ping(self) -> None:
        """Return if the store answers; raise StoreError."""
        ...

    async def take_over(self) -> None:
        """Release every lease: only for a process that knows that no other works on this store."""
        ...

    async def backup(self, to: Path) -> None:
        """Write a consistent copy while running."""
        ...

    async def prune(self, before: datetime, *, limit: int = 10_000) -> int:
        """Forget at most `limit` deliveries closed and lines answered before then; return how many.

        Alerts and threads stay.

        A forgotten key could be enqueued again: let `before` be months ago.
        """
        ...


OpenStore = Callable[[str], AbstractAsyncContextManager[Store]]
