"""Long answers a page at a time, and the phrases that answers share."""

import re
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from bot.domain.document import Paragraph, Style, Text
from bot.domain.errors import CommandError
from bot.domain.values import by_value

PAGE = 10
_PAGE = re.compile(r"(?:^|\s)(?:page\s+(\d{1,4})|(more))\s*$", re.IGNORECASE)

Row = TypeVar("Row")


@by_value
class Shown(Generic[Row]):
    """The rows of one page, the number of the first, and the line that leads to the next page."""

    rows: Sequence[Row]
    more: tuple[Paragraph, ...]
    start: int = 1


def page_asked(text: str) -> tuple[str, int]:
    """Split “SG17 page 3” or “SG17 more” into what is asked for and the page; without one it is the first."""
    asked = _PAGE.search(text)
    if asked is None:
        return text, 1
    return text[: asked.start()].strip(), max(1, int(asked[1])) if asked[1] else 2


def paged(rows: Sequence[Row], number: int, *, command: str) -> Shown[Row]:
    """Return page `number` (from 1) of `rows`; `command` is what shows the next one. CommandError past the end."""
    pages = max(1, -(-len(rows) // PAGE))
    if number > pages:
        only = "one page" if pages == 1 else f"{pages} pages"
        raise CommandError(f"There is no page {number}: this list has {only}.", usage=f"{command} {pages}")
    shown = rows[(number - 1) * PAGE : number * PAGE]
    if number == pages:
        return Shown(rows=shown, more=(), start=(number - 1) * PAGE + 1)
    left = len(rows) - number * PAGE
    more = Paragraph((Text(f"{left} more: ", Style.QUIET), Text(f"{command} {number + 1}", Style.CODE)))
    return Shown(rows=shown, more=(more,), start=(number - 1) * PAGE + 1)


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return "1 watch", "2 watches"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def counts(parts: Mapping[str, int]) -> str:
    """Return "49 fine, 2 failing", leaving out what there is none of."""
    return ", ".join(f"{number:,} {label}" for label, number in parts.items() if number)
