"""How calls and answers of the Web API look on the wire."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

Json = dict[str, Any]


async def read(request: web.Request) -> tuple[str, Json]:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if request.content_type == "application/json":
        found: Json = await request.json()
    else:
        found = {**request.query, **{name: str(held) for name, held in (await request.post()).items()}}
    token = found.pop("token", token)
    for name in ("view", "blocks", "metadata"):
        if isinstance(found.get(name), str):
            found[name] = json.loads(found[name])
    return str(token), found


def page(messages: list[Json], arguments: Mapping[str, Any]) -> Json:
    oldest = float(arguments.get("oldest") or 0)
    found = [one for one in messages if float(one["ts"]) > oldest]
    start, limit = int(arguments.get("cursor") or 0), int(arguments.get("limit") or 100)
    shown = found[start : start + limit]
    if str(arguments.get("include_all_metadata")).lower() not in {"1", "true"}:
        shown = [{name: held for name, held in one.items() if name != "metadata"} for one in shown]
    more = start + limit < len(found)
    return {
        "messages": shown,
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + limit) if more else ""},
    }


def cut(request: web.Request) -> web.StreamResponse:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
