"""Subscriptions as people type them, and what comes of them on a real store."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.entries import Entry, Kind, SourceId
from bot.domain.matching import Context, WatchIndex
from bot.domain.query_parser import parse
from bot.domain.sources import Source
from bot.domain.watches import Scope, WatchId
from bot.services.exchange import exported, imported, read
from tests.services.heart import ROOM, Heart
from tests.services.room import ELSEWHERE, HERE, NOW, SHIPPED, Room, known, stored

SOURCES = (
    Source(id=SourceId("eff"), url="https://e.example/a", format="feed", name="EFF Deeplinks"),
    Source(
        id=SourceId("ietf-last-call"), url="https://e.example/b", format="feed", name="IETF Last Calls", body="IETF"
    ),
    Source(id=SourceId("itu-hub"), url="https://e.example/c", format="feed", name="ITU Hub", body="ITU"),
    Source(id=SourceId("noyb"), url="https://e.example/d", format="feed", name="noyb"),
    Source(id=SourceId("gsma-news"), url="https://e.example/e", format="feed", name="GSMA", body="GSMA"),
)


async def furnished(room: Room) -> Room:
    for source in SOURCES:
        await room.store.sources.add(source, now=NOW)
    return room


# What is typed, the query that stands, and whether only stages are asked for.
TABLE = """
itu-t sg17 | body:"ITU-T" AND group:"SG17" | all
ITU-T SG17 stage-only | body:"ITU-T" AND group:"SG17" | stages
ITU-T SG17 --stage-only | body:"ITU-T" AND group:"SG17" | stages
sg21 stages only | group:"SG21" | stages
SG21 meetings | group:"SG21" AND kind:meeting | all
SG21 meetings and documents | group:"SG21" AND kind:(meeting, document) | all
SG21 meetings, work items | group:"SG21" AND kind:(meeting, work-item) | all
study group 21 work-items stage-only | group:"SG21" AND kind:work-item | stages
Q7/21 | question:"Q7/21" | all
TSAG | group:"TSAG" | all
ietf | body:"IETF" | all
IETF oauth drafts | body:"IETF" AND group:"oauth" AND kind:publication | all
3gpp SA3 | body:"3GPP" AND group:"SA3" | all
ISO SC 37 | body:"ISO" AND group:"SC 37" | all
eff | source:"eff" | all
EFF Deeplinks news | source:"eff" AND kind:news | all
noyb | source:"noyb" | all
1 | source:"eff" | all
"""


@pytest.mark.parametrize("row", [line.split(" | ") for line in TABLE.strip().splitlines()], ids=lambda row: row[0])
async def test_a_line_subscribes_to_this(room: Room, row: list[str]) -> None:
    typed, query, scope = row
    await furnished(room)
    said = await room.says(f"subscribe {typed}")
    assert said.startswith("Subscription 1: everything of ")
    _, [watch] = await room.store.watches.all()
    assert (watch.query, watch.scope) == (query, Scope(scope))
    assert str(parse(watch.query)) == watch.query
    await room.says(f"unsubscribe {typed}")
    assert (await room.store.watches.all())[1] == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Say what to subscribe to"),
        ("meetings", "Say what to subscribe to"),
        ("iets", "Did you mean IETF"),
        ("efff", "Did you mean eff?"),
        ("ietf ((", "I know no source, body, group or kind “((”"),
        ("sg21 metings", "Did you mean meetings"),
        ("SG17 and SG21", "One group at a time"),
        ("facial recognition", "I know no source, body, group or kind “facial recognition”"),
        ("sg21 --hourly", "“--hourly” is not an option"),
        ("sg21 --daily --weekly", "daily or weekly, not both"),
    ],
)
async def test_what_there_is_not_is_refused_with_what_may_be_meant(room: Room, typed: str, said: str) -> None:
    await furnished(room)
    assert said in await room.says(f"subscribe {typed}")
    assert (await room.store.watches.all())[1] == []


async def test_subscriptions_and_watches_have_a_list_each(room: Room) -> None:
    await furnished(room)
    await room.says("watch --yes face")
    await room.says("subscribe sg17 meetings stage-only --weekly Monday 9:00 --note for the brief")
    await room.says("subscribe ietf", ELSEWHERE)
    assert (
        await room.says("watches")
        == "1 watch here:\n1. face · 0 hits in 30 days · by anna\nAnd 1 subscription: subscriptions"
    )
    assert await room.says("subscriptions") == (
        "1 subscription here:\n2. SG17, only meetings, passed stages only — for the brief"
        " · weekly digest, Monday 09:00 · 0 hits in 30 days · by anna"
    )


async def test_a_second_one_for_the_same_is_refused_whatever_its_scope(room: Room) -> None:
    await room.says("subscribe sg17")
    assert "already; to change it, end it first" in await room.says("subscribe SG17 stage-only")
    assert "Subscription 1 is gone" in await room.says("unsubscribe 1")
    assert "Subscription 2" in await room.says("subscribe SG17 stage-only")


async def test_only_subscriptions_of_this_conversation_can_be_ended(room: Room) -> None:
    await room.says("watch --yes face")
    await room.says("subscribe sg17", ELSEWHERE)
    assert "There is no subscription “1” here. None stands here." in await room.says("unsubscribe 1")
    assert "There is no subscription" in await room.says("unsubscribe sg17")
    assert len((await room.store.watches.all())[1]) == 2


async def test_it_says_how_much_that_will_be(room: Room) -> None:
    await stored(room, *[known(n, f"Story {n}", ago=timedelta(days=3, hours=n)) for n in range(40)])
    said = await room.says("subscribe eff")
    assert "Would have posted 40 in 5 days" in said
    assert "edit 1 --daily" in said


async def test_subscriptions_survive_an_export(room: Room) -> None:
    await room.says("subscribe sg17 stage-only")
    text = await exported(room.store)
    assert 'scope = "stages"' in text
    await room.says("unsubscribe 1")
    assert await imported(room.store, read(text), SHIPPED, now=NOW) == (1, 0)
    assert [watch.scope for watch in (await room.store.watches.all())[1]] == [Scope.STAGES]
    assert (await room.store.watches.all())[1][0].conversation == HERE


def test_a_body_is_that_of_the_source_or_that_of_the_entry() -> None:
    index = WatchIndex(lambda word, _: word)
    index.put(WatchId(1), parse('body:"ITU-T" AND group:"SG17"'))
    entry = Entry(key="k", kind=Kind.DOCUMENT, title="A contribution", group="SG17", facts={"body": "ITU-T"})
    assert index.match(entry, Context(body="ITU"))
    assert index.match(Entry(key="k", kind=Kind.DOCUMENT, title="A", group="SG17"), Context(body="ITU-T"))
    assert not index.match(Entry(key="k", kind=Kind.DOCUMENT, title="A", group="SG17"), Context(body="ITU-R"))
    assert not index.match(Entry(key="k", kind=Kind.DOCUMENT, title="A", group="SG170", facts={"body": "ITU-T"}))


def item(stage: str, timing: str = "2027", group: str = "SG17") -> Entry:
    return Entry(
        key=f"isn {group}",
        kind=Kind.WORK_ITEM,
        title=f"Requirements for lamps of {group}",
        link=f"https://www.itu.int/{group}",
        status=stage,
        group=group,
        published=datetime(2026, 1, 1, tzinfo=UTC),
        facts={"body": "ITU-T", "stage": stage, "timing": timing},
    )


async def subscribed(heart: Heart, query: str, scope: Scope) -> None:
    await heart.store.watches.add(ROOM, query, owner="o", note="", now=heart.clock.now(), scope=scope)


async def test_everything_of_a_group_is_posted_from_now_on_and_nothing_of_the_past(heart: Heart) -> None:
    await heart.poll(item("under study"))
    await subscribed(heart, 'group:"SG17"', Scope.ALL)
    await heart.poll(item("under study"), item("under study", group="SG21"))
    assert heart.chat.posts == []
    await heart.poll(item("under study", "2028"), item("under study", "2029", group="SG21"))
    assert heart.chat.verbs == ["post"]


async def test_stage_only_posts_the_stage_and_not_the_slip_before_or_after_it(heart: Heart) -> None:
    await heart.poll(item("under study"))
    await subscribed(heart, 'group:"SG17"', Scope.STAGES)
    await heart.poll(item("under study", "2028"))
    assert heart.chat.posts == []
    await heart.poll(item("consented", "2028"))
    assert heart.chat.verbs == ["post"]
    await heart.poll(item("consented", "2030"))
    assert heart.chat.verbs == ["post"]
    await heart.poll(item("approved", "2030"))
    assert heart.chat.verbs == ["post", "reply", "edit"]
