"""What is to be said, and what was: one serial lane per conversation."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.alerts import Alert, Delivery, DeliveryKey, Parcel, Thread, Verb
from bot.domain.changes import Known
from bot.domain.chat import Conversation, Receipt
from bot.domain.entries import EntryId
from bot.domain.storing.outbox import Backlog, Tally
from storage import quiet
from storage.commit import record
from storage.database import Database, Plan, Row, listed, padded, run, select
from storage.messages import DELIVERY
from storage.parcels import filled
from storage.rows import (
    ALERT,
    KNOWN,
    THREAD,
    maybe_moment,
    micros,
    storable,
    to_alert,
    to_known,
    to_thread,
)

# The first row of each lane, found by jumping from one conversation to the next along the index of what is
# pending: as many steps as there are lanes, however long they are. While quiet hours hold it, the first urgent row.
LANES = """
WITH RECURSIVE lanes (conversation) AS (
    SELECT min(conversation) FROM deliveries WHERE state = 'pending'
    UNION ALL
    SELECT (SELECT min(d.conversation) FROM deliveries d
            WHERE d.state = 'pending' AND d.conversation > lanes.conversation)
    FROM lanes WHERE lanes.conversation IS NOT NULL
), heads (seq) AS (
    SELECT (SELECT CASE WHEN h.held IS NULL THEN h.seq ELSE coalesce(
                (SELECT min(u.seq) FROM deliveries u
                 WHERE u.state = 'pending' AND u.urgent = 1 AND u.conversation = h.conversation), h.seq) END
            FROM deliveries h WHERE h.state = 'pending' AND h.conversation = lanes.conversation
            ORDER BY h.seq LIMIT 1)
    FROM lanes WHERE lanes.conversation IS NOT NULL
        AND lanes.conversation NOT IN (SELECT conversation FROM parked)
)
"""
CLAIM = f"""
UPDATE deliveries SET lease_owner = $1, lease_until = $2
WHERE state = 'pending' AND (lease_until IS NULL OR lease_until <= $3) AND seq IN (
    {LANES}
    SELECT d.seq FROM heads JOIN deliveries d ON d.seq = heads.seq
    WHERE d.due <= $3 AND (d.lease_until IS NULL OR d.lease_until <= $3) AND d.conversation NOT IN ({{list}})
    ORDER BY d.seq LIMIT $4)
RETURNING seq, {DELIVERY}, sealed
"""
NEXT_IN_LANE = f"""
UPDATE deliveries SET lease_owner = $2, lease_until = $3
WHERE seq = (SELECT min(d.seq) FROM deliveries d WHERE d.state = 'pending' AND d.conversation = $1)
    AND due <= $4 AND (lease_until IS NULL OR lease_until <= $4)
    AND NOT EXISTS (SELECT 1 FROM parked WHERE conversation = $1)
RETURNING seq, {DELIVERY}, sealed
"""
NEXT_DUE = f"""
{LANES}
SELECT min(CASE WHEN d.lease_until > d.due THEN d.lease_until ELSE d.due END)
FROM heads JOIN deliveries d ON d.seq = heads.seq
"""
SEAL_ALERTS = """
UPDATE alerts SET digest = $1 WHERE conversation = $2 AND outcome = 'folded' AND digest IS NULL
"""
SEAL = "UPDATE deliveries SET sealed = 1 WHERE key = $1"
# A folded story whose planned root is not, or no longer, to be posted stands in the digest.
ADOPT = """
INSERT INTO threads (story, conversation, root, opened)
SELECT a.story, a.conversation, a.digest, min(a.at) FROM alerts a WHERE a.digest = $1
GROUP BY a.story, a.conversation, a.digest
ON CONFLICT (story, conversation) DO UPDATE SET root = excluded.root
WHERE threads.receipt IS NULL
    AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.key = threads.root AND d.state <> 'failed')
