"""Queries as closures over the numbers of their tests.

Each knows its anchors: a set of tests one of which every match passes (a word: itself; a phrase:
its longest word; AND: its rarest part; OR: those of all), so that most watches need no look.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.domain import finding, terms
from bot.domain.analysis import token
from bot.domain.comparing import compare
from bot.domain.finding import Find, Mark, Step
from bot.domain.inflection import ANY_LENGTH, Form
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
from bot.domain.terms import Test, Tests

CODES = frozenset({"group", "question"})
"""Fields that hold codes: "Q.7/21", "SG 17"."""

Found = list[tuple[Seen, Mark]]


@dataclass(frozen=True, slots=True)
class Term:
    """What stands somewhere in a passage; `weight` is the length of its shortest anchor, a guess at its rarity."""

    find: Find
    anchors: frozenset[int]
    weight: int


@dataclass(frozen=True, slots=True)
class Judge:
    """A compiled query: what it finds in a sheet, or None; without anchors any entry may match."""

    find: Callable[[Sheet], Found | None]
    anchors: frozenset[int] | None
    weight: int = 0


def expand(query: Query, concepts: Mapping[str, Query], inside: tuple[str, ...] = ()) -> Query:
    """Replace concepts by what they stand for; QueryError for an unknown one, or one that holds itself."""
    if isinstance(query, Concept):
        check(query, [known for known in concepts if known not in inside])
        return expand(concepts[query.name], concepts, (*inside, query.name))
    return rebuilt(query, [expand(part, concepts, inside) for part in children(query)])


class Compiler:
    """Compiles one query without concepts; `used` are its tests, to be dropped when the query goes."""

    def __init__(self, tests: Tests, stem: Stem) -> None:
        self.tests = tests
        self.stem = stem
        self.used: list[int] = []

    def judge(self, query: Query, fields: tuple[str, ...] = ANYWHERE) -> Judge:
        """Compile a query over these fields."""
        match query:
            case And(parts):
                return _all([self.judge(part, fields) for part in parts])
            case Or(parts):
                return _any([self.judge(part, fields) for part in parts])
            case Not(part):
                return _none(self.judge(part, fields))
            case Within(field, part):
                return self.judge(part, (field,))
            case Is():
                return Judge(lambda sheet: [] if compare(query, sheet.entry, sheet.context) else None, None)
            case _:
                return _standing(self.term(query, codes=CODES.issuperset(fields)), fields)

    def term(self, query: Query, *, codes: bool = False) -> Term:
        """Compile what stands somewhere in a passage."""
        match query:
            case Words() | Phrase() if codes:
                return self.code(str(query).strip('"'))
            case Words(words):
                return self.words(words, str(query))
            case Phrase() | Exact() | Prefix() | Inside():
                return self.sequence(self.parts(query), str(query).strip('="'))
            case Near(left, right, distance):
                one, other = self.term(left, codes=codes), self.term(right, codes=codes)
                return _rarest([one, other], finding.near(one.find, other.find, distance))
            case Or(parts):
                return _any_term([self.term(part, codes=codes) for part in parts])
            case _:
                return self.mixture(query)

    def parts(self, leaf: Phrase | Exact | Prefix | Inside) -> terms.Sequence:
        """Read a leaf as tokens that follow each other."""
        match leaf:
            case Phrase(text):
                return terms.phrase(text, self.stem)
            case Exact(text):
                return terms.exact(text)
            case Prefix(text):
                return (terms.Part(Test((Form(token(text).word, ANY_LENGTH),))),)
            case Inside(text):
                return (terms.Part(Test((Form(token(text).word, inside=True),))),)

    def mixture(self, query: Query) -> Term:
        """Compile what a concept may hold beside words and phrases: "face match", not "matchbox"."""
        parts = query.parts if isinstance(query, And) else (query,)
        wanted = [self.term(part) for part in parts if not isinstance(part, Not | Is | Within)]
        unwanted = [self.term(part.part) for part in parts if isinstance(part, Not)]
        wanted += [self.term(part.part) for part in parts if isinstance(part, Within)]
        if not wanted:
            return Term(lambda _: [], frozenset(), 0)
        return _rarest(wanted, finding.all_of([term.find for term in wanted], [term.find for term in unwanted]))

    def sequence(self, parts: terms.Sequence, term: str) -> Term:
        """Compile tokens that follow each other; the longest is the anchor."""
        steps = []
        for part in parts:
            number = self.tests.add(part.test)
            self.used.append(number)
            steps.append(Step(number, part.lone, part.loose, part.skips, part.between))
        weights = [_weight(part.test) for part in parts]
        heaviest = max(range(len(parts)), key=weights.__getitem__)
        return Term(finding.sequence(tuple(steps), term), frozenset({steps[heaviest].test}), weights[heaviest])

    def words(self, words: tuple[str, ...], term: str) -> Term:
        """Compile bare words."""
        members = [
            _any_term([self.sequence(parts, term) for parts in alternatives])
            for alternatives in terms.words(words, self.stem)
        ]
        return _rarest(members, finding.together([member.find for member in members]))

    def code(self, text: str) -> Term:
        """Compile a code, letters and digits joined or apart."""
        return _any_term([self.sequence(parts, text) for parts in terms.codes(text, self.stem)])


def _weight(test: Test) -> int:
    if test.forms:
        return min(len(form.stem) for form in test.forms)
    return len(test.written or test.acronym)


def _rarest(several: list[Term], find: Find) -> Term:
    best = max(several, key=lambda term: term.weight)
    return Term(find, best.anchors, best.weight)


def _any_term(several: list[Term]) -> Term:
    if len(several) == 1:
        return several[0]
    anchors = frozenset[int]().union(*(term.anchors for term in several))
    return Term(finding.any_of([term.find for term in several]), anchors, min(term.weight for term in several))


def _standing(term: Term, fields: tuple[str, ...]) -> Judge:
    def find(sheet: Sheet) -> Found | None:
        if sheet.present.isdisjoint(term.anchors):
            return None
        found: Found = []
        for seen in sheet.passages(fields):
            if not term.anchors.isdisjoint(seen.where):
                found += [(seen, mark) for window in term.find(seen) for mark in window[2]]
        return found or None

    return Judge(find, term.anchors, term.weight)


def _all(parts: list[Judge]) -> Judge:
    def find(sheet: Sheet) -> Found | None:
        together: Found = []
        for part in parts:
            found = part.find(sheet)
            if found is None:
                return None
            together += found
        return together

    anchored = [part for part in parts if part.anchors is not None]
    best = max(anchored, key=lambda part: part.weight, default=None)
    return Judge(find, best.anchors, best.weight) if best else Judge(find, None)


def _any(parts: list[Judge]) -> Judge:
    def find(sheet: Sheet) -> Found | None:
        several = [found for part in parts if (found := part.find(sheet)) is not None]
        return [one for found in several for one in found] if several else None

    anchors = [part.anchors for part in parts if part.anchors is not None]
    if len(anchors) < len(parts):
        return Judge(find, None)
    return Judge(find, frozenset[int]().union(*anchors), min(part.weight for part in parts))


def _none(part: Judge) -> Judge:
    return Judge(lambda sheet: [] if part.find(sheet) is None else None, None)
