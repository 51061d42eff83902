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
from adapters.slack.errors import UNKNOWN, Gone, Refused, Unanswered
from adapters.slack.lookback import EVENT_TYPE, Sought, find
from adapters.slack.notes import Notes
from adapters.slack.render import Message
from adapters.slack.settings import channel_of
from bot.domain.chat import Conversation
from bot.domain.errors import ChatDown, ChatError, RateLimited, Undeliverable
from bot.domain.ports import Clock

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
        """Post a message and return its timestamp, "" if Slack does not say it; raise a ChatError."""
        known = await self.notes.begin(key, now=self.clock.now())
        began = known[2] if known is not None else self.clock.now()
        sought = Sought(channel=channel_of(to), thread=thread, key=key, text=message.text, since=began)
        if known is not None:
            receipt, tries, _ = known
            found = receipt if receipt is not None else await self._found(client, sought, tries=tries)
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
        if ts is None:
            log.warning("slack.no_timestamp", channel=sought.channel, why="Nothing can stand under this message.")
            ts = await self._stamped(client, sought)
        await self.notes.posted(key, ts)
        return ts

    async def stands(self, client: AsyncWebClient, to: Conversation, *, key: str, thread: str) -> str:
        """Return where a message stands of which nobody knows whether it was posted, "" if it was not."""
        known = await self.notes.begin(key, now=self.clock.now())
        found: str | None = None
        if known is not None:
            receipt, tries, began = known
            sought = Sought(channel=channel_of(to), thread=thread, key=key, text=key, since=began)
            found = receipt if receipt is not None else await self._found(client, sought, tries=tries)
        if found is None:
            await self.notes.dropped(key)
        return found or ""

    async def _stamped(self, client: AsyncWebClient, what: Sought) -> str:
        """Return where a message stands that Slack took without saying so, "" if that cannot be found."""
        try:
            return await find(client, what, self.notes) or ""
        except ChatError:
            return ""

    async def _said(
        self, client: AsyncWebClient, to: Conversation, message: Message, *, key: str, thread: str | None, echo: bool
    ) -> str | None:
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
            if error.code == UNKNOWN:
                raise ChatDown(str(error)) from error
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

    async def _found(self, client: AsyncWebClient, what: Sought, *, tries: int) -> str | None:
        """Look for a message whose answer was lost; None if it is not there, or the first time that nobody can tell."""
        try:
            return await find(client, what, self.notes)
        except (RateLimited, ChatDown):
            raise
        except Gone:
            return None
        except Undeliverable as error:
            if error.closed:
                raise
            log.warning("slack.cannot_look_back", channel=what.channel, why=str(error))
            if tries >= BLIND_TRIES:
                message = f"It was sent {tries} times without an answer, and {error}"
                raise Undeliverable(message) from error
            return None


def _timestamp(said: Mapping[str, Any], thread: str | None) -> str | None:
    message = said.get("message")
    inner = message if isinstance(message, dict) else {}
    if thread is not None and inner.get("thread_ts") not in {None, thread}:
        log.warning("slack.in_another_thread", wanted=thread, got=inner.get("thread_ts"))
    ts = said.get("ts") or inner.get("ts")
    return str(ts) if ts else None
