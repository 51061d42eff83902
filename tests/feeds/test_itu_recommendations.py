"""ITU-T Recommendations: the MyWorkspace interface and the pages."""

import json
import time
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.entries import Entry, Kind
from bot.domain.errors import ParseError
from feeds import formats
from feeds.itu_days import day
from feeds.itu_recommendation import Edition, edition, process
from feeds.itu_recommendations import parse
from feeds.page import Page

RAW = Path(__file__).parents[2] / ".." / "shared" / "samples" / "itu" / "raw"
ID = "ctl00_content_main_uc_rec_main_info1_rpt_main_ctl00_"
HISTORY = "ctl00_content_main_TabContainer1_tab_edition_uc_rec_details1_rpt_history_ctl"
needs_samples = pytest.mark.skipif(not RAW.exists(), reason="the shared samples are not here")


def page(body: bytes | object, url: str = "https://itu.example/") -> Page:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Page(body=sent, url=url, fetched_at=datetime(2026, 6, 1, tzinfo=UTC))


def row(idrec: int, name: str, **more: str) -> dict[str, object]:
    return {
        "idrec": idrec,
        "rec_name": name,
        "title": "A title",
        "approval_date": "2000-10-06",
        "status": "In force",
    } | more


def corpus(*rows: dict[str, object], total: int | None = None) -> dict[str, object]:
    return {"Total": len(rows) if total is None else total, "Data": list(rows)}


DETAIL = {
    "idrec": 14659,
    "rec_title": "Face &amp; voice",
    "rec_name": "ITU-T H.264 (V14) (08/2021)",
    "rec_prov_name": "Provisional name: H.26L",
    "summary": "First.\r\nSecond.",
    "iso_number": "Equivalent standard: ISO/IEC 14496-10 (Twinned)",
    "approval_process": "Alternative approval process, AAP",
    "aap_link": "https://www.itu.int/t/aap/recdetails/10009",
    "work_item": 15073,
    "associated_work": "[https://x.example/t-wp?sp=9677][19 related work items in progress]",
    "status": "Superseded",
    "approval_date": "Approved on 22 Aug 2021",
    "sg": "ITU-T Study Group 21",
    "series_title_1": "H series: Audiovisual",
}


def modern(
    status: str = "In force", approved: str = "2018-11-29", task: str = "../workprog/wp_search.aspx?isn_task=13399"
) -> bytes:
    def span(name: str, text: str) -> str:
        return f"<span id='{ID}{name}'>{text}</span>"

    editions = "".join(
        f"<tr><td><span id='{HISTORY}{n:02}_Label8'>{2 - n}</span></td>"
        f"<td><span id='{HISTORY}{n:02}_lbl_title' title='T{n}'>"
        f"<a href='./rec.aspx?rec={idrec}&amp;lang=en'>{name}</a></span></td>"
        f"<td><span id='{HISTORY}{n:02}_lbl_status'>{state}</span></td></tr>"
        for n, (idrec, name, state) in enumerate(
            [(15000, "L.163 (V2) (06/2026)", "In force"), (13786, "L.163 (11/2018)", "Superseded")]
        )
    )
    return (
        "<!DOCTYPE html><html><head><title>L.163</title></head><body><form action='./rec.aspx?rec=13786&amp;lang=en'>"
        f"<h2>{span('lbl_rec', 'ITU-T L.163 (11/2018)')}</h2><table><tr><td class='title'>Criteria for câbles</td></tr>"
        "<tr><td><div class='summary'>First.<br>Status: a line of it.</div></td></tr>"
        f"<tr><td>Citation:</td><td>{span('Label9', 'https://handle.itu.int/11.1002/1000/13786')}</td></tr>"
        f"<tr><td>Approval date:</td><td>{span('Label5', approved)}</td></tr>"
        "<tr><td>Provisional name:</td><td>L.cci</td></tr>"
        "<tr><td>Approval process:</td><td><a href='https://www.itu.int/t/aap/recdetails/8293'>AAP</a></td></tr>"
        f"<tr><td>Status:</td><td>{span('Label7', status)}</td></tr>"
        f"<tr><td>Maintenance responsibility:</td><td>{span('Label8', 'ITU-T Study Group 15')}</td></tr></table>"
        f"<span id='{ID}Label2'><a href='{task}'>Development history</a></span>"
        f"<table>{editions}</table></form></body></html>"
    ).encode()


