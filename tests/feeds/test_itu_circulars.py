"""TSB circulars and collective letters."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.entries import Entry, Kind
from bot.domain.errors import ParseError
from feeds import formats
from feeds.itu_circulars import parse
from feeds.page import Page

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples" / "itu" / "pages" / "page_excerpts.jsonl"
URL = "https://www.itu.int/md/T25-TSB-CIR-0179/en"


def page(body: bytes, url: str = "https://itu.example/") -> Page:
    return Page(body=body, url=url, fetched_at=datetime(2026, 3, 1, tzinfo=UTC))


LINES = [
    "International telecommunication union",
    "Geneva, 8 October 2026",
    "Ref: TSB Circular 179",
    "SG21/SC",
    "- To Administrations of Member States of the Union",
    "Subject: Consultation on draft Recommendation F.743.40",
    "Dear Sir/Madam,",
    "1 The meeting of 1 June 2026 determined the text.",
    "2 I should be grateful if you would inform me by 2359 hours UTC on 8 January 2027 whether you approve.",
]
LETTER = ("<html><body>" + "".join(f"<p>{line}</p>" for line in LINES) + "</body></html>").encode()
COLLECTIVE = LETTER.replace(b"TSB Circular 179", b"TSB Collective letter 4/21").replace(
    b"Consultation on draft Recommendation F.743.40",
    "Meeting of Study Group 21; Geneva, 18\u200b – 29 January 2027".encode(),
)
LIST = (
    b"<html><body><table><tr><td>Number</td><td>Title</td><td>Source</td><td>Posted</td></tr>"
    b"<tr><td><a href='/md/T25-TSB-CIR-0179/en'>[ 179 ]</a></td><td>Consultation on F.743.40</td><td>TSB</td>"
    b"<td>2026-10-08</td></tr></table></body></html>"
)
INDEX = (
    b"<page_content><page_param><doc_type>CIR</doc_type></page_param><folder_list><folder>"
    b"<object_name>T25-TSB-CIR-0179</object_name><main_source>TSB</main_source><ltitle_e>Consultation</ltitle_e>"
    b"<reception_date>2026-10-08</reception_date></folder></folder_list></page_content>"
)


def only(body: bytes, url: str = "https://itu.example/") -> Entry:
    (entry,) = formats.parse("itu-circulars", page(body, url)).entries
    return entry


@pytest.mark.parametrize("body", [LIST, INDEX])
def test_lists_and_indexes_are_read_as_those_of_documents(body: bytes) -> None:
    entry = only(body)
    assert (entry.key, entry.kind, entry.facts["type"]) == ("T25-TSB-CIR-0179", Kind.DOCUMENT, "circular")
    assert entry.published == datetime(2026, 10, 8, tzinfo=UTC)
    assert "companies" not in entry.facts


def test_a_letter_gives_number_subject_date_and_when_to_answer() -> None:
    entry = only(LETTER, URL)
    assert (entry.key, entry.title) == ("T25-TSB-CIR-0179", "Consultation on draft Recommendation F.743.40")
    assert entry.link == URL
    assert entry.published == datetime(2026, 10, 8, tzinfo=UTC)
    assert entry.text.startswith("Dear Sir/Madam")
    assert entry.facts == {
        "body": "ITU-T",
        "type": "circular",
        "number": "TSB Circular 179",
        "source": "TSB",
        "received": "2026-10-08",
        "reply_by": "2027-01-08",
        "recommendations": ("F.743.40",),
    }


def test_a_letter_is_named_by_its_study_period_where_the_address_does_not_tell() -> None:
    assert only(LETTER).key == "T25-TSB-CIR-0179"
    assert only(LETTER.replace(b"Ref: TSB", b"Ref: Corrigendum 1 to TSB")).key == (
        "Corrigendum 1 to TSB Circular 179 (2026-10-08)"
    )


def test_a_collective_letter_gives_the_meeting_that_it_calls() -> None:
    entry = only(COLLECTIVE)
    assert (entry.key, entry.group, entry.facts["type"]) == ("T25-SG21-COL-0004", "SG21", "collective letter")
    assert {name: entry.facts[name] for name in ("meeting_from", "meeting_until", "meeting_place")} == {
        "meeting_from": "2027-01-18",
        "meeting_until": "2027-01-29",
        "meeting_place": "Geneva",
    }
    assert "reply_by" not in entry.facts


@pytest.mark.parametrize("gone", ["Subject:", "Geneva,"])
def test_a_letter_that_lost_what_all_have_is_a_changed_shape(gone: str) -> None:
    with pytest.raises(ParseError, match="shape changed"):
        parse(page(LETTER.replace(gone.encode(), b"?"), URL))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "blocked"),
        (b"<!DOCTYPE html><html><head><title>Request Rejected</title></head><body>x</body></html>", "blocked"),
        (b"<html><body>Restricted to TIES users</body></html>", "shape changed"),
        (INDEX[:-30], "cut short"),
        (b"Service unavailable", "shape changed"),
    ],
)
def test_what_is_neither_list_nor_letter_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(ParseError, match=why):
        parse(page(body))


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not here")
@pytest.mark.parametrize(
    ("kind", "key", "title", "facts"),
    [
        (
            "tsb_circular",
            "TSB Circular 68 (2001-10-25)",
            "Proposed deletion of ITU-T Recommendations B.18 and E.211",
            {"received": "2001-10-25", "reply_by": "2002-01-25", "recommendations": ("B.18", "E.211", "C.2", "F.19")},
        ),
        (
            "tsb_collective_letter",
            "T17-SG13-COL-0001",
            "Meeting of Study Group 13; Geneva, 6-17 February 2017",
            {"received": "2016-11-30", "meeting_from": "2017-02-06", "meeting_until": "2017-02-17"},
        ),
    ],
)
@pytest.mark.parametrize("marked_up", ["", "<html><body><p>{}</p></body></html>"])
def test_the_texts_of_real_letters_are_read(
    kind: str, key: str, title: str, facts: dict[str, object], marked_up: str
) -> None:
    records = [json.loads(record) for record in SAMPLES.read_text("utf-8").splitlines()]
    text = next(record["text"] for record in records if record["kind"] == kind)
    body = marked_up.format(text.replace("\n", "</p><p>")) if marked_up else text
    entry = only(body.encode())
    assert entry.key == key
    assert entry.title.startswith(title)
    assert {name: entry.facts[name] for name in facts} == facts


@settings(deadline=None, max_examples=60)
@given(st.sampled_from((LETTER, LIST, INDEX)), st.integers(0, 700), st.integers(0, 60), st.binary(max_size=20))
def test_a_damaged_letter_is_read_or_refused(body: bytes, at: int, cut: int, put: bytes) -> None:
    with suppress(ParseError):
        parsed = parse(page(body[:at] + put + body[at + cut :], URL))
        assert len({entry.key for entry in parsed.entries}) == parsed.count


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("Pre-registration is mandatory and is to be carried out online by 8 May 2026.", "2026-05-08"),
        ("The registration deadline is 8 May 2026.", "2026-05-08"),
        ("8 May 2026 - Pre-registration (online via the study group homepage)", "2026-05-08"),
        ("2026-05-08 | online pre-registration", "2026-05-08"),
        ("Pre-registration is to be carried out at least one month before the meeting.", None),
        ("Participants register at the desk. The room is free by 8 May 2026.", None),
    ],
)
def test_a_collective_letter_may_say_until_when_one_can_register(said: str, day: str | None) -> None:
    body = COLLECTIVE.replace(b"Dear Sir/Madam,", f"Dear Sir/Madam, {said}".encode())
    assert body != COLLECTIVE
    assert only(body).facts.get("registration_until") == day
