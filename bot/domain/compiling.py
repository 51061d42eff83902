"""Queries as trees that are asked whether an entry satisfies them, and where.

Each knows its anchors: what every matching entry must have one of (a word: itself; a phrase: its
longest word; AND: its rarest part; OR: those of all), so that most watches need no look.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain import finding, terms
from bot.domain.comparing import compare
from bot.domain.finding import Chain, Either, Mark, One, Step, Term, Together
from bot.domain.percolating import Key, Probe, Tests
from bot.domain.ports import Stem
from bot.domain.query import (
    And,
    Concept,
    Exact,
    Is,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    Within,
    Words,
)
from bot.domain.sheets import ANYWHERE, Seen, Sheet
from bot.domain.terms import Test

CODES = frozenset({"group", "question"})
"""Fields that hold codes: "Q.7/21", "SG 17"."""

Found = list[tuple[Seen, Mark]]


class Judge(Protocol):
    """A compiled query."""

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

    def holds(self, sheet: Sheet) -> bool:
        return not self.part.holds(sheet)

    def found(self, _sheet: Sheet) -> Found:
        return []


@dataclass(slots=True, eq=False)
class Compared:
    """A field has one of these values."""

    wanted: Is

    def holds(self, sheet: Sheet) -> bool:
        return compare(self.wanted, sheet.entry, sheet.context)

    def found(self, _sheet: Sheet) -> Found:
        return []


@dataclass(slots=True, eq=False)
class Compiler:
    """Compiles one query; what it uses, to be given back when the query goes, are tests and sets by name."""

    tests: Tests
    stem: Stem
    cite: Callable[[str], Term]
    used: list[Probe | str] = field(default_factory=list)

    def release(self, uncite: Callable[[str], None]) -> None:
        """Give back what was used."""
        for one in self.used:
            if isinstance(one, str):
                uncite(one)
            else:
                self.tests.drop(one)
        self.used.clear()

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

    def term(self, query: Query, *, codes: bool = False) -> Term:  # noqa: PLR0911  # a case each
        """Compile what stands somewhere in a passage."""
        match query:
            case Concept(name):
                return self.set(name)
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
            case Exact(text):
                return self.chain(terms.exact(text), text)
            case _:
                return self.chain(terms.read_leaf(query, self.stem).sequence(), str(query).strip('"'))

    def chain(self, parts: terms.Sequence, term: str) -> Term:
        """Compile tokens that follow each other."""
        steps = [Step(self._use(part.test), part.lone, part.loose, part.skips, part.between) for part in parts]
        if len(steps) == 1:
            return One(steps[0].probe, term)
        return Chain(tuple(steps), term, tuple(step.probe.number for step in steps))

    def key(self, sought: Test | str) -> Key:
        """Return the key of what an entry must hold."""
        if isinstance(sought, Test):
            return self._use(sought).number
        if sought[0] == "@":
            self.set(sought[1:])
        return sought

    def set(self, name: str) -> Term:
        """Return a set of the vocabulary."""
        self.used.append(name)
        return self.cite(name)

    def _use(self, test: Test) -> Probe:
        probe = self.tests.add(test)
        self.used.append(probe)
        return probe

    def alternatives(self, several: tuple[terms.Sequence, ...], term: str) -> Term:
        """Compile any of several chains."""
        chains = [self.chain(parts, term) for parts in several]
        return chains[0] if len(chains) == 1 else Either(tuple(chains))
