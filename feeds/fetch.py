"""GET, politely and safely: lanes, robots.txt, guarded addresses, redirects by hand, caps on size and time."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

import aiohttp
from yarl import URL

from bot.domain.errors import FetchError
from bot.domain.ports import Clock
from bot.domain.values import by_value
from feeds import verdicts
from feeds.decoding import ACCEPTED, decode, too_large
from feeds.guard import AddressRules, GuardedResolver, Lookup, shown
from feeds.lanes import Lanes
from feeds.lines import kept_lines
from feeds.page import Keep
from feeds.robots import SIZE as ROBOTS_SIZE
from feeds.robots import Robots
from feeds.settings import FetchSettings

HOPS = 5
"""Redirects followed, for pages and for robots.txt (RFC 9309 §2.3.1.2)."""

ACCEPT = (
    "application/atom+xml, application/rss+xml, text/calendar, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.9, text/html;q=0.5, */*;q=0.1"
)


@by_value
class Answer:
    """A usable answer: 200 with a body, or 304.

    Attributes:
        url: where it came from, after redirects.
        headers: names in lower case.
        body: content encoding removed; empty for 304.
        moved_to: the final address, if every hop on the way said that it moved for good.

    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime
    moved_to: str | None = None

    @property
    def unmodified(self) -> bool:
        """The server says that nothing changed since the validators it gave."""
        return self.status == HTTPStatus.NOT_MODIFIED


@by_value
class _Reply:
    status: int
    url: URL
    headers: Mapping[str, str]
    body: bytes
    permanent: bool = False


class Fetcher:
    """Asks servers; make one with `open_fetcher`."""

    def __init__(
        self, session: aiohttp.ClientSession, rules: AddressRules, settings: FetchSettings, clock: Clock
    ) -> None:
        self._session = session
        self._addresses = rules
        self._clock = clock
        self._settings = settings
        self._lanes = Lanes(clock, interval=settings.per_host_interval, concurrency=settings.concurrency)
        self._robots = Robots(self._robots_txt, token=settings.token, clock=clock) if settings.robots else None

    async def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, keep: Keep | None = None
    ) -> Answer:
        """Fetch `url`, conditionally if validators are given; raise FetchError for anything but a usable answer.

        With `keep` a body that may be very long is read line by line (`feeds.lines`), and what is kept is the body.
        """
        asked = _parsed(url)
        validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in validators.items() if value}
        reply = await self._walk(asked, headers, page=True, cap=self._settings.max_bytes, keep=keep)
        host = reply.url.host or ""
        now = self._clock.now()
        if reply.status == HTTPStatus.NOT_MODIFIED:
            if not headers:
                raise FetchError(f"{shown(reply.url)} says “not modified” (304) to a request without conditions.")
        elif reply.status not in verdicts.OK:
            error = verdicts.refusal(reply.status, reply.headers, shown(reply.url), now)
            raise self._cooled(host, error) if reply.status in verdicts.COOLS else error
        elif not reply.body or reply.body.isspace():
            raise self.blocked(str(reply.url), "answers with an empty page")
        self._lanes.well(host)
        return Answer(
            status=reply.status,
            url=str(reply.url),
            headers=reply.headers,
            body=reply.body,
            fetched_at=now,
            moved_to=str(reply.url.with_fragment(None)) if reply.permanent else None,
        )

    def blocked(self, url: str, what: str) -> FetchError:
        """Return the error for an answer that hides the page, and leave its host alone for a while."""
        target = URL(url)
        message = f"{shown(target)} {what}, which says nothing about the page; the site is left alone for a while."
        return self._cooled(target.host or "", FetchError(message, blocked=True))

    def _cooled(self, host: str, error: FetchError) -> FetchError:
        pause = self._lanes.cool(host, error.retry_after)
        error.retry_after = max(pause, error.retry_after or pause)
        return error

    async def _walk(
        self, url: URL, headers: Mapping[str, str], *, page: bool, cap: int, keep: Keep | None = None
    ) -> _Reply:
        """Follow redirects to a page (or a robots.txt), each hop checked like the first."""
        target, permanent, seen = self._addresses.check(url), True, {url}
        for hop in range(HOPS + 1):
            delay = await self._robots.permit(target) if page and self._robots is not None else None
            reply = await self._ask(target, headers, delay=delay, cap=cap, cut=not page, keep=keep)
            if reply.status not in verdicts.REDIRECTS:
                return replace(reply, permanent=permanent) if hop else reply
            permanent = permanent and reply.status in verdicts.PERMANENT_REDIRECTS
            target = self._next(target, reply.headers.get("location", ""))
            if verdicts.is_soft_missing(target.path):
                if not page:
                    return replace(reply, status=HTTPStatus.NOT_FOUND)
                raise self.blocked(str(reply.url), "redirects to a “not found” page")
            if target in seen:
                raise FetchError(f"{shown(url)} redirects in a circle; check the address.")
            seen.add(target)
        raise FetchError(f"{shown(url)} redirects more than {HOPS} times; check the address.")

    def _next(self, at: URL, location: str) -> URL:
        if not location.strip():
            raise FetchError(f"{shown(at)} redirects without saying where to.")
        return self._addresses.check(_parsed(location, at), before=at)

    async def _ask(
        self, url: URL, headers: Mapping[str, str], *, delay: timedelta | None, cap: int, cut: bool, keep: Keep | None
    ) -> _Reply:
        async with self._lanes.turn(url.host or "", interval=delay):
            try:
                timeout = _timeout(self._settings, long=keep is not None)
                asked = self._session.get(url, headers=headers, allow_redirects=False, timeout=timeout)
                async with asked as response:
                    body = (
                        await self._body(response, cap, cut=cut, keep=keep) if response.status in verdicts.OK else b""
                    )
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                raise _unanswered(url, error) from error
        found = {name.lower(): value for name, value in response.headers.items()}
        if keep is None:
            body = await decode(body, found.get("content-encoding", ""), cap=cap) if body else b""
        return _Reply(status=response.status, url=url, headers=found, body=body)

    async def _body(self, response: aiohttp.ClientResponse, cap: int, *, cut: bool, keep: Keep | None) -> bytes:
        """Read a body as it travels, or those lines of its content that are kept."""
        if keep is None:
            return await _read(response, cap, cut=cut)
        encoding, most = response.headers.get("Content-Encoding", ""), self._settings.max_stream_bytes
        return await kept_lines(response.content.iter_any(), encoding, keep, cap=cap, most=most)

    async def _robots_txt(self, url: URL) -> str:
        """Fetch a robots.txt as RFC 9309 §2.3.1 says: 4xx and soft 404 mean there is none."""
        reply = await self._walk(url, {"Accept-Encoding": "identity"}, page=False, cap=ROBOTS_SIZE)
        if reply.status in verdicts.OK:
            return reply.body.decode("utf-8-sig", "replace")
        if reply.status < HTTPStatus.INTERNAL_SERVER_ERROR and reply.status not in verdicts.COOLS:
            return ""
        error = verdicts.refusal(reply.status, reply.headers, shown(reply.url), self._clock.now())
        raise self._cooled(reply.url.host or "", error) if reply.status in verdicts.COOLS else error


