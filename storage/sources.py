"""The list of what is polled, its leases, and what is remembered of each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from bot.domain.entries import Entry, SourceId
from bot.domain.errors import CommandError, StoreConflict
from bot.domain.rounds import Turn
from bot.domain.sources import Health, Memory, Origin, Source, Tracked
from bot.domain.storing.sources import Outcomes, Surroundings
from storage.commit import commit
from storage.database import Database, Plan, Row, each, run, select
from storage.rounds import READ, turn
from storage.rows import MICROSECOND, dumped, maybe_moment, micros, moment, storable
from storage.surroundings import surroundings

INSTANTS = frozenset({"last_ok", "last_poll", "newest"})
TRACKED = (
    "id, url, format, name, body, lang, every, about, origin, next_poll, baseline, paused, retired, health, memory, "
    "items, told, full_text"
)
LISTING = f"SELECT {TRACKED} FROM sources WHERE retired IS NULL"

DECLARE = """
INSERT INTO sources (id, declared_url, url, format, name, body, lang, every, about, origin, next_poll,
                     health, memory, items, full_text)
VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10, '{}', '{}', $11, $12)
ON CONFLICT (id) DO UPDATE SET
    format = excluded.format, name = excluded.name, body = excluded.body, lang = excluded.lang,
    every = excluded.every, about = excluded.about, origin = excluded.origin,
    declared_url = excluded.declared_url, full_text = excluded.full_text,
    url = CASE WHEN sources.declared_url = excluded.declared_url THEN sources.url ELSE excluded.url END,
    memory = CASE WHEN sources.declared_url = excluded.declared_url THEN sources.memory ELSE excluded.memory END,
    items = CASE WHEN sources.declared_url = excluded.declared_url THEN sources.items ELSE excluded.items END,
    next_poll = CASE WHEN sources.declared_url = excluded.declared_url THEN sources.next_poll
                ELSE excluded.next_poll END,
    lease_owner = CASE WHEN sources.declared_url = excluded.declared_url THEN sources.lease_owner END,
    lease_until = CASE WHEN sources.declared_url = excluded.declared_url THEN sources.lease_until END,
    retired = CASE WHEN sources.retired = 'undeclared' THEN NULL
              WHEN sources.retired = 'gone' AND sources.declared_url <> excluded.declared_url THEN NULL
              ELSE sources.retired END
"""
MAY_DECLARE = """
WHERE sources.origin = excluded.origin OR (sources.retired = 'undeclared' AND sources.origin <> 'person')
   OR (sources.origin = 'catalogue' AND excluded.origin = 'config')
"""
UNDECLARE = "UPDATE sources SET retired = 'undeclared' WHERE origin = $1 AND retired IS NULL"
RELEASE_RETIRED = "UPDATE sources SET lease_owner = NULL, lease_until = NULL WHERE retired IS NOT NULL"
SAME = "SELECT id, name FROM sources WHERE retired IS NULL AND (id = $1 OR url = $2 OR declared_url = $2)"
REVIVE = "UPDATE sources SET retired = NULL, paused = 0, next_poll = $2 WHERE id = $1"
REMOVE = """
UPDATE sources SET retired = 'removed', lease_owner = NULL, lease_until = NULL WHERE id = $1 AND retired IS NULL
"""
TOLD = "UPDATE sources SET told = $2 WHERE id = $1"
PAUSE = "UPDATE sources SET paused = $2 WHERE id = $1 AND retired IS NULL"
CLAIM = f"""
UPDATE sources SET lease_owner = $1, lease_until = $2
WHERE (lease_until IS NULL OR lease_until <= $3) AND id IN (
    SELECT id FROM sources
    WHERE retired IS NULL AND paused = 0 AND next_poll <= $3 AND (lease_until IS NULL OR lease_until <= $3)
    ORDER BY next_poll, id LIMIT $4)