"""
SENT = """
UPDATE deliveries SET state = 'sent', receipt = $2, closed_at = $3, error = NULL, lease_owner = NULL, lease_until = NULL
WHERE key = $1 AND state <> 'sent'
RETURNING conversation, verb, story, alert
"""
POSTED = "UPDATE alerts SET posted = $2 WHERE id = $1 AND posted IS NULL"
POSTED_BAG = "UPDATE alerts SET posted = $2 WHERE digest = $1 AND posted IS NULL"
OPENED = "UPDATE threads SET receipt = $4 WHERE story = $1 AND conversation = $2 AND root = $3"
OPENED_BAG = """
UPDATE threads SET receipt = $3
WHERE story IN (SELECT story FROM alerts WHERE digest = $1) AND conversation = $2 AND root = $1
"""
REPLACED = "UPDATE threads SET receipt = $3 WHERE story = $1 AND conversation = $2"
STARTED = """
UPDATE threads SET root = $3, receipt = $4 WHERE story = $1 AND conversation = $2 AND receipt IS NULL
"""
AGAIN = """
UPDATE deliveries SET due = $3, attempts = $4, error = $5, lease_owner = NULL, lease_until = NULL
WHERE key = $1 AND lease_owner = $2 AND state = 'pending'
"""
GAVE_UP = """
UPDATE deliveries SET state = 'failed', closed_at = $3, error = $4, lease_owner = NULL, lease_until = NULL
WHERE key = $1 AND lease_owner = $2 AND state = 'pending'
"""
# Sealed from the beginning: what they hold was decided when it was found.
DUE_DIGESTS = """
INSERT INTO deliveries (key, conversation, verb, due, story, text, attempts, sealed)
SELECT key, conversation, verb, due, story, '', 0, 1 FROM digests WHERE due <= $1 ORDER BY due, key
ON CONFLICT DO NOTHING
"""
NO_DIGESTS = "DELETE FROM digests WHERE due <= $1"
PARK = (
    "INSERT INTO parked (conversation, why) VALUES ($1, $2) ON CONFLICT (conversation) DO UPDATE SET why = excluded.why"
)
RELEASE = "DELETE FROM parked WHERE conversation = $1"
PARKED = "SELECT conversation, why FROM parked ORDER BY conversation"
WAITING = """
SELECT count(*), min(CASE WHEN p.conversation IS NULL THEN d.due END)
FROM deliveries d LEFT JOIN parked p ON p.conversation = d.conversation WHERE d.state = 'pending'
"""
FAILED = "SELECT count(*) FROM deliveries WHERE state = 'failed'"
ALERTS_FOR = f"""
SELECT {ALERT}, a.posted FROM alerts a WHERE a.entry = $1 AND a.conversation = $2 ORDER BY a.at, a.seq
"""
LAST_ALERT = f"""
SELECT {ALERT} FROM alerts a WHERE a.conversation = $1 AND a.outcome = 'spoken' ORDER BY a.at DESC, a.seq DESC LIMIT 1
"""
TALLY = """
SELECT coalesce(sum(CASE WHEN outcome <> 'silent' THEN 1 END), 0),
    coalesce(sum(CASE WHEN outcome <> 'silent' AND posted IS NOT NULL THEN 1 END), 0),
    coalesce(sum(CASE WHEN outcome = 'folded' THEN 1 END), 0),
    coalesce(sum(CASE WHEN reason = 'muted' THEN 1 END), 0)
