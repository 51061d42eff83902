"""The composition root: the only module that knows every part."""

import asyncio
import gc
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.config import Settings
from bot.domain.chat import Command, Conversation
from bot.domain.document import Document
from bot.domain.ports import Calendar, Chat, Clock, Meter, Poller, Prospector, Stem, Terminal
from bot.domain.preferences import Echo, Preferences
from bot.domain.sources import Origin, Source
from bot.domain.storing.store import Store
from bot.domain.values import by_value

if TYPE_CHECKING:
    from aiohttp.web import RouteDef

    from adapters.console.progress import Progress
    from adapters.matrix.settings import MatrixSettings
    from adapters.slack.settings import SlackSettings
    from bot.domain.agenda import Dated
    from bot.domain.picture import Picture
    from bot.domain.rewriting import Model
    from bot.domain.vocabulary import Vocabulary
    from bot.runtime import Bot
    from bot.services.agendas import Agendas
    from bot.services.reception import CarryOut
    from bot.services.rewriting import Library, Rewriting
    from bot.services.telling import Teller
    from feeds.page import Parsed
    from feeds.recording import Recording
    from storage.store import Stored

STANDING_SOURCES = (Origin.CATALOGUE, Origin.CONFIG)
TERMINAL = Conversation("console", "local")
"""The one conversation of the console."""


def release() -> str:
    """Return the version that is installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("rapporteur")
    except PackageNotFoundError:  # run from a tree that nobody installed
        return "0 (not installed)"


def formats() -> Collection[str]:
    """Return the names of all formats."""
    from feeds.formats import FORMATS

    return FORMATS.keys()


def parse(name: str, body: bytes, *, url: str, headers: Mapping[str, str], now: datetime) -> "Parsed":
    """Read a body as a format; ParseError with one sentence if it is not one."""
    from feeds.formats import parse as parse_page
    from feeds.page import Page

    return parse_page(name, Page(body=body, url=url, headers=headers, fetched_at=now))


def occurrences(
    body: bytes, *, url: str, headers: Mapping[str, str], first: date, last: date, now: datetime
) -> "Parsed":
    """Read a calendar's occurrences that overlap the days `first` to `last`; ParseError if it is none."""
    from feeds.ical import within
    from feeds.page import Page

    return within(Page(body=body, url=url, headers=headers, fetched_at=now), first, last)


def catalogue() -> tuple[Source, ...]:
    """Return the sources that come with the bot and are polled unless switched off."""
    from feeds.catalogue import catalogue as shipped

    return shipped()


def stem() -> Stem:
    """Return the stemmer of watch terms."""
    from adapters.language.stems import snowball

    return snowball()


@cache
def vocabulary() -> "Vocabulary":
    """Return the vocabulary that comes with the bot; reads files when it is first asked.

    It stays as long as the process: the garbage collector need not look at it ever after (a pause of 14 ms).
    """
    from bot.vocabulary.reading import shipped

    found = shipped()
    gc.freeze()
    return found


def calendar() -> Calendar:
    """Return the reader of natural-language times."""
    from adapters.language.times import Times

    return Times()


def open_store(url: str) -> "AbstractAsyncContextManager[Stored]":
    """Open the store, bringing its schema up to date."""
    from storage import open_store as opened

    return opened(url)


def migrate(url: str) -> int:
    """Bring the store's schema up to date, making the store if there is none; StoreBusy while a bot runs on it."""
    from storage import held
    from storage import migrate as migrated

    with held(url):
        return migrated(url)


def backup(url: str, to: Path) -> None:
    """Write a consistent copy of the store, also while a bot runs on it."""
    from storage import backup as copied

    copied(url, to)


def restore(url: str, from_: Path) -> None:
    """Put a copy in the store's place, which need not exist; StoreBusy while a bot runs on it.

    StoreError if the copy is not one of ours, broken, or newer than this version.
    """
    from storage import held
    from storage import restore as restored

    with held(url):
        restored(url, from_)


@by_value
class Reader:
    """What asks sources."""

    poller: Poller
    prospector: Prospector
    library: "Library | None" = None


