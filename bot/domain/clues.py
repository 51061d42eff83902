"""Wordings and rules of a set: filed under their rarest word, and read in full only when an entry has that."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from bot.domain import finding, terms
from bot.domain.analysis import Gap, holds_words, is_comma, is_lone, raws
from bot.domain.compiling import Compiler
from bot.domain.finding import Term, Window
from bot.domain.folding import fold
from bot.domain.inflection import HEAD, beginnings, inflected_as, languages
from bot.domain.percolating import Key
from bot.domain.ports import Stem
from bot.domain.sheets import Seen
from bot.domain.terms import Reading, Test
from bot.domain.vocabulary import Confidence, Nearby, TermSet, Wording

LONG_ENOUGH = 11
"""Letters from which on a single word is looked for in entries of any language."""
SETS = 1_024
"""Sets whose reading is remembered, of all teams."""

WIDE = 6
"""Words from which on a comma may part the sides of a rule: so far apart they stand in two clauses anyway."""

_SINGLE = re.compile("[A-Za-zÀ-ɏ\u1e00-\u1effΑ-ώЀ-ҁҊ-ԯא-תؠ-ؿف-ي]+")
"""Letters of which any run is one word; not all that are."""

OFF = 20
"""Tokens around a phrase that speaks of something else, in which a medium rule does not hold: about a sentence."""

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
class Side:
    """Any of the alternatives of a rule's side, read when their words are met.

    Attributes:
        waiting: alternatives that are not read yet, with the first letters of a word that each needs.
        filed: the others, by what a passage must have in which they stand.
        woken: how many words had been met when those that wait were last looked at.

    """

    waiting: list[tuple[str, str]]
    filed: dict[Key, list[Term]] = field(default_factory=dict)
    woken: int = -1

    def possible(self, present: set[Key]) -> bool:
        return not self.filed.keys().isdisjoint(present)

    def windows(self, seen: Seen) -> list[Window]:
        likely = [term for key in self.filed.keys() & seen.present for term in self.filed[key]]
        return sorted(window for term in likely for window in term.windows(seen))


@dataclass(slots=True, eq=False)
class Rule:
    """A place of one side within so many tokens of the other's, in either order, in one sentence.

    Attributes:
        beside: what stands between both or within `reach` tokens of them, if anything must.

    """

    sides: tuple[Side, Side]
    within: int
    beside: Side | None = None
    reach: int = 0

    @property
    def asked(self) -> tuple[Side, ...]:
        """All that must stand somewhere."""
        return self.sides if self.beside is None else (*self.sides, self.beside)

    def possible(self, present: set[Key]) -> bool:
        return all(side.possible(present) for side in self.asked)

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


@dataclass(frozen=True, slots=True, eq=False)
class Itself:
    """A set that equals itself alone, as sets of thousands of wordings take long to compare."""

    termset: TermSet

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Itself) and other.termset is self.termset

    def __hash__(self) -> int:
        return id(self.termset)


Way = tuple[int, str]
"""The number of a clue, and a text of it: where a passage has its words, the clue may stand."""


@dataclass(slots=True, eq=False)
class Sought:
    """The clues of a set, and the ways in which they may stand.

    Attributes:
        ways: by the first four letters of a word that each needs; by none where only reading it tells.

    """

    termset: TermSet
    stem: Stem
    sources: tuple[Source, ...]
    ways: Mapping[str, list[Way]]
    _needs: dict[str, dict[Test | str, list[int]]] = field(default_factory=dict)

    def needs(self, head: str) -> Mapping[Test | str, list[int]]:
        """Return what passages have in which clues with these first letters stand, with the numbers of the clues."""
        needs = self._needs.get(head)
        if needs is None:
            needs = {}
            for number, text in self.ways.get(head, ()):
                pair = "" if head else _pair(text)
                for need in (pair,) if pair else self._keys(number, text):
                    needs.setdefault(need, []).append(number)
            self._needs[head] = needs
        return needs

    def _keys(self, number: int, text: str) -> list[Test | str]:
        return [reading.key() for reading in self.readings(self.sources[number], text)]

    def readings(self, source: Source, text: str) -> tuple[Reading, ...]:
        """Read a text of a clue."""
        if isinstance(source, str):
            return (terms.quoted(text, self.stem),)
        if isinstance(source, Nearby):
            return (terms.side(text),)
        if source.exact:
            return (terms.acronym(text),)
        if self.termset.company:
            return terms.name(text, source.lang)
        return (terms.wording(text, source.lang, self.stem),)


def sought(termset: TermSet, stem: Stem) -> Sought:
    """Return a set's clues: once for all indexes, as the largest take 0.1 s."""
    return _sought(Itself(termset), stem)  # type: ignore[arg-type]  # functions hash


