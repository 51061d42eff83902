"""S2: search over stored entries, newest first. `python -m bench search`; `python -m bench.search 100000 60` for less.

The numbers are entries, and the seconds that writing and indexing them may take; a file named after them is searched
if it is there, and otherwise filled and kept: `python -m bench.search 1000000 7200 /tmp/search.db`. A kept file is
tagged anew first if the vocabulary has changed since, as a bot would do beside its work, and read through once, so that
it is in memory as a file that is in use is.
Every eighth entry says what one of the shipped sets is called in some language, every third a word of such a wording,
every twentieth some lines of Chinese.

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
from bot.domain.covering import cover, tagging_version
from bot.domain.entries import Entry, EntryId, Kind, SourceId
from bot.domain.matching import Context
from bot.domain.query_parser import parse
from bot.domain.sources import Source
from bot.domain.storing.store import Store
from bot.domain.tagging import Needs, needs
from bot.services.indexing import BATCH
from bot.services.searching import Search
from bot.vocabulary.reading import shipped
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


def words(seed: int) -> Callable[[int], list[str]]:
    """Return what draws words: always the same 150,000, the n-th about 1/n as frequent as the first (Zipf)."""
    chance = random.Random(5)
    syllables = [one + two for one in "bcdfghklmnprstvwz" for two in ("a", "e", "i", "o", "u", "an", "er", "is", "ol")]
    known: dict[str, None] = {}
    while len(known) < VOCABULARY:
        known["".join(chance.choices(syllables, k=chance.choice((1, 2, 2, 3, 3, 3, 4))))] = None
    frequency = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
    ranked = list(known)
    drawing = random.Random(seed)
    return lambda count: drawing.choices(ranked, cum_weights=frequency, k=count)


def chinese(seed: int) -> Callable[[int], str]:
    """Return what draws characters: 2,500 of them, as unevenly frequent as words."""
    drawing = random.Random(seed)
    frequency = list(accumulate(1 / (rank + 3) for rank in range(2_500)))
    ranked = [chr(0x4E00 + 7 * rank) for rank in range(2_500)]
    return lambda count: "".join(drawing.choices(ranked, cum_weights=frequency, k=count))


def entries(draw: Callable[[int], list[str]]) -> Iterator[Known]:
    """Yield news of about 60 words, one a minute."""
    chance, drawn_chinese = random.Random(8), chinese(9)
    wordings = [one.text for termset in shipped().sets.values() for one in termset.wordings]
    number = 0
    while True:
        drawn = draw(60)
        if not number % 8:
            drawn[chance.randrange(60)] = chance.choice(wordings)
        if not number % 3:
            drawn[chance.randrange(60)] = chance.choice(chance.choice(wordings).split() or [""])
        if not number % 20:
            drawn[30:] = [drawn_chinese(15) for _ in range(6)]
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


def typed() -> dict[str, list[str]]:
    """Return queries of each class of performance.md §5, and of the others that people type."""
    draw, drawn_chinese = words(6), chinese(7)
    rare = [text for text in draw(QUERIES * 100) if len(text) >= 7][:QUERIES]
    pairs = [draw(2) for _ in range(QUERIES)]
    sets = list(shipped().sets)
    return {
        "rare word": rare,
        "any word": [f'="{word}"' for word in draw(QUERIES)],
        "any word, inflected": draw(QUERIES),
        "2 words AND": [f"{one} AND {other}" for one, other in pairs],
        "phrase": [f'"{one} {other}"' for one, other in pairs],
        "prefix": [f"{word[:4]}*" if len(word) > 3 else f"{(word * 2)[:3]}*" for word in draw(QUERIES)],
        "10 words OR": [", ".join(draw(10)) for _ in range(QUERIES)],
        "NEAR": [f"{one} NEAR/5 {other}" for one, other in pairs],
        "title": [f"title:{word}" for word in draw(QUERIES)],
        "kind and word": [
            f"kind:{kind} AND {word}" for kind, word in zip(("news", "meeting") * QUERIES, draw(QUERIES), strict=False)
        ],
        "Chinese": [f'"{drawn_chinese(count)}"' for count in (1, 2, 3, 4) * (QUERIES // 4)],
        "concept": [f"@{name}" for name in sets],
        "concept AND word": [f"@{name} AND {word}" for name, word in zip(sets, draw(len(sets)), strict=True)],
    }


async def candidates(store: Store, queries: Sequence[str]) -> tuple[list[float], list[float]]:
    """Return the seconds from each typed query to its first page: of all threads' CPU, and of the clock."""
    spent, waited = [], []
    for text in queries:
        begun, begun_at = process_time(), perf_counter()
        wanted = cover(parse(text), STEM, shipped())
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
            vocabulary=shipped(),
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
    async with open_store(f"sqlite:///{path}") as store:
        await _tagged(store)
        _read_through(path)
        gc.collect()
        gc.freeze()  # what the filling left behind is not the search's to collect
        _, plain = await candidates(store, ["kind:news"] * 20)
        for name, texts in queries.items():
            await candidates(store, texts[:5])
            spent, waited = await candidates(store, texts)
            whole = await matched(store, texts[:30])
            found.append(
                Figure(
                    name=f"S2 search, {name}",
                    goal=f"p99 ≤ 10 ms by the clock for {FIRST} candidates among {ENTRIES:,}" + _short(count),
                    baseline=f"the newest {FIRST} entries",
                    baseline_seconds=median(plain),
                    own_seconds=_worst(waited),
                    ratio=_worst(waited) * 1000,
                    holds=_worst(waited) <= GOAL,
                    unit="ms",
                    notes=f"{count:,} entries, {len(texts)} queries; p50 {median(waited) * 1000:.2f} ms; "
                    f"CPU p50 {median(spent) * 1000:.2f}, p99 {_worst(spent) * 1000:.1f} ms; "
                    f"with {FIRST} matches verified p50 {median(whole) * 1000:.1f}, p99 {_worst(whole) * 1000:.1f}",
                )
            )
    return found


