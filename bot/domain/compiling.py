"""Queries as trees that are asked whether an entry satisfies them, and where.

Each knows its anchors: what every matching entry must have one of (a word: itself; a phrase: its
longest word; AND: its rarest part; OR: those of all), so that most watches need no look.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.domain import finding, terms
from bot.domain.analysis import token
from bot.domain.comparing import compare
from bot.domain.finding import Anchors, Chain, Either, Mark, One, Step, Term, Together
from bot.domain.inflection import ANY_LENGTH, Form
from bot.domain.percolating import Key, Probe, Tests
from bot.domain.ports import Stem
from bot.domain.query import (
    And,
    Concept,
    Exact,
    Inside,
    Is,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Within,
    Words,
    children,
    rebuilt,
)
from bot.domain.query_parser import check
from bot.domain.sheets import ANYWHERE, Seen, Sheet
from bot.domain.terms import Test

CODES = frozenset({"group", "question"})
"""Fields that hold codes: "Q.7/21", "SG 17"."""

Found = list[tuple[Seen, Mark]]


def expand(query: Query, concepts: Mapping[str, Query], inside: tuple[str, ...] = ()) -> Query:
    """Replace concepts by what they stand for; QueryError for an unknown one, or one that holds itself."""
    if isinstance(query, Concept):
        check(query, [known for known in concepts if known not in inside])
        return expand(concepts[query.name], concepts, (*inside, query.name))
    return rebuilt(query, [expand(part, concepts, inside) for part in children(query)])


class Judge(Protocol):
    """A compiled query."""

    @property
    def weight(self) -> int:
        """A guess at how rare its matches are."""
        ...

    def anchors(self) -> Anchors | None:
        """Return what an entry must have to match; None if any may."""
        ...

    def holds(self, sheet: Sheet) -> bool:
        """Tell whether an entry satisfies it."""
        ...

    def found(self, sheet: Sheet) -> Found:
        """Return where, for an entry that satisfies it."""
        ...


@dataclass(slots=True, eq=False)
class Standing:
    """A term that stands in one of these fields."""

    term: Term
    fields: tuple[str, ...]

    @property
    def weight(self) -> int:
        return self.term.weight

    def anchors(self) -> Anchors:
        anchors = self.term.anchors()
        return anchors if self.fields is ANYWHERE else dict.fromkeys(anchors, False)

    def holds(self, sheet: Sheet) -> bool:
        term = self.term
        if self.fields is ANYWHERE:
            if not term.possible(sheet.present):
                return False
            if isinstance(term, One):
                return True
        return any(map(term.windows, sheet.passages(self.fields)))

    def found(self, sheet: Sheet) -> Found:
        windows = ((seen, window) for seen in sheet.passages(self.fields) for window in self.term.windows(seen))
        return [(seen, mark) for seen, window in windows for mark in window[2]]


@dataclass(slots=True, eq=False)
class All:
    """All parts hold."""

    parts: tuple[Judge, ...]

    @property
    def weight(self) -> int:
        return max(part.weight for part in self.parts)

    def anchors(self) -> Anchors | None:
        for part in sorted(self.parts, key=lambda part: -part.weight):
            anchors = part.anchors()
            if anchors is not None:
                return dict.fromkeys(anchors, False)
        return None

    def holds(self, sheet: Sheet) -> bool:
        for part in self.parts:  # noqa: SIM110  # a generator takes twice the time
            if not part.holds(sheet):
                return False
        return True

    def found(self, sheet: Sheet) -> Found:
        return [one for part in self.parts for one in part.found(sheet)]


@dataclass(slots=True, eq=False)
class Some:
    """One of the parts holds."""

    parts: tuple[Judge, ...]

    @property
    def weight(self) -> int:
        return min((part.weight for part in self.parts), default=0)

    def anchors(self) -> Anchors | None:
        joined: dict[Key, bool] = {}
        for part in self.parts:
            anchors = part.anchors()
            if anchors is None:
                return None
            for key, proof in anchors.items():
                joined[key] = proof or joined.get(key, False)
        return joined

    def holds(self, sheet: Sheet) -> bool:
        for part in self.parts:  # noqa: SIM110  # a generator takes twice the time
            if part.holds(sheet):
                return True
        return False

    def found(self, sheet: Sheet) -> Found:
        return [one for part in self.parts if part.holds(sheet) for one in part.found(sheet)]


@dataclass(slots=True, eq=False)
class Without:
    """The part does not hold."""

    part: Judge
    weight: int = -1

    def anchors(self) -> None:
        return None

    def holds(self, sheet: Sheet) -> bool:
        return not self.part.holds(sheet)

    def found(self, _sheet: Sheet) -> Found:
        return []


@dataclass(slots=True, eq=False)
class Compared:
    """A field has one of these values."""

    wanted: Is
    weight: int = -1

    def anchors(self) -> None:
        return None

    def holds(self, sheet: Sheet) -> bool:
        return compare(self.wanted, sheet.entry, sheet.context)

    def found(self, _sheet: Sheet) -> Found:
        return []


class Compiler:
    """Compiles one query; what it uses, to be given back when the query goes, are tests and names of sets."""

    def __init__(self, tests: Tests, stem: Stem, cite: Callable[[str], Term]) -> None:
        self.tests = tests
        self.stem = stem
        self.cite = cite
        self.used: list[Probe] = []
        self.cited: list[str] = []

    def judge(self, query: Query, fields: tuple[str, ...] = ANYWHERE) -> Judge:
        """Compile a query over these fields."""
        match query:
            case And(parts):
                return All(tuple(self.judge(part, fields) for part in parts))
            case Or(parts):
                return Some(tuple(self.judge(part, fields) for part in parts))
            case Not(part):
                return Without(self.judge(part, fields))
            case Within(field, part):
                return self.judge(part, (field,))
            case Is():
                return Compared(query)
            case _:
                return Standing(self.term(query, codes=CODES.issuperset(fields)), fields)

    def term(self, query: Query, *, codes: bool = False) -> Term:
        """Compile what stands somewhere in a passage."""
        match query:
            case Concept(name):
                self.cited.append(name)
                return self.cite(name)
            case Words() | Phrase() if codes:
                return self.alternatives(terms.codes(str(query).strip('"'), self.stem), str(query).strip('"'))
            case Words(words):
                several = [self.alternatives(each, str(query)) for each in terms.words(words, self.stem)]
                return several[0] if len(several) == 1 else Together(tuple(several), finding.around)
            case Near(left, right, distance):
                sides = (self.term(left, codes=codes), self.term(right, codes=codes))
                return Together(sides, finding.near(distance))
            case And(parts) | Or(parts):
                return Either(tuple(self.term(part, codes=codes) for part in parts))
            case _:
                return self.chain(self.parts(query), str(query).strip('="'))

    def parts(self, leaf: Query) -> terms.Sequence:
        """Read a leaf as tokens that follow each other."""
        match leaf:
            case Exact(text):
                return terms.exact(text)
            case Prefix(text):
                return (terms.Part(Test((Form(token(text).word, ANY_LENGTH),))),)
            case Inside(text):
                return (terms.Part(Test((Form(token(text).word, inside=True),))),)
            case _:
                return terms.phrase(str(leaf).strip('"'), self.stem)

    def chain(self, parts: terms.Sequence, term: str) -> Term:
        """Compile tokens that follow each other."""
        steps = [Step(self._use(part.test), part.lone, part.loose, part.skips, part.between) for part in parts]
        if len(steps) == 1:
            return One(steps[0].probe, term)
        return Chain(tuple(steps), term, tuple(step.probe.number for step in steps))

    def key(self, reading: terms.Reading) -> Key:
        """Return what any passage has in which such a term stands."""
        key = reading.key()
        return key if isinstance(key, str) else self._use(key).number

    def _use(self, test: Test) -> Probe:
        probe = self.tests.add(test)
        self.used.append(probe)
        return probe

    def alternatives(self, several: tuple[terms.Sequence, ...], term: str) -> Term:
        """Compile any of several chains."""
        chains = [self.chain(parts, term) for parts in several]
        return chains[0] if len(chains) == 1 else Either(tuple(chains))
