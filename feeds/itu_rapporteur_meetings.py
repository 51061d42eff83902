"""Rapporteur group meetings of an ITU-T study group: `rgm.aspx?Group=17&type=interim`, and the older pages.

Columns: WP, Question, Date (time), Place/Host, Terms of reference or Subject, Contact or Documents. Dates are free text
("6, 7, 8 am December 2011 (supported by E-meeting facility)"); ITU gives no zone, so times of day stay words. Where the
page gives no number of its own, the key is made of group, Questions and first day.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import unquote

from lxml import etree

from bot.domain.entries import Entry, Fact, Kind
from bot.domain.errors import ParseError
from feeds import markup
from feeds.itu_dates import PlaceAndDate, read, span
from feeds.itu_days import day, period, period_code
from feeds.itu_members import distinct
from feeds.page import Page, Parsed

_WHAT = "The list of rapporteur group meetings"
HEADINGS: Mapping[str, re.Pattern[str]] = {
    "party": markup.words(r"wp|working part(?:y|ies)"),
    "question": markup.words(r"(?:wp/)?q(?:uestions?|\.)?(?:/wp)?|(?:rapporteur )?group"),
    "date": markup.words(r"(?:meeting )?dates?(?:\s*(?:and|&|/) ?time)?|when|period"),
    "place": markup.words(r"(?:place|venue|location)(?:\s*(?:/|and|&)\s*host)?|host(?:/(?:place|venue|location))?"),
    "subject": markup.words(r"terms? of reference|tor|subject|title|topics?|objectives?"),
    "documents": markup.words(r"documents?(?:\s*/\s*contacts?)?|contacts?(?: persons?)?(?:\s*/\s*documents?)?"),
    "status": markup.words(r"status"),
    "registration": markup.REGISTRATION,
}
_NUMBER = re.compile(r"rgm\w*\.aspx\?(?:[^\"'\s]*&)?(?:id|isn|rgm\w*|meeting\w*|seq\w*)=(\d{1,9})\b", re.IGNORECASE)
_GROUP = re.compile(r"[?&]Group=(\w{1,8})\b", re.IGNORECASE)
_QUESTION = re.compile(r"\bQ?\.?\s*(\d{1,2}|ALL)\s*/\s*(\d{1,2}[A-Z]?)\b", re.IGNORECASE)
_BARE = re.compile(r"\bQ\.?\s*(\d{1,2})\b", re.IGNORECASE)
_PARTY = re.compile(r"\b(?:WP)?\s*(\d{1,2})\s*/\s*(\d{1,2})\b", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)")
_NOISE = re.compile(
    r"\*+|\b(?:a\.?m|p\.?m)\b\.?|\b\d{1,2}[:h.]\d{2}\b(?:\s*(?:hours|hrs|UTC|GMT|CES?T))?|\b\d{4}\s*(?:hours|hrs)\b",
    re.IGNORECASE,
)
_REMOTE = re.compile(r"\b(?:e-?meeting|virtual|online|remote|electronic)", re.IGNORECASE)
_NOTHING = re.compile(r"\bno (?:\w+ ){0,4}meetings?\b|\bnot? (?:yet )?(?:planned|scheduled)\b", re.IGNORECASE)
_MOST_NOTES = 20


def parse(page: Page) -> Parsed:
    """Read a list of meetings; complete if it came whole and every row could be read.

    Raise ParseError if it is a firewall's page, or lost the columns that we rely on.
    """
    data = markup.body(page, _WHAT)
    root = markup.tree(data, _WHAT)
    tables = list(markup.listed(root, HEADINGS, ("question", "date", "place")))
    if not tables and not _NOTHING.search(markup.shown(root)):
        raise markup.changed(_WHAT, ["the columns Question, Date and Place"], markup.line(root))
    notes: list[str] = []
    owner = _owner(root, page)
    rows = [row for table in tables for row in table if row.text("question") and row.text("date")]
    made = [entry for row in rows if (entry := _entry(row, owner, page, notes)) is not None]
    if rows and not made:
        raise ParseError(f"shape changed: none of the {len(rows)} meetings has a day that can be read. {notes[0]}")
    entries = _apart(made)
    whole = markup.ended(data) and len(made) == len(rows)
    return Parsed(entries=tuple(entries), count=len(entries), complete=whole, notes=tuple(notes[:_MOST_NOTES]))


def _owner(root: etree._Element, page: Page) -> str:
    """Return the study group whose list it is, as its address or its form says."""
    return markup.first(_GROUP, map(unquote, [page.url, *markup.actions(root)])).upper()


def _apart(entries: Iterable[Entry]) -> list[Entry]:
    """Give a second, different meeting of the same Questions and day a key of its own; drop repetitions."""
    kept: dict[str, Entry] = {}
    for entry in entries:
        key, again = entry.key, 1
        while key in kept and kept[key].fingerprint != entry.fingerprint:
            again += 1
            key = f"{entry.key}#{again}"
        kept[key] = replace(entry, key=key)
    return list(kept.values())


def _entry(row: markup.Row, owner: str, page: Page, notes: list[str]) -> Entry | None:
    questions = _questions(row.text("question"), owner)
    said = days(row.text("date"))
    if said.starts is None or not questions:
        notes.append(f"A row was skipped: Question {row.text('question')[:40]!r}, date {row.text('date')[:60]!r}.")
        return None
    group = _group(questions, owner)
    place = row.text("place") or None
    ends = said.ends or said.starts
    number = markup.first(_NUMBER, row.hrefs())
    registered = day(row.text("registration"))
    named = ", ".join(questions)
    facts: dict[str, Fact] = {
        "body": "ITU-T",
        "type": "rapporteur group meeting",
        "question": questions,
        "working_party": _parties(row.text("party")),
        "dates_as_written": row.text("date"),
        "registration_until": registered.isoformat() if registered else "",
        "e_meeting": "yes" if _REMOTE.search(f"{place} {row.text('date')}") else "",
        "documents": "" if "@" in row.text("documents") else row.text("documents"),
    }
    links = [address for cell in row.cells for address in markup.links(cell, page.url)]
    return Entry(
        key=f"rgm {number}" if number else _key(said, group, questions),
        kind=Kind.MEETING,
        title=", ".join(filter(None, (f"{named} rapporteur group meeting", place, span(said.starts, ends)))),
        link=next((link for link in links if _NUMBER.search(link)), None),
        links=tuple(dict.fromkeys(link for link in links if not link.startswith("mailto:")))[:10],
        text="\n".join(row.lines("subject")),
        starts=said.starts,
        ends=ends,
        all_day=True,
        place=place,
        status=row.text("status").lower() or said.status or read(row.text("place")).status,
        group=group,
        facts={name: value for name, value in facts.items() if value},
    )


def _key(said: PlaceAndDate, group: str | None, questions: tuple[str, ...]) -> str:
    """Return "T25-SG17-Q10-260706": period, group, Questions, first day."""
    asked = "+".join(question.partition("/")[0] for question in questions)
    when = f"{said.starts:%y%m%d}" if said.starts else ""
    return f"T{period_code(said.starts) if said.starts else ''}-{group or 'ITU'}-{asked}-{when}"[:512]


def days(text: str) -> PlaceAndDate:
    """Read days in the forms of these lists: "6, 7, 8 am December 2011 (…)", "6 – 17 February 2012*, **"."""
    said = read(text)
    bare = _NOISE.sub(" ", _BRACKETS.sub(" ", text))
    first, last = period(bare.strip(" ,;"))
    return said if first is None else replace(said, starts=first, ends=last)


def _questions(text: str, owner: str) -> tuple[str, ...]:
    """Return the Questions, "Q7/17"; where the list leaves the group out, it is the list's own."""
    found = [f"Q{number.upper()}/{group}" for number, group in _QUESTION.findall(text)]
    if not found and owner:
        found = [f"Q{number}/{owner}" for number in _BARE.findall(text) or re.findall(r"\b\d{1,2}\b", text)]
    return distinct(found)


def _group(questions: tuple[str, ...], owner: str) -> str | None:
    owners = {question.partition("/")[2] for question in questions}
    name = owners.pop() if len(owners) == 1 else owner
    return f"SG{name}" if name[:1].isdecimal() else name or None


def _parties(text: str) -> tuple[str, ...]:
    return distinct(f"WP{number}/{group}" for number, group in _PARTY.findall(text))
