"""The IETF datatracker: agendas, coming meetings, its API, the feed of last calls."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.entries import Entry, Kind
from bot.domain.errors import ParseError
from feeds import formats
from feeds.ietf import parse
from feeds.page import Page


def page(body: bytes | object) -> Page:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Page(body=sent, url="https://datatracker.example/x", fetched_at=datetime(2026, 3, 1, tzinfo=UTC))


def session(identity: int = 35001, **more: object) -> dict[str, object]:
    return {
        "objtype": "session",
        "id": 91234,
        "session_id": identity,
        "group": {
            "acronym": "oauth",
            "name": "Web Authorization Protocol",
            "type": "wg",
            "state": "active",
            "parent": "sec",
        },
        "name": "Web Authorization Protocol",
        "start": "2026-07-20T13:30:00Z",
        "duration": "2:00:00",
        "location": "Park Suite 8",
        "agenda": "https://datatracker.ietf.org/meeting/126/materials/agenda-126-oauth-00",
        "modified": "2026-07-01T10:00:00Z",
        "status": "sched",
    } | more


ROOM = {"objtype": "location", "id": 7, "name": "Park Suite 8", "modified": "2026-07-01T10:00:00Z"}
AREA = {"objtype": "parent", "id": 8, "name": "sec", "description": "Security", "modified": "2026-07-01T10:00:00Z"}
DRAFT = {
    "name": "draft-ietf-oauth-face-03",
    "rev": "03",
    "title": "Faces in tokens",
    "abstract": "About faces.",
    "time": "2026-02-03 04:05:06",
    "expires": "2026-08-06T04:05:06Z",
    "group": "/api/v1/group/group/1234/",
    "intended_std_level": "/api/v1/name/intendedstdlevelname/ps/",
    "resource_uri": "/api/v1/doc/document/draft-ietf-oauth-face/",
} | {"name": "draft-ietf-oauth-face"}
ATOM = b"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Documents in Last Call</title><id>x</id>
<updated>2026-05-03T00:00:00Z</updated>
<entry><title>draft-ietf-oauth-face (May 3 - May 17, 2026)</title><id>urn:1</id><updated>2026-05-03T00:00:00Z</updated>
<link href="https://datatracker.ietf.org/doc/draft-ietf-oauth-face/"/><summary>About faces.</summary></entry>
<entry><title>draft-smith-cameras-04 (December 20 - January 3, 2027)</title><id>urn:2</id>
<link href="https://datatracker.ietf.org/doc/draft-smith-cameras/"/></entry>
<entry><title>Something else</title><id>urn:3</id><link href="https://datatracker.ietf.org/x"/></entry></feed>
"""


def api(*rows: Mapping[str, object], **meta: object) -> dict[str, object]:
    return {
        "meta": {"limit": 20, "next": None, "offset": 0, "previous": None, "total_count": len(rows)} | meta,
        "objects": list(rows),
    }


def only(body: object) -> Entry:
    (entry,) = parse(page(body)).entries
    return entry


def test_an_agenda_gives_sessions_and_passes_rooms_over() -> None:
    parsed = formats.parse("ietf", page({"126": [session(), ROOM, AREA]}))
    (entry,) = parsed.entries
    assert (parsed.complete, parsed.notes) == (True, ())
    assert (entry.key, entry.kind, entry.group) == ("session 35001", Kind.MEETING, "oauth")
    assert entry.title == "oauth - Web Authorization Protocol"
    assert entry.starts == datetime(2026, 7, 20, 13, 30, tzinfo=UTC)
    assert entry.ends == datetime(2026, 7, 20, 15, 30, tzinfo=UTC)
    assert (entry.place, entry.status) == ("Park Suite 8", "confirmed")
    assert entry.link == "https://datatracker.ietf.org/meeting/126/materials/agenda-126-oauth-00"
    assert entry.facts["meeting"] == "meeting 126"


def test_a_session_that_moves_keeps_its_key() -> None:
    moved = session(start="2026-07-21T09:00:00Z") | {"id": 99999}
    assert only({"126": [session()]}).key == only({"126": [moved]}).key


@pytest.mark.parametrize(
    ("state", "status"), [("canceled", "cancelled"), ("sched", "confirmed"), ("schedw", "tentative"), ("odd", "odd")]
)
def test_states_are_put_in_words(state: str, status: str) -> None:
    assert only({"126": [session(status=state)]}).status == status


def test_coming_meetings_are_ietf_weeks_and_interims() -> None:
    week, interim = parse(
        page({"126": {"date": "2026-07-18"}, "interim-2026-oauth-04": {"date": "2026-05-04"}})
    ).entries
    assert (week.key, week.title, week.starts, week.all_day) == ("meeting 126", "IETF 126", date(2026, 7, 18), True)
    assert (interim.key, interim.group) == ("meeting interim-2026-oauth-04", "oauth")


