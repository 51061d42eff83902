"""Groups and Questions that go on under another name."""

from datetime import date

import pytest

from adapters.language.stems import snowball
from bot.domain.entries import Entry, Kind
from bot.domain.identity_graph import bonds
from bot.domain.matching import NO_CONTEXT, matches
from bot.domain.query_parser import parse
from bot.domain.successions import SUCCESSIONS, brought_in, followed, name_on, succession
from bot.domain.understanding import Lexicon, understood


@pytest.mark.parametrize("written", ["SG16", "SG 16", "sg-16", "Study Group 16", "ITU-T SG16", "ITU-T  Study Group 16"])
def test_a_group_is_known_however_it_is_written(written: str) -> None:
    found = succession(written)
    assert found is not None
    assert str(found) == "SG16 goes on as SG21 since 2025 (WTSA-24 merged SG9 and SG16 into SG21)"


@pytest.mark.parametrize("written", ["SG21", "SG1", "SG160", "Q13/16", "Q1/9", "Q9/17", "SG16 video", "", "WP1/16"])
def test_nothing_is_made_up_of_what_no_page_says(written: str) -> None:
    assert succession(written) is None


def test_what_is_inferred_says_so() -> None:
    found = succession("question 12 / 16")
    assert found is not None
    assert str(found).startswith("Q12/16 seems to go on as Q7/21 since 2025 (")
    assert all(one.source for one in SUCCESSIONS)


def test_a_name_changes_on_the_first_day_of_the_period() -> None:
    assert name_on("SG16", date(2024, 12, 31)) == "SG16"
    assert name_on("SG16", date(2025, 1, 1)) == "SG21"
    assert name_on("SG17", date(2026, 1, 1)) == "SG17"


@pytest.mark.parametrize(
    ("query", "group", "question", "found"),
    [
        ("group:SG16", "SG21", "", True),
        ("group:SG16", "SG16", "", True),
        ("group:SG9 kind:work-item", "SG21", "", True),
        ("group:(SG16, SG17)", "SG21", "", True),
        ("question:Q12/16", "SG21", "Q7/21", True),
        ("question:Q12/16", "SG21", "Q8/21", False),
        ("group:SG21", "SG16", "", False),
        ("kind:work-item NOT group:SG16", "SG21", "", True),
        ("kind:work-item NOT group:SG16", "SG16", "", False),
        ("SG16", "SG21", "", False),
    ],
)
def test_a_watch_on_a_former_name_finds_its_successor(query: str, group: str, question: str, found: bool) -> None:  # noqa: FBT001
    facts = {"question": (question,)} if question else {}
    entry = Entry(key="k", kind=Kind.WORK_ITEM, title="Cameras", group=group, facts=facts)
    meant = understood(parse(query), Lexicon())
    assert (matches(meant, entry, NO_CONTEXT, snowball()) is not None) is found


def test_what_was_brought_in_is_told_and_what_was_typed_is_not() -> None:
    assert [one.new for one in brought_in(parse("group:SG16 camera"))] == ["SG21"]
    assert [one.new for one in brought_in(parse("group:SG16, question:Q12/16"))] == ["SG21", "Q7/21"]
    for query in ("NOT group:SG16 camera", "SG16", "camera"):
        assert brought_in(parse(query)) == ()
    assert followed(parse("camera group:SG17")) == parse("camera group:SG17")


def test_lists_that_write_the_former_name_mean_the_same_meeting() -> None:
    def meeting(key: str, group: str, question: str) -> frozenset[str]:
        entry = Entry(
            key=key,
            kind=Kind.MEETING,
            title="Rapporteur group meeting",
            group=group,
            starts=date(2025, 3, 3),
            facts={"question": (question,), "type": "rapporteur group meeting"},
        )
        return bonds(entry, "ITU-T").own

    assert meeting("a", "SG16", "Q12/16") & meeting("b", "SG21", "Q7/21")
    assert not meeting("a", "SG16", "Q12/16") & meeting("b", "SG21", "Q5/21")
