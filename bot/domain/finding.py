"""Where terms stand in a passage: phrases, words near each other, exact forms."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import NamedTuple, Protocol

from bot.domain.analysis import Gap
from bot.domain.percolating import Key, Probe
from bot.domain.query import WITHIN
from bot.domain.sheets import Seen, Sheet
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
    """A token that passes a test; asked of a whole entry, anywhere."""

    probe: Probe
    term: str

    def holds(self, sheet: Sheet) -> bool:
        return self.probe.number in sheet.present

    def found(self, sheet: Sheet) -> list[tuple[Seen, Mark]]:
        return [(seen, (at, at, self.term)) for seen in sheet.anywhere for at in seen.where(self.probe)]

    def possible(self, present: set[Key]) -> bool:
        return self.probe.number in present

    def windows(self, seen: Seen) -> list[Window]:
        return [(at, at, ((at, at, self.term),)) for at in seen.where(self.probe)]


class Manner(NamedTuple):
    """How a token of a chain follows the one before it: as in `bot.domain.terms.Part`."""

    lone: bool
    loose: bool
    skips: bool
    between: str | None


@dataclass(slots=True, eq=False)
class Chain:
    """Tokens that follow each other."""

    probes: tuple[Probe, ...]
    manners: tuple[Manner, ...]
    term: str

    def possible(self, present: set[Key]) -> bool:
        for probe in self.probes:  # noqa: SIM110  # a generator takes twice the time
            if probe.number not in present:
                return False
        return True

    def windows(self, seen: Seen) -> list[Window]:
        if not self.possible(seen.present):
            return []
        found: list[Window] = []
        for at in self._starts(seen):
            end = self._end(seen, at)
            if end is not None:
                found.append((at, end, ((at, end, self.term),)))
                if len(found) * len(self.probes) >= MOST_STEPS:
                    break
        return found

    def _starts(self, seen: Seen) -> Iterable[int]:
        """Where it may start: before its rarest token, as far as words may be skipped up to that."""
        places = [seen.where(probe) for probe in self.probes]
        offset = min(range(len(places)), key=lambda at: len(places[at]))
        if not offset or any(manner.skips for manner in self.manners[1 : offset + 1]):
            return places[0] if places[offset] else ()
        first = self.probes[0].raws
        return (at - offset for at in places[offset] if at >= offset and seen.raws[at - offset] in first)

    def _end(self, seen: Seen, at: int) -> int | None:
        """Return the last token of the chain that starts at `at`, None if it breaks off."""
        for probe, manner in zip(self.probes[1:], self.manners[1:], strict=True):
            after = _next(seen, at, probe, manner)
            if after is None or not all(_joined(seen, place, manner) for place in range(at + 1, after + 1)):
                return None
            at = after
        return at


def _next(seen: Seen, at: int, probe: Probe, manner: Manner) -> int | None:
    for after in range(at + 1, min(at + 2 + (SKIPPED if manner.skips else 0), len(seen.raws))):
        if seen.raws[after] in probe.raws:
            return after
        if not is_function(seen.raws[after]):
            return None
    return None


def _joined(seen: Seen, at: int, manner: Manner) -> bool:
    if manner.between is not None:
        return spaced(seen.between(at)) == manner.between
    if manner.loose:
        return True
    gap = seen.gap(at)
    return gap is Gap.JOINED or (gap is Gap.GLUE and not manner.lone)


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


@cache
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


def beside(distance: int, places: list[Window], others: list[Window]) -> list[Window]:
    """Return places widened by others that touch them, or lie at most `distance` tokens from them."""
    windows: dict[tuple[int, int], Window] = {}
    steps = 0
    for one in places:
        for other in others:
            if max(other[0] - one[1], one[0] - other[1]) <= distance:
                windows.setdefault((min(one[0], other[0]), max(one[1], other[1])), spanning((one, other)))
        steps += len(others)
        if steps >= MOST_STEPS:
            break
    return sorted(windows.values())


def spanning(windows: Iterable[Window]) -> Window:
    """Return the place that several make together."""
    several = list(windows)
    marks = tuple(dict.fromkeys(mark for window in several for mark in window[2]))
    return min(window[0] for window in several), max(window[1] for window in several), marks
