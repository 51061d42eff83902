"""One message after the other to each room, each under a transaction id, none cancelled half-way.

Servers know a transaction id for a while (Synapse 24 hours, Dendrite until it is restarted), in which the same id
is the same event. A message whose answer was lost is looked for all the same before it is sent again: by that id, or
by the mark that every message has.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import aiohttp

from adapters.matrix.errors import chat_error, unreachable
from adapters.matrix.journal import Attempt, Journal
from adapters.matrix.keys import Keys
from bot.domain.errors import ChatDown, RateLimited, Undeliverable
from bot.domain.ports import Clock

if TYPE_CHECKING:
    from nio import AsyncClient

MARK = "rapporteur.id"
PRESSED = timedelta(minutes=2)
"""How long after a refusal messages to all rooms go one by one: the limit is the account's."""
LOOK_BACK = timedelta(hours=1)
LAST_WORDS = 5.0
"""Seconds that messages on their way get when the platform is left."""
Content = Callable[[], Awaitable[dict[str, Any]]]


class Sender:
    """Sends events; what a caller gave up goes on, and the next call under the same id gets its result."""

    def __init__(self, client: "AsyncClient", journal: Journal, keys: Keys, clock: Clock) -> None:
        self._client = client
        self._journal = journal
        self._keys = keys
        self._clock = clock
        self._under_way: dict[str, asyncio.Task[str]] = {}
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._gate = asyncio.Lock()
        self._refused: datetime | None = None
        self._not_before: datetime | None = None

    async def send(self, room_id: str, txn: str, content: Content, *, kind: str = "m.room.message") -> str:
        """Send an event and return its id; raise a ChatError."""
        task = self._under_way.get(txn)
        if task is None:
            task = asyncio.create_task(self._send(room_id, txn, content, kind))
            self._under_way[txn] = task
            task.add_done_callback(lambda done: self._landed(txn, done))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Let messages on their way land, for a few seconds; the rest is sent again under its id."""
        tasks = list(self._under_way.values())
        if tasks:
            await asyncio.wait(tasks, timeout=LAST_WORDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _landed(self, txn: str, task: "asyncio.Task[str]") -> None:
        self._under_way.pop(txn, None)
        if not task.cancelled():
            task.exception()  # somebody may have given up on it; it is not lost, only not asked for

    async def _send(self, room_id: str, txn: str, content: Content, kind: str) -> str:
        attempt = await self._journal.attempt(txn, room_id, now=self._clock.now().timestamp())
        if attempt.event is not None:
            return attempt.event
        try:
            async with self._lane(room_id):
                event = await self._found(room_id, txn, attempt) or await self._put(room_id, txn, content, kind)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise unreachable(error) from error
        except (RateLimited, Undeliverable):
            if not attempt.again:
                await self._journal.untried(txn)
            raise
        await self._journal.sent(txn, event)
        return event

    def _lane(self, room_id: str) -> asyncio.Lock:
        lane = self._lanes.get(room_id)
        if lane is None:
            lane = self._lanes[room_id] = asyncio.Lock()
        return lane

    async def _put(self, room_id: str, txn: str, content: Content, kind: str) -> str:
        from nio import EncryptionError, GroupEncryptionError, LocalProtocolError, MembersSyncError, RoomSendResponse

        room = self._client.rooms.get(room_id)
        if room is None:
            raise Undeliverable("The bot is not in this room; invite it.", closed=True)
        async with self._in_turn():
            try:
                made = {**await content(), MARK: txn}
                if room.encrypted:
                    await self._keys.share(room_id)
                answer = await self._client.room_send(room_id, kind, made, txn, ignore_unverified_devices=True)
            except (EncryptionError, GroupEncryptionError, MembersSyncError, LocalProtocolError) as error:
                raise ChatDown(f"The message could not be encrypted yet ({error}).") from error
            if isinstance(answer, RoomSendResponse):
                return str(answer.event_id)
            refused = chat_error(answer)
            if isinstance(refused, RateLimited):
                self._refused = self._clock.now()
                self._not_before = self._refused + refused.retry_after
            raise refused

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """Ask nothing while the server wants patience, and after that one by one for a while."""
        if self._refused is None or self._clock.now() - self._refused > PRESSED:
            yield
            return
        async with self._gate:
            left = (self._not_before or self._refused) - self._clock.now()
            if left > timedelta():
                raise RateLimited("The homeserver limits how much the bot may send.", retry_after=left)
            yield

    async def _found(self, room_id: str, txn: str, attempt: Attempt) -> str | None:
        """Look for a message that the server may have taken without our knowing."""
        from nio import MessageDirection, RoomMessagesResponse

        if not attempt.again:
            return None
        earliest = (attempt.at - LOOK_BACK.total_seconds()) * 1000
        start: str | None = None
        while True:
            page = await self._client.room_messages(room_id, start=start, direction=MessageDirection.back, limit=100)
            if not isinstance(page, RoomMessagesResponse):
                raise chat_error(page)
            raws: list[dict[str, Any]] = [event.source for event in page.chunk]
            for raw in raws:
                if raw.get("sender") == self._client.user_id and txn in _marks(raw):
                    return str(raw["event_id"])
            oldest = min((raw.get("origin_server_ts", 0) for raw in raws), default=0)
            if not page.end or page.end == start or oldest < earliest:
                return None
            start = page.end


def _marks(raw: Mapping[str, Any]) -> set[object]:
    """Return what an event of ours may be known by."""
    return {raw.get("unsigned", {}).get("transaction_id"), raw.get("content", {}).get(MARK)}
