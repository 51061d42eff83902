"""A bot, put together from its parts."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.config import Settings
from bot.domain.chat import Conversation
from bot.domain.ports import Chat, Clock
from bot.domain.sources import Origin
from bot.domain.storing.store import Store
from bot.runtime import Bot
from bot.services.deliver import Deliverer
from bot.services.indexing import Indexing
from bot.services.ingest import Ingest, Rhythm, Standing
from bot.services.notice import Notice
from bot.services.recap import Recap
from bot.services.reception import Reception
from bot.services.remind import Remind
from bot.services.review import Review
from bot.services.telling import Teller
from bot.telemetry import Metrics
from bot.wiring.commands import answering
from bot.wiring.configured import defaults
from bot.wiring.language import stem, vocabulary
from bot.wiring.platforms import open_platforms, rosters, states
from bot.wiring.sources import Reader, catalogue, open_sources
from bot.wiring.storage import open_store
from bot.wiring.summaries import improving, open_model

if TYPE_CHECKING:
    from bot.domain.rewriting import Model

STANDING_SOURCES = (Origin.CATALOGUE, Origin.CONFIG)


@asynccontextmanager
async def open_bot(
    settings: Settings,
    *,
    chats: Mapping[str, Chat],
    owner: str,
    operators: Conversation | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Bot]:
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
) -> Bot:
    """Put a bot together from opened parts."""
    metrics = Metrics()
    wanted = defaults(settings)
    started = clock.now()
    teller = Teller(vocabulary)
    ingest = Ingest(
        poller=reader.poller,
        store=store,
        clock=clock,
        standing=Standing(stem(), vocabulary),
        teller=teller,
        meter=metrics,
        owner=owner,
        rhythm=Rhythm(least=settings.fetch.min_interval, burst=settings.alerts.burst, defaults=wanted),
    )
    deliverer = Deliverer(
        store=store, chats=chats, clock=clock, meter=metrics, owner=owner, defaults=wanted, burst=settings.alerts.burst
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
        ingest=ingest,
        deliverer=deliverer,
        notice=Notice(store=store, clock=clock, operators=operators) if operators else None,
        improve=partial(improving, settings, store, reader, clock, meter=metrics, deliver=deliverer.wake, model=model),
        recap=Recap(store=store, clock=clock, defaults=wanted),
        review=Review(store=store, clock=clock, rosters=rosters(chats)),
        remind=Remind(store=store, clock=clock, defaults=wanted),
        indexing=Indexing(store=store, clock=clock, meter=metrics, stem=stem(), shipped=vocabulary),
        reception=Reception(store=store, clock=clock, carry_out=carry_out, deliver=deliverer.wake),
    )
