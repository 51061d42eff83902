"""ISO Open Data: deliverables and their stages."""

import json
import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.entries import Entry, Kind
from bot.domain.errors import ParseError
from feeds import formats
from feeds.iso import parse, stage
from feeds.page import Page

URL = "https://iso.example/opendata/_latest/iso_deliverables_metadata.jsonl"


def page(body: bytes, url: str = URL) -> Page:
    return Page(body=body, url=url, fetched_at=datetime(2026, 3, 1, tzinfo=UTC))


def record(identity: int = 54989, code: int = 6060, committee: str = "ISO/IEC JTC 1/SC 37", **more: object) -> str:
    return json.dumps(
        {
            "id": identity,
            "deliverableType": "IS",
            "supplementType": None,
            "reference": f"ISO/IEC {identity}:2013",
            "publicationDate": "2013-04-26",
            "edition": 1,
            "icsCode": ["35.040.30"],
            "ownerCommittee": committee,
            "currentStage": code,
            "replaces": [1, 2],
            "replacedBy": None,
            "scope": {"en": "<p class='MsoNormal'>Face image&nbsp;data.</p>"},
        }
        | more
    )


def lines(*records: str) -> bytes:
    return ("\n".join(records) + "\n").encode()


def only(*records: str) -> Entry:
    (entry,) = parse(page(lines(*records))).entries
    return entry


def test_a_record_gives_all_that_it_says() -> None:
    parsed = formats.parse("iso", page(lines(record())))
    (entry,) = parsed.entries
    assert (parsed.count, parsed.complete, parsed.notes) == (1, True, ())
    assert (entry.key, entry.kind, entry.title) == ("iso 54989", Kind.PUBLICATION, "ISO/IEC 54989:2013")
    assert (entry.link, entry.group) == ("https://www.iso.org/standard/54989.html", "ISO/IEC JTC 1/SC 37")
    assert entry.text == "Face image data."
    assert entry.published == datetime(2013, 4, 26, tzinfo=UTC)
    assert entry.facts == {
        "body": "ISO",
        "number": "ISO/IEC 54989:2013",
        "committee": "ISO/IEC JTC 1/SC 37",
        "stage": "published",
        "stage_code": "60.60",
        "type": "IS",
        "edition": "1",
        "ics": ("35.040.30",),
        "replaces": ("1", "2"),
    }


def test_a_title_is_taken_where_there_is_one_and_a_scope_may_be_null() -> None:
    entry = only(record(title={"fr": "Données", "en": "Face image data"}, scope=None))
    assert (entry.title, entry.text) == ("Face image data", "")
    assert only(record(title={"fr": "Données"}, scope={"en": None})).title == "Données"


def test_a_change_of_stage_changes_what_a_reader_sees() -> None:
    before, after = only(record(code=3060)), only(record(code=4020))
    assert (before.facts["stage"], after.facts["stage"]) == ("committee", "enquiry")
    assert before.fingerprint != after.fingerprint
    assert only(record(code=4000)).fingerprint != after.fingerprint


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ("00.60", "preliminary"),
        ("10.99", "proposal"),
        ("20.00", "preparatory"),
        ("30.60", "committee"),
        ("40.20", "enquiry"),
        ("50.00", "approval"),
        ("60.00", "publication"),
        ("60.60", "published"),
        ("90.92", "review"),
        ("90.93", "confirmed"),
        ("95.99", "withdrawn"),
        ("30.98", "deleted"),
        ("77.00", ""),
    ],
)
def test_stage_codes_are_put_in_words(point: str, words: str) -> None:
    assert stage(point) == words


def test_a_withdrawal_is_said_to_be_one() -> None:
    assert only(record(code=9599)).status == "withdrawn"
    assert only(record(code=9092)).status is None


@pytest.mark.parametrize(
    "address",
    [
        "?committee=ISO%2FIEC+JTC+1%2FSC+37&committee=ISO/TC%20292",
        "#committee=ISO/IEC JTC 1/SC 37&committee=iso/tc 292",
    ],
)
def test_other_committees_are_left_out_where_the_address_names_some(address: str) -> None:
    body = lines(record(1), record(2, committee="ISO/TC 38"), record(3, committee="ISO/TC 292"))
    assert [entry.key for entry in parse(page(body, URL + address)).entries] == ["iso 1", "iso 3"]
    assert parse(page(body)).count == 3


@pytest.mark.parametrize("name", ["id", "reference", "ownerCommittee", "currentStage"])
def test_a_field_that_is_gone_from_all_records_is_a_changed_shape(name: str) -> None:
    with pytest.raises(ParseError, match="shape changed"):
        parse(page(lines(record(1), record(2)).replace(f'"{name}"'.encode(), b'"other"')))


def test_a_few_unreadable_records_are_noted_and_many_refuse_the_list() -> None:
    good = [record(n) for n in range(1, 200)]
    parsed = parse(page(lines(*good, record(300, reference=""))))
    assert (parsed.count, parsed.complete) == (199, False)
    assert parsed.notes == ("Line 200 was skipped: it has no id, reference or stage.",)
    with pytest.raises(ParseError, match="unreadable"):
        parse(page(lines(record(1), record(2, reference=""))))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "blocked"),
        (lines(record(1), record(2))[:-40], "cut short"),
        (b"<?xml version='1.0'?><Error><Code>BlobNotFound</Code></Error>", "JSON"),
        (b"<!DOCTYPE html><html><title>Access Denied</title></html>", "blocked"),
    ],
)
def test_what_is_no_list_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(ParseError, match=why):
        parse(page(body))


def test_a_list_in_brackets_is_read_too() -> None:
    assert parse(page(f"[{record(1)},{record(2)}]".encode())).count == 2


def test_twenty_megabytes_are_read_within_bounds() -> None:
    body = lines(*(record(n, scope={"en": f"<p>{'A scope of words. ' * 40}</p>"}) for n in range(18_000)))
    assert len(body) > 18_000_000
    began = time.process_time()
    assert parse(page(body)).count == 18_000
    assert time.process_time() - began < 5


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 900), st.integers(0, 60), st.binary(max_size=20))
def test_a_damaged_list_is_read_or_refused(at: int, cut: int, put: bytes) -> None:
    body = lines(record(1), record(2))
    with suppress(ParseError):
        parsed = parse(page(body[:at] + put + body[at + cut :]))
        assert len({entry.key for entry in parsed.entries}) == parsed.count
