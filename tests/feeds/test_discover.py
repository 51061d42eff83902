"""What a person typed, and what it turns out to hold."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.domain.errors import FetchError, ParseError
from feeds.discover import REQUESTS, address, links
from feeds.settings import FetchSettings
from feeds.source import SourceReader, open_sources
from tests.feeds.conftest import FakeClock, Serve, Site
from tests.feeds.test_pool import MEETINGS

ITEMS = "".join(f"<item><guid>{n}</guid><title>News {n}</title><link>https://e.org/{n}</link></item>" for n in range(9))
RSS = f'<rss version="2.0"><channel><title>Example news</title><language>en</language>{ITEMS}</channel></rss>'
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><id>a</id><title>Example atom</title><updated>2026-01-01T00:00:00Z'
    "</updated><entry><id>1</id><title>One</title><updated>2026-01-01T00:00:00Z</updated></entry></feed>"
)
ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nX-WR-CALNAME:Example calendar\r\nBEGIN:VEVENT\r\nUID:1\r\n"
    "DTSTART;VALUE=DATE:20260601\r\nSUMMARY:Plenary\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
HTML = "<!DOCTYPE html><html><head><title>Example</title>{head}</head><body>{body}</body></html>"

Pages = dict[str, str | bytes | int]


def html(head: str = "", body: str = "") -> str:
    return HTML.format(head=head, body=body)


async def host(serve: Serve, pages: Pages) -> Site:
    """Serve pages by path (a number is a status)."""

    async def handler(request: web.Request) -> web.Response:
        page = pages.get(request.path, 404)
        if isinstance(page, int):
            return web.Response(status=page)
        body = page.encode() if isinstance(page, str) else page
        kind = "text/html" if body.startswith(b"<!DOCTYPE") else "application/octet-stream"
        return web.Response(body=body, content_type=kind)

    return await serve(handler)


@pytest.fixture
async def reader(clock: FakeClock, settings: FetchSettings) -> AsyncIterator[SourceReader]:
    async with open_sources(settings, clock) as opened:
        yield opened


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("example.org", "https://example.org"),
        (" example.org/feed ", "https://example.org/feed"),
        ("example.org:8443/feed", "https://example.org:8443/feed"),
        ("//example.org", "https://example.org"),
        ("<https://example.org/a>", "https://example.org/a"),
        ("http://example.org", "http://example.org"),
        ("webcal://example.org/c.ics", "https://example.org/c.ics"),
        ("webcals://example.org/c.ics", "https://example.org/c.ics"),
        ("feed://example.org/rss", "https://example.org/rss"),
        ("feed:https://example.org/rss", "https://example.org/rss"),
        ("FEED:http://example.org/rss", "http://example.org/rss"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_a_typed_address_is_read_as_it_was_meant(typed: str, meant: str) -> None:
    assert address(typed) == meant


@given(st.text(max_size=60))
@hypothesis_settings(deadline=None)
def test_any_text_is_read_as_some_address(typed: str) -> None:
    assert ":" in address(typed)


@pytest.mark.parametrize(
    ("body", "format_", "name", "count"),
    [
        (RSS, "feed", "Example news", 5),
        (ATOM, "feed", "Example atom", 1),
        (ICS, "ical", "Example calendar", 1),
        (MEETINGS, "itu-meetings", None, 1),
    ],
)
async def test_a_source_gives_itself_with_examples(
    body: str | bytes, format_: str, name: str | None, count: int, *, reader: SourceReader, serve: Serve
) -> None:
    site = await host(serve, {"/x": body})
    (found,) = await reader.discover(site.url("/x"))
    assert (found.url, found.format, len(found.entries)) == (site.url("/x"), format_, count)
    assert found.name == name or (name is None and found.name)
    assert site.paths == ["/x"]


async def test_a_moved_source_gives_its_new_address(reader: SourceReader, serve: Serve) -> None:
    new = await host(serve, {"/new": RSS})

    async def moved(_: web.Request) -> web.Response:
        return web.Response(status=308, headers={"Location": new.url("/new")})

    old = await serve(moved)
    assert [found.url for found in await reader.discover(old.url("/old"))] == [new.url("/new")]


async def test_a_page_gives_the_sources_it_announces(reader: SourceReader, serve: Serve) -> None:
    head = (
        '<base href="/base/"><link rel="alternate" type="application/rss+xml" href="rss.xml">'
        '<link rel="ALTERNATE home" type="Application/Atom+XML; charset=utf-8" href="/atom">'
        '<link rel="alternate" type="text/calendar" href="/cal.ics"><link rel="alternate" type="text/css" href="/c">'
        '<link rel="stylesheet" type="application/rss+xml" href="/style"><link rel="alternate" hreflang="fr" href="/f">'
    )
    site = await host(serve, {"/": html(head), "/base/rss.xml": RSS, "/atom": ATOM, "/cal.ics": ICS})
    found = await reader.discover(site.url())
    assert [(candidate.url, candidate.format) for candidate in found] == [
        (site.url("/base/rss.xml"), "feed"),
        (site.url("/atom"), "feed"),
        (site.url("/cal.ics"), "ical"),
    ]


async def test_a_page_gives_the_sources_it_links_to(reader: SourceReader, serve: Serve) -> None:
    body = '<a href="/about">About</a><a href="news/feed/">RSS</a><a href="/feed/">gone</a><a href="mailto:x">x</a>'
    site = await host(serve, {"/": html(body=body), "/news/feed/": RSS})
    assert [found.url for found in await reader.discover(site.url())] == [site.url("/news/feed/")]
    assert "/about" not in site.paths


async def test_the_usual_places_are_tried_last(reader: SourceReader, serve: Serve) -> None:
    site = await host(serve, {"/blog/": html(), "/atom.xml": ATOM})
    assert [found.url for found in await reader.discover(site.url("/blog/"))] == [site.url("/atom.xml")]
    assert site.paths == ["/blog/", "/feed", "/rss.xml", "/atom.xml", "/index.xml"]


async def test_no_more_than_eight_pages_are_fetched(reader: SourceReader, serve: Serve) -> None:
    body = "".join(f'<a href="/{n}/feed">feed</a>' for n in range(50))
    site = await host(serve, {"/": html(body=body)})
    with pytest.raises(ParseError, match="web page without a feed"):
        await reader.discover(site.url())
    assert len(site.paths) == REQUESTS == 8


async def test_the_same_feed_under_two_links_is_one_candidate(reader: SourceReader, serve: Serve) -> None:
    async def handler(request: web.Request) -> web.Response:
        if request.path == "/feed":
            return web.Response(status=302, headers={"Location": "/rss"})
        page = RSS if request.path == "/rss" else html(body='<a href="/rss">1</a><a href="/feed">2</a>')
        return web.Response(text=page)

    site = await serve(handler)
    assert len(await reader.discover(site.url())) == 1


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"PK\x03\x04....", "ZIP archive or an office document"),
        (b"\x89PNG\r\n\x1a\n....", "is a PNG picture"),
        (b'{"openapi": "3.0"}', "JSON of a kind unknown"),
        (b"Dear all, this is a letter.", "text of a kind unknown"),
        (b"\x00\x01\x02\x03" * 50, "not a feed or a calendar"),
        (b"BEGIN:VCALENDAR\r\nthis is no calendar", "not a feed or a calendar"),
        (html().encode(), "web page without a feed"),
        (b"<!DOCTYPE html>", "web page without a feed"),
    ],
)
async def test_what_is_no_source_is_named(body: bytes, what: str, reader: SourceReader, serve: Serve) -> None:
    site = await host(serve, {"/x": body})
    with pytest.raises(ParseError, match=what) as caught:
        await reader.discover(site.url("/x"))
    assert site.url("/x") in str(caught.value)


async def test_what_cannot_be_fetched_is_named(clock: FakeClock, settings: FetchSettings, serve: Serve) -> None:
    site = await host(serve, {"/large": b"x" * 1001, "/blocked": html("<title>Access Denied</title>")})
    async with open_sources(replace(settings, max_bytes=1000), clock) as reader:
        for path, what in {"/large": "larger than", "/none": "404", "/blocked": "firewall"}.items():
            with pytest.raises(FetchError, match=what):
                await reader.discover(site.url(path))
        for typed, what in {
            "http://10.0.0.1/feed": "private address",
            "ftp://example.org": "not an http",
            "https://user:pw@example.org/": "user name",
            "": "not an http",
        }.items():
            with pytest.raises(FetchError, match=what):
                await reader.discover(typed)


async def test_a_host_without_https_is_tried_without(reader: SourceReader, serve: Serve) -> None:
    site = await host(serve, {"/x": RSS})
    (found,) = await reader.discover(site.url("/x").removeprefix("http://"))
    assert found.url == site.url("/x")


async def test_exploring_keeps_the_host_s_interval(clock: FakeClock, settings: FetchSettings, serve: Serve) -> None:
    site = await host(serve, {"/": html()})
    async with open_sources(replace(settings, per_host_interval=timedelta(seconds=1)), clock) as reader:
        with pytest.raises(ParseError):
            await reader.discover(site.url())
    gaps = {(after - before).total_seconds() for before, after in zip(site.times, site.times[1:], strict=False)}
    assert gaps == {1}


@given(st.binary(max_size=400) | st.text("<>abhref= \"/'linkbasefeedrss&;", max_size=400).map(str.encode))
@hypothesis_settings(deadline=None, max_examples=200)
def test_no_page_breaks_the_search_for_links(body: bytes) -> None:
    for link in links(body, "https://example.org/page"):
        assert link.startswith(("http://", "https://"))


def test_links_of_a_page_are_resolved_and_told_once() -> None:
    anchors = '<a href="feed">1</a><a href="./feed#a">2</a><a href="webcal://c.example/d">3</a>'
    page = html('<base href="https://cdn.example/x/">', anchors)
    assert links(page.encode(), "https://example.org/") == ["https://cdn.example/x/feed", "https://c.example/d"]
