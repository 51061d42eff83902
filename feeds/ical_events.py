"""VEVENTs as icalendar reads them, each on its own, so that one broken event spoils no other.

Only properties that we use are handed on; times get their zone here (RFC 5545 §3.3.5).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from hashlib import blake2b
from typing import Any

from icalendar import Event
from icalendar.prop import vBroken, vText

from feeds.ical_lines import DATED, Block, Line, Tree
from feeds.ical_notes import Notes
from feeds.ical_rules import parse
from feeds.ical_zones import Zone, Zones, iana, windows, zones_of

_WORDS = frozenset({"UID", "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "STATUS", "ORGANIZER", "TRANSP"})
_SINGLE = _WORDS | {"SEQUENCE", "LAST-MODIFIED", "DTSTAMP", "DURATION", "DTSTART", "DTEND", "RECURRENCE-ID"}
_MANY = frozenset({"RRULE", "RDATE", "EXDATE", "CATEGORIES"})
_SHORT_DATE = re.compile(r"\d{8}|\d{8}T\d{6}Z?|(?:\d{8}T\d{6}Z?)/\S+")


Properties = Any
"""An icalendar component; the library types each of its values as any of twenty-seven kinds."""


@dataclass(frozen=True, slots=True)
class Described:
    """An event and what the library has no place for.

    Attributes:
        event: with times made aware where a zone is known; `dt` of floating times stays naive.
        zone: IANA name of the zone of its start, None where floating or unnamed.

    """

    event: Properties
    uid: str
    zone: str | None

    @property
    def title(self) -> str:
        """Name it in a note."""
        return str(self.event.get("SUMMARY") or self.uid)[:60]

    @property
    def revision(self) -> tuple[int, str]:
        """Order revisions of one event: SEQUENCE, then when it was changed (RFC 5546 §2.1.5)."""
        stamp = self.event.get("LAST-MODIFIED") or self.event.get("DTSTAMP")
        return int(self.event.get("SEQUENCE", -1)), str(getattr(stamp, "dt", ""))


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for a whole calendar: how to read its times, and whether it calls everything off.

    Attributes:
        floating: for times without a zone; None leaves them floating.
        usual: X-WR-TIMEZONE: UTC times of such calendars recur in it (Google's and Apple's practice).

    """

    zones: Zones
    floating: Zone | None
    usual: Zone | None
    cancelled: bool


def described(tree: Tree, zone: str | None, notes: Notes) -> list[Described]:
    """Read every VEVENT of every calendar; `zone` is the configured one for floating times."""
    found: list[Described] = []
    for calendar in tree.calendars:
        scale = (calendar.value("CALSCALE") or "GREGORIAN").strip().upper()
        if scale != "GREGORIAN":
            notes.add("calendars use the CALSCALE {} and were left out", scale, lost=True)
            continue
        setting = _setting(calendar, zone)
        for block in calendar.walk("VEVENT"):
            event = _described(block, setting, notes)
            if event is not None:
                found.append(event)
    return found


def _setting(calendar: Block, zone: str | None) -> Setting:
    usual_name = (calendar.value("X-WR-TIMEZONE") or "").strip()
    zones = zones_of(calendar)
    usual = zones.find(usual_name) if usual_name else None
    configured = zones.find(zone) if zone else None
    cancelled = (calendar.value("METHOD") or "").strip().upper() == "CANCEL"
    return Setting(zones, configured or usual, usual, cancelled)


def _described(block: Block, setting: Setting, notes: Notes) -> Described | None:
    name = (block.value("SUMMARY") or block.value("UID") or "without a name")[:60]
    try:
        event: Properties = Event.from_ical(_plain(block))
        _repair(event, name, notes)
        if not isinstance(getattr(event.get("DTSTART"), "dt", None), date):
            notes.add("events without a start that can be read were skipped ({})", name, lost=True)
            return None
        zone = _set_zones(event, block, setting, notes)
    except (ValueError, TypeError, OverflowError, AttributeError, KeyError, IndexError) as error:
        notes.add("events that cannot be read were skipped ({})", f"{name}: {error}"[:120], lost=True)
        return None
    if setting.cancelled:
        event["STATUS"] = vText("CANCELLED")  # RFC 5546 §3.2.5: the method cancels, STATUS may be absent
    uid = _uid(event, block, notes, name)
    return Described(event, uid, zone)


def _plain(block: Block) -> str:
    """Return the event as content lines, dates without TZID: zones are looked up here, not in the library."""
    lines = ["BEGIN:VEVENT"]
    seen: set[str] = set()
    for line in block.lines:
        if line.name in _SINGLE and line.name not in seen:
            seen.add(line.name)
            lines.append(_content(line))
        elif line.name in _MANY and line.value.strip():
            lines.append(_content(line))
    return "\r\n".join([*lines, "END:VEVENT", ""])


