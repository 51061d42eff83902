"""Ties, ladders and clock rules of the bodies: what belongs together, what is due when."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.changes import Added, Known, Missing, Updated
from bot.domain.clock_rules import (
    aap_starts,
    consultation_after,
    last_call_after,
    last_call_around,
)
from bot.domain.concurring import alike, before_it, unsaid
from bot.domain.entries import Entry, EntryId, Fact, Kind, SourceId
from bot.domain.identity_graph import belongs, bonds, is_whole, passing, recommendations
from bot.domain.ladder import ladder, notice, reminded
from bot.domain.stages import LADDER, height

SYNC = Entry(
    key="T25-SG17-260601",
    kind=Kind.MEETING,
    title="ITU-T SG17 (Security) meeting, Geneva, 1–9 June 2026",
    starts=date(2026, 6, 1),
    ends=date(2026, 6, 9),
    all_day=True,
    place="Geneva",
    group="SG17",
    facts={"body": "ITU-T", "contribution_deadline": "2026-05-20"},
)
EVENT = replace(
    SYNC,
    key="event 11",
    title="ITU-T Study Group 17",
    place="Geneva, Switzerland",
    facts={"body": "ITU-T", "event": "11"},
)


def item(**facts: Fact) -> Entry:
    told = {"body": "ITU-T", "isn": "21763", "number": "X.bvm", "acronym": "X.bvm", "stage": "under study"} | facts
    return Entry(key="isn 21763", kind=Kind.WORK_ITEM, title="Biometric variability", group="SG17", facts=told)


def edition(number: str = "X.1096", **facts: Fact) -> Entry:
    told = {"body": "ITU-T", "number": number, "idrec": "14660", "stage": "in force"} | facts
    return Entry(key="idrec 14660", kind=Kind.PUBLICATION, title="Biometric variability", facts=told)


def known(entry: Entry, source: str = "s", **more: int) -> Known:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    return Known(
        id=EntryId(f"{source} {entry.key}"),
        source=SourceId(source),
        entry=entry,
        fingerprint=entry.fingerprint,
        first_seen=now,
        fetched_at=now,
        **more,  # type: ignore[arg-type]
    )


def tied(one: Entry, other: Entry) -> bool:
    theirs = bonds(other, "ITU-T").own
    return any(tier & theirs for tier in bonds(one, "ITU-T").tiers)


def test_a_meeting_is_the_same_in_the_catalogue_and_the_calendar() -> None:
    assert tied(SYNC, EVENT)
    assert tied(EVENT, SYNC)
    assert not tied(replace(EVENT, group="SG21"), SYNC)
    assert not tied(replace(EVENT, starts=date(2026, 9, 1), ends=date(2026, 9, 9)), SYNC)


@pytest.mark.parametrize(
    "title",
    ["Workshop on security", "Q7/17 rapporteur group meeting", "WP2/17 meeting", "Joint session of SG17"],
)
def test_a_part_of_a_group_is_not_its_meeting(title: str) -> None:
    part = replace(EVENT, title=title)
    assert not is_whole(part)
    assert not tied(part, SYNC)


def test_days_on_which_a_meeting_no_longer_is_are_let_go_and_its_id_is_kept() -> None:
    gone = passing(SYNC)
    assert "on 2026-06-01 ITU-T SG17" in gone
    assert "meeting T25-SG17-260601" not in gone


def test_an_item_becomes_a_record_and_a_recommendation() -> None:
    record = Entry(
        key="aap 10325",
        kind=Kind.WORK_ITEM,
        title="Biometric variability",
        facts={"body": "ITU-T", "aap": "10325", "acronym": "X.bvm", "recommendation": "X.1096", "stage": "last call"},
    )
    assert tied(record, item())
    assert tied(edition(), record)
    assert not tied(edition("X.1095"), item())
    assert alike(record, item())
    assert not alike(edition("X.1096"), replace(edition("X.1096"), facts={**edition().facts, "idrec": "1"}))


@pytest.mark.parametrize(
    ("number", "texts"),
    [
        ("X.1096", ["x.1096"]),
        ("H.264 (V14) (08/2021)", ["h.264"]),
        ("M.3163/F.743.38", ["m.3163", "f.743.38"]),
        ("X.1086 Amd. 1", ["x.1086 amd. 1"]),
        ("X.bvm", []),
        ("", []),
    ],
)
def test_a_number_names_texts_without_their_version(number: str, texts: list[str]) -> None:
    assert recommendations(number) == texts


def test_a_document_belongs_to_the_item_whose_step_it_is_else_to_its_meeting() -> None:
    paper = Entry(
        key="T25-SG17-C-0001", kind=Kind.DOCUMENT, title="x", facts={"body": "ITU-T", "meeting": "T25-SG17-260601"}
    )
    assert tied(paper, SYNC)
    assert not belongs(paper, bonds(SYNC).own)
    step = replace(paper, facts={**paper.facts, "purpose": "consent", "work_item": "X.bvm"})
    assert belongs(step, bonds(item()).own)


def test_what_another_list_said_is_not_said_again() -> None:
    moved = replace(EVENT, starts=date(2026, 6, 8), ends=date(2026, 6, 16))
    change = Updated(before=known(EVENT), now=known(moved), fields=("starts", "ends"))
    assert unsaid(change, [known(SYNC, "sync")]) == {"starts", "ends"}
    after = replace(SYNC, starts=date(2026, 6, 8), ends=date(2026, 6, 16))
    assert not unsaid(change, [known(after, "sync")])
    assert not unsaid(Missing(now=known(EVENT)), [known(SYNC, "sync")])
    assert unsaid(Missing(now=known(EVENT)), [known(SYNC, "sync", missing=1)])


def test_a_new_list_is_news_where_it_stands_higher() -> None:
    assert unsaid(Added(now=known(edition(isn="21763"))), [known(item(), "list")]) == {"facts.stage"}
    assert not unsaid(Added(now=known(item(), "page")), [known(item(stage="consented"), "list")])
    assert before_it(edition(isn="21763"), [known(item(), "list")]) == item()


def test_a_meeting_has_a_ladder_with_the_rules_that_set_it() -> None:
    rungs = {rung.rule.name: (rung.due, rung.rule.source) for rung in ladder(EVENT)}
    assert rungs["contributions"] == (date(2026, 5, 20), "Rec. ITU-T A.1 (10/2016) §3.1.8")
    assert rungs["documents"][0] == date(2026, 5, 25)
    assert rungs["letter"][0] == date(2026, 4, 1)
    assert [rung.rule.name for rung in reminded(EVENT)] == ["contributions"]
    workshop = replace(EVENT, title="Workshop on security")
    assert not ladder(workshop)
    assert [(rung.rule.name, rung.due) for rung in reminded(workshop)] == [("start", date(2026, 6, 1))]


def test_a_last_call_is_due_until_the_text_has_passed_it() -> None:
    called = item(stage="last call", last_call_until="2026-04-12")
    assert [(rung.rule.name, rung.due) for rung in ladder(called)] == [("last-call", date(2026, 4, 12))]
    assert not ladder(item(stage="approved", last_call_until="2026-04-12"))
    assert not ladder(item(last_call_until="soon"))


def test_a_last_call_takes_four_weeks_from_a_first_or_sixteenth() -> None:
    span = last_call_after(date(2025, 12, 11))
    assert (span.first, span.last) == (date(2025, 12, 16), date(2026, 1, 12))
    around = last_call_around(date(2026, 2, 20))
    assert (around.first, around.last) == (date(2026, 2, 16), date(2026, 3, 15))  # X.1096 was approved on the 16th


def test_a_consultation_takes_three_months() -> None:
    assert consultation_after(date(2026, 11, 30)) == date(2027, 2, 28)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
@settings(deadline=None)
def test_an_approval_process_starts_within_sixteen_days(day: date) -> None:
    first = next(aap_starts(day))
    assert first.day in (1, 16)
    assert timedelta() < first - day <= timedelta(days=16)
    assert last_call_around(day).first <= day <= last_call_around(day).last


def test_a_meeting_on_short_notice_says_so() -> None:
    assert notice(SYNC, date(2026, 5, 25)) == timedelta(days=7)
    assert notice(SYNC, date(2026, 6, 2)) is None


def test_the_ladder_is_climbed_in_one_order() -> None:
    heights = [height(line[0]) for line in LADDER]
    assert heights == sorted(heights)
    assert height("consented") < height("last call") < height("approved") < height("in force") < height("superseded")
    assert height("carried over") == -1