def only(body: bytes | object, url: str = "https://itu.example/") -> Entry:
    (entry,) = parse(page(body, url)).entries
    return entry


def test_the_whole_list_is_complete_and_keyed_by_idrec() -> None:
    rows = (row(1, "A.1 (10/2000)"), row(2, "H.626.5 (V2) (03/2022)", status="Superseded", approval_date="2022-03-16"))
    parsed = formats.parse("itu-recommendations", page(corpus(*rows)))
    assert (parsed.count, parsed.complete, parsed.notes) == (2, True, ())
    first, second = parsed.entries
    assert (first.key, first.kind, first.title, first.status) == ("idrec 1", Kind.PUBLICATION, "A title", "in force")
    assert first.link == "https://handle.itu.int/11.1002/1000/1"
    assert second.published == datetime(2022, 3, 16, tzinfo=UTC)
    assert second.facts == {
        "body": "ITU-T",
        "number": "H.626.5",
        "edition": "H.626.5 (V2) (03/2022)",
        "version": "2",
        "month": "2022-03",
        "approved": "2022-03-16",
        "stage": "superseded",
        "idrec": "2",
    }


def test_a_list_that_says_it_has_more_is_not_complete() -> None:
    parsed = parse(page(corpus(row(1, "A.1 (10/2000)"), total=2)))
    assert (parsed.count, parsed.complete) == (1, False)
    assert parsed.notes == ("The list says that it has 2 rows and holds 1.",)


def test_a_row_without_a_number_is_noted() -> None:
    parsed = parse(page(corpus(row(1, "A.1 (10/2000)"), {"title": "x", "status": "y"})))
    assert (parsed.count, parsed.notes) == (1, ("Row 2 was skipped: it has no number or no name.",))


def test_the_key_stays_when_an_edition_is_superseded() -> None:
    before, after = only(corpus(row(1, "A.1 (10/2000)"))), only(corpus(row(1, "A.1 (10/2000)", status="Superseded")))
    assert (before.key, before.link) == (after.key, after.link)
    assert before.fingerprint != after.fingerprint


def test_all_about_one_edition_joins_work_item_and_aap_record() -> None:
    entry = only(DETAIL)
    assert (entry.key, entry.group, entry.status) == ("idrec 14659", "SG21", "superseded")
    assert entry.text == "First.\nSecond."
    facts = {name: entry.facts[name] for name in ("number", "approved", "process", "aap", "isn", "provisional_name")}
    assert facts == {
        "number": "H.264",
        "approved": "2021-08-22",
        "process": "AAP",
        "aap": "10009",
        "isn": "15073",
        "provisional_name": "H.26L",
    }
    assert entry.facts["equivalent"] == "ISO/IEC 14496-10 (Twinned)"
    assert "isn" not in only(DETAIL | {"work_item": 0}).facts


def test_how_many_related_items_there_are_is_no_news() -> None:
    more = DETAIL | {"associated_work": "[https://x.example/][20 related work items in progress]"}
    assert only(DETAIL).fingerprint == only(more).fingerprint


def test_supplements_have_a_key_of_their_own() -> None:
    entry = only([{"idp_edition": 4834, "rec_name": "H Suppl. 1 (05/1999)", "title_text": "T", "status": "In force"}])
    assert (entry.key, entry.facts["number"], entry.title) == ("idp 4834", "H Suppl. 1", "T")


