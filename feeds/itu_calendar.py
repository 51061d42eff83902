"""ITU's calendar of events: a table of meetings of all sectors, workshops included; the key is `eventid`.

Nine cells a row: number with the link `Event-Details…?eventid=NNNN`, link to an .ics file, first day, last day, sector,
group, title, place, status. ITU gives no zone: days are days of the place, and stay days here.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from lxml import etree

from bot.domain import itu
from bot.domain.entries import Entry, Fact, Kind
from bot.domain.errors import ParseError
from feeds import markup
from feeds.itu_dates import read, span
from feeds.itu_days import day, period
from feeds.page import Page, Parsed

_WHAT = "The ITU calendar of events"
_EVENT = re.compile(r"event-details[^\"'\s]*[?&]eventid=(\d{1,9})\b", re.IGNORECASE)
_ICS = re.compile(r"\.ics\b|ical", re.IGNORECASE)
_PAGER = re.compile(r"Page\$|[?&]p_ID=|PagedPrev|PageFirstRow=", re.IGNORECASE)
_NOTHING = re.compile(r"\bno (?:events?|items?|results?|meetings?)\b|there are no items", re.IGNORECASE)
_GROUP = re.compile(r"(?:SG|WP|FG|JCA|CG|CWG|IRG|TSAG|RAG|TDAG|WTSA|SCV)[\w/.-]*")
_REMOTE = re.compile(r"\b(?:e-?meeting|virtual|online|remote|electronic)\b", re.IGNORECASE)
HEADINGS: Mapping[str, re.Pattern[str]] = {
    "number": markup.words(r"no\.?|number|n°|#|(?:event )?(?:id|no\.?|number)"),
    "starts": markup.words(r"start(?:s|ing)?(?: date)?|(?:date )?(?:from|start)|begins?(?: date)?|dates?|when"),
    "ends": markup.words(r"ends?(?:ing)?(?: date)?|(?:date )?(?:to|until|end)|finish(?:es)?"),
    "sector": markup.words(r"sector"),
    "group": markup.words(r"(?:study )?group(?:/committee)?|committee|acronym|sg"),
    "title": markup.words(r"(?:event |meeting )?(?:title|name)|(?:title|name) of event|event|meeting|description"),
    "place": markup.words(r"(?:(?:place|venue|location|city|town|country)(?:[/,] ?)?)+"),
    "status": markup.words(r"status|state"),
    "registration": markup.REGISTRATION,
}
_PLACES = {"number": 0, "starts": 2, "ends": 3, "sector": 4, "group": 5, "title": 6, "place": 7, "status": 8}
"""Where the cells stand in a table without headings."""


def parse(page: Page) -> Parsed:
    """Read the calendar; complete if it came whole, on one page, and every row could be read.

    Raise ParseError if it is a firewall's page, or its rows lost the fields we rely on.
    """
    data = markup.body(page, _WHAT)
    root = markup.tree(data, _WHAT)
    rows = list(_rows(root))
    if not rows and not _is_empty(root):
        raise markup.changed(_WHAT, ["rows with a link to Event-Details"], markup.line(root))
    notes: list[str] = []
    made = [_entry(row, number, page, notes) for number, row in enumerate(rows, 1)]
    kept = {entry.key: entry for entry in reversed(made) if entry is not None}
    if rows and not kept:
        raise ParseError(f"shape changed: none of the {len(rows)} rows of the ITU calendar could be read. {notes[0]}")
    paged = any(_PAGER.search(at.get("href") or "") for at in root.iter("a"))
    return Parsed(
        entries=tuple(kept.values())[::-1],
        count=len(kept),
        complete=markup.ended(data) and not paged and None not in made,
        notes=tuple(notes[:20]),
    )


def _is_empty(root: etree._Element) -> bool:
    """Tell a calendar that says that it holds nothing, or headings without days below, from a changed one."""
    tables = list(markup.listed(root, HEADINGS, ("starts", "title")))
    if any(day(row.text("starts")) for table in tables for row in table):
        return False
    return bool(tables) or _NOTHING.search(markup.shown(root)) is not None


def _rows(root: etree._Element) -> Iterator[markup.Row]:
    """Yield the rows with a link to an event: by headings where there are some, else by their place."""
    seen: set[etree._Element] = set()
    for table in markup.listed(root, HEADINGS, ("starts", "title")):
        for row in table:
            if row.cells and _link(row) is not None:
                seen.update(row.cells[:1])
                yield row
    for cells in (cells for table in markup.rows(root) for cells in table):
        row = markup.Row(cells=tuple(cells), names=_PLACES)
        if cells and cells[0] not in seen and len(cells) > max(_PLACES.values()) and _link(row) is not None:
            yield row


def _link(row: markup.Row) -> re.Match[str] | None:
    hrefs = (href for cell in row.cells for href in markup.hrefs(cell))
    return next(filter(None, map(_EVENT.search, hrefs)), None)


def _entry(row: markup.Row, number: int, page: Page, notes: list[str]) -> Entry | None:
    event = _link(row)
    starts = day(row.text("starts"))
    title = row.text("title")
    if event is None or starts is None or not (title or row.text("group")):
        notes.append(f"Row {number} ({title[:60]!r}) was skipped: no first day in {row.text('starts')[:40]!r}.")
        return None
    ends = _last_day(row, starts, number, notes)
    links = [address for cell in row.cells for address in markup.links(cell, page.url)]
    sector = itu.sector(row.text("sector")) or itu.sector(row.text("group"))
    group = _group(row.text("group"))
    place = row.text("place") or None
    body = f"ITU-{sector}" if sector else "ITU"
    registered = day(row.text("registration"))
    facts: dict[str, Fact] = {
        "body": body,
        "event": event[1],
        "sector": row.text("sector"),
        "e_meeting": "yes" if place and _REMOTE.search(place) else "",
        "registration_until": registered.isoformat() if registered else "",
    }
    return Entry(
        key=f"event {event[1]}",
        kind=Kind.MEETING,
        title=title or f"{body} {group} meeting, {span(starts, ends or starts)}",
        link=next((link for link in links if _EVENT.search(link)), None),
        links=tuple(link for link in links if _ICS.search(link) and not _EVENT.search(link))[:5],
        starts=starts,
        ends=ends,
        all_day=True,
        place=place,
        status=row.text("status").lower() or read(title).status,
        group=group,
        facts={name: value for name, value in facts.items() if value},
    )


def _last_day(row: markup.Row, starts: date, number: int, notes: list[str]) -> date | None:
    """Return the last day: of its own column, or of a period in the first one."""
    both = period(row.text("starts"))
    ends = day(row.text("ends")) or (both[1] if both[0] != both[1] else None)
    if ends is None or ends < starts:
        notes.append(f"Row {number} of {starts} has no last day that can be read.")
        return None
    return ends


def _group(text: str) -> str | None:
    """Return a group as documents write it; what is no group of a sector stays as it is."""
    name = itu.group(text)
    return name if _GROUP.fullmatch(name) else text or None
