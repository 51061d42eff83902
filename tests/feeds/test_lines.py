"""Lists far larger than what is wanted of them: polled from a real server, most lines let go as they come."""

import asyncio
import gzip
import json
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.domain.entries import SourceId
from bot.domain.errors import FetchError, ParseError
from bot.domain.sources import NOTHING_REMEMBERED, Polled, Source, Unchanged
from feeds.iso import wanted
from feeds.lines import LONGEST_LINE, MOST_LINES, SPECIMENS, kept_lines
from feeds.settings import FetchSettings
from feeds.source import SourceReader, open_sources
from tests.feeds.conftest import FakeClock, Serve, Site
from tests.feeds.test_iso import record

FRAGMENT = "#committee=ISO/IEC%20JTC%201/SC%2037&committee=ISO/IEC%20JTC%201/SC%2042"


class Store:
    """A server of one long list, written piece by piece."""

    site: Site
    pieces: list[bytes]
    headers: dict[str, str]
    breaks_off = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"' == self.headers.get("ETag"):
            return web.Response(status=304, headers=self.headers)
        if request.path == "/moved":
            return web.Response(status=301, headers={"Location": "/list"})
        response = web.StreamResponse(headers=self.headers)
        if self.breaks_off:
            response.content_length = sum(map(len, self.pieces)) + 1000
        await response.prepare(request)
        for piece in self.pieces:
            await response.write(piece)
        if self.breaks_off and request.transport is not None:
            request.transport.close()
        return response


@pytest.fixture
async def store(serve: Serve) -> Store:
    store = Store()
    store.pieces, store.headers = [], {}
    store.site = await serve(store.answer)
    return store


@pytest.fixture
async def reader(clock: FakeClock, settings: FetchSettings) -> AsyncIterator[SourceReader]:
    asked = replace(settings, robots=False, max_bytes=200_000, max_stream_bytes=60_000_000)
    async with open_sources(asked, clock) as opened:
        yield opened


def iso(store: Store, fragment: str = FRAGMENT, path: str = "/list") -> Source:
    return Source(id=SourceId("iso"), name="ISO", url=store.site.url(path) + fragment, format="iso")


def others(count: int) -> Iterator[bytes]:
    """Yield records of a committee nobody asked for, some 1 KB each, a hundred to a piece."""
    for start in range(0, count, 100):
        rows = (record(10**6 + n, committee="ISO/TC 999", scope={"en": "x" * 600}) for n in range(start, start + 100))
        yield ("\n".join(rows) + "\n").encode()


async def test_of_a_list_over_the_cap_the_committees_asked_for_are_read(store: Store, reader: SourceReader) -> None:
    wanted_ = [record(1), record(2, committee="ISO/IEC JTC 1/SC 42", code=4020)]
    piece = "\n".join([*wanted_, record(3, committee="ISO/IEC JTC 1/SC 37/WG 1"), ""]).encode()
    store.pieces = [*others(15_000), piece[:700], piece[700:], *others(15_000)]
    assert sum(map(len, store.pieces)) > 20_000_000
    tracemalloc.start()
    found = await reader.poll(iso(store), NOTHING_REMEMBERED)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(found, Polled)
    assert [(entry.key, entry.facts["stage"]) for entry in found.entries] == [
        ("iso 1", "published"),
        ("iso 2", "enquiry"),
    ]
    assert found.complete
    assert most < 8_000_000


async def test_a_changed_stage_is_seen_and_an_unchanged_list_is_not_fetched(store: Store, reader: SourceReader) -> None:
    store.headers = {"ETag": '"1"'}
    store.pieces = [record(1, code=4000).encode() + b"\n", *others(500)]
    first = await reader.poll(iso(store), NOTHING_REMEMBERED)
    assert isinstance(first, Polled)
    assert first.memory.etag == '"1"'
    assert isinstance(await reader.poll(iso(store), first.memory), Unchanged)
    store.headers = {"ETag": '"2"'}
    store.pieces = [store.pieces[0], *others(900)]
    assert isinstance(await reader.poll(iso(store), first.memory), Unchanged)
    store.pieces[0] = record(1, code=4020).encode() + b"\n"
    second = await reader.poll(iso(store), first.memory)
    assert isinstance(second, Polled)
    assert second.entries[0].facts["stage_code"] == "40.20"


async def test_records_of_another_shape_are_told_though_none_is_kept(store: Store, reader: SourceReader) -> None:
    store.pieces = [json.dumps({"id": n, "owner": "ISO/IEC JTC 1/SC 37"}).encode() + b"\n" for n in range(500)]
    with pytest.raises(ParseError, match="ownerCommittee"):
        await reader.poll(iso(store), NOTHING_REMEMBERED)


async def test_a_block_page_is_blocked(store: Store, reader: SourceReader) -> None:
    store.pieces = [b"<html><head><title>Access Denied</title></head><body>You do not have permission</body></html>"]
    with pytest.raises((FetchError, ParseError)):
        await reader.poll(iso(store), NOTHING_REMEMBERED)


async def test_a_list_that_breaks_off_is_not_believed(store: Store, reader: SourceReader) -> None:
    store.pieces = [record(1).encode() + b"\n", *others(500)]
    store.breaks_off = True
    with pytest.raises(FetchError):
        await reader.poll(iso(store), NOTHING_REMEMBERED)


