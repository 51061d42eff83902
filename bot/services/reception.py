"""Where platforms bring what people type: kept first, then answered, each line once (design §7)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from bot.domain.alerts import Delivery, DeliveryKey, Verb
from bot.domain.chat import Command, Conversation
from bot.domain.document import Document
from bot.domain.errors import StoreError
from bot.domain.ids import digest
from bot.domain.ports import Clock
from bot.domain.storing.store import Store

AT_ONCE = 64
AFTER_TROUBLE = timedelta(seconds=2)
CarryOut = Callable[[Command], Awaitable[Document]]
"""Does what a command says; never raises."""
log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Reception:
    """The `Desk` port.

    Attributes:
        deliver: called when an answer waits in the outbox.

    """

    store: Store
    clock: Clock
    carry_out: CarryOut
    deliver: Callable[[], None]
    _busy: set[Conversation] = field(default_factory=set)
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, command: Command) -> Document:
        """Carry a command out at once and return the reply."""
        return await self.carry_out(command)

    async def take(self, commands: Sequence[Command]) -> int:
        """Keep commands to be answered, each once; return how many are new."""
        taken = await self.store.inbox.take(commands, now=self.clock.now())
        if taken:
            self._came.set()
        return taken

    async def closed(self, conversation: Conversation, why: str) -> None:
        """Hold a conversation's deliveries; `status` says why."""
        await self.store.outbox.park(conversation, why)

    async def reopened(self, conversation: Conversation) -> None:
        """Deliver to a conversation again."""
        await self.store.outbox.park(conversation, None)
        self.deliver()

    async def moved(self, old: Conversation, new: Conversation) -> None:
        """Let what stands in a conversation follow it to its new id."""
        await self.store.inbox.moved(old, new)
        self.deliver()

    async def run(self) -> None:
        """Answer what was taken, now and before the last end, until cancelled."""
        async with asyncio.TaskGroup() as lanes:
            while True:
                self._came.clear()
                try:
                    if not await self._start(lanes):
                        await self._came.wait()
                except StoreError as error:
                    log.warning("inbox.unreadable", why=str(error))
                    await self.clock.sleep_until(self.clock.now() + AFTER_TROUBLE)

    async def drain(self) -> None:
        """Answer what waits, and return when nothing does."""
        while True:
            async with asyncio.TaskGroup() as lanes:
                started = await self._start(lanes)
            if not started:
                return

    async def _start(self, lanes: asyncio.TaskGroup) -> int:
        """Begin answering: conversations side by side, each in the order of typing; return how many began."""
        waiting = await self.store.inbox.waiting(AT_ONCE, busy=sorted(self._busy))
        typed: dict[Conversation, list[Command]] = {}
        for command in waiting:
            typed.setdefault(command.conversation, []).append(command)
        for conversation, commands in typed.items():
            self._busy.add(conversation)
            lanes.create_task(self._lane(conversation, commands))
        return len(typed)

    async def _lane(self, conversation: Conversation, commands: Sequence[Command]) -> None:
        try:
            for command in commands:
                document = await self.carry_out(command)
                await self.store.inbox.answered(command, self._delivery(command, document), now=self.clock.now())
                self.deliver()
        except StoreError as error:
            # It stays in the inbox and is carried out again, which commands can bear.
            log.warning("answer.not_kept", conversation=str(conversation), why=str(error))
            await self.clock.sleep_until(self.clock.now() + AFTER_TROUBLE)
        finally:
            self._busy.discard(conversation)
            self._came.set()

    def _delivery(self, command: Command, document: Document) -> Delivery:
        # An audience that is said to be nobody in particular is everybody.
        audience = document.audience if document.audience is not None else command.user if command.private else None
        document = replace(document, audience=audience or None)
        return Delivery(
            key=DeliveryKey(f"answer-{digest('answer', command.conversation.platform, command.id)}"),
            conversation=command.conversation,
            verb=Verb.ANSWER,
            due=self.clock.now(),
            document=document,
            thread=command.thread,
        )
