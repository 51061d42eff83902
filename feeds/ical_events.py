"""VEVENTs, each read on its own, so that one broken event spoils no other (RFC 5545 §3.6.1).

Only properties that we use are read; times get their zone in `ical_times`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from feeds.ical_lines import Block, Line, Tree
from feeds.ical_notes import Notes
from feeds.ical_rules import parse
from feeds.ical_times import Clock, Dates, Moment, duration, moment, moments, stamp
from feeds.ical_zones import Workings, iana, windows, zones_of

_TEXTS = frozenset({"SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "TRANSP", "URL", "UID"})
_SINGLE_MOMENTS = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID"})
_DATE_LISTS = frozenset({"RDATE", "EXDATE"})
_RECURRING = frozenset({"RRULE", "RDATE", "RECURRENCE-ID"})
_DAY = re.compile(r"\d{8}(?!\d)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_LIST_COMMA = re.compile(r"(?<!\\),")
_MARGIN = timedelta(days=2)


@dataclass(slots=True)
class Described:
    """An event.

    Attributes:
        zone: IANA name of the zone of its start, None where floating or unnamed.
        component: its times by property name, as recurring_ical_events looks them up: DTSTART, DTEND, DURATION,
            RECURRENCE-ID, RDATE, EXDATE, RRULE, SEQUENCE, UID.
        texts: SUMMARY and the like, escapes undone.
        modified: LAST-MODIFIED, aware UTC; `stamped` is DTSTAMP.

    """

    zone: str | None = None
    component: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    organizer: str = ""
    modified: datetime | None = None
    stamped: datetime | None = None

    @property
    def uid(self) -> str:
        """The event's UID, or one made for it."""
        uid: str = self.component["UID"]
        return uid

    @property
    def name(self) -> str:
        """Name it in a note."""
        return " ".join((self.texts.get("SUMMARY") or self.texts.get("UID") or "without a title").split())[:60]

    @property
    def revision(self) -> tuple[int, str]:
        """Order revisions of one event: SEQUENCE, then when it was changed (RFC 5546 §2.1.5)."""
        changed = self.modified or self.stamped
        return self.component.get("SEQUENCE", -1), changed.isoformat() if changed else ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for a whole calendar: how to read its times, and whether it calls everything off."""

    clock: Clock
    cancelled: bool
    notes: Notes


def described(tree: Tree, zone: str | None, days: tuple[date, date], notes: Notes) -> list[Described]:
    """Read every VEVENT that may fall into the days; `zone` is the configured one for floating times."""
    blocks = list(_events(tree, zone, notes))
    uids = Counter(block.value("UID") for block, _ in blocks)
    early, late = (f"{_shifted(day, by):%Y%m%d}" for day, by in zip(days, (-_MARGIN, _MARGIN), strict=True))
    found: list[Described] = []
    for block, setting in blocks:
        alone = uids[block.value("UID")] == 1  # of several revisions the newest counts, wherever it moved to
        if alone and _elsewhere(block, early, late):
            continue
        event = _described(block, setting)
        if event is not None:
            found.append(event)
    return found


def _events(tree: Tree, zone: str | None, notes: Notes) -> Iterator[tuple[Block, Setting]]:
    workings = Workings()
    for calendar in tree.calendars:
        scale = (calendar.value("CALSCALE") or "GREGORIAN").strip().upper()
        if scale != "GREGORIAN":
            notes.add("Calendars of another CALSCALE were left out", scale, lost=True)
            continue
        zones = zones_of(calendar, workings)
        usual_name = (calendar.value("X-WR-TIMEZONE") or "").strip()
        usual = zones.find(usual_name) if usual_name else None
        configured = zones.find(zone) if zone else None
        cancelled = (calendar.value("METHOD") or "").strip().upper() == "CANCEL"
        setting = Setting(Clock(zones, configured or usual, usual, notes), cancelled, notes)
        yield from ((block, setting) for block in calendar.walk("VEVENT"))


def _shifted(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        return day


def _elsewhere(block: Block, early: str, late: str) -> bool:
    """Tell whether an event that does not recur lies outside the days for sure, without reading it: most do."""
    named = {line.name: line.value for line in block.lines}
    if _RECURRING & named.keys() or "DURATION" in named:
        return False
    begins = _DAY.match(named.get("DTSTART", ""))
    ends = _DAY.match(named.get("DTEND", "")) or begins
    if begins is None or ends is None:
        return False
    return max(begins[0], ends[0]) < early or min(begins[0], ends[0]) > late


def _described(block: Block, setting: Setting) -> Described | None:
    event = Described(texts={"SUMMARY": block.value("SUMMARY") or "", "UID": block.value("UID") or ""})
    seen: set[str] = set()
    for line in block.lines:
        read = _READERS.get(line.name)
        if read is None or (line.name in seen and line.name not in _MANY):
            continue
        seen.add(line.name)
        try:
            read(event, line, setting.clock)
        except (ValueError, TypeError, OverflowError) as error:
            what = f"{line.name}:{line.value[:40]} of {event.name}, {error}"[:160]
            setting.notes.add("Properties that cannot be read were left out", what, lost=line.name in _MANY)
    if "DTSTART" not in event.component:
        setting.notes.add("Events without a start that can be read were skipped", event.name, lost=True)
        return None
    _completed(event, block, setting)
    return event


def _completed(event: Described, block: Block, setting: Setting) -> None:
    if setting.cancelled:
        event.texts["STATUS"] = "CANCELLED"  # RFC 5546 §3.2.5: the method cancels, STATUS may be absent
    named = (block.value("X-MEETING-TZ") or "").strip()  # the IETF's, beside UTC times
    if event.zone == "UTC" and named:
        event.zone = iana(named) or windows(named) or event.zone
    uid = event.texts.get("UID", "").strip()
    if not uid:
        names = ("DTSTART", "SUMMARY", "LOCATION")
        said = "\0".join(f"{line.name}:{line.value}" for line in block.lines if line.name in names)
        uid = "no-uid-" + blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        setting.notes.add("Events have no UID; one was made of start, summary and place", event.name)
    event.component["UID"] = uid
    starts, ends = (getattr(event.component.get(name), "dt", None) for name in ("DTSTART", "DTEND"))
    if type(starts) is type(ends) and _backwards(starts, ends):
        setting.notes.add("Events end before they start; the two were swapped", event.name)


def _backwards(starts: Any, ends: Any) -> bool:
    try:
        return bool(ends < starts)
    except TypeError:
        return False  # one of the two has no zone


def _text(event: Described, line: Line, clock: Clock) -> None:  # noqa: ARG001 (a reader's signature)
    event.texts[line.name] = unescaped(line.value)


def unescaped(value: str) -> str:
    """Undo the escapes of TEXT (RFC 5545 §3.3.11)."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value) if "\\" in value else value


