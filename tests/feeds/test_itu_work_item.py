"""The page of a work item, in the layouts known."""

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
from feeds.itu_members import members, person
from feeds.itu_work_item import parse
from feeds.page import Page

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples" / "itu" / "pages" / "page_excerpts.jsonl"
URL = "https://www.itu.int/ITU-T/workprog/wp_item.aspx?isn=23653"
ID = "ctl00_ContentPlaceHolder1_rpt_main_ctl00_"
FIELDS = {
    "lbl_status": ("Work item", "F.MACVS"),
    "lbl_subject": ("Subject/title", "Requirements of agents for video surveillance"),
    "Label4": ("Status", "Under study [Issued from previous study period]"),
    "lbl_approval_process": ("Approval process", "AAP"),
    "lbl_type_of_work_item": ("Type of work item", "Recommendation"),
    "Label1": ("Version", "New"),
    "lbl_iso_number": ("Equivalent number", "-"),
    "lbl_timing": ("Timing", "2026-Q3 (Medium priority)"),
    "Label3": ("Liaison", "ISO/IEC JTC 1/SC 27/WG5"),
    "Label6": ("Supporting members", "China Telecom, Zhejiang Dahua Technology Co., Ltd., Zhejiang Lab"),
    "lbl_summary": ("Summary", "Video is everywhere.<br/>Status: not a status, only a line of the summary."),
    "lbl_comment": ("Comment", "-"),
    "lbl_first_registration_date": ("First registration in the WP", "2025-01-24 16:03:11"),
    "Label5": ("Last update", "2026-06-16 11:42:13"),
}


def page(body: bytes, url: str = URL) -> Page:
    return Page(body=body, url=url, fetched_at=datetime(2026, 6, 1, tzinfo=UTC))


def modern(fields: dict[str, tuple[str, str]] | None = None) -> bytes:
    """Rebuild the page as it is since 2013: every value in a span with an id."""
    rows = "".join(
        f"<tr><td><b>{label}:</b></td><td><span id='{ID}{name}'>{value}</span></td></tr>"
        for name, (label, value) in (fields or FIELDS).items()
    )
    return (
        "<!DOCTYPE html><html><head><title>ITU-T Work Programme</title></head><body><div>Menu</div>"
        f"<form action='./wp_item.aspx?isn=23653'><span id='{ID}lbl_full_path'>[2025-2028] : [SG21] : [Q7/21]</span>"
        f"<table>{rows}</table><table><tr><td>Reference(s):</td></tr>"
        f"<tr><td><span id='{ID}gd_base_text_active_ctl02_x'><a href='/md/T25-SG21-C-0012/en'>[C12]</a></span></td>"
        f"</tr><tr><td>Contact(s):</td></tr><tr><td><span id='{ID}gd_editor_ctl02_x'>Jason KIM, Editor "
        "<a href='mailto:jason(AT)example.org'>jason(AT)example.org</a></span></td></tr></table>"
        "<a href='https://www.itu.int/t/aap/recdetails/10009'>AAP</a> "
        "<a href='/ITU-T/recommendations/rec.aspx?rec=14659'>Publication</a></form></body></html>"
    ).encode()


def legacy(lines: list[str]) -> bytes:
    return ("<html><body><div>" + "<br>".join(lines) + "</div></body></html>").encode("iso-8859-1")


LEGACY = [
    "ITU-T work programme",
    "[2009-2012] : [SG17] : [Q9/17]",
    "Work item: X.1086 Amd.1",
    "Status: Approved on 2012-04-13 ",
    "Approval process: AAP",
    "Type of work item: Recommendation",
    "Version: New",
    "Provisional name: -",
    "Equivalent number: -",
    "Timing: -",
    "Liaison: -",
    "Subject/title: Multibiometric protection procédures",
    "Summary: It adds levels: sample and score.",
    "Comment: Work was discontinued on X.ttp2.",
    "Base text(s):",
    "[TD 2760 ]",
    "Inja Jun, Editor",
    "ITU-T A.5 reference(s):",
    "First registration in the WP: 2010-10-08 16:03:11",
    "Last update: 2012-04-16 11:42:13",
]


def only(body: bytes, url: str = URL) -> Entry:
    (entry,) = formats.parse("itu-work-item", page(body, url)).entries
    return entry


