"""3GPP's lists of meetings."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.entries import Entry, Kind
from bot.domain.errors import ParseError
from feeds import formats
from feeds.page import Page
from feeds.three_gpp import parse

HEADS = ("Meeting", "Title", "Town", "Start", "End", "First & Last tdoc", "Register", "Participants", "Files", "ICS")
FOLDER = r"/../../../\ftp\tsg_sa\WG3_Security\TSGS3_125_Gothenburg"


def page(body: bytes) -> Page:
    url = "https://www.3gpp.org/dynareport?code=Meetings-S3.htm"
    return Page(body=body, url=url, fetched_at=datetime(2026, 3, 1, tzinfo=UTC))


def row(
    number: int = 60632,
    *,
    name: str = "S3-125",
    title: str = "3GPPSA3#125",
    town: str = "Gothenburg",
    starts: str = "2026-02-09",
    ends: str = "2026-02-13",
) -> str:
    cells = (
        f"<a name='{name}' href='https://portal.3gpp.org/Home.aspx#/meeting?MtgId={number}'>{name}</a>",
        f"<a name='bm{name}'>{title}</a>",
        f"<a target='_blank' href='{FOLDER}\\Invitation/'>{town}</a>",
        f"<a target='_blank' href='{FOLDER}\\Agenda/'>{starts}</a>",
        ends,
        f"<a href='{FOLDER}\\\\docs\\'>S3\u2011260001 - S3\u2011260350</a>",
        f"<a href='https://webapp.etsi.example/fMain.asp?mid={number}'>Register</a>",
        "-",
        f"<a href='{FOLDER}\\'>Files</a>",
        "-",
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def listed(*rows: str, heads: bool = True) -> bytes:
    head = "<tr>" + "".join(f"<th>{name.replace('&', '&amp;')}</th>" for name in HEADS) + "</tr>" if heads else ""
    return f"<!DOCTYPE html><html><body><table>{head}{''.join(rows)}</table></body></html>".encode()


def only(text: str) -> Entry:
    (entry,) = parse(page(listed(text))).entries
    return entry


@pytest.mark.parametrize("body", [listed(row()), listed(row(), heads=False)])
def test_a_row_gives_a_meeting_with_all_that_it_says(body: bytes) -> None:
    parsed = formats.parse("3gpp", page(body))
    (entry,) = parsed.entries
    assert (parsed.complete, parsed.notes) == (True, ())
    assert (entry.key, entry.kind, entry.group) == ("mtg 60632", Kind.MEETING, "SA3")
    assert (entry.starts, entry.ends, entry.all_day, entry.zone) == (date(2026, 2, 9), date(2026, 2, 13), True, None)
    assert (entry.title, entry.place) == ("3GPPSA3#125, Gothenburg, 9–13 February 2026", "Gothenburg")
    assert entry.link == "https://portal.3gpp.org/Home.aspx#/meeting?MtgId=60632"
    assert "https://www.3gpp.org/ftp/tsg_sa/WG3_Security/TSGS3_125_Gothenburg/docs/" in entry.links
    assert entry.facts == {
        "body": "3GPP",
        "number": "S3-125",
        "mtg_id": "60632",
        "documents": "S3-260001 - S3-260350",
    }


@pytest.mark.parametrize("written", ["2026-02-09", "2026/02/09", "2026\u201102\u201109", "2026\u201402\u201409"])
def test_days_are_read_with_any_dash(written: str) -> None:
    assert only(row(starts=written)).starts == date(2026, 2, 9)


@pytest.mark.parametrize(
    ("name", "group"),
    [("S3-125", "SA3"), ("SP-102", "SA"), ("RP-110", "RAN"), ("R1\u2011126", "RAN1"), ("C6-12", "CT6"), ("X", None)],
)
def test_groups_have_their_usual_names(name: str, group: str | None) -> None:
    assert only(row(name=name)).group == group


def test_a_cancelled_meeting_says_so_and_keeps_its_name() -> None:
    entry = only(row(title="3GPPSA3#125 CANCELLED"))
    assert entry.status == "cancelled"
    assert entry.title.startswith("3GPPSA3#125, ")


def test_more_documents_are_no_news() -> None:
    more = row().replace("260350", "260351")
    assert only(row()).fingerprint == only(more).fingerprint


def test_a_meeting_online_is_one() -> None:
    assert only(row(town="Online")).facts["e_meeting"] == "yes"


def test_rows_without_days_are_noted() -> None:
    parsed = parse(page(listed(row(), row(2, starts="tbd"), row(3, ends="2026-01-01"))))
    assert [entry.key for entry in parsed.entries] == ["mtg 60632", "mtg 3"]
    assert not parsed.complete
    assert len(parsed.notes) == 2
    assert parsed.entries[1].ends is None


def test_a_list_cut_short_is_not_complete() -> None:
    assert not parse(page(listed(row(), row(2))[:-30])).complete


def test_a_list_without_meetings_is_no_error() -> None:
    assert parse(page(listed())).count == 0


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "blocked"),
        (listed(row(), heads=False).replace(b"MtgId", b"Id").replace(b"mid=", b"x="), "shape changed"),
        (listed(row(starts="soon")), "shape changed"),
        (b"<html><body><div id='app'></div></body></html>", "shape changed"),
        (b"<html><head><title>Attention Required! | Cloudflare</title></head></html>", "blocked"),
    ],
)
def test_what_is_no_list_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(ParseError, match=why):
        parse(page(body))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 1400), st.integers(0, 60), st.binary(max_size=20))
def test_a_damaged_list_is_read_or_refused(at: int, cut: int, put: bytes) -> None:
    body = listed(row(), row(2))
    with suppress(ParseError):
        parsed = parse(page(body[:at] + put + body[at + cut :]))
        assert len({entry.key for entry in parsed.entries}) == parsed.count
