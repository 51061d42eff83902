"""Everything that one poll changes, written at once or not at all."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from bot.domain.alerts import Alert, Delivery, DeliveryKey, Story, Verb
from bot.domain.changes import Known
from bot.domain.entries import Kind
from bot.domain.identity_graph import is_tie
from bot.domain.storing.sources import Outcomes
from storage.clusters import grow
from storage.database import Plan, Row, each, run, within
from storage.messages import delivery_row
from storage.quiet import TAKE_ALONG
from storage.rows import (
    alert_row,
    deadline_rows,
    entry_row,
    meeting_row,
    micros,
    storable,
    story_row,
    thread_row,
)

SETTLED = """
UPDATE sources SET url = $3, next_poll = $4, baseline = $5, health = $6, memory = $7, items = $8,
    lease_owner = NULL, lease_until = NULL
WHERE id = $1 AND lease_owner = $2
"""
NEXT_STORIES = "UPDATE counters SET value = value + 1 WHERE name = 'stories' AND value = $1"
SAME_REVISION = "UPDATE counters SET value = value WHERE name = 'watches' AND value = $1"
STORY = """
INSERT INTO stories (id, title, said, identities, first_at, last_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET title = excluded.title, said = excluded.said, identities = excluded.identities,
    first_at = excluded.first_at, last_at = excluded.last_at
"""
ADD = """
INSERT INTO entries (id, source, fingerprint, first_seen, versions, missing, gone, body_hash, url, fetched_at,
                     key, kind, title, link, text, published, updated, rest, twin, story)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
"""
STORED = "SELECT key FROM entries WHERE source = $1 AND key IN ({list})"
FREE_KEY = "UPDATE entries SET key = '~' || id WHERE id = $1 AND key <> $2"
UPDATE = """
UPDATE entries SET source = $2, fingerprint = $3, first_seen = $4, versions = $5, missing = $6, gone = $7,
    body_hash = $8, url = $9, fetched_at = $10, key = $11, kind = $12, title = $13, link = $14, text = $15,
    published = $16, updated = $17, rest = $18, twin = $19, story = coalesce($20, story), indexed = -abs(indexed)
WHERE id = $1
"""
JOIN = "UPDATE entries SET story = $2 WHERE id = $1"
# Numbered by the second they begin in and how many begin in it already (storage/migrations/0014_meetings.sql).
MEETING = """
INSERT INTO meetings (entry, source, starts_at, ends_at, grp, haystack, number) VALUES ($1, $2, $3, $4, $5, $6, (
    SELECT coalesce(max(number) + 1, $3 / 1000000 * 1000000) FROM meetings
    WHERE number >= $3 / 1000000 * 1000000 AND number < $3 / 1000000 * 1000000 + 1000000
)) ON CONFLICT (entry) DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at,
    number = CASE WHEN starts_at = excluded.starts_at THEN number ELSE excluded.number END,
    grp = excluded.grp, haystack = excluded.haystack
"""
NO_MEETING = "DELETE FROM meetings WHERE entry = $1"
# By number, for FTS5 begins a new piece whenever one is lower than the last.
FORGET_PARTS = """
INSERT INTO meeting_parts (meeting_parts, rowid, haystack)
SELECT 'delete', number, haystack FROM meetings WHERE entry IN ({list}) ORDER BY number
"""
ADD_PARTS = """
INSERT INTO meeting_parts (rowid, haystack)
SELECT number, haystack FROM meetings WHERE entry IN ({list}) ORDER BY number
"""
THREAD = """
INSERT INTO threads (story, conversation, root, opened, receipt) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
"""
ALERT = """
INSERT INTO alerts (id, conversation, story, entry, outcome, reason, at, watch, detail, hits, now, before, digest)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT DO NOTHING
"""
DELIVERY = """
INSERT INTO deliveries (key, conversation, verb, due, alert, story, text, attempts, urgent, held)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT DO NOTHING
"""
# A planned digest that has gone to its lane is closed: what comes later for it goes into one after it.
UNTIED = "DELETE FROM ties WHERE story = $1"
TIE = "INSERT INTO ties (tie, story) VALUES ($1, $2) ON CONFLICT DO NOTHING"
NO_DEADLINES = "DELETE FROM deadlines WHERE entry = $1"
DEADLINE = "INSERT INTO deadlines (entry, what, due) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
CLOSED = "SELECT key FROM deliveries WHERE key IN ({list})"
DIGEST = """
INSERT INTO digests (key, conversation, due, verb, story) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
"""


def commit(outcomes: Outcomes, settled: Row) -> Plan[None]:
    """Plan a poll's outcomes; `settled` is the source's new state (url, next poll, baseline, health, memory, items)."""
    yield from run(SETTLED, outcomes.tracked.source.id, outcomes.owner, *settled, guard=1)
    yield from run(SAME_REVISION, outcomes.revision, guard=1)
    if outcomes.stories or outcomes.grown:
        yield from run(NEXT_STORIES, outcomes.stories_revision, guard=1)
    yield from each(STORY, map(story_row, outcomes.stories))
    yield from tie(outcomes.stories)
    if outcomes.grown:
        yield from grow(outcomes.grown)
    yield from _update(outcomes)
    yield from _add(outcomes)
    written = {known.id for known in (*outcomes.added, *outcomes.updated)}
    yield from each(JOIN, ((entry, story) for entry, story in outcomes.joined.items() if entry not in written))
    outcomes = yield from _open_digests(outcomes)
    yield from each(THREAD, map(thread_row, outcomes.threads))
    yield from each(DIGEST, map(digest_row, outcomes.digests))
    yield from record(outcomes.alerts, outcomes.deliveries)


def _open_digests(outcomes: Outcomes) -> Plan[Outcomes]:
    """Put what is kept for digests that are closed by now into later ones, which come at once."""
    while wanted := {alert.digest for alert in outcomes.alerts if alert.digest}:
        closed = {DeliveryKey(key) for (key,) in (yield from within(CLOSED, sorted(wanted)))}
        if not closed:
            break
        later = {key: DeliveryKey(f"{key}+") for key in closed}
        planned = {one.key: one for one in outcomes.digests}
        late = {
            alert.digest: replace(planned.get(alert.digest) or _planned(alert), key=later[alert.digest], due=alert.at)
            for alert in outcomes.alerts
            if alert.digest in closed
        }
        outcomes = replace(
            outcomes,
            alerts=[replace(one, digest=later.get(one.digest, one.digest)) for one in outcomes.alerts],
            threads=[replace(one, root=later.get(one.root, one.root)) for one in outcomes.threads],
            digests=[*(one for one in outcomes.digests if one.key not in closed), *late.values()],
        )
    return outcomes


def _planned(alert: Alert) -> Delivery:
    return Delivery(key=alert.digest, conversation=alert.conversation, verb=Verb.DIGEST, due=alert.at)


def digest_row(planned: Delivery) -> Row:
    """Return the columns of `digests`, of what waits outside the lanes for its time."""
    return (planned.key, str(planned.conversation), micros(planned.due), planned.verb, planned.story)


def tie(stories: Sequence[Story]) -> Plan[None]:
    """Write down what stories are known by for ever; what they are no longer known by is let go."""
    ties = {story.id: sorted(filter(is_tie, story.identities)) for story in stories}
    yield from each(UNTIED, ((story,) for story, found in ties.items() if found))
    yield from each(TIE, ((storable(tie), story) for story, found in ties.items() for tie in found))


def record(alerts: Sequence[Alert], deliveries: Sequence[Delivery]) -> Plan[int]:
    """Plan alerts and deliveries that are not there yet; return how many deliveries were new.

    A digest is ignored while another of its conversation waits unsealed: that one will take the bag.
    """
    yield from each(ALERT, map(alert_row, alerts))
    urgent = [(str(one.conversation), one.story, micros(one.due)) for one in deliveries if one.urgent and one.story]
    if urgent:
        yield from each(TAKE_ALONG, urgent)
    return (yield from each(DELIVERY, map(delivery_row, deliveries)))


def _update(outcomes: Outcomes) -> Plan[None]:
    """Two passes, since entries of one page may take over each other's keys."""
    yield from each(FREE_KEY, ((known.id, storable(known.entry.key)) for known in outcomes.updated))
    yield from each(UPDATE, (entry_row(known, outcomes.joined.get(known.id)) for known in outcomes.updated))
    yield from each(NO_DEADLINES, ((known.id,) for known in outcomes.updated if known.entry.kind is not Kind.NEWS))
    yield from each(DEADLINE, chain.from_iterable(map(deadline_rows, outcomes.updated)))
    yield from _meet(outcomes.updated)


def _add(outcomes: Outcomes) -> Plan[None]:
    """What is stored already stays as it is; an id that was given twice fails loudly, for it would lose an entry."""
    fresh = {storable(known.entry.key): known for known in outcomes.added}
    for (key,) in (yield from within(STORED, fresh, outcomes.tracked.source.id)):
        del fresh[key]
    added = fresh.values()
    yield from each(ADD, (entry_row(known, outcomes.joined.get(known.id)) for known in added))
    yield from _meet(known for known in added if known.entry.kind is Kind.MEETING)
    yield from each(DEADLINE, chain.from_iterable(map(deadline_rows, added)))


def _meet(written: Iterable[Known]) -> Plan[None]:
    """Keep the meetings among what is written, and no others of it."""
    rows = {known.id: meeting_row(known) for known in written}
    yield from within(FORGET_PARTS, rows)
    yield from each(NO_MEETING, ((entry,) for entry, row in rows.items() if row is None))
    yield from each(MEETING, (row for row in rows.values() if row is not None))
    yield from within(ADD_PARTS, (entry for entry, row in rows.items() if row is not None))
