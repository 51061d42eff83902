"""Fields, facts, hits, and the index of watches."""

from datetime import UTC, date, datetime

import pytest

from adapters.language.stems import snowball
from bot.domain.entries import Entry, Kind
from bot.domain.errors import QueryError
from bot.domain.matching import NO_CONTEXT, Context, WatchIndex, matches
from bot.domain.query_parser import parse
from bot.domain.watches import Hit, WatchId

STEM = snowball()

MEETING = Entry(
    key="T25-SG21-260706",
    kind=Kind.MEETING,
    title="Rapporteur group meeting on facial recognition",
    text="Q.7 of the group reviews F.743.21.\nContributions by ZTE on camera systems are expected.",
    starts=date(2026, 7, 6),
    place="Geneva, Switzerland",
    group="SG 21",
    lang="en-GB",
    facts={
        "question": "Q.7/21",
        "companies": ("ZTE Corporation", "China Telecom"),
        "stage": "last call",
        "number": "F.743.21 (ex F.FRTech)",
    },
)
CONTEXT = Context(source_id="itu-meetings", source_name="ITU-T calendar", body="ITU-T", lang="fr")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("title:facial", True),
        ("text:facial", False),
        ("title:(facial, zte) text:camera", True),
        ("title:(facial NOT recognition)", False),
        ("source:itu-meetings", True),
        ("source:calendar", True),
        ("source:ietf", False),
        ("body:ITU", True),
        ("body:itu-t", True),
        ("body:IETF", False),
        ("group:SG21", True),
        ('group:"sg 21"', True),
        ("group:SG2", False),
        ("question:Q7/21", True),
        ("question:7/21", True),
        ("question:Q7/2", False),
        ("company:ZTE", True),
        ('company:"china telecom"', True),
        ('company:"zte corporation china"', False),
        ("company:Huawei", False),
        ('stage:"last call"', True),
        ("stage:approved", False),
        ("place:Geneva", True),
        ("place:(Paris, Geneva)", True),
        ("kind:meeting", True),
        ("kind:(news, work-item)", False),
        ("number:F.743.*", True),
        ("number:f.743.21", True),
        ("number:F.743.2", False),
        ("number:F.FRTech", True),
        ("lang:en", True),
        ("lang:en-gb", True),
        ("lang:fr", False),
        ("since:2026-07-06", True),
        ("since:2026-07-07", False),
        ("until:2026-07-06", True),
        ("until:2026-07-05", False),
        ("ZTE camera", True),
        ("China Telecom", True),
        ("Geneva", True),
        ("SG21 AND recognition", True),
        ("calendar", False),
        ("facial camera", False),
        ("facial AND camera", True),
        ("facial NOT camera", False),
        ("facial NOT kind:news", True),
        ("NOT drone AND facial", True),
    ],
)
def test_fields_and_facts_are_asked(query: str, *, expected: bool) -> None:
    assert (matches(parse(query), MEETING, CONTEXT, STEM) is not None) is expected


def test_a_language_that_only_the_source_tells_is_used() -> None:
    entry = Entry(key="1", kind=Kind.NEWS, title="x")
    assert matches(parse("lang:fr"), entry, CONTEXT, STEM) == ()
    assert matches(parse("lang:fr"), entry, NO_CONTEXT, STEM) is None


def test_days_are_those_of_publication_then_of_the_start_then_of_the_first_sight() -> None:
    published = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    seen = Context(first_seen=datetime(2026, 4, 1, tzinfo=UTC))
    both = Entry(key="1", kind=Kind.MEETING, title="x", published=published, starts=date(2026, 5, 1))
    bare = Entry(key="2", kind=Kind.MEETING, title="x")
    assert matches(parse("until:2026-03-01"), both, seen, STEM) == ()
    assert matches(parse("since:2026-04-01"), bare, seen, STEM) == ()
    assert matches(parse("since:2026-04-02"), bare, seen, STEM) is None
    assert matches(parse("since:2000-01-01"), bare, NO_CONTEXT, STEM) is None


