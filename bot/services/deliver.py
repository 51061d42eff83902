"""The outbox into the chats: one serial lane per conversation, order kept, nothing lost (design §7)."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from bot.domain.alerts import Parcel, Verb
from bot.domain.chat import Conversation, Receipt
from bot.domain.document import Document
from bot.domain.errors import ChatDown, ChatError, StoreError, Undeliverable
from bot.domain.ports import Chat, Clock, Meter
from bot.domain.preferences import Preferences, echo_of
from bot.domain.quiet import SPEAKING
from bot.domain.retry import Again, GiveUp, Halt, Park, decide
from bot.domain.storing.store import Store
from bot.services.waiting import first_of

LEASE = timedelta(seconds=90)
PATIENCE = 60.0
"""Seconds a platform gets for one message; less than the lease, so that nobody else posts meanwhile."""
AT_ONCE = 32
LONG = 20_000
"""Characters that a message is made of from which on making it could hold the loop."""
TRIES_OF_BROKEN = 6
AFTER_TROUBLE = timedelta(seconds=5)
SHORTEST_NAP = timedelta(milliseconds=50)
log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Deliverer:
    """Posts what the outbox holds.

    Attributes:
        defaults: how conversations that have decided nothing are spoken to.
        burst: more cards than that, held by quiet hours, become one digest when they end.
        halted: platforms that refused our token, and why; they are left alone until a restart.

    """

    store: Store
    chats: Mapping[str, Chat]
    clock: Clock
    meter: Meter
    owner: str
    lease: timedelta = LEASE
    defaults: Preferences = field(default_factory=Preferences)
    burst: int = 5
    halted: dict[str, str] = field(default_factory=dict)
    _busy: set[Conversation] = field(default_factory=set)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _landed: asyncio.Event = field(default_factory=asyncio.Event)
    _closing: bool = False
    _compose: Callable[[Parcel], Document] | None = None

    def wake(self) -> None:
        """Look into the outbox now."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver until cancelled; a cancelled delivery is tried again by whoever comes next, under its key."""
        async with asyncio.TaskGroup() as lanes:
            while True:
                self._wake.clear()
                try:
                    if not await self._start(lanes):
                        await self._nap()
                except StoreError as error:
                    log.warning("outbox.unreadable", why=str(error))
                    await self.clock.sleep_until(self.clock.now() + AFTER_TROUBLE)

    async def drain(self) -> None:
        """Deliver what is due now, and return when nothing is."""
        while True:
            async with asyncio.TaskGroup() as lanes:
                started = await self._start(lanes)
            if not started:
                return

    async def finish(self) -> None:
        """Start nothing new, and return when the messages on their way have landed."""
        self._closing = True
        while self._busy:
            self._landed.clear()
            await self._landed.wait()

    async def _start(self, lanes: asyncio.TaskGroup) -> int:
        """Give every conversation with something due its next message; return how many got one."""
        room = AT_ONCE - len(self._busy)
        if room <= 0 or self._closing:
            return 0
        parcels = await self.store.outbox.claim(
            now=self.clock.now(), owner=self.owner, lease=self.lease, busy=sorted(self._busy), limit=room
        )
        for parcel in parcels:
            self._busy.add(parcel.delivery.conversation)
            lanes.create_task(self._lane(parcel))
        return len(parcels)

    async def _lane(self, first: Parcel) -> None:
        """Deliver what a conversation has, one after the other, as long as each is taken."""
        where = first.delivery.conversation
        parcel: Parcel | None = first
        try:
            wanted = await self.store.preferences.of(where) or self.defaults
            while parcel is not None and await self._may_speak(parcel, wanted):
                parcel = await self._deliver(parcel, wanted)
        except StoreError as error:
            # The lease runs out and the same key is tried again; the platform knows the key.
            log.warning("delivery.unsettled", conversation=str(where), why=str(error))
        finally:
            self._busy.discard(where)
            self._wake.set()
            self._landed.set()

    async def _may_speak(self, parcel: Parcel, wanted: Preferences) -> bool:
        """Hold what must wait for the end of quiet hours; when they have ended, fold what has become too much."""
        delivery, outbox, now = parcel.delivery, self.store.outbox, self.clock.now()
        waits = delivery.verb in SPEAKING and not delivery.urgent
        until = wanted.quiet_until(now) if waits else None
        if until is not None:
            await outbox.hold(delivery.key, owner=self.owner, until=until)
            return False
        if delivery.held is None:
            return True
        return not await outbox.release(delivery.conversation, held=delivery.held, now=now, more_than=self.burst)

    async def _deliver(self, parcel: Parcel, wanted: Preferences) -> Parcel | None:
        """Post one; return the next of its conversation, if it is due and nobody waits for us to stop."""
        delivery, outbox = parcel.delivery, self.store.outbox
        try:
            receipt = await self._post(parcel, wanted)
        except ChatError as error:
            await self._undelivered(parcel, error)
            return None
        except Exception as error:
            log.exception("delivery.broke", key=delivery.key)
            await self._undelivered(parcel, _broken(error, delivery.attempts))
            return None
        self.meter.count("deliveries", verb=delivery.verb, result="sent")
        lease = None if self._closing else self.lease
        return await outbox.sent(delivery.key, receipt, owner=self.owner, now=self.clock.now(), lease=lease)

    async def _post(self, parcel: Parcel, wanted: Preferences) -> Receipt:
        delivery = parcel.delivery
        chat = self.chats.get(delivery.conversation.platform)
        if chat is None or delivery.conversation.platform in self.halted:
            raise ChatDown(f"{delivery.conversation.platform} is not connected.")
        what = _for_them(await self._composed(parcel), parcel, wanted)
        try:
            async with asyncio.timeout(PATIENCE):
                if delivery.verb is Verb.EDIT and parcel.root is not None:
                    return await chat.edit(delivery.conversation, parcel.root, what, key=delivery.key)
                thread = parcel.root if delivery.verb is Verb.REPLY else delivery.thread
                return await chat.post(delivery.conversation, what, thread=thread, key=delivery.key)
        except TimeoutError as error:
            raise ChatDown(f"{delivery.conversation.platform} did not answer within {PATIENCE:.0f} s.") from error

    async def _composed(self, parcel: Parcel) -> Document:
        """Write a message; beside the loop if texts are long, for choosing sentences of them takes its time."""
        if self._compose is None:
            self._compose = await asyncio.to_thread(_wording)
        long = sum(len(alert.now.entry.text) for alert in parcel.alerts) > LONG
        return await asyncio.to_thread(self._compose, parcel) if long else self._compose(parcel)

    async def _undelivered(self, parcel: Parcel, error: ChatError) -> None:
        delivery, outbox, now = parcel.delivery, self.store.outbox, self.clock.now()
        attempts = delivery.attempts + 1
        why = str(error)
        self.meter.count("deliveries", verb=delivery.verb, result=type(error).__name__)
        log.warning("delivery.failed", key=delivery.key, conversation=str(delivery.conversation), why=why)
        match decide(error, attempts, now):
            case Again(at):
                await outbox.again(delivery.key, owner=self.owner, at=at, attempts=attempts, why=why)
            case GiveUp():
                await outbox.gave_up(delivery.key, owner=self.owner, why=why, now=now)
            case Park():
                await outbox.again(delivery.key, owner=self.owner, at=now, attempts=attempts, why=why)
                await outbox.park(delivery.conversation, why)
            case Halt():
                self.halted[delivery.conversation.platform] = why
                await outbox.again(delivery.key, owner=self.owner, at=now + self.lease, attempts=attempts, why=why)

    async def _nap(self) -> None:
        """Sleep until something is due or somebody wakes us."""
        due = await self.store.outbox.next_due(now=self.clock.now())
        if due is not None:
            due = max(due, self.clock.now() + SHORTEST_NAP)
        await first_of(self._wake.wait(), self.clock.sleep_until(due) if due is not None else None)


def _wording() -> Callable[[Parcel], Document]:
    """Load what words messages, when the first is due: the bot is up sooner without it."""
    from bot.services.phrasing import compose

    return compose


def _for_them(what: Document, parcel: Parcel, wanted: Preferences) -> Document:
    """Show moments in the conversation's zone, and say a reply in the channel too if that is wanted there."""
    what = replace(what, zone=what.zone or wanted.zone)
    if parcel.delivery.verb is not Verb.REPLY or not parcel.alerts:
        return what
    return replace(what, echo=echo_of(parcel.alerts[-1]) in wanted.echo)


def _broken(error: Exception, attempts: int) -> ChatError:
    """Return what a bug of ours is to a delivery: it may pass, but no message may hold its conversation for ever."""
    why = f"It broke the bot ({type(error).__name__}: {error}); report this as a bug."
    return ChatDown(why) if attempts < TRIES_OF_BROKEN else Undeliverable(why)
