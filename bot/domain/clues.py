"""Wordings and rules of a set: filed under their rarest word, and read in full only when an entry has that."""

from dataclasses import dataclass

from bot.domain import finding, terms
from bot.domain.analysis import Gap, holds_words, is_lone, raws
from bot.domain.compiling import Compiler
from bot.domain.finding import Term, Window
from bot.domain.percolating import Key
from bot.domain.sheets import Seen
from bot.domain.terms import Reading
from bot.domain.vocabulary import Nearby, TermSet, Wording

LONG_ENOUGH = 11
"""Letters from which on a single word is looked for in entries of any language."""


@dataclass(slots=True, eq=False)
class Clue:
    """A wording or a rule, or a phrase that cancels.

    Attributes:
        lang: of the only entries that it is looked for in; empty for all. Known once `term` is.

    """

    source: Wording | Nearby | str
    term: Term | None = None
    lang: str = ""


@dataclass(slots=True, eq=False)
class Rule:
    """A place of one side within so many tokens of the other's, in either order, in one sentence."""

    left: Term
    right: Term
    within: int

    def possible(self, present: set[Key]) -> bool:
        return self.left.possible(present) and self.right.possible(present)

    def windows(self, seen: Seen) -> list[Window]:
        return self.outside(seen, [])

    def outside(self, seen: Seen, cancelled: list[Window]) -> list[Window]:
        """Return where both sides stand, neither of them in a cancelled place."""
        if not self.possible(seen.present):
            return []
        sides = [outside(side.windows(seen), cancelled) for side in (self.left, self.right)]
        pairs = finding.near(self.within + 1)(sides) if all(sides) else []
        return [pair for pair in pairs if all(seen.gap(at) is not Gap.BREAK for at in range(pair[0] + 1, pair[1] + 1))]


@dataclass(slots=True, eq=False)
class Reader:
    """Reads the clues of a set."""

    termset: TermSet
    compiler: Compiler

    def keys(self, clue: Clue) -> list[Key]:
        """Return what a passage must have one of in which the clue stands."""
        if isinstance(clue.source, Nearby):
            sides = (clue.source.left, clue.source.right)
            rarer = max(sides, key=lambda side: min(map(len, side), default=0))
            return [self.compiler.key(terms.side(text).key()) for text in rarer if holds_words(text)]
        return [self.compiler.key(reading.key()) for reading in self._readings(clue.source)]

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
        readings = tuple(reading.sequence() for reading in self._readings(source))
        return self.compiler.alternatives(readings, f"@{self.termset.name}")

    def _readings(self, source: Wording | str) -> tuple[Reading, ...]:
        if isinstance(source, str):
            return (terms.quoted(source, self.compiler.stem),)
        if source.exact:
            return (terms.acronym(source.text),)
        if self.termset.company:
            return terms.name(source.text, source.lang)
        return (terms.wording(source.text, source.lang, self.compiler.stem),)

    def _rule(self, rule: Nearby) -> Rule:
        said = f"@{self.termset.name} nearby"
        sides = [
            self.compiler.alternatives(tuple(terms.side(text).sequence() for text in side if holds_words(text)), said)
            for side in (rule.left, rule.right)
        ]
        return Rule(sides[0], sides[1], rule.within)


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