def test_hits_point_into_the_original_text() -> None:
    entry = Entry(
        key="1", kind=Kind.NEWS, title="ﬁrst", text="…«Sur\u00adveil\u00adlance»: FACIAL-recog\u200bnitions, 人 脸识别"
    )
    found = matches(parse('surveillance AND "facial recognition" AND 人脸识别'), entry, NO_CONTEXT, STEM)
    assert found is not None
    assert [(hit.field, entry.text[hit.start : hit.end], hit.term) for hit in found] == [
        ("text", "Sur\u00adveil\u00adlance", "surveillance"),
        ("text", "FACIAL-recog\u200bnitions", "facial recognition"),
        ("text", "人 脸识别", "人脸识别"),
    ]


def test_bare_words_give_one_hit_each_and_only_where_they_stand_together() -> None:
    text = "Facial hair. " + "x " * 20 + "The recognition of facial features."
    entry = Entry(key="1", kind=Kind.NEWS, title="t", text=text)
    found = matches(parse("facial recognition"), entry, NO_CONTEXT, STEM)
    assert found is not None
    assert [text[hit.start : hit.end] for hit in found] == ["recognition", "facial"]


def test_hits_come_title_first_in_order_and_once() -> None:
    entry = Entry(key="1", kind=Kind.NEWS, title="camera", text="cameras and a camera", place="Camera street")
    found = matches(parse("camera, camera AND cameras"), entry, NO_CONTEXT, STEM)
    assert found is not None
    assert [(hit.field, hit.start, hit.term) for hit in found] == [
        ("title", 0, "camera"),
        ("title", 0, "cameras"),
        ("text", 0, "camera"),
        ("text", 0, "cameras"),
        ("text", 14, "camera"),
        ("text", 14, "cameras"),
        ("place", 0, "camera"),
        ("place", 0, "cameras"),
    ]


@pytest.mark.parametrize("query", ["@unknown", "title:@unknown AND camera"])
def test_a_concept_that_nobody_defined_is_refused(query: str) -> None:
    index = WatchIndex(STEM)
    with pytest.raises(QueryError):
        index.put(WatchId(1), parse(query))
    assert index.match(MEETING) == []


def test_watches_come_and_go() -> None:
    index = WatchIndex(STEM)
    entry = Entry(key="1", kind=Kind.NEWS, title="Cameras in Geneva")
    for number, query in ((3, "camera"), (1, "geneva NOT toy"), (2, "kind:news"), (4, "drone")):
        index.put(WatchId(number), parse(query))
    assert [match.watch for match in index.match(entry, NO_CONTEXT)] == [1, 2, 3]
    index.put(WatchId(3), parse("drone"))
    index.put(WatchId(4), parse("camera"))
    index.drop(WatchId(2))
    index.drop(WatchId(99))
    assert [match.watch for match in index.match(entry, NO_CONTEXT)] == [1, 4]
    assert index.match(entry, NO_CONTEXT)[1].hits == (Hit("title", 0, 7, "camera"),)


def test_nothing_is_left_of_watches_that_went() -> None:
    index = WatchIndex(STEM)
    for number in range(20):
        index.put(WatchId(number), parse(f'word{number} AND "facial recognition", *kamera*, =AI, ITU'))
    for number in range(20):
        index.drop(WatchId(number))
    assert not index._proven
    assert not index._likely
    assert not index.tests.probes
    assert not index.tests._by_head
    assert not index.tests._inside


def test_a_repetitive_text_does_not_take_long_lists() -> None:
    entry = Entry(key="1", kind=Kind.NEWS, title="ab " * 300, text="人" * 20_000)
    chain = " NEAR/50 ".join(["ab"] * 11)
    found = matches(parse(f'({chain}), "{"人" * 99}脸"'), entry, NO_CONTEXT, STEM)
    assert found is not None
    assert len(found) <= 64
