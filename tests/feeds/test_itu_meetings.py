"""ITU's meeting catalogues."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.domain.entries import Entry
from bot.domain.errors import ParseError
from feeds import formats
from feeds.itu_meetings import parse
from feeds.page import Page, Parsed

GOLDEN = Path(__file__).parent / "golden" / "itu-meetings"
SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples" / "itu" / "itu-sync" / "ITU-T_Meetings.xml"


def page(body: bytes) -> Page:
    return Page(body=body, url="https://itu.example/meetings.xml", fetched_at=datetime(2026, 1, 1, tzinfo=UTC))


def catalogue(*records: str) -> bytes:
    listed = "".join(f"<ITU-T_Meetings>{record}</ITU-T_Meetings>" for record in records)
    return f"<dataroot>{listed}</dataroot>".encode()


def record(code: str = "ITU-T SG 12", starts: str = "2026-06-09", place: str = "", more: str = "") -> str:
    return (
        f"<Meeting_code>{code}</Meeting_code><Start_meeting_date>{starts}T00:00:00</Start_meeting_date>"
        f"<Meeting_place_date>{place or f'{code}, Geneva, 9-17 June 2026'}</Meeting_place_date>"
        f"<SG_No_Period>Study Group 12 (Study Period 2025-2028)</SG_No_Period>{more}"
    )


def as_json(entry: Entry) -> dict[str, object]:
    said = {name: value for name, value in asdict(entry).items() if value}
    said.pop("volatile", None)
    plain: dict[str, object] = json.loads(json.dumps(said, default=str))
    return plain


def only(parsed: Parsed) -> Entry:
    assert parsed.count == len(parsed.entries) == 1
    return parsed.entries[0]


def test_a_catalogue_becomes_meetings_with_all_that_it_says() -> None:
    parsed = formats.parse("itu-meetings", page((GOLDEN / "four.xml").read_bytes()))
    expected = json.loads((GOLDEN / "four.json").read_text("utf-8"))
    assert [as_json(entry) for entry in parsed.entries] == expected["entries"]
    assert list(parsed.notes) == expected["notes"]
    assert (parsed.count, parsed.complete) == (3, True)


def test_the_contribution_deadline_is_computed_and_names_its_rule() -> None:
    facts = only(parse(page(catalogue(record())))).facts
    assert facts["contribution_deadline"] == "2026-05-28"
    assert "A.1 (10/2016) §3.1.8" in str(facts["contribution_deadline_rule"])


def test_the_rules_of_itu_t_are_not_applied_to_other_sectors() -> None:
    entry = only(parse(page(catalogue(record(code="ITU-R SG 5")))))
    assert entry.facts["body"] == "ITU-R"
    assert "contribution_deadline" not in entry.facts


def test_the_study_period_of_the_key_comes_from_words_then_indexes_then_the_table() -> None:
    bare = record().replace("(Study Period 2025-2028)", "")
    index = "<Frame_src_TD_GEN>?XF=../docs-dms/T22-SG12-260609-TD.xml</Frame_src_TD_GEN>"
    assert only(parse(page(catalogue(record(more=index))))).key == "T25-SG12-260609"
    assert only(parse(page(catalogue(bare + index)))).key == "T22-SG12-260609"
    guessed = parse(page(catalogue(bare)))
    assert only(guessed).key == "T25-SG12-260609"
    assert guessed.notes == ("Record 1 (ITU-T SG 12) of 2026-06-09 names no study period; its key says 25.",)


def test_the_first_day_makes_the_key_where_the_catalogue_gives_none() -> None:
    assert only(parse(page(catalogue(record(more="<TD_date> </TD_date>"))))).key == "T25-SG12-260609"
    assert only(parse(page(catalogue(record(more="<TD_date>260608</TD_date>"))))).key == "T25-SG12-260608"


def test_a_first_day_that_is_not_in_its_field_is_taken_from_the_text() -> None:
    with_field, without = record(code="ITU-T SG 2"), record().replace("2026-06-09T00:00:00", " ")
    parsed = parse(page(catalogue(with_field, without)))
    assert [entry.starts for entry in parsed.entries] == [date(2026, 6, 9)] * 2


def test_a_last_day_that_cannot_be_read_is_left_open_and_noted() -> None:
    parsed = parse(page(catalogue(record(place="ITU-T SG 12, Geneva"))))
    assert only(parsed).ends is None
    assert parsed.notes == ("Record 1 (ITU-T SG 12) of 2026-06-09 has no last day that can be read.",)


def test_a_meeting_without_a_readable_day_is_noted_and_the_page_is_then_not_complete() -> None:
    parsed = parse(page(catalogue(record(), record(code="ITU-T SG 2", starts="soon", place="Geneva"))))
    assert only(parsed).group == "SG12"
    assert not parsed.complete
    assert parsed.notes == ("Record 2 (ITU-T SG 2) was skipped: no first day in 'soonT00:00:00'.",)


def test_a_repeated_record_is_one_meeting_and_a_different_one_gets_its_own_key() -> None:
    other = record(place="ITU-T SG 12, Nairobi, 9-17 June 2026")
    parsed = parse(page(catalogue(record(), record(), other)))
    assert [(entry.key, entry.place) for entry in parsed.entries] == [
        ("T25-SG12-260609", "Geneva"),
        ("T25-SG12-260609#2", "Nairobi"),
    ]
    assert len(parsed.notes) == 1


def test_bare_ampersands_are_mended() -> None:
    parsed = parse(page(catalogue(record(more="<SG_Title>Performance & QoS</SG_Title>"))))
    assert only(parsed).facts["sg_title"] == "Performance & QoS"


def test_the_prologs_encoding_counts() -> None:
    body = '<?xml version="1.0" encoding="iso-8859-1"?>' + catalogue(
        record(place="ITU-T SG 12, Genève, 9-17 June 2026")
    ).decode("utf-8")
    assert only(parse(page(body.encode("iso-8859-1")))).place == "Genève"


def test_an_empty_catalogue_holds_nothing_and_is_no_error() -> None:
    assert parse(page(b"<dataroot/>")) == Parsed(entries=(), count=0, complete=True)


@pytest.mark.parametrize("field", ["Meeting_code", "Start_meeting_date", "Meeting_place_date"])
def test_a_field_that_is_gone_from_every_record_is_a_changed_shape(field: str) -> None:
    changed = catalogue(record(), record(code="ITU-T SG 2")).replace(field.encode(), b"Renamed")
    with pytest.raises(ParseError, match=f"shape changed: .* no longer has {field}; it has 2 records"):
        parse(page(changed))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"<!DOCTYPE html><html><head><title>Request Rejected</title></head><body>x</body></html>", "blocked"),
        (b"<html><body><p>Some page<br></body></html>", "HTML page"),
        (b"<page_content><folder_list/></page_content>", "<page_content>"),
        (b"<rss version='2.0'><channel/></rss>", "<rss>"),
        (b'{"Total": 3}', "JSON"),
        (b"Service unavailable", "plain text"),
        (catalogue(record(), record())[:-40], "cut short"),
        (b"\xff\xfe\x00", "no XML"),
    ],
)
def test_a_body_that_is_no_catalogue_is_refused_with_what_it_looks_like(body: bytes, why: str) -> None:
    with pytest.raises(ParseError, match=why):
        parse(page(body))


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("leaked")
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><dataroot><m>&b;</m></dataroot>'
    outside = f'<!DOCTYPE d [<!ENTITY a SYSTEM "{secret.as_uri()}">]><dataroot><m>&a;</m></dataroot>'
    for body in (bomb, outside.encode()):
        with pytest.raises(ParseError, match="entities"):
            parse(page(body))


def test_control_and_bidi_characters_do_not_pass() -> None:
    entry = only(parse(page(catalogue(record(more="<SG_Title>Multi\u202emedia&#x200b; and\tQoS</SG_Title>")))))
    assert entry.facts["sg_title"] == "Multimedia and QoS"


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not here")
def test_the_real_catalogue_is_read_without_a_note() -> None:
    parsed = parse(page(SAMPLES.read_bytes()))
    assert [(entry.key, entry.place, entry.ends) for entry in parsed.entries] == [
        ("T25-SG12-250114", "Geneva", date(2025, 1, 23)),
        ("T25-SG12-250909", "Geneva", date(2025, 9, 18)),
        ("T25-SG12-260609", "Geneva", date(2026, 6, 17)),
    ]
    assert parsed.notes == ()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("TSAG", "TSAG, Geneva, 26-30 January 2026"),
        ("ITU-R RAG", "RAG, Geneva, 26-30 January 2026"),
        ("ITU-T FG AI4H", "ITU-T FG AI4H, Geneva, 26-30 January 2026"),
        ("ITU-T JCA-IoT", "ITU-T JCA-IoT, Geneva, 26-30 January 2026"),
    ],
)
def test_the_name_of_the_group_is_no_part_of_the_place(code: str, words: str) -> None:
    fields = (
        f"<Meeting_code>{code}</Meeting_code><Start_meeting_date>2026-01-26</Start_meeting_date>"
        f"<Meeting_place_date>{words}</Meeting_place_date>"
    )
    (entry,) = parse(page(catalogue(fields))).entries
    assert (entry.place, entry.starts, entry.ends) == ("Geneva", date(2026, 1, 26), date(2026, 1, 30))


def test_the_day_0001_01_01_is_none_and_the_words_tell_the_days() -> None:
    fields = (
        "<Meeting_code>ITU-T SG 17</Meeting_code><Start_meeting_date>0001-01-01T00:00:00</Start_meeting_date>"
        "<Meeting_place_date>ITU-T SG 17, Geneva, 1-9 October 2026</Meeting_place_date>"
        "<Contribution_start_date>0001-01-01T00:00:00</Contribution_start_date>"
    )
    (entry,) = parse(page(catalogue(fields))).entries
    assert (entry.starts, entry.ends) == (date(2026, 10, 1), date(2026, 10, 9))
    assert "contributions_from" not in entry.facts


def test_blank_lines_before_the_xml_declaration_are_no_error() -> None:
    body = b"\r\n <?xml version='1.0' encoding='utf-8'?>" + catalogue(
        record(place="ITU-T SG 12, Geneva, 9-17 June 2026")
    )
    assert [entry.place for entry in parse(page(body)).entries] == ["Geneva"]
