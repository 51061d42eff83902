"""Calendars as other programs read them: icalendar's reader, and our own, which shares no code with it."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.calendar.writer import written
from bot.domain.agenda import Dated, Event
from bot.domain.entries import Entry
from feeds.ical import parse
from feeds.page import Page

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)


def event(**changed: object) -> Event:
    told: dict[str, object] = {
        "uid": "m1@rapporteur",
        "title": "SG17, Geneva; 3–7 May",
        "starts": date(2027, 5, 3),
        "ends": date(2027, 5, 7),
        "changed": NOW,
    }
    return Event(**(told | changed))  # type: ignore[arg-type]


def dated(one: Event, sequence: int = 0) -> Dated:
    return Dated(event=one, sequence=sequence, modified=NOW)


def theirs(*events: Dated) -> list[Any]:
    return list(icalendar.Calendar.from_ical(written("Meetings", events)).walk("VEVENT"))


def ours(*events: Dated) -> list[Entry]:
    page = Page(body=written("Meetings", events), url="https://bot.example/c.ics", headers={}, fetched_at=NOW)
    return list(parse(page).entries)


def test_days_of_a_meeting_end_on_its_last_day_to_both_readers() -> None:
    [one] = theirs(dated(event()))
    assert (one["DTSTART"].dt, one["DTEND"].dt) == (date(2027, 5, 3), date(2027, 5, 8))
    [entry] = ours(dated(event()))
    assert (entry.starts, entry.ends, entry.all_day) == (date(2027, 5, 3), date(2027, 5, 7), True)


def test_a_day_without_an_end_is_that_day() -> None:
    [one] = theirs(dated(event(ends=None)))
    assert one["DTEND"].dt == date(2027, 5, 4)
    [entry] = ours(dated(event(ends=None)))
    assert entry.starts == date(2027, 5, 3)
    assert entry.ends in {None, date(2027, 5, 3)}


def test_instants_are_written_in_utc() -> None:
    tokyo = timezone(timedelta(hours=9))
    made = dated(event(starts=datetime(2027, 5, 3, 9, tzinfo=tokyo), ends=datetime(2027, 5, 3, 11, tzinfo=tokyo)))
    [one] = theirs(made)
    assert (one["DTSTART"].dt, one["DTEND"].dt) == (
        datetime(2027, 5, 3, tzinfo=UTC),
        datetime(2027, 5, 3, 2, tzinfo=UTC),
    )
    [entry] = ours(made)
    assert entry.starts == datetime(2027, 5, 3, tzinfo=UTC)


def test_everything_said_is_read_back_by_both() -> None:
    made = dated(
        event(
            place="CICG, Geneva",
            link="https://www.itu.int/x?a=1;b=2",
            text="Line one\nLine; two, and \\ three",
            categories=("SG17", "deadline"),
        ),
        sequence=3,
    )
    [one] = theirs(made)
    assert str(one["SUMMARY"]) == "SG17, Geneva; 3–7 May"
    assert str(one["DESCRIPTION"]) == "Line one\nLine; two, and \\ three"
    assert (one["SEQUENCE"], one["UID"], one["URL"]) == (3, "m1@rapporteur", "https://www.itu.int/x?a=1;b=2")
    assert one["LAST-MODIFIED"].dt == NOW
    [entry] = ours(made)
    assert (entry.title, entry.place) == ("SG17, Geneva; 3–7 May", "CICG, Geneva")
    assert entry.text == "Line one\nLine; two, and \\ three"
    assert entry.facts["sequence"] == 3
    assert entry.facts["uid"] == "m1@rapporteur"


@pytest.mark.parametrize(
    ("changed", "status"),
    [({}, "CONFIRMED"), ({"tentative": True}, "TENTATIVE"), ({"cancelled": True, "tentative": True}, "CANCELLED")],
)
def test_the_status_is_what_the_source_says(changed: dict[str, bool], status: str) -> None:
    [one] = theirs(dated(event(**changed)))
    assert one["STATUS"] == status
    [entry] = ours(dated(event(**changed)))
    assert entry.status == status.lower()


@pytest.mark.parametrize(
    "ends",
    [date(2027, 5, 1), datetime(2027, 5, 3, 9, tzinfo=UTC), datetime(2027, 5, 3, 9)],  # noqa: DTZ001  # floating
)
def test_an_end_that_fits_no_start_does_no_harm(ends: date) -> None:
    [one] = theirs(dated(event(ends=ends)))
    assert one["DTEND"].dt == date(2027, 5, 4)
    [one] = theirs(dated(event(starts=datetime(2027, 5, 3, 10, tzinfo=UTC), ends=ends)))
    assert "DTEND" not in one


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=60))
def test_hostile_texts_stay_in_their_place(title: str, text: str, place: str) -> None:
    [one, other] = theirs(dated(event(title=title, text=text, place=place)), dated(event(uid="m2@rapporteur")))
    assert one["UID"] == "m1@rapporteur"
    assert str(other["SUMMARY"]) == "SG17, Geneva; 3–7 May"
    assert len(ours(dated(event(title=title, text=text, place=place)), dated(event(uid="m2@rapporteur")))) == 2


def test_a_file_is_made_of_lines_as_the_rule_has_them_and_schedules_nothing() -> None:
    long = event(title="会议, 第17研究组; \\ " * 20, text="one\ntwo\r\nthree\u2028four", place="Geneva; room 1")
    body = written("Meetings, SG17; \\\nX-EVIL:1", [dated(long)])
    assert body.endswith(b"END:VCALENDAR\r\n")
    for line in body.split(b"\r\n"):
        assert len(line) <= 75
        assert not {10, 13} & set(line)
        line.decode()  # no letter is cut
    unfolded = body.replace(b"\r\n ", b"").decode().split("\r\n")
    assert "X-WR-CALNAME:Meetings\\, SG17\\; \\\\X-EVIL:1" in unfolded
    assert not [line for line in unfolded if line.startswith(("METHOD", "X-EVIL"))]
    assert {"REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"} <= set(unfolded)


@pytest.mark.parametrize(
    "odd",
    [
        {"link": "https://x.example/\nATTACH:evil"},
        {"link": "https://x.example/\r\nBEGIN:VALARM"},
        {"starts": date.max, "ends": None},
        {"starts": datetime.max.replace(tzinfo=timezone(-timedelta(hours=5))), "ends": None},
    ],
)
def test_an_odd_event_takes_no_other_out_of_the_calendar(odd: dict[str, object]) -> None:
    found = theirs(dated(event(**odd)), dated(event(uid="m2@rapporteur")))
    assert "m2@rapporteur" in [str(one["UID"]) for one in found]
    assert not [one for one in found if "ATTACH" in one or one.subcomponents]
