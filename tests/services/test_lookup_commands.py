"""`meeting`, `items`, `item`, `docs`, `who`, `brief`, and what `meetings` attaches, on a real store."""

from datetime import date, timedelta

import icalendar
import pytest

from bot.domain.changes import Known
from bot.domain.document import Bullets, Document, Heading, Link
from bot.domain.entries import Entry, Kind
from bot.domain.storing.sources import Outcomes
from bot.services.commands.registry import REGISTRY
from tests.services.lists import TITLE, item, meeting, row
from tests.services.room import NOW, Room, polled, stored

PNG = b"\x89PNG\r\n\x1a\n"


async def test_items_are_listed_open_ones_first_with_status_and_supporters(desk: Room) -> None:
    lines = (await desk.says("items SG21 video surveillance")).splitlines()
    assert lines[0] == "2 work items of “SG21 video surveillance”, 1 open"
    assert lines[1] == (
        f"1. F.MACVS: {TITLE} · SG21 Q7/21 · under study · timing 2027"
        " · State Grid Corporation of China, Zhejiang Dahua Technology Co., Ltd., Zhejiang Lab"
    )
    assert lines[2].startswith("2. X.1096 (ex X.bvm): ")
    assert lines[-1] == "Status, supporters and history: item F.MACVS"


@pytest.mark.parametrize("asked", ["Q7/21", "dahua", "SG21", "", "question:Q7/21 company:dahua"])
async def test_items_are_found_by_question_company_group_or_query(desk: Room, asked: str) -> None:
    assert "F.MACVS" in await desk.says(f"items {asked}")


@pytest.mark.parametrize("asked", ["SG17", "Q9/21", "toasters"])
async def test_items_of_something_else_are_none(desk: Room, asked: str) -> None:
    assert f"No work item of “{asked}” is stored" in await desk.says(f"items {asked}")


async def test_long_lists_of_items_are_paged(desk: Room) -> None:
    await stored(desk, *[row(item(f"F.X{n}", str(n))) for n in range(12)])
    first = await desk.says("items SG21")
    assert "4 more: items SG21 page 2" in first
    assert "11. " in await desk.says("items SG21 page 2")
    assert "There is no page 3: this list has 2 pages" in await desk.says("items SG21 page 3")


@pytest.mark.parametrize(
    "name",
    ["F.MACVS", "f.macvs", "23653", "isn 23653", "https://www.itu.int/ITU-T/workprog/wp_item.aspx?isn=23653"],
)
async def test_an_item_is_known_by_every_name_it_has(desk: Room, name: str) -> None:
    said = await desk.says(f"item {name}")
    assert said.startswith(f"Work item · SG21 · F.MACVS: {TITLE}")
    assert "Supporters: State Grid Corporation of China, Zhejiang Dahua Technology Co., Ltd., Zhejiang Lab" in said


@pytest.mark.parametrize("name", ["X.1096", "X.bvm"])
async def test_an_item_that_became_a_recommendation_has_both_names(desk: Room, name: str) -> None:
    said = await desk.says(f"item {name}")
    assert "X.1096 (ex X.bvm)" in said
    assert "- 16 Mar 2026: Approved" in said


async def test_an_items_history_holds_the_dates_of_its_approval_and_its_documents(desk: Room) -> None:
    said = await desk.says("item F.MACVS")
    history = said[said.index("History\n") : said.index("Documents (1)")].splitlines()
    assert history == [
        "History",
        "- 1 Oct 2025: Registered in the work programme",
        "- 25 Oct 2026: Consent: C 548 Proposal for F.MACVS: facial recognition requirements",
        "- 1 Nov 2026: Last Call begins",
        "- 28 Nov 2026: Last Call ends",
    ]


async def test_what_changed_while_it_was_read_is_history(desk: Room) -> None:
    before = row(item())
    now = item(timing="2028-Q1")
    after = replace_known(before, now)
    async with polled(desk) as tracked:
        revision, _ = await desk.store.watches.all()
        await desk.store.sources.commit(Outcomes(tracked=tracked, owner="t", revision=revision, updated=[after]))
    assert "- 4 Nov 2026: Timing: now 2028-Q1, was 2027" in await desk.says("item F.MACVS")


def replace_known(before: Known, entry: Entry) -> Known:
    return Known(
        id=before.id,
        source=before.source,
        entry=entry,
        fingerprint=entry.fingerprint,
        first_seen=before.first_seen,
        versions=before.versions + 1,
        fetched_at=NOW,
        url=before.url,
    )


async def test_an_unknown_item_leads_to_those_that_are_about_it(desk: Room) -> None:
    assert "No item is called “surveillance”; these are about it" in await desk.says("item surveillance")
    assert "No work item “toasters” is stored" in await desk.says("item toasters")
    assert "Say which work item" in await desk.says("item")


