"""Lists of rapporteur group meetings."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.entries import Kind
from bot.domain.errors import ParseError
from feeds import formats
from feeds.itu_rapporteur_meetings import days, parse
from feeds.page import Page

URL = "https://www.itu.int/net/ITU-T/lists/rgm.aspx?Group=17&type=interim"
OLD_HEADS = ("WP", "Question", "Date", "Place / Host", "Subject", "Documents")
NEW_HEADS = ("Question", "Date (time)", "Place/Host", "Terms of reference", "Contact/Documents")


def page(body: bytes, url: str = URL) -> Page:
    return Page(body=body, url=url, fetched_at=datetime(2026, 3, 1, tzinfo=UTC))


def listed(heads: tuple[str, ...], *rows: tuple[str, ...]) -> bytes:
    head = "".join(f"<td><b>{name}</b></td>" for name in heads)
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        "<html><head><meta http-equiv='Content-Type' content='text/html; charset=windows-1252'></head><body>"
        f"<h1>Rapporteur Meetings</h1><table><tr>{head}</tr>{cells}</table></body></html>"
    ).encode("windows-1252")


OLD = listed(
    OLD_HEADS,
    (
        "2/13",
        "3/13",
        "21 – 25 November 2011**",
        "Geneva, Switzerland",
        "Terms of Reference:<ul><li>For IoT-GSI: Y IoT-overview</li><li>Work plan</li></ul>",
        "<a href='/md/T09-SG13-PLEN-0254'>TD 254 (PLEN/13)</a>",
    ),
    ("2/13", "3/13", "21 – 25 November 2011", "Geneva, Switzerland", "Terms of Reference:", "TD 254 (PLEN/13)"),
    (
        "5/13",
        "21/13",
        "6, 7, 8 am December 2011<br>(supported by E-meeting facility)",
        "Seoul, Korea / ETRI",
        "Y.SUN",
        "TD 251R2",
    ),
)
NEW = listed(
    NEW_HEADS,
    (
        "<a href='rgmdetails.aspx?id=4711&amp;Group=17'>Q7/17, Q10/17</a>",
        "6 – 8 July 2026 (13:00-15:00 Geneva time)",
        "E-meeting",
        "To progress X.vide",
        "<a href='mailto:a@b.example'>a@b.example</a>",
    ),
    ("10", "14 July 2026 (cancelled)", "Seoul, Korea", "X.bvm", ""),
)


def test_the_older_layout_gives_meetings() -> None:
    parsed = formats.parse("itu-rapporteur-meetings", page(OLD, "https://www.itu.int/x/past-meetings.aspx"))
    first, second, third = parsed.entries
    assert (parsed.complete, parsed.notes) == (True, ())
    assert (first.key, first.kind, first.group) == ("T09-SG13-Q3-111121", Kind.MEETING, "SG13")
    assert (first.starts, first.ends, first.all_day) == (date(2011, 11, 21), date(2011, 11, 25), True)
    assert first.title == "Q3/13 rapporteur group meeting, Geneva, Switzerland, 21–25 November 2011"
    assert first.text == "Terms of Reference:\nFor IoT-GSI: Y IoT-overview\nWork plan"
    assert (first.facts["question"], first.facts["working_party"]) == (("Q3/13",), ("WP2/13",))
    assert first.facts["documents"] == "TD 254 (PLEN/13)"
    assert second.key == "T09-SG13-Q3-111121#2"
    assert (third.starts, third.ends, third.place) == (date(2011, 12, 6), date(2011, 12, 8), "Seoul, Korea / ETRI")
    assert third.facts["e_meeting"] == "yes"


def test_the_newer_layout_gives_meetings_with_their_own_number_if_there_is_one() -> None:
    first, second = parse(page(NEW)).entries
    assert (first.key, first.group, first.place) == ("rgm 4711", "SG17", "E-meeting")
    assert first.facts["question"] == ("Q7/17", "Q10/17")
    assert first.link == "https://www.itu.int/net/ITU-T/lists/rgmdetails.aspx?id=4711&Group=17"
    assert (second.key, second.facts["question"], second.status) == ("T25-SG17-Q10-260714", ("Q10/17",), "cancelled")


def test_addresses_of_people_are_not_kept() -> None:
    for entry in parse(page(NEW)).entries:
        assert "@" not in str((entry.facts, entry.links, entry.text))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("21 – 25 November 2011**", date(2011, 11, 21), date(2011, 11, 25)),
        ("6, 7 and 8 December 2011", date(2011, 12, 6), date(2011, 12, 8)),
        ("6, 7, 8 am December 2011 (supported by E-meeting facility)", date(2011, 12, 6), date(2011, 12, 8)),
        ("30 November - 9 December 2011", date(2011, 11, 30), date(2011, 12, 9)),
        ("6 – 17 February 2012*, **", date(2012, 2, 6), date(2012, 2, 17)),
        ("19-21 December 2011", date(2011, 12, 19), date(2011, 12, 21)),
        ("5 March 2026, 14:00-16:00 CET", date(2026, 3, 5), date(2026, 3, 5)),
        ("5 March 2026 1300 hours", date(2026, 3, 5), date(2026, 3, 5)),
        ("29 December 2025 \u2013\u200b 2 January 2026", date(2025, 12, 29), date(2026, 1, 2)),
        ("2026-07-06", date(2026, 7, 6), date(2026, 7, 6)),
        ("2026-07-06 - 2026-07-08", date(2026, 7, 6), date(2026, 7, 8)),
        ("to be decided", None, None),
    ],
)
def test_days_are_read_in_every_form(text: str, first: date | None, last: date | None) -> None:
    said = days(text)
    assert (said.starts, said.ends) == (first, last)


def test_a_row_without_a_day_is_noted() -> None:
    parsed = parse(
        page(listed(NEW_HEADS, ("Q7/17", "to be decided", "E-meeting", "", ""), ("Q7/17", "6 July 2026", "", "", "")))
    )
    assert parsed.count == 1
    assert parsed.notes == ("A row was skipped: Question 'Q7/17', date 'to be decided'.",)


@pytest.mark.parametrize("body", [listed(NEW_HEADS), b"<html><body>No interim meetings are planned.</body></html>"])
def test_a_list_without_meetings_is_no_error(body: bytes) -> None:
    assert parse(page(body)).count == 0


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "blocked"),
        (b"<!DOCTYPE html><html><head><title>Request Rejected</title></head><body>x</body></html>", "blocked"),
        (OLD.replace(b"Date", b"Day of"), "shape changed"),
        (listed(NEW_HEADS, ("Q7/17", "soon", "E-meeting", "", "")), "shape changed"),
        (b"<html><body><div id='app'></div></body></html>", "shape changed"),
    ],
)
def test_what_is_no_list_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(ParseError, match=why):
        parse(page(body))


@settings(deadline=None, max_examples=60)
@given(st.sampled_from((OLD, NEW)), st.integers(0, 1200), st.integers(0, 60), st.binary(max_size=20))
def test_a_damaged_list_is_read_or_refused(body: bytes, at: int, cut: int, put: bytes) -> None:
    with suppress(ParseError):
        parsed = parse(page(body[:at] + put + body[at + cut :]))
        assert len({entry.key for entry in parsed.entries}) == parsed.count