RETURNING {TRACKED}
"""
NEXT_DUE = """
SELECT min(CASE WHEN lease_until > next_poll THEN lease_until ELSE next_poll END)
FROM sources WHERE retired IS NULL AND paused = 0
"""
SETTLE = """
UPDATE sources SET health = $3, next_poll = $4, lease_owner = NULL, lease_until = NULL,
    url = coalesce($5, url), retired = coalesce($6, retired), memory = coalesce($7, memory), items = coalesce($8, items)
WHERE id = $1 AND lease_owner = $2
"""


class StoredSources:
    """The `Sources` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def declare(self, sources: Sequence[Source], *, origin: str, now: datetime) -> None:
        """Make the stored sources of this origin equal to `sources`, keeping what is remembered of each.

        A person's choice stands: what a person added or removed is left alone. Configuration takes over
        from the catalogue, never the other way round. A changed address loses its memory, not its health.
        """
        await self._database.write(_declare(sources, Origin(origin), now))

    async def add(self, source: Source, *, now: datetime) -> None:
        """Track one more (it is due at once); CommandError if its id or URL is tracked already."""
        await self._database.write(_add(source, now))

    async def remove(self, source: SourceId) -> None:
        """Stop tracking; its entries stay. A poll under way will fail to commit."""
        await self._database.write(_known_to_be(source, REMOVE))

    async def pause(self, source: SourceId, *, paused: bool) -> None:
        """Stop or resume polling; CommandError if it is not tracked."""
        await self._database.write(_known_to_be(source, PAUSE, int(paused)))

    async def told(self, states: Mapping[SourceId, str]) -> None:
        """Remember what operators were last told of these sources; polls leave it alone."""
        await self._database.write(each(TOLD, list(states.items())))

    async def listing(self, *, gone: bool = False) -> Sequence[Tracked]:
        """Return all that are not retired, by name; with `gone`, those too whose server said 410."""
        return await self._database.read(_listing(f"{LISTING} OR retired = 'gone'" if gone else LISTING))

    async def claim(self, *, now: datetime, owner: str, lease: timedelta, limit: int) -> Sequence[Tracked]:
        """Lease the sources most overdue at `now`; nobody else gets them before the lease ends."""
        result = await self._database.write(run(CLAIM, owner, micros(now + lease), micros(now), limit), durable=False)
        return sorted(map(to_tracked, result.rows), key=lambda tracked: (tracked.next_poll, tracked.source.id))

    async def next_due(self) -> datetime | None:
        """Return when the next source is due, or its lease ends."""
        rows = await self._database.read(select(NEXT_DUE))
        return maybe_moment(rows[0][0])

    async def surroundings(self, source: SourceId, entries: Sequence[Entry], *, now: datetime) -> Surroundings:
        """Read what the decision about a page needs, in one call and one snapshot."""
        return await self._database.read(_surroundings(source, entries, now))

    async def turn(self, source: Source, *, now: datetime) -> Turn | None:
        """Choose the page that comes next in a source of many; None if there is none to read."""
        return await self._database.write(turn(source, now), durable=False)

    async def turned(self, source: SourceId, key: str, *, now: datetime) -> None:
        """Record that a page of a source of many was read well."""
        await self._database.write(run(READ, source, storable(key), micros(now)), durable=False)

    async def commit(self, outcomes: Outcomes) -> None:
        """Write what a poll changed and release the lease: one transaction; StoreConflict if a guard fails."""
        await self._database.write(commit(outcomes, tracked_row(outcomes.tracked)))

    async def settle(
        self,
        source: SourceId,
        *,
        owner: str,
        memory: Memory | None,
        health: Health,
        next_poll: datetime,
        url: str | None = None,
        retired: bool = False,
    ) -> None:
        """Record a poll that changed no entry and release the lease; StoreConflict if the lease was lost."""
        remembered = (None, None) if memory is None else (_memory(memory), memory.items)
        gone = "gone" if retired else None
        values = (source, owner, _set_fields(health, without="told"), micros(next_poll), url, gone, *remembered)
        await self._database.write(run(SETTLE, *values, guard=1), durable=False)


