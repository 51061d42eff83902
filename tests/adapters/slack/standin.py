"""Slack, for tests: a stateful server on loopback with Web API, Socket Mode, response URLs, uploads and faults.

It refuses what Slack's pages say that Slack refuses (`rules`), and lists every call at /_control/log.
"""

# ruff: noqa: N802, PLR0911  # named after Slack's methods; refuses early

import asyncio
import json
import os
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiohttp import WSMsgType, web

from tests.adapters.slack.rules import call_refused, message_refused
from tests.adapters.slack.wire import cut, page, read

TEAM, BOT_USER, BOT_ID, APP = "T0001", "U0BOT", "B0BOT", "A0001"
GENERAL, QUIET = "C0001", "C0002"
ANA, BEN = "U0ANA", "U0BEN"
GRANTED = (
    "app_mentions:read channels:history channels:read chat:write commands files:write groups:history groups:read "
    "im:history im:read im:write mpim:history mpim:read users:read"
)
SCOPES = frozenset(GRANTED.split())
TRIGGER_LIVES = 3.0
Json = dict[str, Any]


@dataclass
class Fault:
    """Something that goes wrong with the next calls of a method.

    Attributes:
        kind: `lost` does it and cuts the connection, `before` cuts it and does nothing, `500` and `503-after` likewise
            with an answer, `429` asks for patience, anything else is Slack's error word.

    """

    method: str
    kind: str
    times: int = 1
    wait: float = 0.0


@dataclass
class Channel:
    id: str
    archived: bool = False
    members: set[str] = field(default_factory=lambda: {BOT_USER, ANA, BEN})
    messages: list[Json] = field(default_factory=list)
    ephemerals: list[Json] = field(default_factory=list)


