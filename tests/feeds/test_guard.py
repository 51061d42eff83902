"""Only public addresses are asked, whatever a name, a literal or a redirect pretends."""

import asyncio
import socket
import threading
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Address, ip_address
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from yarl import URL

from bot.domain.errors import ConfigError, FetchError
from feeds.fetch import open_fetcher
from feeds.guard import AddressRules, GuardedResolver
from feeds.settings import FetchSettings
from tests.feeds.conftest import FakeClock, Serve

NOTHING = AddressRules()

PRIVATE = """
127.0.0.1 127.255.255.254 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 0.1.2.3
224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9
::1 :: fe80::1 fc00::1 fd12:3456::1 fec0::1 ff02::1 2001:db8::1 2001::1 100::1 ::127.0.0.1 ::ffff:0:127.0.0.1
::ffff:127.0.0.1 ::ffff:10.0.0.1 2002:7f00:1:: 2002:a00:1:: 64:ff9b::127.0.0.1 64:ff9b::10.1.2.3 64:ff9b:1::1
"""
PUBLIC = "8.8.8.8 1.1.1.1 193.0.6.139 2606:4700::1111 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2a00:1450:4001::1"


@pytest.mark.parametrize("address", PRIVATE.split())
def test_a_private_address_is_refused(address: str) -> None:
    assert not NOTHING.allow(ip_address(address), "example.org")


@pytest.mark.parametrize("address", PUBLIC.split())
def test_a_public_address_is_allowed(address: str) -> None:
    assert NOTHING.allow(ip_address(address), "example.org")


@given(st.ip_addresses(v=4))
@hypothesis_settings(deadline=None)
def test_an_embedded_ipv4_address_is_judged_like_itself(address: IPv4Address) -> None:
    verdict = NOTHING.allow(address, "x")
    for form in (f"::ffff:{address}", f"64:ff9b::{address}", str(ip_address((0x2002 << 112) | (int(address) << 80)))):
        assert NOTHING.allow(ip_address(form), "x") == verdict


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1/", "private"),
        ("http://[::1]/", "private"),
        ("http://[::ffff:127.0.0.1]/", "private"),
        ("http://[fe80::1%25eth0]/", "private"),
        ("http://2130706433/", "unusual"),
        ("http://127.1/", "unusual"),
        ("http://0x7f000001/", "unusual"),
        ("http://0x7f.0.0.1/", "unusual"),
        ("http://0177.0.0.1/", "unusual"),
        ("http://127.0.0.1./", "unusual"),
        ("http://example.org:25/", "port 25"),
        ("http://example.org:6379/", "port 6379"),
        ("http://user@example.org/", "user name"),
        ("http://user:secret@example.org/", "user name"),
        ("ftp://example.org/", "not an http"),
        ("file:///etc/passwd", "not an http"),
        ("gopher://example.org/", "not an http"),
        ("javascript:alert(1)", "not an http"),
        ("//example.org/", "not an http"),
        ("/relative", "not an http"),
    ],
)
def test_an_address_that_cannot_be_asked_is_refused_with_the_reason(url: str, why: str) -> None:
    with pytest.raises(FetchError, match=why) as caught:
        NOTHING.check(URL(url))
    assert caught.value.permanent
    assert "secret" not in str(caught.value)


def test_full_width_digits_do_not_hide_a_loopback_address() -> None:
    with pytest.raises(FetchError, match=r"private|unusual"):
        NOTHING.check(URL("http://１２７.0.0.1/"))


@pytest.mark.parametrize(
    "url", ["http://example.org/feed", "https://example.org:8443/a?b=c", "https://8.8.8.8/", "http://x.0xyz/"]
)
def test_an_ordinary_address_passes(url: str) -> None:
    assert NOTHING.check(URL(url)) == URL(url)


def test_exceptions_are_addresses_networks_or_names() -> None:
    rules = AddressRules.of(("127.0.0.1", "10.0.0.0/8", "fd00::/8", "Intranet.Example."))
    assert rules.allow(ip_address("127.0.0.1"), "x")
    assert rules.allow(ip_address("::ffff:10.2.3.4"), "x")
    assert rules.allow(ip_address("fd12::1"), "x")
    assert rules.allow(ip_address("192.168.0.1"), "intranet.example")
    assert not rules.allow(ip_address("127.0.0.2"), "x")
    assert not rules.allow(ip_address("192.168.0.1"), "sub.intranet.example")


