"""The store's port for how conversations want to be spoken to."""

from collections.abc import Mapping
from typing import Protocol

from bot.domain.chat import Conversation
from bot.domain.preferences import Preferences


class PreferenceBook(Protocol):
    """How conversations want to be spoken to."""

    async def all(self) -> Mapping[Conversation, Preferences]:
        """Return what every conversation that has something of its own wants."""
        ...

    async def of(self, conversation: Conversation) -> Preferences | None:
        """Return what a conversation wants; None if it has nothing of its own."""
        ...

    async def keep(self, conversation: Conversation, wanted: Preferences) -> None:
        """Remember what a conversation wants from now on."""
        ...

    async def begin(self, conversation: Conversation, defaults: Preferences) -> None:
        """Remember the defaults a conversation began with, unless it has something of its own."""
        ...
