"""ITU's calendar of events."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.entries import Kind
from bot.domain.errors import ParseError
from feeds import formats
from feeds.itu_calendar import parse
from feeds.page import Page

URL = "https://www.itu.int/en/events/Pages/Calendar-Events.aspx?sector=ITU-T"
HEADS = ("No.", "", "Start", "End", "Sector", "Group", "Title", "Place", "Status")


def page(body: bytes, url: str = URL) -> Page:
    return Page(body=body, url=url, fetched_at=datetime(2026, 3, 1, tzinfo=UTC))


def row(
    event: int = 12345,
    *,
    starts: str = "2026-06-01",
    ends: str = "2026-06-10",
    group: str = "<a href='/go/tsg17'>SG17</a>",
    title: str = "ITU-T Study Group 17 meeting",
    place: str = "Geneva, Switzerland",
    status: str = "Confirmed",
) -> str:
    number = f"<a href='/en/events/Pages/Event-Details.aspx?eventid={event}'>{event}</a>"
    ics = f"<a href='/net4/calendar/ical.aspx?id={event}'><img src='ics.png'></a>"
    cells = (number, ics, starts, ends, "ITU-T", group, title, place, status)
    return "<tr>" + "".join(f"<td class='ms-vb'>{cell}</td>" for cell in cells) + "</tr>"


def calendar(*rows: str, heads: bool = False, more: str = "") -> bytes:
    head = "<tr>" + "".join(f"<th>{name}</th>" for name in HEADS) + "</tr>" if heads else ""
    return (
        "<!DOCTYPE html><html><head><title>Calendar</title></head><body><div><table><tr><td>menu</td></tr></table>"
        f"<table>{head}{''.join(rows)}</table>{more}</div></body></html>\n"
    ).encode()


@pytest.mark.parametrize("body", [calendar(row()), calendar(row(), heads=True)])
def test_a_row_gives_a_meeting_with_all_that_it_says(body: bytes) -> None:
    parsed = formats.parse("itu-calendar", page(body))
    (entry,) = parsed.entries
    assert (parsed.count, parsed.complete, parsed.notes) == (1, True, ())
    assert (entry.key, entry.kind, entry.group) == ("event 12345", Kind.MEETING, "SG17")
    assert (entry.starts, entry.ends, entry.all_day, entry.zone) == (date(2026, 6, 1), date(2026, 6, 10), True, None)
    assert (entry.title, entry.place, entry.status) == (
        "ITU-T Study Group 17 meeting",
        "Geneva, Switzerland",
        "confirmed",
    )
    assert entry.link == "https://www.itu.int/en/events/Pages/Event-Details.aspx?eventid=12345"
    assert entry.links == ("https://www.itu.int/net4/calendar/ical.aspx?id=12345",)
    assert entry.facts == {"body": "ITU-T", "event": "12345", "sector": "ITU-T"}


def test_headings_in_another_order_are_followed() -> None:
    cells = (
        "<a href='Event-Details.aspx?eventid=7'>Workshop on faces</a>",
        "Cancelled",
        "E-meeting",
        "3 March 2026",
        "5 March 2026",
    )
    head = "".join(f"<td>{name}</td>" for name in ("Title", "Status", "Venue", "Start date", "End date"))
    listed = "".join(f"<td>{cell}</td>" for cell in cells)
    body = f"<html><body><table><tr>{head}</tr><tr>{listed}</tr></table></body></html>".encode()
    (entry,) = parse(page(body)).entries
    assert (entry.key, entry.title, entry.status) == ("event 7", "Workshop on faces", "cancelled")
    assert (entry.starts, entry.ends, entry.facts["e_meeting"]) == (date(2026, 3, 3), date(2026, 3, 5), "yes")


@pytest.mark.parametrize("status", ["Confirmed", "Planned", "Cancelled"])
def test_the_status_is_the_sources_own_word(status: str) -> None:
    assert parse(page(calendar(row(status=status)))).entries[0].status == status.lower()


def test_a_status_in_the_title_counts_where_the_column_is_empty() -> None:
    (entry,) = parse(page(calendar(row(status="", title="SG17 meeting (postponed)")))).entries
    assert entry.status == "postponed"


def test_zero_width_spaces_do_not_pass() -> None:
    (entry,) = parse(page(calendar(row(title="Workshop\u200b on\u200b faces\u200b", place="\u200bGeneva")))).entries
    assert (entry.title, entry.place) == ("Workshop on faces", "Geneva")


@pytest.mark.parametrize(
    ("written", "group"),
    [("ITU-T Study Group 17", "SG17"), ("TSAG", "TSAG"), ("Radio Bureau", "Radio Bureau"), ("", None)],
)
def test_groups_are_written_as_documents_write_them(written: str, group: str | None) -> None:
    assert parse(page(calendar(row(group=written)))).entries[0].group == group


def test_a_row_without_a_day_is_noted_and_the_calendar_is_then_not_complete() -> None:
    parsed = parse(page(calendar(row(), row(2, starts="tbd"))))
    assert (parsed.count, parsed.complete) == (1, False)
    assert parsed.notes == ("Row 2 ('ITU-T Study Group 17 meeting') was skipped: no first day in 'tbd'.",)


def test_a_last_day_before_the_first_is_left_open() -> None:
    parsed = parse(page(calendar(row(ends="2026-05-01"))))
    assert parsed.entries[0].ends is None
    assert len(parsed.notes) == 1


@pytest.mark.parametrize(
    "body",
    [
        calendar(row(), more="<a href=\"javascript:__doPostBack('x','Page$2')\">2</a>"),
        calendar(row(), row(2))[:-20],
    ],
)
def test_a_calendar_of_several_pages_or_cut_short_is_not_complete(body: bytes) -> None:
    assert not parse(page(body)).complete


@pytest.mark.parametrize("body", [calendar(heads=True), calendar(more="<p>There are no items to show.</p>")])
def test_a_calendar_without_events_is_no_error(body: bytes) -> None:
    assert parse(page(body)).count == 0


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "blocked"),
        (b"<!DOCTYPE html><html><head><title>Request Rejected</title></head><body>x</body></html>", "blocked"),
        (calendar(row()).replace(b"Event-Details", b"Event"), "shape changed"),
        (calendar(row(starts="soon"), row(2, starts="later")), "shape changed"),
        (b"<html><body><div id='app'></div></body></html>", "shape changed"),
    ],
)
def test_what_is_no_calendar_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(ParseError, match=why):
        parse(page(body))


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from((calendar(row(), row(2)), calendar(row(), heads=True))),
    st.integers(0, 900),
    st.integers(0, 60),
    st.binary(max_size=20),
)
def test_a_damaged_calendar_is_read_or_refused(body: bytes, at: int, cut: int, put: bytes) -> None:
    with suppress(ParseError):
        parsed = parse(page(body[:at] + put + body[at + cut :]))
        assert len({entry.key for entry in parsed.entries}) == parsed.count


def test_a_column_may_say_until_when_one_can_register() -> None:
    heads = ("Start", "Title", "Registration deadline")
    cells = ("2026-06-01", "<a href='Event-Details.aspx?eventid=7'>ITU-T SG17</a>", "8 May 2026")
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in (heads, cells))
    (entry,) = parse(page(f"<html><body><table>{body}</table></body></html>".encode())).entries
    assert entry.facts["registration_until"] == "2026-05-08"