def test_a_page_with_ids_gives_everything() -> None:
    entry = only(modern())
    assert (entry.key, entry.kind, entry.group) == ("isn 23653", Kind.WORK_ITEM, "SG21")
    assert entry.title == "Requirements of agents for video surveillance"
    assert entry.status == "under study [issued from previous study period]"
    assert entry.text == "Video is everywhere.\nStatus: not a status, only a line of the summary."
    assert entry.published == datetime(2025, 1, 24, 15, 3, 11, tzinfo=UTC)
    assert entry.updated == datetime(2026, 6, 16, 9, 42, 13, tzinfo=UTC)
    supporters = ("China Telecom", "Zhejiang Dahua Technology Co., Ltd.", "Zhejiang Lab")
    assert entry.facts == {
        "body": "ITU-T",
        "number": "F.MACVS",
        "acronym": "F.MACVS",
        "isn": "23653",
        "question": "Q7/21",
        "study_period": "2025-2028",
        "supporters": supporters,
        "companies": supporters,
        "editors": ("Jason KIM",),
        "references": ("C12",),
        "liaison": ("ISO/IEC JTC 1/SC 27/WG5",),
        "aap": "10009",
        "idrec": "14659",
        "stage": "under study",
        "timing": "2026-Q3",
        "priority": "Medium",
        "process": "AAP",
        "type": "Recommendation",
        "version": "New",
    }


def test_the_older_layout_gives_what_it_says() -> None:
    entry = only(legacy(LEGACY), "https://www.itu.int/itu-t/workprog/wp_item.aspx?isn=7738")
    assert (entry.key, entry.group, entry.title) == ("isn 7738", "SG17", "Multibiometric protection procédures")
    assert entry.status == "approved on 2012-04-13"
    assert {name: entry.facts[name] for name in ("number", "stage", "stage_date", "editors", "references")} == {
        "number": "X.1086 Amd.1",
        "stage": "approved",
        "stage_date": "2012-04-13",
        "editors": ("Inja Jun",),
        "references": ("TD 2760",),
    }
    assert entry.facts["recommendation"] == "X.1086 Amd.1"
    assert "timing" not in entry.facts
    assert "companies" not in entry.facts


def test_the_acronym_is_kept_when_it_becomes_a_number() -> None:
    entry = only(modern(FIELDS | {"lbl_status": ("Work item", "X.1096 (ex X.bvm)")}))
    assert entry.key == "isn 23653"
    assert (entry.facts["number"], entry.facts["recommendation"], entry.facts["acronym"]) == (
        "X.1096 (ex X.bvm)",
        "X.1096",
        "X.bvm",
    )


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("Under study", "under study"),
        ("Under study [Issued from previous study period]", "under study"),
        ("Consented on 2025-12-11", "consented"),
        ("Determined on 2025-12-11", "determined"),
        ("Approved on 2012-04-13", "approved"),
        ("Agreed on 2012-04-13", "agreed"),
        ("Deleted on 2012-04-13", "deleted"),
        ("[Carried to next study period]", "carried over"),
        ("Under study [Carried to next study period]", "carried over"),
        ("Something new", None),
    ],
)
def test_the_stage_is_read_from_the_status(status: str, stage: str | None) -> None:
    assert only(modern(FIELDS | {"Label4": ("Status", status)})).facts.get("stage") == stage


@pytest.mark.parametrize("name", ["lbl_status", "lbl_subject", "Label4"])
def test_a_field_that_is_gone_is_a_changed_shape(name: str) -> None:
    fields = {key: value for key, value in FIELDS.items() if key not in {name, "lbl_summary"}}
    with pytest.raises(ParseError, match="shape changed"):
        parse(page(modern(fields)))


def test_ids_that_changed_are_made_up_for_by_labels_and_labels_by_ids() -> None:
    without_ids = modern({name: value for name, value in FIELDS.items() if name != "lbl_summary"}).replace(
        b"rpt_main", b"rpt_other"
    )
    without_labels = modern({name: ("?", value) for name, (_, value) in FIELDS.items()})
    for body in (without_ids, without_labels):
        entry = only(body)
        assert (entry.key, entry.facts["number"], entry.facts["stage"]) == ("isn 23653", "F.MACVS", "under study")
        assert len(entry.facts["supporters"]) == 3  # type: ignore[arg-type]


def test_members_on_lines_of_their_own_and_offices_beside_names_are_told_apart() -> None:
    fields = FIELDS | {"Label6": ("Supporting members", "China Telecom<br>ZTE,<br/>Zhejiang Lab")}
    body = modern(fields).replace(b"Jason KIM, Editor ", f"Jason KIM</span><span id='{ID}gd_editor_y'>Editor".encode())
    entry = only(body)
    assert entry.facts["supporters"] == ("China Telecom", "ZTE", "Zhejiang Lab")
    assert entry.facts["editors"] == ("Jason KIM",)