@dataclass
class Slack:
    """The workspace, and what went wrong in it."""

    base: str = ""
    tokens: dict[str, str] = field(default_factory=lambda: {"xoxb-1": TEAM, "xapp-1": TEAM})
    scopes: frozenset[str] = SCOPES
    channels: dict[str, Channel] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=lambda: {ANA: "Europe/Zurich", BEN: "America/New_York"})
    deleted: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    log: list[Json] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    homes: dict[str, Json] = field(default_factory=dict)
    views: dict[str, Json] = field(default_factory=dict)
    triggers: dict[str, float] = field(default_factory=dict)
    answers: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    uploads: dict[str, Json] = field(default_factory=dict)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    acks: dict[str, "asyncio.Future[Json]"] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    per_second: bool = False
    limited: int = 0
    _last: dict[str, float] = field(default_factory=dict)
    _ts: int = 0

    def __post_init__(self) -> None:
        for name in (GENERAL, QUIET):
            self.channels[name] = Channel(name)
        for user in self.users:
            self.channels[f"D{user[1:]}"] = Channel(f"D{user[1:]}", members={BOT_USER, user})

    # ------------------------------------------------------------------ what tests look at

    def said(self, channel: str = GENERAL) -> list[Json]:
        """Return what the bot said in a channel."""
        return [one for one in self.channels[channel].messages if one.get("bot_id")]

    def calls(self, method: str) -> list[Json]:
        """Return the arguments of every call of a method."""
        return [one["detail"] for one in self.log if one["summary"] == method]

    def fail(self, method: str, kind: str, *, times: int = 1, wait: float = 0.0) -> None:
        """Let the next calls of a method go wrong."""
        self.faults.append(Fault(method, kind, times, wait))

    def stamp(self) -> str:
        """Return a new timestamp, later than all others."""
        self._ts = max(self._ts + 1, int(time.time() * 1_000_000))
        return f"{self._ts / 1_000_000:.6f}"

    def trigger(self) -> str:
        """Return a trigger for one view, good for three seconds."""
        name = f"{int(time.time())}.{uuid4().hex[:12]}"
        self.triggers[name] = time.monotonic()
        return name

    # ------------------------------------------------------------------ the Web API

    async def api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        token, arguments = await read(request)
        self.log.append(
            {"id": len(self.log), "direction": "from_bot", "kind": "web_api", "summary": method, "detail": arguments}
        )
        fault = next((one for one in self.faults if one.method == method and one.times > 0), None)
        if fault is not None:
            fault.times -= 1
            if fault.wait:
                await asyncio.sleep(fault.wait)
            if request.transport is None:
                return web.Response()  # who asked was killed meanwhile: it never came, instead of after what follows
        kind = fault.kind if fault else ""
        if kind == "before":
            return cut(request)
        if kind == "429":
            self.limited += 1
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
        if kind == "500":
            return web.Response(status=500, text="oops", content_type="text/html")
        if kind and kind not in {"lost", "503-after"}:
            return web.json_response({"ok": False, "error": kind})
        answer = self._answer(method, token, arguments)
        if kind == "lost":
            return cut(request)
        if kind == "503-after":
            return web.json_response({"ok": False, "error": "service_unavailable"}, status=503)
        headers = {"x-oauth-scopes": ",".join(sorted(self.scopes))}
        return web.json_response(
            answer,
            status=429 if answer.get("error") == "ratelimited" else 200,
            headers=headers | ({"Retry-After": "1"} if answer.get("error") == "ratelimited" else {}),
        )

    def _answer(self, method: str, token: str, arguments: Json) -> Json:
        if method != "oauth.v2.access" and token not in self.tokens:
            return {"ok": False, "error": "invalid_auth"}
        refused = call_refused(method, arguments, self.scopes)
        if refused is not None:
            self.refusals.append(f"{method}: {refused}")
            return {"ok": False, "error": refused.partition(":")[0], "needed": "see the manifest"}
        does = getattr(self, "_" + method.replace(".", "_"))
        try:
            answer: Json = does(arguments, self.tokens.get(token, ""))
        except KeyError as error:
            return {"ok": False, "error": error.args[0]}
        return {"ok": True, **answer}

    def _auth_test(self, _arguments: Json, team: str) -> Json:
        return {
            "team_id": team,
            "team": "Team",
            "user_id": BOT_USER,
            "user": "rapporteur",
            "bot_id": BOT_ID,
            "url": "https://t.slack.com/",
        }

    def _apps_connections_open(self, _arguments: Json, _team: str) -> Json:
        return {"url": f"{self.base.replace('http', 'ws')}/link?ticket={uuid4()}"}

    def _channel(self, name: str) -> Channel:
        channel = self.channels.get(name)
        if channel is None:
            raise KeyError("channel_not_found")
        if channel.archived:
            raise KeyError("is_archived")
        if BOT_USER not in channel.members:
            raise KeyError("not_in_channel")
        return channel

    def _chat_postMessage(self, arguments: Json, _team: str) -> Json:
        channel = self._channel(arguments["channel"])
        if self.per_second:
            last, now = self._last.get(channel.id, 0.0), time.monotonic()
            if now - last < 0.95:
                self.limited += 1
                raise KeyError("ratelimited")
            self._last[channel.id] = now
        message = {name: held for name, held in arguments.items() if name != "channel"}
        thread = message.get("thread_ts")
        roots = {one["ts"] for one in channel.messages if one.get("thread_ts", one["ts"]) == one["ts"]}
        if thread is not None and thread not in roots:
            raise KeyError("thread_not_found")
        message |= {"ts": self.stamp(), "type": "message", "bot_id": BOT_ID, "user": BOT_USER}
        channel.messages.append(message)
        return {"channel": channel.id, "ts": message["ts"], "message": message}

    def _chat_postEphemeral(self, arguments: Json, _team: str) -> Json:
        channel = self._channel(arguments["channel"])
        if arguments["user"] not in channel.members:
            raise KeyError("user_not_in_channel")
        stamp = self.stamp()
        channel.ephemerals.append({**arguments, "ts": stamp})
        return {"message_ts": stamp}

    def _chat_update(self, arguments: Json, _team: str) -> Json:
        channel = self._channel(arguments["channel"])
        for message in channel.messages:
            if message["ts"] == arguments["ts"]:
                message |= {"text": arguments["text"], "blocks": arguments["blocks"], "edited": {"ts": self.stamp()}}
                return {"channel": channel.id, "ts": message["ts"], "message": message}
        raise KeyError("message_not_found")

    def _chat_delete(self, arguments: Json, _team: str) -> Json:
        channel = self._channel(arguments["channel"])
        left = [one for one in channel.messages if one["ts"] != arguments["ts"]]
        if len(left) == len(channel.messages):
            raise KeyError("message_not_found")
        channel.messages[:] = left
        return {"channel": channel.id, "ts": arguments["ts"]}

    def _conversations_history(self, arguments: Json, _team: str) -> Json:
        channel = self._channel(arguments["channel"])
        roots = [
            one
            for one in channel.messages
            if one.get("thread_ts", one["ts"]) == one["ts"] or one.get("reply_broadcast")
        ]
        return page(list(reversed(roots)), arguments)

    def _conversations_replies(self, arguments: Json, _team: str) -> Json:
        messages = self._channel(arguments["channel"]).messages
        if all(one["ts"] != arguments["ts"] for one in messages):
            raise KeyError("thread_not_found")
        thread = [one for one in messages if arguments["ts"] in {one["ts"], one.get("thread_ts")}]
        return page(thread, arguments)

    def _conversations_open(self, arguments: Json, _team: str) -> Json:
        return {"channel": {"id": f"D{arguments['users'][1:]}"}}

    def _users_info(self, arguments: Json, _team: str) -> Json:
        if arguments["user"] not in self.users:
            raise KeyError("user_not_found")
        return {
            "user": {
                "id": arguments["user"],
                "tz": self.users[arguments["user"]],
                "name": arguments["user"].lower(),
                "is_admin": arguments["user"] == ANA,
                "deleted": arguments["user"] in self.deleted,
            }
        }

    def _users_conversations(self, arguments: Json, _team: str) -> Json:
        user = arguments.get("user", BOT_USER)
        found = [one for one in self.channels.values() if {user, BOT_USER} <= one.members and one.id.startswith("C")]
        return {"channels": [{"id": one.id, "name": one.id.lower()} for one in found]}

    def _views_open(self, arguments: Json, _team: str) -> Json:
        opened = self.triggers.pop(arguments.get("trigger_id", ""), None)
        if opened is None or time.monotonic() - opened > TRIGGER_LIVES:
            raise KeyError("expired_trigger_id")
        return self._shown(f"V{uuid4().hex[:8]}", arguments["view"])

    def _views_update(self, arguments: Json, _team: str) -> Json:
        if arguments.get("view_id") not in self.views:
            raise KeyError("not_found")
        return self._shown(arguments["view_id"], arguments["view"])

    def _shown(self, name: str, view: Json) -> Json:
        self.views[name] = {**view, "id": name, "hash": uuid4().hex[:10]}
        return {"view": self.views[name]}

    def _views_publish(self, arguments: Json, _team: str) -> Json:
        self.homes[arguments["user_id"]] = arguments["view"]
        return {"view": arguments["view"]}

    def _files_getUploadURLExternal(self, arguments: Json, _team: str) -> Json:
        name = f"F{uuid4().hex[:8]}"
        self.uploads[name] = {"id": name, "name": arguments["filename"], "length": int(arguments["length"])}
        return {"upload_url": f"{self.base}/upload/{name}", "file_id": name}

    def _files_completeUploadExternal(self, arguments: Json, _team: str) -> Json:
        files = arguments["files"] if isinstance(arguments["files"], list) else json.loads(arguments["files"])
        for one in files:
            if len(self.uploads[one["id"]].get("body", b"")) != self.uploads[one["id"]]["length"]:
                raise KeyError("file_not_found")
        if arguments.get("channel_id"):
            shared = {
                "ts": self.stamp(),
                "type": "message",
                "user": BOT_USER,
                "text": "",
                "files": [{"id": one["id"], "name": self.uploads[one["id"]]["name"]} for one in files],
            }
            if arguments.get("thread_ts"):
                shared["thread_ts"] = arguments["thread_ts"]
            self._channel(arguments["channel_id"]).messages.append(shared)
        return {"files": [{"id": one["id"]} for one in files]}

    def _oauth_v2_access(self, arguments: Json, _team: str) -> Json:
        team = self.codes.pop(arguments.get("code", ""), None)
        if team is None:
            raise KeyError("invalid_code")
        self.tokens[f"xoxb-{team}"] = team
        return {
            "access_token": f"xoxb-{team}",
            "token_type": "bot",
            "scope": ",".join(sorted(self.scopes)),
            "bot_user_id": BOT_USER,
            "app_id": APP,
            "team": {"id": team, "name": team},
            "enterprise": None,
            "is_enterprise_install": False,
            "authed_user": {"id": ANA},
        }

    # ------------------------------------------------------------------ the other doors

    async def upload(self, request: web.Request) -> web.Response:
        self.uploads[request.match_info["file"]]["body"] = await request.read()
        return web.Response(text="OK")

    async def response(self, request: web.Request) -> web.Response:
        body = await request.json()
        kept = self.answers[request.match_info["way"]]
        if len(kept) >= 5 or message_refused(body):
            return web.Response(status=404, text="used_url")
        kept.append(body)
        return web.Response(text="ok")

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json(
            {"type": "hello", "num_connections": len(self.sockets), "connection_info": {"app_id": APP}}
        )
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                ack = json.loads(frame.data)
                waiting = self.acks.get(ack.get("envelope_id", ""))
                if waiting is not None and not waiting.done():
                    waiting.set_result(ack.get("payload") or {})
        self.sockets.remove(socket)
        return socket

    async def control(self, _request: web.Request) -> web.Response:
        return web.json_response({"log": self.log}, dumps=lambda data: json.dumps(data, default=str))


@asynccontextmanager
async def running(slack: Slack | None = None) -> AsyncIterator[Slack]:
    """Serve a workspace until left."""
    slack = slack or Slack()
    app = web.Application()
    app.add_routes(
        [
            web.route("*", "/api/{method}", slack.api),
            web.post("/upload/{file}", slack.upload),
            web.post("/response/{way}", slack.response),
            web.get("/link", slack.link),
            web.get("/_control/log", slack.control),
        ]
    )
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    slack.base = f"http://{host}:{port}"
    try:
        yield slack
    finally:
        for socket in list(slack.sockets):
            await socket.close()
        await runner.cleanup()
        keep(slack)


def keep(slack: Slack) -> None:
    """Write what the bot called into the folder that RAPPORTEUR_SLACK_CALLS names, for the contract check."""
    folder = os.environ.get("RAPPORTEUR_SLACK_CALLS")
    if folder:
        text = json.dumps({"log": slack.log}, default=str)
        Path(folder, f"{uuid4()}.json").write_text(text, encoding="utf-8")
