"""3GPP's meetings of one group (`dynareport?code=Meetings-S3.htm`); the key is `MtgId`.

One row a meeting: name with a link to the portal, title, town, first and last day as `YYYY-MM-DD` (sometimes with
slashes or typographic dashes), first and last document, links. No zone is given: days are days of the town.
"""

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from bot.domain.entries import Entry, Fact, Kind
from bot.domain.errors import ParseError
from feeds import markup, urls
from feeds.itu_dates import span
from feeds.itu_days import day
from feeds.page import Page, Parsed

_WHAT = "The list of 3GPP meetings"
_PORTAL = "https://portal.3gpp.org/Home.aspx#/meeting?MtgId="
_NUMBER = re.compile(r"(?:MtgId|meetingId|qMTG_ID|mid)=(\d{1,9})\b", re.IGNORECASE)
_NAME = re.compile(r"(?P<tsg>[SRCG])(?P<number>[P1-9])\s*-")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_CANCELLED = re.compile(r"[\s:;,(\[-]*\bcancell?ed\b[\s)\].]*", re.IGNORECASE)
_REMOTE = re.compile(r"\b(?:online|e-?meeting|electronic|virtual|remote)\b", re.IGNORECASE)
_FTP = re.compile(r"[/\\.]*[/\\](?=ftp[/\\])", re.IGNORECASE)
_TDOCS = re.compile(r"([A-Z]\w{1,3}-?[a-z]?\d{6})\s*-\s*([A-Z]\w{1,3}-?[a-z]?\d{6})")
HEADINGS: Mapping[str, re.Pattern[str]] = {
    "name": markup.words(r"(?:meeting|mtg)(?: (?:no\.?|number|name|id|#))?|number|name"),
    "title": markup.words(r"(?:meeting )?title|description"),
    "place": markup.words(r"(?:(?:town|place|city|location|venue|country)(?:[/,] ?)?)+"),
    "starts": markup.words(r"start(?:s|ing)?(?: date)?|from|begins?(?: on| date)?"),
    "ends": markup.words(r"end(?:s|ing)?(?: on| date)?|to|until|finish(?:es)?"),
    "registration": markup.REGISTRATION,
    "tdocs": markup.words(r"first\s*(?:&|and)\s*last\s*t?docs?|t?docs?|documents"),
}
_PLACES = {"name": 0, "title": 1, "place": 2, "starts": 3, "ends": 4, "tdocs": 5}
_TSG = {"S": "SA", "R": "RAN", "C": "CT", "G": "GERAN"}


def parse(page: Page) -> Parsed:
    """Read the list; complete if it came whole and every row could be read.

    Raise ParseError if it is a firewall's page, or its rows lost the fields we rely on.
    """
    data = markup.body(page, _WHAT)
    root = markup.tree(data, _WHAT)
    rows = list(_rows(root))
    if not rows and not any(True for _ in markup.listed(root, HEADINGS, ("name", "starts", "ends"))):
        raise markup.changed(_WHAT, ["rows with a MtgId"], markup.line(root))
    notes: list[str] = []
    made = [_entry(row, page, notes) for row in rows]
    kept = {entry.key: entry for entry in reversed(made) if entry is not None}
    if rows and not kept:
        raise ParseError(f"shape changed: none of the {len(rows)} 3GPP meetings could be read. {notes[0]}")
    return Parsed(
        entries=tuple(kept.values())[::-1],
        count=len(kept),
        complete=markup.ended(data) and None not in made,
        notes=tuple(notes[:20]),
    )


def _rows(root: etree._Element) -> Iterator[markup.Row]:
    """Yield the rows that name a meeting's number: by headings where there are some, else by their place."""
    seen: set[etree._Element] = set()
    for table in markup.listed(root, HEADINGS, ("name", "starts", "ends")):
        for row in table:
            if row.cells and markup.first(_NUMBER, row.hrefs()):
                seen.update(row.cells[:1])
                yield row
    placed = (markup.Row(cells=tuple(cells), names=_PLACES) for table in markup.rows(root) for cells in table)
    bare = [row for row in placed if len(row.cells) >= len(_PLACES) and row.cells[0] not in seen]
    bare = [row for row in bare if markup.first(_NUMBER, row.hrefs())]
    if any(day(row.text("starts")) and day(row.text("ends")) for row in bare):
        yield from bare  # else the columns are others than we know


def _entry(row: markup.Row, page: Page, notes: list[str]) -> Entry | None:
    name, title = (_DASHES.sub("-", row.text(field)) for field in ("name", "title"))
    starts, ends = day(row.text("starts")), day(row.text("ends"))
    if not name or starts is None:
        notes.append(f"A row was skipped: {name[:40]!r}, first day {row.text('starts')[:40]!r}.")
        return None
    if ends is None or ends < starts:
        notes.append(f"The meeting {name[:40]} of {starts} has no last day that can be read.")
        ends = None
    number = markup.first(_NUMBER, row.hrefs())
    place = _DASHES.sub("-", row.text("place")) or None
    tdocs = _TDOCS.search(_DASHES.sub("-", row.text("tdocs")))
    registered = day(row.text("registration"))
    called = _CANCELLED.sub("", title).strip() or name
    facts: dict[str, Fact] = {
        "body": "3GPP",
        "number": _CANCELLED.sub("", name).strip(),
        "mtg_id": number,
        "registration_until": registered.isoformat() if registered else "",
        "e_meeting": "yes" if place and _REMOTE.search(place) else "",
        "documents": f"{tdocs[1]} - {tdocs[2]}" if tdocs else "",
    }
    days = span(starts, ends) if ends else f"from {span(starts, starts)}"
    return Entry(
        key=f"mtg {number}",
        kind=Kind.MEETING,
        title=", ".join(filter(None, (called, place, days))),
        link=f"{_PORTAL}{number}",
        links=tuple(dict.fromkeys(_links(row, page)))[:10],
        starts=starts,
        ends=ends,
        all_day=True,
        place=place,
        status="cancelled" if _CANCELLED.search(f"{name} {title}") else None,
        group=_group(name),
        facts={label: value for label, value in facts.items() if value},
        volatile=frozenset({"documents"}),
    )


def _group(name: str) -> str | None:
    """Return the group by its usual name: "S3-125" is of SA3, "RP-110" of RAN."""
    found = _NAME.match(name)
    if found is None:
        return None
    tsg, number = found["tsg"], found["number"]
    return _TSG[tsg] + ("" if number == "P" else number)


def _links(row: markup.Row, page: Page) -> Iterator[str]:
    r"""Yield the folders of documents; the list writes them as `/../../../\ftp\TSG_SA\…`."""
    for href in (href for cell in row.cells for href in markup.hrefs(cell)):
        if _FTP.match(href):
            path = re.sub(r"[/\\]+", "/", _FTP.sub("", href))
            address = urls.resolve(f"https://www.3gpp.org/{path}", page.url)
            if address:
                yield address
