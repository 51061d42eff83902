"""The format `feed` on bodies of every kind, and on bodies that are none."""

import gzip
import json
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.entries import Entry, Kind
from bot.domain.errors import ParseError
from feeds.feed import parse
from feeds.page import Page, Parsed

GOLDEN = Path(__file__).parent / "golden" / "feed"
AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FRAME = '<rss version="2.0"><channel><title>T</title>%s</channel></rss>'


def read(body: bytes | str, headers: Mapping[str, str] | None = None, lang: str | None = None) -> Parsed:
    raw = body.encode() if isinstance(body, str) else body
    return parse(Page(body=raw, url="https://example.org/feed.xml", fetched_at=AT, headers=headers or {}, lang=lang))


def assert_one_sentence(refusal: ParseError) -> None:
    assert str(refusal).endswith(".")
    assert "\n" not in str(refusal)


def item(inside: str) -> Entry:
    (entry,) = read(FRAME % f"<item>{inside}</item>").entries
    return entry


def shown(parsed: Parsed) -> dict[str, Any]:
    def entry(one: Entry) -> dict[str, Any]:
        fields = {name: getattr(one, name) for name in ("key", "title", "link", "links", "text", "lang")}
        moments = {name: str(getattr(one, name)) for name in ("published", "updated") if getattr(one, name)}
        return {name: value for name, value in (fields | moments | dict(one.facts)).items() if value}

    about = {"title": parsed.title, "lang": parsed.lang, "every": str(parsed.every or ""), "notes": parsed.notes}
    return {**{k: v for k, v in about.items() if v}, "entries": [entry(one) for one in parsed.entries]}


@pytest.mark.parametrize("case", sorted(path.name for path in GOLDEN.iterdir()))
def test_a_golden_page_reads_as_expected(case: str) -> None:
    folder = GOLDEN / case
    (page,) = folder.glob("page.*")
    parsed = read(page.read_bytes())
    assert json.loads(json.dumps(shown(parsed))) == json.loads((folder / "expected.json").read_text())
    assert len({entry.key for entry in parsed.entries}) == len(parsed.entries) == parsed.count
    assert {entry.kind for entry in parsed.entries} == {Kind.NEWS}
    assert not parsed.complete


@pytest.mark.parametrize(
    "empty",
    [
        FRAME % "",
        '<feed xmlns="http://www.w3.org/2005/Atom"/>',
        '{"version": "https://jsonfeed.org/version/1", "title": "x", "items": []}',
        "<CHANNEL><TITLE>CDF</TITLE></CHANNEL>",
        "<!-- comment --><rss/>",
    ],
)
def test_a_feed_without_items_is_a_feed(empty: str) -> None:
    assert (read(empty).count, read(empty).entries) == (0, ())


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"\x00" * 100, "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04...", "ZIP"),
        (b"\x89PNG\r\n", "PNG"),
        (b"<!DOCTYPE html><html><body>news</body></html>", "HTML page"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "HTML page"),
        (b"<html><title>Just a moment...</title></html>", "blocks robots"),
        (b"<html><p>Request Rejected. Your support ID is 1</p></html>", "blocks robots"),
        (b"<opml version='1.0'><head><title>x</title></head><body/></opml>", "OPML"),
        (b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "sitemap"),
        (b"<note><to>you</to></note>", "<note>"),
        (b"Service temporarily unavailable", "without any XML"),
        (b'{"error": "rate limited"}', "not a JSON Feed"),
        (b'{"items": [1, 2]}', "not a JSON Feed"),
        (b"[1, 2", "begins like JSON"),
        (b"[" * 200_000, "nested"),
        (b'{"a": ' + b"9" * 5000 + b"}", "begins like JSON"),
        (bytes(range(256)) * 4, "not a feed"),
        (b"\x1f\x8b\x08" + b"rubbish", "damaged"),
        (gzip.compress(FRAME.encode(), mtime=0)[:-12], "breaks off"),
        (b"<rss version='2.0'><channel><title>cut off he", "breaks off"),
    ],
)
def test_a_body_that_is_no_feed_is_refused_in_one_sentence(body: bytes, says: str) -> None:
    with pytest.raises(ParseError) as refusal:
        read(body)
    assert says in str(refusal.value)
    assert str(refusal.value).endswith(".")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("codec", "bom", "declared"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "iso-8859-1"),
        ("utf-8", b"", "iso-8859-1"),
        ("utf-8", b"", "nonsense"),
        ("utf-8", b"", "utf-16"),
        ("cp1252", b"", "windows-1252"),
        ("cp1252", b"", "iso-8859-1"),
        ("cp1252", b"", "utf-8"),
        ("utf-16-le", b"\xff\xfe", "utf-16"),
        ("utf-16-be", b"\xfe\xff", "utf-8"),
        ("utf-16-le", b"", "utf-16"),
        ("utf-16-be", b"", "utf-16"),
        ("utf-32-le", b"\xff\xfe\x00\x00", "utf-32"),
        ("utf-32-be", b"", "utf-32"),
    ],
)
@pytest.mark.parametrize("before", ["", "\n  "])
def test_text_survives_a_mislabelled_encoding(codec: str, bom: bytes, declared: str, before: str) -> None:
    text = f"{before}<?xml version='1.0' encoding='{declared}'?>" + FRAME % "<item><title>Café “Zoë”</title></item>"
    (entry,) = read(bom + text.encode(codec)).entries
    assert entry.title == "Café “Zoë”"


