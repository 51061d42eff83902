"""Sets of the vocabulary, compiled once for all watches that use them and looked for once in an entry.

The rules are those of `bot.domain.vocabulary`. A single short word is looked for only in entries of
its own language (`visa`, `carte`), English ones everywhere; ambiguous names need company.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from bot.domain import finding, terms
from bot.domain.analysis import Gap, holds_words, is_lone, read
from bot.domain.compiling import Compiler
from bot.domain.finding import Anchors, Term, Window
from bot.domain.percolating import Key, Probe, Tests
from bot.domain.ports import Stem
from bot.domain.sheets import Seen, Sheet
from bot.domain.vocabulary import Confidence, Nearby, TermSet, Vocabulary, Wording

T = TypeVar("T")

LONG_ENOUGH = 11
"""Letters from which on a single word is looked for in entries of any language."""
_WEIGHT = 9
"""A set is about as rare as a word of so many letters."""


@dataclass(slots=True, eq=False)
class Clue:
    """A wording or a rule of a set.

    Attributes:
        lang: of the only entries that it is looked for in; empty for all.
        exact: a phrase of `unless` anywhere in the passage cancels it.

    """

    term: Term
    lang: str = ""
    exact: bool = False
    ambiguous: bool = False

    def places(self, seen: Seen, cancelled: list[Window]) -> list[Window]:
        """Return where it stands, cancelled places aside."""
        if isinstance(self.term, Rule):
            return self.term.outside(seen, cancelled)
        return [] if self.exact and cancelled else _outside(self.term.windows(seen), cancelled)


@dataclass(slots=True, eq=False)
class Rule:
    """A place of one side within so many tokens of the other's, in either order, in one sentence."""

    left: Term
    right: Term
    within: int

    @property
    def weight(self) -> int:
        return max(self.left.weight, self.right.weight)

    def anchors(self) -> Anchors:
        return dict.fromkeys(max(self.left, self.right, key=lambda side: side.weight).anchors(), False)

    def possible(self, present: set[Key]) -> bool:
        return self.left.possible(present) and self.right.possible(present)

    def windows(self, seen: Seen) -> list[Window]:
        return self.outside(seen, []) if self.possible(seen.present) else []

    def outside(self, seen: Seen, cancelled: list[Window]) -> list[Window]:
        """Return where both sides stand, neither of them in a cancelled place."""
        sides = [_outside(side.windows(seen), cancelled) for side in (self.left, self.right)]
        pairs = finding.near(self.within + 1)(sides) if all(sides) else []
        return [pair for pair in pairs if all(seen.gap(at) is not Gap.BREAK for at in range(pair[0] + 1, pair[1] + 1))]


@dataclass(slots=True, eq=False)
class Cited:
    """A set as a term of a query."""

    name: str
    clues: dict[Key, list[Clue]]
    unless: dict[Key, list[Term]]
    topic_stands: Callable[[Sheet], bool]
    weight: int = _WEIGHT

    def anchors(self) -> Anchors:
        return {f"@{self.name}": True}

    def possible(self, present: set[Key]) -> bool:
        return not self.clues.keys().isdisjoint(present)

    def stands(self, passages: Iterable[Seen]) -> bool:
        """Tell whether the set is named in one of these passages."""
        return any(self.possible(seen.present) and self.windows(seen) for seen in passages)

    def surely_stands(self, sheet: Sheet) -> bool:
        """Tell whether it is named there unambiguously."""
        return any(self.possible(seen.present) and self._places(seen)[0] for seen in sheet.anywhere)

    def windows(self, seen: Seen) -> list[Window]:
        sure, doubtful = self._places(seen)
        if doubtful and (sure or self.surely_stands(seen.sheet) or self.topic_stands(seen.sheet)):
            return _widest([*sure, *doubtful])
        return sure

    def _places(self, seen: Seen) -> tuple[list[Window], list[Window]]:
        """Return where the set stands in a passage, surely and if something else supports it."""
        known = seen.found.get(self.name)
        if known is None:
            known = seen.found[self.name] = self._sought(seen)
        places: tuple[list[Window], list[Window]] = known
        return places

    def _sought(self, seen: Seen) -> tuple[list[Window], list[Window]]:
        clues = [
            clue for clue in _filed(self.clues, seen.present) if clue.lang in {"", "en"} or self._speaks(seen, clue)
        ]
        if not any(clue.term.windows(seen) for clue in clues):
            return [], []
        cancelled = [window for phrase in _filed(self.unless, seen.present) for window in phrase.windows(seen)]
        sure: list[Window] = []
        doubtful: list[Window] = []
        nearby: list[Window] = []
        for clue in clues:
            found = nearby if isinstance(clue.term, Rule) else doubtful if clue.ambiguous else sure
            found += clue.places(seen, cancelled)
        sure = _widest(sure)
        sure += [
            one for one in _widest(nearby) if not any(one[0] <= last and first <= one[1] for first, last, _ in sure)
        ]
        return sorted(sure), _widest(doubtful)

    def _speaks(self, seen: Seen, clue: Clue) -> bool:
        return clue.term.possible(seen.present) and seen.sheet.lang in {"", clue.lang}


def _filed(places: dict[Key, list[T]], present: set[Key]) -> Iterable[T]:
    """Return what is filed under the keys that are present, each once."""
    return dict.fromkeys(one for key in places.keys() & present for one in places[key])


