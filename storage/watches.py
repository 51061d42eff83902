"""What conversations want to hear about. Removed watches stay, so that old alerts can name them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.chat import Conversation
from bot.domain.errors import CommandError
from bot.domain.watches import Watch, WatchId
from storage.database import Database, Plan, each, run, select
from storage.rows import WATCH, maybe_micros, maybe_moment, micros, storable, to_watch

ALL = f"SELECT {WATCH} FROM watches w WHERE w.removed = 0 ORDER BY w.id"
REVISION = "SELECT value FROM counters WHERE name = 'watches'"
REVISE = "UPDATE counters SET value = value + 1 WHERE name = 'watches'"
ADD = """
INSERT INTO watches (conversation, query, owner, note, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING RETURNING id
"""
REMOVE = "UPDATE watches SET removed = 1 WHERE id = $1 AND removed = 0"
MUTE = "UPDATE watches SET muted_until = $2 WHERE id = $1 AND removed = 0"
HITS = """
SELECT w.id,
    (SELECT count(*) FROM alerts a WHERE a.watch = w.id AND a.at >= $2),
    (SELECT max(a.at) FROM alerts a WHERE a.watch = w.id)
FROM watches w WHERE w.conversation = $1 AND w.removed = 0
"""


class StoredWatches:
    """The `Watches` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[int, Sequence[Watch]]:
        """Return the revision and every watch, by id."""
        return await self._database.read(_all())

    async def add(self, conversation: Conversation, query: str, *, owner: str, note: str, now: datetime) -> Watch:
        """Store a watch; CommandError if the conversation has the same query."""
        watch = await self._database.write(_add(conversation, query, owner, note, now))
        return Watch(id=watch, conversation=conversation, query=query, owner=owner, note=note, created_at=now)

    async def remove(self, watch: WatchId) -> None:
        """Forget a watch, if it stands; what it alerted stays recorded."""
        await self._database.write(_change(REMOVE, [(watch,)]))

    async def mute(self, watches: Sequence[WatchId], until: datetime | None) -> None:
        """Silence until then; None ends it."""
        await self._database.write(_change(MUTE, [(watch, maybe_micros(until)) for watch in watches]))

    async def hits(
        self, conversation: Conversation, *, since: datetime
    ) -> Mapping[WatchId, tuple[int, datetime | None]]:
        """Return, per watch, the alerts since then (spoken, folded or silent) and when the last one ever was."""
        rows = await self._database.read(select(HITS, str(conversation), micros(since)))
        return {WatchId(watch): (count, maybe_moment(last)) for watch, count, last in rows}


def _all() -> Plan[tuple[int, list[Watch]]]:
    revision = yield from select(REVISION)
    rows = yield from select(ALL)
    return revision[0][0], [to_watch(row) for row in rows]


def _add(conversation: Conversation, query: str, owner: str, note: str, now: datetime) -> Plan[WatchId]:
    result = yield from run(ADD, str(conversation), *map(storable, (query, owner, note)), micros(now))
    if not result.rows:
        raise CommandError(f"This conversation watches {query} already.", usage="watches")
    yield from run(REVISE)
    return WatchId(result.rows[0][0])


def _change(sql: str, rows: Sequence[tuple[int | None, ...]]) -> Plan[None]:
    if (yield from each(sql, rows)):
        yield from run(REVISE)
