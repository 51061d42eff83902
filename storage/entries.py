"""Everything ever seen."""

import asyncio
from collections.abc import AsyncIterable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.changes import Known
from bot.domain.covering import Cover, spelt_out
from bot.domain.entries import EntryId, Kind
from bot.domain.storing.entries import MeetingFilter, Page, Place
from storage.database import Database, Plan, select, within
from storage.indexing import ANY_OPEN, indexing, merging, tagging
from storage.meetings import fitting
from storage.rows import KNOWN, micros, storable, to_known
from storage.search import by_words, search
from storage.tags import Learnt, forget, left, taught, teach, version

if TYPE_CHECKING:
    from bot.domain.tagging import Needs

FIRST_PAGE = f"SELECT {KNOWN} FROM entries e ORDER BY e.first_seen DESC, e.id DESC LIMIT $1"
NEXT_PAGE = f"""
SELECT {KNOWN} FROM entries e WHERE (e.first_seen, e.id) < ($2, $3)
ORDER BY e.first_seen DESC, e.id DESC LIMIT $1
"""
OLDEST = f"SELECT {KNOWN} FROM entries e ORDER BY e.first_seen, e.id LIMIT $1"
BY_LINK = f"SELECT {KNOWN} FROM entries e WHERE e.link IN ({{list}})"
PAPERS = f"""
SELECT {KNOWN} FROM entries e WHERE e.kind = 'document' AND json_extract(e.rest, '$.facts.meeting') IN ({{list}})
"""
BY_KEY = f"SELECT {KNOWN} FROM entries e WHERE e.key = $1"
COUNT = "SELECT kind, count(*) FROM entries GROUP BY kind"


class StoredEntries:
    """The `Entries` port."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._learnt = Learnt()

    async def newest(self, *, before: tuple[datetime, EntryId] | None, limit: int) -> Sequence[Known]:
        """Page through entries by first sight, newest first; `before` is the last row of the previous page."""
        if before is None:
            return await self._database.read(_listed(FIRST_PAGE, limit))
        return await self._database.read(_listed(NEXT_PAGE, limit, micros(before[0]), before[1]))

    async def oldest(self, limit: int) -> Sequence[Known]:
        """Return what was seen first, oldest first."""
        return await self._database.read(_listed(OLDEST, limit))

    async def meetings(self, wanted: MeetingFilter, *, offset: int, limit: int) -> tuple[int, Sequence[Known]]:
        """Return how many meetings fit, counted up to `MOST_COUNTED` and one, and one page of them, by start."""
        return await self._database.read(fitting(wanted, offset, limit))

    async def papers(self, meeting: Collection[str]) -> Sequence[Known]:
        """Return the documents of a meeting that has these keys, newest first."""
        return await self._database.read(_papers(meeting))

    async def by_link(self, link: str) -> Sequence[Known]:
        """Return the entries that a link (or a key) leads to, oldest first.

        A final slash and the s of https make no difference.
        """
        return await self._database.read(_by_link(storable(link.strip())))

    async def count(self) -> Mapping[Kind, int]:
        """Return how many are stored, by kind."""
        rows = await self._database.read(select(COUNT))
        return {Kind(kind): count for kind, count in rows}

    async def search(self, cover: Cover, *, since: datetime | None, after: Place | None, limit: int) -> Page:
        """Return a page of the entries first seen since then that may satisfy `cover`, and where to go on."""
        if await self._database.read(by_words(cover, since, after)):
            await asyncio.to_thread(spelt_out, cover)  # remembered: the store's thread need not work it out
        return await self._database.read(search(cover, since, after, limit))

    async def index(self, limit: int) -> int:
        """Bring the search index up to date by a batch; return of how many entries."""
        if not await self._database.read(select(ANY_OPEN)):
            return 0
        done = await self._database.write(indexing(limit, self._learnt), durable=False)
        await self._database.write(merging(), durable=False)
        return done

    async def tagged(self) -> str | None:
        """Return the version of the sets that entries are tagged with, empty if none; None while there are few."""
        return await self._database.read(version())

    async def teach(self, known: str, sets: AsyncIterable[tuple[str, "Sequence[Needs]"]]) -> None:
        """Learn by what an entry is tagged with each set of a version."""
        await self._database.write(forget(), durable=False)
        async for name, needs in sets:
            await self._database.write(teach(name, needs), durable=False)
        await self._database.write(taught(known), durable=False)

    async def tag(self, limit: int) -> int:
        """Tag entries that were indexed before the sets were taught, newest first; return how many."""
        if not await self._database.read(left()):
            return 0
        done = await self._database.write(tagging(limit, self._learnt), durable=False)
        await self._database.write(merging(), durable=False)
        return done


def _listed(sql: str, *values: object) -> Plan[list[Known]]:
    return [to_known(row) for row in (yield from select(sql, *values))]


def _papers(meeting: Collection[str]) -> Plan[list[Known]]:
    rows = yield from within(PAPERS, map(storable, meeting))
    return sorted(map(to_known, rows), key=lambda known: (known.first_seen, known.id), reverse=True)


def _by_link(link: str) -> Plan[list[Known]]:
    rows = yield from within(BY_LINK, _spellings(link))
    rows += yield from select(BY_KEY, link)
    found = {row[0]: to_known(row) for row in rows}
    return sorted(found.values(), key=lambda known: (known.first_seen, known.id))


def _spellings(link: str) -> list[str]:
    scheme, mark, rest = link.partition("://")
    schemes = ("https", "http") if mark and scheme in ("http", "https") else (scheme,)
    return [f"{scheme}{mark}{rest.rstrip('/')}{slash}" for scheme in schemes for slash in ("", "/")]
