"""Polling: F3, how long the loop is held up while feeds parse; H1, what a poll that brings nothing costs.

`python -m bench.polling`
"""

import asyncio
import multiprocessing
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time, time

import aiohttp

from bench.figures import ROUNDS, Figure, show
from bot.domain.entries import SourceId
from bot.domain.sources import Memory, Source
from feeds import formats
from feeds.page import Page
from feeds.pool import open_pool
from feeds.settings import FetchSettings
from feeds.source import SourceReader, open_sources

SAMPLES = Path(__file__).parents[2] / "shared" / "samples" / "feeds"
SIZES = range(15_000, 400_001)
FEEDS, AT_ONCE = 300, 8
BEAT = 0.001
POLLS = 500
P99_GOAL, MAX_GOAL, SHARE_GOAL = 0.010, 0.025, 40
H1_GOAL = 2.0
ETAG = '"v1"'

_TEXT = (
    "The group reviewed the contribution on visual surveillance &amp; agreed to revise the &lt;b&gt;text&lt;/b&gt;. "
)
_ITEM = "<item><guid>{n}</guid><title>Item {n} of the list</title><link>https://example.org/{n}</link><pubDate>Mon, 02 Mar 2026 08:00:00 GMT</pubDate><description>{text}</description></item>"  # noqa: E501


def bodies() -> tuple[list[bytes], str]:
    """Return 300 feeds of 15 to 400 KB: real ones where the samples are at hand, else made ones."""
    files = sorted(path for path in SAMPLES.rglob("*") if path.suffix in {".xml", ".rss", ".atom"} and path.is_file())
    found = [path.read_bytes() for path in files if path.stat().st_size in SIZES]
    kind = f"{len(found)} real feeds, repeated"
    if not found:
        found, kind = [_made(size) for size in range(20_000, 400_000, 20_000)], "generated feeds"
    return list(islice(cycle(found), FEEDS)), kind


