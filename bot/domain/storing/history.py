"""The store's port for what entries were."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.entries import Entry, EntryId


class History(Protocol):
    """What entries said before they changed."""

    async def of(self, entry: EntryId) -> Sequence[tuple[datetime, Entry]]:
        """Return what an entry was before each of its changes, without its text, oldest first.

        With each comes when the change was seen. Work items, publications and meetings have a history.
        """
        ...