@asynccontextmanager
async def open_sources(settings: Settings, clock: Clock) -> AsyncIterator[Reader]:
    """Open what fetches and reads sources."""
    from feeds.settings import DEFAULT_AGENT, FetchSettings
    from feeds.source import open_sources as opened

    chosen = settings.fetch
    fetch = FetchSettings(
        user_agent=chosen.user_agent or DEFAULT_AGENT,
        contact=chosen.contact,
        allow_private=chosen.allow_private,
        per_host_interval=chosen.per_host_interval,
    )
    async with opened(fetch, clock) as reader:
        yield Reader(poller=reader, prospector=reader, library=reader)


@asynccontextmanager
async def open_model(settings: Settings, clock: Clock) -> AsyncIterator["Model | None"]:
    """Open the language model, if one is set up."""
    chosen = settings.llm
    if not chosen.enabled:
        yield None
        return
    from adapters.model.asking import open_model as opened
    from adapters.model.settings import BASES, ModelSettings

    base = chosen.base_url or BASES[chosen.provider]
    seconds = 20 if chosen.provider != "local" and chosen.base_url is None else 60  # one's own machine takes longer
    own = ModelSettings(
        provider=chosen.provider,
        base_url=base,
        model=chosen.model,
        api_key=chosen.api_key,
        timeout=timedelta(seconds=seconds),
    )
    async with opened(own, clock) as model:
        yield model


def names() -> Sequence[str]:
    """Return the names of all commands."""
    from bot.services.commands.registry import names as registered

    return registered()


def console(settings: Settings, *, journal: Path | None) -> Terminal:
    """Return the terminal as a chat platform."""
    from adapters.console.chat import ConsoleChat
    from adapters.console.settings import ConsoleSettings

    files = None if journal is None else journal.with_suffix(".files")
    own = ConsoleSettings(zone=settings.alerts.zone, journal=journal, files=files, commands=names)
    return ConsoleChat(own, reader=sys.stdin, writer=sys.stdout)


def progress() -> "Progress":
    """Return a display on standard error for long work."""
    from adapters.console.progress import Progress

    return Progress(sys.stderr, environ=os.environ)


@asynccontextmanager
async def open_platforms(settings: Settings, store: "Stored", clock: Clock) -> AsyncIterator[Mapping[str, Chat]]:
    """Open the chat platforms that are configured, by name; ConfigError if what they need is not there."""
    async with AsyncExitStack() as stack:
        found: dict[str, Chat] = {}
        if settings.slack.enabled:
            found["slack"] = await stack.enter_async_context(_slack(settings, store, clock))
        if settings.matrix.enabled:
            from adapters.matrix.chat import MatrixChat

            found["matrix"] = MatrixChat(matrix_settings(settings), clock)
        yield found


@asynccontextmanager
async def _slack(settings: Settings, store: "Stored", clock: Clock) -> AsyncIterator[Chat]:
    from adapters.slack.chat import SlackChat
    from adapters.slack.seal import seal

    chosen = settings.slack
    sealed = seal(chosen.token_key, settings.store.path) if chosen.client_id else None
    chat = SlackChat(slack_settings(settings), notes=store.slack, watches=store.watches, clock=clock, seal=sealed)
    try:
        yield chat
    finally:
        await chat.close()


def slack_settings(settings: Settings) -> "SlackSettings":
    """Return what the Slack adapter is told."""
    from adapters.slack.settings import SlackSettings

    chosen = settings.slack
    return SlackSettings(
        bot_token=chosen.bot_token,
        app_token=chosen.app_token,
        signing_secret=chosen.signing_secret,
        http=chosen.transport == "http",
        api_url=chosen.api_url,
        authorize_url=chosen.authorize_url,
        client_id=chosen.client_id,
        client_secret=chosen.client_secret,
        public_url=settings.http.public_url,
        commands=names,
    )


def slack_manifest(settings: Settings, *, http: bool) -> Mapping[str, object]:
    """Return the manifest of a Slack app on this transport."""
    from adapters.slack.manifest import manifest

    return manifest(http=http, public_url=settings.http.public_url, oauth=settings.slack.client_id is not None)


def check_slack(settings: Settings) -> tuple[Sequence[str], Sequence[str]]:
    """Ask Slack whether everything is there; return what is well and what is missing."""
    from adapters.slack.checking import check

    return asyncio.run(check(slack_settings(settings)))


