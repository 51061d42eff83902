"""Sets of the vocabulary, compiled once for all watches that use them and looked for once in an entry.

The rules are those of `bot.domain.vocabulary`. A single short word is looked for only in entries of
its own language (`visa`, `carte`), English ones everywhere; ambiguous names need company.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.clues import Clue, Reader, Rule, away, cancelling, diverting, outside, sought
from bot.domain.compiling import Compiler, release
from bot.domain.finding import Window
from bot.domain.percolating import Key, Tests
from bot.domain.ports import Stem
from bot.domain.sheets import Seen, Sheet
from bot.domain.vocabulary import Confidence, Nearby, Vocabulary, Wording

T = TypeVar("T")

Places = tuple[list[Window], list[Window]]
"""Where a set stands surely, and where only if something else supports it."""


@dataclass(slots=True, eq=False)
class Cited:
    """A set as a term of a query; woken by `Tests`.

    Attributes:
        clues, unless, off: what names the set, the phrases that cancel what is found inside them, and those beside
            which medium rules do not hold.
        hot: sets by what an entry must have one of to name them.
        users: those who cited it, topics that support others aside.

    """

    clues: Reader
    unless: Reader
    off: Reader
    hot: dict[Key, list["Cited"]]
    topic_stands: Callable[[Sheet], bool]
    users: int = 0

    @property
    def name(self) -> str:
        """Its name."""
        return self.clues.name

    @property
    def heads(self) -> set[str]:
        """The letters that wake it."""
        return {head for reader in (self.clues, self.unless, self.off) for head in reader.sought.ways} - {""}

    def wake(self, head: str) -> None:
        """Read the clues that need a word that begins with these letters."""
        for key in self.clues.wake(head):
            self.hot.setdefault(key, []).append(self)
        self.unless.wake(head)
        self.off.wake(head)

    def possible(self, present: set[Key]) -> bool:
        return not self.clues.filed.keys().isdisjoint(present)

    def stands(self, passages: Iterable[Seen]) -> bool:
        """Tell whether the set is named in one of these passages."""
        return any(self.possible(seen.present) and self.windows(seen) for seen in passages)

    def surely_stands(self, sheet: Sheet) -> bool:
        """Tell whether it is named on an entry's card, unambiguously."""
        return any(self.possible(seen.present) and self._places(seen)[0] for seen in sheet.anywhere)

    def windows(self, seen: Seen) -> list[Window]:
        sure, doubtful = self._places(seen)
        if doubtful and (sure or self.surely_stands(seen.sheet) or self.topic_stands(seen.sheet)):
            return sorted([*sure, *doubtful])
        return sure

    def _places(self, seen: Seen) -> Places:
        known: Places | None = seen.found.get(self.name)
        if known is None:
            known = seen.found[self.name] = self._sought(seen)
        return known

    def _sought(self, seen: Seen) -> Places:
        likely = list(_filed(self.clues.filed, seen.present))
        standing = [clue for clue in likely if self.clues.term(clue).windows(seen)]
        standing = [clue for clue in standing if not clue.lang or seen.sheet.lang in {"", clue.lang}]
        if not standing:
            return [], []
        cancelled = _standing(self.unless, _filed(self.unless.filed, seen.present), seen)
        sure: list[Window] = []
        doubtful: list[Window] = []
        for clue in standing:
            term = self.clues.term(clue)
            if isinstance(term, Rule):
                found = term.outside(seen, cancelled)
                sure += away(found, self._elsewhere(seen)) if found and _is_medium(clue.source) else found
            elif isinstance(clue.source, Wording) and not (clue.source.exact and cancelled):
                (doubtful if clue.source.ambiguous else sure).extend(outside(term.windows(seen), cancelled))
        return sorted(sure), doubtful

    def _elsewhere(self, seen: Seen) -> list[Window]:
        """Return where something else is spoken of, in the language of the entry."""
        likely = (
            clue
            for clue in _filed(self.off.filed, seen.present)
            if isinstance(clue.source, Wording) and (not clue.source.lang or seen.sheet.lang in {"", clue.source.lang})
        )
        return _standing(self.off, likely, seen)


