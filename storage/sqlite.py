"""SQLite through aiosqlite: WAL, one connection that writes and one that reads, one hop a plan."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from functools import lru_cache, partial
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

import aiosqlite

from bot.domain.errors import StoreBusy, StoreConflict, StoreError
from storage.database import Plan, Result, Statement
from storage.urgent import Lane

T = TypeVar("T")

PATIENCE = timedelta(seconds=5)
TRIES, PAUSE = 100, 0.05
"""How often, and after how many seconds, the switch to WAL is tried again."""
LOG_PAGES = 4000
CHUNK = 64
"""Rows that aiosqlite's own iteration, which we do not use, fetches at once."""

SENTENCES = {
    sqlite3.SQLITE_NOTADB: "is not a database; name the right file, or restore a backup",
    sqlite3.SQLITE_CORRUPT: "is damaged; restore a backup",
    sqlite3.SQLITE_FULL: "cannot grow because the disk is full; make room",
    sqlite3.SQLITE_READONLY: "may not be written; give the bot's user the right to write it and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check that its folder exists and may be written",
    sqlite3.SQLITE_IOERR: "cannot be read or written because the disk fails; check the disk",
    sqlite3.SQLITE_CONSTRAINT: "refused rows that contradict what it holds; report this as a bug",
}


class Connection(aiosqlite.Connection):
    """An aiosqlite connection that runs a function of ours in its thread.

    aiosqlite's public calls go to the thread and back once per statement, some three times; a poll
    may wait for the store twice. `_execute` is what all of them are made of.
    """

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what `work` returns when called in the thread with the open connection."""
        result: T = await self._execute(work, self._conn)  # type: ignore[no-untyped-call]
        return result


class Sqlite:
    """The `Database` of one file."""

    def __init__(self, path: Path, writer: Connection, reader: Connection) -> None:
        self.path = path
        self._writer = writer
        self._reader = reader
        self._urgent = Lane(_drive)
        self._passing: set[asyncio.Future[None]] = set()

    async def read(self, plan: Plan[T]) -> T:
        """Run a plan of SELECTs on one snapshot."""
        with spoken(self.path):
            return await self._reader.run(partial(_transact, "BEGIN", plan))

    async def write(self, plan: Plan[T], *, durable: bool = True) -> T:
        """Run a plan in one transaction: all of it or nothing, even if the caller is cancelled meanwhile.

        In WAL mode synchronous=NORMAL leaves out the fsync of a commit (sqlite.org/pragma.html#pragma_synchronous).
        """
        with spoken(self.path):
            return await self._writer.run(partial(self._written, _write if durable else _write_lightly, plan))

    async def hurry(self, plan: Plan[T]) -> T:
        """Run a plan in one transaction before what waits to be written; what comes meanwhile shares its commit."""
        with spoken(self.path):
            future = self._urgent.put(plan)
            # Should nothing else be written, this takes it along.
            passing = asyncio.ensure_future(self._writer.run(self._urgent.run))
            self._passing.add(passing)
            passing.add_done_callback(self._passed)
            both: set[asyncio.Future[Any]] = {future, passing}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if not future.done() and passing.exception() is not None:
                passing.result()
            return await future

    def _written(self, write: Callable[[Plan[T], sqlite3.Connection], T], plan: Plan[T], on: sqlite3.Connection) -> T:
        self._urgent.run(on)
        return write(plan, on)

    def _passed(self, passing: "asyncio.Future[None]") -> None:
        self._passing.discard(passing)
        if not passing.cancelled():
            passing.exception()


@asynccontextmanager
async def connect(
    path: Path, prepare: Callable[[sqlite3.Connection], object], *, patience: timedelta = PATIENCE
) -> AsyncIterator[Sqlite]:
    """Open a file, `prepare` it (once, in the writer's thread), and close it at the end whatever happens.

    aiosqlite's threads are not daemons: a connection that stays open keeps the process alive.
    """
    async with AsyncExitStack() as stack:
        with spoken(path):
            writer = await stack.enter_async_context(_connection(partial(opened, path, patience=patience)))
            await writer.run(prepare)
            await writer.run(use_wal)
            reads = partial(opened, path, patience=patience, reads_only=True)
            reader = await stack.enter_async_context(_connection(reads))
        yield Sqlite(path, writer, reader)


@asynccontextmanager
async def _connection(opener: Callable[[], sqlite3.Connection]) -> AsyncIterator[Connection]:
    """Open first and give it its thread then: aiosqlite does not wait for the thread of an opening that fails."""
    ready = await asyncio.to_thread(opener)
    async with Connection(lambda: ready, CHUNK) as connection:
        yield connection  # type: ignore[misc]


def opened(path: Path, *, patience: timedelta = PATIENCE, reads_only: bool = False) -> sqlite3.Connection:
    """Open a file for one thread at a time, with every setting the store relies on.

    synchronous=FULL: a commit survives a power cut, so that nothing is posted twice or lost. The log grows to 16 MB
    before it is folded into the file: small commits touch the same pages again and again, and folding waits for the
    disk twice (sqlite.org/wal.html#avoiding_excessively_large_wal_files).
    """
    connection = sqlite3.connect(
        path, timeout=patience.total_seconds(), isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        connection.execute(f"PRAGMA query_only = {int(reads_only)}")
    except BaseException:
        connection.close()
        raise
    return connection


def use_wal(connection: sqlite3.Connection) -> None:
    """Let readers and the writer not wait for each other; asked for only once the file is known to be ours.

    SQLite does not wait for another process here, whatever busy_timeout says, so we do.
    """
    for last in (*[False] * TRIES, True):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if last or not _is_busy(error):
                raise
            Event().wait(PAUSE)
        else:
            return


@contextmanager
def spoken(path: Path) -> Iterator[None]:
    """Turn what SQLite and aiosqlite raise into our errors, one sentence each."""
    try:
        yield
    except sqlite3.Error as error:
        if _is_busy(error):
            raise StoreBusy(f"Another process is writing to the store {path}; try again.") from error
        raise StoreError(f"The store {path} {SENTENCES.get(_code(error), 'failed')} ({error}).") from error
    except (UnicodeError, OverflowError) as error:
        raise StoreError(f"The store {path} cannot hold a value ({error}); report this as a bug.") from error
    except ValueError as error:
        if str(error) not in ("Connection closed", "no active connection"):
            raise
        raise StoreError(f"The store {path} is closed.") from error


def _is_busy(error: sqlite3.Error) -> bool:
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code (sqlite.org/rescode.html), 0 for an error of the module's own."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def _write(plan: Plan[T], connection: sqlite3.Connection) -> T:
    return _transact("BEGIN IMMEDIATE", plan, connection)


def _write_lightly(plan: Plan[T], connection: sqlite3.Connection) -> T:
    connection.execute("PRAGMA synchronous = NORMAL")
    try:
        return _write(plan, connection)
    finally:
        connection.execute("PRAGMA synchronous = FULL")


def _transact(begin: str, plan: Plan[T], connection: sqlite3.Connection) -> T:
    cursor = connection.cursor()
    try:
        cursor.execute(begin)
        try:
            result = _drive(cursor, plan)
            cursor.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return result
    finally:
        plan.close()


def _drive(cursor: sqlite3.Cursor, plan: Plan[T]) -> T:
    try:
        statement = next(plan)
        while True:
            statement = plan.send(_run(cursor, statement))
    except StopIteration as stop:
        result: T = stop.value
        return result


def _run(cursor: sqlite3.Cursor, statement: Statement) -> Result:
    sql, values, many, guard = statement
    if many is None:
        rows = cursor.execute(_translated(sql), values).fetchall()
    else:
        cursor.executemany(_translated(sql), many)
        rows = []
    if guard is not None and cursor.rowcount != guard:
        raise StoreConflict("Somebody else changed what this relied on: nothing was written; read again.")
    return Result(rows, cursor.rowcount)


@lru_cache(maxsize=512)
def _translated(sql: str) -> str:
    return re.sub(r"\$(\d)", r"?\1", sql)
