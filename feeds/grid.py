"""Tables of web pages in columns: cells that span rows and columns, laid out."""

from collections.abc import Sequence

from lxml import etree

MOST_ROWS = 10_000
MOST_CELLS = 100
_LONGEST_SPAN = 5
"""Digits."""


class Grid:
    """A table in columns, as browsers lay it out (HTML Living Standard §4.9.12.1)."""

    def __init__(self) -> None:
        self.rows: list[list[etree._Element]] = []
        self._empty = etree.Element("td")
        self._below: dict[int, tuple[etree._Element, int]] = {}

    def add(self, cells: Sequence[etree._Element]) -> None:
        """Add a row: its own cells, where those that reach down from above leave room."""
        above, self._below = self._below, {}
        row: list[etree._Element] = []
        for cell in cells:
            self._reach_down(row, above)
            high = _span(cell, "rowspan", MOST_ROWS)
            wide = _span(cell, "colspan", MOST_CELLS - len(row)) if len(cells) > 1 else 1
            for part in (cell, *[self._empty] * (wide - 1)):
                if high > 1:
                    self._below[len(row)] = part, high - 1
                row.append(part)
        while any(place >= len(row) for place in above):
            self._reach_down(row, above)
            row += [self._empty] if above else []
        self.rows.append(row)

    def _reach_down(self, row: list[etree._Element], above: dict[int, tuple[etree._Element, int]]) -> None:
        while len(row) in above:
            cell, left = above.pop(len(row))
            if left > 1:
                self._below[len(row)] = cell, left - 1
            row.append(cell)


def _span(cell: etree._Element, name: str, most: int) -> int:
    """Return over how many rows or columns a cell reaches; 0 is all that are left."""
    said = (cell.get(name) or "").strip()
    if not said.isdecimal() or len(said) > _LONGEST_SPAN:
        return 1
    return max(1, min(int(said) or most, most))
