"""Which story news tells: what is remembered of it is kept warm beside the store, and read again if it may differ."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.domain.aliases import Aliases, known_names
from bot.domain.changes import Change, Known
from bot.domain.clustering import WINDOW, Clusters, Grown, item
from bot.domain.entries import EntryId, Kind
from bot.domain.likeness import Item
from bot.domain.novelty import said
from bot.domain.sources import Source
from bot.domain.storing.store import Store
from bot.domain.telling import Telling, Tellings, story_of
from bot.services.lexicons import Shipped, nothing_shipped

UNKNOWN = -1


@dataclass(slots=True)
class Teller:
    """The clusters of news, at one revision of the stories. Not for two at a time: whoever uses it holds `deciding`.

    Attributes:
        shipped: gives the vocabulary, whose names mean the same in all languages; may read files.
        window: stories that are remembered.
        deciding: held from the reading of what a decision needs until it is written.

    """

    shipped: Shipped = nothing_shipped
    window: int = WINDOW
    deciding: asyncio.Lock = field(default_factory=asyncio.Lock)
    _revision: int = UNKNOWN
    _clusters: Clusters = field(default_factory=Clusters)
    _aliases: Aliases | None = None

    async def tell(
        self, changes: Sequence[Change], source: Source, *, told: Iterable[EntryId], matched: Iterable[EntryId]
    ) -> Tellings:
        """Return what changed news tells: which story, unless it is `told` in one, and what it says.

        What was there before and is in no story is only looked at if it is `matched`.
        """
        news = [change.now for change in changes if change.now.entry.kind is Kind.NEWS]
        in_one, wanted = frozenset(told), frozenset(matched)
        added = {id(change.now) for change in changes if not hasattr(change, "before")}
        rows = [row for row in news if row.id in in_one or row.id in wanted or id(row) in added]
        if not rows:
            return {}
        self.unwritten()
        return await asyncio.to_thread(self._tell, rows, source, in_one)

    async def renew(self, store: Store, revision: int) -> None:
        """Bring what is remembered to the stories' revision, if it is not; reading it all takes seconds at most."""
        if self._aliases is None:
            await asyncio.to_thread(self._learn)
        if revision != self._revision:
            self._revision, known, frequency = await store.stories.clusters()
            self._clusters = await asyncio.to_thread(Clusters, known, frequency, self.window)

    @property
    def grown(self) -> Grown | None:
        """What is to be written of it; None if nothing was told."""
        grown = self._clusters.grown
        return grown if grown.clusters or grown.forgotten or grown.counts else None

    @property
    def clusters(self) -> Clusters:
        """What is remembered."""
        return self._clusters

    def unwritten(self) -> None:
        """Take note that what is remembered differs from the store: it is read again unless it is written."""
        self._revision = UNKNOWN

    def written(self, revision: int) -> None:
        """Take note that the store holds what is remembered, at this revision."""
        self._clusters.written()
        self._revision = revision

    def item(self, row: Known, lang: str | None) -> Item:
        """Return what is compared of an entry; a publisher's date counts unless it is to come."""
        published = row.entry.published
        at = row.first_seen if published is None else min(published, row.first_seen)
        return item(row.entry, at, self._known_aliases, lang)

    @property
    def _known_aliases(self) -> Aliases:
        return self._aliases or Aliases()

    def _learn(self) -> None:
        vocabulary = self.shipped()
        self._aliases = Aliases(known_names(vocabulary))

    def _tell(self, rows: Sequence[Known], source: Source, told: frozenset[EntryId]) -> Tellings:
        found: dict[EntryId, Telling] = {}
        for row in rows:
            facts = said(row.entry, row.fetched_at.date())
            if row.id in told:
                found[row.id] = Telling(said=facts)
            else:
                joined = self._clusters.tell(self.item(row, source.lang))
                found[row.id] = Telling(story=story_of(joined.cluster.id), because=joined.because, said=facts)
        return found
