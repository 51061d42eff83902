"""Records of the alternative approval process."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.entries import Kind
from bot.domain.errors import ParseError
from feeds import formats
from feeds.itu_aap import parse, status_code
from feeds.page import Page

BLOCK = b"<!DOCTYPE html><html><head><title>Request Rejected</title></head><body>x</body></html>"


def page(body: bytes, url: str = "https://www.itu.int/t/aap/") -> Page:
    return Page(body=body, url=url, fetched_at=datetime(2026, 3, 1, tzinfo=UTC))


def table(heads: str, *rows: str) -> bytes:
    head = "".join(f"<th>{name}</th>" for name in heads.split("|"))
    listed = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row.split("|")) + "</tr>" for row in rows)
    return f"<html><body><nav>AAP</nav><table><tr>{head}</tr>{listed}</table></body></html>".encode()


LINK = "<a href='/t/aap/recdetails/10009'>X.1096 (ex X.bvm)</a>"
OLD = "<a href='/ITU-T/aap/AAPRecDetails.aspx?AAPSeqNo=8293'>L.163 (L.cci)</a>"
NEW_LIST = table(
    "Recommendation|Title|Status|Study Group|Question|LC Start|LC End",
    f"{LINK}|Biometric variability|LC|SG17|Q10/17|2026-02-16|2026-03-15",
    f"{OLD}|Cable installation|A|15|Q8/15|-|-",
)
OLD_LIST = table(
    "SG|Rec.|Title|Step|Period", f"17|{LINK}|Biometric variability|LC: Last Call|16 February - 15 March 2026"
)
DETAIL = (
    b"<html><body><h1>AAP</h1><table><tr><td>Recommendation:</td><td>ITU-T H.264 (V14)</td></tr>"
    b"<tr><td>Title:</td><td>Advanced video coding</td></tr><tr><td>Study Group:</td><td>Study Group 16</td></tr>"
    b"<tr><td>Question:</td><td>6/16</td></tr><tr><td>Status:</td><td>Additional Review (AR)</td></tr>"
    b"<tr><td>Last Call:</td><td>2021-06-16 to 2021-07-13</td></tr>"
    b"<tr><td>Additional Review:</td><td>1 - 21 August 2021</td></tr></table></body></html>"
)


def test_a_list_gives_records_with_stage_and_days() -> None:
    first, second = formats.parse("itu-aap", page(NEW_LIST)).entries
    assert (first.key, first.kind, first.title, first.group) == (
        "aap 10009",
        Kind.WORK_ITEM,
        "Biometric variability",
        "SG17",
    )
    assert first.link == "https://www.itu.int/t/aap/recdetails/10009"
    assert first.facts == {
        "body": "ITU-T",
        "aap": "10009",
        "number": "X.1096 (ex X.bvm)",
        "recommendation": "X.1096",
        "acronym": "X.bvm",
        "process": "AAP",
        "stage": "last call",
        "code": "LC",
        "question": "Q10/17",
        "last_call_from": "2026-02-16",
        "last_call_until": "2026-03-15",
    }
    assert (second.key, second.group, second.facts["stage"]) == ("aap 8293", "SG15", "approved")
    assert second.facts["recommendation"] == "L.163"


def test_another_layout_gives_the_same() -> None:
    (entry,) = parse(page(OLD_LIST)).entries
    assert (entry.key, entry.group, entry.facts["stage"]) == ("aap 10009", "SG17", "last call")
    assert (entry.facts["last_call_from"], entry.facts["last_call_until"]) == ("2026-02-16", "2026-03-15")


def test_columns_that_name_no_period_mean_that_of_the_status() -> None:
    body = table("Rec|Title|Status|From|Until", f"{LINK}|T|AR|2026-04-01|2026-04-21")
    facts = parse(page(body)).entries[0].facts
    assert (facts["additional_review_from"], facts["additional_review_until"]) == ("2026-04-01", "2026-04-21")
    assert "last_call_from" not in facts


def test_the_page_of_a_record_gives_all_its_periods() -> None:
    (entry,) = parse(page(DETAIL, "https://www.itu.int/t/aap/recdetails/10009")).entries
    assert (entry.key, entry.title, entry.group) == ("aap 10009", "Advanced video coding", "SG16")
    facts = {name: entry.facts[name] for name in ("number", "stage", "question", "last_call_until")}
    assert facts == {
        "number": "H.264 (V14)",
        "stage": "additional review",
        "question": "Q6/16",
        "last_call_until": "2021-07-13",
    }
    assert (entry.facts["additional_review_from"], entry.facts["additional_review_until"]) == (
        "2021-08-01",
        "2021-08-21",
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("C", "C"),
        ("LC", "LC"),
        ("LJ - Last Call Judgment", "LJ"),
        ("Last Call Judgement", "LJ"),
        ("AR", "AR"),
        ("AJ", "AJ"),
        ("Additional review judgment", "AJ"),
        ("SG", "SG"),
        ("A", "A"),
        ("AT", "AT"),
        ("Approved with typographical corrections", "AT"),
        ("Approved on 2026-03-16", "A"),
        ("NA", "NA"),
        ("Not approved", "NA"),
        ("Consented", "C"),
        ("Under study", ""),
        ("", ""),
    ],
)
def test_status_codes_and_words_are_known(text: str, code: str) -> None:
    assert status_code(text) == code


def test_a_list_without_rows_is_no_error() -> None:
    assert parse(page(table("Rec|Title|Status"))).count == 0


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "blocked"),
        (BLOCK, "blocked"),
        (b"<html><body><app-root></app-root></body></html>", "shape changed"),
        (b"<html><body><h1>About AAP</h1><h2>Status Codes</h2><p>C Consented</p></body></html>", "shape changed"),
        (NEW_LIST.replace(b"Status", b"Colour"), "shape changed"),
        (table("Rec|Title|Status", f"{LINK}|T|7", f"{OLD}|T|8"), "shape changed"),
        (b'{"items":[]}', "JSON"),
    ],
)
def test_what_is_no_list_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(ParseError, match=why):
        parse(page(body))


@settings(deadline=None, max_examples=60)
@given(st.sampled_from((NEW_LIST, OLD_LIST, DETAIL)), st.integers(0, 700), st.integers(0, 60), st.binary(max_size=20))
def test_a_damaged_list_is_read_or_refused(body: bytes, at: int, cut: int, put: bytes) -> None:
    with suppress(ParseError):
        parsed = parse(page(body[:at] + put + body[at + cut :]))
        assert len({entry.key for entry in parsed.entries}) == parsed.count
