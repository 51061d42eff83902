"""The Poller and the Prospector: fetched, read, and never anything but our own errors."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import blake2b

from yarl import URL

from bot.domain.errors import ParseError
from bot.domain.ports import Candidate, Clock
from bot.domain.sources import Hints, Memory, Polled, Source, Unchanged
from feeds import verdicts
from feeds.fetch import Answer, Fetcher, open_fetcher
from feeds.formats import line_filter
from feeds.guard import Lookup
from feeds.page import Page, Parsed
from feeds.pool import ParsePool, open_pool
from feeds.settings import FetchSettings

LARGE = 2_000_000
LONGEST_VALIDATOR = 1024


class SourceReader:
    """Polls sources and explores addresses; make one with `open_sources`."""

    def __init__(self, fetcher: Fetcher, pool: ParsePool) -> None:
        self._fetcher = fetcher
        self._pool = pool

    async def poll(self, source: Source, memory: Memory) -> Unchanged | Polled:
        """Ask a source for what it has; parse only a body that differs from the last good one.

        Raise FetchError or ParseError; nothing is to be remembered of a poll that raised.
        """
        keep = line_filter(source.format, source.url)
        answer = await self._fetcher.get(source.url, etag=memory.etag, last_modified=memory.last_modified, keep=keep)
        if keep is not None:
            answer = _with_fragment(answer, source.url)
        hints = Hints(at_least=verdicts.freshness(answer.headers, answer.fetched_at), moved_to=answer.moved_to)
        if answer.unmodified:
            return Unchanged(memory=_revalidated(memory, answer.headers), hints=hints)
        if verdicts.is_block_page(answer.body):
            raise self._fetcher.blocked(answer.url, "answers with a firewall's page")
        digest = await _digest(answer.body)
        etag, last_modified = _validators(answer.headers)
        fresh = replace(memory, etag=etag, last_modified=last_modified, body_hash=digest)
        if digest == memory.body_hash:
            return Unchanged(memory=fresh, hints=hints)
        try:
            parsed = await self._pool.parse(source.format, _page(answer, source, memory))
        except ParseError as error:
            if error.blocked:
                raise self._fetcher.blocked(answer.url, "answers with a firewall's page") from error
            raise
        return _outcome(answer, parsed, replace(fresh, items=parsed.items, count=parsed.count), hints)

    async def article(self, url: str) -> str:
        """Return the text of an article's page, "" if it shows none to everybody; raise FetchError or ParseError."""
        from feeds.article import article

        answer = await self._fetcher.get(url)
        if verdicts.is_block_page(answer.body):
            raise self._fetcher.blocked(answer.url, "answers with a firewall's page")
        if "html" not in answer.headers.get("content-type", "html"):
            return ""
        return await self._pool.run(article, answer.body, answer.url)

    async def discover(self, url: str) -> Sequence[Candidate]:
        """Find out what an address that a person typed holds; see `feeds.discover`."""
        from feeds.discover import discover

        return await discover(url, self._fetcher, self._pool)


def _with_fragment(answer: Answer, asked: str) -> Answer:
    """Give back the fragment that was asked for: it never travels, and says which lines are wanted."""
    fragment = URL(asked).fragment
    url, moved_to = (
        address and str(URL(address).with_fragment(fragment)) for address in (answer.url, answer.moved_to or "")
    )
    return replace(answer, url=url, moved_to=moved_to or None)


def _page(answer: Answer, source: Source, memory: Memory) -> Page:
    return Page(
        body=answer.body,
        url=answer.url,
        fetched_at=answer.fetched_at,
        headers=answer.headers,
        known=memory.items,
        lang=source.lang,
    )


def _outcome(answer: Answer, parsed: Parsed, memory: Memory, hints: Hints) -> Unchanged | Polled:
    asked = [wish for wish in (hints.at_least, parsed.every) if wish]
    hints = replace(hints, at_least=min(max(asked), verdicts.LONGEST) if asked else None)
    if parsed.count and not parsed.entries and not parsed.complete:
        return Unchanged(memory=memory, hints=hints)
    return Polled(
        entries=parsed.entries,
        count=parsed.count,
        complete=parsed.complete,
        memory=memory,
        body_hash=memory.body_hash or "",
        url=answer.url,
        fetched_at=answer.fetched_at,
        hints=hints,
        title=parsed.title,
        lang=parsed.lang,
        notes=parsed.notes,
    )


async def _digest(body: bytes) -> str:
    if len(body) > LARGE:
        return await asyncio.to_thread(_hash, body)
    return _hash(body)


def _hash(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()


def _validators(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    return _validator(headers, "etag"), _validator(headers, "last-modified")


def _validator(headers: Mapping[str, str], name: str) -> str | None:
    """Return a validator verbatim, unless it could not be stored or sent back."""
    value = headers.get(name, "")
    return value if value and value.isascii() and value.isprintable() and len(value) <= LONGEST_VALIDATOR else None


def _revalidated(memory: Memory, headers: Mapping[str, str]) -> Memory:
    """Keep what a 304 does not replace (RFC 9110 §15.4.5)."""
    etag, last_modified = _validators(headers)
    etag, last_modified = etag or memory.etag, last_modified or memory.last_modified
    if (etag, last_modified) == (memory.etag, memory.last_modified):
        return memory
    return replace(memory, etag=etag, last_modified=last_modified)


@asynccontextmanager
async def open_sources(
    settings: FetchSettings, clock: Clock, *, lookup: Lookup = socket.getaddrinfo
) -> AsyncIterator[SourceReader]:
    """Open the session and the pool; both end with the block. Raise ConfigError for a faulty `allow_private`."""
    async with (
        open_pool(workers=settings.workers, limit=settings.parse_timeout) as pool,
        open_fetcher(settings, clock, lookup=lookup) as fetcher,
    ):
        yield SourceReader(fetcher, pool)