@pytest.mark.parametrize("name", ["idrec", "rec_name", "title", "status"])
def test_a_field_that_is_gone_from_all_rows_is_a_changed_shape(name: str) -> None:
    bare = {key: value for key, value in row(1, "A.1 (10/2000)").items() if key != name}
    for body in (corpus(bare, bare), [bare]):
        with pytest.raises(ParseError, match="shape changed"):
            parse(page(body))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "blocked"),
        (b'{"Message":"An error has occurred."}', "shape changed"),
        (b'{"Total":2,"Data":[{"idrec":1', "cut short"),
        (b"[" * 100_000, "nested too deep"),
        (b'"text"', "HTML|text"),
        (b"<!DOCTYPE html><html><head><title>Request Rejected</title></head><body>x</body></html>", "blocked"),
        (b"<html><body>Nothing that we know</body></html>", "shape changed"),
    ],
)
def test_what_is_none_of_the_answers_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(ParseError, match=why):
        parse(page(body))


def test_a_page_gives_the_edition_that_it_shows_then_the_others() -> None:
    shown, newer = parse(page(modern())).entries
    assert (shown.key, shown.title, shown.status, shown.group) == (
        "idrec 13786",
        "Criteria for câbles",
        "in force",
        "SG15",
    )
    assert shown.text == "First.\nStatus: a line of it."
    facts = {name: shown.facts[name] for name in ("number", "approved", "aap", "isn", "process", "provisional_name")}
    assert facts == {
        "number": "L.163",
        "approved": "2018-11-29",
        "aap": "8293",
        "isn": "13399",
        "process": "AAP",
        "provisional_name": "L.cci",
    }
    assert (newer.key, newer.facts["version"], newer.status) == ("idrec 15000", "2", "in force")


def test_the_link_to_the_new_application_tells_the_work_item_too() -> None:
    body = modern(task="https://www.itu.int/myworkspace/t-wp/item?isn=13399")
    assert parse(page(body)).entries[0].facts["isn"] == "13399"


@pytest.mark.parametrize(
    ("name", "year", "published"),
    [("T-SP-OB.1096-2016", "15.III.2016", "2016-03-15"), ("T-TUT-FSTP-2024", "2024", "2024")],
)
def test_other_publications_are_known_by_name_and_year(name: str, year: str, published: str) -> None:
    body = (
        f"<html><head><title>A title</title></head><body><form action='./publications.aspx?parent={name}'>"
        f"<table><tr><td>Year: {year}</td></tr></table></form></body></html>"
    )
    entry = only(body.encode())
    assert (entry.key, entry.title, entry.facts["published"]) == (name, "A title", published)


@pytest.mark.parametrize(("status", "approved"), [("", "2018-11-29"), ("In force", "")])
def test_a_page_without_status_or_approval_date_is_a_changed_shape(status: str, approved: str) -> None:
    with pytest.raises(ParseError, match="shape changed"):
        parse(page(modern(status, approved).replace(b"Status: a", b"A")))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ITU-T F.743.36 (12/2025)", Edition("F.743.36", "", "2025-12")),
        ("H.626.5 (V2) (03/2022)", Edition("H.626.5", "2", "2022-03")),
        ("X Suppl. 39 (09/2023)", Edition("X Suppl. 39", "", "2023-09")),
        ("H.264 (2007) Cor. 1 (01/2009)", Edition("H.264 (2007) Cor. 1", "", "2009-01")),
        ("M.3163/F.743.38 (01/2026)", Edition("M.3163/F.743.38", "", "2026-01")),
        ("G.Imp712 (04/00)", Edition("G.Imp712", "", "2000-04")),
        ("T.4 (11/88)", Edition("T.4", "", "1988-11")),
        ("odd (name", Edition("odd (name", "", "")),
    ],
)
def test_names_of_editions_are_taken_apart(name: str, told: Edition) -> None:
    assert edition(name) == told


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2000-10-06", date(2000, 10, 6)),
        ("Approved on 22 Aug 2021", date(2021, 8, 22)),
        ("Approved in 2000-04-14", date(2000, 4, 14)),
        ("15.III.2016", date(2016, 3, 15)),
        ("31.II.2016", None),
        ("2000-13-06", None),
        ("soon", None),
        ("", None),
    ],
)
def test_days_are_read_in_every_form(text: str, when: date | None) -> None:
    assert day(text) == when


