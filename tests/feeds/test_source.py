"""One poll: asked politely, parsed only if need be, remembered only if it was good."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web

from bot.domain.entries import SourceId
from bot.domain.errors import FetchError, ParseError
from bot.domain.ports import Poller, Prospector
from bot.domain.sources import NOTHING_REMEMBERED, Memory, Polled, Source, Unchanged
from feeds.settings import FetchSettings
from feeds.source import SourceReader, open_sources
from tests.feeds.conftest import START, FakeClock, Serve, Site

ITEM = "<item><guid isPermaLink='false'>{n}</guid><title>News {n}</title><link>https://example.org/{n}</link></item>"
EVENT = "BEGIN:VEVENT\r\nUID:{n}\r\nDTSTART;VALUE=DATE:2026060{n}\r\nSUMMARY:Meeting {n}\r\nEND:VEVENT\r\n"


def rss(*numbers: int, extra: str = "") -> str:
    items = "".join(ITEM.format(n=n) for n in numbers)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Example</title>{extra}{items}</channel></rss>'


def ics(*numbers: int) -> str:
    events = "".join(EVENT.format(n=n) for n in numbers)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n"


class Publisher:
    """A server whose one page can change between polls."""

    def __init__(self, site: Site) -> None:
        self.site = site

    status = 200
    text = ""
    headers: dict[str, str] = {}  # noqa: RUF012  # replaced, never changed


@pytest.fixture
async def publisher(serve: Serve) -> Publisher:
    async def handler(request: web.Request) -> web.Response:
        etag = page.headers.get("ETag")
        if etag and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=page.headers)
        return web.Response(status=page.status, text=page.text, headers=page.headers)

    page = Publisher(await serve(handler))
    return page


@pytest.fixture
async def reader(clock: FakeClock, settings: FetchSettings) -> AsyncIterator[SourceReader]:
    async with open_sources(replace(settings, robots=False), clock) as opened:
        yield opened


def test_one_reader_is_both_ports(reader: SourceReader) -> None:
    ports: tuple[Poller, Prospector] = (reader, reader)
    assert all(ports)


def source(publisher: Publisher, format_: str = "feed") -> Source:
    return Source(id=SourceId("example"), url=publisher.site.url("/feed"), format=format_, name="Example")


async def good(reader: Poller, source_: Source, memory: Memory = NOTHING_REMEMBERED) -> Polled:
    outcome = await reader.poll(source_, memory)
    assert isinstance(outcome, Polled)
    return outcome


async def same(reader: Poller, source_: Source, memory: Memory) -> Unchanged:
    outcome = await reader.poll(source_, memory)
    assert isinstance(outcome, Unchanged)
    return outcome


async def test_a_first_poll_brings_everything_and_the_evidence(reader: SourceReader, publisher: Publisher) -> None:
    publisher.text, publisher.headers = rss(1, 2), {"ETag": '"v1"', "Last-Modified": "Mon, 02 Mar 2026 08:00:00 GMT"}
    polled = await good(reader, source(publisher))
    assert [entry.title for entry in polled.entries] == ["News 1", "News 2"]
    assert (polled.count, polled.complete, polled.title) == (2, False, "Example")
    assert (polled.url, polled.fetched_at) == (publisher.site.url("/feed"), START)
    memory = polled.memory
    assert (memory.etag, memory.last_modified) == ('"v1"', "Mon, 02 Mar 2026 08:00:00 GMT")
    assert (memory.body_hash, memory.count, len(memory.items)) == (polled.body_hash, 2, 16)
    assert len(polled.body_hash) == 32


async def test_not_modified_is_unchanged_and_keeps_the_memory(reader: SourceReader, publisher: Publisher) -> None:
    publisher.text, publisher.headers = rss(1), {"ETag": '"v1"', "Cache-Control": "max-age=900"}
    memory = replace((await good(reader, source(publisher))).memory, last_modified="once")
    unchanged = await same(reader, source(publisher), memory)
    assert unchanged.memory == memory
    assert unchanged.hints.at_least == timedelta(seconds=900)


async def test_the_same_body_is_unchanged_and_not_parsed(reader: SourceReader, publisher: Publisher) -> None:
    publisher.text = "not a feed at all"
    digest = (await good_hash(reader, publisher)).body_hash
    publisher.headers = {"ETag": '"new"'}
    publisher.text = rss(1)
    unchanged = await same(reader, source(publisher), Memory(body_hash=digest, items=b"12345678", count=1))
    assert unchanged.memory == Memory(etag='"new"', body_hash=digest, items=b"12345678", count=1)
    assert not reader._pool._idle[0].runs - 1, "the second poll must not have used the pool"


async def good_hash(reader: SourceReader, publisher: Publisher) -> Polled:
    publisher.text = rss(1)
    return await good(reader, source(publisher))


async def test_a_changed_body_with_known_items_only_is_unchanged_with_fresh_validators(
    reader: SourceReader, publisher: Publisher
) -> None:
    publisher.text, publisher.headers = rss(1, 2), {"ETag": '"v1"'}
    first = (await good(reader, source(publisher))).memory
    publisher.text, publisher.headers = rss(1, 2, extra="<pubDate>now</pubDate>"), {"ETag": '"v2"'}
    second = (await same(reader, source(publisher), first)).memory
    assert (second.etag, second.count, second.items) == ('"v2"', 2, first.items)
    assert second.body_hash not in {None, first.body_hash}


async def test_a_new_item_arrives_without_the_known_ones(reader: SourceReader, publisher: Publisher) -> None:
    publisher.text = rss(1, 2)
    first = await good(reader, source(publisher))
    publisher.text = rss(3, 1, 2)
    second = await good(reader, source(publisher), first.memory)
    assert "News 3" in [entry.title for entry in second.entries]
    assert second.count == second.memory.count == 3
    assert len(second.memory.items) == 24


async def test_a_complete_page_is_told_whole_whenever_its_body_changes(
    reader: SourceReader, publisher: Publisher
) -> None:
    publisher.text = ics(1, 2)
    first = await good(reader, source(publisher, "ical"))
    assert (first.complete, first.count) == (True, 2)
    await same(reader, source(publisher, "ical"), first.memory)
    publisher.text = ics(2)
    second = await good(reader, source(publisher, "ical"), first.memory)
    assert (second.complete, [entry.title for entry in second.entries]) == (True, ["Meeting 2"])


async def test_a_body_that_cannot_be_read_leaves_nothing_to_remember(
    reader: SourceReader, publisher: Publisher
) -> None:
    publisher.text, publisher.headers = "%PDF-1.7 what is this", {"ETag": '"bad"'}
    with pytest.raises(ParseError):
        await reader.poll(source(publisher, "ical"), NOTHING_REMEMBERED)
    with pytest.raises(ParseError, match="gopher"):
        await reader.poll(source(publisher, "gopher"), NOTHING_REMEMBERED)


@pytest.mark.parametrize("format_", ["feed", "ical", "itu-meetings"])
async def test_a_firewall_s_page_is_a_block_and_cools_the_host(
    format_: str, reader: SourceReader, publisher: Publisher
) -> None:
    publisher.text = "<!DOCTYPE html><html><title>Just a moment...</title><body>Checking your browser</body></html>"
    with pytest.raises(FetchError, match="firewall") as caught:
        await reader.poll(source(publisher, format_), NOTHING_REMEMBERED)
    assert (caught.value.blocked, caught.value.retry_after) == (True, timedelta(seconds=60))
    publisher.text = rss(1)
    with pytest.raises(FetchError, match="left alone"):
        await reader.poll(source(publisher), NOTHING_REMEMBERED)
    assert len(publisher.site.paths) == 1


async def test_an_error_status_is_a_fetch_error_whatever_was_remembered(
    reader: SourceReader, publisher: Publisher
) -> None:
    publisher.status, publisher.text = 500, rss(1)
    with pytest.raises(FetchError, match="500"):
        await reader.poll(source(publisher), Memory(etag='"v"', body_hash="x", count=1))


async def test_the_longer_of_two_wishes_counts(reader: SourceReader, publisher: Publisher) -> None:
    publisher.text, publisher.headers = rss(1, extra="<ttl>30</ttl>"), {"Cache-Control": "max-age=60"}
    assert (await good(reader, source(publisher))).hints.at_least == timedelta(minutes=30)
    publisher.text, publisher.headers = rss(1, extra="<ttl>99999</ttl>"), {"Cache-Control": "max-age=60"}
    assert (await good(reader, source(publisher))).hints.at_least == timedelta(hours=24)


async def test_a_permanent_redirect_is_told(
    clock: FakeClock, settings: FetchSettings, serve: Serve, publisher: Publisher
) -> None:
    async def moved(_: web.Request) -> web.Response:
        return web.Response(status=301, headers={"Location": publisher.site.url("/new")})

    old = await serve(moved)
    publisher.text = rss(1)
    async with open_sources(settings, clock) as reader:
        polled = await good(reader, replace(source(publisher), url=old.url("/old")))
    assert polled.hints.moved_to == polled.url == publisher.site.url("/new")


@pytest.mark.parametrize("value", ['"' + "x" * 2000 + '"', '"\u00e9"'])
async def test_a_validator_that_could_not_be_sent_back_is_not_kept(
    value: str, reader: SourceReader, publisher: Publisher
) -> None:
    publisher.text, publisher.headers = rss(1), {"ETag": value}
    assert (await good(reader, source(publisher))).memory.etag is None


async def test_a_server_that_drops_its_validators_is_not_asked_with_old_ones(
    reader: SourceReader, publisher: Publisher
) -> None:
    publisher.text = rss(1)
    polled = await good(reader, source(publisher), Memory(etag='"old"', last_modified="old"))
    assert (polled.memory.etag, polled.memory.last_modified) == (None, None)


async def test_a_block_that_only_a_list_s_reader_knows_is_a_block_too(
    reader: SourceReader, publisher: Publisher
) -> None:
    publisher.text = (
        "<head><title>Object moved</title></head><body><h2>Object moved to <a href='/x'>here</a></h2></body>"
    )
    with pytest.raises(FetchError, match="left alone for a while") as caught:
        await reader.poll(source(publisher, "itu-calendar"), NOTHING_REMEMBERED)
    assert caught.value.blocked
    assert caught.value.retry_after == timedelta(seconds=60)


async def test_a_page_of_another_shape_is_no_block(reader: SourceReader, publisher: Publisher) -> None:
    publisher.text = "<html><body><p>Welcome</p></body></html>"
    with pytest.raises(ParseError, match="shape changed") as caught:
        await reader.poll(source(publisher, "3gpp"), NOTHING_REMEMBERED)
    assert not caught.value.blocked
