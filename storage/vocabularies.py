"""What teams call things. A change moves the watches' revision: they are compiled with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from storage.database import Database, Plan, each, run, select
from storage.rows import as_was, micros, storable
from storage.watches import REVISE

ALL = "SELECT team, name, wording FROM wordings ORDER BY seq"
OF = "SELECT name, wording FROM wordings WHERE team = $1 ORDER BY seq"
ADD = """
INSERT INTO wordings (team, name, wording, owner, added_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
"""
REMOVE = "DELETE FROM wordings WHERE team = $1 AND name = $2 AND wording = $3"
REMOVE_SET = "DELETE FROM wordings WHERE team = $1 AND name = $2"


class StoredVocabularies:
    """The `Vocabularies` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """Return the wordings by team and name, in the order they were added."""
        found: dict[str, dict[str, list[str]]] = {}
        for team, name, wording in await self._database.read(select(ALL)):
            found.setdefault(as_was(team), {}).setdefault(as_was(name), []).append(as_was(wording))
        return found

    async def of(self, team: str) -> Mapping[str, Sequence[str]]:
        """Return one team's wordings by name."""
        found: dict[str, list[str]] = {}
        for name, wording in await self._database.read(select(OF, storable(team))):
            found.setdefault(as_was(name), []).append(as_was(wording))
        return found

    async def add(self, team: str, name: str, wordings: Sequence[str], *, owner: str, now: datetime) -> int:
        """Add wordings to a set, which is made if need be; return how many were new."""
        rows = [(*map(storable, (team, name, wording, owner)), micros(now)) for wording in wordings]
        return await self._database.write(_changed(ADD, rows))

    async def remove(self, team: str, name: str, wordings: Sequence[str] = ()) -> int:
        """Take wordings out of a set, all if none are named; return how many were there."""
        if not wordings:
            return await self._database.write(_changed(REMOVE_SET, [(storable(team), storable(name))]))
        rows = [tuple(map(storable, (team, name, wording))) for wording in wordings]
        return await self._database.write(_changed(REMOVE, rows))


def _changed(sql: str, rows: Sequence[tuple[object, ...]]) -> Plan[int]:
    count = yield from each(sql, rows)
    if count:
        yield from run(REVISE)
    return count