def test_the_approval_process_is_told_by_its_code() -> None:
    assert [
        process(text) for text in ("Alternative approval process, AAP", "TAP", "Traditional approval process", "?")
    ] == [
        "AAP",
        "TAP",
        "TAP",
        "?",
    ]


@needs_samples
@pytest.mark.parametrize(
    ("name", "key", "facts"),
    [
        ("mws_getRecEditions_13786.json", "idrec 13786", {"number": "L.163", "stage": "in force"}),
        (
            "mws_getRecHdrDetail_14659.json",
            "idrec 14659",
            {"approved": "2021-08-22", "aap": "10009", "isn": "15073", "process": "AAP", "related_work_items": "19"},
        ),
        ("mws_getRecSupplements_14659.json", "idp 4834", {"number": "H Suppl. 1"}),
        (
            "rec_aspx_13786_L.163_2025-04-08.html",
            "idrec 13786",
            {"approved": "2018-11-29", "aap": "8293", "isn": "13399", "provisional_name": "L.cci"},
        ),
        (
            "rec_aspx_14659_H.264_2025-04-08.html",
            "idrec 14659",
            {"approved": "2021-08-22", "stage": "superseded", "aap": "10009"},
        ),
        (
            "rec_aspx_14659_H.264_2026-08-18.html",
            "idrec 14659",
            {"approved": "2021-08-22", "stage": "superseded", "isn": "15073", "version": "14"},
        ),
        ("rec_T-REC-G.Imp712-200004-I.html", "T-REC-G.Imp712-200004", {"approved": "2000-04-14", "stage": "in force"}),
        ("dms_pubrec_L.163_SUM.htm", "T-REC-L.163-201811", {"number": "L.163", "month": "2018-11"}),
        ("pub_T-SP-OB.1096-2016.html", "T-SP-OB.1096-2016", {"published": "2016-03-15"}),
    ],
)
def test_real_bodies_give_their_facts(name: str, key: str, facts: dict[str, str]) -> None:
    parsed = parse(page((RAW / name).read_bytes()))
    first = parsed.entries[0]
    assert (first.key, parsed.notes) == (key, ())
    assert {fact: first.facts[fact] for fact in facts} == facts
    assert "\ufffd" not in first.title + first.text


@needs_samples
def test_the_real_list_of_editions_is_whole() -> None:
    parsed = parse(page((RAW / "rec_aspx_14659_H.264_2026-08-18.html").read_bytes()))
    editions = {entry.key: entry.facts["edition"] for entry in parsed.entries}
    assert len(editions) == 21
    assert editions["idrec 16818"] == "H.264 (V16) (06/2026)"


@needs_samples
@pytest.mark.parametrize("name", ["notfound_aspx_softblock.html", "pub_softblock_302.html"])
def test_real_block_pages_are_blocks(name: str) -> None:
    with pytest.raises(ParseError, match="blocked"):
        parse(page((RAW / name).read_bytes()))


def test_the_whole_corpus_is_read_within_bounds() -> None:
    body = page(corpus(*(row(n, f"H.{n} (V{n % 9}) (10/2000)") for n in range(20_000))))
    began = time.process_time()
    assert parse(body).count == 20_000
    assert time.process_time() - began < 5


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from((modern(), json.dumps(DETAIL).encode(), json.dumps(corpus(row(1, "A.1 (10/2000)"))).encode())),
    st.integers(0, 2500),
    st.integers(0, 60),
    st.binary(max_size=20),
)
def test_a_damaged_body_is_read_or_refused(body: bytes, at: int, cut: int, put: bytes) -> None:
    with suppress(ParseError):
        parsed = parse(page(body[:at] + put + body[at + cut :]))
        assert len({entry.key for entry in parsed.entries}) == parsed.count