def matrix_settings(settings: Settings) -> "MatrixSettings":
    """Return what the Matrix adapter is told."""
    from adapters.matrix.settings import MatrixSettings

    chosen = settings.matrix
    return MatrixSettings(
        homeserver=chosen.homeserver or "",
        user_id=chosen.user_id or "",
        password=chosen.password,
        access_token=chosen.access_token,
        device_id=chosen.device_id,
        store=chosen.store,
        store_key=chosen.store_key,
        allow=chosen.allow or (),
        moderators=chosen.moderators,
        reset_identity=chosen.reset_identity,
        zone=settings.alerts.zone,
    )


def check_matrix(settings: Settings) -> tuple[Sequence[str], Sequence[str]]:
    """Ask the homeserver whether everything is there; return what is well and what is missing."""
    from adapters.matrix.checking import check

    return asyncio.run(check(matrix_settings(settings)))


def drawing() -> "Callable[[Picture], bytes]":
    """Return what draws pictures; matplotlib is loaded with the first one."""
    from adapters.charts.drawing import Drawing

    return Drawing()


def write_calendar(name: str, events: "Sequence[Dated]") -> bytes:
    """Return events as an iCalendar file."""
    from adapters.calendar.writer import written

    return written(name, events)


def public_address(settings: Settings) -> str:
    """Return where others reach the HTTP port; without a setting, where this machine does."""
    listen = settings.http.listen
    return settings.http.public_url or f"http://{listen.host}:{listen.port}"


def routes(chats: Mapping[str, Chat]) -> "Sequence[RouteDef]":
    """Return what chat platforms answer on the HTTP port."""
    return [route for chat in chats.values() for route in getattr(chat, "routes", tuple)()]


def calendars(store: Store, clock: Clock) -> Callable[[str], Awaitable[bytes | None]]:
    """Return what gives out calendars by their secrets; the parts are loaded when the first is asked for."""

    @cache
    def agendas() -> "Agendas":
        from bot.services.agendas import Agendas

        return Agendas(store=store, clock=clock, stem=stem(), shipped=vocabulary, write=write_calendar)

    async def published(secret: str) -> bytes | None:
        return await (await asyncio.to_thread(agendas)).published(secret)

    return published


def states(chats: Mapping[str, Chat]) -> Mapping[str, str]:
    """Return how the lines to the platforms are, by name."""
    told = {name: getattr(chat, "state", str)() for name, chat in chats.items()}
    return {name.capitalize(): state for name, state in told.items() if state}


def typed(text: str) -> Command:
    """Return a line as if somebody had typed it at the console."""
    return Command(conversation=TERMINAL, user="you", text=text)


def recording() -> "Recording":
    """Return the recorded week of the demo."""
    from feeds.recording import Recording

    return Recording.load()


def recorded_server(recorded: "Recording", clock: Clock) -> AbstractAsyncContextManager[str]:
    """Serve the recorded week on loopback; gives its address."""
    from feeds.recording import serve

    return serve(recorded, clock)


def defaults(settings: Settings) -> Preferences:
    """Return how conversations are spoken to that have decided nothing yet."""
    alerts = settings.alerts
    return Preferences(
        zone=alerts.zone,
        digest_at=alerts.digest_at,
        quiet=alerts.quiet_hours,
        echo=frozenset(map(Echo, alerts.echo)),
    )


def answering(
    store: Store,
    reader: Reader,
    clock: Clock,
    settings: Settings,
    *,
    teller: "Teller",
    bot_status: Callable[[], Mapping[str, str]],
) -> "CarryOut":
    """Return what carries out commands; what they alone need is loaded when the first comes, beside the loop."""

    @cache
    def carrying_out() -> "CarryOut":
        from bot.services.commands.answering import answer
        from bot.services.commands.context import Context

        context = Context(
            store=store,
            prospector=reader.prospector,
            calendar=calendar(),
            clock=clock,
            stem=stem(),
            shipped=vocabulary,
            teller=teller,
            defaults=defaults(settings),
            version=release(),
            bot_status=bot_status,
            draw=drawing(),
            write_calendar=write_calendar,
            address=public_address(settings),
        )
        return partial(answer, context=context)

    async def answered(command: Command) -> Document:
        carry_out = await asyncio.to_thread(carrying_out)
        return await carry_out(command)

    return answered


