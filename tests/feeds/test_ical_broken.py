"""The ical format on broken files, odd encodings, and what is no calendar."""

import contextlib
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import ParseError
from feeds.ical import occurrences, parse
from tests.feeds.test_ical import calendar, event, keys, only, page

GOOD = "BEGIN:VEVENT\nUID:good\nDTSTART:20260609T090000Z\nEND:VEVENT\n"


@pytest.mark.parametrize(
    "broken",
    [
        "BEGIN:VEVENT\nUID:x\nSUMMARY:No start\nEND:VEVENT\n",
        "BEGIN:VEVENT\nUID:x\nDTSTART:tomorrow\nEND:VEVENT\n",
        "BEGIN:VEVENT\nUID:x\nDTSTART:20260631T090000Z\nEND:VEVENT\n",
        "BEGIN:VEVENT\nUID:x\nDTSTART:20260609T250000Z\nEND:VEVENT\n",
        'BEGIN:VEVENT\nUID:x\nDTSTART;TZID="Open:quote\nEND:VEVENT\n',
        "BEGIN:VEVENT\nUID:x\nDTSTART:00010101T000000\nDURATION:P9999999W\nRRULE:FREQ=DAILY\nEND:VEVENT\n",
    ],
)
def test_a_broken_event_costs_nothing_but_itself_and_is_noted(broken: str) -> None:
    for body in (broken + GOOD, GOOD + broken):
        parsed = parse(page(f"BEGIN:VCALENDAR\n{body}END:VCALENDAR\n"))
        assert keys(parsed) == ["good"]
        assert parsed.notes
        assert not parsed.complete


@pytest.mark.parametrize(
    "property_",
    ["RRULE:FREQ=OFTEN", "RRULE:", "DTEND:whenever", "SEQUENCE:two", "DURATION:-PT1W", "EXDATE:x", "RDATE:", "URL:"],
)
def test_a_broken_property_leaves_the_event(property_: str) -> None:
    assert event("DTSTART:20260609T090000Z", property_).starts == datetime(2026, 6, 9, 9, tzinfo=UTC)


def test_a_calendar_cut_short_gives_what_it_holds_and_is_not_complete() -> None:
    whole = calendar("DTSTART:20260609T090000Z\nRRULE:FREQ=DAILY;COUNT=2")
    parsed = parse(page(whole.removesuffix("END:VCALENDAR\n")))
    assert (len(parsed.entries), parsed.complete) == (2, False)
    assert parsed.notes == ("The calendar is cut short: VCALENDAR is never ended.",)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r", "\r\r\n", "\n\n"])
def test_any_line_ends_will_do(ends: str) -> None:
    text = calendar("DTSTART:20260609T090000Z\nDESCRIPTION:one \n two").replace("\n", ends)
    assert only(parse(page(text))).text == "one two"


def test_a_fold_may_split_a_character() -> None:
    raw = calendar("DTSTART:20260609T090000Z\nLOCATION:Genève").encode().replace("è".encode(), b"\xc3\r\n \xa8")
    assert only(parse(page(raw))).place == "Genève"


def test_a_line_that_was_not_folded_belongs_to_the_text_before_it() -> None:
    assert event("DTSTART:20260609T090000Z", "DESCRIPTION:one", "two three").text == "one\ntwo three"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_other_encodings_are_recognised(encoding: str) -> None:
    text = calendar("DTSTART:20260609T090000Z\nLOCATION:Genève – Röntgen")
    assert only(parse(page(text.encode(encoding)))).place == "Genève – Röntgen"


def test_the_servers_charset_counts_where_the_body_is_not_utf_8() -> None:
    raw = calendar("DTSTART:20260609T090000Z\nLOCATION:Женева").encode("koi8-r")
    assert only(parse(page(raw, headers={"content-type": "text/calendar; charset=koi8-r"}))).place == "Женева"


def test_names_are_read_in_any_case() -> None:
    assert keys(parse(page(calendar("DTSTART:20260609T090000Z").lower()))) == ["one"]


def test_another_calendar_system_is_not_guessed() -> None:
    parsed = parse(page(calendar("DTSTART:20260609T090000Z", head="CALSCALE:HIJRI")))
    assert (parsed.entries, parsed.complete, len(parsed.notes)) == ((), False, 1)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b"\r\n \r\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "HTML page"),
        (b"<?xml version='1.0'?><rss/>", "XML"),
        (b'{"events": []}', "JSON"),
        (b"Internal server error", "begins with 'internal server error'"),
        (b"BEGIN:VCARD\nEND:VCARD", "no BEGIN:VCALENDAR"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no BEGIN:VCALENDAR"),
    ],
)
def test_a_body_that_is_no_calendar_is_refused_with_what_it_looks_like(body: bytes, why: str) -> None:
    with pytest.raises(ParseError, match=why):
        parse(page(body))
    with pytest.raises(ParseError, match=why):
        occurrences(page(body), date(2026, 1, 1), date(2026, 2, 1))


@given(st.binary(max_size=300))
@settings(deadline=None, max_examples=150)
def test_no_bytes_break_the_reader(noise: bytes) -> None:
    body = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260609T090000Z\n" + noise + b"\nEND:VEVENT\nEND:VCALENDAR\n"
    with contextlib.suppress(ParseError):
        parse(page(body))


LINES = st.sampled_from(
    [
        "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VTIMEZONE", "END:VTIMEZONE",
        "UID:a", "UID:b", "TZID:Own", "DTSTART:20260609T090000Z", "DTSTART;TZID=Own:20260610T090000",
        "DTSTART;VALUE=DATE:20260611", "DTSTART:20260612T090000", "DTEND:20260609T100000Z", "DTEND:20260608",
        "DURATION:P1D", "DURATION:-PT5M", "RRULE:FREQ=DAILY;COUNT=5", "RRULE:FREQ=WEEKLY;UNTIL=20260701",
        "RECURRENCE-ID:20260610T090000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260611T090000",
        "RECURRENCE-ID;VALUE=DATE:20260610", "EXDATE:20260610T090000Z", "EXDATE;VALUE=DATE:20260610",
        "RDATE:20260620T090000Z", "RDATE;VALUE=PERIOD:20260620T090000Z/PT1H", "SEQUENCE:2", "STATUS:CANCELLED",
        "RRULE:FREQ=MONTHLY;BYDAY=-1FR", "X-WR-TIMEZONE:Asia/Tokyo", "METHOD:CANCEL", "SUMMARY:x", " folded",
    ]
)  # fmt: skip


@given(st.lists(LINES, max_size=40))
@settings(deadline=None, max_examples=150)
def test_no_order_of_lines_breaks_the_reader_and_keys_are_unique(lines: list[str]) -> None:
    parsed = parse(page("\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines])))
    assert len(set(keys(parsed))) == len(parsed.entries) == parsed.count