def _single(event: Described, line: Line, clock: Clock) -> None:
    read, zone = moment(line.value.strip(), line.param("TZID"), clock)
    event.component[line.name] = Moment(read, {"RANGE": (line.param("RANGE") or "").upper()})
    if line.name == "DTSTART":
        event.zone = zone


def _listed(event: Described, line: Line, clock: Clock) -> None:
    dates = moments(line.value, line.param("TZID"), clock)
    event.component.setdefault(line.name, []).append(Dates([Moment(one) for one in dates]))


def _rule(event: Described, line: Line, clock: Clock) -> None:  # noqa: ARG001 (a reader's signature)
    if not line.value.strip():
        return
    parse(line.value)
    event.rules.append(line.value.strip())
    event.component["RRULE"] = event.rules


def _sequence(event: Described, line: Line, clock: Clock) -> None:  # noqa: ARG001 (a reader's signature)
    event.component["SEQUENCE"] = int(line.value)


def _length(event: Described, line: Line, clock: Clock) -> None:  # noqa: ARG001 (a reader's signature)
    event.component["DURATION"] = Moment(duration(line.value.strip()))


def _categories(event: Described, line: Line, clock: Clock) -> None:  # noqa: ARG001 (a reader's signature)
    event.categories.extend(unescaped(part) for part in _LIST_COMMA.split(line.value))


def _organizer(event: Described, line: Line, clock: Clock) -> None:  # noqa: ARG001 (a reader's signature)
    event.organizer = line.param("CN") or ""


def _changed(event: Described, line: Line, clock: Clock) -> None:  # noqa: ARG001 (a reader's signature)
    read = stamp(line.value.strip())
    if line.name == "DTSTAMP":
        event.stamped = read
    else:
        event.modified = read


_READERS: Mapping[str, Any] = {
    **dict.fromkeys(_TEXTS, _text),
    **dict.fromkeys(_SINGLE_MOMENTS, _single),
    **dict.fromkeys(_DATE_LISTS, _listed),
    "RRULE": _rule,
    "SEQUENCE": _sequence,
    "DURATION": _length,
    "CATEGORIES": _categories,
    "ORGANIZER": _organizer,
    "LAST-MODIFIED": _changed,
    "DTSTAMP": _changed,
}
_MANY = _DATE_LISTS | {"RRULE", "CATEGORIES"}
