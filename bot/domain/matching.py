"""Which watches an entry satisfies, and by which words.

Words and phrases without a field are looked for in title, text and the facts that people read on the
card: companies, number, group, place (`sheets.ANYWHERE`). Each entry is read once for all watches.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from bot.domain.compiling import Compiler, Found, Judge, expand
from bot.domain.entries import Entry
from bot.domain.ports import Stem
from bot.domain.query import Query
from bot.domain.sheets import NO_CONTEXT, Context, Sheet
from bot.domain.terms import Tests
from bot.domain.watches import Hit, Match, WatchId

__all__ = ["NO_CONTEXT", "Context", "WatchIndex", "matches"]

MOST_HITS = 64
"""Hits told of one watch in one entry."""

NO_CONCEPTS: Mapping[str, Query] = MappingProxyType({})
_FIRST = ("title", "text")


@dataclass(frozen=True, slots=True)
class _Standing:
    judge: Judge
    tests: tuple[int, ...]


class WatchIndex:
    """All watches, matched together; `put` and `drop` take effect at once.

    Not for several threads at a time.
    """

    def __init__(self, stem: Stem, concepts: Mapping[str, Query] = NO_CONCEPTS) -> None:
        self._stem = stem
        self._concepts = concepts
        self._tests = Tests()
        self._watches: dict[WatchId, _Standing] = {}
        self._by_test: dict[int, set[WatchId]] = {}
        self._always: set[WatchId] = set()

    def put(self, id: WatchId, query: Query) -> None:  # noqa: A002  # the contract's name
        """Add a watch, or replace it; raise QueryError for a concept that the vocabulary does not have."""
        plain = expand(query, self._concepts)
        self.drop(id)
        compiler = Compiler(self._tests, self._stem)
        judge = compiler.judge(plain)
        self._watches[id] = _Standing(judge, tuple(compiler.used))
        if judge.anchors is None:
            self._always.add(id)
        for test in judge.anchors or ():
            self._by_test.setdefault(test, set()).add(id)

    def drop(self, id: WatchId) -> None:  # noqa: A002  # the contract's name
        """Forget a watch, if it is there."""
        standing = self._watches.pop(id, None)
        if standing is None:
            return
        self._always.discard(id)
        for test in standing.judge.anchors or ():
            self._by_test[test].discard(id)
            if not self._by_test[test]:
                del self._by_test[test]
        for test in standing.tests:
            self._tests.drop(test)

    def match(self, entry: Entry, context: Context = NO_CONTEXT) -> list[Match]:
        """Return the watches that the entry satisfies, by id, with the words that hit."""
        sheet = Sheet(entry, context, self._tests)
        candidates = self._always.union(*(self._by_test[test] for test in sheet.present if test in self._by_test))
        judged = ((watch, self._watches[watch].judge.find(sheet)) for watch in sorted(candidates))
        return [Match(watch, _hits(found)) for watch, found in judged if found is not None]


def matches(
    query: Query, entry: Entry, context: Context, stem: Stem, concepts: Mapping[str, Query] = NO_CONCEPTS
) -> tuple[Hit, ...] | None:
    """Match one query against one entry: where it hit, or None if it does not match."""
    index = WatchIndex(stem, concepts)
    index.put(WatchId(0), query)
    return next((match.hits for match in index.match(entry, context)), None)


def _hits(found: Found) -> tuple[Hit, ...]:
    """Turn marks into offsets of the original text: title first, then text, in order, none twice."""
    hits = {
        Hit(seen.field, seen.passage.spans[first][0], seen.passage.spans[last][1], term)
        for seen, (first, last, term) in found
    }
    return tuple(islice(sorted(hits, key=_order), MOST_HITS))


def _order(hit: Hit) -> tuple[int, str, int, int, str]:
    rank = _FIRST.index(hit.field) if hit.field in _FIRST else len(_FIRST)
    return rank, hit.field, hit.start, hit.end, hit.term