def _standing(reader: Reader, clues: Iterable[Clue], seen: Seen) -> list[Window]:
    """Return where clues stand."""
    return [window for clue in clues for window in reader.term(clue).windows(seen)]


def _is_medium(source: object) -> bool:
    return isinstance(source, Nearby) and source.confidence is Confidence.MEDIUM


def _filed(places: Mapping[Key, list[T]], present: set[Key]) -> Iterable[T]:
    """Return what is filed under the keys that are present, each once."""
    return dict.fromkeys(one for key in places.keys() & present for one in places[key])


class Concepts:
    """The sets that watches use, each compiled while somebody uses it."""

    def __init__(self, tests: Tests, stem: Stem, vocabulary: Vocabulary) -> None:
        self.hot: dict[Key, list[Cited]] = {}
        self._tests = tests
        self._stem = stem
        self._vocabulary = vocabulary
        self._held: dict[str, Cited] = {}
        self._topics: dict[str, Cited] = {}

    def cite(self, name: str) -> Cited:
        """Return a set; every `cite` needs its `release`.

        With a set that has ambiguous wordings come all topics, as these support it: entries are matched on the event
        loop and watches compiled off it.
        """
        cited = self._hold(name)
        cited.users += 1
        if cited.users == 1 and any(one.ambiguous for one in self._vocabulary.sets[name].wordings):
            self._hold_topics()
        return cited

    def release(self, name: str) -> None:
        """Forget one use of a set, and the set with the last one."""
        cited = self._held[name]
        cited.users -= 1
        if cited.users:
            return
        if name not in self._topics:
            self._forget(name)
        if not any(other.users for other in self._held.values()):
            for topic in self._topics:
                self._forget(topic)
            self._topics = {}

    def _hold(self, name: str) -> Cited:
        """Take a set up, if it is not yet: what needs words that were never met is read when they are."""
        cited = self._held.get(name)
        if cited is None:
            termset, stem = self._vocabulary.sets[name], self._stem
            compiler = Compiler(self._tests, stem, self)
            clues = Reader(sought(termset, stem), compiler)
            unless = Reader(cancelling(termset, stem), compiler)
            off = Reader(diverting(termset, stem), compiler)
            cited = self._held[name] = Cited(clues, unless, off, self.hot, self.topic_stands)
            cited.wake("")
            self._tests.sleep(cited.heads, cited)
        return cited

    def _forget(self, name: str) -> None:
        cited = self._held.pop(name)
        self._tests.leave(cited.heads, cited)
        for key in cited.clues.filed:
            self.hot[key].remove(cited)
            if not self.hot[key]:
                del self.hot[key]
        release(cited.clues.compiler.used, self._tests, self)

    def _hold_topics(self) -> None:
        """Compile all topics; they are forgotten once nothing is used."""
        if not self._topics:
            topics = (name for name, one in self._vocabulary.sets.items() if not one.company)
            self._topics = {name: self._hold(name) for name in topics}

    def name(self, sheet: Sheet, present: set[Key], everywhere: set[Key]) -> None:
        """Add the names of the sets that stand on an entry's card to what is present there, and of others elsewhere."""
        for one in _filed(self.hot, everywhere):
            if not one.users:
                continue
            if one.stands(sheet.anywhere):
                present.add(f"@{one.name}")
                everywhere.add(f"@{one.name}")
            elif everywhere is not present and one.stands(sheet.elsewhere):
                everywhere.add(f"@{one.name}")

    def topic_stands(self, sheet: Sheet) -> bool:
        """Tell whether a topic stands on an entry's card."""
        return any(topic.surely_stands(sheet) for topic in self._topics.values())
