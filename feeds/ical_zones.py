"""Which zone a TZID means (RFC 5545 §3.2.19, §3.6.5): IANA, Windows, a label, or the calendar's own VTIMEZONE.

Definitions belong to the body they stand in: icalendar's process-wide cache, where one calendar's
"Customized Time Zone" answers for the next one's, is never filled.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from feeds.ical_lines import Block
from feeds.ical_rules import Budget, parse, starts

_KEY = re.compile(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+){0,2}")
_NOT_ZONES = frozenset({"localtime", "posixrules", "factory", "posix", "right"})
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2}):?(\d\d)?\b", re.IGNORECASE)
_TZOFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?")
_LOCAL = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?")
_LABELS = {
    "eastern time": "America/New_York",
    "central time": "America/Chicago",
    "mountain time": "America/Denver",
    "pacific time": "America/Los_Angeles",
    "atlantic time": "America/Halifax",
    "greenwich mean time": "Europe/London",
    "coordinated universal time": "UTC",
    "western/central europe": "Europe/Berlin",
    "utc": "UTC",
    "gmt": "UTC",
    "z": "UTC",
}
"""Names in labels of Windows and IBM Notes that are no city; the rest are found as cities of IANA zones."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_STEPS_A_ZONE, _STEPS_IN_ALL = 60_000, 400_000  # two yearly rules over 200 years take 25,000


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone to compute with, and its IANA name if it has one."""

    info: tzinfo
    name: str | None


@dataclass(slots=True)
class Workings:
    """What computing the zones of one body may take, and what was computed: its calendars repeat definitions."""

    budget: Budget = field(default_factory=lambda: Budget(_STEPS_IN_ALL))
    done: dict[str, tzinfo | None] = field(default_factory=dict)

    def zone(self, block: Block) -> tzinfo | None:
        """Return what a VTIMEZONE defines, computed once for all that read the same."""
        written = repr(block)
        if written not in self.done:
            self.done[written] = defined_zone(block, self.budget)
        return self.done[written]


@dataclass(slots=True)
class Zones:
    """The zones that one calendar may name."""

    definitions: dict[str, Block] = field(default_factory=dict)
    known: dict[str, Zone | None] = field(default_factory=dict)
    workings: Workings = field(default_factory=Workings)

    def find(self, tzid: str) -> Zone | None:
        """Return what a TZID means here, or None if nobody can tell."""
        if tzid not in self.known:
            self.known[tzid] = self._look_up(tzid.strip().strip('"').strip())
        return self.known[tzid]

    def _look_up(self, tzid: str) -> Zone | None:
        block = self.definitions.get(tzid.casefold())
        location = block.value("X-LIC-LOCATION") if block else None
        name = iana(tzid) or windows(tzid) or _tail(tzid) or (iana(location) if location else None)
        if name is not None:
            return Zone(ZoneInfo(name), name)
        defined = self.workings.zone(block) if block else None
        return Zone(defined, None) if defined else label(tzid)


def zones_of(calendar: Block, workings: Workings | None = None) -> Zones:
    """Collect a calendar's VTIMEZONEs; nothing is computed before it is asked for."""
    blocks = [block for block in calendar.walk("VTIMEZONE") if block.value("TZID")]
    definitions = {(block.value("TZID") or "").strip().strip('"').casefold(): block for block in blocks}
    return Zones(definitions, workings=workings or Workings())


def iana(name: str) -> str | None:
    """Return the name if it is an IANA zone, in the spelling of the database."""
    if not _KEY.fullmatch(name) or name.casefold() in _NOT_ZONES:
        return None
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return _spellings().get(name.casefold())


def windows(name: str) -> str | None:
    """Return the IANA zone of a Windows zone name ("W. Europe Standard Time"), by Unicode's CLDR table."""
    return _windows_names().get(name.casefold())


def _tail(tzid: str) -> str | None:
    """Return the IANA zone at the end of a globally unique TZID ("/example.org/Europe/Berlin")."""
    parts = [part for part in tzid.split("/") if part]
    tails = ("/".join(parts[start:]) for start in range(max(len(parts) - 3, 0), len(parts) - 1))
    return next((found for found in map(iana, tails) if found), None)


def label(text: str) -> Zone | None:
    """Guess from a display label such as "(UTC+01:00) Amsterdam, Berlin, Bern": a city with that offset, else it."""
    given = _OFFSET.search(text)
    offset = _signed(given[1], given[2], given[3] or "0") if given else None
    words = [text.casefold()] + [
        re.sub(r"[^\w /]", "", word).strip().casefold() for word in re.split(r"[,;:()/&]", text)
    ]
    for word in words:
        name = _LABELS.get(word) or windows(word) or _cities().get(word.replace(" ", "_"))
        if name is not None and (offset is None or offset in _offsets(name)):
            return Zone(ZoneInfo(name), name)
    return Zone(timezone(offset), None) if offset is not None and abs(offset) < timedelta(days=1) else None


