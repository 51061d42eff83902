"""Better summaries of cards, and the language model that may write them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.domain.ports import Clock, Meter
from bot.domain.storing.store import Store
from bot.wiring.configured import defaults
from bot.wiring.sources import Reader

if TYPE_CHECKING:
    from bot.domain.rewriting import Model
    from bot.services.rewriting import Rewriting


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
            articles=reader.articles,
            model=model,
            ways=ways,
        )

    await (await asyncio.to_thread(begun)).run()
