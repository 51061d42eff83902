"""What tokens mean to the watches: each distinct token is tried once and remembered.

Terms are sought by the first four or six letters of their forms, so that a new token meets few of them
and a new term few of the tokens known; both ways what is remembered is put right at once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from bot.domain.analysis import Token, is_lone, token
from bot.domain.folding import fold
from bot.domain.inflection import HEAD, Form
from bot.domain.terms import Test

Key = int | str
"""What an entry may hold: a test that one of its tokens passes, two characters in a row, a set of the vocabulary."""

REMEMBERED = 50_000
"""Distinct tokens remembered before all are forgotten."""
_LONG_HEAD = 6
"""Letters by which forms and tokens are filed; tokens by both, forms by as many as they have."""


NO_RAWS: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Probe:
    """A test that somebody uses; `raws` are the remembered tokens that pass it, of most tests none."""

    test: Test
    number: int
    users: int = 0
    raws: set[str] | frozenset[str] = NO_RAWS

    def passed_by(self, raw: str) -> None:
        """Remember a token that passes."""
        if isinstance(self.raws, frozenset):
            self.raws = {raw}
        else:
            self.raws.add(raw)


_LENGTHS = range(HEAD + 1)


class Sleeper(Protocol):
    """What adds tests only when a token begins as their forms do."""

    def wake(self, head: str) -> None:
        """Add the tests of tokens that begin with these letters."""
        ...


class _Lone(dict[str, str]):
    """Characters of unsegmented scripts, folded; nothing for other tokens."""

    def __missing__(self, raw: str) -> str:
        found = self[raw] = fold(raw) if is_lone(raw) else ""
        return found


class Tests:
    """All tests of all watches, and the tokens seen so far.

    `age` grows when remembered tokens are forgotten, `version` when a test comes, `woken` when a token is met that is
    not remembered; `passing` are the remembered tokens that pass any.
    """

    def __init__(self) -> None:
        self.age = 0
        self.woken = 0
        self.version = 0
        self.passed: dict[str, tuple[int, ...]] = {}
        self.passing: set[str] = set()
        self.lone = _Lone()
        self.probes: dict[Test, Probe] = {}
        self._by_head: dict[str, tuple[Probe, ...]] = {}
        self._inside: dict[str, tuple[Probe, ...]] = {}
        self._raws_by_head: dict[str, list[tuple[str, str]]] = {}
        self._asleep: dict[str, list[Sleeper]] = {}
        self._waking: set[str] = set()  # remembered tokens that were met before the last went to sleep
        self._begun: set[str] = set()
        self._readings: list[str] = []
        self._joined = ""

    def add(self, test: Test) -> Probe:
        """Return the probe of a test; every `add` needs its `drop`."""
        probe = self.probes.get(test)
        if probe is None:
            self.version += 1
            probe = self.probes[test] = Probe(test, self.version)
            for head in _heads(test):
                self._by_head[head] = (*self._by_head.get(head, ()), probe)
            for head in _insides(test):
                self._inside[head] = (*self._inside.get(head, ()), probe)
            for raw in self._touched(test):
                self.passed[raw] += (probe.number,)
                self.passing.add(raw)
                probe.passed_by(raw)
        probe.users += 1
        return probe

    def drop(self, probe: Probe) -> None:
        """Forget one use of a test, and the test with the last one."""
        probe.users -= 1
        if probe.users:
            return
        del self.probes[probe.test]
        for table, heads in ((self._by_head, _heads(probe.test)), (self._inside, _insides(probe.test))):
            for head in heads:
                left = table[head] = tuple([other for other in table[head] if other is not probe])
                if not left:
                    del table[head]
        for raw in probe.raws:
            if raw in self.passed:
                self.passed[raw] = tuple(number for number in self.passed[raw] if number != probe.number)
                if not self.passed[raw]:
                    self.passing.discard(raw)

    def sleep(self, heads: Iterable[str], sleeper: Sleeper) -> None:
        """Have a sleeper woken, once for each of these beginnings, by the next token met that begins so."""
        for head in heads:
            self._asleep.setdefault(head, []).append(sleeper)
        if len(self._waking) < len(self.passed):
            self._waking.update(self.passed)

    def leave(self, heads: Iterable[str], sleeper: Sleeper) -> None:
        """Let a sleeper not be woken any more."""
        for head in heads:
            left = [other for other in self._asleep.pop(head, ()) if other is not sleeper]
            if left:
                self._asleep[head] = left

    def begun(self, head: str) -> bool:
        """Tell whether a remembered token begins with these letters."""
        return head in self._begun

    def met(self, tokens: set[str]) -> set[Key]:
        """Return the numbers of the tests that some of these tokens pass."""
        if self._waking:
            for raw in tokens & self._waking:
                self._waking.discard(raw)
                self._wake(token(raw))
        for raw in tokens.difference(self.passed):
            self.passed[raw] = self._tried(raw)
        met: set[Key] = set()
        return met.union(*map(self.passed.__getitem__, tokens & self.passing))

    def trim(self) -> None:
        """Forget the tokens if they are many; sheets made before keep none of their places."""
        if len(self.passed) + len(self.lone) <= REMEMBERED:
            return
        self.age += 1
        self.passed.clear()
        self.passing.clear()
        self.lone.clear()
        self._raws_by_head.clear()
        self._readings.clear()
        self._waking.clear()
        self._begun.clear()
        for probe in self.probes.values():
            probe.raws = NO_RAWS

    def _wake(self, word: Token) -> None:
        self.woken += 1
        for head in {reading[:length] for reading in word.readings for length in _LENGTHS}:
            self._begun.add(head)
            for sleeper in self._asleep.pop(head, ()):
                sleeper.wake(head)

    def _tried(self, raw: str) -> tuple[int, ...]:
        """Return the numbers of the tests that a new token passes, and file it for tests to come."""
        word = token(raw)
        self._wake(word)
        for reading in word.readings:
            self._raws_by_head.setdefault(reading[:HEAD], []).append((reading, raw))
            if len(reading) >= _LONG_HEAD:
                self._raws_by_head.setdefault(reading[:_LONG_HEAD], []).append((reading, raw))
            self._readings.append(reading)
            self._joined = ""
        passed = [probe for probe in self._near(word) if probe.test.accepts(word)]
        for probe in passed:
            probe.passed_by(raw)
            self.passing.add(raw)
        return tuple(probe.number for probe in passed)

    def _near(self, word: Token) -> dict[Probe, None]:
        """Return the tests that a token may pass."""
        near: dict[Probe, None] = {}
        for reading in word.readings:
            for length in range(1, min(HEAD, len(reading)) + 1):
                near.update(dict.fromkeys(self._by_head.get(reading[:length], ())))
            if len(reading) >= _LONG_HEAD:
                near.update(dict.fromkeys(self._by_head.get(reading[:_LONG_HEAD], ())))
        if self._inside:
            heads = {word.word[start : start + HEAD] for start in range(len(word.word))}
            for head in sorted(heads.intersection(self._inside)):
                near.update(dict.fromkeys(self._inside[head]))
            near.update(dict.fromkeys(self._inside.get("", ())))
        return near

    def _touched(self, test: Test) -> set[str]:
        """Return the remembered tokens that pass a test."""
        if not self.passed:
            return set()
        if not test.forms:
            known = (pair for head in _heads(test) for pair in self._raws_by_head.get(head, ()))
            return {raw for _, raw in known if test.accepts(token(raw))}
        touched: set[str] = set()
        for form in test.forms:
            if form.inside:
                touched.update(self._holding(form.stem))
                continue
            for head in self._beginnings(form):
                touched.update([raw for reading, raw in self._raws_by_head.get(head, ()) if form.accepts(reading)])
        return touched

    def _holding(self, stem: str) -> Iterator[str]:
        """Yield the remembered tokens that hold some letters: sought in all of them joined, which is quickest."""
        joined = self._joined = self._joined or "\n".join(self._readings)
        at = joined.find(stem)
        while at >= 0:
            end = joined.find("\n", at) % (len(joined) + 1)
            reading = joined[joined.rfind("\n", 0, at) + 1 : end]
            yield from (raw for known, raw in self._raws_by_head[reading[:HEAD]] if known == reading)
            at = joined.find(stem, end)

    def _beginnings(self, form: Form) -> Iterable[str]:
        """Return the first letters that tokens of a form may have."""
        if len(form.stem) >= HEAD:
            return (_head(form.stem),)
        if form.endings is not None or not form.tail:
            return {(form.stem + ending)[:HEAD] for ending in form.endings or ("",)}
        return [head for head in self._raws_by_head if head.startswith(form.stem)]


def _heads(test: Test) -> set[str]:
    """Return the beginnings under which a test is filed."""
    if test.forms:
        return {_head(form.stem) for form in test.forms if not form.inside}
    word = fold(test.written or test.acronym).replace(".", "")
    return {word[:HEAD], f"{word}s"[:HEAD]}


def _insides(test: Test) -> set[str]:
    """Return the parts of words under which a test is filed."""
    return {form.stem[:HEAD] if len(form.stem) >= HEAD else "" for form in test.forms if form.inside}


def _head(stem: str) -> str:
    return stem[: _LONG_HEAD if len(stem) >= _LONG_HEAD else HEAD]