@pytest.mark.parametrize(
    ("codec", "declared", "header", "text"),
    [
        ("gb18030", "gb2312", "", "中兴通讯人脸识别"),
        ("big5", "big5", "", "人臉識別"),
        ("shift_jis", "Shift_JIS", "", "顔認証システム"),
        ("euc-kr", "euc-kr", "", "안면 인식"),
        ("koi8-r", "koi8-r", "", "распознавание лиц"),
        ("cp1251", "utf-8", "text/xml; charset=windows-1251", "распознавание лиц"),
        ("cp1251", "windows-1251", "text/xml; charset=iso-8859-1", "распознавание лиц"),
        ("utf-8", "", "text/xml; charset=us-ascii", "распознавание лиц"),
        ("utf-8", "gb2312", "", "中兴通讯的人脸识别系统"),
        ("iso2022_jp", "iso-2022-jp", "", "顔認証"),
    ],
)
def test_the_best_evidence_for_the_encoding_wins(codec: str, declared: str, header: str, text: str) -> None:
    declaration = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    body = (declaration + FRAME % f"<item><title>{text}</title></item>").encode(codec)
    assert read(body, {"content-type": header}).entries[0].title == text


def test_an_unlabelled_legacy_encoding_follows_the_language_of_the_source() -> None:
    body = (FRAME % "<item><title>監視カメラと顔認証</title></item>").encode("shift_jis")
    assert read(body, lang="ja").entries[0].title == "監視カメラと顔認証"


def test_a_few_stray_bytes_do_not_spoil_utf_8() -> None:
    body = (FRAME % "<item><title>Zoë über Café, déjà vu – @</title></item>").encode().replace(b"@", b"\x93x\x94")
    assert read(body).entries[0].title == "Zoë über Café, déjà vu – “x”"


@pytest.mark.parametrize(
    "pack",
    [gzip.compress, zlib.compress, lambda body: gzip.compress(gzip.compress(body), mtime=0)],
    ids=["gzip", "zlib", "gzip in gzip"],
)
def test_a_body_still_compressed_is_unpacked(pack: Any) -> None:
    assert read(pack((FRAME % "<item><title>x</title></item>").encode())).count == 1


def test_a_dtd_with_a_harmless_entity_is_understood() -> None:
    (entry,) = read(
        '<!DOCTYPE rss [\n<!ENTITY site "tag:example.org">\n]>' + FRAME % "<item><guid>&site;,1</guid></item>"
    ).entries
    assert entry.key == "tag:example.org,1"


def test_html_entities_without_a_dtd_are_understood() -> None:
    assert item("<title>caf&eacute;&nbsp;&copy;</title>").title == "café ©"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("VoilÃ\xa0 Ã©tÃ©", "Voilà été"),
        ("itâ€™s", "it’s"),
        ("celui-là\xa0»", "celui-là »"),
        ("ÂME Ã", "ÂME Ã"),
    ],
)
def test_text_encoded_twice_is_decoded_twice_and_other_text_once(written: str, meant: str) -> None:
    assert item(f"<title>{written}</title>").title == meant


