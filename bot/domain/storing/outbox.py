"""The store's port for what is posted."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.alerts import Alert, Delivery, DeliveryKey, Parcel, Thread
from bot.domain.changes import Known
from bot.domain.chat import Conversation, Receipt
from bot.domain.entries import EntryId
from bot.domain.values import by_value


@by_value
class Backlog:
    """The outbox at a glance."""

    waiting: int
    failed: int
    parked: Mapping[Conversation, str]
    oldest: datetime | None


@by_value
class Tally:
    """What became of a span's decisions in a conversation.

    Attributes:
        matched: those that it was to hear of. delivered, folded: those of them that were posted, came in a digest.
        muted: those that a mute kept from it.

    """

    matched: int
    delivered: int
    folded: int
    muted: int


class Outbox(Protocol):
    """What is to be said, and what was."""

    async def enqueue(self, deliveries: Sequence[Delivery], alerts: Sequence[Alert] = ()) -> int:
        """Add what is not there yet (by key) outside a poll: reminders, notes; return how many were new."""
        ...

    async def due_digests(self, *, now: datetime) -> int:
        """Put the planned digests whose hour has come at the end of their lanes; return how many."""
        ...

    async def claim(
        self, *, now: datetime, owner: str, lease: timedelta, busy: Sequence[Conversation], limit: int
    ) -> Sequence[Parcel]:
        """Lease the oldest unsent delivery of each conversation that is not busy, if it is due.

        A conversation whose oldest is leased or not yet due gives nothing: order is kept.
        Claiming a digest seals its bag.
        """
        ...

    async def sent(
        self, key: DeliveryKey, receipt: Receipt, *, owner: str, now: datetime, lease: timedelta | None = None
    ) -> Parcel | None:
        """Record that it was posted, and its receipt for the thread it opened: one transaction.

        With `lease`, lease the conversation's next delivery in the same transaction, if it is due, and return it.
        """
        ...

    async def again(self, key: DeliveryKey, *, owner: str, at: datetime, attempts: int, why: str) -> None:
        """Put it back, not before `at`."""
        ...

    async def gave_up(self, key: DeliveryKey, *, owner: str, why: str, now: datetime) -> None:
        """Record that it will never be posted, and why."""
        ...

    async def hold(self, key: DeliveryKey, *, owner: str, until: datetime) -> None:
        """Put a claimed delivery back until quiet hours end; its lane waits, but for what is urgent."""
        ...

    async def release(self, conversation: Conversation, *, held: datetime, now: datetime, more_than: int) -> bool:
        """Record what quiet hours held until `held`, and fold its cards into one digest if they are `more_than` that.

        Return whether they were folded: what was claimed before may be gone.
        """
        ...

    async def wake(self, conversation: Conversation, *, now: datetime) -> None:
        """Look again at what quiet hours hold: a conversation changed them."""
        ...

    async def park(self, conversation: Conversation, why: str | None) -> None:
        """Hold a conversation's deliveries (None releases them)."""
        ...

    async def backlog(self) -> Backlog:
        """Return what waits."""
        ...

    async def next_due(self, *, now: datetime) -> datetime | None:
        """Return when the next delivery or lease needs a look."""
        ...

    async def alerts_for(self, entry: EntryId, conversation: Conversation) -> Sequence[tuple[Alert, datetime | None]]:
        """Return the decisions about an entry in a conversation, oldest first, with when each was posted."""
        ...

    async def tally(self, conversation: Conversation, *, since: datetime, until: datetime) -> Tally:
        """Count what was decided from `since` to before `until`."""
        ...

    async def last_alert(self, conversation: Conversation) -> Alert | None:
        """Return the newest spoken alert of a conversation."""
        ...

    async def upcoming(self, *, now: datetime, until: datetime) -> Sequence[tuple[Thread, Known]]:
        """Return the threads that stand on what has a deadline between the day of `now` and `until`."""
        ...
