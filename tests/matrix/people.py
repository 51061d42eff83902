"""People of a test: real clients with keys of their own, that say things and see what a room shows."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from nio import (
    AsyncClient,
    AsyncClientConfig,
    MegolmEvent,
    MessageDirection,
    RoomMessagesResponse,
    RoomSendResponse,
    SyncResponse,
)

from tests.matrix.homeserver import Homeserver, Login

ENCRYPTED = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
Raw = Mapping[str, Any]
PATIENCE = 120.0
"""Seconds that a slow machine may take for what takes a moment; who waits in vain fails."""


@dataclass(slots=True)
class Person:
    """Somebody with a Matrix client.

    Attributes:
        seen: what their client could read, by room, oldest first.
        sealed: what it could not read.

    """

    server: Homeserver
    login: Login
    client: AsyncClient
    seen: dict[str, list[Raw]] = field(default_factory=dict)
    sealed: list[Any] = field(default_factory=list)

    async def room(self, *invited: str, encrypted: bool = False, **more: Any) -> str:
        """Make a room and invite people to it."""
        state = [ENCRYPTED] if encrypted else []
        wanted = {"invite": list(invited), "initial_state": state, "name": "Standards", **more}
        status, made = await self.ask("POST", "/_matrix/client/v3/createRoom", wanted)
        assert status == 200, made
        room = str(made["room_id"])
        await self.until(lambda: room in self.client.rooms)
        return room

    async def joins(self, room: str) -> None:
        status, said = await self.ask("POST", f"/_matrix/client/v3/join/{room}", {})
        assert status == 200, said
        await self.until(lambda: room in self.client.rooms)

    async def say(self, room: str, text: str, *, thread: str | None = None, txn: str = "", **more: Any) -> str:
        """Type a message and return its event."""
        relation = {"m.relates_to": {"rel_type": "m.thread", "event_id": thread}} if thread else {}
        return await self.send(room, "m.room.message", {"msgtype": "m.text", "body": text, **relation, **more}, txn)

    async def react(self, room: str, event: str, emoji: str) -> str:
        relation = {"rel_type": "m.annotation", "event_id": event, "key": emoji}
        return await self.send(room, "m.reaction", {"m.relates_to": relation})

    async def send(self, room: str, kind: str, content: dict[str, Any], txn: str = "") -> str:
        txn = txn or uuid4().hex
        sent = await self.client.room_send(room, kind, content, txn, ignore_unverified_devices=True)
        assert isinstance(sent, RoomSendResponse), sent
        return str(sent.event_id)

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        return await self.server.ask(method, path, body, self.login)

    async def look(self) -> None:
        """Sync once, and read what came."""
        answer = await self.client.sync(timeout=500, full_state=self.client.next_batch in {None, ""})
        if not isinstance(answer, SyncResponse):
            await asyncio.sleep(0.1)
            return
        for room, info in answer.rooms.join.items():
            for event in info.timeline.events:
                if isinstance(event, MegolmEvent):
                    event.room_id = room
                    self.sealed.append(event)
                else:
                    self._see(room, event)
        if self.client.should_upload_keys:
            await self.client.keys_upload()
        if self.client.should_query_keys:
            await self.client.keys_query()
        self._unseal()

    async def until(self, seen: Callable[[], Any], *, patience: float = PATIENCE) -> Any:
        """Sync until something is so, and return it."""
        async with asyncio.timeout(patience):
            while not (found := seen()):
                await self.look()
            return found

    async def answer(self, room: str, has: str, *, thread: str | None = None, patience: float = PATIENCE) -> Raw:
        """Wait for another's message whose text has some words, in a thread if one is named."""

        def there() -> Raw | None:
            found = [raw for raw in self.texts(room) if has in raw["content"]["body"]]
            return next((raw for raw in found if thread is None or thread_of(raw) == thread), None)

        try:
            found: Raw = await self.until(there, patience=patience)
        except TimeoutError:
            bodies = [raw["content"]["body"] for raw in self.texts(room)]
            raise AssertionError(f"{has!r} is not in {bodies}; unreadable: {len(self.sealed)}") from None
        return found

    async def history(self, room: str) -> list[Raw]:
        """Page through everything that others ever said in a room; what cannot be read is in `sealed`."""
        self.sealed.clear()
        start: str | None = ""
        found: list[Raw] = []
        while start is not None:
            page = await self.client.room_messages(room, start=start, direction=MessageDirection.back, limit=100)
            if not isinstance(page, RoomMessagesResponse):
                return []
            self.sealed += [event for event in page.chunk if isinstance(event, MegolmEvent)]
            found += [event.source for event in page.chunk if not isinstance(event, MegolmEvent)]
            start = page.end
        mine = (raw for raw in found if raw.get("sender") != self.login.user_id)
        return [raw for raw in mine if raw.get("type") == "m.room.message" and "body" in raw["content"]]

    def texts(self, room: str) -> list[Raw]:
        """Return others' messages."""
        return [
            raw
            for raw in self.seen.get(room, [])
            if raw["type"] == "m.room.message" and raw["sender"] != self.login.user_id and "body" in raw["content"]
        ]

    def _see(self, room: str, event: Any) -> None:
        raw = {**event.source, "decrypted": getattr(event, "decrypted", False)}
        if raw["event_id"] not in {one["event_id"] for one in self.seen.get(room, [])}:
            self.seen.setdefault(room, []).append(raw)

    def _unseal(self) -> None:
        for event in list(self.sealed):
            try:
                self._see(event.room_id, self.client.decrypt_event(event))
            except Exception:  # noqa: BLE001  # its key may come
                continue
            self.sealed.remove(event)


def thread_of(raw: Raw) -> str | None:
    relation = raw["content"].get("m.relates_to", {})
    return relation.get("event_id") if relation.get("rel_type") == "m.thread" else None


async def arrives(server: Homeserver, folder: Path, name: str = "") -> Person:
    """Bring a new person into the test, with a device."""
    login = await server.register(name)
    here = folder / login.device_id
    here.mkdir(parents=True)
    config = AsyncClientConfig(max_limit_exceeded=0, max_timeouts=3, request_timeout=60, pickle_key="test")
    client = AsyncClient(server.url, login.user_id, store_path=str(here), config=config)
    client.restore_login(login.user_id, login.device_id, login.access_token)
    person = Person(server, login, client)
    await person.look()
    return person
