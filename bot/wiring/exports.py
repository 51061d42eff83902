"""What people take out: calendars and pictures."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from bot.domain.ports import Clock
from bot.domain.storing.store import Store
from bot.wiring.language import stem, vocabulary

if TYPE_CHECKING:
    from bot.domain.agenda import Dated
    from bot.domain.picture import Picture
    from bot.services.agendas import Agendas


def calendars(store: Store, clock: Clock) -> Callable[[str], Awaitable[bytes | None]]:
    """Return what gives out calendars by their secrets; the parts are loaded when the first is asked for."""

    @cache
    def agendas() -> "Agendas":
        from bot.services.agendas import Agendas

        return Agendas(store=store, clock=clock, stem=stem(), shipped=vocabulary, write=write_calendar)

    async def published(secret: str) -> bytes | None:
        return await (await asyncio.to_thread(agendas)).published(secret)

    return published


def write_calendar(name: str, events: "Sequence[Dated]") -> bytes:
    """Return events as an iCalendar file."""
    from adapters.calendar.writer import written

    return written(name, events)


def drawing() -> "Callable[[Picture], bytes]":
    """Return what draws pictures; matplotlib is loaded with the first one."""
    from adapters.charts.drawing import Drawing

    return Drawing()
