"""The bot at work: its loops, how they start, and the order in which they stop."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.domain.errors import ChatDown, StoreError, Unauthorised
from bot.domain.ports import Chat, Clock
from bot.domain.sources import Tracked
from bot.domain.storing.store import Store
from bot.services.deliver import Deliverer
from bot.services.indexing import Indexing
from bot.services.ingest import Ingest
from bot.services.notice import Notice
from bot.services.recap import Recap
from bot.services.reception import Reception
from bot.services.remind import Remind
from bot.services.review import Review
from bot.services.waiting import first_of
from bot.telemetry import Metrics

AT_ONCE = 32
POLL_LEASE = timedelta(minutes=5)
GRACE = 3.0
"""Seconds that messages on their way get at shutdown; the rest is taken up by the next start."""
ROUND = timedelta(minutes=1)
LATE = timedelta(hours=1)
DAY = timedelta(days=1)
KEPT = timedelta(days=180)
"""How long a posted message's row is kept; what was decided and where it stands is kept for ever."""
SHORTEST_WAIT = timedelta(milliseconds=100)
log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Bot:
    """Everything that runs, wired together.

    Attributes:
        reception: where chats bring commands.
        notice: tells operators how sources do, if there is a conversation for that.
        improve: makes better summaries of cards that stand, until cancelled.
        polled: called after each poll (a progress display).

    """

    store: Store
    clock: Clock
    chats: Mapping[str, Chat]
    ingest: Ingest
    deliverer: Deliverer
    remind: Remind
    review: Review
    recap: Recap
    metrics: Metrics
    reception: Reception
    indexing: Indexing
    notice: Notice | None = None
    improve: Callable[[], Awaitable[None]] | None = None
    polled: Callable[[Tracked], None] = lambda _tracked: None
    owner: str = "rapporteur"
    _polling: int = 0
    _pruned: datetime | None = None
    _poll_ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, stop: asyncio.Event, *, ends_with: str | None = None) -> None:
        """Poll, deliver, remind and answer until `stop` is set, or until the platform `ends_with` has ended.

        Stops in order: no new polls, then the messages on their way, then everything else.
        """
        async with asyncio.TaskGroup() as group:
            polling = group.create_task(self._poll_loop())
            delivering = group.create_task(self.deliverer.run())
            others = [group.create_task(self._round()), group.create_task(self.metrics.watch_loop())]
            others.append(group.create_task(self.indexing.run()))
            others.append(group.create_task(self.reception.run()))
            if self.improve is not None:
                others.append(group.create_task(_lasting(self.improve)))
            for name, chat in self.chats.items():
                ended = stop if name == ends_with else None
                others.append(group.create_task(self._serve(name, chat, ended)))
            await stop.wait()
            log.info("bot.stopping")
            polling.cancel()
            try:
                async with asyncio.timeout(GRACE):
                    await self.deliverer.finish()
            except TimeoutError:
                log.warning("bot.left_deliveries", why="They are posted after the next start, under the same keys.")
            for task in (delivering, *others):
                task.cancel()

    async def poll_due(self) -> int:
        """Poll every source that is due now, and return when all are done; return how many there were."""
        total = 0
        while True:
            claimed = await self._claim(AT_ONCE)
            if not claimed:
                return total
            async with asyncio.TaskGroup() as polls:
                for tracked in claimed:
                    polls.create_task(self._poll(tracked))
            total += len(claimed)

    async def _poll_loop(self) -> None:
        async with asyncio.TaskGroup() as polls:
            while True:
                self._poll_ended.clear()
                claimed = await self._claim(AT_ONCE - self._polling)
                for tracked in claimed:
                    self._polling += 1
                    polls.create_task(self._poll_counted(tracked))
                if not claimed:
                    await self._wait_for_due()

    async def _claim(self, limit: int) -> list[Tracked]:
        if limit <= 0:
            return []
        try:
            return list(
                await self.store.sources.claim(now=self.clock.now(), owner=self.owner, lease=POLL_LEASE, limit=limit)
            )
        except StoreError as error:
            log.warning("poll.cannot_claim", why=str(error))
            await self.clock.sleep_until(self.clock.now() + timedelta(seconds=5))
            return []

    async def _wait_for_due(self) -> None:
        """Sleep until a source is due or a poll ends; a source added meanwhile is found within a second."""
        soon = self.clock.now() + timedelta(seconds=1)
        try:
            due = await self.store.sources.next_due()
        except StoreError:
            due = None  # the next claim tells
        if self._polling >= AT_ONCE:
            await self._poll_ended.wait()
            return
        at = soon if due is None else max(min(due, soon), self.clock.now() + SHORTEST_WAIT)
        await first_of(self.clock.sleep_until(at), self._poll_ended.wait() if self._polling else None)

    async def _poll_counted(self, tracked: Tracked) -> None:
        try:
            await self._poll(tracked)
        finally:
            self._polling -= 1
            self._poll_ended.set()

    async def _poll(self, tracked: Tracked) -> None:
        """Poll one source; whatever breaks there stays there, and its lease brings it back."""
        try:
            if await self.ingest.poll(tracked):
                self.deliverer.wake()
        except StoreError as error:
            log.warning("poll.not_recorded", source=tracked.source.id, why=str(error))
        except Exception:
            log.exception("poll.broke", source=tracked.source.id)
        self.polled(tracked)

    async def _serve(self, name: str, chat: Chat, ended: asyncio.Event | None) -> None:
        """Take a platform's commands; come back after an outage, give up on a refused token."""
        pause = timedelta(seconds=1)
        while True:
            try:
                await chat.serve(self.reception)
            except ChatDown as error:
                log.warning("chat.down", platform=name, why=str(error))
            except Unauthorised as error:
                log.error("chat.unauthorised", platform=name, why=str(error))  # noqa: TRY400  # the cause is said
                self.deliverer.halted[name] = str(error)
                return
            else:
                if ended is not None:
                    ended.set()
                return
            await self.clock.sleep_until(self.clock.now() + pause)
            pause = min(pause * 2, timedelta(minutes=5))

    async def _round(self) -> None:
        """Once a minute: reminders, gauges."""
        while True:
            try:
                await self.housekeeping()
            except StoreError as error:
                log.warning("round.skipped", why=str(error))
            except Exception:
                log.exception("round.broke")
            await self.clock.sleep_until(self.clock.now() + ROUND)

    async def housekeeping(self) -> None:
        """Plan reminders and digests that are due, tell operators of trouble, bring the gauges up to date.

        Once a day, forget old rows and look for watches that find nothing.
        """
        planned = await self.remind.run_once()
        planned += await self.store.outbox.due_digests(now=self.clock.now())
        planned += await self.recap.run_once()
        if self.notice is not None:
            planned += await self.notice.run_once()
        if planned:
            self.deliverer.wake()
        now = self.clock.now()
        if self._pruned is None or now - self._pruned > DAY:
            await self.store.prune(now - KEPT)
            if await self.review.run_once():
                self.deliverer.wake()
            self._pruned = now
        backlog = await self.store.outbox.backlog()
        self.metrics.waiting = backlog.waiting
        due = await self.store.sources.next_due()
        late = self.clock.now() - due if due is not None else timedelta()
        self.metrics.overdue = max(late, timedelta()).total_seconds()

    async def readiness(self) -> dict[str, str]:
        """Say what keeps the bot from doing its work, by part."""
        wrong = dict(self.deliverer.halted)
        for name, chat in self.chats.items():
            if trouble := getattr(chat, "trouble", str)():
                wrong.setdefault(name, trouble)
        await self.store.ping()
        due = await self.store.sources.next_due()
        if due is not None and self.clock.now() - due > LATE:
            wrong["polls"] = "A source has been due for more than an hour."
        return wrong


async def _lasting(work: Callable[[], Awaitable[None]]) -> None:
    await work()


@asynccontextmanager
async def stopping_on_signals() -> AsyncIterator[asyncio.Event]:
    """Give an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
