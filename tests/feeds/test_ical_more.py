"""Calendars of the kinds that other parsers keep as fixtures, written anew: broken nesting, odd files, borders."""

import gc
from datetime import UTC, date, datetime

import pytest

from bot.domain.errors import ParseError
from feeds.ical import occurrences, parse, within
from feeds.page import Page


def page(*lines: str) -> Page:
    body = "\r\n".join(lines).encode()
    return Page(body=body, url="https://calendar.example/", fetched_at=datetime(2026, 6, 1, tzinfo=UTC))


def event(uid: str, *lines: str, ended: bool = True) -> tuple[str, ...]:
    return ("BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{uid}", *lines, *(["END:VEVENT"] if ended else []))


def titles(given: Page, first: date, last: date) -> list[str]:
    return sorted(entry.title for entry in occurrences(given, first, last))


def test_every_event_is_read_though_twenty_tasks_before_them_have_a_mistyped_end() -> None:
    broken = [
        line
        for number in range(20)
        for line in ("BEGIN:VTODO", f"UID:t{number}", "END:VTOOD", *event(f"e{number}", "DTSTART:20260609T090000Z"))
    ]
    parsed = within(page("BEGIN:VCALENDAR", *broken, "END:VCALENDAR"), date(2026, 6, 9), date(2026, 6, 9))
    assert len(parsed.entries) == 20
    assert any("not ended before the next one begins" in note for note in parsed.notes)


def test_an_event_without_its_end_keeps_its_times_and_hides_no_later_one() -> None:
    given = page(
        "BEGIN:VCALENDAR",
        *event("first", "DTSTART:20260609T090000Z", ended=False),
        *event("second", "DTSTART:20260610T090000Z"),
        "END:VCALENDAR",
    )
    assert titles(given, date(2026, 6, 9), date(2026, 6, 9)) == ["first"]
    assert titles(given, date(2026, 6, 10), date(2026, 6, 10)) == ["second"]


def test_an_alarm_stays_within_its_event() -> None:
    alarm = ("BEGIN:VALARM", "SUMMARY:alarm", "TRIGGER:-PT15M", "END:VALARM")
    given = page("BEGIN:VCALENDAR", *event("one", *alarm, "DTSTART:20260609T090000Z"), "END:VCALENDAR")
    assert titles(given, date(2026, 6, 9), date(2026, 6, 9)) == ["one"]


@pytest.mark.parametrize("container", ["X-GROUP", "MYCOMPONENT"])
def test_events_inside_a_component_of_another_kind_are_read(container: str) -> None:
    inside = (f"BEGIN:{container}", *event("one", "DTSTART;VALUE=DATE:20260609"), f"END:{container}")
    assert titles(page(*inside), date(2026, 6, 9), date(2026, 6, 9)) == ["one"]
    assert titles(page("BEGIN:VCALENDAR", *inside, "END:VCALENDAR"), date(2026, 6, 9), date(2026, 6, 9)) == ["one"]


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        (["DTSTART;TZID=Pacific/Auckland:20260609T003000", "DTEND;TZID=Pacific/Auckland:20260609T013000"], {9}),
        (["DTSTART:20260608T230000", "DTEND:20260609T000000"], {8}),
        (["DTSTART:20260608T230000Z", "DTEND:20260609T000001Z"], {8, 9}),
        (["DTSTART;VALUE=DATE:20260608", "DTEND;VALUE=DATE:20260610"], {8, 9}),
        (["DTSTART;VALUE=DATE:20260609", "DTEND;VALUE=DATE:20260609"], {9}),
        (["DTSTART:20260609T000000Z"], {9}),
        (["DTSTART:20260609T090000Z", "DTEND:None"], {9}),
        (["DTSTART:20260609T090000", "RRULE:FREQ=DAILY;UNTIL=20260610T090000"], {9, 10}),
        (["DTSTART;TZID=Europe/Paris:20260609T233000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=1"], {9, 10}),
    ],
)
def test_a_day_holds_what_overlaps_it_in_the_events_own_zone_and_not_what_ends_as_it_begins(
    lines: list[str], days: set[int]
) -> None:
    given = page("BEGIN:VCALENDAR", *event("one", *lines), "END:VCALENDAR")
    held = {day for day in range(6, 13) if occurrences(given, date(2026, 6, day), date(2026, 6, day))}
    assert held == days


@pytest.mark.parametrize(("written", "last"), [("PT1W", 15), ("P1W", 15), ("PT1D", 9), ("PT2DT12H", 11)])
def test_a_duration_of_weeks_or_days_after_a_t_is_still_that_long(written: str, last: int) -> None:
    given = page("BEGIN:VCALENDAR", *event("one", "DTSTART:20260609T000000", f"DURATION:{written}"), "END:VCALENDAR")
    assert occurrences(given, date(2026, 6, last), date(2026, 6, last))
    assert not occurrences(given, date(2026, 6, last + 1), date(2026, 6, last + 1))
    assert within(given, date(2026, 6, 9), date(2026, 6, 9)).complete


def test_an_until_in_local_time_of_a_zoned_event_still_allows_the_occurrence_at_that_time() -> None:
    given = page(
        "BEGIN:VCALENDAR",
        *event("daily", "DTSTART;TZID=America/New_York:20260301T140000", "RRULE:FREQ=DAILY;UNTIL=20260315T140000"),
        "END:VCALENDAR",
    )
    assert len(occurrences(given, date(2026, 1, 1), date(2026, 12, 31))) == 15


def test_a_rule_by_week_number_alone_takes_the_weekday_of_its_start() -> None:
    given = page(
        "BEGIN:VCALENDAR", *event("weekly", "DTSTART:20020101T100000", "RRULE:FREQ=YEARLY;BYWEEKNO=1"), "END:VCALENDAR"
    )
    starts = [entry.starts for entry in occurrences(given, date(2002, 1, 1), date(2003, 1, 31))]
    assert [str(when) for when in starts] == ["2002-01-01 10:00:00", "2002-12-31 10:00:00"]


@pytest.mark.parametrize("written", ["2026W241T09000", "20260609T0900Z", "20260609t090000z", "20260609T090060Z"])
def test_odd_times_are_read_or_their_event_is_left_out(written: str) -> None:
    given = page("BEGIN:VCALENDAR", *event("one", f"DTSTART:{written}"), "END:VCALENDAR")
    found = occurrences(given, date(2026, 6, 9), date(2026, 6, 9))
    assert len(found) == (written[4] != "W")


def test_collection_of_garbage_is_on_again_after_a_calendar_and_after_one_that_is_refused() -> None:
    parse(page("BEGIN:VCALENDAR", "END:VCALENDAR"))
    assert gc.isenabled()
    with pytest.raises(ParseError):
        parse(page("<html>"))
    assert gc.isenabled()
