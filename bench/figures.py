"""What every bench reports: a baseline and our own time, measured side by side in one process.

Each `bench/<room>.py` has `def figures() -> list[Figure]`; `python -m bench.figures` runs them all.
"""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import median
from time import process_time

ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One goal and what was measured for it.

    Attributes:
        name: short name of the goal: "F1 whole feed".
        goal: the goal in words, with its number: "≥ 3× feedparser default".
        baseline: what `baseline_seconds` was spent on.
        baseline_seconds, own_seconds: medians, for the same work in the same process.
        ratio: baseline / own, or what the goal speaks of.
        holds: the goal is met.
        unit: of the ratio.
        notes: data, N, cores: what a reader needs to repeat it.

    """

    name: str
    goal: str
    baseline: str
    baseline_seconds: float
    own_seconds: float
    ratio: float
    holds: bool
    unit: str = "×"
    notes: str = ""


def medians(
    *work: Callable[[], object], rounds: int = ROUNDS, clock: Callable[[], float] = process_time
) -> list[float]:
    """Return the median seconds of each piece of work, run in turns so that a slow minute hits all alike."""
    spent: list[list[float]] = [[] for _ in work]
    for _ in range(rounds):
        for piece, times in zip(work, spent, strict=True):
            begun = clock()
            piece()
            times.append(clock() - begun)
    return [median(times) for times in spent]


def show(figures: Sequence[Figure]) -> None:
    """Print one line per figure: baseline and own time side by side, ratio, goal."""
    for figure in figures:
        verdict = "holds" if figure.holds else "FAILS"
        print(
            f"{verdict}  {figure.name:<28} {figure.ratio:>9.2f} {figure.unit:<4} (goal {figure.goal}; "
            f"baseline {figure.baseline}: {figure.baseline_seconds * 1000:.2f} ms, "
            f"own: {figure.own_seconds * 1000:.2f} ms)"
        )
        if figure.notes:
            print(f"       {figure.notes}")


def main() -> int:
    """Run every bench beside this file, or those named on the command line; 1 if a goal is missed."""
    here = Path(__file__)
    rooms = sys.argv[1:] or sorted(path.stem for path in here.parent.glob("*.py") if path != here)
    held = True
    print(f"{os.cpu_count()} cores, CPU medians of at least {ROUNDS}")
    for room in rooms:
        bench = import_module(f"bench.{room}")
        if not hasattr(bench, "figures"):
            continue
        found: list[Figure] = bench.figures()
        show(found)
        held = held and all(figure.holds for figure in found)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