def test_meetings_of_the_api_tell_place_and_last_day() -> None:
    entry = only(
        api(
            {
                "number": "126",
                "date": "2026-07-18",
                "days": 7,
                "city": "Vienna",
                "country": "AT",
                "time_zone": "Europe/Vienna",
                "resource_uri": "/api/v1/meeting/meeting/1/",
            }
        )
    )
    assert (entry.ends, entry.place, entry.zone) == (date(2026, 7, 24), "Vienna, AT", "Europe/Vienna")


def test_documents_are_keyed_by_name_without_revision() -> None:
    entry = only(api(DRAFT))
    assert (entry.key, entry.kind, entry.title, entry.group) == (
        "doc draft-ietf-oauth-face",
        Kind.PUBLICATION,
        "Faces in tokens",
        "oauth",
    )
    assert entry.updated == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert entry.text == "About faces."
    assert entry.facts == {
        "body": "IETF",
        "number": "draft-ietf-oauth-face",
        "revision": "03",
        "intended_level": "ps",
        "expires": "2026-08-06",
    }


def test_one_document_tells_its_group_state_and_authors() -> None:
    own = DRAFT | {
        "group": {"name": "Web Authorization Protocol", "type": "WG", "acronym": "oauth"},
        "state": "Active",
        "iesg_state": "In Last Call",
        "authors": [{"name": "A. B.", "email": "a@b.example", "affiliation": "ZTE"}],
    }
    entry = only(own)
    assert (entry.facts["stage"], entry.facts["editors"], entry.facts["companies"]) == (
        "in last call",
        ("A. B.",),
        ("ZTE",),
    )
    assert "@" not in str(entry)


def test_liaison_statements_tell_until_when_to_answer() -> None:
    entry = only(
        api(
            {
                "id": 1999,
                "title": "LS on faces",
                "body": "Dear all",
                "deadline": "2026-06-30",
                "submitted": "2026-05-01T00:00:00Z",
                "purpose": "/api/v1/name/liaisonstatementpurposename/action/",
                "resource_uri": "/api/v1/liaisons/liaisonstatement/1999/",
            }
        )
    )
    assert (entry.key, entry.kind, entry.facts["purpose"], entry.facts["reply_by"]) == (
        "liaison 1999",
        Kind.DOCUMENT,
        "action",
        "2026-06-30",
    )


def test_last_calls_tell_when_they_end() -> None:
    first, second, other = parse(page(ATOM)).entries
    assert (first.kind, first.group) == (Kind.PUBLICATION, "oauth")
    assert {name: first.facts[name] for name in ("number", "stage", "last_call_from", "last_call_until")} == {
        "number": "draft-ietf-oauth-face",
        "stage": "last call",
        "last_call_from": "2026-05-03",
        "last_call_until": "2026-05-17",
    }
    assert (second.facts["last_call_from"], second.facts["last_call_until"]) == ("2026-12-20", "2027-01-03")
    assert (other.kind, other.facts.get("stage")) == (Kind.NEWS, None)


@pytest.mark.parametrize(
    ("meta", "whole"), [({}, True), ({"next": "/api/v1/x?offset=20"}, False), ({"offset": 20}, False)]
)
def test_a_page_of_several_is_not_complete(meta: dict[str, object], whole: bool) -> None:  # noqa: FBT001
    assert parse(page(api(DRAFT, **meta))).complete is whole


@pytest.mark.parametrize("body", [b"{}", {"126": []}, api()])
def test_an_answer_without_anything_is_no_error(body: object) -> None:
    assert parse(page(body)).count == 0


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "blocked"),
        (b'{"126": [{"objtype"', "cut short"),
        ({"126": [ROOM, AREA]}, "shape changed"),
        ({"126": [{"objtype": "session", "slot": 4}]}, "shape changed"),
        ({"126": {"date": "soon"}}, "shape changed"),
        ({"error": "no such thing"}, "shape changed"),
        (api({"resource_uri": "/api/v1/meeting/session/1/"}), "not read"),
        (api(DRAFT | {"name": ""}), "shape changed"),
        (b"<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>", "blocked"),
        (b"<html><body>Server error</body></html>", "HTML"),
    ],
)
def test_what_is_none_of_the_answers_is_refused(body: object, why: str) -> None:
    with pytest.raises(ParseError, match=why):
        parse(page(body))


GOOD = (json.dumps({"126": [session(), ROOM]}).encode(), json.dumps(api(DRAFT)).encode(), ATOM)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(GOOD), st.integers(0, 700), st.integers(0, 60), st.binary(max_size=20))
def test_a_damaged_answer_is_read_or_refused(body: bytes, at: int, cut: int, put: bytes) -> None:
    with suppress(ParseError):
        parse(page(body[:at] + put + body[at + cut :]))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*session(), *DRAFT]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=60)
@given(json_values, st.sampled_from(["objects", "126", "name"]))
def test_values_of_any_type_are_read_or_refused(value: object, name: str) -> None:
    with suppress(ParseError):
        parse(page({name: value, "title": "x"} if name == "name" else {name: value}))