def _signed(sign: str, hours: str, minutes: str, seconds: str = "0") -> timedelta:
    length = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
    return -length if sign == "-" else length


def _offsets(name: str) -> set[timedelta | None]:
    return {datetime(2025, month, 1, tzinfo=ZoneInfo(name)).utcoffset() for month in (1, 7)}


@cache
def _spellings() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@cache
def _windows_names() -> dict[str, str]:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return {name.casefold(): zone for name, zone in WINDOWS_TO_OLSON.items()}


@cache
def _cities() -> dict[str, str]:
    named = (name for name in sorted(available_timezones()) if "/" in name and not name.startswith("Etc/"))
    return {name.rsplit("/", 1)[1].casefold(): name for name in named}


class DefinedZone(tzinfo):
    """A VTIMEZONE computed: offsets between its onsets.

    A local time that a change skips is read with the offset before it, one that comes twice as the
    first of the two (RFC 5545 §3.3.5).
    """

    def __init__(self, onsets: Sequence[tuple[datetime, timedelta, timedelta]], name: str) -> None:
        """Take (local onset, offset before, offset after), ordered by onset, at least one."""
        self._name = name
        self._before = onsets[0][1]
        self._walls = [wall + max(timedelta(0), after - before) for wall, before, after in onsets]
        self._after = [after for _, _, after in onsets]

    def utcoffset(self, dt: datetime | None) -> timedelta:
        """Return the offset at a local time."""
        if dt is None:
            return self._before
        index = bisect_right(self._walls, dt.replace(tzinfo=None))
        return self._after[index - 1] if index else self._before

    def dst(self, dt: datetime | None) -> timedelta:  # noqa: ARG002 (tzinfo's signature)
        """Return zero: a definition says what the offset is, not which part is summer time."""
        return timedelta(0)

    def tzname(self, dt: datetime | None) -> str:  # noqa: ARG002 (tzinfo's signature)
        """Return the TZID."""
        return self._name


def defined_zone(block: Block, shared: Budget) -> tzinfo | None:
    """Compute a VTIMEZONE; None if it defines nothing that can be read."""
    budget = Budget(_STEPS_A_ZONE, shared)
    onsets = sorted(
        onset for part in block.blocks if part.name in {"STANDARD", "DAYLIGHT"} for onset in _onsets(part, budget)
    )
    return DefinedZone(onsets, block.value("TZID") or "") if onsets else None


def _onsets(part: Block, budget: Budget) -> Iterator[tuple[datetime, timedelta, timedelta]]:
    """Yield when an observance begins, in local time, with the offsets before and after."""
    begin = _moment(part.value("DTSTART") or "")
    before, after = (_utc_offset(part.value(name) or "") for name in ("TZOFFSETFROM", "TZOFFSETTO"))
    if begin is None or after is None:
        return
    before = after if before is None else before
    yield begin, before, after
    for line in part.lines:
        if line.name == "RDATE":
            dates = (_moment(value) for value in line.value.split(","))
            yield from ((moment, before, after) for moment in dates if moment is not None)
        if line.name == "RRULE":
            yield from ((moment, before, after) for moment in _recurring(line.value, begin, before, budget))


def _recurring(text: str, begin: datetime, before: timedelta, budget: Budget) -> Iterator[datetime]:
    try:
        rule = parse(text)
    except ValueError:
        return
    until = _naive_until(rule.until, before)
    last = datetime(_LAST_YEAR, 1, 1)  # noqa: DTZ001 (local time of the zone being defined)
    first = datetime(_FIRST_YEAR, 1, 1)  # noqa: DTZ001 (the same)
    yield from starts(rule, begin, first, min(last, until or last), budget)


def _naive_until(until: object, before: timedelta) -> datetime | None:
    """Return UNTIL as local time; in a VTIMEZONE it is UTC (RFC 5545 §3.3.10), often it is not."""
    if isinstance(until, datetime):
        return (until.astimezone(UTC) + before).replace(tzinfo=None) if until.tzinfo else until
    return None


def _moment(value: str) -> datetime | None:
    found = _LOCAL.match(value)
    if found is None:
        return None
    try:
        return datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None  # year 0000, 31 February …


def _utc_offset(value: str) -> timedelta | None:
    found = _TZOFFSET.match(value.strip())
    if found is None:
        return None
    offset = _signed(found[1], found[2], found[3], found[4] or "0")
    return offset if abs(offset) < timedelta(days=1) else None
