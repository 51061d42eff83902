"""The store's port for what conversations want to hear about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.cadence import Cadence
from bot.domain.chat import Conversation
from bot.domain.entries import EntryId
from bot.domain.watches import Draft, Scope, Watch, WatchId


class Watches(Protocol):
    """What conversations want to hear about."""

    async def all(self) -> tuple[int, Sequence[Watch]]:
        """Return the revision and every watch, by id."""
        ...

    async def add(
        self,
        conversation: Conversation,
        query: str,
        *,
        owner: str,
        note: str,
        now: datetime,
        cadence: Cadence | None = None,
        scope: Scope = Scope.WATCH,
    ) -> Watch:
        """Store a watch; CommandError if the conversation has the same query."""
        ...

    async def pace(self, watch: WatchId, cadence: Cadence | None) -> None:
        """Change when a watch speaks; what waits for a digest already comes with that."""
        ...

    async def edit(self, watch: WatchId, query: str) -> None:
        """Change what a watch asks for, and forget the marks and what it was told.

        CommandError if its conversation has the same query.
        """
        ...

    async def mark(
        self, conversation: Conversation, entry: EntryId, watch: WatchId, *, owner: str, relevant: bool, now: datetime
    ) -> Sequence[EntryId]:
        """Record what a person thinks of an entry; return what the watch brought in vain, newest mark first."""
        ...

    async def annotate(self, watch: WatchId, note: str) -> None:
        """Change a watch's note."""
        ...

    async def draft(self, draft: Draft) -> None:
        """Keep what a person is about to watch; it takes the place of their last draft in the conversation."""
        ...

    async def drafted(self, conversation: Conversation, owner: str) -> Draft | None:
        """Return a person's draft in a conversation."""
        ...

    async def discard(self, conversation: Conversation, owner: str) -> None:
        """Forget a person's draft, if there is one."""
        ...

    async def remove(self, watch: WatchId) -> None:
        """Forget a watch; what it alerted stays recorded."""
        ...

    async def mute(self, watches: Sequence[WatchId], until: datetime | None) -> None:
        """Silence until then; None ends it."""
        ...

    async def hits(
        self, conversation: Conversation, *, since: datetime
    ) -> Mapping[WatchId, tuple[int, datetime | None]]:
        """Return, per watch, the alerts since then and when the last one ever was."""
        ...
