"""A desk that a test reads."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from adapters.matrix.chat import MatrixChat
from bot.domain.chat import Command, Conversation
from bot.domain.document import Document, says
from tests.matrix.people import PATIENCE


@dataclass(slots=True)
class Desk:
    """Keeps what platforms bring."""

    taken: dict[str, Command] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    shut: dict[str, str] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    moves: list[tuple[str, str]] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, command: Command) -> Document:
        return says(command.text)

    async def take(self, commands: Sequence[Command]) -> int:
        new = 0
        for command in commands:
            assert command.id
            if command.id in self.taken:
                self.twice.append(command.id)
            else:
                self.taken[command.id] = command
                new += 1
        self.came.set()
        return new

    async def closed(self, conversation: Conversation, why: str) -> None:
        self.shut[conversation.id] = why
        self.came.set()

    async def reopened(self, conversation: Conversation) -> None:
        self.shut.pop(conversation.id, None)
        self.opened.append(conversation.id)
        self.came.set()

    async def moved(self, old: Conversation, new: Conversation) -> None:
        self.moves.append((old.id, new.id))
        self.came.set()

    async def command(self, event: str, *, patience: float = PATIENCE) -> Command:
        """Wait for a line."""
        async with asyncio.timeout(patience):
            while event not in self.taken:
                self.came.clear()
                await self.came.wait()
        return self.taken[event]

    async def until_closed(self, room: str, *, patience: float = PATIENCE) -> str:
        """Wait until a room is closed, and return why."""
        async with asyncio.timeout(patience):
            while room not in self.shut:
                self.came.clear()
                await self.came.wait()
        return self.shut[room]


@asynccontextmanager
async def serving(chat: MatrixChat, desk: Desk) -> AsyncIterator[Desk]:
    """Let a chat serve for a while, from when it is connected."""
    task = asyncio.create_task(chat.serve(desk))
    ready = asyncio.create_task(chat._ready.wait())
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        yield desk
    finally:
        ready.cancel()
        if not task.cancel():
            await task  # it ended by itself: say why
        await asyncio.gather(task, return_exceptions=True)
