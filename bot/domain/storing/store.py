"""All ports of the store together."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.domain.storing.calendars import Calendars
    from bot.domain.storing.entries import Entries
    from bot.domain.storing.gists import Gists
    from bot.domain.storing.history import History
    from bot.domain.storing.inbox import Inbox
    from bot.domain.storing.outbox import Outbox
    from bot.domain.storing.preferences import PreferenceBook
    from bot.domain.storing.sources import Sources
    from bot.domain.storing.stories import Stories
    from bot.domain.storing.vocabularies import Vocabularies
    from bot.domain.storing.watches import Watches


class Store(Protocol):
    """The one place that remembers."""

    @property
    def sources(self) -> "Sources": ...
    @property
    def watches(self) -> "Watches": ...
    @property
    def vocabularies(self) -> "Vocabularies": ...
    @property
    def entries(self) -> "Entries": ...
    @property
    def stories(self) -> "Stories": ...
    @property
    def outbox(self) -> "Outbox": ...
    @property
    def inbox(self) -> "Inbox": ...
    @property
    def preferences(self) -> "PreferenceBook": ...
    @property
    def gists(self) -> "Gists": ...
    @property
    def history(self) -> "History": ...
    @property
    def calendars(self) -> "Calendars": ...

    async def ping(self) -> None:
        """Return if the store answers; raise StoreError."""
        ...

    async def take_over(self) -> None:
        """Release every lease: only for a process that knows that no other works on this store."""
        ...

    async def backup(self, to: Path) -> None:
        """Write a consistent copy while running."""
        ...

    async def prune(self, before: datetime, *, limit: int = 10_000) -> int:
        """Forget at most `limit` deliveries closed and lines answered before then; return how many.

        Alerts and threads stay.

        A forgotten key could be enqueued again: let `before` be months ago.
        """
        ...
