"""Which watches an entry satisfies, and by which words.

Words and phrases without a field are looked for in title, text and the facts that people read on the
card: companies, number, group, place (`sheets.ANYWHERE`). Each entry is read once for all watches, and
a watch is looked at only if something it cannot do without is there (its anchors); where that alone is
enough (a word, alternatives of words) it is not looked at before somebody asks where it hit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from bot.domain.anchoring import anchors
from bot.domain.compiling import Compiler, Found, Judge, release
from bot.domain.concepts import Concepts
from bot.domain.entries import Entry
from bot.domain.errors import QueryError
from bot.domain.percolating import Key, Probe, Tests
from bot.domain.ports import Stem
from bot.domain.query import Concept, Query, Within, walk
from bot.domain.query_parser import check
from bot.domain.sheets import ANYWHERE, NO_CONTEXT, Context, Sheet
from bot.domain.vocabulary import NO_VOCABULARY, Vocabulary
from bot.domain.watches import Hit, Match, WatchId

__all__ = ["NO_CONTEXT", "Context", "WatchIndex", "matches"]

MOST_HITS = 64
"""Hits told of one watch in one entry."""

MOST_WORDINGS = 12_000
"""Wordings of the sets that one query names, a third of all that are shipped: some 0.1 s to compile."""

_FIRST = ("title", "text")


@dataclass(slots=True, eq=False)
class _Standing:
    """A watch, filed under what an entry must hold; it is compiled when an entry first holds that.

    Attributes:
        proven, likely: what it is filed under, of which the former is all that it takes.
        used: tests and sets, to be given back.

    """

    query: Query
    proven: tuple[Key, ...]
    likely: tuple[Key, ...]
    used: tuple[Probe | str, ...]
    judge: Judge | None = None
    live: bool = True


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
        self._proven: dict[Key, tuple[WatchId, ...]] = {}
        self._likely: dict[Key, tuple[WatchId, ...]] = {}
        self._always: set[WatchId] = set()
        self._elsewhere: set[WatchId] = set()

    def put(self, id: WatchId, query: Query) -> None:  # noqa: A002  # the contract's name
        """Add a watch, or replace it; raise QueryError for a concept that the vocabulary does not have, or too many."""
        elsewhere = False
        named: dict[str, int] = {}
        for node in walk(query):
            if isinstance(node, Concept):
                if node.name not in self.vocabulary.sets:
                    check(query, self.vocabulary.sets)
                named[node.name] = len(self.vocabulary.sets[node.name].wordings)
                if sum(named.values()) > MOST_WORDINGS:
                    raise _too_many(query, node)
            elif isinstance(node, Within) and node.field not in ANYWHERE:
                elsewhere = True
        self.drop(id)
        compiler = Compiler(self.tests, self._stem, self._concepts)
        for name in named:
            compiler.set(name)  # all of them, as watches are compiled off the loop and entries matched on it
        sought = anchors(query, self._stem)
        if sought is None:
            self._always.add(id)
            sought = {}
        proven = tuple([compiler.key(one) for one, proof in sought.items() if proof])
        likely = tuple([compiler.key(one) for one, proof in sought.items() if not proof])
        self._watches[id] = _Standing(query, proven, likely, tuple(compiler.used))
        if elsewhere:
            self._elsewhere.add(id)
        _file(self._proven, proven, id)
        _file(self._likely, likely, id)

    def drop(self, id: WatchId) -> None:  # noqa: A002  # the contract's name
        """Forget a watch, if it is there."""
        standing = self._watches.pop(id, None)
        if standing is None:
            return
        self._always.discard(id)
        self._elsewhere.discard(id)
        _unfile(self._proven, standing.proven, id)
        _unfile(self._likely, standing.likely, id)
        standing.live = False
        release(standing.used, self.tests, self._concepts)

    def match(self, entry: Entry, context: Context = NO_CONTEXT) -> list[Match]:
        """Return the watches that the entry satisfies, by id, with the words that hit."""
        self.tests.trim()
        sheet = Sheet(entry, context, self.tests)
        satisfied, likely = self.candidates(sheet)
        watches = self._watches
        asked = [(id, watches[id].judge or self.compiled(watches[id])) for id in likely]  # noqa: A001
        sheet.refresh()
        satisfied.update([id for id, judge in asked if judge.holds(sheet)])  # noqa: A001
        hits = self._hits
        return [Match(id, partial(hits, watches[id], sheet)) for id in sorted(satisfied)]  # noqa: A001

    def compiled(self, standing: _Standing) -> Judge:
        """Return the query of a watch compiled."""
        if standing.judge is None:
            compiler = Compiler(self.tests, self._stem, self._concepts, dict.fromkeys(standing.used))
            standing.judge = compiler.judge(standing.query)
            standing.used = tuple(compiler.used)
        return standing.judge

    def candidates(self, sheet: Sheet) -> tuple[set[WatchId], set[WatchId]]:
        """Return the watches that an entry satisfies for sure, and those that must be asked."""
        present = sheet.present
        everywhere = present.union(*(seen.present for seen in sheet.elsewhere)) if self._elsewhere else present
        if self._concepts.hot:
            self._concepts.name(sheet, present, everywhere)
        satisfied = _filed(self._proven, present)
        likely = _filed(self._likely, everywhere)
        if self._always:
            likely |= self._always
        likely -= satisfied
        return satisfied, likely

    def _hits(self, standing: _Standing, sheet: Sheet) -> tuple[Hit, ...]:
        """Work out where a watch hit; if it went meanwhile, or the entry was read long ago, from the beginning."""
        if standing.live and sheet.age == self.tests.age:
            judge = self.compiled(standing)
            sheet.refresh()
            return _told(judge.found(sheet))
        return matches(standing.query, sheet.entry, sheet.context, self._stem, self.vocabulary) or ()


def matches(
    query: Query, entry: Entry, context: Context, stem: Stem, vocabulary: Vocabulary = NO_VOCABULARY
) -> tuple[Hit, ...] | None:
    """Match one query against one entry: where it hit, or None if it does not match."""
    index = WatchIndex(stem, vocabulary)
    index.put(WatchId(0), query)
    return next((match.hits for match in index.match(entry, context)), None)


def _too_many(query: Query, node: Concept) -> QueryError:
    text = str(query)
    return QueryError(
        f"The concepts of this query have more than {MOST_WORDINGS:,} wordings in all languages.",
        query=text,
        position=text.find(str(node)),
        remedy="Split it into several watches, or put in quotes what shall mean only itself.",
    )


def _file(places: dict[Key, tuple[WatchId, ...]], keys: tuple[Key, ...], watch: WatchId) -> None:
    for key in keys:
        places[key] = (*places.get(key, ()), watch)


def _unfile(places: dict[Key, tuple[WatchId, ...]], keys: tuple[Key, ...], watch: WatchId) -> None:
    for key in keys:
        left = places[key] = tuple([other for other in places[key] if other != watch])
        if not left:
            del places[key]


def _filed(places: dict[Key, tuple[WatchId, ...]], present: set[Key]) -> set[WatchId]:
    """Return the watches filed under the keys that are present."""
    filed: list[WatchId] = []
    for key in present:
        if key in places:
            filed += places[key]
    return set(filed)


def _told(found: Found) -> tuple[Hit, ...]:
    """Turn marks into offsets of the original text: title first, then text, in order, none twice."""
    hits = {Hit(seen.field, seen.spans[first][0], seen.spans[last][1], term) for seen, (first, last, term) in found}
    return tuple(islice(_widest(sorted(hits, key=_order)), MOST_HITS))


def _widest(hits: list[Hit]) -> Iterator[Hit]:
    """Yield the hits, those of a set only if no wider one of it was there before."""
    reached: dict[tuple[str, str], int] = {}
    for hit in hits:
        place = hit.field, hit.term.partition(" ")[0] if hit.term[0] == "@" else ""
        if place[1] and reached.get(place, -1) >= hit.end:
            continue
        reached[place] = hit.end
        yield hit


def _order(hit: Hit) -> tuple[int, str, int, int, str]:
    rank = _FIRST.index(hit.field) if hit.field in _FIRST else len(_FIRST)
    return rank, hit.field, hit.start, -hit.end, hit.term
