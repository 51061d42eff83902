"""What follows in the store from a person's word on which entries belong together."""

from bot.domain.storing.stories import Mending
from storage.commit import NEXT_STORIES, STORY, THREAD, record
from storage.database import Plan, each, run
from storage.rows import story_row, thread_row

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
