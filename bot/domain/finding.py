"""Where terms stand in a passage: phrases, words near each other, exact forms."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Protocol

from bot.domain.analysis import Gap
from bot.domain.percolating import Key, Probe
from bot.domain.query import WITHIN
from bot.domain.sheets import Seen
from bot.domain.terms import is_function, spaced

Mark = tuple[int, int, str]
"""First and last token to highlight, and the term that asked for it."""

Window = tuple[int, int, tuple[Mark, ...]]
"""First and last token of a place where a term stands, with what to highlight there."""

MOST_STEPS = 1_500
"""Tokens that are looked at again for one term in one passage: a bound for texts made to take time."""
SKIPPED = 2
"""Function words that may stand between two words of a phrase."""


class Term(Protocol):
    """Something that stands somewhere in a passage."""

    def possible(self, present: set[Key]) -> bool:
        """Tell whether all that it needs is there, wherever."""
        ...

    def windows(self, seen: Seen) -> list[Window]:
        """Return where it stands, in order."""
        ...


@dataclass(slots=True, eq=False)
class One:
    """A token that passes a test."""

    probe: Probe
    term: str

    def possible(self, present: set[Key]) -> bool:
        return self.probe.number in present

    def windows(self, seen: Seen) -> list[Window]:
        return [(at, at, ((at, at, self.term),)) for at in seen.where(self.probe)]


@dataclass(slots=True, eq=False)
class Step:
    """A token of a chain; the rest as in `bot.domain.terms.Part`."""

    probe: Probe
    lone: bool
    loose: bool
    skips: bool
    between: str | None


@dataclass(slots=True, eq=False)
class Chain:
    """Tokens that follow each other."""

    steps: tuple[Step, ...]
    term: str
    numbers: tuple[int, ...]

    def possible(self, present: set[Key]) -> bool:
        return present.issuperset(self.numbers)

    def windows(self, seen: Seen) -> list[Window]:
        if not seen.present.issuperset(self.numbers):
            return []
        found: list[Window] = []
        for at in self._starts(seen):
            end = self._end(seen, at)
            if end is not None:
                found.append((at, end, ((at, end, self.term),)))
                if len(found) * len(self.steps) >= MOST_STEPS:
                    break
        return found

    def _starts(self, seen: Seen) -> Iterable[int]:
        """Where it may start: before its rarest token, as far as words may be skipped up to that."""
        places = [seen.where(step.probe) for step in self.steps]
        offset = min(range(len(places)), key=lambda at: len(places[at]))
        if not offset or any(step.skips for step in self.steps[1 : offset + 1]):
            return places[0] if places[offset] else ()
        first = self.steps[0].probe.raws
        return (at - offset for at in places[offset] if at >= offset and seen.raws[at - offset] in first)

    def _end(self, seen: Seen, at: int) -> int | None:
        """Return the last token of the chain that starts at `at`, None if it breaks off."""
        for step in self.steps[1:]:
            after = _next(seen, at, step)
            if after is None or not all(_joined(seen, place, step) for place in range(at + 1, after + 1)):
                return None
            at = after
        return at


def _next(seen: Seen, at: int, step: Step) -> int | None:
    passing = step.probe.raws
    for after in range(at + 1, min(at + 2 + (SKIPPED if step.skips else 0), len(seen.raws))):
        if seen.raws[after] in passing:
            return after
        if not is_function(seen.raws[after]):
            return None
    return None


def _joined(seen: Seen, at: int, step: Step) -> bool:
    if step.between is not None:
        return spaced(seen.between(at)) == step.between
    if step.loose:
        return True
    gap = seen.gap(at)
    return gap is Gap.JOINED or (gap is Gap.GLUE and not step.lone)


@dataclass(slots=True, eq=False)
class Either:
    """Any of several terms."""

    terms: tuple[Term, ...]

    def possible(self, present: set[Key]) -> bool:
        return any(term.possible(present) for term in self.terms)

    def windows(self, seen: Seen) -> list[Window]:
        likely = [term for term in self.terms if term.possible(seen.present)]
        return sorted(window for term in likely for window in term.windows(seen))


@dataclass(slots=True, eq=False)
class Together:
    """Several terms of which none may miss; `join` finds the places that they make."""

    terms: tuple[Term, ...]
    join: Callable[[list[list[Window]]], list[Window]]

    def possible(self, present: set[Key]) -> bool:
        return all(term.possible(present) for term in self.terms)

    def windows(self, seen: Seen) -> list[Window]:
        found: list[list[Window]] = []
        for term in self.terms:
            windows = term.windows(seen)
            if not windows:
                return []
            found.append(windows)
        return self.join(found)


def around(found: list[list[Window]]) -> list[Window]:
    """Join places within 8 words of each other, in any order (more terms need more room)."""
    room = max(WITHIN, len(found))
    places = sorted((window, number) for number, windows in enumerate(found) for window in windows)
    windows: list[Window] = []
    for at, (first, opening) in enumerate(places):
        latest: dict[int, Window] = {opening: first}
        for next_ in range(at + 1, len(places)):
            window, number = places[next_]
            if window[0] - first[1] > room:
                break
            if number != opening:
                latest[number] = window
                if len(latest) == len(found):
                    windows.append(spanning(latest.values()))
        if len(windows) * len(found) >= MOST_STEPS:
            break
    return windows


def near(distance: int) -> Callable[[list[list[Window]]], list[Window]]:
    """Return what joins places at most `distance` words apart; one token cannot be both."""

    def join(found: list[list[Window]]) -> list[Window]:
        lefts, rights = found
        by_end = sorted(rights, key=itemgetter(1))
        firsts, lasts = [window[0] for window in rights], [window[1] for window in by_end]
        windows: dict[tuple[int, int], Window] = {}
        steps = 0
        for one in lefts:
            after = rights[bisect_right(firsts, one[1]) : bisect_right(firsts, one[1] + distance)]
            before = by_end[bisect_left(lasts, one[0] - distance) : bisect_left(lasts, one[0])]
            for other in (*after, *before):
                place = min(one[0], other[0]), max(one[1], other[1])
                if place not in windows:
                    windows[place] = spanning((one, other))
            steps += len(after) + len(before)
            if steps >= MOST_STEPS:
                break
        return sorted(windows.values())

    return join


def spanning(windows: Iterable[Window]) -> Window:
    """Return the place that several make together."""
    several = list(windows)
    marks = tuple(dict.fromkeys(mark for window in several for mark in window[2]))
    return min(window[0] for window in several), max(window[1] for window in several), marks
