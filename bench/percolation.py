"""One entry against many watches: the index, and a regular expression for every leaf of every watch.

`bench.invented` says what the watches and entries are; the matched watches are compared in the same run.
"""

import gc
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import mean
from time import process_time
from typing import Any

from adapters.language.stems import snowball
from bench.figures import ROUNDS, Figure, medians
from bench.invented import Language
from bench.naive import Naive
from bot.domain.analysis import raws
from bot.domain.entries import Entry
from bot.domain.folding import fold
from bot.domain.matching import NO_CONTEXT, WatchIndex
from bot.domain.ports import Stem
from bot.domain.query import Query
from bot.domain.sheets import Sheet
from bot.domain.watches import WatchId

STEM = snowball()


@dataclass
class Bench:
    """The same watches in the index and in regular expressions, and entries to try."""

    count: int
    short: list[Entry]
    long: list[Entry]
    watches: list[Query]
    index: WatchIndex = field(init=False)

    def __post_init__(self) -> None:
        self.index = filled(self.watches)

    def ids(self, entry: Entry) -> list[int]:
        """Return the watches that the index finds."""
        return [match.watch for match in self.index.match(entry)]

    def each(self, entries: Sequence[Entry]) -> float:
        """Return the seconds that the index needs for one of these entries, all of them seen before."""
        for entry in entries:
            self.index.match(entry)
        [spent] = medians(lambda: [self.index.match(entry) for entry in entries])
        return spent / len(entries)


def filled(watches: Sequence[Query], stem: Stem = STEM) -> WatchIndex:
    """Return an index of these watches."""
    index = WatchIndex(stem)
    for number, query in enumerate(watches):
        index.put(WatchId(number), query)
    return index


def figures() -> list[Figure]:
    """Measure all goals."""
    language = Language(7)
    short = [language.entry(number, 60) for number in range(200)]
    long = [language.entry(number, 600) for number in range(60)]
    watches = [language.watch() for _ in range(100_000)]
    benches = {count: Bench(count, short, long, watches[:count]) for count in (100, 1_000, 10_000, 100_000)}
    gc.freeze()
    found = list(_against_naive(benches))
    found += _growth(benches)
    found += _changes(benches[1_000], [language.watch() for _ in range(300)])
    found.append(_memory(watches[:10_000]))
    return found + list(_against_scan(benches))


