"""Pages that show one Recommendation: `rec.aspx`, the classic page, its summary, a service publication."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import unquote

from lxml import etree

from bot.domain.entries import Entry, Kind
from feeds import markup
from feeds.itu_days import day
from feeds.itu_recommendation import edition, handle, process, recommendation
from feeds.page import Page, Parsed
from feeds.text import one_line

_WHAT = "The page of an ITU-T Recommendation"
_MAIN = "rpt_main"
_MOST_EDITIONS = 1_000
_SERIES = ("T-SP-", "T-TUT-", "T-HDB-", "T-OPB-")
_MOST_LINKS = 5_000
_IDREC = re.compile(r"rec\.aspx\?(?:[^\"'\s]*&)?rec=(\d{1,9})\b|/11\.1002/1000/(\d{1,9})\b", re.IGNORECASE)
_RECORD = re.compile(r"(?:recdetails/|AAPSeqNo=)(\d{1,9})", re.IGNORECASE)
_ISN = re.compile(r"[?&]isn(?:_task)?=(\d{1,9})", re.IGNORECASE)
_TEXT = re.compile(r"\b(T-(?:REC|SP|TUT|HDB|OPB)[\w.-]*?-\d{4,6})(-[A-Z])?(?![\w.])")
_RELATED = re.compile(r"(\d+)\s+related work items?")
_LABELS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(rf"(?:{label})\s*:\s*", re.IGNORECASE)
    for name, label in {
        "citation": "citation",
        "series": "series title",
        "approved": "approval date",
        "equivalent": "(?:identical|equivalent|twin(?:ned)?) (?:standard|number)",
        "provisional_name": "provisional name",
        "process": "approval process",
        "status": "status",
        "observation": "observation",
        "group": "maintenance responsibility|responsible group|study group",
        "further": "further details",
        "posted": "posted",
        "year": "year",
    }.items()
}
_TITLE = re.compile(
    r"(?:summary|table of contents|toc)?\s*[-–:]?\s*(?:ITU-T\s+)?(?:Rec(?:ommendation|\.)?\s+)?(?:ITU-T\s+)?"
    r"(?P<name>[A-Z]{1,2}(?:\.[\w./]+|\s+Suppl\.\s*\d+)[^():]{0,40}?(?:\s*\(V[\d.]+\))?\s*\(\d\d/\d{2,4}\))\s*[:–-]?\s*"
    r"(?P<title>.*)",
    re.IGNORECASE,
)


def parse(root: etree._Element, page: Page) -> Parsed:
    """Read the page, of whichever kind; ParseError if it is none of those known."""
    readers: tuple[Callable[[etree._Element, Page], list[Entry]], ...] = (_modern, _service, _classic, _summary)
    entries: list[Entry] = next(filter(None, (reader(root, page) for reader in readers)), [])
    if not entries:
        raise markup.changed(_WHAT, ["a number, an approval date and a status"], markup.line(root))
    return Parsed(entries=tuple(entries), count=len(entries))


def _by_id(root: etree._Element, name: str) -> etree._Element | None:
    return next((at for at in root.iter("span") if markup.control(at, _MAIN) == name), None)


def _text(at: etree._Element | None) -> str:
    return "" if at is None else markup.line(at)


def _class(root: etree._Element, name: str, *tags: str) -> etree._Element | None:
    return next((at for at in root.iter(*tags) if name in (at.get("class") or "").split()), None)


def _modern(root: etree._Element, page: Page) -> list[Entry]:
    """Read `rec.aspx`: the edition it shows, then the others that it lists."""
    name = _text(_by_id(root, "lbl_rec"))
    if not name:
        return []
    fields = {key: values[0] for key, values in _fields(root).items() if values}
    approved = day(_text(_by_id(root, "Label5")) or fields.get("approved", ""))
    status = _text(_by_id(root, "Label7")) or fields.get("status", "")
    if approved is None or not status:
        raise markup.changed(_WHAT, ["an approval date and a status"], ", ".join(fields))
    links = markup.links(root, page.url, most=5_000)
    idrec = markup.first(_IDREC, [_text(_by_id(root, "Label9")), fields.get("citation", ""), *markup.actions(root)])
    shown = name.removeprefix("ITU-T ")
    body = _class(root, "summary", "div")
    main = recommendation(
        f"idrec {idrec}" if idrec else f"edition {shown}",
        shown,
        title=_text(_class(root, "title", "td", "th")),
        status=status,
        approved=approved,
        group=_text(_by_id(root, "Label8")) or fields.get("group", ""),
        text="" if body is None else "\n\n".join(markup.lines(body)),
        link=handle(idrec) if idrec else None,
        facts=_joined(root, fields, links) | {"idrec": idrec},
    )
    others = [entry for entry in _editions(root, page) if entry.key != main.key]
    return [main, *others]


def _joined(root: etree._Element, fields: Mapping[str, str], links: list[str]) -> dict[str, str]:
    """Return the facts that join an edition to other things, and those without ids of their own."""
    history = _by_id(root, "Label2")
    related = _RELATED.search(_text(_by_id(root, "Label3")))
    return {
        "process": process(fields.get("process", "")),
        "aap": markup.first(_RECORD, links),
        "isn": markup.first(_ISN, [] if history is None else _attributes(history)),
        "provisional_name": fields.get("provisional_name", ""),
        "equivalent": fields.get("equivalent", ""),
        "series": fields.get("series", ""),
        "observation": fields.get("observation", ""),
        "related_work_items": related[1] if related else "",
    }


def _attributes(at: etree._Element) -> list[str]:
    return [unquote(str(value)) for part in at.iter() for value in part.attrib.values()]


def _fields(root: etree._Element) -> dict[str, list[str]]:
    return markup.labelled(markup.lines(root, markup.WHOLE_PAGE), _LABELS)


def _editions(root: etree._Element, page: Page) -> Iterator[Entry]:
    title = _text(_class(root, "title", "td", "th"))
    listed = (at for at in root.iter("span") if re.search(r"rpt_history_\w*lbl_title(?:_\d+)?$", at.get("id") or ""))
    spans = {at.get("id"): at for at in root.iter("span") if at.get("id")}
    for at in islice(listed, _MOST_EDITIONS):
        name = markup.line(at)
        status = spans.get((at.get("id") or "").replace("lbl_title", "lbl_status"))
        idrec = markup.first(_IDREC, markup.links(at, page.url))
        if name and idrec:
            yield recommendation(
                f"idrec {idrec}",
                name,
                title=at.get("title") or title,
                status=_text(status),
                link=handle(idrec),
                facts={"idrec": idrec},
            )


def _named(root: etree._Element, page: Page, kind: str) -> tuple[str, str]:
    """Return the name of the text, "T-REC-G.Imp712-200004", and with its status ("-I"), which may change.

    The address of the page tells it, or the page's links.
    """
    shown = [unquote(page.url), *map(unquote, markup.actions(root))]
    shown += [unquote(at.get("href") or at.get("content") or "") for at in islice(root.iter("a", "meta"), _MOST_LINKS)]
    names = [found for text in shown for found in _TEXT.finditer(text) if found[1].startswith(kind)]
    whole = next((found[1] + found[2] for found in names if found[2]), "")
    return (names[0][1], whole or names[0][1]) if names else ("", "")


def _classic(root: etree._Element, page: Page) -> list[Entry]:
    """Read the page of the classic site: "Approved in 2000-04-14", "Status : In force"."""
    found = markup.lines(root)
    approved = next((day(text) for text in found if text.lower().startswith("approved ")), None)
    status = next(iter(markup.labelled(found, _LABELS).get("status", [])), "")
    name = next((text for text in found if re.match(r"Recommendation\s+.*\(\d\d/\d\d(?:\d\d)?\)$", text)), "")
    key, text = _named(root, page, "T-REC-")
    if approved is None or not status or not name or not key:
        return []
    name = name.removeprefix("Recommendation").strip()
    title = next((text for text in found if text.startswith(f"{edition(name).number} :")), "")
    return [
        recommendation(
            key,
            name,
            title=title.partition(":")[2].strip(),
            status=status,
            approved=approved,
            link=f"https://www.itu.int/rec/{text}",
        )
    ]


def _summary(root: etree._Element, page: Page) -> list[Entry]:
    """Read a summary saved by Word; its title names the edition."""
    title = _TITLE.match(_head(root))
    body = next(root.iter("body"), None)
    if title is None or body is None:
        return []
    told = edition(title["name"])
    key = _named(root, page, "T-REC-")[0] or f"T-REC-{told.number}-{told.month.replace('-', '')}"
    lines = [text for text in markup.lines(body) if text.casefold() != "summary"]
    return [
        recommendation(
            key,
            title["name"],
            title=title["title"],
            status="",
            text="\n\n".join(lines),
            link=f"https://www.itu.int/rec/{key}",
        )
    ]


def _head(root: etree._Element) -> str:
    """Return the title of the page: it stands in an element whose text is not shown."""
    at = next(root.iter("title"), None)
    return "" if at is None else " ".join((at.text or "").split())


def _service(root: etree._Element, page: Page) -> list[Entry]:
    """Read the page of another publication, such as an Operational Bulletin; its day or year stands in "Year"."""
    key = next(filter(None, (_named(root, page, kind)[0] for kind in _SERIES)), "")
    year = next(iter(_fields(root).get("year", [])), "")
    title = one_line(_head(root))
    if not key or not re.search(r"\d{4}", year) or not title:
        return []
    when = day(year)
    return [
        Entry(
            key=key,
            kind=Kind.PUBLICATION,
            title=title,
            link=f"https://www.itu.int/pub/{key}",
            published=datetime(when.year, when.month, when.day, tzinfo=UTC) if when else None,
            facts={
                "body": "ITU-T",
                "number": key,
                "published": when.isoformat() if when else year,
                "type": "service publication" if key.startswith("T-SP-") else "publication",
            },
        )
    ]
