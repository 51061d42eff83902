"""Whose page comes next in a source of many pages."""

from datetime import datetime

from bot.domain.rounds import AFTER, BEFORE, Turn, address, listed_by
from bot.domain.sources import Source
from storage.database import Plan, run, select
from storage.rows import as_was, micros, storable

LAST = "SELECT key FROM rounds WHERE source = $1 ORDER BY tried_at DESC LIMIT 1"
CANDIDATE = """
SELECT e.key, r.read_at FROM entries e
LEFT JOIN rounds r ON r.source = $1 AND r.key = e.key LEFT JOIN meetings m ON m.entry = e.id
WHERE e.source = $2 AND e.key >= $3 AND e.key < $4 AND e.gone = 0
    AND (e.kind <> 'meeting' OR (m.starts_at <= $5 AND m.ends_at >= $6))
ORDER BY CASE WHEN r.tried_at < e.fetched_at THEN 0 ELSE 1 END, coalesce(r.tried_at, 0), e.key LIMIT 1
"""
TRIED = """
INSERT INTO rounds (source, key, tried_at) VALUES ($1, $2, $3)
ON CONFLICT (source, key) DO UPDATE SET tried_at = excluded.tried_at
"""
READ = "UPDATE rounds SET read_at = $3 WHERE source = $1 AND key = $2"


def turn(source: Source, now: datetime) -> Plan[Turn | None]:
    """Choose the page that comes next and note that it is tried; None if there is none to read."""
    listing, prefix = listed_by(source.url)
    last = yield from select(LAST, source.id)
    first, end = storable(prefix), storable(f"{prefix}\uffff")
    near = (micros(now + BEFORE), micros(now - AFTER))
    rows = yield from select(CANDIDATE, source.id, listing, first, end, *near)
    if not rows:
        return None
    key, read_at = rows[0]
    yield from run(TRIED, source.id, key, micros(now))
    name = as_was(key)
    return Turn(key=name, url=address(source.url, name), first=read_at is None, same=bool(last) and last[0][0] == key)
