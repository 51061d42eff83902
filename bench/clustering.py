"""C: stories. How well headlines come together as their stories, at what cost, and across languages.

The headlines are the labelled sample beside the repository (`../shared/samples/stories`), if it is there. MinHash
with locality-sensitive hashing is the usual way to find near duplicates; its bands are chosen on one half of the
stories, and both ways are scored on the other.
"""

import json
import random
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from hashlib import blake2b
from itertools import accumulate, combinations
from pathlib import Path
from statistics import median
from time import process_time

from bench.figures import Figure
from bot.domain.aliases import Aliases, known_names
from bot.domain.clustering import Clusters, item
from bot.domain.entries import Entry, Kind
from bot.domain.likeness import Item
from bot.vocabulary.reading import shipped

HERE = Path(__file__)
HEADLINES = HERE.parents[2] / "shared" / "samples" / "stories" / "headlines.jsonl"
ABROAD, AGAIN = (HERE.parents[1] / "tests" / "domain" / f"told_{name}.tsv" for name in ("abroad", "again"))
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
PERMUTATIONS = 128
BANDS = ((128, 1), (64, 2), (42, 3), (32, 4))
"""Bands and rows of MinHash that are tried."""
WINDOW, TIMED, COMPARED = 100_000, 1_000, 5
RATIO, F1, MILLISECONDS, PRECISION, RECALL = 1.5, 0.72, 1.0, 0.95, 0.7


@dataclass(frozen=True, slots=True)
class Told:
    """A labelled headline."""

    story: str
    lang: str
    title: str
    text: str
    at: datetime

    def item(self, aliases: Aliases) -> Item:
        """Return what is compared of it."""
        return item(Entry(key=self.title[:512], kind=Kind.NEWS, title=self.title, text=self.text), self.at, aliases)


def headlines() -> list[Told]:
    """Read the labelled headlines."""
    rows = map(json.loads, HEADLINES.read_text("utf-8").splitlines())
    return [Told(row["story"], "en", row["title"], "", datetime.fromisoformat(row["published"])) for row in rows]


def abroad(seed: int) -> list[Told]:
    """Read the stories told in eight languages, in an order of their own."""
    rows = [line.split("\t") for line in ABROAD.read_text("utf-8").splitlines() if not line.startswith("#")]
    random.Random(seed).shuffle(rows)
    moments = (BEGUN + timedelta(minutes=20 * number) for number in range(len(rows)))
    return [Told(story, lang, title, text, at) for (story, lang, title, text), at in zip(rows, moments, strict=True)]


def again(seed: int) -> list[Told]:
    """Read the headlines of stories that are easily mistaken for one another, on which nothing was tuned."""
    rows = [line.split("\t") for line in AGAIN.read_text("utf-8").splitlines() if not line.startswith("#")]
    random.Random(seed).shuffle(rows)
    moments = (BEGUN + timedelta(minutes=20 * number) for number in range(len(rows)))
    return [Told(story, lang, title, "", at) for (story, lang, title), at in zip(rows, moments, strict=True)]


def ours(told: Sequence[Told], aliases: Aliases) -> list[int]:
    """Put headlines together our way."""
    clusters = Clusters()
    return [clusters.join(one.item(aliases)).id for one in told]


def minhash(told: Sequence[Told], bands: int, rows: int) -> list[int]:
    """Put headlines together by MinHash: each joins the most similar one before it that shares a band."""
    filed: dict[tuple[int, tuple[int, ...]], deque[int]] = {}
    signatures: list[tuple[int, ...]] = []
    stories: list[int] = []
    for number, one in enumerate(told):
        mine = _signature(one.title)
        keys = [(band, mine[band * rows : (band + 1) * rows]) for band in range(bands)]
        near = {other for key in keys for other in filed.get(key, ())}
        best = max(near, key=lambda other: (_same(mine, signatures[other]), other), default=None)
        stories.append(number if best is None else stories[best])
        signatures.append(mine)
        for key in keys:
            filed.setdefault(key, deque(maxlen=64)).append(number)
    return stories


def _signature(title: str) -> tuple[int, ...]:
    hashes = [_hashes(word) for word in set(title.casefold().split())]
    return tuple(map(min, zip(*hashes, strict=True)))


@cache
def _hashes(word: str) -> tuple[int, ...]:
    return tuple(
        int.from_bytes(blake2b(word.encode(), digest_size=4, salt=seed.to_bytes(2)).digest())
        for seed in range(PERMUTATIONS)
    )


def _same(one: Sequence[int], other: Sequence[int]) -> int:
    return sum(mine == theirs for mine, theirs in zip(one, other, strict=True))


def bcubed(told: Sequence[Told], found: Sequence[int]) -> tuple[float, float, float]:
    """Return B-cubed precision, recall and F1 (Bagga and Baldwin, 1998)."""
    labels = [one.story for one in told]
    both, wanted, given = Counter(zip(labels, found, strict=True)), Counter(labels), Counter(found)
    precision = sum(many * many / given[one] for (_, one), many in both.items()) / len(labels)
    recall = sum(many * many / wanted[label] for (label, _), many in both.items()) / len(labels)
    return precision, recall, 2 * precision * recall / (precision + recall)


