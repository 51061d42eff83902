"""A thousand sources in one process: memory, and CPU per poll."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import psutil
from aiohttp import web

from bench.figures import Figure
from bot.clock import SteppedClock, SystemClock
from bot.config import AlertSettings, CatalogueSettings, FetchSettings, Settings, StoreSettings
from bot.domain.chat import Conversation
from bot.domain.entries import SourceId
from bot.domain.sources import Origin, Source
from bot.wiring.assembly import open_bot

COUNT = 1_000
ITEMS = 20
ROUNDS = 3
MOST_MEMORY = 150_000_000
PARAGRAPH = "<p>Study groups met and texts on cameras in public places were tabled by several companies.</p>"


def page(number: int, newest: int) -> bytes:
    """Return a feed of 20 items with some 1 KB of HTML each, the newest one numbered `newest`."""
    items = "".join(
        f"<item><guid>{number}-{n}</guid><title>Item {n} of feed {number}</title>"
        f"<link>http://127.0.0.1/{number}/{n}</link><description><![CDATA[{PARAGRAPH * 10}]]></description></item>"
        for n in range(newest, newest - ITEMS, -1)
    )
    return f"<rss version='2.0'><channel><title>Feed {number}</title>{items}</channel></rss>".encode()


@asynccontextmanager
async def server(round_: list[int]) -> AsyncIterator[str]:
    """Serve the feeds; each round adds one item to every feed."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=page(int(request.match_info["n"]), 100 + round_[0]), content_type="text/xml")

    app = web.Application()
    app.add_routes([web.get("/{n:\\d+}", answer)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def settings(folder: str, base: str) -> Settings:
    """Return a configuration with a thousand sources and nothing else."""
    sources = tuple(
        Source(id=SourceId(f"f{n}"), url=f"{base}/{n}", format="feed", name=f"Feed {n}", origin=Origin.CONFIG)
        for n in range(COUNT)
    )
    return Settings(
        store=StoreSettings(url=f"sqlite:///{folder}/bench.db"),
        fetch=FetchSettings(allow_private=("127.0.0.1",), per_host_interval=timedelta()),
        catalogue=CatalogueSettings(enabled=False),
        alerts=AlertSettings(),
        sources=sources,
    )


async def poll_all(base: str) -> None:
    """Run in a process of its own: poll everything in rounds, and print memory and CPU."""
    clock = SteppedClock(SystemClock().now())
    with TemporaryDirectory() as folder:
        async with open_bot(settings(folder, base), chats={}, owner="bench", clock=clock) as bot:
            room = Conversation("nowhere", "x")
            for n in range(100):
                await bot.store.watches.add(room, f"word{n} camera", owner="b", note="", now=clock.now())
            for round_ in range(ROUNDS):
                began = process_time()
                polls = await bot.poll_due()
                cpu = process_time() - began
                me = psutil.Process()
                family = [me, *me.children(recursive=True)]
                # Shared pages count once in the sum of PSS, and once a process in RSS.
                shared = sum(each.memory_full_info().pss for each in family)
                print(round_, polls, cpu, me.memory_info().rss, shared, len(family), flush=True)
                sys.stdin.readline()
                await clock.advance_to(clock.now() + timedelta(hours=3))


async def measure() -> list[list[float]]:
    """Serve in this process, poll in another; return its lines."""
    round_ = [0]
    rows = []
    async with server(round_) as base:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.thousand",
            base,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(ROUNDS):
            rows.append([float(word) for word in (await process.stdout.readline()).split()])
            round_[0] += 1
            process.stdin.write(b"\n")
            await process.stdin.drain()
        await process.wait()
    return rows


def figures() -> list[Figure]:
    """Measure memory after three rounds, and CPU per poll with one new item a poll."""
    _, polls, cpu, memory, family, processes = asyncio.run(measure())[-1]
    notes = f"{COUNT} sources of {ITEMS} items, one new each; 100 watches; {processes:.0f} processes together"
    return [
        Figure(
            name="RSS of the bot",
            goal="≤ 150 MB",
            baseline="the goal itself; own: CPU a poll",
            baseline_seconds=0,
            own_seconds=cpu / polls,
            ratio=memory / 1e6,
            unit="MB",
            holds=memory <= MOST_MEMORY,
            notes=f"{notes} {family / 1e6:.0f} MB (PSS)",
        )
    ]


if __name__ == "__main__":
    asyncio.run(poll_all(sys.argv[1]))
