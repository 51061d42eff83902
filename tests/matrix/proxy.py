"""A proxy in front of the homeserver that does what bad networks and sick servers do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum

import aiohttp
from aiohttp import web


class Fault(StrEnum):
    """What becomes of one request."""

    BAD_GATEWAY = "502"
    HTML = "html with 200"
    BAD_JSON = "no json"
    DROPPED = "dropped before it is passed on"
    CUT = "reply cut in the middle"
    LOST = "passed on, reply lost"
    STALLED = "never answered"


@dataclass(slots=True)
class Proxy:
    """Passes requests on, except those that a test wants spoilt.

    Attributes:
        plan: part of a path and the faults of the next requests that have it, in order.
        seen: every request, with what was answered.

    """

    target: str
    url: str = ""
    plan: dict[str, list[Fault]] = field(default_factory=dict)
    seen: list[tuple[str, str, int]] = field(default_factory=list)
    _session: aiohttp.ClientSession | None = None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        fault = next((left.pop(0) for part, left in self.plan.items() if part in request.path and left), None)
        early = await self._early(request, fault)
        if early is not None:
            self.seen.append((request.method, request.path, early.status))
            return early
        assert self._session is not None
        skipped = {"Host", "Accept-Encoding"}
        headers = {name: value for name, value in request.headers.items() if name not in skipped}
        async with self._session.request(
            request.method, self.target + request.raw_path, data=await request.read(), headers=headers
        ) as passed:
            body = await passed.read()
            self.seen.append((request.method, request.path, passed.status))
            if fault is Fault.LOST:
                self._drop(request)
            if fault is Fault.CUT:
                return await self._cut(request, body)
            return web.Response(status=passed.status, body=body, content_type="application/json")

    async def _early(self, request: web.Request, fault: Fault | None) -> web.Response | None:
        match fault:
            case Fault.BAD_GATEWAY:
                return web.Response(status=502, text="<html>Bad gateway</html>", content_type="text/html")
            case Fault.HTML:
                return web.Response(text="<html>Please log in to the network</html>", content_type="text/html")
            case Fault.BAD_JSON:
                return web.Response(text='{"next_batch": ', content_type="application/json")
            case Fault.DROPPED:
                self._drop(request)
            case Fault.STALLED:
                await asyncio.sleep(3600)
            case _:
                pass
        return None

    def _drop(self, request: web.Request) -> None:
        assert request.transport is not None
        request.transport.abort()
        raise asyncio.CancelledError

    async def _cut(self, request: web.Request, body: bytes) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(len(body)), "Content-Type": "application/json"})
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        self._drop(request)
        return response


@asynccontextmanager
async def proxied(target: str) -> AsyncIterator[Proxy]:
    """Put a proxy in front of a server."""
    proxy = Proxy(target)
    app = web.Application(client_max_size=1 << 26)
    app.router.add_route("*", "/{path:.*}", proxy.answer)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    proxy.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as session:
        proxy._session = session
        try:
            yield proxy
        finally:
            await runner.cleanup()
