"""What queries would have posted, had they stood all along."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.changes import Known
from bot.domain.entries import EntryId, Kind, SourceId
from bot.domain.ports import Stem
from bot.domain.query import And, Is, Near, Not, Or, Query, Within
from bot.domain.sheets import Context as Surface
from bot.domain.sources import Source
from bot.domain.stories import identities
from bot.domain.storing.store import Store
from bot.domain.vocabulary import Vocabulary
from bot.domain.watches import Hit
from bot.services.searching import MOST_TEXT, Search

WINDOW = timedelta(days=90)
FIRST = 200
"""Of what was stored first, how many tell since when there is anything to find."""

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
        looked_at: how many entries that may match were looked at, the newest, if there were too many; else None.

    """

    found: Sequence[Found]
    openings: Sequence[Found]
    days: int
    bodies: Sequence[tuple[str, int]]
    terms: Sequence[tuple[str, int]]
    looked_at: int | None = None

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
    """Search what is stored for queries, understood already, 90 days back; one replay a query, in order.

    Where they hit is worked out, which takes longer than matching, for the first `quoted` queries, without it for all.
    """
    wanted = len(queries) if quoted is None else quoted
    sources = {tracked.source.id: tracked.source for tracked in await store.sources.listing()}
    search = Search(
        queries=queries,
        store=store,
        stem=stem,
        vocabulary=vocabulary,
        surface=lambda known: surface(known, sources),
        since=now - WINDOW,
        most_text=most_text,
    )
    tallies = [_Tally() for _ in queries]
    oldest = now
    async for known, matches in search.found():
        if told_at(known) < now - WINDOW:
            continue
        oldest = min(oldest, told_at(known))
        for match in matches:
            tallies[match.watch].add(known, match.hits if match.watch < wanted else ())
    begun = min(oldest, await _begun(store, now)) if search.complete else min(oldest, search.oldest or oldest)
    days = max(1, min(WINDOW.days, -(-(now - begun) // timedelta(days=1))))
    return await asyncio.to_thread(lambda: [_closed(tally, days, sources, search) for tally in tallies])


async def _begun(store: Store, now: datetime) -> datetime:
    """Return since when there was anything to find: the date of the oldest of what was stored first, in the window."""
    first = await store.entries.oldest(FIRST)
    inside = [told_at(known) for known in first if told_at(known) >= now - WINDOW]
    return min(inside, default=now - WINDOW if first else now)


def _closed(tally: _Tally, days: int, sources: Mapping[SourceId, Source], search: Search) -> Replay:
    found = sorted(tally.found, key=lambda match: told_at(match[0]), reverse=True)
    first = firsts(known for known, _ in found)
    openings = [one for one in found if first[one[0].id] == one[0].id]
    bodies = Counter(_body(known, sources) for known, _ in openings)
    return Replay(
        found=found,
        openings=openings,
        days=days,
        bodies=bodies.most_common(),
        terms=tally.terms.most_common(),
        looked_at=None if search.complete else search.looked_at,
    )


def together(replays: Sequence[Replay]) -> Replay:
    """Return what several queries would have posted between them; where they hit is left out."""
    found = {known.id: known for one in replays for known, _ in one.found}
    first = firsts(found.values())
    newest = sorted(found.values(), key=told_at, reverse=True)
    return Replay(
        found=[(known, ()) for known in newest],
        openings=[(known, ()) for known in newest if first[known.id] == known.id],
        days=max(one.days for one in replays),
        bodies=(),
        terms=(),
    )


def _body(known: Known, sources: Mapping[SourceId, Source]) -> str:
    source = sources.get(known.source)
    return known.source if source is None else source.body or source.name
