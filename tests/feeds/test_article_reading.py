"""Articles fetched: robots.txt first, in a worker process, and walls respected."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.domain.errors import FetchError
from feeds.settings import FetchSettings
from feeds.source import SourceReader, open_sources
from tests.feeds.conftest import FakeClock, Serve, Site
from tests.feeds.test_article import FIRST, page


@pytest.fixture
async def reader(clock: FakeClock, settings: FetchSettings) -> AsyncIterator[SourceReader]:
    async with open_sources(settings, clock) as opened:
        yield opened


async def serving(serve: Serve, body: bytes, media_type: str = "text/html", status: int = 200) -> Site:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=body, content_type=media_type, status=status)

    return await serve(handler)


async def test_an_article_is_fetched_and_read(serve: Serve, reader: SourceReader) -> None:
    site = await serving(serve, page())
    assert FIRST in await reader.article(site.url("/story"))
    assert site.paths == ["/story"]


async def test_a_page_that_robots_may_not_see_is_not_asked_for(serve: Serve, reader: SourceReader) -> None:
    site = await serving(serve, page())
    site.robots = "User-agent: *\nDisallow: /story\n"
    with pytest.raises(FetchError, match=r"robots\.txt"):
        await reader.article(site.url("/story"))
    assert site.paths == []


async def test_what_is_no_page_is_no_article(serve: Serve, reader: SourceReader) -> None:
    site = await serving(serve, b"%PDF-1.7", "application/pdf")
    assert not await reader.article(site.url("/story.pdf"))


@pytest.mark.parametrize("status", [402, 403, 404])
async def test_a_refusal_is_taken_for_one(serve: Serve, reader: SourceReader, status: int) -> None:
    site = await serving(serve, b"Pay first.", status=status)
    with pytest.raises(FetchError):
        await reader.article(site.url("/story"))


async def test_a_firewalls_page_is_no_article(serve: Serve, reader: SourceReader) -> None:
    site = await serving(serve, b"<html><head><title>Just a moment...</title></head><body>cf-chl-</body></html>")
    with pytest.raises(FetchError) as caught:
        await reader.article(site.url("/story"))
    assert caught.value.blocked
