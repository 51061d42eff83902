"""The one place that remembers, opened."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from storage.calendars import StoredCalendars
from storage.database import Plan, run, select
from storage.entries import StoredEntries
from storage.files import copy, located
from storage.gists import StoredGists
from storage.history import StoredHistory
from storage.inbox import StoredInbox
from storage.outbox import StoredOutbox
from storage.preferences import StoredPreferences
from storage.rows import micros
from storage.schema import migrate
from storage.slack import SlackNotes
from storage.sources import StoredSources
from storage.sqlite import PATIENCE, Sqlite, connect
from storage.stories import StoredStories
from storage.vocabularies import StoredVocabularies
from storage.watches import StoredWatches

PRUNE = """
DELETE FROM deliveries WHERE seq IN (
    SELECT seq FROM deliveries WHERE state <> 'pending' AND closed_at < $1 ORDER BY seq LIMIT $2)
"""
PRUNE_INBOX = "DELETE FROM inbox WHERE seq IN (SELECT seq FROM inbox WHERE answered < $1 ORDER BY seq LIMIT $2)"
PRUNE_ANSWERS = "DELETE FROM answers WHERE at < $1"
FREE_SOURCES = "UPDATE sources SET lease_owner = NULL, lease_until = NULL WHERE lease_owner IS NOT NULL"
FREE_DELIVERIES = (
    "UPDATE deliveries SET lease_owner = NULL, lease_until = NULL WHERE state = 'pending' AND lease_owner IS NOT NULL"
)


class Stored:
    """The `Store` port."""

    def __init__(self, database: Sqlite) -> None:
        self.sources = StoredSources(database)
        self.watches = StoredWatches(database)
        self.vocabularies = StoredVocabularies(database)
        self.entries = StoredEntries(database)
        self.stories = StoredStories(database)
        self.outbox = StoredOutbox(database)
        self.inbox = StoredInbox(database)
        self.slack = SlackNotes(database)
        self.preferences = StoredPreferences(database)
        self.gists = StoredGists(database)
        self.history = StoredHistory(database)
        self.calendars = StoredCalendars(database)
        self._database = database

    async def ping(self) -> None:
        """Return if the store answers; raise StoreError."""
        await self._database.read(select("SELECT 1 FROM counters"))

    async def take_over(self) -> None:
        """Release every lease: for a process that holds the store alone (`storage.held`), as it starts."""
        await self._database.write(_free())

    async def backup(self, to: Path) -> None:
        """Write a consistent copy while running."""
        await asyncio.to_thread(copy, self._database.path, to)

    async def prune(self, before: datetime, *, limit: int = 10_000) -> int:
        """Forget deliveries closed and lines answered before then, at most `limit` of each; return how many.

        Alerts and threads stay. A forgotten key could be enqueued again: let `before` be months ago.
        """
        return await self._database.write(_prune(micros(before), limit))


def _prune(before: int, limit: int) -> Plan[int]:
    deliveries = yield from run(PRUNE, before, limit)
    lines = yield from run(PRUNE_INBOX, before, limit)
    yield from run(PRUNE_ANSWERS, before)
    return deliveries.changed + lines.changed


def _free() -> Plan[None]:
    yield from run(FREE_SOURCES)
    yield from run(FREE_DELIVERIES)


@asynccontextmanager
async def open_store(url: str, *, patience: timedelta = PATIENCE) -> AsyncIterator[Stored]:
    """Open the store at `sqlite:///relative.db` or `sqlite:////absolute.db`, made or migrated as needed.

    `patience` is how long to wait for another process's transaction before StoreBusy.
    Raise StoreError if the address or the file cannot be used, SchemaTooNew if it is a newer program's.
    """
    async with connect(located(url), migrate, patience=patience) as database:
        yield Stored(database)