def cited(termset: TermSet, compiler: Compiler, topic_stands: Callable[[Sheet], bool]) -> Cited:
    """Compile a set."""
    clues: dict[Key, list[Clue]] = {}
    for clue in _clues(termset, compiler):
        for key in clue.term.anchors():
            clues.setdefault(key, []).append(clue)
    unless: dict[Key, list[Term]] = {}
    for text in filter(holds_words, termset.unless):
        phrase = compiler.chain(terms.phrase(text, compiler.stem), text)
        for key in phrase.anchors():
            unless.setdefault(key, []).append(phrase)
    return Cited(termset.name, clues, unless, topic_stands)


def _clues(termset: TermSet, compiler: Compiler) -> Iterable[Clue]:
    for wording in termset.wordings:
        if wording.confidence is not Confidence.LOW and holds_words(wording.text):
            yield _clue(termset, wording, compiler)
    for rule in termset.nearby:
        if rule.confidence is not Confidence.LOW:
            yield Clue(_rule(rule, f"@{termset.name} nearby", compiler))


def _clue(termset: TermSet, wording: Wording, compiler: Compiler) -> Clue:
    said = f"@{termset.name}"
    if wording.exact:
        term = compiler.chain(terms.acronym(wording.text), said)
    elif termset.company:
        term = compiler.alternatives(terms.name(wording.text, wording.lang), said)
    else:
        term = compiler.chain(terms.wording(wording.text, wording.lang, compiler.stem), said)
    gated = not wording.exact and not termset.company and _short(wording.text)
    return Clue(term, wording.lang if gated else "", wording.exact, wording.ambiguous)


def _short(text: str) -> bool:
    """Tell whether a wording is a single short word of an alphabet, its function words aside."""
    content = [raw for raw in read(text).raws if not terms.is_function(raw)]
    return len(content) == 1 and len(content[0]) < LONG_ENOUGH and not is_lone(content[0])


def _rule(rule: Nearby, said: str, compiler: Compiler) -> Rule:
    sides = [
        compiler.alternatives(tuple(terms.side(text) for text in side if holds_words(text)), said)
        for side in (rule.left, rule.right)
    ]
    return Rule(sides[0], sides[1], rule.within)


def _outside(windows: list[Window], cancelled: list[Window]) -> list[Window]:
    """Return the places of which no mark lies inside a cancelled one."""
    if not cancelled:
        return windows
    return [
        window
        for window in windows
        if not any(first <= mark[0] and mark[1] <= last for first, last, _ in cancelled for mark in window[2])
    ]


def _widest(windows: list[Window]) -> list[Window]:
    """Return the places that lie in no wider one, in order."""
    widest: list[Window] = []
    for window in sorted(windows, key=lambda window: (window[0], -window[1])):
        if not widest or window[1] > widest[-1][1]:
            widest.append(window)
    return widest


class Concepts:
    """The sets that watches use, each compiled while somebody uses it."""

    def __init__(self, tests: Tests, stem: Stem, vocabulary: Vocabulary) -> None:
        self.hot: dict[Key, list[Cited]] = {}
        self._tests = tests
        self._stem = stem
        self._vocabulary = vocabulary
        self._held: dict[str, _Held] = {}
        self._topics: list[Cited] = []

    def cite(self, name: str) -> Cited:
        """Return a set; every `cite` needs its `release`."""
        held = self._held.get(name)
        if held is None:
            compiler = Compiler(self._tests, self._stem, self.cite)
            held = _Held(cited(self._vocabulary.sets[name], compiler, self.topic_stands), tuple(compiler.used))
            self._held[name] = held
            for key in held.cited.clues:
                self.hot.setdefault(key, []).append(held.cited)
        held.users += 1
        return held.cited

    def release(self, name: str) -> None:
        """Forget one use of a set, and the set with the last one."""
        held = self._held[name]
        held.users -= 1
        if held.users:
            return
        del self._held[name]
        for key in held.cited.clues:
            self.hot[key].remove(held.cited)
            if not self.hot[key]:
                del self.hot[key]
        for probe in held.probes:
            self._tests.drop(probe)
        self._release_topics()

    def name(self, sheet: Sheet, present: set[Key], everywhere: set[Key]) -> None:
        """Add the names of the sets that stand on an entry's card to what is present there, and of others elsewhere."""
        for one in _filed(self.hot, everywhere):
            if one.stands(sheet.anywhere):
                present.add(f"@{one.name}")
                everywhere.add(f"@{one.name}")
            elif everywhere is not present and one.stands(sheet.elsewhere):
                everywhere.add(f"@{one.name}")

    def topic_stands(self, sheet: Sheet) -> bool:
        """Tell whether a topic stands on an entry's card; those nobody watches are compiled when this is asked."""
        if not self._topics:
            self._topics = [self.cite(name) for name, one in self._vocabulary.sets.items() if not one.company]
        return any(topic.surely_stands(sheet) for topic in self._topics)

    def _release_topics(self) -> None:
        """Forget the topics once nothing else is held."""
        topics = {topic.name for topic in self._topics}
        if any(held.users > (name in topics) for name, held in self._held.items()):
            return
        topics_held, self._topics = self._topics, []
        for topic in topics_held:
            self.release(topic.name)


@dataclass(slots=True, eq=False)
class _Held:
    cited: Cited
    probes: tuple[Probe, ...]
    users: int = 0
