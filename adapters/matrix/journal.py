"""What the bot must not forget of Matrix, in its own SQLite file: one transaction a sync (design §7).

The sync token is stored together with everything that came with it, so that a crash at any moment
repeats work and loses nothing. Messages leave the journal once the desk has them.
"""

import asyncio
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

import aiosqlite

from bot.domain.document import Action
from bot.domain.errors import ChatDown
from bot.domain.values import by_value

SCHEMA = """
CREATE TABLE IF NOT EXISTS token (one INTEGER PRIMARY KEY CHECK (one = 1), since TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, room TEXT NOT NULL, raw TEXT NOT NULL,
    decrypted INTEGER NOT NULL, session TEXT, at REAL NOT NULL, told INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS locked ON events (session) WHERE session IS NOT NULL;
CREATE TABLE IF NOT EXISTS errands (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, room TEXT NOT NULL, detail TEXT NOT NULL, UNIQUE (kind, room, detail));
CREATE TABLE IF NOT EXISTS rooms (room TEXT PRIMARY KEY, joined INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS moves (old TEXT PRIMARY KEY, new TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS sends (txn TEXT PRIMARY KEY, room TEXT NOT NULL, at REAL NOT NULL, event TEXT);
CREATE INDEX IF NOT EXISTS sent ON sends (event);
CREATE TABLE IF NOT EXISTS buttons (
    event TEXT NOT NULL, emoji TEXT NOT NULL, room TEXT NOT NULL, command TEXT NOT NULL, thread TEXT NOT NULL,
    PRIMARY KEY (event, emoji)) WITHOUT ROWID;
"""
KEEP = "INSERT INTO events (id, room, raw, decrypted, session, at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
SINCE = "INSERT INTO token VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET since = excluded.since"
JOINED = "INSERT INTO rooms VALUES (?, ?) ON CONFLICT (room) DO UPDATE SET joined = excluded.joined"
UNLOCK = "UPDATE events SET raw = ?, decrypted = 1, session = NULL WHERE seq = ?"
PRESSED = "SELECT command, thread FROM buttons WHERE event = ? AND emoji = ? AND room = ?"


class Task(StrEnum):
    """What is to be done about a room."""

    JOIN = "join"
    REFUSE = "refuse"
    GREET = "greet"
    CLOSED = "closed"
    REOPENED = "reopened"
    VOICED = "voiced"
    MOVE = "move"


@by_value
class Errand:
    """Something to do about a room until it is done; `detail` is an inviter, a reason or another room."""

    kind: Task
    room: str
    detail: str = ""
    seq: int = 0


@by_value
class Event:
    """A message as it came, decrypted if that was possible.

    Attributes:
        session: of an encrypted message whose key has not come yet.

    """

    id: str
    room: str
    raw: Mapping[str, Any]
    decrypted: bool = False
    session: str | None = None
    at: float = 0.0
    seq: int = 0


@by_value
class Batch:
    """All that one answer of the server brought."""

    since: str
    events: Sequence[Event] = ()
    errands: Sequence[Errand] = ()
    joined: Mapping[str, bool]
    moves: Mapping[str, str]


@by_value
class Attempt:
    """When a message was first tried (seconds since 1970), and its event once the server has it.

    Attributes:
        again: it was tried before, and nobody knows whether the server has it.

    """

    at: float
    event: str | None = None
    again: bool = False


