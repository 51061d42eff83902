"""S2: search over stored entries, newest first. `python -m bench search`; `python -m bench.search 100000 60` for less.

The numbers are entries, and the seconds that writing and indexing them may take.
Entries are written straight into the store's table and indexed by the real indexer; the searches are the real ones,
from the typed query to the first page of candidates, and to the first matches.
"""

import asyncio
import gc
import random
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from adapters.language.stems import snowball
from bench.figures import Figure, show
from bench.storage import IGNORING
from bot.domain.changes import Known
from bot.domain.covering import cover
from bot.domain.entries import Entry, EntryId, Kind, SourceId
from bot.domain.matching import Context
from bot.domain.query_parser import parse
from bot.domain.sources import Source
from bot.domain.storing import Store
from bot.domain.vocabulary import NO_VOCABULARY
from bot.services.indexing import BATCH
from bot.services.searching import Search
from storage import open_store
from storage.rows import entry_row
from storage.sqlite import opened

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
SOURCE = Source(id=SourceId("bench"), url="https://bench.example/feed", format="feed", name="Bench")
ENTRIES = 1_000_000
LONGEST = 240.0
"""Seconds; what is indexed by then is searched."""
VOCABULARY = 150_000
A_POLL = 5_000
QUERIES = 100
FIRST = 20
MOST = 500
"""Candidates verified for the first matches; of a phrase few match."""
GOAL = 0.010
STEM = snowball()


def words(chance: random.Random) -> Callable[[int], list[str]]:
    """Return what draws words: 150,000 of them, the n-th about 1/n as frequent as the first (Zipf)."""
    syllables = [one + two for one in "bcdfghklmnprstvwz" for two in ("a", "e", "i", "o", "u", "an", "er", "is", "ol")]
    known: dict[str, None] = {}
    while len(known) < VOCABULARY:
        known["".join(chance.choices(syllables, k=chance.choice((1, 2, 2, 3, 3, 3, 4))))] = None
    frequency = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
    ranked = list(known)
    return lambda count: chance.choices(ranked, cum_weights=frequency, k=count)


def entries(draw: Callable[[int], list[str]]) -> Iterator[Known]:
    """Yield news of about 60 words, one a minute."""
    number = 0
    while True:
        drawn = draw(60)
        entry = Entry(
            key=f"https://bench.example/{number}",
            kind=Kind.NEWS,
            title=" ".join(drawn[:9]),
            link=f"https://bench.example/{number}",
            text=" ".join(drawn[9:]),
        )
        yield Known(
            id=EntryId(f"{number:020}"),
            source=SOURCE.id,
            entry=entry,
            fingerprint="",
            first_seen=NOW + timedelta(minutes=number),
            fetched_at=NOW,
        )
        number += 1


async def filled(
    store: Store, path: Path, wanted: int, longest: float, draw: Callable[[int], list[str]]
) -> tuple[int, list[float]]:
    """Write and index poll after poll; return how many entries and the CPU seconds of each batch of the indexer."""
    begun = perf_counter()
    source, count, spent = entries(draw), 0, []
    with closing(opened(path)) as connection:
        while count < wanted and perf_counter() - begun < longest:
            rows = [entry_row(known, None) for known in islice(source, min(A_POLL, wanted - count))]
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(IGNORING, rows)
            connection.execute("COMMIT")
            count += len(rows)
            done = 1
            while done:
                at = process_time()
                done = await store.entries.index(BATCH)
                spent.append(process_time() - at)
    return count, spent


def typed(draw: Callable[[int], list[str]], rare: Sequence[str]) -> dict[str, list[str]]:
    """Return queries of each class of performance.md §5."""
    pairs = [draw(2) for _ in range(QUERIES)]
    return {
        "rare word": list(rare),
        "any word": [f'="{word}"' for word in draw(QUERIES)],
        "any word, inflected": draw(QUERIES),
        "2 words AND": [f"{one} AND {other}" for one, other in pairs],
        "phrase": [f'"{one} {other}"' for one, other in pairs],
        "prefix": [f"{word[:4]}*" if len(word) > 3 else f"{(word * 2)[:3]}*" for word in draw(QUERIES)],
        "10 words OR": [", ".join(draw(10)) for _ in range(QUERIES)],
    }