FROM alerts WHERE conversation = $1 AND at >= $2 AND at < $3
"""
UPCOMING = f"""
SELECT {THREAD}, {KNOWN} FROM deadlines d JOIN entries e ON e.id = d.entry JOIN threads t ON t.story = e.story
WHERE d.due >= $1 AND d.due <= $2 ORDER BY d.due, e.id, t.conversation
"""
THREAD_WIDTH = 5
DAY = timedelta(days=1)


class StoredOutbox:
    """The `Outbox` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def enqueue(self, deliveries: Sequence[Delivery], alerts: Sequence[Alert] = ()) -> int:
        """Add what is not there yet (by key) outside a poll: reminders, notes; return how many were new."""
        return await self._database.write(record(alerts, deliveries))

    async def due_digests(self, *, now: datetime) -> int:
        """Put the planned digests whose hour has come at the end of their lanes; return how many."""
        return await self._database.write(_due_digests(micros(now)))

    async def claim(
        self, *, now: datetime, owner: str, lease: timedelta, busy: Sequence[Conversation], limit: int
    ) -> Sequence[Parcel]:
        """Lease the oldest unsent delivery of each conversation that is not busy nor parked, if it is due.

        A conversation whose oldest is leased or not yet due gives nothing: order is kept.
        Claiming a digest seals its bag.
        """
        conversations = [str(conversation) for conversation in busy] or [""]
        plan = _claim(conversations, owner, micros(now + lease), micros(now), limit)
        claimed, parcels = await self._database.write(plan, durable=False)
        return parcels if parcels or not claimed else await self._database.write(_seal(claimed))

    async def sent(
        self,
        key: DeliveryKey,
        receipt: Receipt,
        *,
        owner: str,
        now: datetime,
        lease: timedelta | None = None,
    ) -> Parcel | None:
        """Record that it was posted, and its receipt for the thread it opened: one transaction.

        Whoever says so, once: a post whose lease ended meanwhile is posted all the same.
        With `lease`, lease the conversation's next delivery in the same transaction, if it is due, and return it.
        """
        until = None if lease is None else micros(now + lease)
        return await self._database.write(_sent_and_next(key, storable(receipt), owner, micros(now), until))

    async def again(self, key: DeliveryKey, *, owner: str, at: datetime, attempts: int, why: str) -> None:
        """Put it back, not before `at`; nothing happens if the lease is another's by now."""
        await self._database.write(run(AGAIN, key, owner, micros(at), attempts, storable(why)))

    async def gave_up(self, key: DeliveryKey, *, owner: str, why: str, now: datetime) -> None:
        """Record that it will never be posted, and why; nothing happens if the lease is another's by now."""
        await self._database.write(run(GAVE_UP, key, owner, micros(now), storable(why)))

    async def hold(self, key: DeliveryKey, *, owner: str, until: datetime) -> None:
        """Put a claimed delivery back until quiet hours end; its lane waits, but for what is urgent."""
        await self._database.write(quiet.hold(key, owner, micros(until)))

    async def release(self, conversation: Conversation, *, held: datetime, now: datetime, more_than: int) -> bool:
        """Record what quiet hours held until `held`, and fold its cards into one digest if they are `more_than` that.

        Return whether they were folded: what was claimed before may be gone.
        """
        plan = quiet.release(str(conversation), micros(held), micros(now), more_than)
        return await self._database.write(plan)

    async def wake(self, conversation: Conversation, *, now: datetime) -> None:
        """Look again at what quiet hours hold: a conversation changed them."""
        await self._database.write(run(quiet.WAKE, str(conversation), micros(now)))

    async def park(self, conversation: Conversation, why: str | None) -> None:
        """Hold a conversation's deliveries (None releases them)."""
        plan = run(RELEASE, str(conversation)) if why is None else run(PARK, str(conversation), storable(why))
        await self._database.write(plan)

    async def backlog(self) -> Backlog:
        """Return what waits; `oldest` is the earliest due of those that are not parked."""
        return await self._database.read(_backlog())

    async def next_due(self, *, now: datetime) -> datetime | None:
        """Return when the next delivery or lease needs a look, `now` if one waits already."""
        rows = await self._database.read(select(NEXT_DUE))
        due = maybe_moment(rows[0][0])
        return due if due is None else max(due, now)

    async def alerts_for(self, entry: EntryId, conversation: Conversation) -> Sequence[tuple[Alert, datetime | None]]:
        """Return the decisions about an entry in a conversation, oldest first, with when each was posted."""
        rows = await self._database.read(select(ALERTS_FOR, entry, str(conversation)))
        return [(to_alert(row), maybe_moment(row[-1])) for row in rows]

    async def tally(self, conversation: Conversation, *, since: datetime, until: datetime) -> Tally:
        """Count what was decided from `since` to before `until`."""
        rows = await self._database.read(select(TALLY, str(conversation), micros(since), micros(until)))
        matched, delivered, folded, muted = map(int, rows[0])
        return Tally(matched=matched, delivered=delivered, folded=folded, muted=muted)

    async def last_alert(self, conversation: Conversation) -> Alert | None:
        """Return the newest spoken alert of a conversation."""
        rows = await self._database.read(select(LAST_ALERT, str(conversation)))
        return to_alert(rows[0]) if rows else None

    async def upcoming(self, *, now: datetime, until: datetime) -> Sequence[tuple[Thread, Known]]:
        """Return the threads that stand on what has a deadline between the day of `now` and `until`."""
        return await self._database.read(_upcoming(micros(now - DAY), micros(until)))


