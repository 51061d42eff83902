"""What follows in the store from a person's word on which entries belong together."""

from dataclasses import replace

from bot.domain.alerts import StoryId
from bot.domain.entries import EntryId
from bot.domain.storing.stories import Mending, Uniting
from storage.commit import NEXT_STORIES, STORY, THREAD, UNTIED, record, tie
from storage.database import Plan, each, run, select
from storage.rows import story_row, thread_row
from storage.surroundings import standing

PARTED_ENTRY = "UPDATE entries SET story = $2 WHERE id = $1"
PARTED_ALERTS = "UPDATE alerts SET story = $3 WHERE entry = $1 AND story = $2"
PARTED_DELIVERIES = """
UPDATE deliveries SET story = $3 WHERE story = $2 AND state = 'pending'
    AND alert IN (SELECT id FROM alerts WHERE entry = $1)
"""
JOINED = (
    "UPDATE entries SET story = $2 WHERE story = $1",
    "UPDATE alerts SET story = $2 WHERE story = $1",
    "UPDATE deliveries SET story = $2 WHERE story = $1 AND state = 'pending' AND verb <> 'edit'",
    "UPDATE digests SET story = $2 WHERE story = $1",
    # Whoever follows only the story that ends follows the other from now on, in the thread that stands.
    """
    UPDATE threads SET story = $2 WHERE story = $1
        AND NOT EXISTS (SELECT 1 FROM threads t WHERE t.story = $2 AND t.conversation = threads.conversation)
    """,
    "DELETE FROM threads WHERE story = $1 AND $2 <> ''",
)

# What a story has when it ends, so that it can stand again.
REMEMBERED = (
    """
    INSERT INTO united_entries (entry, story) SELECT id, story FROM entries WHERE story = $1 AND $2 <> ''
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO united_threads (story, conversation, root, opened, receipt, moved)
    SELECT story, conversation, root, opened, receipt, NOT EXISTS (
        SELECT 1 FROM threads t WHERE t.story = $2 AND t.conversation = threads.conversation
    ) FROM threads WHERE story = $1 ON CONFLICT DO NOTHING
    """,
    "DELETE FROM ties WHERE story = $1 AND $2 <> ''",
)
# A card that was never tried stands in the thread that goes on, if that was posted; corrections of it have no object.
CARDS = (
    """
    UPDATE alerts SET reason = 'same-story' WHERE id IN (
        SELECT d.alert FROM deliveries d JOIN threads t ON t.story = $2 AND t.conversation = d.conversation
        WHERE d.story = $1 AND d.state = 'pending' AND d.verb = 'root' AND d.attempts = 0 AND d.lease_owner IS NULL
            AND t.receipt IS NOT NULL
    )
    """,
    """
    UPDATE deliveries SET verb = 'reply' WHERE story = $1 AND state = 'pending' AND verb = 'root'
        AND alert IN (SELECT id FROM alerts WHERE story = $1 AND reason = 'same-story') AND $2 <> ''
    """,
    """
    DELETE FROM deliveries WHERE story = $1 AND state = 'pending' AND verb = 'edit' AND lease_owner IS NULL
        AND EXISTS (SELECT 1 FROM threads t WHERE t.story = $2 AND t.conversation = deliveries.conversation)
    """,
    "UPDATE deliveries SET story = $2 WHERE story = $1 AND state = 'pending' AND verb = 'edit'",
)
# What a person parted stays parted from whatever its story becomes.
STAY_PARTED = (
    "INSERT INTO partings (one, other) SELECT $2, other FROM partings WHERE one = $1 ON CONFLICT DO NOTHING",
    "INSERT INTO partings (one, other) SELECT one, $2 FROM partings WHERE other = $1 ON CONFLICT DO NOTHING",
)
# The story that the entry was in; else the last that ended in the one it is in.
ENDED = """
SELECT u.story, e.story FROM entries e JOIN entries o ON o.story = e.story JOIN united_entries u ON u.entry = o.id
WHERE e.id = $1 AND u.story <> e.story ORDER BY u.entry = e.id DESC, u.rowid DESC LIMIT 1
"""
NEXT_REVISION = "UPDATE counters SET value = value + 1 WHERE name = 'stories'"
MINE = "(SELECT entry FROM united_entries WHERE story = $1)"
RETURNED = (
    f"""
    UPDATE deliveries SET story = $1 WHERE story = $2 AND state = 'pending'
        AND alert IN (SELECT id FROM alerts WHERE story = $2 AND entry IN {MINE})
    """,
    f"UPDATE alerts SET story = $1 WHERE story = $2 AND entry IN {MINE}",
    f"UPDATE entries SET story = $1 WHERE story = $2 AND id IN {MINE}",
    """
    UPDATE threads SET story = $1 WHERE story = $2 AND EXISTS (
        SELECT 1 FROM united_threads u WHERE u.story = $1 AND u.conversation = threads.conversation AND u.moved = 1
    )
    """,
    """
    INSERT INTO threads (story, conversation, root, opened, receipt)
    SELECT story, conversation, root, opened, receipt FROM united_threads
    WHERE story = $1 AND receipt IS NOT NULL AND $2 <> '' ON CONFLICT DO NOTHING
    """,
    "DELETE FROM united_threads WHERE story = $1 AND $2 <> ''",
    "DELETE FROM united_entries WHERE story = $1 AND $2 <> ''",
)
PARTED = ("INSERT INTO partings (one, other) VALUES ($1, $2), ($2, $1) ON CONFLICT DO NOTHING",)


def mend(mending: Mending, grow: Plan[None]) -> Plan[None]:
    """Plan a mending; `grow` writes what became of the clusters."""
    yield from run(NEXT_STORIES, mending.revision, guard=1)
    yield from grow
    yield from each(STORY, [story_row(mending.story)])
    if mending.entry is not None:
        yield from run(PARTED_ENTRY, mending.entry, mending.story.id)
        yield from run(PARTED_ALERTS, mending.entry, mending.other, mending.story.id)
        yield from run(PARTED_DELIVERIES, mending.entry, mending.other, mending.story.id)
    elif mending.other is not None:
        for sql in JOINED:
            yield from run(sql, mending.other, mending.story.id)
    yield from each(THREAD, map(thread_row, mending.threads))
    yield from record(mending.alerts, mending.deliveries)


def unite(uniting: Uniting) -> Plan[None]:
    """Plan the end of younger stories; what each had is remembered, and what waits as a card of it is a reply."""
    yield from run(NEXT_STORIES, uniting.revision, guard=1)
    for union in uniting.unions:
        yield from each(STORY, [story_row(union.story)])
        for ended in union.ended:
            for sql in (*REMEMBERED, *CARDS, *JOINED, *STAY_PARTED):
                yield from run(sql, ended.id, union.story.id)
        yield from tie([union.story])
    yield from record((), uniting.deliveries)


def part(entry: EntryId) -> Plan[StoryId | None]:
    """Plan the return of a story that ended; it and the one that went on are never united again."""
    rows = yield from select(ENDED, entry)
    if not rows:
        return None
    before, now = rows[0]
    yield from run(NEXT_REVISION)
    for sql in (*RETURNED, *PARTED):
        yield from run(sql, before, now)
    stories, _ = yield from standing([before, now])
    alone = next(story for story in stories if story.id == before)
    left = [replace(story, identities=story.identities - alone.identities) for story in stories if story.id == now]
    yield from each(STORY, map(story_row, left))
    yield from each(UNTIED, ((now,),))
    yield from tie([alone, *left])
    return StoryId(before)
