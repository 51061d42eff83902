"""The store's port for lines that people typed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.alerts import Delivery
from bot.domain.chat import Command, Conversation


class Inbox(Protocol):
    """What people typed, from its arrival until it is answered."""

    async def take(self, commands: Sequence[Command], *, now: datetime) -> int:
        """Keep those whose ids are new on their platform; return how many."""
        ...

    async def waiting(self, limit: int, *, busy: Sequence[Conversation] = ()) -> Sequence[Command]:
        """Return what has no answer yet in conversations that are not busy, oldest first."""
        ...

    async def answered(self, command: Command, answer: Delivery, *, now: datetime) -> None:
        """Put the answer into the outbox, before alerts that wait there, and tick the command off: one transaction."""
        ...

    async def moved(self, old: Conversation, new: Conversation) -> None:
        """Give what stands in a conversation to another: watches, drafts, what waits; its threads are forgotten."""
        ...