def cancelling(termset: TermSet, stem: Stem) -> Sought:
    """Return the phrases that cancel a set, once for all indexes."""
    return _cancelling(Itself(termset), stem)  # type: ignore[arg-type]  # functions hash


def diverting(termset: TermSet, stem: Stem) -> Sought:
    """Return the wordings beside which a set's medium rules do not hold, once for all indexes."""
    return _diverting(Itself(termset), stem)  # type: ignore[arg-type]  # functions hash


@lru_cache(maxsize=SETS)
def _sought(one: Itself, stem: Stem) -> Sought:
    termset = one.termset
    wordings = [one for one in termset.wordings if one.confidence is not Confidence.LOW]
    rules = [one for one in termset.nearby if one.confidence is not Confidence.LOW]
    ways: dict[str, list[Way]] = {}
    for number, wording in enumerate(wordings):
        for head in _heads(wording, termset, stem):
            ways.setdefault(head, []).append((number, wording.text))
    heads = _Heads()
    for number, rule in enumerate(rules, len(wordings)):
        for text in max(rule.sides, key=_shortest):
            if heads[text] or holds_words(text):
                ways.setdefault(heads[text], []).append((number, text))
    return Sought(termset, stem, (*wordings, *rules), ways)


def _shortest(side: tuple[str, ...]) -> int:
    return min(map(len, side), default=0)


@lru_cache(maxsize=SETS)
def _cancelling(one: Itself, stem: Stem) -> Sought:
    return _phrases(one.termset, one.termset.unless, stem)


@lru_cache(maxsize=SETS)
def _diverting(one: Itself, stem: Stem) -> Sought:
    return _phrases(one.termset, one.termset.off, stem)


def _phrases(termset: TermSet, phrases: Sequence[Wording | str], stem: Stem) -> Sought:
    ways: dict[str, list[Way]] = {}
    for number, phrase in enumerate(phrases):
        for head in _heads(phrase, termset, stem):
            ways.setdefault(head, []).append((number, phrase if isinstance(phrase, str) else phrase.text))
    return Sought(termset, stem, tuple(phrases), ways)


def _heads(source: Wording | str, termset: TermSet, stem: Stem) -> frozenset[str]:
    """Return the first letters of which a word has some where a wording stands.

    None for scripts without spaces: a single character wakes too much at once, and pairs of them cost no test.
    """
    text = source if isinstance(source, str) else source.text
    word = _longest(text)
    if not word:
        return frozenset()
    if is_lone(word):
        return frozenset({""})
    plain = _head(word)
    if isinstance(source, Wording) and termset.company:
        return frozenset({plain, _head("".join(raws(text)))})
    if "." in word or (isinstance(source, Wording) and source.exact):
        return frozenset({plain})
    if terms.is_function(word):
        return frozenset({""})
    langs = languages(text) if isinstance(source, str) else inflected_as(source.lang, text)
    return beginnings(word, langs, stem).union({plain})  # type: ignore[arg-type]  # functions hash


class _Heads(dict[str, str]):
    """The first letters that a word has where an alternative of a rule stands, which rules repeat."""

    def __missing__(self, text: str) -> str:
        word = _longest(text.rstrip("*"))
        head = self[text] = "" if is_lone(word) else _head(word)
        return head


