"""ITU's documents: contributions (C), temporary documents (TD), reports (R), collective letters (COL).

Two forms: the index XML of a group and type (`dms_pages/…/T25-SG17-C.xml`), and the HTML list of a meeting
(`meetingdoc.asp?parent=T25-SG17-260601-C`). The names of documents are their keys; a revision is the same document.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from urllib.parse import unquote

from lxml import etree

from bot.domain import itu
from bot.domain.entries import Entry, Fact, Kind
from bot.domain.errors import ParseError
from feeds import itu_titles, markup
from feeds.itu_dates import clean
from feeds.itu_days import day
from feeds.itu_members import companies, distinct, members, role
from feeds.page import Page, Parsed
from feeds.text import one_line

_WHAT = "The ITU document list"
_MOST_LINKS = 5_000
_MOST_FOLDERS = 20_000
_MOST_SOURCES = 100
_FILLED = 3
"""Cells with something in them that make a row more than a foot or a pager."""
_INDEX = re.compile(rb"<(?:[\w.-]+:)?page_content\b")
_EXPECTED = ("object_name", "ltitle_e", "main_source", "reception_date")
_NAME = re.compile(
    r"\b(?P<base>(?P<prefix>[TRD]\d\d-[A-Z][A-Z0-9.]*)(?:-(?P<meeting>\d{6}))?-(?P<type>COL|CIR|TD|C|R)"
    r"(?:-(?P<part>GEN|PLEN|WP\d+[A-Z]?))?-(?P<number>\d{3,5}))(?:!?R(?P<revision>\d{1,3}))?(?![\w-])"
)
_PARENT = re.compile(r"\b([TRD]\d\d-[A-Z][A-Z0-9.]*(?:-\d{6})?-(?:COL|CIR|TD|C|R)(?:-(?:GEN|PLEN|WP\d+))?)(?![\w-])")
_SHORT = re.compile(r"\[?\s*(?P<number>\d{1,5})\s*(?:-\s*(?P<part>GEN|PLEN|WP\d+))?", re.IGNORECASE)
_REVISION = re.compile(r"Rev\.?\s*(?:\d+\s*[-–]\s*)?(\d{1,3})|\bR(\d{1,3})\b", re.IGNORECASE)
_TYPES: Mapping[str, str] = {
    "C": "contribution",
    "TD": "temporary document",
    "R": "report",
    "COL": "collective letter",
    "CIR": "circular",
}
HEADINGS = {
    "number": markup.words(r"(?:doc(?:ument)?\.?\s*)?(?:number|num\.?|no\.?|n°|#)|documents?|doc\.?|ref(?:erence|\.)?"),
    "title": markup.words(r"(?:document )?titles?(?:/subject)?|subject(?:/title)?"),
    "source": markup.words(r"sources?|origin|contributors?|submitted by"),
    "question": markup.words(r"ai/q(?:uestions?)?|q(?:uestions?|\.)?(?:/ai)?|ai"),
    "date": markup.words(
        r"(?:posted|received|reception|issued?|publication)?\s*(?:on|date|posted|received)|date (?:posted|received)"
    ),
}


def parse(page: Page) -> Parsed:
    """Read an index (complete) or a meeting's list (a page of it, never complete).

    Raise ParseError if the body is neither, was cut short, or lost the fields we rely on.
    """
    return read(page, _WHAT)


def read(page: Page, what: str) -> Parsed:
    """Read any list of documents; `what` names it in errors."""
    data = markup.body(page, what)
    if is_index(data):
        return _index(markup.xml(data, what, "page_content"), what)
    return _list(markup.tree(data, what), page, what)


def is_index(data: bytes) -> bool:
    """Tell an index from a page of the site."""
    return _INDEX.search(data[:2_000]) is not None


def _index(root: etree._Element, what: str) -> Parsed:
    listing = root.find("folder_list")
    if listing is None:
        raise markup.changed(what, ["folder_list"], ", ".join(str(child.tag) for child in root))
    folders = [_fields(folder) for folder in islice(listing.iterchildren("folder"), _MOST_FOLDERS + 1)]
    if not folders and len(listing):
        raise markup.changed(what, ["folder"], ", ".join(str(child.tag) for child in listing))
    if len(folders) > _MOST_FOLDERS:
        raise ParseError(f"{what} holds more than {_MOST_FOLDERS} documents, which no group has.")
    gone = [name for name in _EXPECTED if folders and not any(name in folder for folder in folders)]
    if folders and not any(folder.get("object_name") for folder in folders):
        gone.append("names of documents")
    said = [text for folder in folders if (text := folder.get("reception_date", ""))]
    if said and not any(map(day, said)):
        gone.append(f"days of reception ({said[0][:40]})")
    if gone:
        raise markup.changed(what, gone, ", ".join(folders[0]))
    notes: list[str] = []
    made = [_from_folder(folder, number, notes) for number, folder in enumerate(folders, 1)]
    entries = latest(entry for entry in made if entry is not None)
    return Parsed(
        entries=tuple(entries),
        count=len(entries),
        complete=None not in made,
        title=_index_title(root),
        notes=tuple(notes),
    )


def _fields(folder: etree._Element) -> dict[str, str]:
    fields = {
        etree.QName(child).localname: clean(child.text or "")[: markup.LONGEST_TEXT]
        for child in folder.iterchildren(tag=etree.Element)
    }
    asked = folder.find("study_questions")
    questions = [] if asked is None else [clean(value.text or "") for value in asked.iterchildren(tag=etree.Element)]
    return fields | {"study_questions": "\n".join(filter(None, questions))}


def _index_title(root: etree._Element) -> str | None:
    title = root.findtext("group_desc/ltitle_e") or ""
    name = root.findtext("group_desc/friendly_name") or ""
    return one_line(clean(" ".join(filter(None, (name, title))))) or None


def _from_folder(folder: Mapping[str, str], number: int, notes: list[str]) -> Entry | None:
    named = _NAME.fullmatch(folder.get("object_name", ""))
    if named is None:
        notes.append(f"Folder {number} was skipped: {folder.get('object_name', '')[:80]!r} is no document's name.")
        return None
    received = day(folder.get("reception_date", ""))
    sources = folder.get("main_source", "")
    return entry(
        named,
        title=next((folder[name] for name in ("ltitle_e", "ltitle_f", "ltitle_s") if folder.get(name)), ""),
        sources=[sources] if role(sources) else members(sources),
        questions=folder["study_questions"].split("\n"),
        received=received,
        text="\n".join(filter(None, (folder.get(name, "") for name in ("abstract_e", "observation_e")))),
        facts={"meeting": _meeting(folder.get("meeting_name", "")), "access": folder.get("access_type", "")},
    )


def _meeting(name: str) -> str:
    return name if re.fullmatch(r"[TRD]\d\d-[A-Z][A-Z0-9.]*-\d{6}", name) else ""


def entry(
    named: re.Match[str],
    *,
    title: str,
    sources: Sequence[str],
    questions: Iterable[str],
    received: date | None = None,
    text: str = "",
    revision: str = "",
    facts: Mapping[str, Fact] | None = None,
) -> Entry:
    """Return the entry for a document of that name."""
    prefix = itu.document_prefix(named["prefix"])
    key = named["base"]
    meeting = f"{named['prefix']}-{named['meeting']}" if named["meeting"] else ""
    found: dict[str, Fact] = {
        "body": f"ITU-{named['prefix'][0]}",
        "type": _TYPES[named["type"]],
        "number": _number(named),
        "part": named["part"] or "",
        "revision": named["revision"] or revision,
        "source": ", ".join(distinct(sources)),
        "companies": companies(sources),
        "question": distinct(questions),
        "meeting": meeting,
        "received": received.isoformat() if received else "",
        **_subject(title),
    }
    found |= {name: value for name, value in (facts or {}).items() if value}
    return Entry(
        key=key,
        kind=Kind.DOCUMENT,
        title=one_line(title) or key,
        link=f"https://www.itu.int/md/{key}/en",
        text=markup.prose(text),
        published=None if received is None else datetime(received.year, received.month, received.day, tzinfo=UTC),
        group=prefix.group if prefix else None,
        facts={name: value for name, value in found.items() if value},
        volatile=frozenset({"companies"}),  # the source tells them
    )


def _subject(title: str) -> dict[str, Fact]:
    """Return the facts that a title tells."""
    subject = itu_titles.read(title)
    return {
        "purpose": subject.purpose,
        "work_item": subject.work_item,
        "recommendation": subject.recommendation,
        "liaison_from": subject.sender,
        "liaison_to": subject.receiver,
    }


def _number(named: re.Match[str]) -> str:
    """Return how people call it: "C 548", "TD 292-GEN"."""
    part = f"-{named['part']}" if named["part"] else ""
    return f"{named['type']} {int(named['number'])}{part}"


def latest(entries: Iterable[Entry]) -> list[Entry]:
    """Keep each document once, in its latest revision, where it first stands."""
    kept: dict[str, Entry] = {}
    for one in entries:
        before = kept.get(one.key)
        if before is None or _revision(one) > _revision(before):
            kept[one.key] = one
    return list(kept.values())


def _revision(one: Entry) -> int:
    revision = str(one.facts.get("revision", ""))
    return int(revision) if revision.isdecimal() else 0


def _list(root: etree._Element, page: Page, what: str) -> Parsed:
    tables = list(markup.listed(root, HEADINGS, ("number", "title")))
    if not tables:
        raise markup.changed(what, ["a table with the headings Number and Title"], markup.line(root))
    parent = _parent(root, page)
    notes: list[str] = []
    entries = [made for table in tables for row in table if (made := _from_row(row, parent, notes)) is not None]
    filled = [row for table in tables for row in table if sum(bool(markup.line(cell)) for cell in row.cells) >= _FILLED]
    if not entries and (notes or filled):
        why = notes[0] if notes else f"The first says {' | '.join(map(markup.line, filled[0].cells))[:200]}."
        raise ParseError(f"shape changed: no row of {what[0].lower()}{what[1:]} could be read. {why}")
    dated = [text for table in tables for row in table if (text := row.text("date"))]
    if dated and entries and not any(made.published for made in entries):
        raise markup.changed(what, ["days that can be read"], dated[0])
    kept = latest(entries)
    return Parsed(entries=tuple(kept), count=len(kept), title=parent or None, notes=tuple(notes))


def _parent(root: etree._Element, page: Page) -> str:
    """Return which list it is, "T25-SG17-260601-C", as its address or its own links say."""
    addresses = [page.url, *markup.actions(root), *markup.hrefs(root, _MOST_LINKS)]
    return markup.first(_PARENT, (unquote(address).upper() for address in addresses))


def _from_row(row: markup.Row, parent: str, notes: list[str]) -> Entry | None:
    numbers, title = row.text("number"), _title(row)
    cell = row.cell("number")
    if cell is None or not title:
        return None  # a foot, a pager, a blank line
    named = _named(cell, numbers, parent)
    if named is None:
        if any(letter.isdigit() for letter in numbers):
            notes.append(f"The row {numbers[:40]!r} ({title[:60]!r}) was skipped: it names no document.")
        return None
    revision = _REVISION.search(numbers)
    source, question = row.cell("source"), row.cell("question")
    return entry(
        named,
        title=title,
        sources=_linked(source),
        questions=re.findall(r"\bQ(?:\d+|ALL)/\d+\b", "" if question is None else markup.line(question)),
        received=day(row.text("date")),
        revision=next(filter(None, revision.groups()), "") if revision else "",
        facts={"meeting": _meeting("-".join(parent.split("-")[:3]))},
    )


def _title(row: markup.Row) -> str:
    """Return the title; what stands behind a line end ("[from …]") is part of it."""
    return markup.said(" ".join(row.lines("title")))


def _named(cell: etree._Element, numbers: str, parent: str) -> re.Match[str] | None:
    """Return the document's name as its link says, or as list and number give it (no link: not uploaded yet)."""
    for address in markup.hrefs(cell):
        if found := _NAME.search(unquote(address)):
            return found
    if found := _NAME.search(numbers):
        return found
    short = _SHORT.match(numbers)
    kind = _PARENT.fullmatch(parent)
    if short is None or kind is None:
        return None
    pieces = parent.split("-")
    if pieces[-1] in {"C", "R", "COL", "CIR"} and len(pieces) > len(("T25", "SG17", "C")):
        del pieces[2]  # these are numbered through the whole study period
    if short["part"] and pieces[-1] == "TD":
        pieces.append(short["part"].upper())
    return _NAME.fullmatch(f"{'-'.join(pieces)}-{int(short['number']):04d}")


def _linked(cell: etree._Element | None) -> list[str]:
    """Return the sources: each is a link of its own; without links, the lines of the cell."""
    if cell is None:
        return []
    names = [text for at in islice(cell.iter("a"), _MOST_SOURCES) if (text := markup.said(markup.line(at)))]
    return names or [text for text in markup.lines(cell) if markup.said(text)]
