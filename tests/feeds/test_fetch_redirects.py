"""Redirects are followed by hand, and every hop is checked like the first."""

from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from yarl import URL

from bot.domain.errors import FetchError
from feeds.fetch import open_fetcher
from feeds.guard import AddressRules
from feeds.settings import FetchSettings
from tests.feeds.conftest import START, FakeClock, Handler, Serve


def hops(*statuses: int, location: str | None = None) -> Handler:
    """`/0` redirects to `/1` with the first status, and so on; the last page answers, or leads to `location`."""

    async def handler(request: web.Request) -> web.Response:
        at = int(request.path[1:] or 0)
        if at >= len(statuses):
            return web.Response(text="here")
        to = location if location and at == len(statuses) - 1 else f"/{at + 1}"
        return web.Response(status=statuses[at], headers={"Location": to})

    return handler


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ((301,), True),
        ((308,), True),
        ((301, 308, 301), True),
        ((302,), False),
        ((303,), False),
        ((307,), False),
        ((301, 302), False),
        ((302, 301), False),
        ((301,) * 5, True),
    ],
)
async def test_only_a_chain_that_is_permanent_at_every_hop_moves_the_address(
    statuses: tuple[int, ...], *, moved: bool, clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    site = await serve(hops(*statuses))
    async with open_fetcher(settings, clock) as fetcher:
        answer = await fetcher.get(site.url("/0"))
    final = site.url(f"/{len(statuses)}")
    assert (answer.body, answer.url, answer.moved_to) == (b"here", final, final if moved else None)


async def test_the_sixth_redirect_is_not_followed(clock: FakeClock, serve: Serve, settings: FetchSettings) -> None:
    site = await serve(hops(*[302] * 6))
    async with open_fetcher(settings, clock) as fetcher:
        with pytest.raises(FetchError, match="more than 5 times"):
            await fetcher.get(site.url("/0"))
    assert len(site.paths) == 6


@pytest.mark.parametrize("back_to", ["/0", "/1", "/0#again"])
async def test_a_circle_is_recognised(back_to: str, clock: FakeClock, serve: Serve, settings: FetchSettings) -> None:
    site = await serve(hops(301, 302, location=back_to))
    async with open_fetcher(settings, clock) as fetcher:
        with pytest.raises(FetchError, match="in a circle"):
            await fetcher.get(site.url("/0"))
    assert len(site.paths) == 2


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://10.0.0.1/", "private"),
        ("http://[::ffff:169.254.169.254]/latest/meta-data", "private"),
        ("http://2130706433/", "unusual"),
        ("http://user:pw@127.0.0.1/", "user name"),
        ("file:///etc/passwd", "not an http"),
        ("gopher://127.0.0.1/", "not an http"),
        ("http://127.0.0.1:25/", "port 25"),
        ("http://[x/", "not a web address"),
    ],
)
async def test_a_redirect_is_checked_like_a_first_address(
    location: str, why: str, clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    site = await serve(hops(301, location=location))
    async with open_fetcher(settings, clock) as fetcher:
        with pytest.raises(FetchError, match=why) as caught:
            await fetcher.get(site.url("/0"))
    assert "pw" not in str(caught.value)


async def test_each_hop_takes_its_turn_in_the_host_s_lane(
    clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    site = await serve(hops(301, 301))
    async with open_fetcher(replace(settings, robots=False, per_host_interval=timedelta(seconds=1)), clock) as fetcher:
        await fetcher.get(site.url("/0"))
    assert [(time - START).total_seconds() for time in site.times] == [0, 1, 2]


async def test_robots_txt_of_the_next_host_is_obeyed_too(
    clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    target = await serve(hops())
    target.robots = "User-agent: *\nDisallow: /"
    site = await serve(hops(302, location=target.url("/9")))
    async with open_fetcher(settings, clock) as fetcher:
        with pytest.raises(FetchError, match=r"robots\.txt"):
            await fetcher.get(site.url("/0"))
    assert target.paths == []


def test_a_step_down_from_https_is_refused_unless_allowed() -> None:
    secure, plain = URL("https://example.org/a"), URL("http://example.org/b")
    with pytest.raises(FetchError, match="not encrypted"):
        AddressRules().check(plain, before=secure)
    assert AddressRules(downgrade=True).check(plain, before=secure) == plain
    assert AddressRules().check(secure, before=plain) == secure
    assert AddressRules().check(plain, before=plain) == plain


async def test_validators_travel_along_a_redirect(clock: FakeClock, serve: Serve, settings: FetchSettings) -> None:
    async def handler(request: web.Request) -> web.Response:
        if request.path == "/old":
            return web.Response(status=301, headers={"Location": "/new"})
        return web.Response(status=304 if request.headers.get("If-None-Match") == '"v"' else 200, text=None)

    site = await serve(handler)
    async with open_fetcher(settings, clock) as fetcher:
        answer = await fetcher.get(site.url("/old"), etag='"v"')
    assert (answer.unmodified, answer.moved_to) == (True, site.url("/new"))
