"""ITU-T's alternative approval process (Rec. A.8): lists of records, and the page of one record.

No list has been seen as markup: columns are known by their headings, the page of a record by its labels. The key is
ITU's number of the record (`/t/aap/recdetails/10009`). Days are Geneva's; the last day of a period counts.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from urllib.parse import unquote

from lxml import etree

from bot.domain import itu
from bot.domain.entries import Entry, Fact, Kind
from bot.domain.errors import ParseError
from feeds import itu_titles, markup
from feeds.itu_days import day, period
from feeds.page import Page, Parsed
from feeds.text import one_line

_WHAT = "The list of ITU-T's alternative approval process"
_RECORD = re.compile(r"(?:/recdetails/|AAPSeqNo=)(\d{1,9})\b", re.IGNORECASE)
_QUESTION = re.compile(r"\bQ?\s*(\d+|ALL)\s*/\s*(\d+)", re.IGNORECASE)
STAGES: Mapping[str, str] = {
    "C": "consented",
    "LC": "last call",
    "LJ": "last call judgement",
    "AR": "additional review",
    "AJ": "additional review judgement",
    "SG": "study group meeting",
    "A": "approved",
    "AT": "approved",
    "NA": "not approved",
    "TAP": "determined",
}
"""Status codes of the AAP application (C, LC, LJ, AR as its page explains them; the others as Rec. A.8 names them)."""

_WORDS = (  # longer ones before those that they hold
    ("last call judg", "LJ"),
    ("additional review judg", "AJ"),
    ("last call", "LC"),
    ("additional review", "AR"),
    ("not approved", "NA"),
    ("typographical", "AT"),
    ("approved", "A"),
    ("consent", "C"),
    ("study group", "SG"),
)
HEADINGS: Mapping[str, re.Pattern[str]] = {
    "name": markup.words(r"(?:draft )?rec(?:ommendation|\.)?(?:\s*(?:no\.?|number|#))?|text|number|draft|work item"),
    "title": markup.words(r"(?:rec(?:ommendation|\.)? )?title|subject"),
    "status": markup.words(r"(?:aap |current )?(?:status|state|step|phase|stage)"),
    "group": markup.words(r"(?:responsible )?(?:study group|sg|group)"),
    "question": markup.words(r"questions?|q\.?"),
    "consented": markup.words(r"consent(?:ed)?(?: on| date)?|date of consent"),
    "lc": markup.words(r"last call|lc(?: period| dates?)?|last call (?:period|dates?)"),
    "lc_from": markup.words(r"(?:lc|last call) (?:start|from|begin)(?:s|ning)?(?: date)?|start of (?:lc|last call)"),
    "lc_until": markup.words(r"(?:lc|last call) (?:end|until|to|deadline)s?(?: date)?|end of (?:lc|last call)"),
    "ar": markup.words(r"additional review|ar(?: period| dates?)?|additional review (?:period|dates?)"),
    "ar_from": markup.words(
        r"(?:ar|additional review) (?:start|from|begin)(?:s|ning)?(?: date)?|start of (?:ar|additional review)"
    ),
    "ar_until": markup.words(
        r"(?:ar|additional review) (?:end|until|to|deadline)s?(?: date)?|end of (?:ar|additional review)"
    ),
    "period": markup.words(r"period|dates?|comment period"),
    "from": markup.words(r"start(?:s|ing)?(?: date)?|from|begins?|beginning"),
    "until": markup.words(r"ends?(?:ing)?(?: date)?|until|to|deadline|comments (?:due|until)|closes?"),
    "approved": markup.words(r"approv(?:ed|al)(?: on| date)?|date of approval"),
}
_DATED = ("consented", "lc", "lc_from", "lc_until", "ar", "ar_from", "ar_until", "period", "from", "until", "approved")
_DAYS = frozenset({"consented", "last_call_from", "last_call_until", "additional_review_from"}) | {
    "additional_review_until",
    "approved",
}
_LABELS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern.pattern.removesuffix(r"\s*[:.*]?\s*") + r"\s*:\s*", re.IGNORECASE)
    for name, pattern in HEADINGS.items()
}


def parse(page: Page) -> Parsed:
    """Read a list of records, or the page of one.

    Raise ParseError if it is a firewall's page, or neither names a Recommendation with its status.
    """
    root = markup.tree(markup.body(page, _WHAT), _WHAT)
    tables = list(markup.listed(root, HEADINGS, ("name", "status")))
    if tables:
        return _list(tables, page)
    fields = {
        name: values[0]
        for name, values in markup.labelled(markup.lines(root, markup.WHOLE_PAGE), _LABELS).items()
        if values
    }
    record = _RECORD.search(page.url)
    if "name" not in fields or "status" not in fields:
        missing = [name for name in ("name", "status") if name not in fields]
        raise markup.changed(_WHAT, missing, markup.line(root))
    return Parsed(entries=(_entry(fields, record[1] if record else markup.first(_RECORD, _hrefs(root))),), count=1)


def _list(tables: Iterable[list[markup.Row]], page: Page) -> Parsed:
    kept: dict[str, Entry] = {}
    notes: list[str] = []
    rows = [row for table in tables for row in table]
    for row in rows:
        cell = row.cell("name")
        if cell is None or not row.text("name") or not (row.text("status") or row.text("title")):
            continue  # a pager, a foot, the heading of a section
        around = cell.getparent()
        links = markup.links(cell if around is None else around, page.url)
        entry = _entry({name: row.text(name) for name in row.names}, markup.first(_RECORD, links))
        if not entry.facts.get("stage"):
            notes.append(f"The status {entry.status!r} of {entry.facts['number']!r} is none that we know.")
        if entry.key in kept and kept[entry.key].fingerprint != entry.fingerprint:
            entry = replace(entry, key=f"{entry.key}#{len(kept)}")
        kept.setdefault(entry.key, entry)
    undated = [text for row in rows if (text := next(filter(None, map(row.text, _DATED)), ""))]
    if undated and not any(_DAYS & entry.facts.keys() for entry in kept.values()):
        raise markup.changed(_WHAT, ["days that can be read"], undated[0])
    if kept and len(notes) == len(kept):
        raise ParseError(f"shape changed: no status in {_WHAT[0].lower()}{_WHAT[1:]} is one that we know. {notes[0]}")
    return Parsed(entries=tuple(kept.values()), count=len(kept), notes=tuple(notes[:20]))


def _hrefs(root: etree._Element) -> list[str]:
    return [unquote(at.get("href") or at.get("action") or "") for at in root.iter("a", "form", "link")]


def _entry(fields: Mapping[str, str], record: str) -> Entry:
    said = {name: markup.said(value) for name, value in fields.items()}
    name = one_line(said["name"]).removeprefix("ITU-T ")
    number, acronym = itu_titles.item_names(name)
    code = status_code(said.get("status", ""))
    question = _QUESTION.search(said.get("question", ""))
    facts: dict[str, Fact] = {
        "body": "ITU-T",
        "aap": record,
        "number": name,
        "recommendation": number,
        "acronym": acronym,
        "process": "AAP",
        "stage": STAGES.get(code, ""),
        "code": code,
        "question": f"Q{question[1].upper()}/{question[2]}" if question else "",
        **_days(said, code),
    }
    group = said.get("group", "")
    return Entry(
        key=f"aap {record}" if record else f"aap {acronym or name}"[:512],
        kind=Kind.WORK_ITEM,
        title=one_line(said.get("title", "")) or name,
        link=f"https://www.itu.int/t/aap/recdetails/{record}" if record else None,
        status=one_line(said.get("status", "")).lower() or None,
        group=_group(group, question[2] if question else ""),
        facts={label: value for label, value in facts.items() if value},
        volatile=frozenset({"code", "recommendation"}),  # stage and number tell them
    )


def _group(text: str, owner: str) -> str | None:
    bare = text.partition(":")[0]
    if bare.strip().isdecimal() or not bare.strip():
        owner = bare.strip() or owner
        return f"SG{owner}" if owner else None
    return itu.group(bare)


def status_code(text: str) -> str:
    """Return the code that a status is or begins with, in words or letters; empty if it is none known."""
    first = re.match(r"\W*([A-Z]{1,3})\b(?!\w)", text)
    if first and first[1] in STAGES:
        return first[1]
    folded = text.casefold()
    return next((code for words, code in _WORDS if words in folded), "")


def _days(said: Mapping[str, str], code: str) -> dict[str, Fact]:
    """Return the days by name; columns that name no period ("Start", "End") mean that of the status."""
    current = {"LC": "lc", "LJ": "lc", "AR": "ar", "AJ": "ar"}.get(code, "")
    spans = {"lc": _span(said, "lc", "lc_from", "lc_until"), "ar": _span(said, "ar", "ar_from", "ar_until")}
    if current and spans[current] == (None, None):
        spans[current] = _span(said, "period" if said.get("period") else "status", "from", "until")
    found = {
        "consented": day(said.get("consented", "")),
        "last_call_from": spans["lc"][0],
        "last_call_until": spans["lc"][1],
        "additional_review_from": spans["ar"][0],
        "additional_review_until": spans["ar"][1],
        "approved": day(said.get("approved", "")),
    }
    return {name: when.isoformat() if when else "" for name, when in found.items()}


def _span(said: Mapping[str, str], whole: str, first: str, last: str) -> tuple[date | None, date | None]:
    """Return a period that stands in one column, or in one for each end."""
    both = period(said.get(whole, ""))
    return day(said.get(first, "")) or both[0], period(said.get(last, ""))[1] or both[1]
