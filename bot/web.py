"""The one HTTP port: health, readiness and metrics, and what chat platforms answer there."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from hashlib import blake2b

from aiohttp import web

from bot.domain.errors import ConfigError, StoreError
from bot.telemetry import Metrics

Readiness = Callable[[], Awaitable[dict[str, str]]]
"""Says what is wrong, by part; nothing when all is well."""
PATIENCE = 5.0


@asynccontextmanager
async def serve(
    host: str, port: int, *, readiness: Readiness, metrics: Metrics, routes: Sequence[web.RouteDef] = ()
) -> AsyncIterator[str]:
    """Serve until left, also `routes`; give the address really bound. ConfigError if it cannot be."""
    app = web.Application()
    app.add_routes(
        [
            web.get("/healthz", _healthy),
            web.get("/readyz", _ready(readiness)),
            web.get("/metrics", _metrics(metrics)),
            *routes,
        ]
    )
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise ConfigError([_cannot_listen(host, port, error)]) from error
        address = runner.addresses[0]
        yield f"http://{address[0]}:{address[1]}"
    finally:
        await runner.cleanup()


def calendar_routes(published: Callable[[str], Awaitable[bytes | None]]) -> Sequence[web.RouteDef]:
    """Return the route of the calendars that programs subscribe to; `published` gives one by its secret.

    The secret is in the path, so the path is never logged, and a wrong one is answered like any page there is not.
    """

    async def calendar(request: web.Request) -> web.Response:
        try:
            body = await published(request.match_info["secret"])
        except StoreError:
            return web.Response(status=503, text="The calendar cannot be read now; try again later.\n")
        if body is None:
            raise web.HTTPNotFound
        return web.Response(
            body=body,
            headers={
                "Content-Type": "text/calendar; charset=utf-8",
                "Cache-Control": "private, no-cache",
                "ETag": f'"{blake2b(body, digest_size=12).hexdigest()}"',
            },
        )

    return [web.get(r"/calendar/{secret:[\w-]{1,100}}.ics", calendar)]


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    # asyncio writes a paragraph into strerror, and resolvers have numbers of their own.
    why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or error
    return f'http.listen: {host}:{port} cannot be used ({why}); name a free port, for example "127.0.0.1:8081".'


async def _healthy(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n")


def _ready(readiness: Readiness) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def ready(_request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(PATIENCE):
                wrong = await readiness()
        except (TimeoutError, StoreError) as error:
            wrong = {"store": str(error) or "it does not answer"}
        return web.json_response({"ready": not wrong, "wrong": wrong}, status=503 if wrong else 200)

    return ready


def _metrics(metrics: Metrics) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def show(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    return show
