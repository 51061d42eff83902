"""A page of ITU-T's work programme about one work item; what a work item is, for the lists too.

Layouts known: fields with ids (since 2013), the older one without "Supporting members" and with the title after the
status, and `wp_search.aspx?isn_task=…`. The key is `isn`, ITU's own number, which outlives the acronym.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lxml import etree

from bot.domain import itu
from bot.domain.entries import Entry, Fact, Kind
from feeds import itu_titles, markup
from feeds.itu_days import day
from feeds.itu_members import distinct, members, person, role
from feeds.page import Page, Parsed
from feeds.text import one_line

_WHAT = "The page of an ITU-T work item"
_ISN = re.compile(r"\bisn(?:_task)?=(\d{1,9})\b", re.IGNORECASE)
_ITEM = re.compile(r"(?:wp_item\.aspx|t-wp/item)\?(?:[^\"'\s]*&)?isn=(\d{1,9})\b", re.IGNORECASE)
_AAP = re.compile(r"(?:/aap/recdetails/|AAPSeqNo=)(\d{1,9})\b", re.IGNORECASE)
_IDREC = re.compile(r"(?:rec\.aspx\?(?:[^\"'\s]*&)?rec=|t-rec/item\?id=|/11\.1002/1000/)(\d{1,9})\b", re.IGNORECASE)
_QUESTION = re.compile(r"\bQ\s*(\d+|ALL)\s*/\s*([A-Z]*\d*[A-Z]*)", re.IGNORECASE)
_PARTY = re.compile(r"\bWP\s*(\d+[A-Z]?)\s*/\s*(\d+)", re.IGNORECASE)
_BRACKETS = re.compile(r"\[([^\[\]]{1,200})\]")
_PRIORITY = re.compile(r"\(\s*([\w -]{1,30}?)\s*priority\s*\)", re.IGNORECASE)
_CONTACT = re.compile(
    r"(?P<name>[^,:\[\]]{2,80}),\s*(?:[\w-]+\s+)?(?:co-?)?(?:editor|rapporteur|contact|convener|author)s?\b.*",
    re.IGNORECASE,
)
_GENEVA = "Europe/Zurich"

STAGES: Sequence[tuple[str, str]] = (
    ("carried to next", "carried over"),
    ("deleted", "deleted"),
    ("discontinued", "deleted"),
    ("withdrawn", "withdrawn"),
    ("merged", "merged"),
    ("superseded", "superseded"),
    ("in force", "in force"),
    ("approved", "approved"),
    ("agreed", "agreed"),
    ("additional review", "additional review"),
    ("last call", "last call"),
    ("consented", "consented"),
    ("determined", "determined"),
    ("under study", "under study"),
)
"""What a status says, and the rung of the ladder that it means (design §2); the first that is found counts."""

_REPEATER = "rpt_main"
_IDS: Mapping[str, str] = {
    "path": "lbl_full_path",
    "name": "lbl_status",
    "title": "lbl_subject",
    "status": "Label4",
    "process": "lbl_approval_process",
    "type": "lbl_type_of_work_item",
    "version": "Label1",
    "equivalent": "lbl_iso_number",
    "timing": "lbl_timing",
    "liaison": "Label3",
    "supporters": "Label6",
    "summary": "lbl_summary",
    "comment": "lbl_comment",
    "registered": "lbl_first_registration_date",
    "updated": "Label5",
}
_LABELS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(rf"(?:{label})\s*:\s*", re.IGNORECASE)
    for name, label in {
        "name": r"work item",
        "title": r"subject\s*/\s*title|subject|title",
        "status": r"status",
        "process": r"approval process",
        "type": r"type of work item",
        "version": r"version",
        "provisional": r"provisional name",
        "equivalent": r"equivalent (?:number|num\.?)",
        "timing": r"timing",
        "liaison": r"liaison(?: relationships?)?",
        "supporters": r"supporting members?",
        "summary": r"summary",
        "comment": r"comments?",
        "references": r"base texts?(?:\(s\))?|references?(?:\(s\))?",
        "history": r"historic references?",
        "contacts": r"contacts?(?:\(s\))?|editors?(?:\(s\))?",
        "justifications": r"itu-t a\.5 (?:references?|justifications?)(?:\(s\))?",
        "registered": r"first registration in the wp",
        "updated": r"last update",
    }.items()
}


def parse(page: Page) -> Parsed:
    """Read the page of one work item.

    Raise ParseError if it is a firewall's page, or lost name, title or status.
    """
    data = markup.body(page, _WHAT)
    root = markup.tree(data, _WHAT)
    fields = _labelled(root) | _identified(root)
    missing = [label for label in ("name", "title", "status") if not fields.get(label)]
    if missing:
        raise markup.changed(_WHAT, missing, markup.line(root))
    links = markup.links(root, page.url, most=5_000)
    entry = work_item(
        fields,
        isn=markup.first(_ISN, [page.url]) or markup.first(_ITEM, [*markup.actions(root), *links]),
        references=_references(root, fields),
        contacts=_contacts(root, fields),
        links=[link for link in links if _AAP.search(link) or _IDREC.search(link)],
    )
    return Parsed(entries=(entry,), count=1)


def _identified(root: etree._Element) -> dict[str, str]:
    """Return the fields that have ids of their own; several lines stay lines."""
    wanted = {suffix: name for name, suffix in _IDS.items()}
    named = ((markup.control(at, _REPEATER), at) for at in root.iter("span", "div", "td"))
    return {wanted[name]: text for name, at in named if name in wanted and (text := "\n".join(markup.lines(at)))}


def _labelled(root: etree._Element) -> dict[str, str]:
    found = markup.lines(root, markup.WHOLE_PAGE)
    fields = {name: "\n".join(values) for name, values in markup.labelled(found, _LABELS).items()}
    path = next((line for line in found if itu.study_period(line) and line.count("[") > 1), "")
    return fields | ({"path": path} if path else {})


def _tagged(root: etree._Element, name: str) -> list[str]:
    """Return what stands in the rows of a grid of that name."""
    return [markup.line(at) for at in root.iter("span") if markup.control(at, _REPEATER).startswith(name)]


def _references(root: etree._Element, fields: Mapping[str, str]) -> list[str]:
    tagged = _tagged(root, "gd_base_text_active")
    lines = tagged or [text for text in fields.get("references", "").split("\n") if not _CONTACT.fullmatch(text)]
    return [text.strip("[] ") for text in lines]


def _contacts(root: etree._Element, fields: Mapping[str, str]) -> list[str]:
    tagged = _tagged(root, "gd_editor")
    listed = [fields.get(name, "") for name in ("contacts", "references", "history")]
    lines = "\n".join(tagged or listed).split("\n")
    return [text for text in lines if text in tagged or _CONTACT.fullmatch(text)]


def work_item(
    fields: Mapping[str, str],
    *,
    isn: str,
    references: Iterable[str] = (),
    contacts: Iterable[str] = (),
    links: Sequence[str] = (),
) -> Entry:
    """Return the entry for a work item; `fields` are called as in `_LABELS`, a dash in them is nothing."""
    said = {name: markup.said(value) for name, value in fields.items()}
    name = one_line(said.get("name", ""))
    number, acronym = itu_titles.item_names(name)
    question = _question(said.get("question", "") or said.get("path", ""))
    facts: dict[str, Fact] = {
        "body": "ITU-T",
        "number": name,
        "acronym": acronym or markup.said(one_line(said.get("provisional", ""))),
        "recommendation": number,
        "isn": isn,
        "question": question,
        "working_party": _party(said),
        "study_period": _period(said),
        "references": distinct(references),
        "aap": markup.first(_AAP, links),
        "idrec": markup.first(_IDREC, links),
        **_people(said, contacts),
        **_progress(said),
    }
    return Entry(
        key=f"isn {isn}" if isn else f"work item {acronym or name}"[:512],
        kind=Kind.WORK_ITEM,
        title=one_line(said.get("title", "")) or name,
        link=f"https://www.itu.int/ITU-T/workprog/wp_item.aspx?isn={isn}" if isn else None,
        links=tuple(dict.fromkeys(links))[:20],
        text=markup.prose("\n\n".join((said.get("summary", ""), said.get("comment", ""))).replace("\n", "\n\n")),
        published=_moment(said.get("registered", "")),
        updated=_moment(said.get("updated", "")),
        status=one_line(said.get("status", "")).lower() or None,
        group=_group(said, question),
        facts={name: value for name, value in facts.items() if value},
        volatile=frozenset({"stage_date", "companies", "recommendation"}),  # status, supporters and number tell them
    )


def _people(said: Mapping[str, str], contacts: Iterable[str]) -> dict[str, Fact]:
    """Return the facts about who is behind an item, and whom it concerns."""
    supporters = members(said.get("supporters", "").replace("\n", ", "))
    return {
        "supporters": supporters,
        "companies": supporters,
        "editors": distinct(person(contact) for contact in contacts if not role(contact)),
        "liaison": members(said.get("liaison", "").replace("\n", ", ")),
    }


def _progress(said: Mapping[str, str]) -> dict[str, Fact]:
    """Return the facts that change as an item advances: stage, timing, process and the like."""
    status, timing = said.get("status", ""), one_line(said.get("timing", ""))
    reached = day(status)
    priority = _PRIORITY.search(timing) or _PRIORITY.search(f"({said.get('priority', '')} priority)")
    return {
        "stage": stage(status),
        "stage_date": reached.isoformat() if reached else "",
        "timing": markup.said(_PRIORITY.sub("", timing).strip()),
        "priority": markup.said(priority[1].capitalize()) if priority else "",
        "process": one_line(said.get("process", "")),
        "type": one_line(said.get("type", "")),
        "version": one_line(said.get("version", "")),
        "equivalent": one_line(said.get("equivalent", "")),
    }


def stage(status: str) -> str:
    """Return the rung of the ladder that a status means, empty if it is none known."""
    folded = status.casefold()
    return next((rung for words, rung in STAGES if words in folded), "")


def _question(text: str) -> str:
    found = _QUESTION.search(text)
    return f"Q{found[1].upper()}/{found[2].upper()}" if found else ""


def _party(said: Mapping[str, str]) -> str:
    found = _PARTY.search(f"{said.get('path', '')} {said.get('question', '')}")
    return f"WP{found[1]}/{found[2]}" if found else ""


def _period(said: Mapping[str, str]) -> str:
    found = itu.study_period(f"{said.get('period', '')} {said.get('path', '')}")
    return str(found) if found else ""


def _group(said: Mapping[str, str], question: str) -> str | None:
    """Return the group as its column or path says, else the one whose Question it is."""
    boxes = [said.get("group", ""), *_BRACKETS.findall(said.get("path", ""))]
    for box in boxes:
        name = itu.group(box.partition(":")[0])
        if re.fullmatch(r"SG\d+|TSAG|FG-?\w+|JCA-?\w+|WTSA\d*|SCV", name):
            return name
    owner = question.partition("/")[2]
    return f"SG{owner}" if owner.isdecimal() else owner or None


def _moment(text: str) -> datetime | None:
    """Read "2010-10-08 16:03:11", or a day: ITU gives no zone and sits in Geneva."""
    found = re.search(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2})?", text)
    if found is None and (on := day(text)):
        return datetime(on.year, on.month, on.day, tzinfo=ZoneInfo(_GENEVA)).astimezone(UTC)
    try:
        moment = datetime.fromisoformat(found[0]) if found else None
        return moment and moment.replace(tzinfo=ZoneInfo(_GENEVA)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def isn_of(addresses: Iterable[str]) -> str:
    """Return the number of the work item that a link leads to."""
    return markup.first(_ITEM, addresses)
