"""A store with work items, documents, meetings and news of SG21, and builders of more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from adapters.calendar.writer import written
from adapters.charts.drawing import Drawing
from bot.domain.changes import Known
from bot.domain.entries import Entry, EntryId, Kind
from tests.services.room import EFF, NOW, Room, conversing, stored

SUPPORTERS = ("State Grid Corporation of China", "Zhejiang Dahua Technology Co., Ltd.", "Zhejiang Lab")
TITLE = "Multimodal agents collaboration based video surveillance system"


def row(entry: Entry, *, ago: timedelta = timedelta(days=10)) -> Known:
    return Known(
        id=EntryId(f"id-{entry.key}"),
        source=EFF.id,
        entry=entry,
        fingerprint=entry.fingerprint,
        first_seen=NOW - ago,
        fetched_at=NOW - ago,
        url="https://lists.example/page",
    )


def item(name: str = "F.MACVS", isn: str = "23653", *, stage: str = "under study", **facts: str) -> Entry:
    return Entry(
        key=f"isn {isn}",
        kind=Kind.WORK_ITEM,
        title=TITLE,
        link=f"https://www.itu.int/ITU-T/workprog/wp_item.aspx?isn={isn}",
        status=stage,
        group="SG21",
        published=datetime(2025, 10, 1, tzinfo=UTC),
        facts={
            "body": "ITU-T",
            "number": name,
            "acronym": name.removesuffix(")").rpartition("(ex ")[2],
            "isn": isn,
            "question": "Q7/21",
            "stage": stage,
            "timing": "2027",
            "supporters": SUPPORTERS,
            "companies": SUPPORTERS,
            "editors": ("Ana Li",),
            **facts,
        },
    )


def document(number: int, company: str, title: str, *, days: int = 10, **facts: str) -> Entry:
    return Entry(
        key=f"T25-SG21-C-{number:04}",
        kind=Kind.DOCUMENT,
        title=title,
        link=f"https://www.itu.int/md/T25-SG21-C-{number:04}/en",
        group="SG21",
        published=NOW - timedelta(days=days),
        facts={
            "body": "ITU-T",
            "type": "contribution",
            "number": f"C {number}",
            "source": company,
            "companies": (company,),
            "question": ("Q7/21",),
            "meeting": "T25-SG21-261109",
            **facts,
        },
    )


def meeting(first: date, last: date, *, group: str = "SG21", status: str | None = None) -> Entry:
    return Entry(
        key=f"T25-{group}-{first:%y%m%d}",
        kind=Kind.MEETING,
        title=f"ITU-T {group} meeting",
        link="https://www.itu.int/sg",
        starts=first,
        ends=last,
        all_day=True,
        place="Geneva, Switzerland",
        group=group,
        status=status,
        facts={"body": "ITU-T"},
    )


AAP = Entry(
    key="aap 10325",
    kind=Kind.WORK_ITEM,
    title=TITLE,
    link="https://www.itu.int/t/aap/recdetails/10325",
    status="lc",
    group="SG21",
    facts={
        "body": "ITU-T",
        "number": "F.MACVS",
        "acronym": "F.MACVS",
        "stage": "last call",
        "last_call_from": "2026-11-01",
        "last_call_until": "2026-11-28",
    },
)
NEWS = Entry(
    key="n",
    kind=Kind.NEWS,
    title="Facial recognition comes to lamp posts",
    link="https://www.eff.org/lamps",
    text="Dahua sells facial recognition to cities.",
    published=NOW - timedelta(days=3),
)
ENTRIES = (
    item(),
    item("X.1096 (ex X.bvm)", "21763", stage="approved", recommendation="X.1096", approved="2026-03-16"),
    AAP,
    document(
        548, "Dahua", "Proposal for F.MACVS: facial recognition requirements", purpose="consent", work_item="F.MACVS"
    ),
    document(549, "ZTE", "Use cases for smart poles", days=5),
    document(12, "Dahua", "Old matter", days=400, meeting="T25-SG21-250901"),
    meeting(date(2026, 11, 9), date(2026, 11, 18)),
    meeting(date(2027, 5, 3), date(2027, 5, 12)),
    meeting(date(2026, 12, 1), date(2026, 12, 4), group="SG17"),
    NEWS,
)


@asynccontextmanager
async def furnished(folder: Path) -> AsyncIterator[Room]:
    """Open a conversation whose store holds `ENTRIES`, and which can draw and write calendars."""
    async with conversing(folder) as room:
        context = replace(room.context, draw=Drawing(), write_calendar=written, address="https://bot.example")
        desk = replace(room, context=context)
        await stored(desk, *map(row, ENTRIES))
        yield desk
