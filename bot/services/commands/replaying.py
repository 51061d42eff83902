"""What a watch would have posted, had it stood all along."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.changes import Known
from bot.domain.entries import EntryId, Kind, SourceId
from bot.domain.matching import WatchIndex
from bot.domain.ports import Stem
from bot.domain.query import Query
from bot.domain.sheets import Context as Surface
from bot.domain.sources import Source
from bot.domain.stories import identities
from bot.domain.storing import Store
from bot.domain.watches import Hit, WatchId

WINDOW = timedelta(days=90)
MOST = 5_000
MOST_TEXT = 4_000_000
"""Characters read at most, some seconds' work: long texts shorten how far back a replay looks."""
PAGE = 100
ONLY = WatchId(0)
SLICE = 4
"""Entries matched before the loop gets its turn: some ms each when their texts are long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a query finds in what is stored.

    Attributes:
        posts: matches that would have opened a thread; versions of one story count once.
        days: over how many days they are spread: the window, or as long as anything is stored.
        examples: the newest matches with their hits.
        last: the time of the newest match.
        terms: how often each term hit, most first.

    """

    posts: int
    days: int
    examples: Sequence[tuple[Known, tuple[Hit, ...]]]
    last: datetime | None
    terms: Sequence[tuple[str, int]]

    @property
    def a_day(self) -> float:
        """Posts a day, on average."""
        return self.posts / self.days


def told_at(known: Known) -> datetime:
    """Return when an entry was news: when it was published, at the latest when it was first seen."""
    published = known.entry.published
    return known.first_seen if published is None else min(published, known.first_seen)


def surface(known: Known, sources: Mapping[SourceId, Source]) -> Surface:
    """Return what a query may ask about an entry from outside; a removed source is known by its id alone."""
    found = sources.get(known.source)
    return Surface(
        source_id=known.source,
        source_name=found.name if found else known.source,
        body=found.body if found else None,
        lang=found.lang if found else None,
        first_seen=known.first_seen,
    )


async def replay(query: Query, store: Store, stem: Stem, *, now: datetime, most_text: int = MOST_TEXT) -> Replay:
    """Match `query` against the newest entries, 5,000 of them and 90 days at most, without holding the loop."""
    sources = {tracked.source.id: tracked.source for tracked in await store.sources.listing()}
    index = WatchIndex(stem)
    index.put(ONLY, query)
    found: list[tuple[Known, tuple[Hit, ...]]] = []
    stories: set[str] = set()
    terms: Counter[str] = Counter()
    posts, oldest = 0, now
    async for number, known in _newest(store, most_text):
        if number % SLICE == SLICE - 1:
            await asyncio.sleep(0)
        if told_at(known) < now - WINDOW:
            continue
        oldest = min(oldest, told_at(known))
        matched = index.match(known.entry, surface(known, sources))
        if not matched:
            continue
        found.append((known, matched[0].hits))
        same = identities(known.entry) if known.entry.kind is Kind.NEWS else frozenset()
        posts += stories.isdisjoint(same)
        stories |= same
        terms.update({hit.term for hit in matched[0].hits})
    found.sort(key=lambda match: told_at(match[0]), reverse=True)
    return Replay(
        posts=posts,
        days=max(1, min(WINDOW.days, -(-(now - oldest) // timedelta(days=1)))),
        examples=found[:3],
        last=told_at(found[0][0]) if found else None,
        terms=terms.most_common(),
    )


async def _newest(store: Store, most_text: int) -> AsyncIterator[tuple[int, Known]]:
    before: tuple[datetime, EntryId] | None = None
    number, read = 0, 0
    while number < MOST:
        page = await store.entries.newest(before=before, limit=PAGE)
        for known in page:
            yield number, known
            number, read = number + 1, read + len(known.entry.text)
        if len(page) < PAGE or read > most_text:
            return
        before = (page[-1].first_seen, page[-1].id)
