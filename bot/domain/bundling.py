"""Documents come in bursts: those of one meeting are told together, never one post each."""

from datetime import UTC, datetime, timedelta

from bot.domain.alerts import Alert, Delivery, DeliveryKey, Reason, Thread, Verb
from bot.domain.entries import Kind
from bot.domain.ids import digest

SLOT = timedelta(hours=6)
"""Documents of this long are one reply: at most four a day in one thread, however fast they are registered."""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def is_bundled(alert: Alert) -> bool:
    """Tell whether an alert is told together with others of its kind: corrections only change the card."""
    return alert.now.entry.kind is Kind.DOCUMENT and alert.reason is not Reason.EDITED


def reply_for(alert: Alert, thread: Thread, due: datetime | None = None) -> Delivery:
    """Return the reply that tells together all documents that came until it is due, or in this slot."""
    due = due or EPOCH + ((alert.at - EPOCH) // SLOT + 1) * SLOT
    key = DeliveryKey(f"group-documents-{digest('documents', alert.conversation, thread.story, due)}")
    return Delivery(key=key, conversation=alert.conversation, verb=Verb.REPLY, due=due, story=thread.story)
