"""ITU's documents: index XML and HTML lists."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.entries import Kind
from bot.domain.errors import ParseError
from feeds import formats
from feeds.itu_documents import parse
from feeds.page import Page

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples" / "itu"
LIST = "https://www.itu.int/md/meetingdoc.asp?lang=en&parent=T25-SG17-260601-TD&PageLB=0"
CONTRIBUTIONS = "https://www.itu.int/md/meetingdoc.asp?lang=en&parent=T25-SG17-260601-C&question=QALL/17"


def page(body: bytes, url: str = "https://itu.example/list", **headers: str) -> Page:
    given_headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(body=body, url=url, fetched_at=datetime(2026, 6, 1, tzinfo=UTC), headers=given_headers)


def folder(name: str, title: str = "A title", source: str = "China Telecom", more: str = "") -> str:
    return (
        f"<folder><subgroup/><object_name>{name}</object_name><main_source>{source}</main_source>"
        f"<reception_date>2026-05-19</reception_date><meeting_name>T25-SG17-260601</meeting_name>"
        f"<ltitle_e>{title}</ltitle_e><abstract_e/>"
        f"<study_questions><rvalue>Q7/17</rvalue><rvalue>Q10/17</rvalue></study_questions>{more}</folder>"
    )


def index(*folders: str) -> bytes:
    listed = "".join(folders)
    return (
        "<?xml version='1.0' encoding='utf-8'?><page_content><page_param><doc_type>C</doc_type></page_param>"
        "<group_desc><friendly_name>SG17</friendly_name><ltitle_e>Security</ltitle_e></group_desc>"
        f"<folder_list>{listed}</folder_list></page_content>"
    ).encode()


def html_list(*rows: str, encoding: str = "utf-8") -> bytes:
    head = "".join(f"<td><strong>{name}</strong></td>" for name in ("Number", "Title", "Source", "AI/Question"))
    return (
        f"<html><head><title>Documents</title></head><body><table><tr><td>menu</td></tr></table>"
        f"<table><tr><td colspan=6>Results 1 - 40</td></tr><tr><td>&nbsp;</td>{head}<td>&nbsp;</td></tr>"
        f"{''.join(rows)}<tr><td colspan=6>Next page</td></tr></table></body></html>"
    ).encode(encoding)


def row(number: str, title: str, sources: str, questions: str = "<a href='?q'>Q7/17</a>") -> str:
    cells = "".join(f"<td>{cell}</td>" for cell in (number, title, sources, questions, ""))
    return f"<tr><td><input type=checkbox></td>{cells}</tr>"


def test_an_index_gives_each_document_with_all_that_it_says() -> None:
    parsed = formats.parse("itu-documents", page(index(folder("T25-SG17-C-0548", "Proposal for X.vide"))))
    (entry,) = parsed.entries
    assert (parsed.count, parsed.complete, parsed.title) == (1, True, "SG17 Security")
    assert (entry.key, entry.kind, entry.title, entry.group) == (
        "T25-SG17-C-0548",
        Kind.DOCUMENT,
        "Proposal for X.vide",
        "SG17",
    )
    assert entry.link == "https://www.itu.int/md/T25-SG17-C-0548/en"
    assert entry.published == datetime(2026, 5, 19, tzinfo=UTC)
    assert entry.facts == {
        "body": "ITU-T",
        "type": "contribution",
        "number": "C 548",
        "source": "China Telecom",
        "companies": ("China Telecom",),
        "question": ("Q7/17", "Q10/17"),
        "meeting": "T25-SG17-260601",
        "received": "2026-05-19",
    }


@pytest.mark.parametrize(
    ("title", "facts"),
    [
        ("LS/i on biometrics [from SG11]", {"purpose": "liaison in", "liaison_from": "SG11"}),
        ("LS/o/r on faces [to ISO/IEC JTC 1/SC 37]", {"purpose": "liaison out", "liaison_to": "ISO/IEC JTC 1/SC 37"}),
        ("Consent - X.bvm: Requirements", {"purpose": "consent", "work_item": "X.bvm"}),
        (
            "Determination - X.1234 (X.acr): A title",
            {"purpose": "determination", "recommendation": "X.1234", "work_item": "X.acr"},
        ),
        ("Agreement - XSTR.foo: A report", {"purpose": "agreement", "work_item": "XSTR.foo"}),
        ("Output - new work item X.5Gsec-q: Title", {"purpose": "new work item", "work_item": "X.5Gsec-q"}),
        ("Draft agenda of Question 7/17", {"purpose": "agenda"}),
        ("Report of Q7/17 Rapporteur Group Meeting (e-meeting)", {"purpose": "meeting report"}),
        ("Time plan of the meeting", {"purpose": "time plan"}),
        ("Updated baseline text E.800: Terms", {"purpose": "base text", "recommendation": "E.800"}),
        ("Consensus on nothing", {}),
    ],
)
def test_the_grammar_of_titles_is_read(title: str, facts: dict[str, str]) -> None:
    (entry,) = parse(page(index(folder("T25-SG17-260601-TD-PLEN-0295", title)))).entries
    said = {
        name: entry.facts[name]
        for name in ("purpose", "work_item", "recommendation", "liaison_from", "liaison_to")
        if name in entry.facts
    }
    assert said == facts
    assert (entry.facts["type"], entry.facts["number"]) == ("temporary document", "TD 295-PLEN")


@pytest.mark.parametrize(
    ("source", "companies"),
    [
        ("Editors E.800", ()),
        ("Rapporteur Q9/12", ()),
        ("TSB", ()),
        ("ITU-T SG11", ()),
        ("Korea (Rep. of)", ("Korea (Rep. of)",)),
        ("Zhejiang Dahua Technology Co., Ltd., ZTE", ("Zhejiang Dahua Technology Co., Ltd.", "ZTE")),
        ("China Telecom; ZTE Corporation", ("China Telecom", "ZTE Corporation")),
    ],
)
def test_companies_are_the_sources_that_are_members(source: str, companies: tuple[str, ...]) -> None:
    (entry,) = parse(page(index(folder("T25-SG17-C-0548", source=source)))).entries
    assert entry.facts.get("companies", ()) == companies
    assert entry.facts["source"]


def test_a_revision_is_the_same_document_and_the_latest_counts() -> None:
    parsed = parse(
        page(index(folder("T17-SG13-C-0971", "Old"), folder("T17-SG13-C-0971R2", "New"), folder("T17-SG13-C-0970")))
    )
    assert [(entry.key, entry.title, entry.facts.get("revision")) for entry in parsed.entries] == [
        ("T17-SG13-C-0971", "New", "2"),
        ("T17-SG13-C-0970", "A title", None),
    ]


def test_a_folder_that_is_no_document_is_noted_and_the_index_is_then_not_complete() -> None:
    parsed = parse(page(index(folder("T25-SG17-C-0548"), folder("something"))))
    assert (parsed.count, parsed.complete) == (1, False)
    assert "Folder 2" in parsed.notes[0]


def test_bare_ampersands_are_mended_and_the_prologs_encoding_counts() -> None:
    body = index(folder("T25-SG17-C-0548", "Vidéosurveillance", "AT&T, Inc.")).decode().replace("utf-8", "iso-8859-1")
    (entry,) = parse(page(body.encode("iso-8859-1"))).entries
    assert (entry.title, entry.facts["companies"]) == ("Vidéosurveillance", ("AT&T, Inc.",))


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("leaked")
    outside = f'<!DOCTYPE d [<!ENTITY a SYSTEM "{secret.as_uri()}">]><page_content><x>&a;</x></page_content>'
    with pytest.raises(ParseError, match="entities"):
        parse(page(outside.encode()))


def test_an_empty_index_holds_nothing_and_is_no_error() -> None:
    parsed = parse(page(index()))
    assert (parsed.entries, parsed.count, parsed.complete) == ((), 0, True)


@pytest.mark.parametrize("field", ["object_name", "ltitle_e", "main_source", "reception_date", "folder_list"])
def test_a_field_that_is_gone_from_the_index_is_a_changed_shape(field: str) -> None:
    with pytest.raises(ParseError, match="shape changed"):
        parse(page(index(folder("T25-SG17-C-0548")).replace(field.encode(), b"renamed")))


def test_a_list_gives_numbers_titles_all_sources_and_questions() -> None:
    body = html_list(
        row(
            "<a href='meetingdoc.asp?lang=en&amp;parent=T25-SG17-260601-TD-PLEN-0292'><strong>[ 292-PLEN ]</strong></a>"
            "<font>(Rev.1-2)</font>",
            "LS/i on faces\r<br>[from SG11]",
            "<a href='?a'>China Telecom</a>, <a href='?b'>Dahua Co., Ltd.</a>",
            "<a href='?q'>Q7/17</a>, <a href='?r'>QALL/17</a>",
        ),
        row("<a>[ 293-GEN ]</a>", "Not uploaded yet", "<a href='?t'>Rapporteur Q7/17</a>"),
    )
    parsed = parse(page(body, LIST))
    assert (parsed.count, parsed.complete, parsed.title) == (2, False, "T25-SG17-260601-TD")
    first, second = parsed.entries
    assert (first.key, first.title) == ("T25-SG17-260601-TD-PLEN-0292", "LS/i on faces [from SG11]")
    assert first.facts["companies"] == ("China Telecom", "Dahua Co., Ltd.")
    assert first.facts["question"] == ("Q7/17", "QALL/17")
    assert (first.facts["revision"], first.facts["liaison_from"]) == ("2", "SG11")
    assert (second.key, second.facts["meeting"]) == ("T25-SG17-260601-TD-GEN-0293", "T25-SG17-260601")
    assert "companies" not in second.facts


def test_contributions_are_numbered_through_the_study_period() -> None:
    body = html_list(row("<strong>[ 548 ]</strong>", "A proposal", "<a href='?s'>KT</a>"))
    (entry,) = parse(page(body, CONTRIBUTIONS)).entries
    assert (entry.key, entry.facts["meeting"]) == ("T25-SG17-C-0548", "T25-SG17-260601")


def test_the_list_is_known_by_its_own_links_where_its_address_does_not_tell() -> None:
    body = html_list(row("<strong>[ 548 ]</strong>", "A proposal", "<a href='?s'>KT</a>")).replace(
        b"menu", b"<a href='meetingdoc.asp?lang=en&amp;parent=T25-SG17-260601-C&amp;source=KT'>KT</a>"
    )
    assert [entry.key for entry in parse(page(body)).entries] == ["T25-SG17-C-0548"]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1252"])
def test_the_encoding_of_old_pages_is_recognised(encoding: str) -> None:
    number = "<a href='/md/T25-SG17-C-0548/en'><strong>[ 548 ]</strong></a>"
    body = html_list(row(number, "Vidéosurveillance à Genève", "<a href='?s'>Société Générale</a>"), encoding=encoding)
    declared = body.replace(b"<head>", b"<head><meta http-equiv=Content-Type content='text/html; charset=iso-8859-1'>")
    for sent in (page(body, content_type=f"text/html; charset={encoding}"), page(declared), page(body)):
        (entry,) = parse(sent).entries
        assert (entry.title, entry.facts["source"]) == ("Vidéosurveillance à Genève", "Société Générale")


def test_a_list_without_its_headings_is_a_changed_shape() -> None:
    with pytest.raises(ParseError, match="shape changed"):
        parse(page(html_list().replace(b"Number", b"Identifier"), LIST))


def test_rows_that_no_longer_name_a_document_are_a_changed_shape() -> None:
    with pytest.raises(ParseError, match="shape changed"):
        parse(page(html_list(row("<a href='#'>Item 12 of 40</a>", "A title", "KT")), "https://itu.example/"))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "blocked"),
        (b"\r\n ", "blocked"),
        (b"<!DOCTYPE html><html><head><title>Request Rejected</title></head><body>x</body></html>", "blocked"),
        (b"<head><title>Object moved</title></head><body><a href='/notfound.aspx'>here</a></body>", "blocked"),
        (index(folder("T25-SG17-C-0548"), folder("T25-SG17-C-0549"))[:-60], "cut short"),
        (b'{"Total": 3}', "JSON"),
        (b"Service unavailable", "plain text"),
        (b"<dataroot/>", "shape changed"),
    ],
)
def test_a_body_that_is_no_list_is_refused_and_a_block_is_called_one(body: bytes, why: str) -> None:
    with pytest.raises(ParseError, match=why):
        parse(page(body))


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not here")
def test_the_real_index_is_read_without_a_note() -> None:
    parsed = parse(page((SAMPLES / "itu-sync" / "T25-SG12-250909-TD.xml").read_bytes()))
    assert [(entry.key, entry.facts["source"], entry.facts["received"]) for entry in parsed.entries] == [
        ("T25-SG12-250909-TD-GEN-0292", "Editors E.800", "2025-09-05"),
        ("T25-SG12-250909-TD-GEN-0291", "Editors G.1000", "2025-09-05"),
        ("T25-SG12-250909-TD-GEN-0290", "Rapporteur Q9/12", "2025-09-04"),
    ]
    assert {entry.facts["meeting"] for entry in parsed.entries} == {"T25-SG12-250909"}
    assert parsed.entries[2].facts["question"] == ("Q9/12",)
    assert parsed.notes == ()
    assert parsed.complete


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not here")
@pytest.mark.parametrize("name", ["notfound_aspx_softblock.html", "pub_softblock_302.html"])
def test_the_real_block_pages_are_blocks(name: str) -> None:
    with pytest.raises(ParseError, match="blocked"):
        parse(page((SAMPLES / "raw" / name).read_bytes()))


GOOD = (
    index(folder("T25-SG17-C-0548", "Consent - X.bvm: T"), folder("T25-SG17-C-0549R1")),
    html_list(row("<a href='/md/T25-SG17-C-0548/en'>[ 548 ]</a>", "LS/i [from SG11]", "<a>KT</a>")),
)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(GOOD), st.integers(0, 900), st.integers(0, 40), st.binary(max_size=20))
def test_a_damaged_body_is_read_or_refused(body: bytes, at: int, cut: int, put: bytes) -> None:
    damaged = body[:at] + put + body[at + cut :]
    with suppress(ParseError):
        parsed = parse(page(damaged, LIST))
        assert len({entry.key for entry in parsed.entries}) == parsed.count
