"""Bodies: compressed in every way servers do it, too large, or bombs."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.domain.errors import FetchError
from feeds.decoding import decode
from feeds.fetch import open_fetcher
from feeds.settings import FetchSettings
from tests.feeds.conftest import FakeClock, Handler, Serve

CAP = 20_000_000
FEED = b"<rss>" + b"an item, and another; " * 20_000 + b"</rss>"


def bare_deflate(data: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-15)
    return squeeze.compress(data) + squeeze.flush()


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (FEED, ""),
        (FEED, "identity"),
        (FEED, "gzip"),
        (FEED, "deflate"),
        (gzip.compress(FEED, mtime=0), "gzip"),
        (gzip.compress(FEED, mtime=0), "X-GZip"),
        (gzip.compress(FEED, mtime=0), ""),
        (gzip.compress(FEED, mtime=0), "deflate"),
        (gzip.compress(gzip.compress(FEED), mtime=0), "gzip"),
        (gzip.compress(gzip.compress(FEED), mtime=0), "gzip, gzip"),
        (zlib.compress(FEED), "deflate"),
        (bare_deflate(FEED), "deflate"),
        (gzip.compress(FEED[:1000], mtime=0) + gzip.compress(FEED[1000:], mtime=0), "gzip"),
        (gzip.compress(FEED, mtime=0) + b"rubbish", "gzip"),
        (gzip.compress(FEED, mtime=0) + b"\0" * 512, "gzip"),
    ],
)
async def test_a_body_comes_out_however_it_was_labelled(raw: bytes, encoding: str) -> None:
    assert await decode(raw, encoding, cap=CAP) == FEED


@pytest.mark.parametrize(
    ("raw", "encoding", "why"),
    [
        (gzip.compress(FEED, mtime=0)[:-1000], "gzip", "breaks off"),
        (gzip.compress(FEED, mtime=0)[:-8], "gzip", "breaks off"),
        (gzip.compress(FEED, mtime=0)[:5], "gzip", "breaks off"),
        (zlib.compress(FEED)[:-1000], "deflate", "breaks off"),
        (gzip.compress(FEED, mtime=0)[:-8] + b"\0" * 8, "gzip", "damaged"),
        (gzip.compress(b"x", mtime=0) * 1100, "gzip", "damaged"),
        (FEED, "br", "compressed its answer with br"),
        (FEED, "zstd", "zstd"),
        (gzip.compress(b"\0" * (CAP + 1), mtime=0), "gzip", "larger than 20 MB"),
        (zlib.compress(b"\0" * (CAP + 1)), "deflate", "larger than 20 MB"),
        (gzip.compress(gzip.compress(b"\0" * 10 * CAP), mtime=0), "gzip", "larger than 20 MB"),
    ],
)
async def test_a_body_that_cannot_be_had_is_a_sentence(raw: bytes, encoding: str, why: str) -> None:
    with pytest.raises(FetchError, match=why):
        await decode(raw, encoding, cap=CAP)


@given(st.binary(max_size=3000), st.sampled_from([gzip.compress, zlib.compress, bare_deflate]))
@hypothesis_settings(deadline=None)
async def test_compressing_and_decoding_are_inverse(data: bytes, squeeze: Callable[[bytes], bytes]) -> None:
    if data.startswith(b"\x1f\x8b\x08"):
        return
    encoding = "gzip" if squeeze is gzip.compress else "deflate"
    assert await decode(squeeze(data), encoding, cap=CAP) == data


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "gzip, deflate", ""]))
@hypothesis_settings(deadline=None, max_examples=300)
async def test_any_bytes_give_a_body_or_a_fetch_error(data: bytes, encoding: str) -> None:
    for raw in (data, b"\x1f\x8b\x08" + data):
        try:
            assert isinstance(await decode(raw, encoding, cap=CAP), bytes)
        except FetchError as error:
            assert str(error).endswith(".")  # noqa: PT017  # either outcome is right


def bomb(megabytes: int) -> bytes:
    """Return gzip whose blocks are copies of one (a full flush makes them independent); its end is never reached."""
    squeeze = zlib.compressobj(9, wbits=-15)
    block = squeeze.compress(bytes(1_000_000)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    return gzip.compress(b"", mtime=0)[:10] + block * megabytes


async def test_a_bomb_stops_at_the_cap_in_time_and_memory(
    clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    """1 GB of zeros in 1 MB of gzip."""
    packed = bomb(1000)
    assert len(packed) < 1_100_000

    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    site = await serve(handler)
    async with open_fetcher(settings, clock) as fetcher:
        begun = perf_counter()
        tracemalloc.start()
        try:
            with pytest.raises(FetchError, match="larger than 20 MB"):
                await fetcher.get(site.url())
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert perf_counter() - begun < 3
    assert peak < 3 * CAP


def endless(*, length: int | None = None) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = length
        await response.prepare(request)
        try:
            while True:
                await response.write(bytes(100_000))
        except ConnectionError:
            return response

    return handler


@pytest.mark.parametrize("length", [None, 10_000_000_000])
async def test_an_endless_stream_ends_at_the_cap(
    length: int | None, clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    site = await serve(endless(length=length))
    async with open_fetcher(replace(settings, max_bytes=1_000_000), clock) as fetcher:
        with pytest.raises(FetchError, match="larger than 1 MB") as caught:
            await fetcher.get(site.url())
    assert caught.value.permanent


async def test_a_body_of_exactly_the_cap_is_read(clock: FakeClock, serve: Serve, settings: FetchSettings) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=b"x" * 1000)

    site = await serve(handler)
    async with open_fetcher(replace(settings, max_bytes=1000), clock) as fetcher:
        assert len((await fetcher.get(site.url())).body) == 1000
    async with open_fetcher(replace(settings, max_bytes=999), clock) as fetcher:
        with pytest.raises(FetchError, match="larger"):
            await fetcher.get(site.url())
