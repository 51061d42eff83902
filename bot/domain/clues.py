"""Wordings and rules of a set: filed under their rarest word, and read in full only when an entry has that."""

from dataclasses import dataclass
from functools import lru_cache

from bot.domain import finding, terms
from bot.domain.analysis import Gap, holds_words, is_comma, is_lone, raws
from bot.domain.compiling import Compiler
from bot.domain.finding import Term, Window
from bot.domain.percolating import Key
from bot.domain.ports import Stem
from bot.domain.sheets import Seen
from bot.domain.terms import Reading, Test
from bot.domain.values import by_value
from bot.domain.vocabulary import Confidence, Nearby, TermSet, Wording

LONG_ENOUGH = 11
"""Letters from which on a single word is looked for in entries of any language."""
SETS = 1_024
"""Sets whose reading is remembered, of all teams."""

WIDE = 6
"""Words from which on a comma may part the sides of a rule: so far apart they stand in two clauses anyway."""

Source = Wording | Nearby | str
"""A wording, a rule, or a phrase that cancels."""


@dataclass(slots=True, eq=False)
class Clue:
    """A wording or a rule, or a phrase that cancels.

    Attributes:
        lang: of the only entries that it is looked for in; empty for all. Known once `term` is.

    """

    source: Source
    term: Term | None = None
    lang: str = ""


@dataclass(slots=True, eq=False)
class Rule:
    """A place of one side within so many tokens of the other's, in either order, in one sentence.

    Attributes:
        beside: what stands between both or within `reach` tokens of them, if anything must.

    """

    sides: tuple[Term, Term]
    within: int
    beside: Term | None = None
    reach: int = 0

    def possible(self, present: set[Key]) -> bool:
        asked = self.sides if self.beside is None else (*self.sides, self.beside)
        return all(side.possible(present) for side in asked)

    def windows(self, seen: Seen) -> list[Window]:
        return self.outside(seen, [])

    def outside(self, seen: Seen, cancelled: list[Window]) -> list[Window]:
        """Return where all sides stand, none of them in a cancelled place."""
        if not self.possible(seen.present):
            return []
        sides = [outside(side.windows(seen), cancelled) for side in self.sides]
        pairs = finding.near(self.within + 1)(sides) if all(sides) else []
        pairs = [pair for pair in pairs if _unparted(seen, pair, self.within)]
        if self.beside is None or not pairs:
            return pairs
        places = finding.beside(self.reach + 1, pairs, outside(self.beside.windows(seen), cancelled))
        return [place for place in places if _unparted(seen, place, self.reach)]


def _unparted(seen: Seen, place: Window, within: int) -> bool:
    """Tell whether no break parts what stands in a place, or if it may be wide one comma."""
    breaks = [at for at in range(place[0] + 1, place[1] + 1) if seen.gap(at) is Gap.BREAK]
    return not breaks or (within >= WIDE and len(breaks) == 1 and is_comma(seen.between(breaks[0])))


@by_value(kw_only=False)
class Itself:
    """A set that equals itself alone, as sets of thousands of wordings take long to compare."""

    termset: TermSet

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Itself) and other.termset is self.termset

    def __hash__(self) -> int:
        return id(self.termset)


Sought = tuple[tuple[Source, tuple[Test | str, ...]], ...]
"""Clues, each with what a passage must have one of in which it stands."""


def sought(termset: TermSet, stem: Stem) -> Sought:
    """Read what a set's clues need: once for all indexes, as the largest take 0.1 s."""
    return _sought(Itself(termset), stem)  # type: ignore[arg-type]  # functions hash


def cancelling(termset: TermSet, stem: Stem) -> Sought:
    """Read what the phrases need that cancel a set, once for all indexes."""
    return _cancelling(Itself(termset), stem)  # type: ignore[arg-type]  # functions hash


