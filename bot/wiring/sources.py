"""What asks sources and reads what they answer."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.domain.ports import Clock, Poller, Prospector
from bot.domain.sources import Source
from bot.domain.values import by_value

if TYPE_CHECKING:
    from bot.services.rewriting import Articles
    from feeds.page import Parsed


@by_value
class Reader:
    """What asks sources."""

    poller: Poller
    prospector: Prospector
    articles: "Articles | None" = None


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
        yield Reader(poller=reader, prospector=reader, articles=reader)


def catalogue() -> tuple[Source, ...]:
    """Return the sources that come with the bot and are polled unless switched off."""
    from feeds.catalogue import catalogue as shipped

    return shipped()


def formats() -> Collection[str]:
    """Return the names of all formats."""
    from feeds.formats import FORMATS

    return FORMATS.keys()


def read_body(name: str, body: bytes, *, url: str, headers: Mapping[str, str], now: datetime) -> "Parsed":
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
