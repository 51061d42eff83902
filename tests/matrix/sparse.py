"""A homeserver that says as little as the specification allows, and takes as little as others than Synapse do.

No transaction ids are remembered nor shown, no keys counted in syncs, no places in timelines named, no request held,
no signing known.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import web

BOT, ANNA, ROOM = "@bot:sparse", "@anna:sparse", "!room:sparse"
UNRECOGNIZED = 404, {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"}
Answer = tuple[int, dict[str, Any]]


@dataclass(slots=True)
class Sparse:
    """What the server knows: one room.

    Attributes:
        cut: how many of the newest events a sync shows.
        lose: how many of the next messages are taken without an answer.
        refuse: answers to the next requests whose path has a part.

    """

    url: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    cut: int = 100
    lose: int = 0
    refuse: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def say(self, sender: str, content: dict[str, Any], kind: str = "m.room.message", **more: Any) -> str:
        event = f"$e{len(self.events)}"
        what = {"event_id": event, "sender": sender, "type": kind, "content": content, "origin_server_ts": 1, **more}
        self.events.append(what)
        return event

    def types(self, text: str) -> str:
        return self.say(ANNA, {"msgtype": "m.text", "body": text})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        planned = next((left for part, left in self.refuse.items() if part in request.path and left), None)
        status, said = planned.pop(0) if planned else await self._answer(request)
        if self.lose and "/send/" in request.path:
            self.lose -= 1
            return web.Response(status=502, text="<html>Bad gateway</html>", content_type="text/html")
        return web.json_response(said, status=status)

    async def _answer(self, request: web.Request) -> Answer:
        kinds: dict[str, Callable[[web.Request], Answer]] = {
            "/sync": self._sync,
            "/messages": self._messages,
            "/event/": self._event,
        }
        if "/send/" in request.path:
            return 200, {"event_id": self.say(BOT, await request.json())}
        fixed: dict[str, dict[str, Any]] = {
            "/client/versions": {"versions": ["v1.1"]},
            "/.well-known/matrix/client": {"m.homeserver": {"base_url": "https://matrix.sparse/"}},
            "/account/whoami": {"user_id": BOT},
            "/keys/query": {"device_keys": {}},
            "/keys/upload": {"one_time_key_counts": {"signed_curve25519": 50}},
            "/joined_members": {"joined": {ANNA: {}, BOT: {}}},
        }
        found = next((said for part, said in fixed.items() if request.path.endswith(part)), None)
        if found is not None:
            return 200, found
        kind = next((made for part, made in kinds.items() if part in request.path), None)
        return kind(request) if kind else UNRECOGNIZED

    def _sync(self, request: web.Request) -> Answer:
        since = int(request.query.get("since", "0"))
        new = self.events[since:]
        shown = new[-self.cut :]
        timeline = {"events": shown, **({"limited": True} if len(shown) < len(new) else {})}
        rooms = {"join": {ROOM: {"timeline": timeline}}} if new or "full_state" in request.query else {}
        return 200, {"next_batch": str(len(self.events)), "rooms": rooms}

    def _messages(self, request: web.Request) -> Answer:
        size = len(self.events)
        if request.query["dir"] == "f":
            at = int(request.query["from"])
            return 200, {"start": str(at), "chunk": self.events[at : at + 2], "end": str(min(at + 2, size))}
        return 200, {"start": str(size), "chunk": self.events[::-1]}

    def _event(self, request: web.Request) -> Answer:
        wanted = unquote(request.path.rpartition("/")[2])
        found = next((event for event in self.events if event["event_id"] == wanted), None)
        return (200, found) if found else UNRECOGNIZED


@asynccontextmanager
async def sparsely() -> AsyncIterator[Sparse]:
    """Serve a room in which the bot already is."""
    server = Sparse()
    for user in (ANNA, BOT):
        server.say(user, {"membership": "join"}, "m.room.member", state_key=user)
    app = web.Application(client_max_size=1 << 24)
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()
