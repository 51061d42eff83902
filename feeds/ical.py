"""The `ical` format: calendars of meetings, one entry an occurrence.

VEVENTs only: VTODO, VJOURNAL and VFREEBUSY announce no meetings. Nothing is fetched: ATTACH, ALTREP and URL
are data.
"""

import gc
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from email.message import Message
from hashlib import blake2b

from bot.domain.entries import Entry, Fact, Kind, When
from feeds.ical_events import Described, described, unescaped
from feeds.ical_lines import Tree, read
from feeds.ical_notes import Notes
from feeds.ical_series import Found, Limits, Window
from feeds.ical_series import occurrences as expanded
from feeds.page import Page, Parsed
from feeds.text import looks_like_html, one_line, paragraphs
from feeds.urls import resolve

_BEFORE, _AFTER = timedelta(days=30), timedelta(days=400)
_POLLED = Limits(each=500, total=2_000, steps_each=200_000, steps=600_000)
_ASKED = Limits(each=20_000, total=20_000, steps_each=600_000, steps=1_200_000)
_LINK = re.compile(r"https?://[^\s<>\"')\]]+")
_LONGEST_KEY = 512


def parse(page: Page) -> Parsed:
    """Read a calendar: occurrences from 30 days before the fetch to 400 days after it.

    At most 500 of one series and 2,000 in all; what is left out is noted, and then the page is not complete.
    Raise ParseError if the body is no calendar.
    """
    fetched = page.fetched_at.astimezone(UTC).date()
    return _parsed(page, _days(fetched - _BEFORE, fetched + _AFTER), _POLLED)


def occurrences(page: Page, first: date, last: date) -> tuple[Entry, ...]:
    """Return every occurrence that overlaps the days `first` to `last`, both included, as days of its own zone.

    At most 20,000, in order of their starts; raise ParseError if the body is no calendar.
    """
    return tuple(within(page, first, last).entries)


def within(page: Page, first: date, last: date) -> Parsed:
    """Return what `occurrences` returns, and the notes."""
    return _parsed(page, _days(first, last), _ASKED)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the search for cycles off: there are none, and looking for them takes a third of a large calendar's time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_no_collection()
def _parsed(page: Page, window: Window, limits: Limits) -> Parsed:
    notes = Notes()
    tree = _tree(page, notes)
    entries = _entries(page, tree, window, limits, notes)
    name = next((calendar.value("X-WR-CALNAME") for calendar in tree.calendars), None)
    return Parsed(
        entries=entries,
        count=len(entries),
        complete=tree.whole and not notes.lost,
        title=one_line(unescaped(name)) or None if name else None,
        every=_every(tree),
        notes=notes.told(),
    )


def _tree(page: Page, notes: Notes) -> Tree:
    header = Message()
    header["content-type"] = page.headers.get("content-type", "text/calendar")
    return read(page.body, header.get_content_charset(), notes.sentences)


def _days(first: date, last: date) -> Window:
    after = last if last == date.max else last + timedelta(days=1)
    return Window(datetime.combine(first, time.min), datetime.combine(after, time.min))


def _entries(page: Page, tree: Tree, window: Window, limits: Limits, notes: Notes) -> tuple[Entry, ...]:
    days = (window.first.date(), window.last.date())
    events = described(tree, page.zone, days, notes)
    entries = [_entry(found, page) for found in expanded(events, window, limits, notes)]
    return tuple(_distinct(entries))


def _distinct(entries: Sequence[Entry]) -> list[Entry]:
    """Give entries that share a key, which only a broken calendar has, keys of their own."""
    seen: Counter[str] = Counter()
    kept: list[Entry] = []
    for entry in entries:
        seen[entry.key] += 1
        kept.append(entry if seen[entry.key] == 1 else replace(entry, key=f"{entry.key}#{seen[entry.key]}"))
    return kept


def _entry(found: Found, page: Page) -> Entry:
    event = found.described
    all_day = not isinstance(found.starts, datetime)
    text = _text(event.texts.get("DESCRIPTION", ""))
    link = resolve(event.texts["URL"], page.url) if event.texts.get("URL") else None
    place = _line(event.texts.get("LOCATION", ""))
    return Entry(
        key=_key(event.uid, found.original),
        kind=Kind.MEETING,
        title=_line(event.texts.get("SUMMARY", "")) or place or "Event without a title",
        link=link or _first_link(text),
        text=text,
        updated=event.modified,  # never DTSTAMP, which is often the time of the download
        starts=_when(found.starts),
        ends=_last_day(found.starts, found.ends) if all_day else _when(found.ends),
        all_day=all_day,
        zone=event.zone,
        place=place or None,
        status=_line(event.texts.get("STATUS", "")).lower() or None,
        lang=page.lang,
        facts=_facts(event, recurring=found.original is not None),
        volatile=frozenset({"sequence"}),
    )


def _key(uid: str, original: When | None) -> str:
    """Return UID, or UID and RECURRENCE-ID, which a moved occurrence keeps (RFC 5545 §3.8.4.4)."""
    key = one_line(uid, limit=10_000) if original is None else f"{one_line(uid, limit=10_000)}/{_stamp(original)}"
    if len(key) <= _LONGEST_KEY:
        return key
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=24).hexdigest()


def _stamp(when: When) -> str:
    if not isinstance(when, datetime):
        return when.strftime("%Y%m%d")
    if when.tzinfo is None:
        return when.strftime("%Y%m%dT%H%M%S")
    return when.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _when(when: When) -> When:
    """Return an instant in UTC; days and floating times stay what they are."""
    return when.astimezone(UTC) if isinstance(when, datetime) and when.tzinfo is not None else when


def _last_day(starts: When, ends: When) -> When:
    """Return the last day of an event whose DTEND is the day after it (RFC 5545 §3.6.1)."""
    last = (ends.date() if isinstance(ends, datetime) else ends) - timedelta(days=1)
    return max(starts, last)


def _facts(event: Described, *, recurring: bool) -> dict[str, Fact]:
    categories = (one_line(name) for name in event.categories)
    facts: dict[str, Fact] = {
        "uid": one_line(event.uid),
        "organizer": one_line(event.organizer),
        "categories": tuple(dict.fromkeys(name for name in categories if name)),
        "rrule": " / ".join(one_line(rule) for rule in event.rules),
        "transp": _line(event.texts.get("TRANSP", "")).lower(),
        "recurring": "yes" if recurring else "",
    }
    facts = {name: value for name, value in facts.items() if value}
    return facts | {"sequence": event.component["SEQUENCE"]} if "SEQUENCE" in event.component else facts


def _line(text: str) -> str:
    return one_line(text, html=looks_like_html(text))


def _text(text: str) -> str:
    """Return a description as plain text; its line breaks count unless it is HTML."""
    if looks_like_html(text):
        return paragraphs(text)
    lines = (one_line(line, limit=20_000) for line in text.splitlines())
    return "\n".join(line for line in lines if line)[:100_000]


def _first_link(text: str) -> str | None:
    found = _LINK.search(text)
    return resolve(found[0].rstrip(".,;:!?")) if found else None


def _every(tree: Tree) -> timedelta | None:
    """Return REFRESH-INTERVAL (RFC 7986 §5.7) or X-PUBLISHED-TTL, as far as it is a plain duration."""
    names = ("REFRESH-INTERVAL", "X-PUBLISHED-TTL")
    values = (calendar.value(name) for calendar in tree.calendars for name in names)
    said = next((value for value in values if value), "")
    found = re.fullmatch(
        r"P(?:(\d{1,3})W)?(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?", said.strip()
    )
    if found is None:
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds) or None
