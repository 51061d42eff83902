"""Sources of many pages, read in turn: of the work items that a list names, of the documents of meetings that are near.

The address holds `{next}`, and behind `#` the source whose entries are gone through and how their keys begin:
`…/wp_item.aspx?isn={next}#itu-work-items-sg17/isn ` reads the page of every `isn 23653` of that list, one a poll. What
changed on the list comes first, then what was read longest ago; of meetings only those near.
"""

from dataclasses import replace
from datetime import timedelta

from bot.domain.entries import SourceId
from bot.domain.sources import NOTHING_REMEMBERED, Tracked
from bot.domain.values import by_value

NEXT = "{next}"
BEFORE, AFTER = timedelta(days=35), timedelta(days=3)
"""How long before a meeting begins, and after it ends, its documents are asked for."""


@by_value
class Turn:
    """The page that comes next.

    Attributes:
        key: of the entry that names it.
        first: it was never read well: what it holds is its past, and posts nothing.
        same: it is the one that was read last, so what is remembered is of it.

    """

    key: str
    url: str
    first: bool
    same: bool

    def of(self, tracked: Tracked) -> Tracked:
        """Return a source as it is for this page."""
        health = replace(tracked.health, last_ok=None) if self.first else tracked.health
        memory = tracked.memory if self.same else NOTHING_REMEMBERED
        return replace(tracked, memory=memory, baseline=self.first, health=health)


def is_round(url: str) -> bool:
    """Tell whether an address stands for many pages."""
    return NEXT in url


def listed_by(url: str) -> tuple[SourceId, str]:
    """Return which source's entries are gone through, and how their keys begin."""
    source, _, prefix = url.partition("#")[2].partition("/")
    return SourceId(source), prefix


def address(url: str, key: str) -> str:
    """Return the page's address for an entry's key."""
    page, _, _ = url.partition("#")
    return page.replace(NEXT, key.removeprefix(listed_by(url)[1]))