def _upcoming(since: int, until: int) -> Plan[list[tuple[Thread, Known]]]:
    rows = dict.fromkeys((yield from select(UPCOMING, since, until)))
    return [(to_thread(row[:THREAD_WIDTH]), to_known(row[THREAD_WIDTH:])) for row in rows]


def _due_digests(now: int) -> Plan[int]:
    due = (yield from run(DUE_DIGESTS, now)).changed
    yield from run(NO_DIGESTS, now)
    return due


def _claim(busy: Sequence[str], owner: str, until: int, now: int, limit: int) -> Plan[tuple[list[Row], list[Parcel]]]:
    """Lease; return the rows and no parcels yet if there are bags to close first, which has to be durable."""
    result = yield from run(listed(CLAIM, busy, first=5), owner, until, now, limit, *padded(busy))
    claimed = sorted(result.rows)
    if any(row[3] == Verb.DIGEST and not row[-1] for row in claimed):
        return claimed, []
    return claimed, (yield from filled([row[1:-1] for row in claimed]))


def _seal(claimed: Sequence[Row]) -> Plan[list[Parcel]]:
    """Close the bags of digests: what folds from now on waits for the next one."""
    for _, key, conversation, verb, *_, sealed in claimed:
        if verb == Verb.DIGEST and not sealed:
            yield from run(SEAL_ALERTS, key, conversation)
            yield from run(SEAL, key)
            yield from run(ADOPT, key)
    return (yield from filled([row[1:-1] for row in claimed]))


def _sent_and_next(key: str, receipt: str, owner: str, now: int, until: int | None) -> Plan[Parcel | None]:
    conversation = yield from _sent(key, receipt, now)
    if until is None or conversation is None:
        return None
    claimed = (yield from run(NEXT_IN_LANE, conversation, owner, until, now)).rows
    parcels = yield from _seal(claimed)
    return parcels[0] if parcels else None


def _sent(key: str, receipt: str, now: int) -> Plan[str | None]:
    """Return the conversation, or None if it was recorded before."""
    result = yield from run(SENT, key, receipt, now)
    if not result.rows:
        return None
    conversation, verb, story, alert = result.rows[0]
    if alert is not None:
        yield from run(POSTED, alert, now)
    match verb:
        case "root":
            yield from run(POSTED_BAG, key, now)
            yield from run(OPENED, story, conversation, key, receipt)
        case "digest":
            yield from run(POSTED_BAG, key, now)
            yield from run(OPENED_BAG, key, conversation, receipt)
        case "edit":
            yield from run(REPLACED, story, conversation, receipt)
        case "reply":
            if alert is None:
                yield from run(POSTED_BAG, key, now)
            # Its root failed for good, or the thread would have a receipt: later replies stand under this one.
            yield from run(STARTED, story, conversation, key, receipt)
        case _:
            pass
    return str(conversation)


def _backlog() -> Plan[Backlog]:
    parked = yield from select(PARKED)
    waiting = yield from select(WAITING)
    failed = yield from select(FAILED)
    return Backlog(
        waiting=waiting[0][0],
        failed=failed[0][0],
        parked={Conversation.parse(conversation): why for conversation, why in parked},
        oldest=maybe_moment(waiting[0][1]),
    )