async def test_a_meeting_is_shown_with_its_deadlines_and_documents(desk: Room) -> None:
    said = await desk.says("meeting T25-SG21-261109")
    assert "When: 9–18 Nov 2026" in said
    assert "Contributions due: 28 Oct 2026 (Rec. ITU-T A.1 (10/2016) §3.1.8), past" in said
    assert "2 contributions: docs T25-SG21-261109" in said
    assert "C 549: Use cases for smart poles · ZTE · Q7/21 · 30 Oct 2026" in said
    assert said.endswith("id T25-SG21-261109")


async def test_what_an_outsider_can_do_is_said_while_there_is_time(desk: Room) -> None:
    said = await desk.says("meeting SG17")
    assert "Contributions due: 19 Nov 2026 (Rec. ITU-T A.1 (10/2016) §3.1.8). Only members can contribute" in said


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("SG21", "T25-SG21-261109"),
        ("t25-sg21-261109", "T25-SG21-261109"),
        ("SG21 next year", "T25-SG21-270503"),
        ("SG21 in Geneva in May", "T25-SG21-270503"),
        ("SG17下个月", "T25-SG17-261201"),
    ],
)
async def test_a_meeting_is_found_by_id_or_as_the_next_that_fits(desk: Room, asked: str, key: str) -> None:
    assert f"id {key}" in await desk.says(f"meeting {asked}")


async def test_where_none_is_coming_the_last_one_is_shown(desk: Room) -> None:
    await stored(desk, row(meeting(date(2026, 2, 2), date(2026, 2, 6), group="SG5")))
    assert "id T25-SG5-260202" in await desk.says("meeting SG5")
    assert "No meeting “SG3” is stored" in await desk.says("meeting SG3")


async def test_a_moved_meeting_tells_what_changed(desk: Room) -> None:
    before = row(meeting(date(2026, 12, 1), date(2026, 12, 4), group="SG17"))
    moved = replace_known(before, meeting(date(2026, 12, 8), date(2026, 12, 11), group="SG17"))
    async with polled(desk) as tracked:
        revision, _ = await desk.store.watches.all()
        await desk.store.sources.commit(Outcomes(tracked=tracked, owner="t", revision=revision, updated=[moved]))
    assert "4 Nov 2026: Starts: now 2026-12-08, was 2026-12-01" in await desk.says("meeting SG17")


async def test_documents_of_a_meeting_are_told_by_source_and_topic(desk: Room) -> None:
    said = await desk.says("docs SG21")
    assert said.splitlines()[:2] == ["2 contributions, ITU-T SG21 meeting", "By source: ZTE 1, Dahua 1."]
    assert "C 12" not in said
    assert "C 549" not in await desk.says("docs T25-SG21-261109 dahua")
    assert "C 548" in await desk.says("docs SG21 facial recognition")
    assert "None is stored yet. Try: docs T25-SG21-261109" in await desk.says("docs SG21 toasters")


@pytest.mark.parametrize(
    ("asked", "said"),
    [("", "Say of which meeting"), ("toasters", "No meeting “toasters” is stored"), ("SG3", "No meeting of SG3")],
)
async def test_documents_of_no_meeting_are_refused_with_a_line_that_works(desk: Room, asked: str, said: str) -> None:
    assert said in await desk.says(f"docs {asked}")


async def test_a_company_is_known_by_all_its_names_and_told_by_what_it_does(desk: Room) -> None:
    said = await desk.says("who Dahua since August")
    assert said.splitlines()[:2] == [
        "Dahua · from 1 August 2026",
        "Dahua supports 2 work items (1 open), tabled 1 document, is named in the text of 1 more. Most for Q7/21 (1).",
    ]
    assert said.splitlines()[-1].startswith("4. named in the text: Facial recognition comes to lamp posts")
    assert "C 12" not in said
    assert "C 12: Old matter" in await desk.says("who Dahua")


async def test_a_company_that_the_vocabulary_does_not_know_is_looked_for_by_its_name(desk: Room) -> None:
    assert "tabled 1 document" in await desk.says("who ZTE")
    assert "Nothing stored names Unheard" in await desk.says("who Unheard")
    assert "The vocabulary has no “@unheard”" in await desk.says("who @unheard")
    assert "Say which company" in await desk.says("who next month")


async def test_documents_per_period_are_drawn(desk: Room) -> None:
    [picture] = (await desk.ask("who Dahua --chart")).files
    assert (picture.name, picture.media_type) == ("documents.png", "image/png")
    assert picture.data.startswith(PNG)
    assert picture.about == "Documents of Dahua by period. Sep 2025: 1, Oct 2026: 1"
    assert "nothing to draw" in await desk.says("who Zhejiang Lab --chart")


