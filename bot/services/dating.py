"""Days and spans of days in words, the same everywhere: "3 to 14 Feb 2027" is written 3–14 Feb 2027."""

from datetime import date, datetime

from bot.domain.document import Line, Moment, Text
from bot.domain.entries import Entry, day

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def one_day(when: date) -> str:
    """Write a day: 3 Feb 2027."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def days(first: date, last: date | None) -> str:
    """Write a span of days, both included, without repeating a month or year."""
    if last is None or last <= first:
        return one_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{one_day(last)}"
    if first.year == last.year:
        return f"{first.day} {MONTHS[first.month - 1]} – {one_day(last)}"
    return f"{one_day(first)} – {one_day(last)}"


def when(entry: Entry) -> Line:
    """Write when a meeting is: days as days, instants as moments that the platform shows in the reader's zone."""
    first, last = entry.starts, entry.ends
    if first is None:
        return ()
    if not isinstance(first, datetime):
        return (Text(days(first, last if last is None else day(last))),)
    if first.tzinfo is None:
        return (Text(f"{one_day(first)}, {first:%H:%M} local time"),)
    if isinstance(last, datetime) and last.tzinfo is not None and last > first:
        return (Moment(first), Text(" – "), Moment(last))
    return (Moment(first),)
