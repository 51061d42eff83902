"""What conversations want to hear about. Removed watches stay, so that old alerts can name them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.cadence import Cadence
from bot.domain.cadence import parse as parse_cadence
from bot.domain.chat import Conversation
from bot.domain.entries import EntryId
from bot.domain.errors import CommandError
from bot.domain.watches import Draft, Scope, Watch, WatchId
from storage.database import Database, Plan, each, run, select
from storage.rows import WATCH, as_was, maybe_micros, maybe_moment, micros, moment, storable, to_watch

ALL = f"SELECT {WATCH} FROM watches w WHERE w.removed = 0 ORDER BY w.id"
REVISION = "SELECT value FROM counters WHERE name = 'watches'"
REVISE = "UPDATE counters SET value = value + 1 WHERE name = 'watches'"
ADD = """
INSERT INTO watches (conversation, query, owner, note, created_at, cadence, scope) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING RETURNING id
"""
REMOVE = "UPDATE watches SET removed = 1 WHERE id = $1 AND removed = 0"
EDIT = """
UPDATE watches SET query = $2, told_after = (SELECT coalesce(max(seq), 0) FROM alerts)
WHERE id = $1 AND removed = 0 AND NOT EXISTS (
    SELECT 1 FROM watches o
    WHERE o.conversation = watches.conversation AND o.query = $2 AND o.removed = 0 AND o.id <> $1)
"""
PACE = "UPDATE watches SET cadence = $2 WHERE id = $1 AND removed = 0"
ANNOTATE = "UPDATE watches SET note = $2 WHERE id = $1 AND removed = 0"
DRAFT = """
INSERT INTO drafts (conversation, owner, query, note, watch, at, cadence) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (conversation, owner) DO UPDATE SET query = excluded.query, note = excluded.note,
    watch = excluded.watch, at = excluded.at, cadence = excluded.cadence
"""
DRAFTED = "SELECT query, note, watch, at, cadence FROM drafts WHERE conversation = $1 AND owner = $2"
DISCARD = "DELETE FROM drafts WHERE conversation = $1 AND owner = $2"
MARK = """
INSERT INTO marks (conversation, entry, owner, watch, relevant, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (conversation, entry, owner) DO UPDATE SET
    watch = excluded.watch, relevant = excluded.relevant, at = excluded.at
"""
IRRELEVANT = "SELECT entry FROM marks WHERE watch = $1 AND relevant = 0 GROUP BY entry ORDER BY max(at) DESC LIMIT 100"
UNMARK = "DELETE FROM marks WHERE watch = $1"
MUTE = "UPDATE watches SET muted_until = $2 WHERE id = $1 AND removed = 0"
HITS = """
SELECT w.id,
    (SELECT count(*) FROM alerts a WHERE a.watch = w.id AND a.at >= $2 AND a.reason <> 'unasked'),
    (SELECT max(a.at) FROM alerts a WHERE a.watch = w.id AND a.reason <> 'unasked')
FROM watches w WHERE w.conversation = $1 AND w.removed = 0
"""


class StoredWatches:
    """The `Watches` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[int, Sequence[Watch]]:
        """Return the revision and every watch, by id."""
        return await self._database.read(_all())

    async def add(
        self,
        conversation: Conversation,
        query: str,
        *,
        owner: str,
        note: str,
        now: datetime,
        cadence: Cadence | None = None,
        scope: Scope = Scope.WATCH,
    ) -> Watch:
        """Store a watch; CommandError if the conversation has the same query."""
        texts = map(storable, (query, owner, note))
        row = (str(conversation), *texts, micros(now), _written(cadence), str(scope))
        return Watch(
            id=await self._database.write(_add(query, row)),
            conversation=conversation,
            query=query,
            owner=owner,
            note=note,
            created_at=now,
            cadence=cadence,
            scope=scope,
        )

    async def pace(self, watch: WatchId, cadence: Cadence | None) -> None:
        """Change when a watch speaks; what waits for a digest already comes with that."""
        await self._database.write(_change(PACE, [(watch, _written(cadence))]))

    async def edit(self, watch: WatchId, query: str) -> None:
        """Change what a watch asks for; CommandError if its conversation has the same query, or the watch is gone."""
        await self._database.write(_edit(watch, storable(query)))

    async def annotate(self, watch: WatchId, note: str) -> None:
        """Change a watch's note."""
        await self._database.write(_change(ANNOTATE, [(watch, storable(note))]))

    async def draft(self, draft: Draft) -> None:
        """Keep what a person is about to watch; it takes the place of their last draft in the conversation."""
        texts = map(storable, (str(draft.conversation), draft.owner, draft.query, draft.note))
        await self._database.write(run(DRAFT, *texts, draft.watch, micros(draft.at), _written(draft.cadence)))

    async def drafted(self, conversation: Conversation, owner: str) -> Draft | None:
        """Return a person's draft in a conversation."""
        rows = await self._database.read(select(DRAFTED, str(conversation), storable(owner)))
        for query, note, watch, at, cadence in rows:
            return Draft(
                conversation=conversation,
                owner=owner,
                query=as_was(query),
                note=as_was(note),
                watch=None if watch is None else WatchId(watch),
                cadence=parse_cadence(cadence),
                at=moment(at),
            )
        return None

    async def discard(self, conversation: Conversation, owner: str) -> None:
        """Forget a person's draft, if there is one."""
        await self._database.write(run(DISCARD, str(conversation), storable(owner)))

    async def mark(
        self, conversation: Conversation, entry: EntryId, watch: WatchId, *, owner: str, relevant: bool, now: datetime
    ) -> Sequence[EntryId]:
        """Record what a person thinks of an entry; return what the watch brought in vain, newest mark first."""
        values = (str(conversation), entry, storable(owner), watch, int(relevant), micros(now))
        return await self._database.write(_mark(watch, values))

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


def _add(query: str, row: tuple[object, ...]) -> Plan[WatchId]:
    result = yield from run(ADD, *row)
    if not result.rows:
        raise CommandError(f"This conversation watches {query} already.", usage="watches")
    yield from run(REVISE)
    return WatchId(result.rows[0][0])


def _written(cadence: Cadence | None) -> str:
    return "" if cadence is None else str(cadence)


def _mark(watch: WatchId, values: tuple[object, ...]) -> Plan[list[EntryId]]:
    yield from run(MARK, *values)
    return [EntryId(entry) for (entry,) in (yield from select(IRRELEVANT, watch))]


def _edit(watch: WatchId, query: str) -> Plan[None]:
    if not (yield from run(EDIT, watch, query)).changed:
        raise CommandError(f"This conversation watches {query} already, or the watch is gone.", usage="watches")
    yield from run(UNMARK, watch)
    yield from run(REVISE)


def _change(sql: str, rows: Sequence[tuple[object, ...]]) -> Plan[None]:
    if (yield from each(sql, rows)):
        yield from run(REVISE)