async def _tagged(store: Store) -> None:
    """Tag what another vocabulary tagged, if there are enough entries for tags."""
    version = tagging_version(shipped())
    if await store.entries.tagged() not in (version, None):
        await store.entries.teach(version, _sets())
    while await store.entries.tag(BATCH):
        pass


def _read_through(path: Path) -> None:
    with path.open("rb") as file:
        while file.read(1 << 20):
            pass


def _short(count: int) -> str:
    """Say if there was no time for as many entries as the goal speaks of."""
    return f", here only {count:,}" if count < ENTRIES else ""


async def _filled(path: Path, wanted: int, longest: float) -> tuple[int, list[float]]:
    async with open_store(f"sqlite:///{path}") as store:
        await store.sources.add(SOURCE, now=NOW)
        await store.entries.teach(tagging_version(shipped()), _sets())
        return await filled(store, path, wanted, longest, words(5))


async def _sets() -> AsyncIterator[tuple[str, Sequence[Needs]]]:
    for name, termset in shipped().sets.items():
        yield name, needs(termset, STEM)


def _indexed(path: Path, wanted: int, longest: float) -> Figure:
    """Fill a new store."""
    begun = perf_counter()
    count, spent = asyncio.run(_filled(path, wanted, longest))
    return Figure(
        name="S2 indexing",
        goal="p99 ≤ 50 ms of CPU a batch",
        baseline="writing and indexing everything",
        baseline_seconds=perf_counter() - begun,
        own_seconds=sum(spent),
        ratio=_worst(spent) * 1000,
        holds=_worst(spent) <= 0.050,
        unit="ms",
        notes=f"{count:,} entries of ~60 words, {path.stat().st_size / 1e6:,.0f} MB; "
        f"{count / sum(spent):,.0f} indexed a second of CPU; "
        f"a batch of {BATCH} and its merging: p50 {median(spent) * 1000:.0f}, worst {max(spent) * 1000:.0f} ms",
    )


def _measured(path: Path, wanted: int, longest: float) -> list[Figure]:
    found = [] if path.is_file() else [_indexed(path, wanted, longest)]
    with closing(opened(path)) as connection:
        [(count,)] = connection.execute("SELECT count(*) FROM entries WHERE indexed IS NOT NULL")
    return [*found, *asyncio.run(_searches(path, count, typed()))]


def figures(wanted: int = ENTRIES, longest: float = LONGEST, kept: Path | None = None) -> list[Figure]:
    """Measure it all; at most some five minutes."""
    with TemporaryDirectory() as folder:
        return _measured(kept or Path(folder) / "search.db", wanted, longest)


if __name__ == "__main__":
    wanted, longest, file = (*sys.argv[1:], "", "", "")[:3]
    show(figures(int(wanted or ENTRIES), float(longest or LONGEST), Path(file) if file else None))
