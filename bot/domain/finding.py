"""Where terms stand in a passage: phrases, words near each other, exact forms."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from bot.domain.analysis import Gap
from bot.domain.query import WITHIN
from bot.domain.sheets import Seen
from bot.domain.terms import spaced

Mark = tuple[int, int, str]
"""First and last token to highlight, and the term that asked for it."""

Window = tuple[int, int, tuple[Mark, ...]]
"""First and last token of a place where a term stands, with what to highlight there."""

Find = Callable[[Seen], list[Window]]

MOST_WINDOWS = 1_000
"""Places of a term that are told apart in one passage: a bound for texts made to take time."""
SKIPPED = 2
"""Function words that may stand between two words of a phrase."""


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a sequence, its test by number; the rest as in `bot.domain.terms.Part`."""

    test: int
    lone: bool
    loose: bool
    skips: bool
    between: str | None


def sequence(steps: tuple[Step, ...], term: str) -> Find:
    """Find tokens that follow each other."""
    first, *rest = steps

    def single(seen: Seen) -> list[Window]:
        return [(at, at, ((at, at, term),)) for at in seen.where.get(first.test, ())[:MOST_WINDOWS]]

    def several(seen: Seen) -> list[Window]:
        if not all(step.test in seen.where for step in steps):
            return []
        ends = ((at, _follow(seen, at, rest)) for at in starts(seen))
        found = ((at, end, ((at, end, term),)) for at, end in ends if end is not None)
        return list(islice(found, MOST_WINDOWS))

    def starts(seen: Seen) -> Iterable[int]:
        """Where it may start: before its rarest token, unless words may be skipped up to that."""
        if any(step.skips for step in steps):
            return seen.where[first.test]
        offset = min(range(len(steps)), key=lambda index: len(seen.where[steps[index].test]))
        before = (at - offset for at in seen.where[steps[offset].test])
        return (at for at in before if at >= 0 and seen.passes(at, first.test))

    return several if rest else single


def _follow(seen: Seen, at: int, rest: list[Step]) -> int | None:
    """Return the last token of the sequence that starts at `at`, None if it breaks off."""
    for step in rest:
        found = _step(seen, at, step)
        if found is None:
            return None
        at = found
    return at


def _step(seen: Seen, at: int, step: Step) -> int | None:
    for after in range(at + 1, min(at + 2 + (SKIPPED if step.skips else 0), len(seen.gaps))):
        if not _joined(seen, after, step):
            return None
        if seen.passes(after, step.test):
            return after
        if not seen.function(after):
            return None
    return None


def _joined(seen: Seen, at: int, step: Step) -> bool:
    if step.between is not None:
        return spaced(seen.passage.between(at)) == step.between
    gap = seen.gaps[at]
    return step.loose or gap is Gap.JOINED or (gap is Gap.GLUE and not step.lone)


def any_of(finds: list[Find]) -> Find:
    """Find what any of them finds, in order."""

    def find(seen: Seen) -> list[Window]:
        return sorted(window for one in finds for window in one(seen))[:MOST_WINDOWS]

    return finds[0] if len(finds) == 1 else find


def all_of(finds: list[Find], unwanted: list[Find]) -> Find:
    """Find what each finds, if each finds something and none of the unwanted does."""

    def find(seen: Seen) -> list[Window]:
        found = [one(seen) for one in finds]
        if not all(found) or any(one(seen) for one in unwanted):
            return []
        return sorted(window for windows in found for window in windows)[:MOST_WINDOWS]

    return find


def together(members: list[Find]) -> Find:
    """Find all members within 8 words of each other, in any order (more members need more room)."""
    room = max(WITHIN, len(members))

    def find(seen: Seen) -> list[Window]:
        found = [member(seen) for member in members]
        if not all(found):
            return []
        places = sorted((window, number) for number, windows in enumerate(found) for window in windows)
        latest: dict[int, Window] = {}
        windows: list[Window] = []
        for window, number in places:
            latest.pop(number, None)
            latest[number] = window
            oldest = next(iter(latest.values()))
            if len(latest) == len(members) and window[0] - oldest[1] <= room:
                windows.append(_spanning(latest.values()))
                if len(windows) * len(members) >= MOST_WINDOWS:
                    break
        return windows

    return members[0] if len(members) == 1 else find


def near(left: Find, right: Find, distance: int) -> Find:
    """Find both at most `distance` words apart; one token cannot be both."""

    def find(seen: Seen) -> list[Window]:
        lefts, rights = left(seen), right(seen)
        if not lefts or not rights:
            return []
        by_end = sorted(rights, key=itemgetter(1))
        firsts, lasts = [window[0] for window in rights], [window[1] for window in by_end]
        windows = []
        for one in lefts:
            after, before = bisect_right(firsts, one[1]), bisect_left(lasts, one[0])
            if after < len(rights) and firsts[after] - one[1] <= distance:
                windows.append(_spanning((one, rights[after])))
            if before and one[0] - lasts[before - 1] <= distance:
                windows.append(_spanning((by_end[before - 1], one)))
        return sorted({window[:2]: window for window in windows}.values())[:MOST_WINDOWS]

    return find


def _spanning(windows: Iterable[Window]) -> Window:
    several = list(windows)
    marks = tuple(dict.fromkeys(mark for window in several for mark in window[2]))
    return min(window[0] for window in several), max(window[1] for window in several), marks
