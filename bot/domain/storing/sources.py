"""The store's port for what is polled, and what a poll reads and writes."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from bot.domain.alerts import Alert, Delivery, Story, StoryId, Thread
from bot.domain.changes import Known
from bot.domain.chat import Conversation
from bot.domain.entries import Entry, EntryId, SourceId
from bot.domain.rounds import Turn
from bot.domain.sources import Health, Memory, Source, Tracked
from bot.domain.values import by_value
from bot.domain.watches import WatchId

if TYPE_CHECKING:
    from bot.domain.clustering import Grown


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
        apart: which of those stories a person said are two, each way round.

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
    apart: frozenset[tuple[StoryId, StoryId]] = frozenset()


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