@pytest.mark.parametrize("entry", ["10.0.0.0/33", "", "1.2.3", "::zz"])
def test_an_exception_that_cannot_be_read_is_a_configuration_error(entry: str) -> None:
    with pytest.raises(ConfigError, match="allow_private"):
        AddressRules.of((entry,))


def lookup_of(*addresses: str) -> Any:
    def lookup(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        del host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return lookup


async def test_only_the_allowed_addresses_of_a_name_are_used() -> None:
    resolver = GuardedResolver(NOTHING, lookup=lookup_of("10.0.0.1", "8.8.8.8", "127.0.0.1"))
    found = await resolver.resolve("mixed.example", 80)
    await resolver.close()
    assert [answer["host"] for answer in found] == ["8.8.8.8"]


async def test_a_name_with_private_addresses_only_is_refused(clock: FakeClock, serve: Serve) -> None:
    site = await serve(ok)
    async with open_fetcher(FetchSettings(), clock, lookup=lookup_of("127.0.0.1")) as fetcher:
        with pytest.raises(FetchError, match=r"innocent.example leads to a private address \(127.0.0.1\)") as caught:
            await fetcher.get(site.url("/feed", host="innocent.example"))
    assert caught.value.permanent
    assert not site.requests


async def test_a_name_that_changes_its_answer_gains_nothing(
    clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    """DNS rebinding: the address that was judged is the one that is used, and a later one is judged again."""
    site = await serve(ok)
    answers = iter(["127.0.0.2"] + ["127.0.0.1"] * 20)
    asked: list[str] = []

    def lookup(_host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        asked.append(next(answers))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (asked[-1], port))]

    trusting = replace(settings, allow_private=("127.0.0.2",), robots=False, connect_timeout=timedelta(seconds=1))
    async with open_fetcher(trusting, clock, lookup=lookup) as fetcher:
        with pytest.raises(FetchError, match="cannot be reached"):
            await fetcher.get(site.url(host="rebinding.example"))
        assert asked == ["127.0.0.2"], "judging and connecting must share one answer"
        fetcher._session.connector.clear_dns_cache()  # type: ignore[union-attr]
        with pytest.raises(FetchError, match="private address"):
            await fetcher.get(site.url(host="rebinding.example"))
    assert not site.requests


async def test_a_listed_name_may_be_private(clock: FakeClock, serve: Serve, settings: FetchSettings) -> None:
    site = await serve(ok)
    trusting = replace(settings, allow_private=("feeds.internal",))
    async with open_fetcher(trusting, clock, lookup=lookup_of("127.0.0.1")) as fetcher:
        assert (await fetcher.get(site.url(host="feeds.internal"))).body == b"ok"


async def test_a_slow_lookup_does_not_hold_up_others(clock: FakeClock, serve: Serve, settings: FetchSettings) -> None:
    site = await serve(ok)
    hanging = asyncio.Event()
    loop = asyncio.get_running_loop()

    def lookup(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        if host == "slow.example":
            asyncio.run_coroutine_threadsafe(hanging.wait(), loop).result(5)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    async with open_fetcher(settings, clock, lookup=lookup) as fetcher:
        slow = asyncio.ensure_future(fetcher.get(site.url(host="slow.example")))
        assert (await fetcher.get(site.url(host="quick.example"))).body == b"ok"
        assert not slow.done()
        hanging.set()
        assert (await slow).body == b"ok"


async def ok(_: web.Request) -> web.Response:
    return web.Response(text="ok")


async def test_a_lookup_that_never_ends_does_not_delay_the_end(clock: FakeClock, settings: FetchSettings) -> None:
    stuck = threading.Event()

    def lookup(*_: object, **__: object) -> list[tuple[Any, ...]]:
        stuck.wait(30)
        return []

    hasty = replace(settings, connect_timeout=timedelta(seconds=0.1))
    async with open_fetcher(hasty, clock, lookup=lookup) as fetcher:
        with pytest.raises(FetchError, match="in time"):
            await fetcher.get("http://stuck.example/")
    assert [thread.daemon for thread in threading.enumerate() if thread.name == "resolve"] == [True]
    stuck.set()
