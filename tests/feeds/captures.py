"""Golden pages of the list formats, and what it takes to compare them with other captures of the same."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from bot.domain.entries import Entry
from bot.domain.errors import ParseError
from feeds import formats
from feeds.page import Page, Parsed
from tests.feeds import (
    test_ietf,
    test_iso,
    test_itu_aap,
    test_itu_calendar,
    test_itu_circulars,
    test_itu_documents,
    test_itu_meetings,
    test_itu_rapporteur_meetings,
    test_itu_recommendations,
    test_itu_work_item,
    test_itu_work_items,
    test_three_gpp,
)

Mutation = Callable[[str], str]
LISTED = test_itu_documents.html_list(
    test_itu_documents.row(
        "<a href='/md/T25-SG17-260601-TD-GEN-0292/en'><strong>[ 292-GEN ]</strong></a> <font>(Rev.1-2)</font>",
        "LS/i on biometrics\r<br>[from SG11]",
        "<a href='?s=1'>China Telecom</a><br><a href='?s=2'>ZTE Corporation</a>",
    ),
    test_itu_documents.row("[ 293-GEN ]", "Report", "<a>Rapporteur Q7/17</a>"),
)
S3 = "https://www.3gpp.org/dynareport?code=Meetings-S3.htm"
TABLES: Mapping[str, tuple[str, bytes, str]] = {
    "aap": ("itu-aap", test_itu_aap.NEW_LIST, "https://www.itu.int/t/aap/"),
    "aap, older": ("itu-aap", test_itu_aap.OLD_LIST, "https://www.itu.int/t/aap/"),
    "calendar": (
        "itu-calendar",
        test_itu_calendar.calendar(test_itu_calendar.row(), heads=True),
        test_itu_calendar.URL,
    ),
    "circulars": ("itu-circulars", test_itu_circulars.LIST, "https://itu.example/"),
    "rapporteurs": (
        "itu-rapporteur-meetings",
        test_itu_rapporteur_meetings.NEW,
        test_itu_rapporteur_meetings.URL,
    ),
    "rapporteurs, older": (
        "itu-rapporteur-meetings",
        test_itu_rapporteur_meetings.OLD,
        test_itu_rapporteur_meetings.URL,
    ),
    "work items": (
        "itu-work-items",
        test_itu_work_items.tabular(*test_itu_work_items.ITEMS),
        test_itu_work_items.URL,
    ),
    "work items, list view": (
        "itu-work-items",
        test_itu_work_items.list_view(*test_itu_work_items.ITEMS),
        test_itu_work_items.URL,
    ),
    "documents": ("itu-documents", LISTED, test_itu_documents.LIST),
    "3gpp": ("3gpp", test_three_gpp.listed(test_three_gpp.row()), S3),
}
PAGES: Mapping[str, tuple[str, bytes, str]] = {
    **TABLES,
    "aap record": ("itu-aap", test_itu_aap.DETAIL, "https://www.itu.int/t/aap/recdetails/10009"),
    "calendar, no heads": (
        "itu-calendar",
        test_itu_calendar.calendar(test_itu_calendar.row()),
        test_itu_calendar.URL,
    ),
    "circular": ("itu-circulars", test_itu_circulars.LETTER, test_itu_circulars.URL),
    "work item": ("itu-work-item", test_itu_work_item.modern(), test_itu_work_item.URL),
    "work item, older": (
        "itu-work-item",
        test_itu_work_item.legacy(test_itu_work_item.LEGACY),
        test_itu_work_item.URL,
    ),
    "work items, no heads": (
        "itu-work-items",
        test_itu_work_items.tabular(*test_itu_work_items.ITEMS, heads=False),
        test_itu_work_items.URL,
    ),
    "3gpp, no heads": ("3gpp", test_three_gpp.listed(test_three_gpp.row(), heads=False), S3),
    "recommendation": ("itu-recommendations", test_itu_recommendations.modern(), "https://itu.example/"),
}
XML: Mapping[str, tuple[str, bytes, str]] = {
    "meetings": ("itu-meetings", (test_itu_meetings.GOLDEN / "four.xml").read_bytes(), "https://itu.example/"),
    "index": (
        "itu-documents",
        test_itu_documents.index(
            test_itu_documents.folder("T25-SG17-C-0548"), test_itu_documents.folder("T25-SG17-C-0549")
        ),
        "https://itu.example/",
    ),
    "circulars": ("itu-circulars", test_itu_circulars.INDEX, "https://itu.example/"),
}
JSON: Mapping[str, tuple[str, bytes, str]] = {
    "corpus": (
        "itu-recommendations",
        json.dumps(
            test_itu_recommendations.corpus(
                test_itu_recommendations.row(1, "A.1 (10/2000)"),
                test_itu_recommendations.row(2, "H.264 (V14) (08/2021)"),
            )
        ).encode(),
        "https://itu.example/",
    ),
    "edition": ("itu-recommendations", json.dumps(test_itu_recommendations.DETAIL).encode(), "https://itu.example/"),
    "agenda": (
        "ietf",
        json.dumps({"126": [test_ietf.session(), test_ietf.ROOM, test_ietf.AREA]}).encode(),
        "https://ietf.example/",
    ),
    "drafts": ("ietf", json.dumps(test_ietf.api(test_ietf.DRAFT)).encode(), "https://ietf.example/"),
    "deliverables": ("iso", test_iso.lines(test_iso.record(1), test_iso.record(2, 4020)), test_iso.URL),
}


def read(name: str, body: bytes) -> Parsed:
    format_, _, url = PAGES.get(name) or XML.get(name) or JSON[name]
    return formats.parse(format_, Page(body=body, url=url, fetched_at=datetime(2026, 3, 1, tzinfo=UTC)))


def decoded(body: bytes) -> str:
    """Return a page as text: those of old sites are in windows-1252."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("cp1252")


def facts(parsed: Parsed) -> dict[str, object]:
    """Return what was read, white space aside."""
    return {entry.key: _plain(entry) for entry in parsed.entries}


def _plain(entry: Entry) -> object:
    said = (entry.title, entry.text, entry.place, entry.status, entry.group)
    days = (entry.starts, entry.ends, entry.published)
    return tuple(" ".join((text or "").split()) for text in said), days, entry.link, entry.facts


def unlike(name: str, body: bytes, mutated: bytes) -> str:
    """Return what a mutation changed, nothing if all is read the same."""
    try:
        found = facts(read(name, mutated))
    except ParseError as error:
        return f"{name}: {error}"
    expected = facts(read(name, body))
    return "" if found == expected else f"{name}: {expected} became {found}"


def read_or_refused(name: str, body: bytes) -> Sequence[Entry] | None:
    """Return the entries of a page, None if it is refused because its shape has changed."""
    try:
        return read(name, body).entries
    except ParseError as error:
        if "shape changed" not in str(error):
            raise
        return None
