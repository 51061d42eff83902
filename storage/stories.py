"""Stories: who follows what, and what people mended."""

from collections.abc import Mapping, Sequence

from bot.domain.alerts import Alert, Story, StoryId, Thread
from bot.domain.chat import Conversation, Receipt
from bot.domain.clustering import Frequency
from bot.domain.entries import EntryId
from bot.domain.likeness import Cluster
from bot.domain.storing.stories import Mending, Uniting
from storage.clusters import grow, remembered
from storage.database import Database, Plan, select, within
from storage.mending import mend, part, unite
from storage.rows import ALERT, storable, to_alert
from storage.surroundings import standing

REVISION = "SELECT value FROM counters WHERE name = 'stories'"
STORIES_OF = "SELECT id, story FROM entries WHERE id IN ({list}) AND story IS NOT NULL"
UNDER = f"""
SELECT {ALERT} FROM alerts a WHERE a.conversation = $1 AND a.outcome <> 'silent' AND (
    a.id IN (SELECT d.alert FROM deliveries d WHERE d.receipt = $2 AND d.conversation = $1 AND d.alert IS NOT NULL
             AND d.verb = 'reply')
    OR a.digest IN (SELECT d.key FROM deliveries d WHERE d.receipt = $2 AND d.conversation = $1))
ORDER BY a.seq
"""
IN_THREAD = f"""
SELECT {ALERT} FROM threads t JOIN alerts a ON a.story = t.story AND a.conversation = t.conversation
WHERE t.receipt = $2 AND t.conversation = $1 AND a.outcome <> 'silent' ORDER BY a.seq
"""


class StoredStories:
    """The `Stories` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def standing(self, stories: Sequence[StoryId]) -> tuple[Sequence[Story], Sequence[Thread]]:
        """Return those of these stories that are followed, and their threads."""
        return await self._database.read(standing(stories))

    async def clusters(self) -> tuple[int, Sequence[Cluster], Frequency]:
        """Return the stories' revision, and all that is remembered of news, as it was written last."""
        return await self._database.read(remembered())

    async def revision(self) -> int:
        """Return what changes whenever any story begins, grows or is mended."""
        return int((await self._database.read(select(REVISION)))[0][0])

    async def told(self, entries: Sequence[EntryId]) -> Mapping[EntryId, StoryId]:
        """Return the stories that entries are in; those that nobody watches are in none."""
        return {EntryId(id_): StoryId(story) for id_, story in await self._database.read(within(STORIES_OF, entries))}

    async def under(self, conversation: Conversation, message: Receipt) -> Sequence[Alert]:
        """Return what a message speaks of, oldest first: a card, a digest, a reply, or what stands in a thread."""
        return await self._database.read(_under(str(conversation), storable(message)))

    async def mend(self, mending: Mending) -> None:
        """Part or join stories, with their threads and what waits to be said of them: one transaction.

        StoreConflict if stories have changed since the decision was made.
        """
        await self._database.write(mend(mending, grow(mending.grown)))

    async def unite(self, uniting: Uniting) -> None:
        """Let the elder of several stories go on with all that the younger ones have: one transaction."""
        await self._database.write(unite(uniting))

    async def parted(self, entry: EntryId) -> StoryId | None:
        """Part for good what `unite` made one; return the story that stands again, None if there is none."""
        return await self._database.write(part(entry))


def _under(conversation: str, message: str) -> Plan[list[Alert]]:
    """What a reply says goes before what stands in the thread; a card's replies are under its own message."""
    rows = yield from select(UNDER, conversation, message)
    rows = rows or (yield from select(IN_THREAD, conversation, message))
    return [to_alert(row) for row in rows]
