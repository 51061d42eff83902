"""Lists of the work programme: tabular view, list view, CSV."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.entries import Kind
from bot.domain.errors import ParseError
from feeds import formats
from feeds.itu_work_items import parse
from feeds.page import Page

URL = "https://www.itu.int/ITU-T/workprog/wp_search.aspx?sg=21&q=7&isn_sp=9677&details=1&view=tab&field=ahjgoflki"
TABULAR = "ctl00_ContentPlaceHolder1_TabContainer1_tab_tabular_view_gd_wp_tabular"
LISTED = "ctl00_ContentPlaceHolder1_TabContainer1_tab_list_view_gd_wp_ct"
HEADS = (
    "Work item",
    "Version",
    "Subject/Title",
    "Approval process",
    "Priority",
    "Timing",
    "Editor(s)",
    "Base text(s)",
    "Liaison relationship",
)


def page(body: bytes, url: str = URL, **headers: str) -> Page:
    given_headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(body=body, url=url, fetched_at=datetime(2026, 6, 1, tzinfo=UTC), headers=given_headers)


def tabular(*items: tuple[int, str, str], heads: bool = True) -> bytes:
    """Rebuild the tabular view with field=ahjgoflki."""
    head = "<tr>" + "".join(f"<th scope='col'>{name}</th>" for name in HEADS) + "</tr>" if heads else ""
    rows = "".join(
        f"<tr><td><a href='wp_item.aspx?isn={isn}' title='See more details'>{name}</a></td><td><div>New</div></td>"
        f"<td>{title}</td><td><div>AAP</div></td><td><div>Medium</div></td><td><div><nobr>2026-Q3</nobr></div></td>"
        "<td><a href='mailto:jason(AT)example.org'>Jason KIM</a>, <a href='mailto:x(AT)y.z'>Eun PARK</a></td>"
        "<td><a href='/md/T25-SG21-C-0012/en'>C12</a></td><td>ISO/IEC JTC 1/SC 27, SG17</td></tr>"
        for isn, name, title in items
    )
    return (
        "<!DOCTYPE html><html><head><title>ITU-T Work Programme</title></head><body><form action='./wp_search.aspx'>"
        f"<table><tr><td>Filter</td></tr></table><table id='{TABULAR}'>{head}{rows}"
        "<tr><td colspan='9'><table><tr><td>1</td><td>2</td></tr></table></td></tr></table></form></body></html>"
    ).encode()


def list_view(*items: tuple[int, str, str], heads: bool = True) -> bytes:
    """Rebuild the list view: six spans a row."""
    names = ("Work Item", "Question", "Title", "Timing", "Group", "Period")
    head = "<tr>" + "".join(f"<th>{name}</th>" for name in names) + "</tr>" if heads else ""
    rows = ""
    for number, (isn, name, title) in enumerate(items, 2):
        link = f"<a href='http://www.itu.int/itu-t/workprog/wp_item.aspx?isn={isn}' title='See more'>{name}</a>"
        values = (link, "Q7/21", title, "2027", "SG21", "2025-2028")
        cells = (
            f"<td><span id='{LISTED}l{number:02}_lbl{place}'>{value}</span></td>" for place, value in enumerate(values)
        )
        rows += f"<tr>{''.join(cells)}</tr>"
    return f"<html><body><table>{head}{rows}</table></body></html>".encode()


CSV = (
    "ITU-T Work programme\r\nStudy period: 2025-2028\r\n\r\n"
    "Work Item;Question;Title;Timing;Group;Period;Version;Status\r\n"
    'F.MACVS;Q7/21;"Vidéo; requirements";2027;SG21;2025-2028;New;Under study\r\n'
    "X.1096 (ex X.bvm);Q10/17;Biometric variability;2025-12;SG17;2025-2028;New;Consented on 2025-12-11\r\n"
)
ITEMS = ((23653, "F.MACVS", "Agents for video surveillance"), (21763, "X.1096 (ex X.bvm)", "Biometric variability"))


@pytest.mark.parametrize("body", [tabular(*ITEMS), tabular(*ITEMS, heads=False)])
def test_the_tabular_view_gives_each_item_with_or_without_its_headings(body: bytes) -> None:
    parsed = formats.parse("itu-work-items", page(body))
    assert (parsed.count, parsed.notes) == (2, ())
    first, second = parsed.entries
    assert (first.key, first.kind, first.title) == ("isn 23653", Kind.WORK_ITEM, "Agents for video surveillance")
    assert (first.link, first.group) == ("https://www.itu.int/ITU-T/workprog/wp_item.aspx?isn=23653", "SG21")
    assert first.facts == {
        "body": "ITU-T",
        "number": "F.MACVS",
        "acronym": "F.MACVS",
        "isn": "23653",
        "question": "Q7/21",
        "editors": ("Jason KIM", "Eun PARK"),
        "references": ("C12",),
        "liaison": ("ISO/IEC JTC 1/SC 27", "SG17"),
        "timing": "2026-Q3",
        "priority": "Medium",
        "process": "AAP",
        "version": "New",
    }
    assert (second.facts["recommendation"], second.facts["acronym"]) == ("X.1096", "X.bvm")


@pytest.mark.parametrize("body", [list_view(*ITEMS), list_view(*ITEMS, heads=False)])
def test_the_list_view_gives_each_item_with_or_without_its_headings(body: bytes) -> None:
    first, second = parse(page(body)).entries
    assert (first.key, first.title, first.group) == ("isn 23653", "Agents for video surveillance", "SG21")
    assert {name: first.facts[name] for name in ("question", "timing", "study_period")} == {
        "question": "Q7/21",
        "timing": "2027",
        "study_period": "2025-2028",
    }
    assert second.key == "isn 21763"


def test_what_was_asked_for_gives_group_and_question_where_no_column_does() -> None:
    elsewhere = page(tabular(*ITEMS), "https://www.itu.int/ITU-T/workprog/wp_search.aspx?isn_sp=9677&field=ahjgoflki")
    assert [(entry.group, entry.facts.get("question")) for entry in parse(elsewhere).entries] == [(None, None)] * 2


def test_a_partial_answer_of_the_pager_is_read_too() -> None:
    body = b"1|#||4|9999|updatePanel|ctl00_ContentPlaceHolder1_panel|" + list_view(*ITEMS)[12:-14] + b"|8|hiddenField|"
    assert [entry.key for entry in parse(page(body)).entries] == ["isn 23653", "isn 21763"]


def test_links_to_the_new_application_give_the_number() -> None:
    body = tabular(*ITEMS).replace(b"wp_item.aspx?isn=", b"https://www.itu.int/myworkspace/t-wp/item?isn=")
    assert [entry.key for entry in parse(page(body)).entries] == ["isn 23653", "isn 21763"]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-8"])
def test_the_saved_list_is_read_below_its_preamble(encoding: str) -> None:
    parsed = parse(page(CSV.encode(encoding), content_type="text/csv"))
    first, second = parsed.entries
    assert (first.title, first.group, first.status) == ("Vidéo; requirements", "SG21", "under study")
    assert (second.facts["stage"], second.facts["stage_date"]) == ("consented", "2025-12-11")
    assert [entry.key for entry in parsed.entries] == ["work item F.MACVS", "work item X.bvm"]


def test_a_number_given_to_an_item_does_not_change_its_key_in_the_saved_list() -> None:
    before = CSV.replace("X.1096 (ex X.bvm)", "X.bvm")
    assert [entry.key for entry in parse(page(before.encode())).entries][1] == "work item X.bvm"


def test_items_of_one_name_keep_apart() -> None:
    twice = CSV + "F.MACVS;Q7/21;Another edition;2028;SG21;2025-2028;Rev.;Under study\r\n"
    assert [entry.key for entry in parse(page(twice.encode())).entries] == [
        "work item F.MACVS",
        "work item X.bvm",
        "work item F.MACVS#2",
    ]


@pytest.mark.parametrize(
    "body",
    [
        tabular(),
        list_view(),
        b"<html><body><form>No work item found for these criteria.</form></body></html>",
        b"Work Item;Question;Title;Timing;Group;Period;Version;Status\r\n",
    ],
)
def test_a_list_without_items_is_no_error(body: bytes) -> None:
    assert parse(page(body)).count == 0


@pytest.mark.parametrize(
    ("body", "url"),
    [
        (tabular(*ITEMS, heads=False), "https://www.itu.int/ITU-T/workprog/wp_search.aspx?sg=21"),
        (tabular(*ITEMS).replace(b"Subject/Title", b"Sujet"), "https://www.itu.int/x?field=ah"),
        (b"<html><body><div id='app'></div><p>MyWorkspace needs JavaScript</p></body></html>", URL),
        (CSV.replace("Work Item;Question;Title", "Work Item;Question;Name").encode(), URL),
    ],
)
def test_columns_that_are_gone_are_a_changed_shape(body: bytes, url: str) -> None:
    with pytest.raises(ParseError, match="shape changed"):
        parse(page(body, url))


@pytest.mark.parametrize(
    "body", [b"", b"<!DOCTYPE html><html><head><title>Request Rejected</title></head><body>x</body></html>"]
)
def test_a_block_is_called_one(body: bytes) -> None:
    with pytest.raises(ParseError, match="blocked"):
        parse(page(body))


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from((tabular(*ITEMS), list_view(*ITEMS), CSV.encode("iso-8859-1"))),
    st.integers(0, 1800),
    st.integers(0, 60),
    st.binary(max_size=20),
)
def test_a_damaged_list_is_read_or_refused(body: bytes, at: int, cut: int, put: bytes) -> None:
    with suppress(ParseError):
        parsed = parse(page(body[:at] + put + body[at + cut :]))
        assert len({entry.key for entry in parsed.entries}) == parsed.count
