"""What the feeds of many years do besides the specifications: small bodies, one oddity each."""

from datetime import UTC, datetime

import pytest

from bot.domain.entries import Entry
from bot.domain.errors import ParseError
from feeds.dates import instant
from feeds.feed import parse
from feeds.page import Page, Parsed
from feeds.text import paragraphs

RSS = '<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel>%s</channel></rss>'


def read(body: str, **headers: str) -> Parsed:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return parse(Page(body=body.encode(), url="https://example.org/feeds/a.xml", fetched_at=at, headers=named))


def item(inside: str) -> Entry:
    (entry,) = read(RSS % f"<item>{inside}</item>").entries
    return entry


@pytest.mark.parametrize(
    "image",
    [
        "<image><title>A cloud</title></image>",
        '<author xmlns="http://www.w3.org/2005/Atom"><title>Editor</title></author>',
    ],
)
def test_the_title_of_an_image_or_author_is_not_that_of_the_item(image: str) -> None:
    assert item(f"<title>Lamps &amp;amp; posts</title>{image}").title == "Lamps & posts"
    assert item(f"{image}<title>Lamps</title>").title == "Lamps"


def test_the_caption_of_a_picture_is_not_the_text_of_the_item() -> None:
    caption = "<media:description>A lamp</media:description>"
    media = f'<media:content xmlns:media="http://search.yahoo.com/mrss/" url="a.png">{caption}</media:content>'
    text = "&lt;p&gt;The council met.&lt;/p&gt;"
    assert item(f"<description>{text}</description>{media}").text == "The council met."


def test_a_link_with_an_at_uri_beside_it_is_the_link() -> None:
    entry = item('<link uri="at://did:plc:x/app.bsky.feed.post/y">https://example.org/1</link>')
    assert entry.link == "https://example.org/1"


def test_the_address_before_feedburner_is_the_link_and_its_own_is_among_the_others() -> None:
    entry = item(
        "<link>https://feeds.example.com/~r/1</link><feedburner:origLink> https://example.org/1 </feedburner:origLink>"
    )
    assert (entry.link, entry.links) == ("https://example.org/1", ("https://feeds.example.com/~r/1",))


def test_a_feed_inside_an_html_page_is_read() -> None:
    feed = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>tag:a</id><title>Lamps</title></entry></feed>'
    parsed = read(f'<?xml version="1.0"?><!DOCTYPE html><html><body>\n{feed}\n</body></html>')
    assert [(entry.key, entry.title) for entry in parsed.entries] == [("tag:a", "Lamps")]
    assert parsed.notes == ()


def test_an_html_page_with_licence_metadata_is_still_no_feed() -> None:
    with pytest.raises(ParseError, match="HTML page"):
        read('<html><!-- <rdf:RDF xmlns="http://web.resource.org/cc/"></rdf:RDF> --><body><rss></body></html>')


def test_json_with_items_made_like_those_of_a_json_feed_is_one() -> None:
    assert read('{"version": "1.0", "items": [{"content_text": "Lamps"}]}').entries[0].text == "Lamps"
    with pytest.raises(ParseError, match="perhaps the address is that of an API"):
        read('{"items": [{"name": "Lamps"}]}')


def test_a_relative_permalink_is_known_by_its_address_and_by_itself() -> None:
    entry = item('<guid isPermaLink="true">7bd2</guid>')
    assert (entry.key, entry.facts["guid"]) == ("https://example.org/feeds/7bd2", "7bd2")


def test_the_language_comes_from_the_item_then_the_feed_then_the_server() -> None:
    assert read(RSS % "<item><title>a</title></item>", content_language="fr").lang == "fr"
    assert read(RSS % "<language>de</language>", content_language="fr").lang == "de"
    assert item('<title>a</title><description xml:lang="en">b</description>').lang == "en"
    assert read(RSS % "", content_language="fr, de").lang is None


