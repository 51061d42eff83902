"""Calendars made to hang, to fill the memory, or to make us fetch something."""

import socket
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from feeds.ical import occurrences, parse, within
from feeds.page import Page

LIMIT = 5.0  # seconds of processor time, on a machine shared with other tests


def event(number: int, *lines: str) -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{number}", f"SUMMARY:Event {number}", *lines, "END:VEVENT\n"])


def calendar(*blocks: str) -> bytes:
    return ("BEGIN:VCALENDAR\n" + "".join(blocks) + "END:VCALENDAR\n").encode()


EPOCH = "DTSTART:19700101T000000Z"
EVERYTHING = (
    f"BYMONTHDAY={','.join(map(str, range(1, 32)))};BYHOUR={','.join(map(str, range(24)))};"
    f"BYMINUTE={','.join(map(str, range(60)))};BYSECOND={','.join(map(str, range(60)))}"
)
SECONDLY_ZONE = (
    "BEGIN:VTIMEZONE\nTZID:{0}\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n"
    "RRULE:FREQ=SECONDLY\nEND:STANDARD\nEND:VTIMEZONE\n"
)
OVERRIDES = [
    event(1, "DTSTART:20260601T000000Z", f"RECURRENCE-ID:{date(2000, 1, 1) + timedelta(n):%Y%m%d}T000000Z", "EXDATE:x")
    for n in range(500)
]
HOSTILE = {
    "every second since 1970": calendar(event(1, EPOCH, "RRULE:FREQ=SECONDLY")),
    "every second, thirty times over": calendar(*(event(n, EPOCH, "RRULE:FREQ=SECONDLY") for n in range(30))),
    "a billion seconds": calendar(event(1, EPOCH, "RRULE:FREQ=SECONDLY;COUNT=1000000000")),
    "a billion minutes, thirty times": calendar(
        *(event(n, EPOCH, "RRULE:FREQ=MINUTELY;COUNT=1000000000") for n in range(30))
    ),
    "never": calendar(event(1, EPOCH, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")),
    "three times never": calendar(event(1, EPOCH, "RRULE:FREQ=SECONDLY;COUNT=3;BYMONTH=2;BYMONTHDAY=30")),
    "every list full": calendar(event(1, "DTSTART:00010101T000000", f"RRULE:FREQ=YEARLY;{EVERYTHING}")),
    "the last of every list": calendar(
        event(1, "DTSTART:00010101T000000", f"RRULE:FREQ=YEARLY;BYSETPOS=-1;{EVERYTHING}")
    ),
    "an interval without end": calendar(event(1, EPOCH, f"RRULE:FREQ=SECONDLY;INTERVAL={'9' * 4000}")),
    "an event of ten million weeks": calendar(event(1, EPOCH, "DURATION:P9999999W", "RRULE:FREQ=SECONDLY")),
    "an event of all time": calendar(
        event(1, "DTSTART:00010101T000000Z", "DTEND:99991231T235959Z", "RRULE:FREQ=MINUTELY")
    ),
    "a zone that changes every second": calendar(
        SECONDLY_ZONE.format("Own"), event(1, "DTSTART;TZID=Own:20260601T000000", "RRULE:FREQ=DAILY")
    ),
    "twenty such zones": calendar(
        *(SECONDLY_ZONE.format(f"Own{n}") + event(n, f"DTSTART;TZID=Own{n}:20260601T000000") for n in range(20))
    ),
    "overrides of a long count": calendar(event(1, EPOCH, "RRULE:FREQ=HOURLY;COUNT=99999999"), *OVERRIDES),
    "components never ended": b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 50_000,
    "components in components": b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 50_000 + b"END:X\n" * 50_000,
    "lines that are none": calendar(
        "BEGIN:VEVENT\nDTSTART:20260601\nDESCRIPTION:x\n", "no name\n" * 50_000, "END:VEVENT\n"
    ),
    "one long line": calendar("BEGIN:VEVENT\nDTSTART:20260601\nDESCRIPTION:", "a" * 3_000_000, "\nEND:VEVENT\n"),
    "quotes never ended": calendar("BEGIN:VEVENT\nDTSTART:20260601\nDESCRIPTION;X=", '"a;' * 300_000, "\nEND:VEVENT\n"),
    "folds only": calendar("BEGIN:VEVENT\nDTSTART:20260601\nDESCRIPTION:", "a\n " * 300_000, "\nEND:VEVENT\n"),
    "tags never ended": calendar("BEGIN:VEVENT\nDTSTART:20260601\nDESCRIPTION:", "<b" * 300_000, "</b>\nEND:VEVENT\n"),
    "many exceptions": calendar(event(1, EPOCH, "RRULE:FREQ=DAILY", *["EXDATE:20260601T000000Z"] * 20_000)),
    "old events": calendar(*(event(n, EPOCH) for n in range(5_000))),
    "events now": calendar(*(event(n, "DTSTART:20260601T000000Z") for n in range(5_000))),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_calendar_takes_long_or_gives_without_end(name: str) -> None:
    page = Page(body=HOSTILE[name], url="https://sdo.example/", fetched_at=datetime(2026, 6, 1, tzinfo=UTC))
    began = time.process_time()
    parsed = parse(page)
    assert time.process_time() - began < LIMIT
    assert len(parsed.entries) <= 2_000


@pytest.mark.parametrize("name", ["every second since 1970", "every list full", "a billion seconds"])
def test_what_was_left_out_is_said(name: str) -> None:
    page = Page(body=HOSTILE[name], url="https://sdo.example/", fetched_at=datetime(2026, 6, 1, tzinfo=UTC))
    parsed = parse(page)
    assert parsed.notes
    assert not parsed.complete


def test_a_hostile_event_hides_no_other_one() -> None:
    body = calendar(
        event(1, EPOCH, "RRULE:FREQ=SECONDLY"),
        event(2, EPOCH, "RRULE:FREQ=SECONDLY;COUNT=1000000000"),
        event(3, "DTSTART:20261201T090000Z"),
        event(4, "DTSTART:20200101T090000Z", "RRULE:FREQ=WEEKLY"),
    )
    parsed = parse(Page(body=body, url="", fetched_at=datetime(2026, 6, 1, tzinfo=UTC)))
    uids = [str(entry.facts["uid"]) for entry in parsed.entries]
    assert uids.count("3") == 1
    assert uids.count("4") == 61


def test_a_window_asked_for_gives_twenty_thousand_at_most() -> None:
    page = Page(body=HOSTILE["every second since 1970"], url="", fetched_at=datetime(2026, 6, 1, tzinfo=UTC))
    found = within(page, date(2026, 1, 1), date(2026, 12, 31))
    assert found.entries == occurrences(page, date(2026, 1, 1), date(2026, 12, 31))
    assert (len(found.entries), found.complete, len(found.notes)) == (20_000, False, 1)


def test_nothing_is_ever_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError(args, kwargs)

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    body = calendar(
        "SOURCE;VALUE=URI:https://sdo.example/other.ics\n",
        "BEGIN:VTIMEZONE\nTZID:Own\nTZURL:https://sdo.example/zone.ics\nEND:VTIMEZONE\n",
        event(
            1,
            "DTSTART;TZID=Own:20260601T000000",
            'DESCRIPTION;ALTREP="https://sdo.example/x.html":text',
            "ATTACH:https://sdo.example/agenda.pdf",
            "URL:https://sdo.example/",
        ),
    )
    assert len(parse(Page(body=body, url="", fetched_at=datetime(2026, 6, 1, tzinfo=UTC))).entries) == 1
