"""What queries would have posted, had they stood all along."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.changes import Known
from bot.domain.entries import EntryId, Kind, SourceId
from bot.domain.matching import WatchIndex
from bot.domain.ports import Stem
from bot.domain.query import And, Is, Near, Not, Or, Query, Within
from bot.domain.sheets import Context as Surface
from bot.domain.sources import Source
from bot.domain.stories import identities
from bot.domain.storing import Store
from bot.domain.vocabulary import Vocabulary
from bot.domain.watches import Hit, WatchId

WINDOW = timedelta(days=90)
MOST = 5_000
MOST_TEXT = 4_000_000
"""Characters of text read at most, some seconds' work: long texts shorten how far back a replay looks."""
PAGE = 100
SLICE = 4
"""Entries matched before the loop gets its turn: some ms each when their texts are long."""

Found = tuple[Known, tuple[Hit, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a query finds in what is stored.

    Attributes:
        found: all matches, newest first, with their hits if they were asked for.
        openings: those that would have opened a thread, of the versions of one story the oldest.
        days: over how many days they are spread: the window, or as long as anything is stored.
        bodies: posts by standards body, or by source where it has none; most first.
        terms: how often each term hit, most first.

    """

    found: Sequence[Found]
    openings: Sequence[Found]
    days: int
    bodies: Sequence[tuple[str, int]]
    terms: Sequence[tuple[str, int]]

    @property
    def posts(self) -> int:
        """Matches that would have opened a thread; versions of one story count once."""
        return len(self.openings)

    @property
    def a_day(self) -> float:
        """Posts a day, on average."""
        return self.posts / self.days

    @property
    def last(self) -> datetime | None:
        """The time of the newest match."""
        return told_at(self.found[0][0]) if self.found else None


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


def firsts(known: Iterable[Known]) -> Mapping[EntryId, EntryId]:
    """Return, for each entry, the oldest version of the story that it tells."""
    told: dict[str, EntryId] = {}
    found: dict[EntryId, EntryId] = {}
    for one in sorted(known, key=lambda one: (told_at(one), one.id)):
        same = sorted(identities(one.entry)) if one.entry.kind is Kind.NEWS else []
        found[one.id] = first = next((told[identity] for identity in same if identity in told), one.id)
        for identity in same:
            told.setdefault(identity, first)
    return found


def terms(query: Query) -> tuple[str, ...]:
    """Return the terms that hits of a query can name, in order; what must not be there has no hits."""
    match query:
        case And(parts) | Or(parts):
            return tuple(dict.fromkeys(term for part in parts for term in terms(part)))
        case Near(left, right):
            return tuple(dict.fromkeys((*terms(left), *terms(right))))
        case Within(_, part):
            return terms(part)
        case Not() | Is():
            return ()
        case _:
            return (str(query).strip('="'),)


@dataclass(slots=True)
class _Tally:
    found: list[Found] = field(default_factory=list)
    terms: Counter[str] = field(default_factory=Counter)

    def add(self, known: Known, hits: tuple[Hit, ...]) -> None:
        self.found.append((known, hits))
        self.terms.update({hit.term.removesuffix(" nearby") for hit in hits})


async def replay(
    queries: Sequence[Query],
    store: Store,
    stem: Stem,
    vocabulary: Vocabulary,
    *,
    now: datetime,
    quoted: int | None = None,
    most_text: int = MOST_TEXT,
) -> Sequence[Replay]:
    """Match queries, understood already, against the newest entries without holding the loop.

    5,000 entries and 90 days at most; one replay a query, in order. Where they hit is worked out, which takes
    longer than matching, for the first `quoted` queries, without it for all.
    """
    wanted = len(queries) if quoted is None else quoted
    sources = {tracked.source.id: tracked.source for tracked in await store.sources.listing()}
    index = await asyncio.to_thread(_compiled, queries, stem, vocabulary)
    tallies = [_Tally() for _ in queries]
    oldest = now
    async for number, known in _newest(store, most_text):
        if number % SLICE == SLICE - 1:
            await asyncio.sleep(0)
        if told_at(known) < now - WINDOW:
            continue
        oldest = min(oldest, told_at(known))
        for match in index.match(known.entry, surface(known, sources)):
            tallies[match.watch].add(known, match.hits if match.watch < wanted else ())
    days = max(1, min(WINDOW.days, -(-(now - oldest) // timedelta(days=1))))
    return await asyncio.to_thread(lambda: [_closed(tally, days, sources) for tally in tallies])


def _compiled(queries: Sequence[Query], stem: Stem, vocabulary: Vocabulary) -> WatchIndex:
    index = WatchIndex(stem, vocabulary)
    for number, query in enumerate(queries):
        index.put(WatchId(number), query)
    return index


def _closed(tally: _Tally, days: int, sources: Mapping[SourceId, Source]) -> Replay:
    found = sorted(tally.found, key=lambda match: told_at(match[0]), reverse=True)
    first = firsts(known for known, _ in found)
    openings = [one for one in found if first[one[0].id] == one[0].id]
    bodies = Counter(_body(known, sources) for known, _ in openings)
    return Replay(
        found=found, openings=openings, days=days, bodies=bodies.most_common(), terms=tally.terms.most_common()
    )


def _body(known: Known, sources: Mapping[SourceId, Source]) -> str:
    source = sources.get(known.source)
    return known.source if source is None else source.body or source.name


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
