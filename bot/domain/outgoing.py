"""How what was decided is said: as cards, replies, groups of versions, edits, or kept for a digest. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.alerts import (
    UNROOTED,
    Alert,
    Delivery,
    DeliveryKey,
    Outcome,
    Reason,
    Story,
    StoryId,
    Thread,
    Verb,
    is_digest,
    is_group,
)
from bot.domain.bundling import is_bundled, reply_for
from bot.domain.chat import Conversation
from bot.domain.entries import EntryId, Kind
from bot.domain.ids import digest

BURST_WINDOW = timedelta(minutes=1)
"""A digest waits this long for the rest of its burst."""
GROUPING, LONGEST_GROUPING = timedelta(minutes=30), timedelta(hours=24)
"""How soon a thread first hears of further versions; then after twice as long, and again, at last once a day."""


@dataclass(slots=True, kw_only=True)
class Plan:
    """What a page sets going, growing change by change."""

    stories: dict[StoryId, Story] = field(default_factory=dict)
    joined: dict[EntryId, StoryId] = field(default_factory=dict)
    threads: dict[tuple[Conversation, StoryId], Thread] = field(default_factory=dict)
    opened: list[Thread] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    digests: dict[DeliveryKey, Delivery] = field(default_factory=dict)


def say(
    made: Plan,
    roots: list[tuple[Alert, Thread]],
    alert: Alert,
    thread: Thread | None,
    now: datetime,
    *,
    due: datetime | None = None,
) -> None:
    """Tell an alert at once: as a card or a reply, and what says nothing new with others of its sort."""
    if thread is not None and is_bundled(alert):
        _bundle(made, roots, alert, thread, due)
        return
    if thread is not None and alert.reason is Reason.SAME_STORY and alert.now.entry.kind is Kind.NEWS:
        _group(made, alert, thread, now)
        return
    made.alerts.append(alert)
    if thread is not None:
        _reply(made, alert, thread, now)
    else:
        roots.append((alert, _open(made, alert, now)))


def keep(made: Plan, alert: Alert, thread: Thread | None, planned: Delivery) -> None:
    """Keep an alert for a planned digest, which becomes the root of its story's thread."""
    made.alerts.append(replace(alert, outcome=Outcome.FOLDED, digest=planned.key))
    if thread is None:
        made.digests.setdefault(planned.key, planned)
        thread = Thread(conversation=alert.conversation, story=alert.story, root=planned.key, opened=alert.at)
        made.threads[alert.conversation, alert.story] = thread
        made.opened.append(thread)


def _reply(made: Plan, alert: Alert, thread: Thread, now: datetime) -> None:
    """Bring the card up to date, and say it in the thread unless it is only a correction.

    A digest is no card: it stays as it was posted, and corrections to one of its lines are told below it.
    """
    folded = is_digest(thread.root)
    if alert.reason is not Reason.EDITED or folded:
        made.deliveries.append(_delivery(Verb.REPLY, alert, now))
    if not folded:
        _edit(made, alert, now)


def _bundle(
    made: Plan, roots: Sequence[tuple[Alert, Thread]], alert: Alert, thread: Thread, due: datetime | None
) -> None:
    """Put a document onto the card that this page opens, else onto the card and into the next reply about documents.

    That is `due` when the watch's digest would be, if it has a cadence.
    """
    if any(thread.root == opened.root for _, opened in roots):
        made.alerts.append(replace(alert, outcome=Outcome.FOLDED, digest=thread.root))
        return
    told = reply_for(alert, thread, due)
    made.alerts.append(replace(alert, outcome=Outcome.FOLDED, digest=told.key))
    if told.key not in made.digests and not is_digest(thread.root):
        _edit(made, alert, alert.at)
    made.digests.setdefault(told.key, told)


def _group(made: Plan, alert: Alert, thread: Thread, now: datetime) -> None:
    """Show a further version in the card at once, and tell of it in the thread together with others."""
    waits = GROUPING
    while thread.opened + waits <= now:
        waits += min(waits, LONGEST_GROUPING)
    due = thread.opened + waits
    key = DeliveryKey(f"group-{digest('group', alert.conversation, alert.story, due)}")
    made.alerts.append(replace(alert, outcome=Outcome.FOLDED, digest=key))
    told = Delivery(key=key, conversation=alert.conversation, verb=Verb.REPLY, due=due, story=alert.story)
    made.digests.setdefault(key, told)
    if not is_digest(thread.root):
        _edit(made, alert, now)


def _edit(made: Plan, alert: Alert, now: datetime) -> None:
    """Bring a card up to date, once for all that a page says of its story."""
    made.deliveries = [
        row
        for row in made.deliveries
        if row.verb is not Verb.EDIT or (row.conversation, row.story) != (alert.conversation, alert.story)
    ]
    made.deliveries.append(_delivery(Verb.EDIT, alert, now))


def _open(made: Plan, alert: Alert, now: datetime) -> Thread:
    thread = Thread(
        conversation=alert.conversation, story=alert.story, root=_delivery(Verb.ROOT, alert, now).key, opened=now
    )
    made.threads[alert.conversation, alert.story] = thread
    return thread


def _delivery(verb: Verb, alert: Alert, due: datetime) -> Delivery:
    return Delivery(
        key=DeliveryKey(f"{verb}-{digest(verb, alert.id)}"),
        conversation=alert.conversation,
        verb=verb,
        due=due,
        alert=alert.id,
        story=alert.story,
    )


def post_or_fold(
    made: Plan, roots: Sequence[tuple[Alert, Thread]], recent: Mapping[Conversation, int], *, now: datetime, burst: int
) -> None:
    """Post the root cards of a conversation one by one, or fold them all into its next digest (design §3)."""
    by_conversation: dict[Conversation, list[tuple[Alert, Thread]]] = {}
    for alert, thread in roots:
        by_conversation.setdefault(alert.conversation, []).append((alert, thread))
    for where, mine in by_conversation.items():
        if recent.get(where, 0) + len(mine) <= burst:
            made.opened += [thread for _, thread in mine]
            # The cards go before the replies that were planned on them.
            made.deliveries[:0] = [_delivery(Verb.ROOT, alert, now) for alert, _ in mine]
        else:
            _fold(made, mine, where, now)


def _fold(made: Plan, mine: Sequence[tuple[Alert, Thread]], where: Conversation, now: datetime) -> None:
    """Mark the alerts of these stories as folded, and make sure that a digest will come for them.

    The store puts folded alerts into the conversation's open digest; a thread without a root
    waits for that digest, so that nobody opens a second one for the story.
    """
    stories, roots = {alert.story for alert, _ in mine}, {thread.root for _, thread in mine}
    concerned = [row for row in made.alerts if row.conversation == where and row.story in stories]
    folded = {
        row.id for row in concerned if row.outcome is Outcome.SPOKEN or is_group(row.digest) or row.digest in roots
    }
    made.alerts = [
        replace(row, outcome=Outcome.FOLDED, digest=UNROOTED) if row.id in folded else row for row in made.alerts
    ]
    made.deliveries = [row for row in made.deliveries if row.alert not in folded]
    groups = {key for key, row in made.digests.items() if row.conversation == where and row.story in stories}
    made.digests = {key: row for key, row in made.digests.items() if key not in groups}
    made.opened += [Thread(conversation=where, story=story, root=UNROOTED, opened=now) for story in sorted(stories)]
    made.deliveries.append(
        Delivery(
            key=DeliveryKey(f"digest-{digest('digest', where, now, *sorted(folded))}"),
            conversation=where,
            verb=Verb.DIGEST,
            due=now + BURST_WINDOW,
        )
    )
