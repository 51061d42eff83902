"""A server that speaks both shapes, and says what a test put into its mouth."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Said = dict[str, Any] | str | int | None
"""A JSON object or words to say, a status to refuse with, None to say nothing for ever."""


@dataclass
class Speaker:
    """The server; `says` is used up from the front, the last for ever."""

    says: list[Said] = field(default_factory=list)
    usage: tuple[object, object] = (100, 10)
    headers: dict[str, str] = field(default_factory=dict)
    refuses: tuple[str, ...] = ()
    asked: list[dict[str, Any]] = field(default_factory=list)
    seen: list[web.Request] = field(default_factory=list)
    url: str = ""
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def messages(self, request: web.Request) -> web.StreamResponse:
        said = await self._next(request)
        if isinstance(said, int):
            return web.Response(status=said, headers=self.headers)
        part = {"type": "tool_use", "input": said} if isinstance(said, dict) else {"type": "text", "text": said}
        usage = {"input_tokens": self.usage[0], "output_tokens": self.usage[1]}
        return web.json_response({"content": [part], "usage": usage})

    async def completions(self, request: web.Request) -> web.StreamResponse:
        form = (await request.json()).get("response_format", {}).get("type")
        if form in self.refuses:
            return web.Response(status=400)
        said = await self._next(request)
        if isinstance(said, int):
            return web.Response(status=said, headers=self.headers)
        content = json.dumps(said) if isinstance(said, dict) else said
        usage = {"prompt_tokens": self.usage[0], "completion_tokens": self.usage[1]}
        return web.json_response({"choices": [{"message": {"content": content}}], "usage": usage})

    async def _next(self, request: web.Request) -> dict[str, Any] | str | int:
        self.asked.append(await request.json())
        self.seen.append(request)
        said = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if said is None:
            await self.ended.wait()
        return said if said is not None else ""


@asynccontextmanager
async def speaking(*says: Said) -> AsyncIterator[Speaker]:
    speaker = Speaker(list(says))
    app = web.Application()
    app.router.add_post("/v1/messages", speaker.messages)
    app.router.add_post("/v1/chat/completions", speaker.completions)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    speaker.url = f"http://127.0.0.1:{port}"
    try:
        yield speaker
    finally:
        speaker.ended.set()
        await runner.cleanup()
