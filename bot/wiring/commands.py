"""What people type, and what carries it out."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.domain.chat import Command
from bot.domain.document import Document
from bot.domain.ports import Clock
from bot.domain.storing.store import Store
from bot.release import release
from bot.wiring.configured import defaults, public_address
from bot.wiring.exports import drawing, write_calendar
from bot.wiring.language import calendar, stem, vocabulary
from bot.wiring.sources import Reader

if TYPE_CHECKING:
    from bot.services.reception import CarryOut
    from bot.services.telling import Teller


def names() -> Sequence[str]:
    """Return the names of all commands."""
    from bot.services.commands.registry import names as registered

    return registered()


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
