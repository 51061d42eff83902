"""Answers that one person sees: an ephemeral message, or where the bot is not, Slack's way back to who asked."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import Web, asked
from adapters.slack.errors import Refused, Unanswered, translated
from adapters.slack.lookback import EVENT_TYPE
from adapters.slack.notes import Notes
from adapters.slack.posting import BLIND_TRIES
from adapters.slack.render import Message, note
from adapters.slack.settings import channel_of
from bot.domain.chat import Conversation
from bot.domain.errors import ChatDown, ChatError, Undeliverable
from bot.domain.ports import Clock

VALID = timedelta(minutes=29)
"""How long a response_url is used; Slack takes five posts in 30 minutes."""
MOST_KEPT = 2_000
OK = 200
INVITE = "I am not in this conversation, so nothing can be posted here: type /invite and my name."
ABSENT = frozenset({"not_in_channel", "channel_not_found", "user_not_in_channel"})
"""Why a conversation cannot be posted to where the way back still leads."""
log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Whisperer:
    """Shows messages to one person, each key once; what cannot be looked up is repeated at most once."""

    notes: Notes
    clock: Clock
    web: Web
    _ways: dict[tuple[Conversation, str], tuple[str, datetime]] = field(default_factory=dict)

    def remember(self, where: Conversation, user: str, response_url: str) -> None:
        """Keep Slack's way back to who typed; it is a secret and stays in memory."""
        if len(self._ways) >= MOST_KEPT:
            self._ways.pop(next(iter(self._ways)))
        self._ways.pop((where, user), None)
        self._ways[where, user] = (response_url, self.clock.now() + VALID)

    async def show(
        self, client: AsyncWebClient, to: Conversation, message: Message, *, user: str, key: str, thread: str | None
    ) -> None:
        """Show a message; raise a ChatError."""
        known = await self.notes.begin(key, now=self.clock.now())
        if known is not None:
            receipt, tries, _ = known
            if receipt is not None:
                return
            if tries >= BLIND_TRIES:
                raise Undeliverable(f"It was shown {tries} times without Slack's answer, and cannot be looked up.")
            await self.notes.retry(key)
        try:
            await self._shown(client, to, message, user=user, thread=thread, key=key)
        except Unanswered:
            raise
        except ChatError:
            await self.notes.dropped(key)
            raise
        await self.notes.posted(key, "shown")

    async def _shown(
        self, client: AsyncWebClient, to: Conversation, message: Message, *, user: str, thread: str | None, key: str
    ) -> None:
        try:
            await asked(
                client.chat_postEphemeral,
                channel=channel_of(to),
                user=user,
                text=message.text,
                blocks=list(message.blocks),
                thread_ts=thread,
            )
        except Refused as error:
            log.info("slack.not_ephemeral", conversation=str(to), why=str(error))
            if await self.back(to, message, user=user, absent=error.code in ABSENT):
                return
            try:
                await self._directly(client, message, user, key)
            except Refused as refused:
                # That one person cannot be written to closes no channel.
                raise Undeliverable(str(refused)) from refused

    async def back(self, to: Conversation, message: Message, *, user: str | None, absent: bool) -> bool:
        """Answer by Slack's way back to who typed there last; False if there is none, or it does not work."""
        found = next(
            ((way, who) for way, who in reversed(self._ways.items()) if way[0] == to and user in {None, way[1]}), None
        )
        if found is None or found[1][1] < self.clock.now():
            return False
        hint = [note(INVITE)] if absent else []
        body: dict[str, Any] = {
            "response_type": "ephemeral",
            "replace_original": False,
            "text": message.text,
            "blocks": [*message.blocks[: 50 - len(hint)], *hint],
        }
        try:
            async with self.web.session.post(found[1][0], json=body) as answer:
                return answer.status == OK
        except Exception as error:
            failed = translated(error, "an answer to a command")
            if isinstance(failed, ChatDown) and not isinstance(failed, Unanswered):
                return False
            raise failed from error

    async def _directly(self, client: AsyncWebClient, message: Message, user: str, key: str) -> None:
        """Write to the person, which always arrives."""
        channel, _ = await self.directly(client, user)
        await asked(
            client.chat_postMessage,
            channel=channel,
            text=message.text,
            blocks=list(message.blocks),
            unfurl_links=False,
            unfurl_media=False,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
        )

    async def directly(self, client: AsyncWebClient, user: str) -> tuple[str, None]:
        """Return the channel of a person's direct messages, as a place; Slack takes the person for it too."""
        try:
            opened = await asked(client.conversations_open, users=user)
        except Refused as error:
            log.info("slack.not_opened", why=str(error))
            return user, None
        return str((opened.get("channel") or {}).get("id") or user), None
