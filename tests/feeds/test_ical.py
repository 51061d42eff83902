"""The ical format, behaviour by behaviour."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.entries import Entry
from feeds import formats
from feeds.ical import occurrences, parse
from feeds.page import Page, Parsed

GOLDEN = Path(__file__).parent / "golden" / "ical"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OWN_ZONE = """\
BEGIN:VTIMEZONE
TZID:Own
BEGIN:STANDARD
DTSTART:00010101T000000
TZOFFSETFROM:+0300
TZOFFSETTO:+0300
END:STANDARD
END:VTIMEZONE"""


def page(text: str | bytes, *, zone: str | None = None, headers: dict[str, str] | None = None) -> Page:
    body = text if isinstance(text, bytes) else text.encode()
    url = "https://sdo.example/calendar.ics"
    return Page(body=body, url=url, fetched_at=NOW, zone=zone, headers=headers or {})


def calendar(*events: str, head: str = "", uid: str = "one") -> str:
    blocks = (f"BEGIN:VEVENT\nUID:{uid}\nSUMMARY:Plenary\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}\n{''.join(blocks)}END:VCALENDAR\n"


def only(parsed: Parsed) -> Entry:
    assert len(parsed.entries) == 1, parsed
    return parsed.entries[0]


def event(*lines: str, head: str = "", zone: str | None = None) -> Entry:
    return only(parse(page(calendar("\n".join(lines), head=head), zone=zone)))


def keys(parsed: Parsed) -> list[str]:
    return [entry.key for entry in parsed.entries]


def as_json(entry: Entry) -> dict[str, object]:
    said = {name: value for name, value in asdict(entry).items() if value and name != "volatile"}
    plain: dict[str, object] = json.loads(json.dumps(said, default=lambda when: when.isoformat()))
    return plain


@pytest.mark.parametrize("name", ["sdo", "exchange"])
def test_a_calendar_becomes_entries_with_all_that_it_says(name: str) -> None:
    parsed = formats.parse("ical", page((GOLDEN / f"{name}.ics").read_bytes()))
    expected = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    assert [as_json(entry) for entry in parsed.entries] == expected["entries"]
    assert list(parsed.notes) == expected["notes"]
    assert (parsed.title, parsed.complete) == (expected["title"], expected["complete"])


# --- times ---------------------------------------------------------------------------------------------------


def test_an_all_day_event_ends_on_its_last_day() -> None:
    entry = event("DTSTART;VALUE=DATE:20260609", "DTEND;VALUE=DATE:20260618")
    assert (entry.starts, entry.ends, entry.all_day) == (date(2026, 6, 9), date(2026, 6, 17), True)


@pytest.mark.parametrize("end", ["", "DTEND;VALUE=DATE:20260609", "DTEND;VALUE=DATE:20260610", "DURATION:P1D"])
def test_an_all_day_event_of_one_day_ends_on_it(end: str) -> None:
    entry = event("DTSTART;VALUE=DATE:20260609", end)
    assert (entry.starts, entry.ends) == (date(2026, 6, 9), date(2026, 6, 9))


def test_a_day_with_a_zone_stays_that_day() -> None:
    entry = event("DTSTART;VALUE=DATE;TZID=Pacific/Auckland:20260609")
    assert (entry.starts, entry.all_day, entry.zone) == (date(2026, 6, 9), True, "Pacific/Auckland")


@pytest.mark.parametrize(
    ("start", "hour", "zone"),
    [
        ("DTSTART:20260609T090000Z", 9, "UTC"),
        ("DTSTART;TZID=Europe/Zurich:20260609T090000", 7, "Europe/Zurich"),
        ('DTSTART;TZID="W. Europe Standard Time":20260609T090000', 7, "Europe/Berlin"),
        ("DTSTART;TZID=W. Europe Standard Time:20260609T090000", 7, "Europe/Berlin"),
        ("DTSTART;TZID=(UTC-05:00) Eastern Time (US & Canada):20260609T090000", 13, "America/New_York"),
        ("DTSTART;TZID=/citadel.org/20210210_1/Asia/Tokyo:20260609T090000", 0, "Asia/Tokyo"),
        ("DTSTART;TZID=Own:20260609T090000", 6, None),
    ],
)
def test_a_time_with_a_zone_is_an_instant_and_the_zone_is_kept(start: str, hour: int, zone: str | None) -> None:
    entry = event(start, head=OWN_ZONE)
    assert (entry.starts, entry.zone) == (datetime(2026, 6, 9, hour, tzinfo=UTC), zone)
    assert entry.starts == entry.ends  # RFC 5545 §3.6.1: without DTEND it ends when it starts


def test_a_floating_time_stays_floating_unless_the_source_has_a_zone() -> None:
    floating = datetime(2026, 6, 9, 9)  # noqa: DTZ001 (floating)
    assert (event("DTSTART:20260609T090000").starts, event("DTSTART:20260609T090000").zone) == (floating, None)
    configured = event("DTSTART:20260609T090000", zone="Europe/Zurich", head="X-WR-TIMEZONE:Asia/Tokyo")
    assert (configured.starts, configured.zone) == (datetime(2026, 6, 9, 7, tzinfo=UTC), "Europe/Zurich")
    named = event("DTSTART:20260609T090000", head="X-WR-TIMEZONE:Asia/Tokyo")
    assert (named.starts, named.zone) == (datetime(2026, 6, 9, 0, tzinfo=UTC), "Asia/Tokyo")


def test_a_zone_nobody_knows_leaves_the_time_floating_and_is_noted() -> None:
    parsed = parse(page(calendar("DTSTART;TZID=Customized Time Zone:20260609T090000")))
    assert only(parsed).starts == datetime(2026, 6, 9, 9)  # noqa: DTZ001 (floating)
    assert parsed.notes == ("Times name a zone that nobody knows and no VTIMEZONE defines: 1 (Customized Time Zone).",)


def test_the_zone_the_ietf_names_beside_utc_is_the_meetings() -> None:
    assert event("DTSTART:20260609T090000Z", "X-MEETING-TZ:America/Toronto").zone == "America/Toronto"


def test_an_end_before_the_start_is_swapped_and_noted() -> None:
    parsed = parse(page(calendar("DTSTART:20260609T100000Z\nDTEND:20260609T090000Z")))
    entry = only(parsed)
    assert (entry.starts, entry.ends) == (NOW.replace(day=9, hour=9), NOW.replace(day=9, hour=10))
    assert len(parsed.notes) == 1


def test_a_duration_gives_the_end() -> None:
    assert event("DTSTART:20260609T090000Z", "DURATION:PT1H30M").ends == datetime(2026, 6, 9, 10, 30, tzinfo=UTC)
    assert event("DTSTART;VALUE=DATE:20260609", "DURATION:P1W").ends == date(2026, 6, 15)


@given(starts=st.dates(date(2026, 5, 10), date(2027, 6, 1)), length=st.integers(0, 40))
@settings(deadline=None, max_examples=60)
def test_days_written_as_rfc_5545_says_are_read_back(starts: date, length: int) -> None:
    after = starts + timedelta(days=length + 1)
    entry = event(f"DTSTART;VALUE=DATE:{starts:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}")
    assert (entry.starts, entry.ends) == (starts, starts + timedelta(days=length))


# --- windows -------------------------------------------------------------------------------------------------


def test_a_poll_reads_from_thirty_days_ago_to_four_hundred_ahead() -> None:
    days = [NOW.date() + timedelta(days=offset) for offset in (-31, -30, 0, 400, 401)]
    blocks = (f"BEGIN:VEVENT\nUID:{day}\nDTSTART;VALUE=DATE:{day:%Y%m%d}\nEND:VEVENT" for day in days)
    parsed = parse(page("BEGIN:VCALENDAR\n" + "\n".join(blocks) + "\nEND:VCALENDAR"))
    assert [entry.starts for entry in parsed.entries] == days[1:4]
    assert parsed.complete


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [("2020-03-01", "2020-03-04", 0), ("2020-03-01", "2020-03-05", 1), ("2020-03-07", "2020-03-09", 1),
     ("2020-03-08", "2020-03-09", 0), ("0001-01-01", "9999-12-31", 1)],
)  # fmt: skip
def test_occurrences_are_those_that_overlap_the_days_asked_for(first: str, last: str, count: int) -> None:
    asked = page(calendar("DTSTART;VALUE=DATE:20200305\nDTEND;VALUE=DATE:20200308"))
    assert len(occurrences(asked, date.fromisoformat(first), date.fromisoformat(last))) == count


def test_occurrences_do_not_depend_on_when_the_page_was_fetched() -> None:
    weekly = page(calendar("DTSTART:19990105T100000Z\nRRULE:FREQ=WEEKLY"))
    found = occurrences(weekly, date(2050, 1, 1), date(2050, 1, 31))
    assert [entry.starts.day for entry in found if entry.starts] == [4, 11, 18, 25]


def test_a_poll_takes_five_hundred_of_a_series_and_says_so() -> None:
    parsed = parse(page(calendar("DTSTART:20260601T000000Z\nRRULE:FREQ=HOURLY")))
    assert (len(parsed.entries), parsed.complete) == (500, False)
    assert parsed.notes == (
        "Events occur too often; only their first occurrences in the window were read: 1 (Plenary).",
    )


def test_a_poll_takes_two_thousand_in_all_the_earliest_and_says_so() -> None:
    blocks = (
        f"BEGIN:VEVENT\nUID:{n}\nDTSTART:20260601T{n // 60 % 24:02}{n % 60:02}00Z\nEND:VEVENT" for n in range(2100)
    )
    parsed = parse(page("BEGIN:VCALENDAR\n" + "\n".join(reversed(list(blocks))) + "\nEND:VCALENDAR"))
    assert (len(parsed.entries), parsed.complete, len(parsed.notes)) == (2000, False, 1)
    assert parsed.entries[0].starts == datetime(2026, 6, 1, tzinfo=UTC)


# --- series --------------------------------------------------------------------------------------------------

WEEKLY = "DTSTART;TZID=Europe/Zurich:20260602T100000\nRRULE:FREQ=WEEKLY;COUNT=3"


def test_each_occurrence_has_a_key_of_its_own_in_utc() -> None:
    assert keys(parse(page(calendar(WEEKLY)))) == [f"one/202606{day}T080000Z" for day in ("02", "09", "16")]


def test_a_moved_occurrence_keeps_its_key() -> None:
    moved = "DTSTART;TZID=Europe/Zurich:20260611T150000\nRECURRENCE-ID;TZID=Europe/Zurich:20260609T100000\nSEQUENCE:1"
    parsed = parse(page(calendar(WEEKLY, moved)))
    assert keys(parsed) == [f"one/202606{day}T080000Z" for day in ("02", "09", "16")]
    assert parsed.entries[1].starts == datetime(2026, 6, 11, 13, tzinfo=UTC)


def test_this_and_future_moves_the_rest_and_keeps_their_keys() -> None:
    moved = (
        "DTSTART;TZID=Europe/Zurich:20260610T110000\n"
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Zurich:20260609T100000\nSEQUENCE:1"
    )
    parsed = parse(page(calendar(WEEKLY, moved)))
    assert keys(parsed) == [f"one/202606{day}T080000Z" for day in ("02", "09", "16")]
    assert [entry.starts for entry in parsed.entries[1:]] == [
        datetime(2026, 6, 10, 9, tzinfo=UTC),
        datetime(2026, 6, 17, 9, tzinfo=UTC),
    ]


def test_a_cancelled_occurrence_is_listed_as_cancelled() -> None:
    off = "DTSTART;TZID=Europe/Zurich:20260609T100000\nRECURRENCE-ID:20260609T080000Z\nSTATUS:CANCELLED"
    assert [entry.status for entry in parse(page(calendar(WEEKLY, off))).entries] == [None, "cancelled", None]


def test_excluded_dates_are_gone_and_added_ones_are_there() -> None:
    dates = "EXDATE;TZID=Europe/Zurich:20260609T100000\nRDATE;TZID=Europe/Zurich:20260701T100000,20260702T100000"
    parsed = parse(page(calendar(f"{WEEKLY}\n{dates}")))
    assert keys(parsed) == [f"one/2026{day}T080000Z" for day in ("0602", "0616", "0701", "0702")]


def test_an_override_without_its_series_is_an_occurrence() -> None:
    lone = "DTSTART:20260611T150000Z\nRECURRENCE-ID:20260609T080000Z"
    assert keys(parse(page(calendar(lone)))) == ["one/20260609T080000Z"]


def test_a_series_keeps_its_wall_clock_time_over_a_change_of_the_clocks() -> None:
    parsed = parse(page(calendar("DTSTART;TZID=Europe/Zurich:20261020T100000\nRRULE:FREQ=WEEKLY;COUNT=2")))
    assert [entry.starts for entry in parsed.entries] == [
        datetime(2026, 10, 20, 8, tzinfo=UTC),
        datetime(2026, 10, 27, 9, tzinfo=UTC),
    ]


@pytest.mark.parametrize("until", ["20260616T080000Z", "20260616T100000", "20260617"])
def test_until_counts_in_whatever_type_it_is_written(until: str) -> None:
    start = "DTSTART;TZID=Europe/Zurich:20260602T100000"
    assert len(parse(page(calendar(f"{start}\nRRULE:FREQ=WEEKLY;UNTIL={until}"))).entries) == 3


def test_the_newest_revision_of_an_event_wins_in_whatever_order() -> None:
    old, new = "DTSTART:20260609T090000Z\nSEQUENCE:1", "DTSTART:20260710T090000Z\nSEQUENCE:2"
    stale = "DTSTART:20250609T090000Z\nSEQUENCE:3"
    for listed in ((old, new), (new, old)):
        assert only(parse(page(calendar(*listed)))).starts == datetime(2026, 7, 10, 9, tzinfo=UTC)
    assert parse(page(calendar(old, stale))).entries == ()  # it moved out of the window


def test_different_events_under_one_uid_are_all_kept_and_noted() -> None:
    parsed = parse(page(calendar("DTSTART:20260609T090000Z", "DTSTART:20260610T090000Z")))
    assert len(set(keys(parsed))) == 2
    assert parsed.notes == ("Different events share a UID; each was kept: 1 (Plenary).",)


def test_an_event_without_uid_gets_a_stable_key() -> None:
    bare = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260609T090000Z\nSUMMARY:{}\nEND:VEVENT\nEND:VCALENDAR"
    first, again, other = (only(parse(page(bare.format(title)))).key for title in ("A", "A", "B"))
    assert first == again != other


# --- the rest of an event ------------------------------------------------------------------------------------


def test_a_method_of_cancel_cancels() -> None:
    assert event("DTSTART:20260609T090000Z", head="METHOD:CANCEL").status == "cancelled"
    assert event("DTSTART:20260609T090000Z", "STATUS:TENTATIVE").status == "tentative"
    assert event("DTSTART:20260609T090000Z").status is None


def test_a_cancelled_copy_of_equal_sequence_wins_if_it_is_newer() -> None:
    held = calendar("DTSTART:20260609T090000Z\nSEQUENCE:1\nDTSTAMP:20260101T000000Z")
    called_off = calendar("DTSTART:20260609T090000Z\nSEQUENCE:1\nDTSTAMP:20260201T000000Z", head="METHOD:CANCEL")
    assert only(parse(page(held + called_off))).status == "cancelled"


def test_text_is_plain_whatever_was_written() -> None:
    entry = event(
        "DTSTART:20260609T090000Z",
        'DESCRIPTION;ALTREP="cid:x":Agenda\\n\\n1\\, 2\\; <b>3</b>\\nhttps://sdo.example/agenda.',
        "LOCATION:Geneva\\, Room K\u202e",
    )
    assert entry.text == "Agenda 1, 2; 3 https://sdo.example/agenda."
    assert entry.place == "Geneva, Room K"
    assert entry.link == "https://sdo.example/agenda"


def test_the_lines_of_a_plain_description_are_kept() -> None:
    entry = event("DTSTART:20260609T090000Z", "DESCRIPTION:Agenda:\\n- one\\N- two\\\\three")
    assert entry.text == "Agenda:\n- one\n- two\\three"


@pytest.mark.parametrize(
    ("url", "link"),
    [("https://sdo.example/a", "https://sdo.example/a"), ("/b", "https://sdo.example/b"), ("javascript:x()", None)],
)
def test_a_link_is_absolute_and_safe_or_none(url: str, link: str | None) -> None:
    assert event("DTSTART:20260609T090000Z", f"URL:{url}").link == link


def test_facts_tell_the_rest() -> None:
    entry = event(
        "DTSTART:20260609T090000Z",
        'ORGANIZER;CN="Doe, Jane":mailto:jane@sdo.example',
        "CATEGORIES:Plenary,Open\\, hybrid",
        "CATEGORIES:Plenary",
        "SEQUENCE:0",
        "TRANSP:OPAQUE",
        "LAST-MODIFIED:20260501T101112Z",
        "DTSTAMP:20260601T000000Z",
    )
    assert entry.facts == {
        "uid": "one",
        "organizer": "Doe, Jane",
        "categories": ("Plenary", "Open, hybrid"),
        "sequence": 0,
        "transp": "opaque",
    }
    assert entry.updated == datetime(2026, 5, 1, 10, 11, 12, tzinfo=UTC)


def test_a_higher_sequence_alone_is_no_change() -> None:
    first, second = (event("DTSTART:20260609T090000Z", f"SEQUENCE:{number}") for number in (0, 1))
    assert first.fingerprint == second.fingerprint


def test_a_uid_of_any_length_makes_a_key_of_at_most_512_characters() -> None:
    long = parse(page(calendar(WEEKLY, uid="u" * 3000)))
    assert len(set(keys(long))) == 3
    assert all(len(key) <= 512 for key in keys(long))


def test_todos_and_journals_are_no_meetings() -> None:
    other = (
        "BEGIN:VTODO\nUID:t\nDUE:20260609T090000Z\nEND:VTODO\nBEGIN:VJOURNAL\nDTSTART:20260609T090000Z\nEND:VJOURNAL\n"
    )
    assert parse(page(f"BEGIN:VCALENDAR\n{other}END:VCALENDAR\n")).entries == ()


def test_a_calendar_says_its_name_and_how_often_it_wants_to_be_asked() -> None:
    head = "X-WR-CALNAME:Work\\, group\nREFRESH-INTERVAL;VALUE=DURATION:PT12H"
    parsed = parse(page(calendar(head=head)))
    assert (parsed.title, parsed.every, parsed.entries) == ("Work, group", timedelta(hours=12), ())