async def improving(
    settings: Settings,
    store: Store,
    reader: Reader,
    clock: Clock,
    *,
    meter: Meter,
    deliver: Callable[[], None],
    model: "Model | None",
) -> None:
    """Make better summaries of cards that stand, until cancelled; what it alone needs is loaded beside the loop."""

    def begun() -> "Rewriting":
        from bot.services.rewriting import Rewriting, Ways

        ways = Ways(
            name=f"{settings.llm.provider} {settings.llm.model}",
            rewrite=settings.llm.mode == "rewrite",
            translate=settings.llm.translate,
            daily=settings.llm.daily_tokens,
        )
        return Rewriting(
            store=store,
            clock=clock,
            meter=meter,
            deliver=deliver,
            defaults=defaults(settings),
            library=reader.library,
            model=model,
            ways=ways,
        )

    await (await asyncio.to_thread(begun)).run()


def assemble(
    settings: Settings,
    *,
    store: Store,
    reader: Reader,
    chats: Mapping[str, Chat],
    clock: Clock,
    owner: str,
    operators: Conversation | None,
    model: "Model | None" = None,
) -> "Bot":
    """Put a bot together from opened parts."""
    from bot.runtime import Bot
    from bot.services.deliver import Deliverer
    from bot.services.ingest import Ingest, Rhythm, Standing
    from bot.services.notice import Notice
    from bot.services.recap import Recap
    from bot.services.reception import Reception
    from bot.services.remind import Remind
    from bot.services.review import Review
    from bot.services.telling import Teller
    from bot.telemetry import Metrics

    metrics = Metrics()
    wanted = defaults(settings)
    rhythm = Rhythm(least=settings.fetch.min_interval, burst=settings.alerts.burst, defaults=wanted)
    started = clock.now()
    teller = Teller(vocabulary)
    deliverer = Deliverer(
        store=store,
        chats=chats,
        clock=clock,
        meter=metrics,
        owner=owner,
        defaults=wanted,
        burst=settings.alerts.burst,
    )

    def bot_status() -> Mapping[str, str]:
        return {"Up since": f"{started:%Y-%m-%d %H:%M} UTC", **states(chats)}

    carry_out = answering(store, reader, clock, settings, teller=teller, bot_status=bot_status)
    return Bot(
        store=store,
        clock=clock,
        chats=chats,
        owner=owner,
        metrics=metrics,
        ingest=Ingest(
            poller=reader.poller,
            store=store,
            clock=clock,
            standing=Standing(stem(), vocabulary),
            teller=teller,
            meter=metrics,
            owner=owner,
            rhythm=rhythm,
        ),
        deliverer=deliverer,
        notice=Notice(store=store, clock=clock, operators=operators) if operators else None,
        improve=partial(improving, settings, store, reader, clock, meter=metrics, deliver=deliverer.wake, model=model),
        recap=Recap(store=store, clock=clock, defaults=wanted),
        review=Review(store=store, clock=clock),
        remind=Remind(store=store, clock=clock, defaults=wanted),
        reception=Reception(store=store, clock=clock, carry_out=carry_out, deliver=deliverer.wake),
    )


@asynccontextmanager
async def open_bot(
    settings: Settings,
    *,
    chats: Mapping[str, Chat],
    owner: str,
    operators: Conversation | None = None,
    clock: Clock | None = None,
) -> AsyncIterator["Bot"]:
    """Open the store, the sources and the platforms, declare what the configuration says, and give the bot.

    `chats` are further platforms, opened elsewhere.
    """
    from storage import held

    clock = clock or SystemClock()
    with held(settings.store.url):
        async with (
            open_store(settings.store.url) as store,
            open_sources(settings, clock) as reader,
            open_platforms(settings, store, clock) as platforms,
            open_model(settings, clock) as model,
        ):
            every = {**chats, **platforms}
            await store.take_over()
            shipped = catalogue() if settings.catalogue.enabled else ()
            for origin, sources in zip(STANDING_SOURCES, (shipped, settings.sources), strict=True):
                await store.sources.declare(sources, origin=origin, now=clock.now())
            yield assemble(
                settings,
                store=store,
                reader=reader,
                chats=every,
                clock=clock,
                owner=owner,
                operators=operators,
                model=model,
            )