def figures() -> list[Figure]:
    """Report F1 beside MinHash's, the cost of an entry in a full window, and joins across languages."""
    names = Aliases(known_names(shipped()))
    return [*(_labelled(names) if HEADLINES.exists() else []), _full(names), *_across(names)]


def _labelled(aliases: Aliases) -> list[Figure]:
    told = headlines()
    stories = list(dict.fromkeys(one.story for one in told))
    first, second = ([one for one in told if one.story in half] for half in (stories[::2], stories[1::2]))
    bands, rows = max(BANDS, key=lambda way: bcubed(first, minhash(first, *way))[2])
    usual, theirs = _timed(lambda: minhash(second, bands, rows))
    found, mine = _timed(lambda: ours(second, aliases))
    precision, recall, score = bcubed(second, found)
    other = bcubed(second, usual)[2]
    unseen = again(seed=1)
    notes = (
        f"{len(second)} headlines in {len(stories[1::2])} stories; precision {precision:.3f}, recall {recall:.3f}, F1 "
        f"{score:.3f}; MinHash ({PERMUTATIONS}, {bands} bands) F1 {other:.3f}; half it was tuned on: "
        f"{bcubed(first, ours(first, aliases))[2]:.3f}; {len(unseen)} invented headlines in several languages: "
        f"{bcubed(unseen, ours(unseen, aliases))[2]:.3f}"
    )
    compared = partial(Figure, baseline="MinHash LSH", baseline_seconds=theirs, own_seconds=mine, notes=notes)
    return [
        compared(name="C1 F1 over MinHash LSH", goal=f">= {RATIO}", ratio=score / other, holds=score >= RATIO * other),
        compared(name="C1 F1", goal=f">= {F1}", ratio=score, holds=score >= F1, unit=""),
    ]


def _timed(work: Callable[[], list[int]]) -> tuple[list[int], float]:
    begun = process_time()
    return work(), process_time() - begun


def _full(aliases: Aliases) -> Figure:
    """Time entries that come when the window is full; headlines of which three words of eight are new."""
    chance = random.Random(1)
    frequent = [f"{number:x}w" for number in range(20_000)]
    weights = list(accumulate(1 / (number + 50) for number in range(len(frequent))))

    def title() -> str:
        return " ".join(
            [*chance.choices(frequent, cum_weights=weights, k=5), *(f"{chance.randrange(WINDOW):x}q" for _ in range(3))]
        )

    clusters = Clusters()
    titles = [title() for _ in range(WINDOW + TIMED)]
    spent = []
    for number, one in enumerate(titles):
        told = Told("", "en", one, "", BEGUN + timedelta(seconds=5 * number))
        begun = process_time()
        clusters.join(told.item(aliases))
        spent.append(process_time() - begun)
    last = sorted(spent[-TIMED:])
    sets = [set(one.split()) for one in titles]
    begun = process_time()
    for mine in sets[-COMPARED:]:
        max(len(mine & other) / len(mine | other) for other in sets)
    theirs = (process_time() - begun) / COMPARED
    own = median(last)
    return Figure(
        name="C1 entry in a full window",
        goal=f"<= {MILLISECONDS} ms",
        baseline="word sets compared with the whole window",
        baseline_seconds=theirs,
        own_seconds=own,
        ratio=1_000 * own,
        holds=1_000 * own <= MILLISECONDS,
        unit="ms",
        notes=(
            f"{WINDOW} headlines before, {len(clusters.all)} stories; 99th percentile "
            f"{1_000 * last[int(0.99 * len(last))]:.2f} ms; {theirs / own:.0f} times faster"
        ),
    )


def _across(aliases: Aliases) -> list[Figure]:
    """Report how surely and how fully entries join stories told in another language."""
    told = abroad(seed=1)
    found, seconds = _timed(lambda: ours(told, aliases))
    without, theirs = _timed(lambda: ours(told, Aliases()))
    precision, recall = _joins(told, found)
    notes = (
        f"60 invented stories in eight languages, {len(told)} entries; "
        f"recall without names {_joins(told, without)[1]:.3f}"
    )
    compared = partial(Figure, baseline="words without names", baseline_seconds=theirs, own_seconds=seconds, unit="")
    return [
        compared(
            name="C2 precision", goal=f">= {PRECISION}", ratio=precision, holds=precision >= PRECISION, notes=notes
        ),
        compared(name="C2 recall", goal=f">= {RECALL}", ratio=recall, holds=recall >= RECALL, notes=notes),
    ]


def _joins(told: Sequence[Told], found: Sequence[int]) -> tuple[float, float]:
    """Return precision and recall of pairs in two languages."""
    pairs = [
        (told[one].story == told[other].story, found[one] == found[other])
        for one, other in combinations(range(len(told)), 2)
        if told[one].lang != told[other].lang
    ]
    right = pairs.count((True, True))
    return right / max(1, sum(joined for _, joined in pairs)), right / sum(same for same, _ in pairs)
