"""Which stored meetings fit a lookup, by start.

The table stands in the order of starts, so that a lookup reads the stretch it asks for, and no further than it needs.
Words are sought by the three letters that stand beside each other in them (sqlite.org/fts5.html, trigram), then read.
"""

from collections.abc import Iterator, Sequence

from bot.domain.changes import Known
from bot.domain.entries import instant
from bot.domain.storing.entries import MOST_COUNTED, MeetingFilter
from storage.database import Plan, select
from storage.rows import KNOWN, folded, micros, storable, to_known

LENGTH = "SELECT coalesce(max(ends_at - starts_at), 0) FROM meetings"
COUNT = "SELECT count(*) FROM (SELECT 1 FROM {where} LIMIT $1 OFFSET $2)"
PAGE = f"""
WITH page AS (SELECT m.number, m.entry FROM {{where}} ORDER BY {{number}} {{order}} LIMIT $1 OFFSET $2)
SELECT {KNOWN} FROM page p CROSS JOIN entries e ON e.id = p.entry ORDER BY p.number {{order}}
"""
INDEXED = "meeting_parts p CROSS JOIN meetings m ON m.number = p.rowid"
PART = 3
"""Letters of the parts that the index knows (0014_meetings.sql)."""
SECOND = 1_000_000


def fitting(wanted: MeetingFilter, offset: int, limit: int) -> Plan[tuple[int, list[Known]]]:
    """Plan what `Entries.meetings` returns."""
    [(longest,)] = yield from select(LENGTH)
    parts = _parts(wanted)
    number, tables = ("p.rowid", INDEXED) if parts else ("m.number", "meetings m")
    conditions, values = ["TRUE"], list[object]()
    for sql, several in _conditions(wanted, parts, longest):
        conditions.append(sql.format(*(f"${3 + len(values) + n}" for n in range(len(several))), number=number))
        values += several
    where = f"{tables} WHERE {' AND '.join(conditions)}"
    [(total,)] = yield from select(COUNT.format(where=where), MOST_COUNTED + 1, 0, *values)
    page = PAGE.format(where=where, number=number, order="DESC" if wanted.latest else "ASC")
    rows = yield from select(page, limit, offset, *values)
    return total, [to_known(row) for row in rows]


def _conditions(wanted: MeetingFilter, parts: str, longest: int) -> Iterator[tuple[str, Sequence[object]]]:
    """Overlap with the period, whose days are days in UTC; an open side takes all."""
    if parts:
        yield "p.meeting_parts MATCH {}", [parts]
    first, last = wanted.period.first, wanted.period.last
    if first is not None:
        begins = micros(instant(first))
        yield "{number} >= {} AND m.ends_at >= {}", [begins - longest - SECOND, begins]
    if last is not None:
        ends = micros(instant(last, end=True))
        yield "{number} <= {} AND m.starts_at <= {}", [ends + SECOND, ends]
    if wanted.groups:
        yield f"m.grp IN ({', '.join('{}' for _ in wanted.groups)})", [storable(folded(one)) for one in wanted.groups]
    for several in _sought(wanted):
        either = " OR ".join("m.haystack LIKE {} ESCAPE '\\'" for _ in several)
        yield f"({either})", [f"%{_escaped(word)}%" for word in several]


def _sought(wanted: MeetingFilter) -> list[list[str]]:
    """Return what must occur as the table spells it: of each list one."""
    several = (*((word,) for word in wanted.words), wanted.either)
    return [[storable(folded(word)) for word in words] for words in several if words]


def _parts(wanted: MeetingFilter) -> str:
    """Return what the index is asked: nothing where a word is too short for it."""
    asked = (_either(several) for several in _sought(wanted) if min(map(len, several)) >= PART)
    return " AND ".join(f"({one})" for one in asked)


def _either(several: Sequence[str]) -> str:
    return " OR ".join(f"({' AND '.join(_threes(word))})" for word in several)


def _threes(word: str) -> Iterator[str]:
    found = dict.fromkeys(word[at : at + PART] for at in range(len(word) - PART + 1))
    return ('"{}"'.format(part.replace('"', '""')) for part in found)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