def _against_naive(benches: dict[int, Bench]) -> Iterator[Figure]:
    plan = ((1_000, 30, 200), (10_000, 6, 1_000), (100_000, 2, 1_500))
    for count, tried, goal in plan:
        bench = benches[count]
        naive = Naive(bench.watches, STEM)
        yield _ratio(bench, naive, bench.short, tried, goal)
        if count < 100_000:
            yield _ratio(bench, naive, bench.long, max(tried // 4, 2), goal)


def _ratio(bench: Bench, naive: Naive, entries: list[Entry], tried: int, goal: int) -> Figure:
    sample = entries[:tried]
    name = "short" if entries is bench.short else "long"
    unequal = [entry.key for entry in sample if naive.match(entry) != bench.ids(entry)]
    assert not unequal, unequal
    [slow] = medians(lambda: [naive.match(entry) for entry in sample])
    slow /= len(sample)
    own = bench.each(entries)
    hits = mean(len(bench.ids(entry)) for entry in entries)
    return Figure(
        name=f"P1 {bench.count:,} watches, {name}",
        goal=f">= {goal:,}x naive expressions",
        baseline="an expression for every leaf, every watch",
        baseline_seconds=slow,
        own_seconds=own,
        ratio=slow / own,
        holds=slow / own >= goal,
        notes=f"{len(sample)} entries agree with the baseline; {hits:.1f} matches in each of {len(entries)}",
    )


def _growth(benches: dict[int, Bench]) -> list[Figure]:
    few, many = benches[100], benches[10_000]
    small, large = few.each(few.short), many.each(many.short)
    looked = true = 0
    for entry in many.short:
        looked += len(many.index.candidates(Sheet(entry, NO_CONTEXT, many.index.tests))[1])
        true += len(many.ids(entry))
    return [
        Figure(
            name="P4 growth",
            goal="10,000 watches cost <= 3x 100",
            baseline="100 watches, short",
            baseline_seconds=small,
            own_seconds=large,
            ratio=large / small,
            holds=large / small <= 3,
        ),
        Figure(
            name="P4 candidates",
            goal="<= 2.5x true matches verified",
            baseline="none",
            baseline_seconds=0,
            own_seconds=large,
            ratio=looked / true,
            holds=looked / true <= 2.5,
            notes=f"10,000 watches, short entries: {looked} looked at, {true} matches",
        ),
    ]


def _changes(bench: Bench, fresh: Sequence[Query]) -> list[Figure]:
    one = bench.each(bench.short)
    puts, drops = [], []
    for _ in range(5):
        begun = process_time()
        for number, query in enumerate(fresh):
            bench.index.put(WatchId(1_000_000 + number), query)
        put = process_time()
        for number in range(len(fresh)):
            bench.index.drop(WatchId(1_000_000 + number))
        puts.append((put - begun) / len(fresh))
        drops.append((process_time() - put) / len(fresh))
    return [
        Figure(
            name=f"P5 {name} a watch",
            goal="<= one short match",
            baseline="short match, 1,000 watches",
            baseline_seconds=one,
            own_seconds=sorted(spent)[2],
            ratio=sorted(spent)[2] / one,
            holds=sorted(spent)[2] <= one,
            notes=f"first time, its words new: {spent[0] * 1e6:.0f} µs",
        )
        for name, spent in (("add", puts), ("remove", drops))
    ]


def _memory(watches: Sequence[Query]) -> Figure:
    language = Language(11)
    gc.collect()
    tracemalloc.start()
    own = [language.watch() for _ in watches]
    index = filled(own)
    for standing in index._watches.values():
        index.compiled(standing)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del index
    each = held / len(watches)
    return Figure(
        name="P7 memory a watch",
        goal="<= 2 KB fully compiled",
        baseline="none",
        baseline_seconds=0,
        own_seconds=0,
        ratio=each,
        holds=each <= 2_048,
        unit="B",
        notes="10,000 watches of the mix with their queries, everything compiled",
    )


def _against_scan(benches: dict[int, Bench]) -> Iterator[Figure]:
    try:
        from ahocorasick_rs import AhoCorasick
    except ImportError:
        print("P2, P3: not measured here, ahocorasick_rs is not installed")
        return
    for count, goal in ((100, 3), (1_000, 3), (10_000, 6), (100_000, None)):
        yield from _scans(benches[count], AhoCorasick, goal)


def literals(index: WatchIndex) -> list[str]:
    """Return the anchors as a scan finds them: the fewest beginnings that all forms of each begin with, and pairs."""
    probes = {probe.number: probe for probe in index.tests.probes.values()}
    found: dict[str, None] = {}
    for key in (*index._proven, *index._likely):
        stems = [key] if isinstance(key, str) else [form.stem for form in probes[key].test.forms]
        found.update({stem: None for stem in stems if not any(stem != one and stem.startswith(one) for one in stems)})
    return list(found)


def _scans(bench: Bench, scanner: Callable[[list[str]], Any], goal: int | None) -> Iterator[Figure]:
    """Time a scan that does nothing with what it finds, the cutting into tokens, the choice of candidates, and all."""
    index, entries = bench.index, bench.short
    anchors = literals(index)
    begun = process_time()
    scan = scanner(anchors)
    built = process_time() - begun
    texts = [fold(f"{entry.title} {entry.text}") for entry in entries]
    waiting = [Sheet(entry, NO_CONTEXT, index.tests) for _ in range(ROUNDS) for entry in entries]
    for entry in entries:
        index.match(entry)
    bare, words, select, whole = medians(
        lambda: [scan.find_matches_as_indexes(text, overlapping=True) for text in texts],
        lambda: [raws(text) for text in texts],
        lambda: [index.candidates(waiting.pop()) for _ in entries],
        lambda: [index.match(entry) for entry in entries],
    )
    notes = f"{len(anchors):,} anchors, {built * 1000:.0f} ms to build; short entries, {len(entries)} a time"
    yield _scanned(f"P2 {bench.count:,} watches", "<= 3x a bare scan of the anchors", bare, select, 3, notes=notes)
    if goal:
        name, base = f"P3 {bench.count:,} watches", bare + words
        yield _scanned(name, f"<= {goal}x tokens and a bare scan", base, whole, goal, notes=notes)


def _scanned(name: str, goal: str, base: float, own: float, most: float, *, notes: str) -> Figure:
    return Figure(
        name=name,
        goal=goal,
        baseline="Aho-Corasick",
        baseline_seconds=base,
        own_seconds=own,
        ratio=own / base,
        holds=own / base <= most,
        notes=notes,
    )
