"""Nothing missed, nothing twice, order kept: with SIGKILL at random moments and a chat that misbehaves."""

import asyncio
import os
import random
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web

HERE = Path(__file__).parent
FEEDS = 20
START = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass
class Feeds:
    """A server of feeds that show one more entry at each poll, once all of them have their baseline."""

    per_feed: int
    served: dict[int, int] = field(default_factory=dict)
    shown: dict[int, int] = field(default_factory=dict)
    whole: dict[int, int] = field(default_factory=dict)
    dice: random.Random = field(default_factory=lambda: random.Random(5))

    @property
    def baselines_stored(self) -> bool:
        """A second request for a feed proves that the first answer was stored."""
        return len(self.served) == FEEDS and min(self.served.values()) > 1

    def whole_rounds(self) -> int:
        """How often the process that lives now has been given everything, of every feed."""
        return min(self.whole.values()) if len(self.whole) == FEEDS else 0

    async def answer(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        self.served[number] = self.served.get(number, 0) + 1
        if self.baselines_stored:
            step = self.dice.choice((0, 1, 2, 5))
            self.shown[number] = min(self.per_feed, self.shown.get(number, 0) + step)
            if self.shown[number] == self.per_feed:
                self.whole[number] = self.whole.get(number, 0) + 1
        return web.Response(body=self.body(number), content_type="application/rss+xml")

    def body(self, number: int) -> bytes:
        items = "".join(item(number, entry) for entry in range(self.shown.get(number, 0), 0, -1))
        old = "<item><guid>old</guid><title>Old news</title></item>"
        return f"<rss version='2.0'><channel><title>F{number}</title>{items}{old}</channel></rss>".encode()


def unlike(*numbers: int) -> str:
    """Return words that no other numbers give, so that titles that hold them are not one story."""
    letters = random.Random(str(numbers))  # no secret
    return " ".join("".join(letters.choices("bdfglmnprstv", k=7)) for _ in range(6))


def item(number: int, entry: int) -> str:
    """Feeds 2n and 2n+1 tell every tenth story alike, so that there are threads with replies."""
    pair = number // 2
    name = f"both{pair} {unlike(pair, entry, 0)}" if entry % 10 == 0 else f"topic{number} {unlike(number, entry)}"
    date = format_datetime(START + timedelta(minutes=entry))
    return f"<item><guid>{number}/{entry}</guid><title>{name}</title><pubDate>{date}</pubDate></item>"


def titles(number: int, per_feed: int) -> list[str]:
    return [item(number, entry).partition("<title>")[2].partition("<")[0] for entry in range(1, per_feed + 1)]


@dataclass
class Chat:
    """A chat server that keeps keys and fails, answers late, and forgets that it answered."""

    receipts: dict[str, str] = field(default_factory=dict)
    order: dict[str, list[str]] = field(default_factory=dict)
    text: dict[str, list[str]] = field(default_factory=dict)
    reposts: int = 0
    dice: random.Random = field(default_factory=lambda: random.Random(7))

    async def answer(self, request: web.Request) -> web.Response:
        message = await request.json()
        throw = self.dice.random()
        if throw < 0.02:
            return web.Response(status=503)
        key = message["key"]
        self.reposts += key in self.receipts
        if key not in self.receipts:
            self.receipts[key] = f"m{len(self.receipts)}"
            self.order.setdefault(message["to"], []).append(key)
            self.text.setdefault(message["to"], []).append(message["text"])
        if throw < 0.03:
            await asyncio.sleep(0.6)  # longer than the bot waits: posted, and the answer comes too late
        if throw < 0.04 and request.transport is not None:
            request.transport.close()  # posted, and the answer is lost
        return web.json_response({"receipt": self.receipts[key]})


@asynccontextmanager
async def serving(feeds: Feeds, chat: Chat) -> AsyncIterator[tuple[str, str]]:
    app = web.Application()
    app.add_routes([web.get("/{number:\\d+}", feeds.answer), web.post("/chat", chat.answer)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}", f"http://{host}:{port}/chat"
    finally:
        await runner.cleanup()


async def start(database: Path, urls: tuple[str, str], burst: int) -> asyncio.subprocess.Process:
    script = str(HERE / "killed_bot.py")
    root = HERE.parents[1]
    arguments = (script, str(database), *urls, str(FEEDS), str(burst))
    environment = {**os.environ, "PYTHONPATH": str(root)}
    return await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env=environment, stderr=asyncio.subprocess.DEVNULL
    )


def waiting(database: Path) -> int:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM deliveries WHERE state = 'pending'").fetchone()[0])
    finally:
        connection.close()


def planned(database: Path, room: str) -> list[str]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        rows = connection.execute(
            "SELECT key FROM deliveries WHERE conversation = ? ORDER BY seq", (f"scripted:{room}",)
        )
        return [row[0] for row in rows]
    finally:
        connection.close()


async def ordeal(tmp_path: Path, *, kills: int, per_feed: int, burst: int) -> None:
    feeds, chat, database = Feeds(per_feed), Chat(), tmp_path / "bot.db"
    moments = random.Random(11)
    async with serving(feeds, chat) as urls:
        process = await start(database, urls, burst)
        async with asyncio.timeout(60):
            while not feeds.baselines_stored:  # noqa: ASYNC110  # another process is waited for
                await asyncio.sleep(0.05)
        for _ in range(kills):
            await asyncio.sleep(moments.uniform(0.0, 1.6))
            process.send_signal(signal.SIGKILL)
            await process.wait()
            feeds.whole.clear()  # what the dead were given proves nothing
            process = await start(database, urls, burst)
        async with asyncio.timeout(300):
            # A second request for a feed proves that the answer to the first was stored.
            while feeds.whole_rounds() < 2 or waiting(database):  # noqa: ASYNC110  # another process is waited for
                await asyncio.sleep(0.2)
            # Further rounds of polls must bring nothing more.
            posted, rounds = len(chat.receipts), feeds.whole_rounds()
            while feeds.whole_rounds() < rounds + 2:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    assert len(chat.receipts) == posted
    check_everything_arrived(chat, per_feed)
    for room, keys in chat.order.items():
        assert keys == [key for key in planned(database, room) if key in chat.receipts]
        assert len(keys) == len(set(keys))


def check_everything_arrived(chat: Chat, per_feed: int) -> None:
    """Every matching entry stands in a message of each conversation that watches it."""
    for number in range(FEEDS):
        said = "\n".join(chat.text[f"room{number % 10}"])
        missed = [title for title in titles(number, per_feed) if title not in said]
        assert not missed


async def test_a_few_kills_lose_nothing(tmp_path: Path) -> None:
    await ordeal(tmp_path, kills=3, per_feed=10, burst=50)


@pytest.mark.slow
async def test_two_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    await ordeal(tmp_path, kills=200, per_feed=100, burst=50)
