"""Meetings, texts and documents: one thread each, whatever list tells of them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.entries import Entry, Kind
from bot.domain.errors import FetchError
from bot.domain.ladder import ladder, reminded
from bot.domain.vocabulary import TermSet, Vocabulary, Wording
from tests.services.bodies import (
    ANNA,
    Item,
    Meeting,
    Paper,
    Said,
    World,
    aap,
    calendar,
    catalogue,
    editions,
    index,
    item_page,
    living,
    programme,
)

NOW = datetime(2026, 3, 1, 6, tzinfo=UTC)
ITU = "https://www.itu.int"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with living(tmp_path, NOW) as opened:
        yield opened


async def days(world: World, count: int) -> None:
    for _ in range(count):
        await world.pass_to((world.clock.now() + timedelta(days=1)).replace(hour=10, minute=0))


def only(found: list[Said]) -> Said:
    (one,) = found
    return one


class Lists:
    """A meeting of SG17, one of SG21, and the lists that know them."""

    def __init__(self) -> None:
        self.sync = [
            Meeting(group="SG17", starts=date(2026, 6, 1), event=11),
            Meeting(group="SG21", starts=date(2026, 7, 6), event=12),
        ]
        self.events = [replace(one) for one in self.sync]

    async def on(self, world: World) -> None:
        await world.source("sync", "itu-meetings", f"{ITU}/sync.xml", lambda: catalogue(self.sync))
        await world.source("events", "itu-calendar", f"{ITU}/events", lambda: calendar(self.events))
        await world.watch(ANNA, "group:SG17 kind:meeting")
        await days(world, 2)


async def test_a_move_is_told_once_though_two_lists_say_it(world: World) -> None:
    lists = Lists()
    await lists.on(world)
    assert not world.chat.said
    lists.sync[0].starts = date(2026, 6, 8)
    await days(world, 1)
    lists.events[0].starts = date(2026, 6, 8)
    await days(world, 3)
    root = only(world.chat.posts(ANNA))
    assert "When: 8–16 Jun 2026 (was 1–9 Jun 2026)" in root.text
    assert "Contributions by: 27 May 2026" in root.text
    assert not world.chat.replies(root)
    lists.events[0].starts = lists.sync[0].starts = date(2026, 6, 15)
    await days(world, 3)
    (moved,) = world.chat.replies(root)
    assert moved.text.startswith(
        "Moved: now 15–23 Jun 2026, was 8–16 Jun 2026.\nContributions are now due by 3 Jun 2026."
    )
    assert moved.echo
    assert len(world.chat.posts(ANNA)) == 1


async def test_a_meeting_that_one_list_drops_and_another_keeps_is_listed(world: World) -> None:
    lists = Lists()
    await lists.on(world)
    lists.sync[0].place = "Seoul"
    lists.events[0].place = "Seoul"
    await days(world, 1)
    root = only(world.chat.posts(ANNA))
    del lists.sync[0]
    await days(world, 5)
    assert not world.chat.replies(root)
    del lists.events[0]
    lists.events.append(Meeting(group="SG17", starts=date(2026, 12, 1), event=99))
    await days(world, 5)
    assert [one.text for one in world.chat.replies(root)] == [
        "No longer listed by its source, three polls in a row. It does not say that it is cancelled."
    ]


async def test_a_cancelled_meeting_is_cancelled_aloud_and_once(world: World) -> None:
    lists = Lists()
    await lists.on(world)
    lists.events[0].status = "Cancelled"
    await days(world, 2)
    root = only(world.chat.posts(ANNA))
    assert "Status: cancelled" in root.text


async def test_a_work_item_is_followed_into_the_recommendation(world: World) -> None:
    item = Item(isn=21763, name="X.bvm", title="Requirements for biometric variability management in telecommunication")
    records: list[tuple[int, str, str, str, str, str]] = []
    texts = [(1, "X.1095 (10/2025)", "Pet animals", "2025-10-14", "In force")]
    await world.source("list", "itu-work-items", f"{ITU}/wp_search.aspx?sg=17", lambda: programme([item]))
    await world.source("page", "itu-work-item", f"{ITU}/wp_item.aspx?isn=21763", lambda: item_page(item))
    await world.source("aap", "itu-aap", f"{ITU}/t/aap/", lambda: aap(*records, (1, "X.1 (X.a)", "A", "A", "-", "-")))
    await world.source("recs", "itu-recommendations", f"{ITU}/mws", lambda: editions(*texts))
    await world.watch(ANNA, "biometric")
    await days(world, 2)
    assert not world.chat.said
    item.supporters = "Korea (Rep. of), KISA"
    await days(world, 1)
    root = only(world.chat.posts(ANNA))
    assert "X.bvm: Requirements for biometric" in root.text
    item.supporters += ", Zhejiang Dahua Technology Co., Ltd."
    item.timing = "2027-Q1"
    await days(world, 1)
    item.status = "Consented on 2026-03-05"
    await days(world, 2)
    records.append((10325, "X.1096 (X.bvm)", item.title, "LC", "2026-03-16", "2026-04-12"))
    await days(world, 36)
    item.name, item.status = "X.1096 (ex X.bvm)", "Approved on 2026-04-13"
    records[0] = (10325, "X.1096 (X.bvm)", item.title, "A", "2026-03-16", "2026-04-12")
    texts.append((14660, "X.1096 (04/2026)", item.title, "2026-04-13", "In force"))
    await days(world, 3)
    assert len(world.chat.posts(ANNA)) == 1
    replies = world.chat.replies(root)
    told = "\n".join(one.text for one in replies)
    for words in (
        "New supporter: Zhejiang Dahua Technology Co., Ltd.",
        "Timing slips: now 2027-Q1, was 2026-Q4.",
        "Consented on 5 Mar 2026 (was under study)",
        "Last Call: 16 Mar – 12 Apr 2026 at the earliest, often later.",
        "Last call (was consented)",
        "Comments: 16 Mar – 12 Apr 2026 (confirmed: ITU lists it).",
        "Reminder: the Last Call ends in 14 days, on 12 Apr 2026.",
        "Reminder: the Last Call ends tomorrow, on 12 Apr 2026.",
        "In force on 13 Apr 2026",
        "Number given: X.1096 (ex X.bvm), was X.bvm.",
    ):
        assert told.count(words) == 1, (words, told)
    aloud = [one.text.split("\n")[1].split(" ")[0] for one in replies if one.echo]
    assert [word for word in aloud if word != "Approved"] == ["Consented", "Last", "In"]
    assert "X.1096" in world.chat.card(root).split("\n")[0]


async def test_documents_are_told_together_by_meeting_and_watch(world: World) -> None:
    papers: list[Paper] = []

    def came(count: int, source: str, question: str = "Q7/21") -> None:
        for _ in range(count):
            number = len(papers) + 1
            papers.append(
                Paper(
                    number=number,
                    group="SG21",
                    meeting="T25-SG21-260706",
                    source=source,
                    question=question,
                    title=f"Proposal {number} on video surveillance",
                    received=world.clock.now().date(),
                )
            )

    came(3, "France")
    await world.source("papers", "itu-documents", f"{ITU}/T25-SG21-C.xml", lambda: index(papers, "SG21"))
    await world.watch(ANNA, "company:(China Telecom), company:ZTE")
    await days(world, 2)
    came(9, "China Telecom")
    came(5, "ZTE")
    came(40, "Orange")
    await days(world, 1)
    root = only(world.chat.posts(ANNA))
    assert "14 contributions from China Telecom and ZTE for Q7/21 so far" in root.text
    came(30, "ZTE")
    await days(world, 2)
    (reply,) = world.chat.replies(root)
    assert reply.text.startswith("New: 30 contributions from ZTE for Q7/21.")
    assert "and 20 more: docs T25-SG21-260706" in reply.text
    assert "44 contributions from ZTE and China Telecom for Q7/21 so far" in world.chat.card(root)
    assert len(world.chat.posts(ANNA)) == 1


async def test_an_outage_and_a_block_page_change_nothing(world: World) -> None:
    lists = Lists()
    await lists.on(world)
    world.site.pages["events"] = world.site.pages["sync"] = lambda: FetchError("503", blocked=True)
    await days(world, 5)
    assert not world.chat.said


async def test_the_pages_of_a_list_are_read_in_turn_and_the_first_reading_posts_nothing(world: World) -> None:
    items = [
        Item(isn=number, name=f"X.b{number}", title=f"Biometric protection of networks number {number}")
        for number in (1, 2, 3)
    ]
    supporters = {1: "KISA", 2: "KISA", 3: "KISA"}

    def page() -> bytes:
        isn = int(world.site.asked[-1].partition("isn=")[2])
        return item_page(replace(items[isn - 1], supporters=supporters[isn]))

    await world.source("list", "itu-work-items", f"{ITU}/wp_search.aspx?sg=17", lambda: programme(items))
    await world.source("pages", "itu-work-item", f"{ITU}/wp_item.aspx?isn={{next}}#list/isn ", page)
    await world.watch(ANNA, "biometric")
    await days(world, 8)
    pages = [url for url in world.site.asked if "wp_item" in url]
    assert {url.rpartition("=")[2] for url in pages} == {"1", "2", "3"}
    assert not world.chat.said
    supporters[2] = "KISA, ZTE"
    await days(world, 4)
    assert "Supporting members: KISA, ZTE" in only(world.chat.posts(ANNA)).text
    last = next(url[-1] for url in reversed(world.site.asked) if "wp_item" in url)
    items[int(last) - 1].timing, asked = "2027-Q2", len(world.site.asked)
    await days(world, 2)
    assert f"{ITU}/wp_item.aspx?isn={last}" in world.site.asked[asked:]  # what changed on the list comes first


async def test_a_digest_counts_the_documents_of_a_meeting(world: World) -> None:
    papers: list[Paper] = []
    await world.source("papers", "itu-documents", f"{ITU}/T25-SG21-C.xml", lambda: index(papers, "SG21"))
    await world.watch(ANNA, "company:ZTE", "daily 09:00")
    await days(world, 2)
    papers += [
        Paper(
            number=number,
            group="SG21",
            meeting="T25-SG21-260706",
            source="ZTE",
            question="Q7/21",
            title=f"Proposal {number}",
            received=world.clock.now().date(),
        )
        for number in range(1, 41)
    ]
    await days(world, 2)
    digest = only(world.chat.posts(ANNA))
    assert "SG21: 40 contributions from ZTE for Q7/21" in digest.text
    assert len(digest.text) < 400


async def test_a_company_that_a_text_names_first_is_told_as_no_more_than_that(world: World) -> None:
    dahua = TermSet(name="dahua", label="Dahua", company=True, wordings=(Wording(text="Dahua", lang="en"),))
    world.ingest.standing.shipped = lambda: Vocabulary({"dahua": dahua})
    item = Item(isn=5, name="X.cam", title="Requirements for cameras", summary="Cameras see.")
    await world.source("page", "itu-work-item", f"{ITU}/wp_item.aspx?isn=5", lambda: item_page(item))
    await world.watch(ANNA, "cameras")
    await days(world, 2)
    item.timing = "2027"
    await days(world, 1)
    item.summary = "Cameras of Dahua see."
    await days(world, 1)
    root = only(world.chat.posts(ANNA))
    assert [one.text for one in world.chat.replies(root)] == [
        "X.cam: Requirements for cameras\nNow named in the text: Dahua."
    ]
    assert "Named in the text: Dahua" in world.chat.said[-1].text
    item.supporters, item.summary = "Dahua", "Cameras of Dahua see more."
    await days(world, 1)
    assert world.chat.replies(root)[-1].text.splitlines()[1:] == ["New supporter: Dahua."]
    said = len(world.chat.replies(root))
    item.supporters, item.summary = "Dahua", "Cameras see."
    await days(world, 1)
    assert len(world.chat.replies(root)) == said


async def test_a_last_call_is_computed_until_it_is_confirmed(world: World) -> None:
    item = Item(isn=6, name="X.cam", title="Requirements for cameras")
    records: list[tuple[int, str, str, str, str, str]] = []
    other = (1, "X.1 (X.a)", "A", "A", "-", "-")
    await world.source("page", "itu-work-item", f"{ITU}/wp_item.aspx?isn=6", lambda: item_page(item))
    await world.source("aap", "itu-aap", f"{ITU}/t/aap/", lambda: aap(*records, other))
    await world.watch(ANNA, "cameras")
    await days(world, 2)
    item.status = "Consented on 2026-03-03"
    await days(world, 1)
    computed = (
        "Last call: 16 Mar \u2013 12 Apr 2026 at the earliest (computed: four weeks from a 1st or 16th, Rec. ITU-T A.8"
    )
    assert computed in only(world.chat.posts(ANNA)).text or computed in world.chat.said[-1].text
    records.append((9, "X.cam", item.title, "LC", "2026-04-01", "2026-04-28"))
    await days(world, 1)
    assert any("Comments: 1\u201328 Apr 2026 (confirmed: ITU lists it)." in one.text for one in world.chat.said)
    assert "Last call: 1\u201328 Apr 2026 (confirmed: ITU lists it)" in world.chat.said[-1].text


def test_registration_is_reminded_of_beside_the_first_day_of_a_meeting_without_other_deadlines() -> None:
    entry = Entry(
        key="event 1",
        kind=Kind.MEETING,
        title="Workshop on cameras",
        starts=date(2026, 6, 1),
        facts={"body": "ITU-T", "registration_until": "2026-05-08"},
    )
    assert [(rung.rule.name, rung.due) for rung in reminded(entry)] == [
        ("registration", date(2026, 5, 8)),
        ("start", date(2026, 6, 1)),
    ]
    whole = replace(entry, key="T25-SG17-260601", group="SG17")
    assert [rung.rule.name for rung in reminded(whole)] == ["registration", "contributions"]
    assert "registration" not in [rung.rule.name for rung in ladder(replace(whole, facts={"body": "ITU-T"}))]
