"""The store's port for everything ever seen, and how it is looked up."""

from collections.abc import AsyncIterable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.domain.changes import Known
from bot.domain.entries import EntryId, Kind
from bot.domain.ports import Period
from bot.domain.values import by_value

if TYPE_CHECKING:
    from bot.domain.covering import Cover
    from bot.domain.tagging import Needs

MOST_COUNTED = 1_000
"""Meetings that a lookup counts; one more stands for any number."""


@by_value
class MeetingFilter:
    """Which meetings a lookup wants.

    Attributes:
        groups: names of the group in that period; none asks for no group.
        words: must all occur (folded) in title, group, place or text.
        either: at least one of these must; none asks for nothing.
        latest: the last ones first.

    """

    period: Period
    groups: Sequence[str] = ()
    words: Sequence[str] = ()
    either: Sequence[str] = ()
    latest: bool = False


@by_value
class Place:
    """How far a search has come: what is newer than this was looked at.

    Attributes:
        seen: first sight and id of the last entry that came without the index.
        row: number in the index of the last that came from it.
        asked: what the index was asked, so that it need not be worked out again.
        tagged: it was asked for the tags of sets of the vocabulary, not for their words.

    """

    seen: tuple[datetime, EntryId] | None = None
    row: int | None = None
    asked: str | None = None
    tagged: bool = False


@by_value
class Page:
    """Entries that may match, newest first; `further` is where to go on, None at the end."""

    known: Sequence[Known]
    further: Place | None


class Entries(Protocol):
    """Everything ever seen."""

    async def newest(self, *, before: tuple[datetime, EntryId] | None, limit: int) -> Sequence[Known]:
        """Page through entries by first sight, newest first; `before` is the last row of the previous page."""
        ...

    async def oldest(self, limit: int) -> Sequence[Known]:
        """Return what was seen first, oldest first."""
        ...

    async def meetings(self, wanted: MeetingFilter, *, offset: int, limit: int) -> tuple[int, Sequence[Known]]:
        """Return how many meetings fit, counted up to `MOST_COUNTED` and one, and one page of them, by start."""
        ...

    async def papers(self, meeting: Collection[str]) -> Sequence[Known]:
        """Return the documents of a meeting that has these keys, newest first."""
        ...

    async def by_link(self, link: str) -> Sequence[Known]:
        """Return the entries that a link (or a key) leads to."""
        ...

    async def count(self) -> Mapping[Kind, int]:
        """Return how many are stored, by kind."""
        ...

    async def search(self, cover: "Cover", *, since: datetime | None, after: Place | None, limit: int) -> Page:
        """Return at most `limit` of the entries first seen since then that may satisfy `cover`, and where to go on.

        None that satisfies it is left out, also of those not indexed yet; some that do not are among them.
        Newest first, as they were stored. An entry that changes meanwhile may come twice.
        """
        ...

    async def index(self, limit: int) -> int:
        """Bring the search index up to date by at most `limit` new or changed entries, fewer if they are long.

        Return how many; 0 when nothing is left to do.
        """
        ...

    async def tagged(self) -> str | None:
        """Return the version of the sets that entries are tagged with, empty if none.

        None while there are so few entries that searches are quick without.
        """
        ...

    async def teach(self, known: str, sets: AsyncIterable[tuple[str, "Sequence[Needs]"]]) -> None:
        """Learn by what an entry is tagged with each set of a version; searches go by words until all are there."""
        ...

    async def tag(self, limit: int) -> int:
        """Tag at most `limit` entries that were indexed before, newest first; return how many, 0 when none is left."""
        ...
