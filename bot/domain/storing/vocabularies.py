"""The store's port for what teams call things."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol


class Vocabularies(Protocol):
    """What teams call things, beside the shipped vocabulary."""

    async def all(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """Return the wordings by team (`Conversation.team`) and name, in the order they were added."""
        ...

    async def of(self, team: str) -> Mapping[str, Sequence[str]]:
        """Return one team's wordings by name."""
        ...

    async def add(self, team: str, name: str, wordings: Sequence[str], *, owner: str, now: datetime) -> int:
        """Add wordings to a set, which is made if need be; return how many were new."""
        ...

    async def remove(self, team: str, name: str, wordings: Sequence[str] = ()) -> int:
        """Take wordings out of a set, all if none are named; return how many were there."""
        ...
