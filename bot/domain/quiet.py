"""Hours in which a conversation is left alone, and what is said in them all the same (design §3)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.domain.alerts import Alert, Delivery, Reason, Verb
from bot.domain.chat import Conversation
from bot.domain.entries import Entry, fact_day
from bot.domain.values import by_value

NEAR = timedelta(hours=72)
"""A deadline that is nearer is told at any hour."""
SPEAKING = frozenset({Verb.ROOT, Verb.REPLY, Verb.DIGEST, Verb.NOTE})
"""What wakes people. Answers were asked for, and nobody is told of an edit."""
_OF_DEADLINES = frozenset(
    {Reason.NEW, Reason.NEWLY_MATCHES, Reason.MOVED, Reason.CHANGED, Reason.BACK, Reason.REMINDER}
)
_DUE = ("contribution_deadline", "last_call_until", "additional_review_until", "reply_by")
"""Facts that name such a day (bot/domain/entries.py)."""
_CLOCK = re.compile(r"([01]?\d|2[0-3])(?:[:.h]([0-5]\d))?")


@by_value(kw_only=False)
class QuietHours:
    """From when to when nothing is posted, by the clock of the conversation's zone; may span midnight."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def until(self, now: datetime, zone: tzinfo) -> datetime | None:
        """Return when the quiet that holds at `now` ends, in UTC; None if it is not quiet.

        Where a zone sets its clock back, an hour that comes twice is quiet both times; an end that its clock
        skips comes as much later.
        """
        today = now.astimezone(zone).date()
        for day in (today - timedelta(days=1), today):
            last = day if self.start < self.end else day + timedelta(days=1)
            starts = _instant(day, self.start, zone, fold=0)
            ends = max(_instant(last, self.end, zone, fold=0), _instant(last, self.end, zone, fold=1))
            if starts <= now < ends:
                return ends
        return None


def quiet_hours(text: str) -> QuietHours:
    """Read "22:00-07:00", also "22-7" and "22.00 – 07.00"; ValueError if it is none, or no time at all."""
    parts = [part.strip() for part in re.split(r"\s*(?:-|–|—|to|bis|à)\s*", text.strip().lower())]
    found = [_CLOCK.fullmatch(part) for part in parts]
    start, end = (time(int(one[1]), int(one[2] or 0)) for one in found if one is not None)
    if start == end or None in found:
        raise ValueError(text)
    return QuietHours(start, end)


def clock_time(text: str) -> time | None:
    """Read "08:30", "8.30", "8h30" or "8"; None if it is no time of day."""
    found = _CLOCK.fullmatch(text.strip().lower())
    return None if found is None else time(int(found[1]), int(found[2] or 0))


def breaks_through(alert: Alert, zone: tzinfo) -> bool:
    """Tell whether an alert is told in quiet hours too: something is cancelled, or due within 72 hours."""
    if alert.reason is Reason.WITHDRAWN:
        return True
    return alert.reason in _OF_DEADLINES and any(_near(due, alert.at, zone) for due in deadlines(alert.now.entry))


def with_urgency(
    deliveries: Sequence[Delivery], alerts: Sequence[Alert], zone_of: Callable[[Conversation], tzinfo]
) -> list[Delivery]:
    """Mark the deliveries whose alerts break through."""
    urgent = {alert.id for alert in alerts if breaks_through(alert, zone_of(alert.conversation))}
    return [replace(one, urgent=True) if one.alert in urgent else one for one in deliveries]


def deadlines(entry: Entry) -> tuple[date, ...]:
    """Return the days by which somebody has to act, as its source or its body's rules say."""
    found = (fact_day(entry, name) for name in _DUE)
    return tuple(due for due in found if due is not None)


def _near(due: date, now: datetime, zone: tzinfo) -> bool:
    return due >= now.astimezone(zone).date() and _instant(due, time(), zone, fold=0) - now <= NEAR


def _instant(day: date, at: time, zone: tzinfo, *, fold: int) -> datetime:
    return datetime.combine(day, at.replace(fold=fold), tzinfo=zone).astimezone(UTC)
