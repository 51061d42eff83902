"""What people typed, from its arrival until it is answered."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.alerts import Delivery
from bot.domain.chat import Command, Conversation, Receipt
from storage.database import Database, Plan, Row, listed, padded, run, select
from storage.messages import delivery_row
from storage.rows import as_was, conversation_of, dumped, loaded, micros, storable
from storage.watches import REVISE

TAKE = "INSERT INTO inbox (platform, conversation, id, command, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
WAITING = """
SELECT command FROM inbox WHERE answered IS NULL AND conversation NOT IN ({list}) ORDER BY seq LIMIT $1
"""
ANSWERED = "UPDATE inbox SET answered = $3 WHERE platform = $1 AND id = $2 AND answered IS NULL"
# Numbers below zero stand before all alerts, and in their own order: nobody waits for an answer behind a burst.
ANSWER = """
INSERT INTO deliveries (seq, key, conversation, verb, due, alert, story, text, attempts, urgent, held)
VALUES ((SELECT coalesce(max(seq), -4503599627370496) + 1 FROM deliveries WHERE seq < 0),
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT DO NOTHING
"""
# A watch that stands in both conversations stays where it is going.
DOUBLE = """
UPDATE watches SET removed = 1 WHERE conversation = $1 AND removed = 0
    AND query IN (SELECT query FROM watches WHERE conversation = $2 AND removed = 0)
"""
# Messages cannot follow: a story that goes on in the new conversation begins a thread there.
NO_THREADS = "DELETE FROM threads WHERE conversation = $1 AND receipt IS NOT NULL"
NO_OLD_DIGEST = """
DELETE FROM deliveries WHERE conversation = $1 AND verb = 'digest' AND sealed = 0 AND state = 'pending'
    AND EXISTS (SELECT 1 FROM deliveries d WHERE d.conversation = $2 AND d.verb = 'digest' AND d.sealed = 0
                AND d.state = 'pending')
"""
FOLLOWING = (
    "UPDATE watches SET conversation = $2 WHERE conversation = $1",
    """UPDATE threads SET conversation = $2 WHERE conversation = $1
           AND story NOT IN (SELECT story FROM threads WHERE conversation = $2)""",
    "UPDATE alerts SET conversation = $2 WHERE conversation = $1",
    "UPDATE digests SET conversation = $2 WHERE conversation = $1",
    "UPDATE calendars SET conversation = $2 WHERE conversation = $1",
    "UPDATE deliveries SET conversation = $2 WHERE conversation = $1 AND state = 'pending'",
    """UPDATE preferences SET conversation = $2 WHERE conversation = $1
           AND NOT EXISTS (SELECT 1 FROM preferences WHERE conversation = $2)""",
    """UPDATE gists SET conversation = $2 WHERE conversation = $1
           AND story NOT IN (SELECT story FROM gists WHERE conversation = $2)""",
)
NO_DRAFTS = "DELETE FROM drafts WHERE conversation = $1"
NO_PARKING = "DELETE FROM parked WHERE conversation = $1 OR conversation = $2"


class StoredInbox:
    """The `Inbox` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, commands: Sequence[Command], *, now: datetime) -> int:
        """Keep those whose ids are new on their platform; return how many."""
        return await self._database.hurry(_take([_row(one, now) for one in commands]))

    async def waiting(self, limit: int, *, busy: Sequence[Conversation] = ()) -> Sequence[Command]:
        """Return what has no answer yet in conversations that are not busy, oldest first."""
        not_in = [str(conversation) for conversation in busy] or [""]
        rows = await self._database.read(select(listed(WAITING, not_in, first=2), limit, *padded(not_in)))
        return [_read(text) for (text,) in rows]

    async def answered(self, command: Command, answer: Delivery, *, now: datetime) -> None:
        """Put the answer into the outbox, before alerts that wait there, and tick the command off: one transaction."""
        await self._database.write(_answered(command, answer, micros(now)))

    async def moved(self, old: Conversation, new: Conversation) -> None:
        """Give what stands in a conversation to another: watches, drafts, what waits; its threads are forgotten."""
        await self._database.write(_moved(str(old), str(new)))


def _take(rows: Sequence[Row]) -> Plan[int]:
    taken = 0
    for row in rows:
        taken += (yield from run(TAKE, *row)).changed
    return taken


def _answered(command: Command, answer: Delivery, now: int) -> Plan[None]:
    if (yield from run(ANSWERED, command.conversation.platform, storable(command.id or ""), now)).changed:
        yield from run(ANSWER, *delivery_row(answer))


def _moved(old: str, new: str) -> Plan[None]:
    yield from run(DOUBLE, old, new)
    yield from run(NO_THREADS, old)
    yield from run(NO_OLD_DIGEST, old, new)
    for statement in FOLLOWING:
        yield from run(statement, old, new)
    yield from run(NO_DRAFTS, old)
    yield from run(NO_PARKING, old, new)
    yield from run(REVISE)


def _row(command: Command, now: datetime) -> Row:
    where = command.conversation
    return (where.platform, str(where), storable(command.id or ""), _written(command), micros(now))


def _written(command: Command) -> str:
    return storable(
        dumped(
            {
                "conversation": str(command.conversation),
                "user": command.user,
                "text": command.text,
                "thread": command.thread,
                "zone": command.zone,
                "id": command.id,
                "private": command.private,
                "moderator": command.moderator,
            }
        )
    )


def _read(text: str) -> Command:
    data = loaded(as_was(text))
    thread = data.pop("thread")
    conversation = conversation_of(data.pop("conversation"))
    return Command(conversation=conversation, thread=None if thread is None else Receipt(thread), **data)
