"""Queries as trees that are asked whether an entry satisfies them, and where.

Each knows its anchors: what every matching entry must have one of (a word: itself; a phrase: its
longest word; AND: its rarest part; OR: those of all), so that most watches need no look.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from bot.domain import finding, terms
from bot.domain.comparing import compare
from bot.domain.finding import Chain, Either, Manner, Mark, One, Term, Together
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
        if self.fields is ANYWHERE and not term.possible(sheet.present):
            return False
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


class Sets(Protocol):
    """The sets of the vocabulary; every `cite` needs its `release`."""

    def cite(self, name: str) -> Term:
        """Return a set."""
        ...

    def release(self, name: str) -> None:
        """Forget one use of a set."""
        ...


def release(used: Iterable[Probe | str], tests: Tests, sets: Sets) -> None:
    """Give back what was used."""
    for one in used:
        if isinstance(one, str):
            sets.release(one)
        else:
            tests.drop(one)


@dataclass(slots=True, eq=False)
class Compiler:
    """Compiles a query, or a set; what it uses, to be given back when that goes, are tests and sets, each once."""

    tests: Tests
    stem: Stem
    sets: Sets
    used: dict[Probe | str, None] = field(default_factory=dict)

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
                term = self.term(query, codes=CODES.issuperset(fields))
                return term if isinstance(term, One) and fields is ANYWHERE else Standing(term, fields)

    def term(self, query: Query, *, codes: bool = False) -> Term:  # noqa: PLR0911  # a case each
        """Compile what stands somewhere in a passage."""
        match query:
            case Concept(name):
                return self.set(name)
            case Words() | Phrase() if codes:
                return self.alternatives(terms.codes(said(query), self.stem), said(query))
            case Words(words):
                several = [self.alternatives(each, said(query)) for each in terms.words(words, self.stem)]
                return several[0] if len(several) == 1 else Together(tuple(several), finding.around)
            case Near(left, right, distance):
                sides = (self.term(left, codes=codes), self.term(right, codes=codes))
                return Together(sides, finding.near(distance))
            case And(parts) | Or(parts):
                return Either(tuple(self.term(part, codes=codes) for part in parts))
            case Exact(text):
                return self.chain(terms.exact(text), text)
            case _:
                return self.chain(terms.read_leaf(query, self.stem).sequence(), said(query))

    def chain(self, parts: terms.Sequence, term: str) -> Term:
        """Compile tokens that follow each other."""
        probes = tuple([self._use(part.test) for part in parts])
        if len(probes) == 1:
            return One(probes[0], term)
        manners = shared(tuple([Manner(part.lone, part.loose, part.skips, part.between) for part in parts]))
        return Chain(probes, manners, term)

    def key(self, sought: Test | str) -> Key:
        """Return the key of what an entry must hold."""
        if isinstance(sought, Test):
            return self._use(sought).number
        if sought[0] == "@":
            self.set(sought[1:])
        return sought

    def set(self, name: str) -> Term:
        """Return a set of the vocabulary."""
        found = self.sets.cite(name)
        if name in self.used:
            self.sets.release(name)
        else:
            self.used[name] = None
        return found

    def _use(self, test: Test) -> Probe:
        probe = self.tests.add(test)
        if probe in self.used:
            self.tests.drop(probe)
        else:
            self.used[probe] = None
        return probe

    def alternatives(self, several: tuple[terms.Sequence, ...], term: str) -> Term:
        """Compile any of several chains."""
        chains = [self.chain(parts, term) for parts in several]
        return chains[0] if len(chains) == 1 else Either(tuple(chains))


@lru_cache(maxsize=1_024)
def shared(manners: tuple[Manner, ...]) -> tuple[Manner, ...]:
    """Return an equal tuple, of which there is one for all terms: there are few manners and many terms."""
    return manners


def said(query: Query) -> str:
    """Return a leaf as a person reads it."""
    return query.text if isinstance(query, Phrase) else str(query)
