"""A clock that jumps, servers on loopback, and the fetcher's settings for them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from feeds.settings import FetchSettings

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FakeClock:
    """Sleeping moves the time and costs none."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    async def sleep_until(self, when: datetime) -> None:
        await asyncio.sleep(0)
        self.time = max(self.time, when)

    def pass_(self, **spans: float) -> None:
        self.time += timedelta(**spans)


@dataclass(slots=True)
class Site:
    """A server and the requests it saw, with the fake time of each."""

    server: TestServer
    requests: list[web.Request] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    robots: str | int = 404
    location: str | None = None

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests if request.path != "/robots.txt"]


Serve = Callable[[Handler], Awaitable[Site]]


CONTEXT = cache(ssl.create_default_context)


@pytest.fixture(autouse=True)
def one_tls_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the machine's certificates once, not in every test: they take 30 ms."""
    monkeypatch.setattr(ssl, "create_default_context", CONTEXT)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def settings() -> FetchSettings:
    return FetchSettings(
        allow_private=("127.0.0.1",),
        per_host_interval=timedelta(),
        total_timeout=timedelta(seconds=5),
        workers=1,
    )


@pytest.fixture
async def serve(clock: FakeClock) -> AsyncIterator[Serve]:
    """Start servers that answer with a function; robots.txt is the site's own affair."""
    servers: list[TestServer] = []

    async def start(handler: Handler) -> Site:
        async def dispatch(request: web.Request) -> web.StreamResponse:
            site.requests.append(request)
            site.times.append(clock.now())
            if request.path != "/robots.txt":
                return await handler(request)
            if isinstance(site.robots, int):
                return web.Response(status=site.robots, headers={"Location": site.location} if site.location else {})
            return web.Response(text=site.robots)

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", dispatch)
        site = Site(TestServer(app, host="127.0.0.1"))
        await site.server.start_server()
        servers.append(site.server)
        return site

    yield start
    for server in servers:
        await server.close()


@pytest.fixture
async def raw() -> AsyncIterator[Callable[..., Awaitable[str]]]:
    """Start servers that send the given bytes, whatever they are asked, and return their addresses."""
    servers: list[asyncio.Server] = []

    async def start(*parts: bytes, pause: float = 0) -> str:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await reader.readuntil(b"\r\n\r\n")
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(pause)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()
