"""Dates, times, periods and durations of iCalendar (RFC 5545 §3.3.4 to §3.3.9), with their zones."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from icalendar.prop import vDuration

from bot.domain.entries import When
from feeds.ical_notes import Notes
from feeds.ical_zones import Zone, Zones

_FORM = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(?:(\d\d)(\d\d)(\d\d)?(Z?))?|Z)?\"?")
_LONG_TIME = re.compile(r"^\+?PT(?=\d+[WD])")
_USUAL_LENGTHS = frozenset({len("20260609T090000"), len("20260609T090000Z")})


@dataclass(frozen=True, slots=True)
class Moment:
    """A property's time, by the names recurring_ical_events asks for."""

    dt: Any
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dates:
    """An RDATE or EXDATE, by the name recurring_ical_events asks for."""

    dts: list[Moment]


@dataclass(frozen=True, slots=True)
class Clock:
    """How a calendar's times are to be read.

    Attributes:
        floating: for times without a zone; None leaves them floating.
        usual: X-WR-TIMEZONE: UTC times of such calendars recur in it (Google's and Apple's practice).

    """

    zones: Zones
    floating: Zone | None
    usual: Zone | None
    notes: Notes


def moment(text: str, tzid: str | None, clock: Clock) -> tuple[When, str | None]:
    """Return a day or a time (aware where a zone is known) and its zone's IANA name; raise ValueError.

    A TZID on a day, which RFC 5545 forbids and the IETF writes, changes nothing of the day.
    """
    read = _read(text.upper())
    zone = _zone(tzid, clock)
    if not isinstance(read, datetime):
        return read, zone.name if zone else None
    if read.tzinfo is not None:
        usual = clock.usual
        return (read.astimezone(usual.info), usual.name) if usual and usual.name else (read, "UTC")
    return (read.replace(tzinfo=zone.info), zone.name) if zone else (read, None)


def _read(text: str) -> When:
    if len(text) in _USUAL_LENGTHS and text[8] == "T" and text[:8].isdecimal():
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:20]!r} is no date")
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    if found[4] is None:
        return date(year, month, day)
    second = min(int(found[6] or 0), 59)  # a leap second (RFC 5545 §3.3.12)
    return datetime(year, month, day, int(found[4]), int(found[5]), second, tzinfo=UTC if found[7] else None)


def _zone(tzid: str | None, clock: Clock) -> Zone | None:
    if not tzid:
        return clock.floating
    zone = clock.zones.find(tzid)
    if zone is None:
        clock.notes.add("Times name a zone that nobody knows and no VTIMEZONE defines", tzid)
    return zone or clock.floating


def moments(text: str, tzid: str | None, clock: Clock) -> list[When | tuple[When, When | timedelta]]:
    """Read a list of days, times or periods; raise ValueError."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return [_period(part, tzid, clock) if "/" in part else moment(part, tzid, clock)[0] for part in parts]


def _period(text: str, tzid: str | None, clock: Clock) -> tuple[When, When | timedelta]:
    """Read a period: start and end, or start and duration (RFC 5545 §3.3.9)."""
    begins, _, ends = text.partition("/")
    length = duration(ends) if ends.upper().startswith(("P", "+P", "-P")) else moment(ends, tzid, clock)[0]
    return moment(begins, tzid, clock)[0], length


def duration(text: str) -> timedelta:
    """Read a duration; raise ValueError. A T before weeks or days (Synology's PT1W) is taken for a slip."""
    mended = _LONG_TIME.sub("P", text.upper())
    length: timedelta = vDuration.from_ical(mended)  # type: ignore[no-untyped-call]
    return length


def stamp(text: str) -> datetime:
    """Read a time that must be UTC (RFC 5545 §3.8.7), whether it says so or not; raise ValueError."""
    read = _read(text.upper())
    return read.replace(tzinfo=UTC) if isinstance(read, datetime) else datetime.combine(read, time(), UTC)
