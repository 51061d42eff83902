"""The store's port for better summaries of cards."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from bot.domain.alerts import Alert, Delivery, Thread
from bot.domain.precis import Precis
from bot.domain.values import by_value


@by_value
class Candidate:
    """A card that was posted and may be summarised better.

    Attributes:
        alert: what opened the thread.
        full_text: whether its source's articles are to be read; None if its teasers decide.

    """

    thread: Thread
    alert: Alert
    full_text: bool | None = None


class Gists(Protocol):
    """Better summaries of cards, what language models answered, and what that cost."""

    async def wanted(self, *, since: datetime, limit: int) -> Sequence[Candidate]:
        """Return cards of news, posted since then, of which nobody has tried a better summary."""
        ...

    async def keep(self, candidate: Candidate, precis: Precis | None, edit: Delivery | None, *, now: datetime) -> None:
        """Remember a card's summary, or that there is no better one, and plan its edit: one transaction."""
        ...

    async def answer(self, question: str) -> str | None:
        """Return what a model answered to this before."""
        ...

    async def remember(self, question: str, answer: str, *, now: datetime) -> None:
        """Keep what a model answered."""
        ...

    async def spend(self, day: date, tokens: int, *, most: int) -> bool:
        """Take tokens out of a day's purse; False, and nothing is taken, if that would be more than `most` in all."""
        ...

    async def charge(self, day: date, tokens: int) -> None:
        """Correct what was taken by what was charged: a difference, of either sign."""
        ...
