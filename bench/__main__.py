"""`python -m bench`: every figure with its baseline, or those of the rooms that are named."""

import os
import sys
from importlib import import_module

from bench.figures import Figure, show

ROOMS = ("feeds", "polling", "thousand", "storage", "times", "startup", "percolation", "search", "clustering")


def main(asked: list[str]) -> int:
    """Print the figures; 1 if a goal is missed."""
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores; both times of a line come from one run.")
    held = True
    for room in asked or ROOMS:
        found: list[Figure] = import_module(f"bench.{room}").figures()
        print(f"\n{room}")
        show(found)
        held = held and all(figure.holds for figure in found)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