def _listing(sql: str) -> Plan[list[Tracked]]:
    found = map(to_tracked, (yield from select(sql)))
    return sorted(found, key=lambda tracked: (tracked.source.name.casefold(), tracked.source.id))


def _declare(sources: Sequence[Source], origin: Origin, now: datetime) -> Plan[None]:
    """Retire all of the origin, then take back those that are declared."""
    yield from run(UNDECLARE, origin)
    yield from each(DECLARE + MAY_DECLARE, (_declared(source, origin, now) for source in sources))
    yield from run(RELEASE_RETIRED)


def _add(source: Source, now: datetime) -> Plan[None]:
    rows = yield from select(SAME, source.id, source.url)
    if rows:
        raise CommandError(f"{rows[0][1]} is tracked already, as {rows[0][0]}.", usage="sources")
    yield from each(DECLARE, [_declared(source, source.origin, now)])
    yield from run(REVIVE, source.id, micros(now))


def _known_to_be(source: SourceId, sql: str, *values: object) -> Plan[None]:
    result = yield from run(sql, source, *values)
    if not result.changed:
        raise CommandError(f"No source called {source} is tracked; `sources` lists them.", usage="sources")


def _surroundings(source: SourceId, entries: Sequence[Entry], now: datetime) -> Plan[Surroundings]:
    rows = yield from select(f"SELECT {TRACKED} FROM sources WHERE id = $1", source)
    if not rows:
        raise StoreConflict(f"No source called {source} is stored; add it first.")
    return (yield from surroundings(to_tracked(rows[0]), entries, now))


def _declared(source: Source, origin: Origin, now: datetime) -> Row:
    return (
        source.id,
        source.url,
        source.format,
        source.name,
        source.body,
        source.lang,
        source.interval // MICROSECOND,
        source.about,
        origin,
        micros(now),
        b"",
        {True: "yes", False: "no", None: ""}[source.full_text],
    )


def _memory(memory: Memory) -> str:
    return _set_fields(memory, without="items")


def _set_fields(noun: Memory | Health, *, without: str) -> str:
    """Return JSON of the fields by name, so that a field added later needs no migration."""
    values = {part.name: getattr(noun, part.name) for part in fields(noun) if part.name != without}
    return dumped({name: micros(v) if isinstance(v, datetime) else v for name, v in values.items() if v is not None})


def tracked_row(tracked: Tracked) -> Row:
    """Return what a poll may change of a source: url, next poll, baseline, health, memory, items."""
    return (
        tracked.source.url,
        micros(tracked.next_poll),
        int(tracked.baseline),
        _set_fields(tracked.health, without="told"),
        _memory(tracked.memory),
        tracked.memory.items,
    )


def to_tracked(row: Row) -> Tracked:
    """Read the columns `TRACKED`."""
    return Tracked(
        source=Source(
            id=SourceId(row[0]),
            url=row[1],
            format=row[2],
            name=row[3],
            body=row[4],
            lang=row[5],
            interval=row[6] * MICROSECOND,
            about=row[7],
            origin=Origin(row[8]),
            full_text={"yes": True, "no": False}.get(row[17]),
        ),
        next_poll=moment(row[9]),
        baseline=bool(row[10]),
        paused=bool(row[11]),
        retired=row[12] is not None,
        health=_to_health(row[13], row[16]),
        memory=Memory(items=bytes(row[15]), **json.loads(row[14])),
    )


def _to_health(text: str, told: str) -> Health:
    stored: dict[str, Any] = json.loads(text) | {"told": told}
    stored["gaps"] = tuple(stored.get("gaps", ()))
    return Health(**stored | {name: moment(stored[name]) for name in INSTANTS & stored.keys()})
