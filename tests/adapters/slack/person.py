"""People in the stand-in's workspace: what they do arrives at the bot as Slack sends it, on either transport."""

# ruff: noqa: SIM117, ASYNC110  # one thing a line

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import aiohttp

from tests.adapters.slack.standin import ANA, APP, BOT_ID, BOT_USER, GENERAL, TEAM, Json, Slack

PATIENCE = 3.0


class NotAcknowledged(Exception):
    """The bot did not acknowledge within three seconds, or not with 200."""


@dataclass
class Person:
    """Somebody, and the transport by which Slack tells the bot of them.

    Attributes:
        url: where the bot answers over HTTP; None is Socket Mode.

    """

    slack: Slack
    url: str | None = None
    secret: str = "shh"
    user: str = ANA
    team: str = TEAM

    # ------------------------------------------------------------------ the transports

    async def deliver(self, kind: str, payload: Json, *, retry: int = 0) -> Json:
        """Bring a payload to the bot; return what it acknowledged with."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                if self.url is None:
                    return await self._by_socket(kind, payload, retry)
                return await self._by_http(kind, payload, retry)
        except TimeoutError as error:
            raise NotAcknowledged(f"{kind} after {time.monotonic() - started:.1f} s") from error

    async def _by_socket(self, kind: str, payload: Json, retry: int) -> Json:
        envelope = str(uuid4())
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self.slack.acks[envelope] = waiting
        body = {
            "type": kind,
            "envelope_id": envelope,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if retry:
            body |= {"retry_attempt": retry, "retry_reason": "timeout"}
        while not self.slack.sockets:
            await asyncio.sleep(0.01)
        await self.slack.sockets[-1].send_json(body)
        return await waiting

    async def _by_http(self, kind: str, payload: Json, retry: int) -> Json:
        if kind == "events_api":
            body, content = json.dumps(payload), "application/json"
        elif kind == "slash_commands":
            body, content = urlencode(payload), "application/x-www-form-urlencoded"
        else:
            body, content = urlencode({"payload": json.dumps(payload)}), "application/x-www-form-urlencoded"
        stamp = str(int(time.time()))
        signed = hmac.new(self.secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {"Content-Type": content, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signed}"}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
        async with aiohttp.ClientSession() as session:
            async with session.post(f"{self.url}/slack/events", data=body, headers=headers) as answer:
                text = await answer.text()
                if answer.status != 200:
                    raise NotAcknowledged(f"{kind}: HTTP {answer.status} {text[:200]}")
                return json.loads(text) if text.startswith("{") else {}

    # ------------------------------------------------------------------ what people do

    def event(self, event: Json, **outer: Any) -> Json:
        return {
            "token": "t",
            "team_id": self.team,
            "api_app_id": APP,
            "type": "event_callback",
            "event_id": f"Ev{uuid4().hex[:10]}",
            "event_time": int(time.time()),
            "is_ext_shared_channel": False,
            "event": event,
            "authorizations": [{"enterprise_id": None, "team_id": self.team, "user_id": BOT_USER, "is_bot": True}],
            **outer,
        }

    def message(self, text: str, *, channel: str = GENERAL, thread: str | None = None) -> Json:
        """Write a message into the workspace, and return its event."""
        made: Json = {"type": "message", "user": self.user, "text": text, "ts": self.slack.stamp(), "team": self.team}
        if thread:
            made["thread_ts"] = thread
        self.slack.channels[channel].messages.append(made)
        kind = "im" if channel.startswith("D") else "channel"
        return {**made, "channel": channel, "channel_type": kind, "event_ts": made["ts"]}

    async def says(self, text: str, *, channel: str = GENERAL, thread: str | None = None) -> Json:
        """Write a message; where it mentions the bot, two events tell of it."""
        event = self.message(text, channel=channel, thread=thread)
        await self.deliver("events_api", self.event(event))
        if f"<@{BOT_USER}>" in text and not channel.startswith("D"):
            mention = {name: held for name, held in event.items() if name != "channel_type"} | {"type": "app_mention"}
            await self.deliver("events_api", self.event(mention))
        return event

    async def happens(self, kind: str, **fields: Any) -> Json:
        return await self.deliver("events_api", self.event({"type": kind, "event_ts": self.slack.stamp(), **fields}))

    def slash_payload(self, command: str, text: str = "", *, channel: str = GENERAL) -> Json:
        way = uuid4().hex
        return {
            "token": "t",
            "team_id": self.team,
            "team_domain": "team",
            "channel_id": channel,
            "channel_name": "general",
            "user_id": self.user,
            "user_name": "ana",
            "command": command,
            "text": text,
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": f"{self.slack.base}/response/{way}",
            "trigger_id": self.slack.trigger(),
        }

    async def slash(self, command: str, text: str = "", *, channel: str = GENERAL) -> Json:
        return await self.deliver("slash_commands", self.slash_payload(command, text, channel=channel))

    async def presses(self, label: str, message: Json, *, channel: str = GENERAL) -> Json:
        """Press the button of that name below a message."""
        buttons = [one for block in message["blocks"] if block["type"] == "actions" for one in block["elements"]]
        button = next(one for one in buttons if one["text"]["text"] == label)
        container = {
            "type": "message",
            "message_ts": message["ts"],
            "channel_id": channel,
            "is_ephemeral": "user" in message and "bot_id" not in message,
        }
        if message.get("thread_ts"):
            container["thread_ts"] = message["thread_ts"]
        body = {
            **self._interaction("block_actions"),
            "container": container,
            "channel": {"id": channel, "name": "general"},
            "message": message,
            "response_url": f"{self.slack.base}/response/{uuid4().hex}",
            "actions": [{**button, "block_id": "b", "action_ts": self.slack.stamp()}],
        }
        return await self.deliver("interactive", body)

    async def chooses(self, callback: str, message: Json | None = None, *, channel: str = GENERAL) -> Json:
        """Choose a shortcut, of a message or global."""
        body = self._interaction("message_action" if message else "shortcut") | {
            "callback_id": callback,
            "action_ts": self.slack.stamp(),
        }
        if message:
            body |= {
                "message": message,
                "message_ts": message["ts"],
                "channel": {"id": channel, "name": "general"},
                "response_url": f"{self.slack.base}/response/{uuid4().hex}",
            }
        return await self.deliver("interactive", body)

    async def acts(self, action: Json, view: Json, values: Json | None = None) -> Json:
        """Press or type something in a view."""
        shown = {**view, "team_id": self.team, "state": {"values": values or {}}}
        body = self._interaction("block_actions") | {
            "container": {"type": "view", "view_id": view.get("id", "")},
            "view": shown,
            "actions": [{**action, "action_ts": self.slack.stamp()}],
        }
        return await self.deliver("interactive", body)

    async def types(self, view: Json, query: str) -> Json:
        values = {"query": {"query": {"type": "plain_text_input", "value": query}}}
        return await self.acts(
            {"type": "plain_text_input", "action_id": "query", "block_id": "query", "value": query}, view, values
        )

    async def submits(
        self, view: Json, query: str, *, pace: str = "now", note: str = "", channel: str | None = None
    ) -> Json:
        values: Json = {
            "query": {"query": {"type": "plain_text_input", "value": query}},
            "pace": {"pace": {"type": "static_select", "selected_option": {"value": pace}}},
            "note": {"note": {"type": "plain_text_input", "value": note or None}},
        }
        if channel:
            values["where"] = {"where": {"type": "conversations_select", "selected_conversation": channel}}
        body = self._interaction("view_submission") | {
            "view": {**view, "state": {"values": values}},
            "response_urls": [],
        }
        return await self.deliver("interactive", body)

    async def opens_home(self) -> Json:
        return await self.happens("app_home_opened", user=self.user, channel=f"D{self.user[1:]}", tab="home")

    def _interaction(self, kind: str) -> Json:
        return {
            "type": kind,
            "team": {"id": self.team, "domain": "team"},
            "user": {"id": self.user, "username": "ana", "team_id": self.team},
            "api_app_id": APP,
            "token": "t",
            "trigger_id": self.slack.trigger(),
            "enterprise": None,
            "is_enterprise_install": False,
        }


__all__ = ["BOT_ID", "NotAcknowledged", "Person"]