def test_a_subtitle_is_the_text_where_there_is_no_other() -> None:
    subtitle = '<itunes:subtitle xmlns:itunes="http://www.itunes.com/DTDs/Podcast-1.0.dtd">On lamps</itunes:subtitle>'
    assert item(f"<title>a</title>{subtitle}").text == "On lamps"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<!-- never closed >b", "ab"),
        ("a<!-- closed > -->b<!-- not >c", "abc"),
        ("<object data='x.swf'><p>What was said</p></object>", "What was said"),
        ("<math><mi>a</mi><mo>+</mo><mi>b</mi><annotation>a+b</annotation></math>", "a+b"),
    ],
)
def test_nothing_that_a_reader_may_need_is_dropped_from_html(html: str, text: str) -> None:
    assert paragraphs(html) == text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("1520932969", datetime(2018, 3, 13, 9, 22, 49, tzinfo=UTC)),
        ("1520932969000", datetime(2018, 3, 13, 9, 22, 49, tzinfo=UTC)),
        ("2020-11-08T16:20:00-05:00Z", datetime(2020, 11, 8, 21, 20, tzinfo=UTC)),
        ("Sat, 11 04 2020 08:51:49 +0100", datetime(2020, 4, 11, 7, 51, 49, tzinfo=UTC)),
        ("01.31.2012", datetime(2012, 1, 31, tzinfo=UTC)),
    ],
)
def test_dates_of_servers_that_follow_no_rule(raw: str, expected: datetime) -> None:
    assert instant(raw) == expected


UNFORESEEN = [
    "links",
    "authors",
    "contributors",
    "title_detail",
    "summary_detail",
    "author_detail",
    "width",
    "where",
    "permalink",
]


@pytest.mark.parametrize("name", UNFORESEEN)
@pytest.mark.parametrize("form", ["<%s>x</%s>", "<%s a='b'>x</%s>", "<%s/>", "<%s><name>q</name><link>/q</link></%s>"])
@pytest.mark.parametrize("text", ["Hello", "Hello &nope;"])
def test_an_element_of_no_meaning_changes_nothing(name: str, form: str, text: str) -> None:
    odd = form.replace("%s", name)
    told = f"<guid>1</guid><title>Lamps</title><link>https://e.example/1</link><author>Ann</author>{text}"
    for inside in (odd + told, told + odd):
        (entry,) = read(RSS % f"{odd}<item>{inside}</item>").entries
        assert (entry.key, entry.title, entry.link) == ("1", "Lamps", "https://e.example/1")
        assert entry.facts.get("authors") == ("Ann",)


def test_the_address_of_an_author_is_not_that_of_the_item() -> None:
    author = "<author><name>Ann</name><link href='https://e.example/ann'/></author>"
    link = '<link href="https://e.example/1"/>'
    for inside in (author + link, link + author):
        (entry,) = read(f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{inside}</entry></feed>').entries
        assert entry.link == "https://e.example/1"


def test_an_item_without_a_link_has_that_of_its_page_or_player() -> None:
    page = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="https://e.example/deep" href="/1"/>'
    assert item(page).link == "https://example.org/1"
    player = '<media:player xmlns:media="http://search.yahoo.com/mrss/" url="/play"/>'
    assert item(player).link == "https://example.org/play"
    assert item(player + "<link>/1</link>").link == "https://example.org/1"


def test_the_authors_of_the_source_go_before_those_of_the_feed() -> None:
    (entry,) = read(
        '<feed xmlns="http://www.w3.org/2005/Atom"><author><name>Feed</name></author><entry><title>a</title>'
        "<source><author><name>Source</name></author></source></entry></feed>"
    ).entries
    assert entry.facts["authors"] == ("Source",)


def test_json_authors_may_be_one_object() -> None:
    feed = '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "authors": {"name": "Ann"}}]}'
    assert read(feed).entries[0].facts["authors"] == ("Ann",)


def test_more_broken_markup_than_can_be_read_in_seconds_is_refused_at_once() -> None:
    with pytest.raises(ParseError, match="too large to be read"):
        read(RSS % ("<item><description>&nope;" + "<b>x</b>" * 60_000))


def test_a_caption_is_the_text_only_where_there_is_no_other() -> None:
    words = "Lamps &lt;b&gt;at&lt;/b&gt; night"
    media = f'<media:description xmlns:media="http://search.yahoo.com/mrss/">{words}</media:description>'
    assert item(f"<title>a</title>{media}").text == "Lamps at night"
    assert item(f"<title>a</title>{media}<description>Dark</description>").text == "Dark"
    assert item(f"<title>a</title><description>Dark</description>{media}").text == "Dark"