def test_an_unnamed_item_is_named_by_its_text_or_its_link() -> None:
    assert item("<description>&lt;p&gt;Hello&lt;/p&gt; world</description>").title == "Hello world"
    assert item("<link>https://example.org/x</link>").title == "https://example.org/x"
    assert len(item(f"<description>{'word ' * 100}</description>").title) <= 100


def test_an_id_that_is_an_address_serves_as_the_link_if_there_is_no_other() -> None:
    assert item("<guid>https://example.org/7</guid>").link == "https://example.org/7"
    assert item("<guid>7</guid>").link is None
    assert item("<guid>https://example.org/7</guid><link>/8</link>").link == "https://example.org/8"


def test_a_key_longer_than_512_characters_is_hashed_and_stays_distinct() -> None:
    long = "x" * 600
    parsed = read(FRAME % f"<item><guid>{long}a</guid></item><item><guid>{long}b</guid></item>")
    keys = [entry.key for entry in parsed.entries]
    assert len(set(keys)) == 2
    assert all(len(key) <= 512 for key in keys)
    assert all(len(str(entry.facts["guid"])) <= 512 for entry in parsed.entries)


def test_the_link_of_one_item_is_not_the_id_of_another() -> None:
    parsed = read(FRAME % "<item><guid>https://e.org/1</guid></item><item><link>https://e.org/1</link></item>")
    assert len({entry.key for entry in parsed.entries}) == 2


def test_the_key_is_the_same_when_only_the_order_changes() -> None:
    items = [
        f"<item><title>{n}</title><link>https://e.org/{n // 2}</link><guid>{n // 3}</guid></item>" for n in range(9)
    ]
    one = {entry.title: entry.key for entry in read(FRAME % "".join(items)).entries}
    other = {entry.title: entry.key for entry in read(FRAME % "".join(reversed(items))).entries}
    assert one == other


@pytest.mark.parametrize(
    ("inside", "every"),
    [
        ("<ttl>60</ttl>", timedelta(hours=1)),
        ("<ttl>0</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("", None),
    ],
)
def test_a_feed_may_say_how_often_it_changes(inside: str, every: timedelta | None) -> None:
    assert read(FRAME % inside).every == every


def test_a_feed_that_is_not_well_formed_says_so() -> None:
    assert read(FRAME % "<item><title>Fish & chips</title></item>").notes
    assert not read(FRAME % "<item><title>Fish &amp; chips</title></item>").notes


MARKUP = st.sampled_from(
    [
        "<item>",
        "</item>",
        "<title>",
        "</title>",
        "<guid>",
        "</guid>",
        "<link>",
        "</link>",
        "<description>",
        "&",
        ";",
        "</description>",
        "<![CDATA[",
        "]]>",
        "&lt;p&gt;",
        "&#1;",
        "&#xD800;",
        "x",
        "https://e.org/1",
        "<rss>",
        "<a b='",
        "<entry>",
        "<content type='xhtml'>",
        "<pubDate>",
        "2026-13-01",
        "<source url='x'>",
        "<image>",
        "<svg>",
        "\x00",
    ]
)


@settings(deadline=None, max_examples=200)
@given(st.lists(MARKUP, max_size=40).map("".join), st.booleans())
def test_whatever_arrives_is_read_or_refused(inside: str, framed: bool) -> None:  # noqa: FBT001
    try:
        parsed = read(FRAME % inside if framed else inside)
    except ParseError as refusal:
        assert_one_sentence(refusal)
        return
    assert len({entry.key for entry in parsed.entries}) == len(parsed.entries)
    for entry in parsed.entries:
        assert 0 < len(entry.key) <= 512
        assert len(entry.title) <= 500
        assert entry.link is None or entry.link.startswith(("http://", "https://", "mailto:"))
        json.dumps(shown(parsed)).encode()


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=300), st.sampled_from([b"", b"<rss>", b"{", b"\xff\xfe", b"\x1f\x8b", b"\x78\x9c"]))
def test_random_bytes_never_break_the_parser(body: bytes, start: bytes) -> None:
    try:
        read(start + body)
    except ParseError as refusal:
        assert_one_sentence(refusal)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_golden_page_cut_anywhere_is_read_or_refused(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(sorted(path.name for path in GOLDEN.iterdir())))
    (page,) = (GOLDEN / case).glob("page.*")
    body = page.read_bytes()
    try:
        read(body[: data.draw(st.integers(0, len(body)))])
    except ParseError as refusal:
        assert_one_sentence(refusal)
