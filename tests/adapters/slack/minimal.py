"""A stand-in that knows little, as small public ones do: few methods, bare answers, no metadata, nothing about itself.

What it leaves out was seen in third-party stand-ins: unknown methods are an HTML page or a 404, answers hold what was
asked for and no more, the history is unsorted and ignores `oldest`, every socket gets every payload.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from tests.adapters.slack.person import Person
from tests.adapters.slack.standin import BOT_USER, Json, Slack
from tests.adapters.slack.wire import cut, read

ANSWERS: Mapping[str, Sequence[str]] = {
    "auth.test": ("user_id",),
    "apps.connections.open": ("url",),
    "chat.postMessage": ("ts",),
    "chat.update": (),
    "conversations.history": ("messages",),
    "conversations.replies": ("messages",),
    "views.open": ("view",),
}
OUTER = frozenset({"type", "event", "command", "text", "user", "user_id", "channel", "channel_id", "message"})
KEPT = OUTER | {"view", "actions", "callback_id", "container", "trigger_id", "response_url", "team", "team_id"}


class Minimal(Slack):
    """A workspace behind such a stand-in."""

    async def api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if method not in ANSWERS:
            return web.Response(status=404, text="<h1>Not Found</h1>", content_type="text/html")
        token, arguments = await read(request)
        self.log.append(
            {"id": len(self.log), "direction": "from_bot", "kind": "web_api", "summary": method, "detail": arguments}
        )
        lost = next((one for one in self.faults if one.method == method and one.times > 0), None)
        if method.startswith("conversations."):
            return web.json_response({"ok": True, "messages": self._shown_of(arguments)})
        answer = self._answer(method, token, arguments)
        if lost is not None:
            lost.times -= 1
            return cut(request)
        bare = {name: answer[name] for name in ("ok", "error", *ANSWERS[method]) if name in answer}
        return web.json_response(bare)

    def _shown_of(self, arguments: Json) -> list[Json]:
        """Return all that was ever said in a channel, newest last, with what the bot said and nothing else of it."""
        messages = self.channels[arguments["channel"]].messages
        return [{name: one[name] for name in ("ts", "text", "thread_ts", "user") if name in one} for one in messages]


@dataclass
class Plain(Person):
    """Somebody there: payloads hold what they cannot do without."""

    async def deliver(self, kind: str, payload: Json, *, retry: int = 0) -> Json:
        bare = {name: held for name, held in payload.items() if name in KEPT}
        if "view" in bare and payload["type"] == "block_actions":
            bare["view"] = {name: held for name, held in bare["view"].items() if name != "state"}
        return await super().deliver(kind, json.loads(json.dumps(bare)), retry=retry)

    async def mentions(self, text: str) -> Json:
        """Mention the bot by its name."""
        event = self.message(f"<@{BOT_USER}> {text}")
        await self.deliver("events_api", self.event({**event, "type": "app_mention"}))
        return event
