"""Which watches an entry satisfies, and by which words.

Words and phrases without a field are looked for in title, text and the facts that people read on the
card: companies, number, group, place (`sheets.ANYWHERE`). Each entry is read once for all watches, and
a watch is looked at only if something it cannot do without is there (its anchors); where that alone is
enough (a word, alternatives of words) it is not looked at before somebody asks where it hit.
"""

from dataclasses import dataclass
from functools import partial
from itertools import islice

from bot.domain.compiling import Compiler, Found, Judge
from bot.domain.concepts import Concepts
from bot.domain.entries import Entry
from bot.domain.percolating import Key, Probe, Tests
from bot.domain.ports import Stem
from bot.domain.query import Query, Within, walk
from bot.domain.query_parser import check
from bot.domain.sheets import ANYWHERE, NO_CONTEXT, Context, Sheet
from bot.domain.vocabulary import NO_VOCABULARY, Vocabulary
from bot.domain.watches import Hit, Match, WatchId

__all__ = ["NO_CONTEXT", "Context", "WatchIndex", "matches"]

MOST_HITS = 64
"""Hits told of one watch in one entry."""

_FIRST = ("title", "text")


@dataclass(slots=True, eq=False)
class _Standing:
    """A watch with what it was compiled to, and what it uses."""

    query: Query
    judge: Judge
    probes: tuple[Probe, ...]
    cited: tuple[str, ...]


class WatchIndex:
    """All watches, matched together; `put` and `drop` take effect at once.

    Not for several threads at a time.
    """

    def __init__(self, stem: Stem, vocabulary: Vocabulary = NO_VOCABULARY) -> None:
        self._stem = stem
        self.vocabulary = vocabulary
        self.tests = Tests()
        self._concepts = Concepts(self.tests, stem, vocabulary)
        self._watches: dict[WatchId, _Standing] = {}
        self._proven: dict[Key, set[WatchId]] = {}
        self._likely: dict[Key, set[WatchId]] = {}
        self._always: set[WatchId] = set()
        self._elsewhere: set[WatchId] = set()

    def put(self, id: WatchId, query: Query) -> None:  # noqa: A002  # the contract's name
        """Add a watch, or replace it; raise QueryError for a concept that the vocabulary does not have."""
        check(query, self.vocabulary.sets)
        self.drop(id)
        compiler = Compiler(self.tests, self._stem, self._concepts.cite)
        judge = compiler.judge(query)
        self._watches[id] = _Standing(query, judge, tuple(compiler.used), tuple(compiler.cited))
        if _asks_elsewhere(query):
            self._elsewhere.add(id)
        anchors = judge.anchors()
        if anchors is None:
            self._always.add(id)
        else:
            for key, proof in anchors.items():
                (self._proven if proof else self._likely).setdefault(key, set()).add(id)

    def drop(self, id: WatchId) -> None:  # noqa: A002  # the contract's name
        """Forget a watch, if it is there."""
        standing = self._watches.pop(id, None)
        if standing is None:
            return
        self._always.discard(id)
        self._elsewhere.discard(id)
        for key, proof in (standing.judge.anchors() or {}).items():
            filed = self._proven if proof else self._likely
            filed[key].discard(id)
            if not filed[key]:
                del filed[key]
        for probe in standing.probes:
            self.tests.drop(probe)
        for name in standing.cited:
            self._concepts.release(name)

    def match(self, entry: Entry, context: Context = NO_CONTEXT) -> list[Match]:
        """Return the watches that the entry satisfies, by id, with the words that hit."""
        self.tests.trim()
        sheet = Sheet(entry, context, self.tests)
        satisfied, likely = self.candidates(sheet)
        watches = self._watches
        satisfied.update([id for id in likely if watches[id].judge.holds(sheet)])  # noqa: A001
        return [Match(id, partial(self._hits, watches[id], sheet)) for id in sorted(satisfied)]  # noqa: A001

    def candidates(self, sheet: Sheet) -> tuple[set[WatchId], set[WatchId]]:
        """Return the watches that an entry satisfies for sure, and those that must be asked."""
        present = sheet.present
        everywhere = present.union(*(seen.present for seen in sheet.elsewhere)) if self._elsewhere else present
        if self._concepts.hot:
            self._concepts.name(sheet, present, everywhere)
        satisfied = _filed(self._proven, present)
        return satisfied, (_filed(self._likely, everywhere) | self._always) - satisfied

    def _hits(self, standing: _Standing, sheet: Sheet) -> tuple[Hit, ...]:
        """Work out where a watch hit; of an entry read too long ago, from the beginning."""
        if sheet.age == self.tests.age:
            return _told(standing.judge.found(sheet))
        return matches(standing.query, sheet.entry, sheet.context, self._stem, self.vocabulary) or ()


def matches(
    query: Query, entry: Entry, context: Context, stem: Stem, vocabulary: Vocabulary = NO_VOCABULARY
) -> tuple[Hit, ...] | None:
    """Match one query against one entry: where it hit, or None if it does not match."""
    index = WatchIndex(stem, vocabulary)
    index.put(WatchId(0), query)
    return next((match.hits for match in index.match(entry, context)), None)


def _filed(places: dict[Key, set[WatchId]], present: set[Key]) -> set[WatchId]:
    """Return the watches filed under the keys that are present."""
    return set[WatchId]().union(*map(places.__getitem__, places.keys() & present))


def _asks_elsewhere(query: Query) -> bool:
    """Tell whether a query asks fields that do not stand on the card."""
    return any(isinstance(node, Within) and node.field not in ANYWHERE for node in walk(query))


def _told(found: Found) -> tuple[Hit, ...]:
    """Turn marks into offsets of the original text: title first, then text, in order, none twice."""
    hits = {Hit(seen.field, seen.spans[first][0], seen.spans[last][1], term) for seen, (first, last, term) in found}
    return tuple(islice(sorted(hits, key=_order), MOST_HITS))


def _order(hit: Hit) -> tuple[int, str, int, int, str]:
    rank = _FIRST.index(hit.field) if hit.field in _FIRST else len(_FIRST)
    return rank, hit.field, hit.start, hit.end, hit.term
