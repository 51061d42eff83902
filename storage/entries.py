"""Everything ever seen."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from bot.domain.changes import Known
from bot.domain.entries import EntryId, Kind
from bot.domain.ports import MeetingFilter
from storage.database import Database, Plan, select, within
from storage.rows import KNOWN, folded, micros, storable, to_known

FIRST_PAGE = f"SELECT {KNOWN} FROM entries e ORDER BY e.first_seen DESC, e.id DESC LIMIT $1"
NEXT_PAGE = f"""
SELECT {KNOWN} FROM entries e WHERE (e.first_seen, e.id) < ($2, $3)
ORDER BY e.first_seen DESC, e.id DESC LIMIT $1
"""
BY_LINK = f"SELECT {KNOWN} FROM entries e WHERE e.link IN ({{list}})"
BY_KEY = f"SELECT {KNOWN} FROM entries e WHERE e.key = $1"
COUNT = "SELECT kind, count(*) FROM entries GROUP BY kind"
MEETINGS = "FROM meetings m WHERE m.starts_at <= $1 AND m.ends_at >= $2"
PAGE = f"""
SELECT {KNOWN} FROM (
    SELECT m.entry, m.starts_at {{meetings}} ORDER BY m.starts_at, m.entry LIMIT {{limit}} OFFSET {{offset}}) AS p
JOIN entries e ON e.id = p.entry ORDER BY p.starts_at, e.id
"""
FIRST_DAY, LAST_DAY = date.min, date.max


class StoredEntries:
    """The `Entries` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, *, before: tuple[datetime, EntryId] | None, limit: int) -> Sequence[Known]:
        """Page through entries by first sight, newest first; `before` is the last row of the previous page."""
        if before is None:
            return await self._database.read(_listed(FIRST_PAGE, limit))
        return await self._database.read(_listed(NEXT_PAGE, limit, micros(before[0]), before[1]))

    async def meetings(self, wanted: MeetingFilter, *, offset: int, limit: int) -> tuple[int, Sequence[Known]]:
        """Return how many meetings fit and one page of them, by start."""
        return await self._database.read(_meetings(wanted, offset, limit))

    async def by_link(self, link: str) -> Sequence[Known]:
        """Return the entries that a link (or a key) leads to, oldest first.

        A final slash and the s of https make no difference.
        """
        return await self._database.read(_by_link(storable(link.strip())))

    async def count(self) -> Mapping[Kind, int]:
        """Return how many are stored, by kind."""
        rows = await self._database.read(select(COUNT))
        return {Kind(kind): count for kind, count in rows}


def _listed(sql: str, *values: object) -> Plan[list[Known]]:
    return [to_known(row) for row in (yield from select(sql, *values))]


def _by_link(link: str) -> Plan[list[Known]]:
    rows = yield from within(BY_LINK, _spellings(link))
    rows += yield from select(BY_KEY, link)
    found = {row[0]: to_known(row) for row in rows}
    return sorted(found.values(), key=lambda known: (known.first_seen, known.id))


def _spellings(link: str) -> list[str]:
    scheme, mark, rest = link.partition("://")
    schemes = ("https", "http") if mark and scheme in ("http", "https") else (scheme,)
    return [f"{scheme}{mark}{rest.rstrip('/')}{slash}" for scheme in schemes for slash in ("", "/")]


def _meetings(wanted: MeetingFilter, offset: int, limit: int) -> Plan[tuple[int, list[Known]]]:
    conditions, values = _conditions(wanted)
    total = yield from select(f"SELECT count(*) {conditions}", *values)
    at = len(values)
    page = PAGE.format(meetings=conditions, limit=f"${at + 1}", offset=f"${at + 2}")
    rows = yield from select(page, *values, limit, offset)
    return total[0][0], [to_known(row) for row in rows]


def _conditions(wanted: MeetingFilter) -> tuple[str, list[object]]:
    """Overlap with the period, whose days are days in UTC; an open side takes all."""
    first, last = wanted.period.first or FIRST_DAY, wanted.period.last or LAST_DAY
    values: list[object] = [
        micros(datetime.combine(last, time.max, tzinfo=UTC)),
        micros(datetime.combine(first, time.min, tzinfo=UTC)),
    ]
    sql = MEETINGS
    if wanted.group is not None:
        values.append(storable(folded(wanted.group)))
        sql += f" AND m.grp = ${len(values)}"
    for word in wanted.words:
        values.append(f"%{_escaped(storable(folded(word)))}%")
        sql += f" AND m.haystack LIKE ${len(values)} ESCAPE '\\'"
    return sql, values


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