async def test_a_brief_is_one_page_of_work_meetings_deadlines_documents_and_stories(desk: Room) -> None:
    said = await desk.says("brief SG21 since 1 October 2026")
    heads = [line for line in said.splitlines() if line.endswith(")") and line[0] not in "-0123456789"]
    assert heads == ["Open work items (1)", "Meetings ahead (2)", "Deadlines (2)", "Recent documents (2)"]
    assert "- 28 Nov 2026: The Last Call ends, F.MACVS" in said
    stories = await desk.says("brief facial recognition")
    assert "Facial recognition comes to lamp posts · EFF Deeplinks · 1 Nov 2026" in stories


async def test_a_brief_on_nothing_leads_to_a_watch(desk: Room) -> None:
    assert (await desk.says("brief toasters")).endswith("watch toasters")
    assert "Say on what topic" in await desk.says("brief")


async def test_meetings_come_as_a_calendar_file_with_deadlines(desk: Room) -> None:
    [file] = (await desk.ask("meetings SG21 --ics")).files
    assert (file.name, file.media_type) == ("meetings.ics", "text/calendar")
    events = icalendar.Calendar.from_ical(file.data).walk("VEVENT")
    assert len(events) == 4
    assert "2 meetings with deadlines" in file.about


async def test_meetings_come_as_a_picture_with_its_text(desk: Room) -> None:
    [picture] = (await desk.ask("meetings --chart")).files
    assert picture.data.startswith(PNG)
    assert picture.about == (
        "Upcoming meetings, as a timeline. SG21, Geneva, 9–18 Nov 2026; SG17, Geneva, 1–4 Dec 2026; "
        "SG21, Geneva, 3–12 May 2027"
    )


async def test_no_file_comes_with_nothing(desk: Room) -> None:
    assert (await desk.ask("meetings SG3 --ics --chart")).files == ()


async def test_a_meeting_that_two_lists_have_is_listed_once(desk: Room) -> None:
    twin = Entry(
        key="event 7",
        kind=Kind.MEETING,
        title="ITU-T Study Group 17 meeting",
        starts=date(2026, 12, 1),
        ends=date(2026, 12, 4),
        all_day=True,
        group="SG17",
        facts={"body": "ITU-T", "event": "7"},
    )
    await stored(desk, row(twin, ago=timedelta(days=1)))
    assert (await desk.says("meetings SG17")).endswith("1 meeting.")
    assert "event 7" not in await desk.says("meeting SG17")


LOOKUPS = (
    "meetings",
    "items",
    "item F.MACVS",
    "meeting SG21",
    "docs SG21",
    "who Dahua",
    "brief SG21",
    "brief facial recognition",
)


@pytest.mark.parametrize("line", LOOKUPS)
async def test_every_line_of_a_lookup_leads_to_its_source(desk: Room, line: str) -> None:
    document: Document = await desk.ask(line)
    rows = [one for block in document if isinstance(block, Bullets) for one in block.lines]
    heads = [block.line for block in document if isinstance(block, Heading)]
    assert rows
    assert all(any(isinstance(span, Link) for span in one) for one in rows)
    assert len(heads) == 1


async def test_every_example_of_every_command_is_understood(desk: Room) -> None:
    """Nothing an example says is unknown: at worst there is nothing to show."""
    for spec in REGISTRY:
        for example in spec.examples:
            said = await desk.says(example)
            assert "Something broke" not in said, example
            assert "There is no command" not in said, example


@pytest.mark.parametrize("command", ["items", "item", "meeting", "docs", "who", "brief", "subscribe", "calendar"])
@pytest.mark.parametrize(
    "rest", ['"', "((", "NOT x", "a\0b", "x" * 3000, "SG17 SG21", "30 February", "\u202e*_~<@U1>|"]
)
async def test_hostile_lines_are_answered(desk: Room, command: str, rest: str) -> None:
    said = await desk.says(f"{command} {rest}")
    assert "Something broke" not in said
    assert len(said) < 4000


async def test_what_goes_on_under_another_name_is_found_and_told(desk: Room) -> None:
    assert "F.MACVS" in await desk.says("items SG16")
    assert "F.MACVS" in await desk.says("items Q12/16")
    assert "SG16 goes on as SG21 since 2025 (WTSA-24" in await desk.says("watch group:SG16")
    assert "Q12/16 seems to go on as Q7/21 since 2025" in await desk.says("subscribe Q12/16")
    said = await desk.says("meetings SG16")
    assert "SG16 goes on as SG21 since 2025" in said
    assert "ITU-T SG21 meeting" in said
    await stored(desk, row(meeting(date(2024, 4, 15), date(2024, 4, 26), group="SG16")))
    assert "2 meetings" in (both := await desk.says("meetings SG16 from April 2024 to January 2027"))
    assert "SG16" in both.splitlines()[2]
    assert "SG21" not in "".join((await desk.says("meetings SG16 in April 2024")).splitlines()[2:])
    await stored(desk, row(item("F.OLD", "77", question="Q12/16")))
    assert "Goes on: Q12/16 seems to go on as Q7/21" in await desk.says("item F.OLD")