class Journal:
    """One file, one writer; a second process on the same folder is refused."""

    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database
        self._writing = asyncio.Lock()

    async def since(self) -> str | None:
        """Return the token to go on from; None before the first sync."""
        rows = await self._read("SELECT since FROM token")
        return rows[0][0] if rows else None

    async def keep(self, batch: Batch, *, now: float) -> None:
        """Keep what a sync brought, and the token to go on from."""
        async with self._transaction() as write:
            for event in batch.events:
                raw = json.dumps(event.raw)
                await write.execute(KEEP, (event.id, event.room, raw, event.decrypted, event.session, now))
            for errand in batch.errands:
                await write.execute(
                    "INSERT INTO errands (kind, room, detail) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    (errand.kind, errand.room, errand.detail),
                )
            await write.executemany(JOINED, list(batch.joined.items()))
            await write.executemany(
                "INSERT INTO moves (old, new) VALUES (?, ?) ON CONFLICT DO NOTHING", list(batch.moves.items())
            )
            await write.execute(SINCE, (batch.since,))

    async def forget_token(self) -> None:
        """Begin anew: the server does not know the token."""
        await self._write("DELETE FROM token")

    async def waiting(self, limit: int = 100) -> list[Event]:
        """Return readable events that the desk has not got, oldest first."""
        return await self._events("WHERE session IS NULL ORDER BY seq LIMIT ?", limit)

    async def locked(self, session: str | None = None) -> list[Event]:
        """Return events whose key has not come, of one session or of all."""
        if session is None:
            return await self._events("WHERE session IS NOT NULL ORDER BY seq")
        return await self._events("WHERE session = ? ORDER BY seq", session)

    async def unlock(self, event: Event, raw: Mapping[str, Any]) -> None:
        """Replace an event by what it says."""
        await self._write(UNLOCK, json.dumps(raw), event.seq)

    async def unexplained(self, before: float) -> list[Event]:
        """Return events that have been unreadable since before an instant and that nobody was told of."""
        return await self._events("WHERE session IS NOT NULL AND told = 0 AND at < ? ORDER BY seq", before)

    async def explained(self, session: str) -> None:
        """Note that people were told of a session's messages."""
        await self._write("UPDATE events SET told = 1 WHERE session = ?", session)

    async def done(self, events: Sequence[Event]) -> None:
        """Forget events that the desk has, or that are none of its business."""
        await self._writemany("DELETE FROM events WHERE seq = ?", [(event.seq,) for event in events])

    async def rooms(self) -> dict[str, bool]:
        """Return the rooms the bot knows, and whether it is in them."""
        return {room: bool(joined) for room, joined in await self._read("SELECT room, joined FROM rooms")}

    async def moves(self) -> dict[str, str]:
        """Return rooms that were replaced and not yet followed."""
        return dict(await self._read("SELECT old, new FROM moves WHERE done = 0"))

    async def moved(self, old: str) -> None:
        """Note that everything of a room is in its successor."""
        await self._write("UPDATE moves SET done = 1 WHERE old = ?", old)

    async def errands(self) -> list[Errand]:
        """Return what is to be done, oldest first."""
        rows = await self._read("SELECT kind, room, detail, seq FROM errands ORDER BY seq")
        return [Errand(kind=Task(kind), room=room, detail=detail, seq=seq) for kind, room, detail, seq in rows]

    async def run(self, errand: Errand, then: Sequence[Errand] = ()) -> None:
        """Tick an errand off and note those that follow from it."""
        async with self._transaction() as write:
            await write.execute("DELETE FROM errands WHERE seq = ?", (errand.seq,))
            for one in then:
                await write.execute(
                    "INSERT INTO errands (kind, room, detail) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    (one.kind, one.room, one.detail),
                )

    async def attempt(self, txn: str, room: str, *, now: float) -> Attempt:
        """Note that a message is tried now, and return when it was first tried and what became of it."""
        rows = await self._read("SELECT at, event FROM sends WHERE txn = ?", txn)
        if rows:
            return Attempt(at=rows[0][0], event=rows[0][1], again=rows[0][1] is None)
        await self._write("INSERT INTO sends VALUES (?, ?, ?, NULL) ON CONFLICT DO NOTHING", txn, room, now)
        return Attempt(at=now)

    async def untried(self, txn: str) -> None:
        """Note that the server surely does not have a message."""
        await self._write("DELETE FROM sends WHERE txn = ? AND event IS NULL", txn)

    async def sent(self, txn: str, event: str) -> None:
        """Note the event that a message became."""
        await self._write("UPDATE sends SET event = ? WHERE txn = ?", event, txn)

    async def event_of(self, txn: str) -> str | None:
        """Return the event that a message became, if it did."""
        rows = await self._read("SELECT event FROM sends WHERE txn = ?", txn)
        return rows[0][0] if rows else None

    async def txn_of(self, event: str) -> str:
        """Return the id that a message was sent under; empty if that is forgotten."""
        rows = await self._read("SELECT txn FROM sends WHERE event = ?", event)
        return str(rows[0][0]) if rows else ""

    async def offer(self, room: str, event: str, actions: Sequence[Action], thread: str) -> None:
        """Note what reactions to a message mean, instead of what they meant before."""
        async with self._transaction() as write:
            await write.execute("DELETE FROM buttons WHERE event = ?", (event,))
            rows = [(event, plain_emoji(action.emoji), room, action.command, thread) for action in actions]
            await write.executemany("INSERT OR REPLACE INTO buttons VALUES (?, ?, ?, ?, ?)", rows)

    async def pressed(self, event: str, emoji: str, room: str) -> tuple[str, str] | None:
        """Return the command that a reaction to one of our messages in a room means, and its thread."""
        rows = await self._read(PRESSED, event, plain_emoji(emoji), room)
        return (rows[0][0], rows[0][1]) if rows else None

    async def prune(self, before: float) -> None:
        """Forget what is older than an instant: that messages were sent, and events that stayed unreadable."""
        async with self._transaction() as write:
            await write.execute("DELETE FROM sends WHERE at < ?", (before,))
            await write.execute("DELETE FROM events WHERE at < ? AND session IS NOT NULL", (before,))

    async def _events(self, where: str, *values: object) -> list[Event]:
        rows = await self._read(f"SELECT id, room, raw, decrypted, session, at, seq FROM events {where}", *values)
        return [
            Event(id=i, room=room, raw=json.loads(raw), decrypted=bool(decrypted), session=session, at=at, seq=seq)
            for i, room, raw, decrypted, session, at, seq in rows
        ]

    async def _read(self, sql: str, *values: object) -> list[Any]:
        return list(await self._database.execute_fetchall(sql, values))

    async def _write(self, sql: str, *values: object) -> None:
        await self._writemany(sql, [values])

    async def _writemany(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        async with self._transaction() as write:
            await write.executemany(sql, rows)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        async with self._writing:
            await self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                await asyncio.shield(self._database.execute("ROLLBACK"))
                raise
            await self._database.execute("COMMIT")


@asynccontextmanager
async def open_journal(path: Path) -> AsyncIterator[Journal]:
    """Open the file, for this process alone; ChatDown if it cannot be used."""
    private(path)
    try:
        async with aiosqlite.connect(path, isolation_level=None, timeout=1) as database:
            await database.execute("PRAGMA locking_mode = EXCLUSIVE")
            await database.execute("PRAGMA journal_mode = WAL")
            await database.execute("PRAGMA synchronous = FULL")
            await database.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
            yield Journal(database)
    except sqlite3.Error as error:
        raise ChatDown(
            f"{path} cannot be used ({error}); free disk space, or stop the other bot on that folder."
        ) from error


def private(path: Path) -> None:
    """Make an empty file that only we may read, unless it is there."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def plain_emoji(emoji: str) -> str:
    """Return an emoji without the look that a client chose: variation selectors, skin tones."""
    return "".join(char for char in emoji if char not in "\ufe0e\ufe0f" and not "\U0001f3fb" <= char <= "\U0001f3ff")
