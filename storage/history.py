"""What entries said before they changed; a trigger keeps it (0012_lookups.sql)."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.entries import Entry, EntryId
from storage.database import Database, Plan, select
from storage.rows import loaded, moment, to_entry

REVISIONS = """
SELECT r.at, e.key, e.kind, r.title, e.link, r.rest FROM revisions r JOIN entries e ON e.id = r.entry
WHERE r.entry = $1 ORDER BY r.seq
"""


class StoredHistory:
    """The `History` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, entry: EntryId) -> Sequence[tuple[datetime, Entry]]:
        """Return what an entry was before each of its changes, with when that was seen, oldest first."""
        return await self._database.read(_of(entry))


def _of(entry: EntryId) -> Plan[list[tuple[datetime, Entry]]]:
    rows = yield from select(REVISIONS, entry)
    return [
        (moment(at), to_entry((key, kind, title, link, "", None, None), {} if rest is None else loaded(rest)))
        for at, key, kind, title, link, rest in rows
    ]
