"""Addresses of calendars, and what their subscribers were told of each event."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain.agenda import Dated, Event
from bot.domain.chat import Conversation
from storage.database import Database, Plan, Row, each, run, select, within
from storage.rows import conversation_of, micros, moment, storable

OPEN = "INSERT INTO calendars (secret, conversation, owner, made_at) VALUES ($1, $2, $3, $4)"
COUNT = "SELECT count(*) FROM calendars WHERE conversation = $1"
WHOSE = "SELECT conversation FROM calendars WHERE secret = $1"
CLOSE = "DELETE FROM calendars WHERE conversation = $1"
TOLD = "SELECT uid, said, sequence, modified FROM calendar_events WHERE uid IN ({list})"
TELL = """
INSERT INTO calendar_events (uid, said, sequence, modified) VALUES ($1, $2, 0, $3)
ON CONFLICT (uid) DO UPDATE SET said = excluded.said, sequence = calendar_events.sequence + 1, modified = $4
WHERE calendar_events.said <> excluded.said
"""


class StoredCalendars:
    """The `Calendars` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, secret: str, conversation: Conversation, *, owner: str, now: datetime) -> None:
        """Let what `secret` is the hash of open a conversation's calendar."""
        await self._database.write(run(OPEN, secret, str(conversation), storable(owner), micros(now)))

    async def count(self, conversation: Conversation) -> int:
        """Return how many addresses a conversation's calendar has."""
        rows = await self._database.read(select(COUNT, str(conversation)))
        return int(rows[0][0])

    async def whose(self, secret: str) -> Conversation | None:
        """Return whose calendar it is that the hash of a secret opens."""
        rows = await self._database.read(select(WHOSE, secret))
        return conversation_of(rows[0][0]) if rows else None

    async def close(self, conversation: Conversation) -> int:
        """Let no address open a conversation's calendar any more; return how many did."""
        return (await self._database.write(run(CLOSE, str(conversation)))).changed

    async def dated(self, events: Sequence[Event], *, now: datetime) -> Sequence[Dated]:
        """Return events with their SEQUENCE and LAST-MODIFIED; what differs from what was told last is counted up."""
        told = {row[0]: row for row in await self._database.read(_told(events))}
        fresh = [event for event in events if event.uid not in told or told[event.uid][1] != event.said]
        if fresh:
            told = {row[0]: row for row in await self._database.write(_tell(events, fresh, micros(now)))}
        return [
            Dated(event=event, sequence=told[event.uid][2], modified=moment(told[event.uid][3])) for event in events
        ]


def _told(events: Iterable[Event]) -> Plan[list[Row]]:
    return (yield from within(TOLD, [event.uid for event in events]))


def _tell(events: Sequence[Event], fresh: Sequence[Event], now: int) -> Plan[list[Row]]:
    yield from each(TELL, ((event.uid, event.said, micros(event.changed), now) for event in fresh))
    return (yield from _told(events))