@asynccontextmanager
async def open_fetcher(
    settings: FetchSettings, clock: Clock, *, lookup: Lookup = socket.getaddrinfo
) -> AsyncIterator[Fetcher]:
    """Open the one session (no cookies, no proxies from the environment) and close it at the end.

    `lookup` resolves names; raise ConfigError for an `allow_private` that cannot be read.
    """
    rules = AddressRules.of(settings.allow_private, downgrade=settings.allow_downgrade)
    connector = aiohttp.TCPConnector(
        resolver=GuardedResolver(rules, lookup=lookup),
        limit=settings.concurrency,
        ssl=await asyncio.to_thread(ssl.create_default_context),
    )
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": settings.agent, "Accept": ACCEPT, "Accept-Encoding": ACCEPTED},
        timeout=_timeout(settings),
        auto_decompress=False,
        trust_env=False,
    )
    async with session:
        yield Fetcher(session, rules, settings, clock)


def _timeout(settings: FetchSettings, *, long: bool = False) -> aiohttp.ClientTimeout:
    connect = settings.connect_timeout.total_seconds()
    return aiohttp.ClientTimeout(
        total=(settings.stream_timeout if long else settings.total_timeout).total_seconds(),
        connect=connect,
        sock_connect=connect,
        sock_read=settings.read_timeout.total_seconds(),
    )


def _parsed(address: str, relative_to: URL | None = None) -> URL:
    try:
        url = URL(address.strip())
        return (relative_to.join(url) if relative_to else url).with_fragment(None)
    except (ValueError, TypeError) as error:
        raise FetchError(f"“{address[:100]}” is not a web address.", permanent=True) from error


async def _read(response: aiohttp.ClientResponse, cap: int, *, cut: bool) -> bytes:
    """Read a body up to `cap` bytes as they travel; cut it there, or raise FetchError."""
    if not cut and (response.content_length or 0) > cap:
        raise too_large(cap)
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > cap:
            if cut:
                break
            raise too_large(cap)
    return bytes(body[:cap])


def _unanswered(url: URL, error: Exception) -> FetchError:
    """Say in a sentence why no answer came."""
    match error:
        case TimeoutError():
            text = "did not answer in time"
        case aiohttp.ClientConnectorDNSError():
            text = "has no address: the name does not resolve"
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            text = "has no valid certificate for an encrypted connection"
        case aiohttp.ClientConnectorError():
            text = "cannot be reached"
        case aiohttp.InvalidURL():
            return FetchError(f"{shown(url)} is not a web address.", permanent=True)
        case aiohttp.ClientResponseError():
            text = "answers with something that is not HTTP"
        case _:
            text = "broke off its answer"
    return FetchError(f"{shown(url)} {text}; it is asked again later.")