def _pair(text: str) -> str:
    """Return two characters in the middle of a text without spaces, as `Reading.key` does; nothing for others."""
    words = raws(text)
    if len(words) < 2 or not all(map(is_lone, words)):  # noqa: PLR2004  # a pair
        return ""
    at = (len(words) - 2) // 2
    return fold(words[at]) + fold(words[at + 1])


def _head(word: str) -> str:
    return fold(word).replace(".", "")[:HEAD]


def _longest(text: str) -> str:
    """Return the longest word of a text, or the character in its middle; nothing if it has none."""
    word = max(text.split(), key=len, default="") if " " in text else text
    if word.isalpha() and _SINGLE.fullmatch(word):
        return word
    words = raws(text)
    longest = max(words, key=len, default="")
    return words[(len(words) - 1) // 2] if is_lone(longest) else longest


@lru_cache(maxsize=4_096)
def _alternative(text: str) -> terms.Sequence:
    return terms.side(text).sequence()


@lru_cache(maxsize=4_096)
def _needed(text: str) -> Test | str:
    return terms.side(text).key()


@dataclass(slots=True, eq=False)
class Reader:
    """Reads the clues of a set, each when a word is met that it needs.

    Attributes:
        filed: clues by what a passage must have one of.

    """

    sought: Sought
    compiler: Compiler
    filed: dict[Key, list[Clue]] = field(default_factory=dict)
    _clues: dict[int, Clue] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Of the set."""
        return self.sought.termset.name

    def wake(self, head: str) -> list[Key]:
        """File what may stand where a word begins with these letters; return the keys that are new."""
        known = len(self.filed)
        for need, numbers in self.sought.needs(head).items():
            self.filed.setdefault(self.compiler.key(need), []).extend(map(self._clue, numbers))
        return list(islice(self.filed, known, None))

    def _clue(self, number: int) -> Clue:
        clue = self._clues.get(number)
        if clue is None:
            clue = self._clues[number] = Clue(self.sought.sources[number])
        return clue

    def term(self, clue: Clue) -> Term:
        """Return the clue read, a rule as far as its words were met."""
        if clue.term is None:
            clue.term = self._wording(clue) if not isinstance(clue.source, Nearby) else _rule(clue.source)
        if isinstance(clue.term, Rule):
            for side in clue.term.asked:
                self._grow(side)
        return clue.term

    def _wording(self, clue: Clue) -> Term:
        source = clue.source
        assert not isinstance(source, Nearby)  # noqa: S101  # told apart by `term`
        if isinstance(source, Wording) and not source.exact and not self.sought.termset.company and _short(source.text):
            clue.lang = "" if source.lang == "en" else source.lang
        several = self.sought.readings(source, source if isinstance(source, str) else source.text)
        return self.compiler.alternatives(tuple(reading.sequence() for reading in several), f"@{self.name}")

    def _grow(self, side: Side) -> None:
        """Read the alternatives of a side whose words were met since."""
        tests = self.compiler.tests
        if side.woken == tests.woken:
            return
        side.woken = tests.woken
        met = [text for head, text in side.waiting if tests.begun(head)]
        for text in met:
            term = self.compiler.chain(_alternative(text), f"@{self.name} nearby")
            side.filed.setdefault(self.compiler.key(_needed(text)), []).append(term)
        if met:
            side.waiting = [(head, text) for head, text in side.waiting if not tests.begun(head)]


def _rule(rule: Nearby) -> Rule:
    left, right, *beside = map(_unread, rule.sides)
    return Rule((left, right), rule.within, next(iter(beside), None), rule.reach)


def _unread(texts: tuple[str, ...]) -> Side:
    return Side([(_head(_longest(text.rstrip("*"))), text) for text in texts if holds_words(text)])


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


def away(windows: list[Window], others: list[Window]) -> list[Window]:
    """Return the places from which no other lies within `OFF` tokens."""
    return [window for window in windows if all(max(one[0] - window[1], window[0] - one[1]) > OFF for one in others)]
