"""The store's port for calendars that people subscribe to."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.domain.chat import Conversation

if TYPE_CHECKING:
    from bot.domain.agenda import Dated, Event


class Calendars(Protocol):
    """Addresses of conversations' calendars, by the hash of their secret, and what subscribers were told."""

    async def open(self, secret: str, conversation: Conversation, *, owner: str, now: datetime) -> None:
        """Let what `secret` is the hash of open a conversation's calendar."""
        ...

    async def count(self, conversation: Conversation) -> int:
        """Return how many addresses a conversation's calendar has."""
        ...

    async def whose(self, secret: str) -> Conversation | None:
        """Return whose calendar it is that the hash of a secret opens."""
        ...

    async def close(self, conversation: Conversation) -> int:
        """Let no address open a conversation's calendar any more; return how many did."""
        ...

    async def dated(self, events: Sequence["Event"], *, now: datetime) -> Sequence["Dated"]:
        """Return events with their SEQUENCE and LAST-MODIFIED; what differs from what was told last is counted up."""
        ...
