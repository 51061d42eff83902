"""Edits in place: one per message in so long, the newest state last, and anew where the message is gone."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from adapters.slack.api import asked
from adapters.slack.errors import Gone
from adapters.slack.notes import Notes
from adapters.slack.parts import Parts
from adapters.slack.posting import Poster
from adapters.slack.render import messages
from adapters.slack.settings import channel_of, team_of
from adapters.slack.teams import Teams
from bot.domain.chat import Conversation
from bot.domain.document import Document
from bot.domain.errors import BotError, ChatDown, RateLimited, Unauthorised
from bot.domain.ports import Clock

NAP = timedelta(seconds=30)
MOST_REMEMBERED = 5_000
log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Editor:
    """Brings messages up to date.

    Attributes:
        every: the shortest time between two edits of a message; what comes sooner waits in the notebook.

    """

    notes: Notes
    clock: Clock
    teams: Teams
    poster: Poster
    parts: Parts
    every: timedelta
    _last: dict[tuple[Conversation, str], datetime] = field(default_factory=dict)
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    async def edit(self, to: Conversation, message: str, what: Document, *, key: str) -> str:
        """Edit a message now or soon; return where it stands, elsewhere if it had to be posted anew."""
        current = await self.notes.current(to, message)
        last, now = self._last.get((to, current)), self.clock.now()
        if last is not None and now < last + self.every:
            await self.notes.edit_later(to, current, what, due=last + self.every)
            self._came.set()
            return current
        stands = await self._written(to, current, what, key=key)
        await self.notes.edited(to, current)
        return stands

    async def run(self) -> None:
        """Write the edits that waited, until cancelled."""
        while True:
            self._came.clear()
            until = await self.flush()
            if until is None:
                await self._came.wait()
            else:
                await self.clock.sleep_until(until)

    async def flush(self) -> datetime | None:
        """Write what is due; return when to look again, None if nothing waits."""
        try:
            waiting = await self.notes.edits()
        except BotError as error:
            log.warning("slack.edits_unreadable", why=str(error))
            return self.clock.now() + NAP
        now = self.clock.now()
        again: list[datetime] = []
        for where, message, due, what, mark in waiting:
            if due > now:
                again.append(due)
                continue
            try:
                await self._written(where, message, what, key=f"edit-{message}-{due.timestamp():.0f}")
                await self.notes.edited(where, message, mark)
            except (ChatDown, RateLimited, Unauthorised) as error:
                log.info("slack.edit_waits", conversation=str(where), why=str(error))
                again.append(now + NAP)
            except BotError as error:
                log.warning("slack.edit_refused", conversation=str(where), why=str(error))
                await self.notes.edited(where, message, mark)
        return min(again) if again else None

    async def _written(self, to: Conversation, message: str, what: Document, *, key: str) -> str:
        client = await self.teams.client(team_of(to))
        part, *more = messages(what)
        try:
            await asked(
                client.chat_update,
                channel=channel_of(to),
                ts=message,
                text=part.text,
                blocks=list(part.blocks),
            )
        except Gone:
            stands = await self.poster.post(client, to, part, key=key)
            await self.notes.moved(to, message, stands)
            await self.parts.edited(client, to, message, ())
            await self.parts.edited(client, to, stands, more)
            return stands
        await self.parts.edited(client, to, message, more)
        if len(self._last) >= MOST_REMEMBERED:
            self._last.pop(next(iter(self._last)))
        self._last[to, message] = self.clock.now()
        return message
