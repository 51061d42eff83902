"""The real bot in the stand-in's workspace: everything but the sources, which a test scripts."""

# ruff: noqa: SIM117, ASYNC110  # one thing a line; what is waited for is time

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.slack.chat import SlackChat
from adapters.slack.seal import seal
from adapters.slack.settings import SlackSettings
from bot import web
from bot.clock import SystemClock
from bot.config import AlertSettings, CatalogueSettings, FetchSettings, Settings, StoreSettings
from bot.domain.entries import Entry, SourceId
from bot.domain.sources import Hints, Memory, Polled, Source, Unchanged
from bot.runtime import Bot
from bot.wiring.assembly import assemble
from bot.wiring.commands import names
from bot.wiring.sources import Reader, open_sources
from bot.wiring.storage import open_store
from tests.adapters.slack.person import Person
from tests.adapters.slack.standin import Slack, running

if TYPE_CHECKING:
    from bot.domain.ports import Prospector

FEED = Source(id=SourceId("feed"), url="https://example.org/feed", format="feed", name="A feed")
SOON = timedelta(milliseconds=50)
PATIENCE = 60.0


class Ahead(SystemClock):
    """The machine's time and some more, which a test may add to."""

    def __init__(self) -> None:
        self.more = timedelta()

    def now(self) -> datetime:
        return super().now() + self.more

    async def sleep_until(self, when: datetime) -> None:
        while (left := when - self.now()) > timedelta():
            # A test may move time meanwhile.
            await asyncio.sleep(min(left.total_seconds(), 0.05))


@dataclass
class Script:
    """A poller that gives what a test says."""

    entries: tuple[Entry, ...] = ()
    polls: int = 0

    async def poll(self, source: Source, memory: Memory) -> Unchanged | Polled:
        del memory
        self.polls += 1
        mark = str(hash((self.polls, *(entry.fingerprint for entry in self.entries))))
        return Polled(
            entries=self.entries,
            count=len(self.entries),
            complete=False,
            memory=Memory(etag=mark, body_hash=mark, count=len(self.entries)),
            body_hash=mark,
            url=source.url,
            fetched_at=SystemClock().now(),
            hints=Hints(),
        )

    async def discover(self, url: str) -> tuple[()]:
        del url
        return ()


@dataclass
class Room:
    """A bot at work.

    Attributes:
        url: of its HTTP port.

    """

    bot: Bot
    slack: Slack
    chat: SlackChat
    script: Script
    url: str
    ana: Person
    clock: Ahead

    async def poll(self, *entries: Entry) -> None:
        """Let the source show these entries now."""
        self.script.entries = entries
        store = self.bot.store
        later = self.bot.clock.now() + timedelta(days=2)
        claimed = await store.sources.claim(now=later, owner="rapporteur", lease=timedelta(days=3), limit=5)
        for tracked in claimed:
            await self.bot.ingest.poll(tracked)
        self.bot.deliverer.wake()

    async def idle(self) -> None:
        """Wait until nothing waits to be answered or posted."""

        async def done() -> bool:
            waiting = await self.bot.store.inbox.waiting(1)
            return not waiting and not (await self.bot.store.outbox.backlog()).waiting

        await until(done)


async def until(done: Callable[[], Awaitable[bool]] | Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait until something is so; TimeoutError if it does not come to be."""
    async with asyncio.timeout(patience):
        while True:
            found = done()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.01)


def slack_settings(slack: Slack, *, http: bool, oauth: bool = False) -> SlackSettings:
    return SlackSettings(
        bot_token=None if oauth else "xoxb-1",
        app_token="xapp-1",
        signing_secret="shh",
        http=http,
        api_url=f"{slack.base}/api/",
        authorize_url=f"{slack.base}/authorize",
        client_id="id" if oauth else None,
        client_secret="secret" if oauth else None,
        commands=names,
        every=timedelta(),
        edit_every=SOON,
        patience=timedelta(seconds=5),
        ping=0.5,
    )


@asynccontextmanager
async def at_work(
    folder: Path, *, http: bool, slack: Slack | None = None, settings: SlackSettings | None = None, oauth: bool = False
) -> AsyncIterator[Room]:
    """Run a bot against a stand-in until left."""
    async with running(slack) as workspace:
        async with working(folder, workspace, settings or slack_settings(workspace, http=http, oauth=oauth)) as room:
            yield room


@asynccontextmanager
async def working(
    folder: Path, slack: Slack, chosen: SlackSettings, sources: Sequence[Source] = ()
) -> AsyncIterator[Room]:
    """Run a bot against a stand-in that runs already; with `sources` it polls those, as it does outside."""
    address = f"sqlite:///{folder}/bot.db"
    settings = Settings(
        store=StoreSettings(url=address),
        catalogue=CatalogueSettings(enabled=False),
        alerts=AlertSettings(burst=5),
        fetch=FetchSettings(
            allow_private=("127.0.0.1",), per_host_interval=timedelta(), min_interval=timedelta(seconds=1)
        ),
    )
    clock, script = Ahead(), Script()
    async with open_store(address) as store, open_sources(settings, clock) as reader:
        await store.take_over()
        await store.sources.declare(sources or [FEED], origin=FEED.origin, now=clock.now())
        sealed = seal(None, folder / "bot.db") if chosen.client_id else None
        chat = SlackChat(chosen, notes=store.slack, watches=store.watches, clock=clock, seal=sealed)
        prospector: Prospector = script
        bot = assemble(
            settings,
            store=store,
            reader=reader if sources else Reader(poller=script, prospector=prospector),
            chats={"slack": chat},
            clock=clock,
            owner="rapporteur",
            operators=None,
        )
        stop = asyncio.Event()
        async with (
            closing_chat(chat),
            web.serve("127.0.0.1", 0, readiness=bot.readiness, metrics=bot.metrics, routes=chat.routes()) as url,
        ):
            async with _tended(bot, stop):
                ana = Person(slack, url=url if chosen.http else None)
                await until(
                    lambda: chat._inbound.desk is not None and (chosen.http or len(slack.sockets) == chosen.sockets)
                )
                if not sources:
                    await until(lambda: _polled(bot))
                yield Room(bot=bot, slack=slack, chat=chat, script=script, url=url, ana=ana, clock=clock)


@asynccontextmanager
async def closing_chat(chat: SlackChat) -> AsyncIterator[None]:
    """Let go of the network in the end, whatever happens."""
    try:
        yield
    finally:
        await chat.close()


async def _polled(bot: Bot) -> bool:
    """Tell whether the first poll, which posts nothing, is stored; from then on only the test polls."""
    return all(tracked.health.polls for tracked in await bot.store.sources.listing())


@asynccontextmanager
async def _tended(bot: Bot, stop: asyncio.Event) -> AsyncIterator[None]:
    """Run the bot, and stop it in order."""
    task = asyncio.create_task(bot.run(stop))
    try:
        yield
    finally:
        stop.set()
        await task
