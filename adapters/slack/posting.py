"""Posting once: begun is noted before, an answer that was lost is looked up before anything is posted again.

docs.slack.dev names no idempotency key for chat.postMessage; ours rides in the message's metadata.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import asked
from adapters.slack.errors import Gone, Refused, Unanswered
from adapters.slack.notes import Notes
from adapters.slack.render import Message
from adapters.slack.settings import channel_of
from bot.domain.chat import Conversation
from bot.domain.errors import ChatDown, ChatError, RateLimited, Undeliverable
from bot.domain.ports import Clock

EVENT_TYPE = "rapporteur_message"
SKEW = timedelta(minutes=5)
"""How far Slack's clock may be behind ours."""
PAGES, PAGE = 20, 100
BLIND_TRIES = 2
"""Posts whose answer was lost and that cannot be looked up: once, and once more."""
NOT_THESE_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Poster:
    """Posts single messages, each key once.

    Attributes:
        every: time between two messages in one conversation.

    """

    notes: Notes
    clock: Clock
    every: timedelta
    _last: dict[Conversation, datetime] = field(default_factory=dict)

    async def post(
        self,
        client: AsyncWebClient,
        to: Conversation,
        message: Message,
        *,
        key: str,
        thread: str | None = None,
        echo: bool = False,
    ) -> str:
        """Post a message and return its timestamp; raise a ChatError."""
        known = await self.notes.begin(key, now=self.clock.now())
        if known is not None:
            receipt, tries, began = known
            place = (channel_of(to), thread)
            found = receipt or await self._found(client, place, key, since=began - SKEW, tries=tries)
            if found is not None:
                await self.notes.posted(key, found)
                return found
            await self.notes.retry(key)
        try:
            ts = await self._said(client, to, message, key=key, thread=thread, echo=echo)
        except Unanswered:
            raise
        except ChatError:
            await self.notes.dropped(key)
            raise
        await self.notes.posted(key, ts)
        return ts

    async def _said(
        self, client: AsyncWebClient, to: Conversation, message: Message, *, key: str, thread: str | None, echo: bool
    ) -> str:
        arguments: dict[str, Any] = {
            "channel": channel_of(to),
            "text": message.text,
            "blocks": list(message.blocks) or None,
            "thread_ts": thread,
            "reply_broadcast": True if echo and thread else None,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": key}},
        }
        await self.pace(to)
        try:
            said = await asked(client.chat_postMessage, **arguments)
        except Refused as error:
            if error.code not in NOT_THESE_BLOCKS:
                raise
            # Better plain than lost.
            log.error("slack.blocks_refused", key=key, why=str(error))  # noqa: TRY400  # the cause is said
            said = await asked(client.chat_postMessage, **{**arguments, "blocks": None})
        return _timestamp(said, thread)

    async def pace(self, to: Conversation) -> None:
        """Wait until the conversation may get another message."""
        last = self._last.get(to)
        if last is not None and self.every:
            await self.clock.sleep_until(last + self.every)
        self._last[to] = self.clock.now()

    async def _found(
        self, client: AsyncWebClient, place: tuple[str, str | None], key: str, *, since: datetime, tries: int
    ) -> str | None:
        """Look for a message whose answer was lost; None if it is not there, or the first time that nobody can tell."""
        try:
            return await find(client, *place, key, since=since)
        except (RateLimited, ChatDown):
            raise
        except Gone:
            return None
        except Undeliverable as error:
            if error.closed:
                raise
            log.warning("slack.cannot_look_back", channel=place[0], why=str(error))
            if tries >= BLIND_TRIES:
                message = f"It was sent {tries} times without an answer, and {error}"
                raise Undeliverable(message) from error
            return None


async def find(client: AsyncWebClient, channel: str, thread: str | None, key: str, *, since: datetime) -> str | None:
    """Return the timestamp of the message that carries our key, None if there is none; raise a ChatError."""
    arguments: dict[str, Any] = {
        "channel": channel,
        "ts": thread,
        "oldest": f"{since.timestamp():.6f}",
        "include_all_metadata": True,
        "limit": PAGE,
    }
    call = client.conversations_history if thread is None else client.conversations_replies
    for _ in range(PAGES):
        answer = await asked(call, **arguments)
        for message in answer.get("messages") or ():
            if _key_of(message) == key and message.get("ts"):
                return str(message["ts"])
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
        arguments["cursor"] = cursor
    return None


def _key_of(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if not isinstance(metadata, dict) or metadata.get("event_type") != EVENT_TYPE:
        return None
    return (metadata.get("event_payload") or {}).get("key")


def _timestamp(said: Mapping[str, Any], thread: str | None) -> str:
    ts = said.get("ts") or (said.get("message") or {}).get("ts")
    if not ts:
        raise Unanswered("Slack's answer to chat.postMessage names no message.")
    message = said.get("message")
    if thread is not None and isinstance(message, dict) and message and message.get("thread_ts") not in {None, thread}:
        log.warning("slack.in_another_thread", wanted=thread, got=message.get("thread_ts"))
    return str(ts)
