"""From the journal to the desk: which events are commands, from whom, and with what rights."""

from typing import TYPE_CHECKING

import structlog

from adapters.matrix.intake import reaction, typed
from adapters.matrix.journal import Event, Journal
from adapters.matrix.rooms import Rooms
from adapters.matrix.settings import Allowed, room
from bot.domain.chat import Command, Receipt
from bot.domain.ports import Desk

if TYPE_CHECKING:
    from nio import AsyncClient

AT_ONCE = 100
log = structlog.get_logger(__name__)


class Hearing:
    """Brings what was said to the desk, each line once: the desk knows an event's id."""

    def __init__(self, client: "AsyncClient", journal: Journal, rooms: Rooms, desk: Desk, allowed: Allowed) -> None:
        self._client = client
        self._journal = journal
        self._rooms = rooms
        self._desk = desk
        self._allowed = allowed

    async def hand_over(self) -> None:
        """Give the desk what is readable, oldest first; it stays in the journal until the desk has it."""
        while events := await self._journal.waiting(AT_ONCE):
            commands = [command for event in events if (command := await self._command(event)) is not None]
            if commands:
                await self._desk.take(commands)
            await self._journal.done(events)

    async def _command(self, event: Event) -> Command | None:
        """Return the command that an event is; raise a ChatError if the server must first say who is in the room."""
        where, sender = self._client.rooms.get(event.room), event.raw.get("sender")
        if where is None or not isinstance(sender, str) or not self._allowed.may_speak(sender):
            return None
        said = await self._pressed(event) or await self._typed(event, encrypted=where.encrypted)
        if said is None:
            return None
        text, thread = said
        return Command(
            conversation=room(event.room),
            user=sender,
            text=text,
            thread=None if thread is None else Receipt(thread),
            id=event.id,
            moderator=self._rooms.moderates(event.room, sender),
        )

    async def _pressed(self, event: Event) -> tuple[str, str | None] | None:
        # Clients send reactions in the clear in encrypted rooms too; only what we offered can be chosen.
        pressed = reaction(event.raw)
        return None if pressed is None else await self._journal.pressed(*pressed, event.room)

    async def _typed(self, event: Event, *, encrypted: bool) -> tuple[str, str | None] | None:
        if event.raw.get("type") != "m.room.message":
            return None
        if encrypted and not event.decrypted:
            log.warning("matrix.plaintext_refused", room=event.room, user=event.raw.get("sender"))
            return None
        alone = await self._rooms.alone(event.room)
        names = self._rooms.names(event.room)
        line = typed(event.raw, me=self._client.user_id, names=names, alone=alone)
        return None if line is None else (line.text, line.thread)