def _content(line: Line) -> str:
    params = line.params
    if line.name in DATED:
        kept = line.param("RANGE")
        params = f";RANGE={kept}" if kept and line.name == "RECURRENCE-ID" else ""
        value = ",".join(_date_text(part) for part in line.value.split(","))
        return f"{line.name}{params}:{value}"
    if line.name in _MANY or line.name in {"SUMMARY", "DESCRIPTION", "LOCATION", "DURATION", "SEQUENCE", "STATUS"}:
        params = ""  # LANGUAGE, ALTREP …: data we do not use, and a place for broken quoting
    return f"{line.name}{params}:{line.value}"


def _date_text(value: str) -> str:
    """Return a date or time in the one form RFC 5545 knows; "20201224T" and "20201224T0900" occur."""
    value = value.strip()
    if _SHORT_DATE.fullmatch(value):
        return value
    found = re.fullmatch(r"(\d{8})T(\d{4})?(Z?)", value)
    return value if found is None else f"{found[1]}T{found[2]}00{found[3]}" if found[2] else found[1]


def _repair(event: Properties, name: str, notes: Notes) -> None:
    """Take broken properties out, so that the rest of the event stands."""
    for key in list(event):
        values = _listed(event[key])
        whole = [value for value in values if not isinstance(value, vBroken) and (key != "RRULE" or _is_rule(value))]
        if len(whole) == len(values):
            continue
        notes.add("properties that cannot be read were left out ({})", f"{key} of {name}", lost=key in _MANY)
        if whole:
            event[key] = whole
        else:
            del event[key]
    if not isinstance(event.get("SEQUENCE", 0), int):
        del event["SEQUENCE"]


def _is_rule(value: Any) -> bool:
    try:
        parse(value.to_ical().decode())
    except ValueError:
        return False
    return True


def _uid(event: Properties, block: Block, notes: Notes, name: str) -> str:
    """Return the UID, or one made of what the event says; the library groups by it."""
    uid = str(event.get("UID", "")).strip()
    if not uid:
        said = "\0".join(
            f"{line.name}:{line.value}" for line in block.lines if line.name in {"DTSTART", "SUMMARY", "LOCATION"}
        )
        uid = "no-uid-" + blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        notes.add("events have no UID; one was made of start, summary and place ({})", name)
    event["UID"] = vText(uid)
    return uid


def _set_zones(event: Properties, block: Block, setting: Setting, notes: Notes) -> str | None:
    """Make the event's times aware where a zone is known; return the name of its start's zone."""
    tzids = _tzids(block)
    start_zone: str | None = None
    for key in DATED & set(event):
        for prop, tzid in zip(_listed(event[key]), tzids[key], strict=False):
            zone = setting.floating
            if tzid:
                zone = setting.zones.find(tzid) or setting.floating
                if setting.zones.find(tzid) is None:
                    notes.add("events name a zone that nobody knows and no VTIMEZONE defines ({})", tzid)
            for value in _values(prop):
                if key == "DTSTART":
                    start_zone = _name(value.dt, zone, setting)
                value.dt = _aware(value.dt, zone.info if zone else None, setting.usual)
    return start_zone if start_zone != "UTC" else _meeting_zone(block) or start_zone


def _tzids(block: Block) -> dict[str, list[str | None]]:
    """Return the TZIDs of the dated lines handed on, in order."""
    found: dict[str, list[str | None]] = {}
    for line in block.lines:
        if line.name in DATED and ((line.name in _MANY and line.value.strip()) or line.name not in found):
            found.setdefault(line.name, []).append(line.param("TZID"))
    return found


def _meeting_zone(block: Block) -> str | None:
    """Return the zone the IETF names beside UTC times (X-MEETING-TZ)."""
    named = (block.value("X-MEETING-TZ") or "").strip()
    return (iana(named) or windows(named)) if named else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _values(prop: Any) -> Iterator[Any]:
    yield from getattr(prop, "dts", [prop])


def _name(value: object, zone: Zone | None, setting: Setting) -> str | None:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return setting.usual.name if setting.usual else "UTC"
    return zone.name if zone else None


def _aware(value: Any, zone: tzinfo | None, usual: Zone | None) -> Any:
    if isinstance(value, tuple):
        return tuple(_aware(part, zone, usual) for part in value)
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is not None:
        return value.astimezone(usual.info if usual and usual.name else UTC)
    return value.replace(tzinfo=zone) if zone else value
