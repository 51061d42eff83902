"""Search over everything stored: the index finds what may match, the matcher of the alerts decides."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING

from bot.domain.changes import Known
from bot.domain.covering import Cover, cover, some_of
from bot.domain.matching import Context, WatchIndex
from bot.domain.ports import Stem
from bot.domain.query import Query
from bot.domain.storing.store import Store
from bot.domain.vocabulary import Vocabulary
from bot.domain.watches import Match, WatchId

if TYPE_CHECKING:
    from bot.domain.storing.entries import Place

MOST = 5_000
"""Entries looked at, some of which do not match."""
MOST_TEXT = 4_000_000
"""Characters of their texts, some seconds' work."""
FIRST_PAGE, PAGE = 20, 200
LONG = 10_000
"""Characters from which on a text is matched in a thread, as `ingest` does."""
TURN = 0.005
"""Seconds of matching before the loop gets its turn."""


@dataclass(slots=True, eq=False, kw_only=True)
class Search:
    """One search for queries, understood already (`bot.domain.understanding`), through all that is stored.

    Attributes:
        surface: what a query may ask about an entry from outside (`replaying.surface`).
        since: when what is looked for was first seen, at the earliest.
        among: only these are looked at, if they are given.
        most, most_text: entries and characters looked at before the search stops early.
        looked_at: entries looked at so far.
        complete: everything that may match was looked at; false while it goes on, and if it stopped early.
        oldest: first sight of the last entry looked at: how far back a search that stopped early has come.

    """

    queries: Sequence[Query]
    store: Store
    stem: Stem
    vocabulary: Vocabulary
    surface: Callable[[Known], Context]
    since: datetime | None = None
    among: Sequence[Known] | None = None
    most: int = MOST
    most_text: int = MOST_TEXT
    looked_at: int = 0
    complete: bool = False
    oldest: datetime | None = None

    async def found(self) -> AsyncIterator[tuple[Known, Sequence[Match]]]:
        """Yield what matches any query, newest first, with the matches: `watch` is the query's place in `queries`.

        Ask a match for its hits before the next entry. Raise QueryError for a set that the vocabulary does not have.
        """
        index = await asyncio.to_thread(self._compiled)
        turn = perf_counter()
        quick = False  # the first match reads what no watch has used yet, a tenth of a second for the largest sets
        async for known in self._candidates():
            context = self.surface(known)
            begun = perf_counter()
            if quick and len(known.entry.text) <= LONG:
                matches = index.match(known.entry, context)
            else:
                matches = await asyncio.to_thread(index.match, known.entry, context)
            quick = perf_counter() - begun < TURN
            if matches:
                yield known, matches
            if perf_counter() - turn > TURN:
                await asyncio.sleep(0)
                turn = perf_counter()

    async def _candidates(self) -> AsyncIterator[Known]:
        """Yield each entry that may match, once."""
        if self.among is not None:
            for one in self.among:
                yield one
            self.complete = True
            return
        wanted = await asyncio.to_thread(self._covered)
        known: set[str] = set()
        place: Place | None = None
        read = 0
        while True:
            limit = min(PAGE if place else FIRST_PAGE, self.most - self.looked_at)
            page = await self.store.entries.search(wanted, since=self.since, after=place, limit=limit)
            for candidate in page.known:
                if candidate.id in known:
                    continue
                known.add(candidate.id)
                self.looked_at += 1
                self.oldest = candidate.first_seen
                read += len(candidate.entry.text)
                yield candidate
            place = page.further
            if place is None:
                self.complete = True
                return
            if self.looked_at >= self.most or read > self.most_text:
                return

    def _compiled(self) -> WatchIndex:
        index = WatchIndex(self.stem, self.vocabulary)
        for number, query in enumerate(self.queries):
            index.put(WatchId(number), query)
        return index

    def _covered(self) -> Cover:
        """Work out what is looked for; some 0.2 s for the largest sets of a team's own."""
        return some_of(cover(query, self.stem, self.vocabulary) for query in self.queries)