def _made(size: int) -> bytes:
    item = _ITEM.format(n="{n}", text=_TEXT * 20)
    items = "".join(item.format(n=n) for n in range(max(1, size // len(item))))
    return f'<rss version="2.0"><channel><title>Made</title>{items}</channel></rss>'.encode()


async def lags(parse: Callable[[Page], Awaitable[object]], pages: Sequence[Page]) -> tuple[list[float], float]:
    """Return how late a heartbeat of 1 ms came while `parse` read all pages, 8 at once, and how long that took."""
    late: list[float] = []
    queue = iter(pages)

    async def beat() -> None:
        while True:
            due = perf_counter() + BEAT
            await asyncio.sleep(BEAT)
            late.append(perf_counter() - due)

    async def work() -> None:
        for page in queue:
            await parse(page)
            await asyncio.sleep(0)

    heart = asyncio.ensure_future(beat())
    await asyncio.sleep(0.02)
    begun = perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    spent = perf_counter() - begun
    heart.cancel()
    return late, spent


async def _inline(page: Page) -> None:
    formats.parse("feed", page)


async def _measured_lags(pages: Sequence[Page]) -> tuple[tuple[list[float], float], tuple[list[float], float]]:
    async with open_pool(limit=timedelta(seconds=60)) as pool:
        await asyncio.gather(*(pool.parse("feed", page) for page in pages[:AT_ONCE]))  # the processes are up
        pooled = await lags(lambda page: pool.parse("feed", page), pages)
    return pooled, await lags(_inline, pages)


def f3() -> list[Figure]:
    """Measure the loop's lag through the pool and inline, in the same run."""
    found, kind = bodies()
    pages = [
        Page(body=body, url="https://example.org/feed", fetched_at=datetime.fromtimestamp(0, UTC)) for body in found
    ]
    (own, spent), (inline, inline_spent) = asyncio.run(_measured_lags(pages))
    p50, p99, worst = median(own), quantiles(own, n=100)[98], max(own)
    notes = (
        f"N={FEEDS} {kind}, {sum(map(len, found)) / 1e6:.1f} MB, {AT_ONCE} at once; lag p50 {p50 * 1000:.2f}, "
        f"p99 {p99 * 1000:.2f}, max {worst * 1000:.2f}; {FEEDS / spent:.0f} feeds/s, inline {FEEDS / inline_spent:.0f}"
    )
    shared = {"baseline": "max inline", "baseline_seconds": max(inline), "notes": notes}
    ratio = max(inline) / worst
    return [
        _figure("F3 loop lag p99", "≤ 10 ms", p99, holds=p99 <= P99_GOAL, shared=shared),
        _figure("F3 loop lag max", "≤ 25 ms", worst, holds=worst <= MAX_GOAL, shared=shared),
        Figure(
            name="F3 inline ÷ pool",
            goal="≥ 40× less than inline",
            baseline="max inline",
            baseline_seconds=max(inline),
            own_seconds=worst,
            ratio=ratio,
            holds=ratio >= SHARE_GOAL,
        ),
    ]


def _figure(name: str, goal: str, seconds: float, *, holds: bool, shared: dict[str, object]) -> Figure:
    return Figure(
        name=name,
        goal=goal,
        baseline=str(shared["baseline"]),
        baseline_seconds=float(str(shared["baseline_seconds"])),
        own_seconds=seconds,
        ratio=seconds * 1000,
        holds=holds,
        unit="ms",
        notes=str(shared["notes"]),
    )


class _WallClock:
    def now(self) -> datetime:
        return datetime.fromtimestamp(time(), UTC)

    async def sleep_until(self, when: datetime) -> None:
        await asyncio.sleep((when - self.now()).total_seconds())


def _serve(pipe: Connection) -> None:
    """Answer 304 to everything but robots.txt, on loopback, until killed."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                missing = b"/robots.txt" in request[:40]
                line = (
                    b"404 Not Found\r\nContent-Length: 0" if missing else b"304 Not Modified\r\nETag: " + ETAG.encode()
                )
                writer.write(b"HTTP/1.1 " + line + b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


@contextmanager
def server() -> Iterator[str]:
    """Run the 304 server in a process of its own, so that its CPU time is not counted."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/feed"
    finally:
        process.kill()
        process.join()


async def _bare(session: aiohttp.ClientSession, url: str) -> None:
    async with session.get(url, headers={"If-None-Match": ETAG}) as response:
        await response.read()


async def _polls(reader: SourceReader, source: Source, memory: Memory) -> None:
    for _ in range(POLLS):
        memory = (await reader.poll(source, memory)).memory


async def _measured_polls(url: str) -> tuple[list[float], list[float]]:
    settings = FetchSettings(allow_private=("127.0.0.1",), per_host_interval=timedelta(), workers=1)
    source = Source(id=SourceId("bench"), url=url, format="feed", name="Bench")
    memory = Memory(etag=ETAG, body_hash="0" * 32, count=1)
    bare: list[float] = []
    own: list[float] = []
    async with aiohttp.ClientSession() as session, open_sources(settings, _WallClock()) as reader:
        await reader.poll(source, memory)
        for _ in range(ROUNDS):
            begun = process_time()
            for _ in range(POLLS):
                await _bare(session, url)
            between = process_time()
            await _polls(reader, source, replace(memory))
            own.append(process_time() - between)
            bare.append(between - begun)
    return bare, own


def h1() -> list[Figure]:
    """Measure a whole 304 poll against a bare aiohttp GET on the same kind of connection, client CPU only."""
    with server() as url:
        bare, own = asyncio.run(_measured_polls(url))
    ratio = median(own) / median(bare)
    return [
        Figure(
            name="H1 whole 304 poll",
            goal="≤ 2× bare aiohttp",
            baseline="bare aiohttp GET, keep-alive",
            baseline_seconds=median(bare) / POLLS,
            own_seconds=median(own) / POLLS,
            ratio=ratio,
            holds=ratio <= H1_GOAL,
            notes=f"N={POLLS} × {ROUNDS}, one connection, robots.txt obeyed, per-host interval 0, client CPU per poll",
        )
    ]


def figures() -> list[Figure]:
    """Return F3 and H1."""
    return [*f3(), *h1()]


if __name__ == "__main__":
    found = figures()
    show(found)
    sys.exit(0 if all(figure.holds for figure in found) else 1)