def test_the_number_is_taken_from_the_page_where_the_address_has_none() -> None:
    assert only(modern(), "https://example.org/saved.html").key == "isn 23653"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("-", ()),
        ("", ()),
        ("Korea (Rep. of), KISA", ("Korea (Rep. of)", "KISA")),
        ("Korea, Republic of, KISA", ("Korea, Republic of", "KISA")),
        ("Dahua Co.,Ltd,AT&T, Inc., Orange S.A., ZTE", ("Dahua Co., Ltd", "AT&T, Inc.", "Orange S.A.", "ZTE")),
        ("University (Beijing, China), NTT", ("University (Beijing, China)", "NTT")),
        ("Tencent; Ministry of Science, Technology", ("Tencent", "Ministry of Science, Technology")),
        ("Broken (bracket, ZTE", ("Broken (bracket", "ZTE")),
        ("China\u200b Telecom,\u00a0ZTE\u200b, ZTE", ("China Telecom", "ZTE")),
    ],
)
def test_members_are_told_apart_although_names_hold_commas(text: str, names: tuple[str, ...]) -> None:
    assert members(text) == names


@given(
    st.lists(
        st.sampled_from(["ZTE", "Zhejiang Dahua Technology Co., Ltd.", "Korea (Rep. of)", "AT&T, Inc.", "KT (A, B)"]),
        unique=True,
        max_size=5,
    )
)
@settings(deadline=None)
def test_a_list_of_members_is_split_as_it_was_joined(names: list[str]) -> None:
    assert members(", ".join(names)) == tuple(names)


def test_addresses_of_people_are_not_kept() -> None:
    assert [
        person(text) for text in ("Jason KIM, Editor", "Eunhee PARK (eh(AT)x.org)", "t.han(AT)x.org", "A B a@b.c")
    ] == [
        "Jason KIM",
        "Eunhee PARK",
        "",
        "A B",
    ]


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not here")
@pytest.mark.parametrize(
    ("number", "name", "group", "question", "facts"),
    [
        ("23653", "F.MACVS", "SG21", "Q7/21", {"stage": "under study", "timing": "2027", "process": "AAP"}),
        ("21726", "X.vide", "SG17", "Q7/17", {"stage": "under study", "timing": "2026-Q3", "process": "AAP"}),
        ("7738", "X.1086 Amd.1", "SG17", "Q9/17", {"stage": "approved", "stage_date": "2012-04-13"}),
        ("7383", "X.1091 (ex X.gep)", None, None, {"stage": "approved", "acronym": "X.gep"}),
    ],
)
def test_the_texts_of_real_pages_are_read(
    number: str, name: str, group: str | None, question: str | None, facts: dict[str, str]
) -> None:
    records = [json.loads(record) for record in SAMPLES.read_text("utf-8").splitlines()]
    (real,) = [record for record in records if record["url"].endswith(f"={number}")]
    body = "<html><body><p>" + "<br>".join(real["text"].split("\n")) + "</p></body></html>"
    if "isn_task" in real["url"]:  # its text has cells and rows as bars
        body = body.replace("<br>|<br>|<br>", "</td></tr><tr><td>").replace("<br>|<br>", "</td><td>")
        body = body.replace("<p>", "<table><tr><td>").replace("</p>", "</td></tr></table>")
    entry = only(body.encode(), real["url"])
    assert (entry.key, entry.facts["number"], entry.group) == (f"isn {number}", name, group)
    assert entry.facts.get("question") == question
    assert {key: entry.facts[key] for key in facts} == facts
    if number == "23653":
        assert entry.facts["supporters"] == (
            "State Grid Corporation of China",
            "China Telecom",
            "Zhejiang Dahua Technology Co., Ltd.",
            "Zhejiang Lab",
        )


@settings(deadline=None, max_examples=60)
@given(st.sampled_from((modern(), legacy(LEGACY))), st.integers(0, 2500), st.integers(0, 60), st.binary(max_size=20))
def test_a_damaged_page_is_read_or_refused(body: bytes, at: int, cut: int, put: bytes) -> None:
    with suppress(ParseError):
        assert parse(page(body[:at] + put + body[at + cut :])).count == 1