async def test_a_list_that_moved_for_good_keeps_what_is_asked_of_it(store: Store, reader: SourceReader) -> None:
    store.pieces = [record(1).encode() + b"\n", *others(500)]
    found = await reader.poll(iso(store, path="/moved"), NOTHING_REMEMBERED)
    assert (
        found.hints.moved_to
        == store.site.url("/list") + "#committee=ISO/IEC%20JTC%201/SC%2037&committee=ISO/IEC%20JTC%201/SC%2042"
    )


async def test_all_of_a_list_over_the_cap_is_refused(store: Store, reader: SourceReader) -> None:
    store.pieces = [*others(500)]
    with pytest.raises(FetchError, match="larger than"):
        await reader.poll(iso(store, fragment=""), NOTHING_REMEMBERED)


@pytest.mark.parametrize(
    ("path", "seconds", "why"), [("/fast", 60, "larger than 3 MB"), ("/slow", 0.3, "did not answer in time")]
)
async def test_a_stream_without_end_is_left_at_the_absolute_cap_and_in_time(
    path: str, seconds: float, why: str, *, serve: Serve, clock: FakeClock, settings: FetchSettings
) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while request.path == "/fast":
            await response.write(b"x" * 1_000 + b"\n")
        await asyncio.Event().wait()
        return response

    site = await serve(endless)
    asked = replace(settings, robots=False, max_stream_bytes=3_000_000, stream_timeout=timedelta(seconds=seconds))
    async with open_sources(asked, clock) as reader:
        source = Source(id=SourceId("iso"), name="ISO", url=site.url(path) + FRAGMENT, format="iso")
        with pytest.raises(FetchError, match=why):
            await reader.poll(source, NOTHING_REMEMBERED)


async def cut(body: bytes, sizes: list[int]) -> AsyncIterator[bytes]:
    at = 0
    for size in [*sizes, len(body)]:
        yield body[at : at + size]
        at += size


def wanted_line(line: bytes) -> bool:
    return b"yes" in line


@hypothesis_settings(deadline=None)
@given(
    st.lists(st.sampled_from([b"yes", b"no", b"", b"y\r", b"an other yes"]), max_size=60),
    st.lists(st.integers(0, 30), max_size=20),
    st.sampled_from(["", "gzip", "deflate"]),
)
async def test_it_does_not_matter_where_an_answer_is_cut(lines: list[bytes], sizes: list[int], encoding: str) -> None:
    body = b"\n".join(lines)
    packed = {"": body, "gzip": gzip.compress(body, mtime=0), "deflate": zlib.compress(body)}[encoding]
    found = await kept_lines(cut(packed, sizes), encoding, wanted_line, cap=10_000, most=10_000)
    expected = [line for number, line in enumerate(lines) if number < SPECIMENS or wanted_line(line)]
    assert found.rstrip(b"\n") == b"\n".join(expected).rstrip(b"\n")


@pytest.mark.parametrize(
    ("body", "encoding", "why"),
    [
        (b"x" * (LONGEST_LINE + 1), "", "does not end"),
        (b"yes\n" * 5_000, "", "larger than"),
        (gzip.compress(b"\0" * 60_000_000, mtime=0), "gzip", "larger than|does not end"),
        (gzip.compress(b"yes\n", mtime=0)[:-9], "gzip", "breaks off"),
        (b"\x1f\x8b\x08rubbish", "gzip", "damaged|breaks off"),
        (b"yes", "br", "compressed its answer with br"),
    ],
)
async def test_what_is_no_list_of_lines_is_refused(body: bytes, encoding: str, why: str) -> None:
    with pytest.raises(FetchError, match=why):
        await kept_lines(cut(body, [1000]), encoding, wanted_line, cap=10_000, most=50_000_000)


@pytest.mark.parametrize(
    ("line", "keep"),
    [
        ('{"ownerCommittee":"ISO/IEC JTC 1/SC 37"}', True),
        ('{"ownerCommittee" : "ISO\\/IEC JTC 1\\/SC 37"}', True),
        ('{"ownerCommittee":"iso/iec jtc 1/sc 42"}', True),
        ('{"ownerCommittee":"ISO/IEC JTC 1/SC 27"}', False),
        ('{"scope":"ISO/IEC JTC 1/SC 37"}', False),
    ],
)
def test_lines_are_kept_by_their_committee(line: str, keep: bool) -> None:  # noqa: FBT001
    asked = wanted(f"https://iso.example/list{FRAGMENT}")
    assert asked is not None
    assert asked(line.encode()) is keep
    assert wanted("https://iso.example/list") is None


@pytest.mark.parametrize("encoding", ["", "gzip"])
async def test_a_body_of_nothing_but_line_ends_is_refused_soon_and_gives_others_the_loop(encoding: str) -> None:
    ends = b"\n" * (2 * MOST_LINES)
    turns = 0

    async def pieces() -> AsyncIterator[bytes]:
        yield gzip.compress(ends) if encoding else ends

    async def others_work() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    working = asyncio.create_task(others_work())
    with pytest.raises(FetchError, match="too many"):
        await kept_lines(pieces(), encoding, lambda _line: False, cap=1_000, most=len(ends))
    working.cancel()
    assert turns > 50
