"""A bot for tests to kill: the real one, with a chat that a test scripts over HTTP.

Usage: killed_bot.py DATABASE FEEDS_URL CHAT_URL SOURCES BURST
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta

import aiohttp

from bot.config import AlertSettings, CatalogueSettings, FetchSettings, Settings, StoreSettings
from bot.domain.alerts import DeliveryKey
from bot.domain.chat import Conversation, Receipt
from bot.domain.document import Document
from bot.domain.entries import SourceId
from bot.domain.errors import ChatDown, CommandError
from bot.domain.ports import Desk
from bot.domain.sources import Origin, Source
from bot.wiring.assembly import open_bot

TICK = timedelta(milliseconds=300)


class HttpChat:
    """Posts to the test's chat server, which keeps keys, and loses, delays and repeats its answers."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def post(self, to: Conversation, what: Document, *, thread: Receipt | None, key: DeliveryKey) -> Receipt:
        return await self._send("post", to, what, thread, key)

    async def edit(self, to: Conversation, message: Receipt, what: Document, *, key: DeliveryKey) -> Receipt:
        await self._send("edit", to, what, message, key)
        return message

    async def serve(self, desk: Desk) -> None:
        del desk
        await asyncio.Event().wait()

    async def _send(
        self, verb: str, to: Conversation, what: Document, ref: Receipt | None, key: DeliveryKey
    ) -> Receipt:
        message = {"verb": verb, "to": to.id, "text": what.plain, "ref": ref, "key": key}
        try:
            async with self._session.post(self._url, json=message) as answer:
                if answer.status != 200:
                    raise ChatDown(f"HTTP {answer.status}")
                return Receipt((await answer.json())["receipt"])
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ChatDown(f"{type(error).__name__}") from error


def settings(database: str, feeds: str, count: int, burst: int) -> Settings:
    sources = tuple(
        Source(
            id=SourceId(f"feed{number}"),
            url=f"{feeds}/{number}",
            format="feed",
            name=f"Feed {number}",
            interval=TICK,
            origin=Origin.CONFIG,
        )
        for number in range(count)
    )
    return Settings(
        store=StoreSettings(url=f"sqlite:///{database}"),
        fetch=FetchSettings(allow_private=("127.0.0.1",), per_host_interval=timedelta(), min_interval=TICK),
        catalogue=CatalogueSettings(enabled=False),
        alerts=AlertSettings(burst=burst),
        sources=sources,
    )


async def main(database: str, feeds: str, chat: str, count: int, burst: int) -> None:
    timeout = aiohttp.ClientTimeout(total=0.4)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        chats = {"scripted": HttpChat(session, chat)}
        async with open_bot(settings(database, feeds, count, burst), chats=chats, owner="killed") as bot:
            for number in range(count):
                room = Conversation("scripted", f"room{number % 10}")
                query = f'"topic{number}" OR "both{number // 2}"'
                await watch(bot.store.watches.add, room, query, bot.clock.now())
            await bot.run(asyncio.Event())


async def watch(add: Callable[..., Awaitable[object]], room: Conversation, query: str, now: object) -> None:
    """Add a watch that may stand already: the process before this one was killed."""
    try:
        await add(room, query, owner="test", note="", now=now)
    except CommandError:
        return


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])))
