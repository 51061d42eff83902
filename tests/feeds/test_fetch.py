"""What the fetcher makes of each answer a server may give."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web

from bot.domain.errors import FetchError
from feeds import verdicts
from feeds.fetch import Fetcher, open_fetcher
from feeds.settings import FetchSettings
from tests.feeds.conftest import START, FakeClock, Handler, Serve

Raw = Callable[..., Awaitable[str]]

MINUTE = timedelta(minutes=1)


def answers(status: int = 200, text: str = "body", **headers: str) -> Handler:
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=status, text=text if status != 304 else None, headers=named)

    return handler


async def refused(fetcher: Fetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetcher.get(url)
    sentence = str(caught.value)
    assert sentence.endswith("."), sentence
    return caught.value


async def test_a_body_arrives_with_its_headers_and_address(
    clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    site = await serve(answers(ETag='"a"'))
    async with open_fetcher(settings, clock) as fetcher:
        answer = await fetcher.get(site.url("/feed?x=1#part"))
    assert (answer.body, answer.url, answer.headers["etag"]) == (b"body", site.url("/feed?x=1"), '"a"')
    assert (answer.fetched_at, answer.moved_to, answer.unmodified) == (START, None, False)


async def test_we_say_who_we_are_and_what_we_read(clock: FakeClock, serve: Serve, settings: FetchSettings) -> None:
    site = await serve(answers())
    named = replace(settings, contact="https://ngo.example/bot")
    async with open_fetcher(named, clock) as fetcher:
        await fetcher.get(site.url())
    headers = site.requests[-1].headers
    assert headers["User-Agent"] == "Mozilla/5.0 (compatible; Rapporteur/0.1; +https://ngo.example/bot)"
    assert "text/calendar" in headers["Accept"]
    assert headers["Accept-Encoding"] == "gzip, deflate"
    assert "If-None-Match" not in headers


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        ("Mozilla/5.0 (compatible; Rapporteur/0.1{contact})", "Rapporteur"),
        ("ngo-reader/2.0 (+mail)", "ngo-reader"),
        ("123", "Rapporteur"),
    ],
)
def test_the_product_token_is_taken_from_the_user_agent(agent: str, token: str) -> None:
    assert FetchSettings(user_agent=agent).token == token


async def test_validators_go_back_verbatim_and_304_is_an_answer(
    clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    site = await serve(answers(304))
    async with open_fetcher(settings, clock) as fetcher:
        answer = await fetcher.get(site.url(), etag='W/"a b"', last_modified="yesterday, about noon")
    assert answer.unmodified
    assert site.requests[-1].headers["If-None-Match"] == 'W/"a b"'
    assert site.requests[-1].headers["If-Modified-Since"] == "yesterday, about noon"


async def test_not_modified_without_a_condition_is_an_error(
    clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    site = await serve(answers(304))
    async with open_fetcher(settings, clock) as fetcher:
        assert "304" in str(await refused(fetcher, site.url()))


@pytest.mark.parametrize(
    ("status", "permanent", "blocked", "gone"),
    [
        (400, True, False, False),
        (401, True, False, False),
        (403, True, True, False),
        (404, False, False, False),
        (410, True, False, True),
        (451, True, False, False),
        (500, False, False, False),
        (502, False, False, False),
        (204, False, False, False),
        (206, False, False, False),
        (300, False, False, False),
    ],
)
async def test_a_status_says_what_to_do_next(
    status: int,
    *,
    permanent: bool,
    blocked: bool,
    gone: bool,
    clock: FakeClock,
    serve: Serve,
    settings: FetchSettings,
) -> None:
    site = await serve(answers(status))
    async with open_fetcher(settings, clock) as fetcher:
        error = await refused(fetcher, site.url("/feed?token=geheim"))
        assert (error.permanent, error.blocked, error.gone) == (permanent, blocked, gone)
        assert "/feed" in str(error)
        assert "geheim" not in str(error)
        assert error.retry_after is None
        await refused(fetcher, site.url("/other"))
    assert site.paths == ["/feed", "/other"], "none of these is a reason to leave the host alone"


@pytest.mark.parametrize("status", [429, 503])
async def test_a_host_that_asks_for_patience_gets_it(
    status: int, clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    site = await serve(answers(status, Retry_After="300"))
    async with open_fetcher(settings, clock) as fetcher:
        assert (await refused(fetcher, site.url())).retry_after == 5 * MINUTE
        clock.pass_(seconds=100)
        assert (await refused(fetcher, site.url("/other"))).retry_after == timedelta(seconds=200)
        assert site.paths == ["/"], "the second poll must not reach the server"
        clock.pass_(seconds=200)
        await refused(fetcher, site.url("/other"))
    assert site.paths == ["/", "/other"]


async def test_patience_without_a_number_starts_at_a_minute(
    clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    site = await serve(answers(503))
    async with open_fetcher(settings, clock) as fetcher:
        assert (await refused(fetcher, site.url())).retry_after == MINUTE
        clock.pass_(minutes=1)
        assert (await refused(fetcher, site.url())).retry_after == 2 * MINUTE


async def test_a_longer_wish_is_passed_on_though_the_host_is_asked_for_other_pages(
    clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    site = await serve(answers(429, Retry_After="7200"))
    async with open_fetcher(settings, clock) as fetcher:
        assert (await refused(fetcher, site.url())).retry_after == timedelta(hours=2)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("99999999999999999999", 86400),
        ("Mon, 02 Mar 2026 09:10:00 GMT", 600),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 0),
        ("Mon, 02 Mar 2099 09:10:00 GMT", 86400),
        ("Monday, 02-Mar-26 09:10:00 GMT", 600),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("1.5", None),
        ("²", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_at_most_a_day(value: str, seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert verdicts.retry_after({"retry-after": value}, START) == expected


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "public, max-age=600"}, 600),
        ({"cache-control": "max-age=600", "age": "100"}, 500),
        ({"cache-control": "max-age=600", "age": "700"}, None),
        ({"cache-control": "MAX-AGE = 600"}, 600),
        ({"cache-control": "s-maxage=9, max-age=600"}, 600),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "max-age=600, no-cache"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "max-age=99999999999"}, 86400),
        ({"cache-control": "max-age=60", "expires": "Mon, 02 Mar 2026 10:00:00 GMT"}, 60),
        ({"expires": "Mon, 02 Mar 2026 10:00:00 GMT"}, 3600),
        ({"expires": "Mon, 02 Mar 2026 10:00:00 GMT", "date": "Mon, 02 Mar 2026 09:59:00 GMT"}, 60),
        ({"expires": "Mon, 02 Mar 2099 10:00:00 GMT"}, 86400),
        ({"expires": "-1"}, None),
        ({"expires": "0"}, None),
        ({}, None),
    ],
)
def test_freshness_is_read_as_caches_do(headers: dict[str, str], seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert verdicts.freshness(headers, START) == expected


async def test_an_empty_page_is_a_block_and_never_an_answer(
    clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    site = await serve(answers(200, " \n"))
    async with open_fetcher(settings, clock) as fetcher:
        error = await refused(fetcher, site.url())
        assert (error.blocked, error.retry_after, error.permanent) == (True, MINUTE, False)
        assert "left alone" in str(await refused(fetcher, site.url("/again")))
    assert site.paths == ["/"]


async def test_the_firewall_s_soft_404_is_a_block(clock: FakeClock, serve: Serve, settings: FetchSettings) -> None:
    site = await serve(answers(302, Location="/en/publications/pages/NotFound.aspx?url=x"))
    async with open_fetcher(settings, clock) as fetcher:
        error = await refused(fetcher, site.url("/pub/T-SP"))
    assert (error.blocked, error.gone, error.retry_after) == (True, False, MINUTE)
    assert site.paths == ["/pub/T-SP"]


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (b"<!DOCTYPE html><title>Access Denied</title>", True),
        (b"\xef\xbb\xbf \n<!-- x --><html><head><title>Just a moment...</title>", True),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC ""><title>Attention Required! | Cloudflare', True),
        (b"<html><head><title>Request Rejected</title></head><body>The requested URL was rejected.", True),
        (b"<html><head><title>News</title>", False),
        (b"<rss><item><title>Access Denied: a report</title>", False),
        (b'{"title": "Access Denied"}', False),
        (b"<!-- a --->" * 3000 + b"<html>access denied", False),
        (b"<!--" * 5000, False),
        (b"<!-- -->" * 1020 + b"<x", False),
    ],
)
def test_a_block_page_is_html_that_says_so(body: bytes, *, verdict: bool) -> None:
    assert verdicts.is_block_page(body) is verdict


async def test_no_cookie_is_kept(clock: FakeClock, serve: Serve, settings: FetchSettings) -> None:
    site = await serve(answers(200, "body", Set_Cookie="TS=1; Path=/"))
    async with open_fetcher(settings, clock) as fetcher:
        await fetcher.get(site.url())
        await fetcher.get(site.url())
    assert "Cookie" not in site.requests[-1].headers


async def test_the_environment_s_proxy_is_not_used(
    clock: FakeClock, serve: Serve, settings: FetchSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, site = await serve(answers(200, "proxy")), await serve(answers(200, "site"))
    monkeypatch.setenv("http_proxy", proxy.url())
    async with open_fetcher(settings, clock) as fetcher:
        assert (await fetcher.get(site.url())).body == b"site"


async def test_the_host_s_interval_and_crawl_delay_are_kept(
    clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    site = await serve(answers())
    site.robots = "User-agent: *\nCrawl-delay: 5"
    async with open_fetcher(replace(settings, per_host_interval=timedelta(seconds=1)), clock) as fetcher:
        await fetcher.get(site.url("/a"))
        await fetcher.get(site.url("/b"))
    assert [time - START for time in site.times] == [timedelta(), timedelta(seconds=5), timedelta(seconds=10)]


async def test_a_feed_closed_by_robots_txt_is_not_asked(
    clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    site = await serve(answers())
    site.robots = "User-agent: Rapporteur\nDisallow: /private/"
    async with open_fetcher(settings, clock) as fetcher:
        error = await refused(fetcher, site.url("/private/feed"))
        assert (await fetcher.get(site.url("/public"))).body == b"body"
    assert error.permanent
    assert "robots.txt" in str(error)
    assert site.paths == ["/public"]


async def test_robots_txt_can_be_switched_off(clock: FakeClock, serve: Serve, settings: FetchSettings) -> None:
    site = await serve(answers())
    site.robots = "User-agent: *\nDisallow: /"
    async with open_fetcher(replace(settings, robots=False), clock) as fetcher:
        await fetcher.get(site.url())
    assert [request.path for request in site.requests] == ["/"]


@pytest.mark.parametrize(
    ("bytes_", "why"),
    [
        (b"", "broke off"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "without saying where"),
    ],
)
async def test_a_broken_answer_is_a_sentence(
    bytes_: bytes, why: str, clock: FakeClock, raw: Raw, settings: FetchSettings
) -> None:
    url = await raw(bytes_)
    async with open_fetcher(replace(settings, robots=False), clock) as fetcher:
        error = await refused(fetcher, url)
    assert why in str(error)
    assert not error.permanent


async def test_a_server_that_is_not_there_is_a_sentence(clock: FakeClock, settings: FetchSettings) -> None:
    async with open_fetcher(replace(settings, robots=False), clock) as fetcher:
        assert "cannot be reached" in str(await refused(fetcher, "http://127.0.0.1:9/".replace(":9/", ":45999/")))


async def test_a_name_that_does_not_resolve_is_a_sentence(clock: FakeClock, settings: FetchSettings) -> None:
    def lookup(*_: object, **__: object) -> list[tuple[object, ...]]:
        raise OSError(-2, "Name or service not known")

    async with open_fetcher(settings, clock, lookup=lookup) as fetcher:
        assert "does not resolve" in str(await refused(fetcher, "http://nowhere.example/"))
        assert "not a web address" in str(await refused(fetcher, "http://[nonsense/"))


async def test_plain_http_where_tls_is_expected_is_a_sentence(
    clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    site = await serve(answers())
    async with open_fetcher(replace(settings, robots=False), clock) as fetcher:
        error = await refused(fetcher, site.url().replace("http:", "https:"))
    assert "certificate" in str(error)


async def test_a_server_that_drips_is_ended_by_the_total_time(
    clock: FakeClock, raw: Raw, settings: FetchSettings
) -> None:
    url = await raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 1000, pause=0.02)
    hasty = replace(settings, robots=False, total_timeout=timedelta(seconds=0.3))
    async with open_fetcher(hasty, clock) as fetcher:
        assert "in time" in str(await refused(fetcher, url))


async def test_a_server_that_falls_silent_is_ended_by_the_read_time(
    clock: FakeClock, raw: Raw, settings: FetchSettings
) -> None:
    url = await raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nx", pause=1)
    hasty = replace(settings, robots=False, read_timeout=timedelta(seconds=0.2))
    async with open_fetcher(hasty, clock) as fetcher:
        assert "in time" in str(await refused(fetcher, url))
