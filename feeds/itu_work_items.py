"""Lists of ITU-T's work programme: the tabular view, the list view, and the list saved as CSV.

`wp_search.aspx?sg=21&q=7&…&view=tab&field=ahjgoflki`; each letter of `field` is a column.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import StringIO
from itertools import islice
from urllib.parse import unquote

from lxml import etree

from bot.domain.entries import Entry
from bot.domain.errors import ParseError
from feeds import markup
from feeds.grid import MOST_ROWS
from feeds.itu_dates import clean
from feeds.itu_work_item import isn_of, work_item
from feeds.page import Page, Parsed
from feeds.verdicts import is_html

_WHAT = "The list of ITU-T work items"
HEADINGS: Mapping[str, re.Pattern[str]] = {
    "name": markup.words(r"(?:work )?items?(?: (?:name|no\.?|number|acronym)|/acronym)?|acronym"),
    "question": markup.words(r"questions?(?:\(s\))?|q\.?"),
    "equivalent": markup.words(r"equiv(?:alent|\.)?\s*(?:num(?:ber|\.)?)"),
    "status": markup.words(r"(?:current )?status"),
    "timing": markup.words(r"timing|target date"),
    "process": markup.words(r"(?:approval )?process|approval"),
    "version": markup.words(r"version"),
    "liaison": markup.words(r"liaison(?: relationships?)?|relationship"),
    "title": markup.words(r"subject(?:\s*/\s*title)?|(?:work item )?title(?:\s*/\s*subject)?"),
    "references": markup.words(r"base texts?(?:\(s\))?"),
    "contacts": markup.words(r"editors?(?:\(s\))?|contacts?(?:\(s\))?"),
    "priority": markup.words(r"priority"),
    "group": markup.words(r"(?:study )?group|sg"),
    "period": markup.words(r"(?:study )?period"),
    "supporters": markup.words(r"supporting members?"),
    "summary": markup.words(r"summary"),
}
_LETTERS: Mapping[str, str] = {
    "a": "name",
    "c": "question",
    "d": "equivalent",
    "e": "status",
    "f": "timing",
    "g": "process",
    "h": "version",
    "i": "liaison",
    "j": "title",
    "k": "references",
    "l": "contacts",
    "o": "priority",
}
_ASKED_GROUP = re.compile(r"[?&]sg=(\d{1,2}|[a-z]{2,8})\b", re.IGNORECASE)
_ASKED_QUESTION = re.compile(r"[?&]q=(\d{1,2})\b", re.IGNORECASE)
_FIELD = re.compile(r"[?&]field=([a-z]{1,26})\b")
_VIEW = ("name", "question", "title", "timing", "group", "period")
"""What the six spans of a row of the list view say, in order."""

_SPAN = re.compile(r"tab_list_view_gd_wp_(ct\w+?)_")
_NOTHING = re.compile(r"\bno (?:work items?|records?|results?|data)\b|\b0 (?:work items?|records?)\b", re.IGNORECASE)
_DELTA = re.compile(rb"\A\d+\|[^<]{0,300}\|updatePanel\|")
_CSV = re.compile(r"^[ \t\"\ufeff]*work ?item[ \t\"]*;", re.IGNORECASE | re.MULTILINE)
_MOST = 10_000
_MOST_LISTED = 100


def parse(page: Page) -> Parsed:
    """Read a list in any of its forms.

    Raise ParseError if it is a firewall's page, or lost the columns that we rely on.
    """
    data = markup.body(page, _WHAT)
    header = _CSV.search(data[:20_000].decode("utf-8", "replace"))
    if header and not is_html(data):
        return _parsed(_from_csv(data.decode("utf-8", "replace"), header.start()), [])
    if _DELTA.match(data):
        data = data[data.find(b"<") :]
    root = markup.tree(data, _WHAT)
    notes: list[str] = []
    found = list(_from_tables(root, page, notes)) or list(_from_spans(root, page))
    if not found and not _holds_nothing(root):
        raise markup.changed(_WHAT, ["rows with a work item and a title"], markup.line(root))
    return _parsed(found, notes)


def _parsed(entries: Sequence[Entry], notes: list[str]) -> Parsed:
    kept: dict[str, Entry] = {}
    for entry in entries[:_MOST]:
        key, again = entry.key, 1
        while key in kept and kept[key].fingerprint != entry.fingerprint:
            again += 1
            key = f"{entry.key}#{again}"
        kept[key] = replace(entry, key=key)
    return Parsed(entries=tuple(kept.values()), count=len(kept), notes=tuple(notes))


def _holds_nothing(root: etree._Element) -> bool:
    """Tell a list without items from a page that changed: it says so, or has the headings all the same."""
    if _NOTHING.search(markup.shown(root)):
        return True
    return any(True for _ in markup.listed(root, HEADINGS, ("name", "title")))


def _from_tables(root: etree._Element, page: Page, notes: list[str]) -> Iterator[Entry]:
    tables = list(markup.listed(root, HEADINGS, ("name", "title"))) or list(_unheaded(root, page))
    asked = _asked(root, page)
    for number, row in enumerate((row for table in tables for row in table), 1):
        cell = row.cell("name")
        if cell is None or row.cell("title") is None or not row.text("name"):
            continue  # a pager, a foot
        if not row.text("title"):
            notes.append(f"Row {number} ({row.text('name')[:40]!r}) was skipped: it has no title.")
            continue
        fields = asked | {name: text for name in row.names if (text := row.text(name))}
        yield work_item(
            fields,
            isn=_isn(cell, page),
            references=_each(row.cell("references")),
            contacts=_each(row.cell("contacts")),
        )


def _addresses(root: etree._Element, page: Page) -> list[str]:
    return [unquote(address) for address in (page.url, *markup.actions(root))]


def _asked(root: etree._Element, page: Page) -> dict[str, str]:
    """Return group and Question that the address asked for: `sg=21&q=7`; the columns need not repeat them."""
    for address in _addresses(root, page):
        group, question = _ASKED_GROUP.search(address), _ASKED_QUESTION.search(address)
        if group:
            owner = group[1].upper()
            return {"group": f"SG{owner}" if owner.isdecimal() else owner} | (
                {"question": f"Q{question[1]}/{owner}"} if question else {}
            )
    return {}


def _unheaded(root: etree._Element, page: Page) -> Iterator[list[markup.Row]]:
    """Yield tables of the tabular view that lost their headings; the address says which columns were asked for."""
    columns = next(filter(None, map(_FIELD.search, _addresses(root, page))), None)
    if columns is None or not set(columns[1]) <= _LETTERS.keys():
        return
    names = {_LETTERS[letter]: place for place, letter in enumerate(columns[1])}
    for table in root.iter("table"):
        if "gd_wp_tabular" in (table.get("id") or "") and {"name", "title"} <= names.keys():
            listed = next(markup.rows(table), [])
            yield [markup.Row(cells=tuple(cells), names=names) for cells in listed if len(cells) == len(names)]


def _from_spans(root: etree._Element, page: Page) -> Iterator[Entry]:
    """Read the list view by the ids of its spans; they say in which row they stand."""
    found: dict[str, list[etree._Element]] = {}
    for span in root.iter("span"):
        row = _SPAN.search(span.get("id") or "")
        if row:
            found.setdefault(row[1], []).append(span)
    for spans in islice(found.values(), MOST_ROWS):
        if len(spans) >= len(_VIEW):
            fields = {name: markup.line(span) for name, span in zip(_VIEW, spans, strict=False)}
            if markup.said(fields["name"]) and markup.said(fields["title"]):
                yield work_item(fields, isn=_isn(spans[0], page))


def _isn(cell: etree._Element, page: Page) -> str:
    around = cell.getparent()
    return isn_of(markup.links(cell, page.url)) or isn_of(markup.links(cell if around is None else around, page.url))


def _each(cell: etree._Element | None) -> list[str]:
    """Return what a cell lists: its links, or its lines."""
    if cell is None:
        return []
    return [markup.line(at) for at in islice(cell.iter("a"), _MOST_LISTED)] or markup.lines(cell)


def _from_csv(text: str, start: int) -> list[Entry]:
    """Read `Work Item;Question;Title;Timing;Group;Period;Version;Status`, below lines that say what was asked."""
    table = csv.reader(StringIO(text[start:].replace("\x00", "")), delimiter=";")
    try:
        heads = [clean(head) for head in next(table)]
        names = {
            name: place for name, words in HEADINGS.items() for place, head in enumerate(heads) if words.fullmatch(head)
        }
        missing = [name for name in ("name", "title") if name not in names]
        if missing:
            raise markup.changed(_WHAT, missing, ", ".join(heads))
        rows = [row for row in islice(table, _MOST) if len(row) >= len(heads) and row[names["name"]].strip()]
        if next(table, None) is not None:
            raise ParseError(f"{_WHAT} has more than {_MOST} lines, which no work programme has.")
    except csv.Error as error:
        raise ParseError(f"{_WHAT} could not be read as CSV ({error}).") from error
    return [work_item({name: clean(row[place]) for name, place in names.items()}, isn="") for row in rows]
