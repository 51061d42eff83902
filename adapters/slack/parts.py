"""The further messages of a long card, which stand below its first one: posted, brought up to date, taken away.

Each is posted under a key of its own and noted by its number: whoever is killed between the two finds it by the key.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import asked
from adapters.slack.errors import Gone, Refused
from adapters.slack.notes import Notes
from adapters.slack.posting import Poster
from adapters.slack.render import Message
from adapters.slack.settings import channel_of
from bot.domain.chat import Conversation
from bot.domain.ports import Clock

FIRST = 2
"""Number of the first message after the one that holds the buttons."""
BEGUN = ""
"""Noted instead of where a message stands, while it may be posted or not."""
WITHDRAWN = Message(text="(no longer part of this card)", blocks=())
log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Parts:
    """Keeps what follows a first message in step with it."""

    notes: Notes
    clock: Clock
    poster: Poster

    async def posted(
        self,
        client: AsyncWebClient,
        to: Conversation,
        first: str,
        more: Sequence[Message],
        *,
        key: str,
        under: str | None,
    ) -> None:
        """Post what follows a message; raise a ChatError."""
        for number, part in enumerate(more, FIRST):
            stands = await self.poster.post(client, to, part, key=f"{key}/{number}", thread=under)
            await self._noted(to, first, number, stands)

    async def edited(self, client: AsyncWebClient, to: Conversation, first: str, more: Sequence[Message]) -> None:
        """Let what follows a message say this: rewritten, posted or deleted; raise a ChatError."""
        standing = dict(await self.notes.parts(to, first))
        for number, part in enumerate(more, FIRST):
            receipt = standing.pop(number, BEGUN)
            if receipt != BEGUN and await self._rewritten(client, to, receipt, part):
                continue
            if receipt != BEGUN:
                await self.notes.unpart(to, first, number, receipt)
            # Whoever is killed now need not want so many messages when he comes back, and must know of this one.
            await self.notes.part(to, first, number, BEGUN, now=self.clock.now())
            stands = await self.poster.post(client, to, part, key=_key(to, first, number), thread=first)
            await self._noted(to, first, number, stands)
            # Somebody who was killed may have posted an older state under this key.
            await self._rewritten(client, to, stands, part)
        for number, noted in sorted(standing.items(), reverse=True):
            receipt = noted or await self.poster.stands(client, to, key=_key(to, first, number), thread=first)
            if receipt:
                await self._deleted(client, to, receipt)
            await self.notes.unpart(to, first, number, receipt)

    async def _noted(self, to: Conversation, first: str, number: int, stands: str) -> None:
        if first and stands:
            await self.notes.part(to, first, number, stands, now=self.clock.now())

    async def _rewritten(self, client: AsyncWebClient, to: Conversation, receipt: str, part: Message) -> bool:
        """Rewrite a message; tell whether it was there."""
        blocks = list(part.blocks)
        try:
            await asked(client.chat_update, channel=channel_of(to), ts=receipt, text=part.text, blocks=blocks)
        except Gone:
            return False
        return True

    async def _deleted(self, client: AsyncWebClient, to: Conversation, receipt: str) -> None:
        try:
            await asked(client.chat_delete, channel=channel_of(to), ts=receipt)
        except Gone:
            pass
        except Refused as error:
            if error.closed:
                raise
            log.warning("slack.part_not_deleted", conversation=str(to), why=str(error))
            await self._rewritten(client, to, receipt, WITHDRAWN)


def _key(to: Conversation, first: str, number: int) -> str:
    return f"part-{channel_of(to)}/{first}/{number}"
