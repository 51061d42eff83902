"""The record of what conversations heard, should hear, and why."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.domain.changes import Known
from bot.domain.chat import Conversation, Receipt
from bot.domain.document import Document
from bot.domain.entries import Entry, EntryId
from bot.domain.precis import Precis
from bot.domain.values import by_value
from bot.domain.watches import Hit, WatchId

StoryId = NewType("StoryId", str)
AlertId = NewType("AlertId", str)
DeliveryKey = NewType("DeliveryKey", str)


UNROOTED = DeliveryKey("")
"""The root of a thread whose digest has not been sealed yet."""


class Outcome(StrEnum):
    """What became of an alert."""

    SPOKEN = "spoken"
    FOLDED = "folded"
    SILENT = "silent"


class Reason(StrEnum):
    """Why a conversation hears of a change, or does not."""

    NEW = "new"
    NEWLY_MATCHES = "newly-matches"
    SAME_STORY = "same-story"
    ADDS = "adds"
    EDITED = "edited"
    MOVED = "moved"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    MISSING = "missing"
    BACK = "back"
    REMINDER = "reminder"
    BASELINE = "baseline"
    MUTED = "muted"
    BURST = "burst"
    COSMETIC = "cosmetic"
    COUNTED_OUT = "counted-out"
    UNASKED = "unasked"


class Verb(StrEnum):
    """What a delivery does in its conversation."""

    ROOT = "root"
    REPLY = "reply"
    EDIT = "edit"
    DIGEST = "digest"
    NOTE = "note"
    ANSWER = "answer"


@by_value
class Story:
    """Entries that tell the same thing: one thread per conversation.

    Attributes:
        identities: what its entries have in common for ever: the series of a recurring meeting.
        said: facts that its entries told so far (`bot.domain.novelty`).

    """

    id: StoryId
    title: str
    identities: frozenset[str]
    first_at: datetime
    last_at: datetime
    said: frozenset[str] = frozenset()


@by_value
class Alert:
    """The decision about one change in one conversation, always recorded.

    Attributes:
        before: the entry as it was, for updates.
        now: the entry as it is.
        watch: which watch asked, None for replies in a thread that already stands.
        hits: where it matched, in `now`.
        detail: for reminders, what is due: "contributions 2026-06-24 7"; for versions of a story, why they joined
            and what they add (`bot.domain.telling`).
        digest: key of the digest or group that it is told in, empty if by itself, or if its burst still goes on.
        held: until when quiet hours held it back, once they have ended.

    """

    id: AlertId
    conversation: Conversation
    story: StoryId
    entry: EntryId
    outcome: Outcome
    reason: Reason
    at: datetime
    now: Known
    before: Entry | None = None
    watch: WatchId | None = None
    hits: tuple[Hit, ...] = ()
    detail: str = ""
    digest: DeliveryKey = DeliveryKey("")
    held: datetime | None = None


@by_value
class Delivery:
    """One message to post, edit or thread: a row of the outbox.

    Attributes:
        key: stable idempotency key; the platform sees it.
        alert: what a root or reply speaks of.
        story: whose thread it belongs to.
        text: for notes, the words.
        due: not before; aware UTC.
        attempts: how often it was tried.
        document: for answers, the message.
        thread: for answers, the message they stand under, if any.
        urgent: it is told in quiet hours too.
        held: when the quiet hours end, or ended, that hold it back.

    """

    key: DeliveryKey
    conversation: Conversation
    verb: Verb
    due: datetime
    alert: AlertId | None = None
    story: StoryId | None = None
    text: str = ""
    attempts: int = 0
    document: Document | None = None
    thread: Receipt | None = None
    urgent: bool = False
    held: datetime | None = None


@by_value
class Thread:
    """Where a story stands in a conversation.

    Attributes:
        root: key of the delivery that opened (or will open) it: a root or a digest.
        receipt: the platform's handle once that was posted.

    """

    conversation: Conversation
    story: StoryId
    root: DeliveryKey
    opened: datetime
    receipt: Receipt | None = None


def is_digest(root: DeliveryKey) -> bool:
    """Tell whether a thread stands on a digest: on a message that speaks of other stories too."""
    return root == UNROOTED or root.startswith(f"{Verb.DIGEST}-")


def is_group(key: DeliveryKey) -> bool:
    """Tell whether a message is one reply for several versions of a story."""
    return key.startswith("group-")


def is_planned(root: DeliveryKey) -> bool:
    """Tell whether a thread stands, or will stand, on a digest that comes at its hour."""
    return root.startswith((f"{Verb.DIGEST}-daily-", f"{Verb.DIGEST}-weekly-"))


@by_value
class Parcel:
    """A claimed delivery with all it needs to become a message.

    Attributes:
        alerts: what it speaks of, oldest first: one for a root or reply, the story's for an edit,
            the bag for a digest.
        root: receipt of the message to thread under or to edit; None for a root.
        folded: that message is a digest.
        sources: source id to name, for every alert.
        watches: watch id to query, for every alert.
        precis: what a card says in place of its sources' words; None leaves those.

    """

    delivery: Delivery
    alerts: Sequence[Alert] = ()
    root: Receipt | None = None
    folded: bool = False
    sources: dict[str, str]
    watches: dict[int, str]
    precis: Precis | None = None