async def candidates(store: Store, queries: Sequence[str]) -> tuple[list[float], list[float]]:
    """Return the seconds from each typed query to its first page: of all threads' CPU, and of the clock."""
    spent, waited = [], []
    for text in queries:
        begun, begun_at = process_time(), perf_counter()
        wanted = cover(parse(text), STEM, NO_VOCABULARY)
        await store.entries.search(wanted, since=None, after=None, limit=FIRST)
        spent.append(process_time() - begun)
        waited.append(perf_counter() - begun_at)
    return spent, waited


async def matched(store: Store, queries: Sequence[str]) -> list[float]:
    """Return the CPU seconds from each typed query to its first 20 matches, or those among 500 candidates."""
    spent = []
    for text in queries:
        begun = process_time()
        search = Search(
            queries=[parse(text)],
            store=store,
            stem=STEM,
            vocabulary=NO_VOCABULARY,
            surface=lambda _: Context(),
            most=MOST,
        )
        await _first(search.found())
        spent.append(process_time() - begun)
    return spent


async def _first(found: AsyncIterator[object]) -> None:
    left = FIRST
    async for _ in found:
        left -= 1
        if not left:
            return


def _worst(spent: Sequence[float]) -> float:
    return quantiles(spent, n=100)[98]


async def _searches(path: Path, count: int, queries: dict[str, list[str]]) -> list[Figure]:
    found = []
    gc.collect()
    gc.freeze()  # what the filling left behind is not the search's to collect
    async with open_store(f"sqlite:///{path}") as store:
        plain, _ = await candidates(store, ["kind:news"] * 20)
        for name, texts in queries.items():
            await candidates(store, texts[:5])
            spent, waited = await candidates(store, texts)
            whole = await matched(store, texts[:30])
            found.append(
                Figure(
                    name=f"S2 search, {name}",
                    goal=f"p99 ≤ 10 ms of CPU for {FIRST} candidates among {ENTRIES:,}" + _short(count),
                    baseline=f"the newest {FIRST} entries",
                    baseline_seconds=median(plain),
                    own_seconds=_worst(spent),
                    ratio=_worst(spent) * 1000,
                    holds=_worst(spent) <= GOAL,
                    unit="ms",
                    notes=f"{count:,} entries, {len(texts)} queries; p50 {median(spent) * 1000:.2f} ms; "
                    f"wall p50 {median(waited) * 1000:.2f}, p99 {_worst(waited) * 1000:.1f} ms; "
                    f"with {FIRST} matches verified p50 {median(whole) * 1000:.1f}, p99 {_worst(whole) * 1000:.1f}",
                )
            )
    return found


def _short(count: int) -> str:
    """Say if there was no time for as many entries as the goal speaks of."""
    return f", here only {count:,}" if count < ENTRIES else ""


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.iterdir()) / 1e6


async def _measured(folder: Path, wanted: int, longest: float) -> list[Figure]:
    chance = random.Random(5)
    draw = words(chance)
    path = folder / "search.db"
    async with open_store(f"sqlite:///{path}") as store:
        await store.sources.add(SOURCE, now=NOW)
        begun = perf_counter()
        count, spent = await filled(store, path, wanted, longest, draw)
        total = perf_counter() - begun
    rare = [text for text in draw(QUERIES * 100) if len(text) >= 7][:QUERIES]
    indexing = Figure(
        name="S2 indexing",
        goal="p99 ≤ 50 ms of CPU a batch",
        baseline="writing and indexing everything",
        baseline_seconds=total,
        own_seconds=sum(spent),
        ratio=_worst(spent) * 1000,
        holds=_worst(spent) <= 0.050,
        unit="ms",
        notes=f"{count:,} entries of ~60 words, {_megabytes(folder):,.0f} MB in all; "
        f"{count / sum(spent):,.0f} indexed a second of CPU; "
        f"a batch of {BATCH} and its merging: p50 {median(spent) * 1000:.0f}, worst {max(spent) * 1000:.0f} ms",
    )
    return [indexing, *await _searches(path, count, typed(draw, rare))]


def figures(wanted: int = ENTRIES, longest: float = LONGEST) -> list[Figure]:
    """Measure it all; at most some five minutes."""
    with TemporaryDirectory() as folder:
        return asyncio.run(_measured(Path(folder), wanted, longest))


if __name__ == "__main__":
    asked = [int(number) for number in sys.argv[1:3]]
    show(figures(*asked))
