"""iCalendar files (RFC 5545, with RFC 7986's properties of calendars), by the icalendar library."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from bot.domain.agenda import Dated, Event

PRODUCT = "-//Rapporteur//Meetings and deadlines//EN"
REFRESH = timedelta(hours=1)
"""How often programs that subscribe may look."""
# TEXT takes no control but tab and line feed (RFC 5545 §3.1), and UTF-8 no surrogate.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def written(name: str, events: Sequence[Dated]) -> bytes:
    """Return a calendar of that name; the icalendar library is loaded when it is first needed (0.1 s).

    Without METHOD: PUBLISH would need an organizer for every event (RFC 5546 §3.2.1), and nothing is scheduled here.
    """
    from icalendar import Calendar, vText

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", vText(_line(name)))
    calendar.add("name", vText(_line(name)))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for dated in events:
        with suppress(OverflowError):  # an instant after the last day of the year 9999 in UTC
            calendar.add_component(_event(dated))
    return bytes(calendar.to_ical())


def _event(dated: Dated):  # type: ignore[no-untyped-def]  # the library's own, loaded late
    from icalendar import Event as Component

    event = dated.event
    made = Component()
    made.add("uid", event.uid)
    made.add("dtstamp", dated.modified.astimezone(UTC))
    made.add("last-modified", dated.modified.astimezone(UTC))
    made.add("sequence", dated.sequence)
    made.add("summary", _text(event.title))
    made.add("dtstart", _when(event.starts))
    ends = _end(event)
    if ends is not None:
        made.add("dtend", ends)
    made.add("status", _status(event))
    if not isinstance(event.starts, datetime):
        made.add("transp", "TRANSPARENT")  # days of a meeting elsewhere do not make anybody busy
    for label, value in (("location", event.place), ("description", event.text)):
        if value:
            made.add(label, _text(value))
    if event.link:
        made.add("url", _line(event.link))
    if event.categories:
        made.add("categories", [_text(one) for one in event.categories])
    return made


def _status(event: Event) -> str:
    if event.cancelled:
        return "CANCELLED"
    return "TENTATIVE" if event.tentative else "CONFIRMED"


def _when(when: date | datetime) -> date | datetime:
    if isinstance(when, datetime) and when.tzinfo is not None:
        return when.astimezone(UTC).replace(microsecond=0)
    return when


def _end(event: Event) -> date | datetime | None:
    """Return DTEND, which is not included (RFC 5545 §3.6.1), where it is later than the start and of the same kind."""
    ends = event.starts if event.ends is None and not isinstance(event.starts, datetime) else event.ends
    if ends is None or isinstance(ends, datetime) != isinstance(event.starts, datetime):
        return None if isinstance(event.starts, datetime) else _following(event.starts)
    if not isinstance(ends, datetime):
        return _following(max(ends, event.starts))
    starts, ends = _when(event.starts), _when(ends)
    same = (
        isinstance(starts, datetime) and isinstance(ends, datetime) and (starts.tzinfo is None) == (ends.tzinfo is None)
    )
    return ends if same and ends > starts else None


def _following(last: date) -> date | None:
    return last + timedelta(days=1) if last < date.max else None


def _line(value: str) -> str:
    """Return a text on one line, as names and addresses are."""
    return "".join(_text(value).splitlines())


def _text(value: str) -> str:
    return _UNWRITABLE.sub("", value)
