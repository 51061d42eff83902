"""The store's port for stories."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from bot.domain.alerts import Alert, Delivery, Story, StoryId, Thread
from bot.domain.chat import Conversation, Receipt
from bot.domain.entries import EntryId
from bot.domain.values import by_value

if TYPE_CHECKING:
    from bot.domain.clustering import Frequency, Grown
    from bot.domain.likeness import Cluster


@by_value
class Mending:
    """What a person said about which entries belong together.

    Attributes:
        revision: of the stories that it was decided under.
        story: where the entry or the story `other` belongs; the new one of an entry that is parted.
        entry: whose story changes; None if all of `other`'s change.
        other: the story that it is taken out of, or that ends.
        grown: what became of the clusters.

    """

    revision: int
    story: Story
    entry: EntryId | None
    other: StoryId | None
    grown: "Grown"
    alerts: Sequence[Alert] = ()
    threads: Sequence[Thread] = ()
    deliveries: Sequence[Delivery] = ()


@by_value
class Union:
    """Stories that are one.

    Attributes:
        story: the elder, with what all of them are known by.
        ended: the younger ones.

    """

    story: Story
    ended: Sequence[Story]


@by_value
class Uniting:
    """Standing stories that turned out to be one, and what is said of it.

    Attributes:
        revision: of the stories that it was decided under.

    """

    revision: int
    unions: Sequence[Union]
    deliveries: Sequence[Delivery] = ()


class Stories(Protocol):
    """What is told together, and who follows it."""

    async def standing(self, stories: Sequence[StoryId]) -> tuple[Sequence[Story], Sequence[Thread]]:
        """Return those of these stories that are followed, and their threads."""
        ...

    async def clusters(self) -> "tuple[int, Sequence[Cluster], Frequency]":
        """Return the stories' revision, and all that is remembered of news, as it was written last."""
        ...

    async def revision(self) -> int:
        """Return what changes whenever any story begins, grows or is mended."""
        ...

    async def told(self, entries: Sequence[EntryId]) -> Mapping[EntryId, StoryId]:
        """Return the stories that entries are in; those that nobody watches are in none."""
        ...

    async def under(self, conversation: Conversation, message: Receipt) -> Sequence[Alert]:
        """Return what a message speaks of, oldest first: a card, a digest, a reply, or what stands in a thread."""
        ...

    async def mend(self, mending: "Mending") -> None:
        """Part or join stories, with their threads and what waits to be said of them: one transaction.

        StoreConflict if stories have changed since the decision was made.
        """
        ...

    async def unite(self, uniting: Uniting) -> None:
        """Let the elder of several stories go on with all that the younger ones have: one transaction.

        Where a conversation follows only a younger one, its thread becomes the elder's. StoreConflict as for `mend`.
        """
        ...

    async def parted(self, entry: EntryId) -> StoryId | None:
        """Part for good what `unite` made one: the story that this entry was in stands again, with its threads.

        If it was in no other: the last that ended in its story. Return which stands again; None if there is none.
        """
        ...