@lru_cache(maxsize=SETS)
def _sought(one: Itself, stem: Stem) -> Sought:
    termset = one.termset
    wordings = [one for one in termset.wordings if one.confidence is not Confidence.LOW and holds_words(one.text)]
    rules = [one for one in termset.nearby if one.confidence is not Confidence.LOW]
    sources: tuple[Source, ...] = (*wordings, *rules)
    return tuple((source, _needs(source, termset, stem)) for source in sources)


@lru_cache(maxsize=SETS)
def _cancelling(one: Itself, stem: Stem) -> Sought:
    return tuple((phrase, _needs(phrase, one.termset, stem)) for phrase in one.termset.unless if holds_words(phrase))


def _needs(source: Source, termset: TermSet, stem: Stem) -> tuple[Test | str, ...]:
    if isinstance(source, Nearby):
        rarest = max(source.sides, key=lambda side: min(map(len, side), default=0))
        return tuple([_side(text) for text in rarest if holds_words(text)])
    return tuple([reading.key() for reading in _readings(source, termset, stem)])


@lru_cache(maxsize=4_096)
def _side(text: str) -> Test | str:
    """Return what an alternative needs; the rules of a set repeat them."""
    return terms.side(text).key()


@lru_cache(maxsize=4_096)
def _alternative(text: str) -> terms.Sequence:
    return terms.side(text).sequence()


def _readings(source: Wording | str, termset: TermSet, stem: Stem) -> tuple[Reading, ...]:
    if isinstance(source, str):
        return (terms.quoted(source, stem),)
    if source.exact:
        return (terms.acronym(source.text),)
    if termset.company:
        return terms.name(source.text, source.lang)
    return (terms.wording(source.text, source.lang, stem),)


@dataclass(slots=True, eq=False)
class Reader:
    """Reads the clues of a set."""

    termset: TermSet
    compiler: Compiler

    def filed(self, needs: Sought) -> dict[Key, list[Clue]]:
        """Return clues by what a passage must have one of."""
        keys: dict[Test | str, Key] = {}
        filed: dict[Key, list[Clue]] = {}
        for source, several in needs:
            clue = Clue(source)
            for need in several:
                key = keys.get(need)
                if key is None:
                    key = keys[need] = self.compiler.key(need)
                filed.setdefault(key, []).append(clue)
        return filed

    def term(self, clue: Clue) -> Term:
        """Return the clue read in full."""
        if clue.term is None:
            clue.term = self._rule(clue.source) if isinstance(clue.source, Nearby) else self._wording(clue)
        return clue.term

    def _wording(self, clue: Clue) -> Term:
        source = clue.source
        assert not isinstance(source, Nearby)  # noqa: S101  # told apart by `term`
        if isinstance(source, Wording) and not source.exact and not self.termset.company and _short(source.text):
            clue.lang = "" if source.lang == "en" else source.lang
        several = _readings(source, self.termset, self.compiler.stem)
        readings = tuple(reading.sequence() for reading in several)
        return self.compiler.alternatives(readings, f"@{self.termset.name}")

    def _rule(self, rule: Nearby) -> Rule:
        said = f"@{self.termset.name} nearby"
        left, right, *beside = [
            self.compiler.alternatives(tuple([_alternative(text) for text in side if holds_words(text)]), said)
            for side in rule.sides
        ]
        return Rule((left, right), rule.within, next(iter(beside), None), rule.reach)


def _short(text: str) -> bool:
    """Tell whether a wording is a single short word of an alphabet, its function words aside."""
    content = [raw for raw in raws(text) if not terms.is_function(raw)]
    return len(content) == 1 and len(content[0]) < LONG_ENOUGH and not is_lone(content[0])


def outside(windows: list[Window], cancelled: list[Window]) -> list[Window]:
    """Return the places of which no mark lies inside a cancelled one."""
    if not cancelled:
        return windows
    return [
        window
        for window in windows
        if not any(first <= mark[0] and mark[1] <= last for first, last, _ in cancelled for mark in window[2])
    ]
