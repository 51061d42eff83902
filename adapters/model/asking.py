"""Two shapes of request are spoken by all: Anthropic's messages and OpenAI's chat completions."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp

from adapters.model.settings import ANTHROPIC, ModelSettings
from bot.domain.errors import ModelError
from bot.domain.ports import Clock
from bot.domain.rewriting import Answer, Question

AT_ONCE = 2
LARGEST = 256 * 1024
"""Bytes of an answer that are read."""
TOOL = "answer"
FORMATS = ("json_schema", "json_object", "")
"""What servers are asked to hold an answer to, the strictest first; what one refuses it is not asked again."""
BUSY = 529
"""Anthropic's own status for being overloaded."""


class HttpModel:
    """The `Model` port; make one with `open_model`."""

    def __init__(self, session: aiohttp.ClientSession, settings: ModelSettings, clock: Clock) -> None:
        self._session = session
        self._settings = settings
        self._clock = clock
        self._places = asyncio.Semaphore(AT_ONCE)
        self._format = 0

    async def ask(self, question: Question) -> Answer:
        """Return the answer; raise ModelError if there is none, or none in time. Tried twice if that may help."""
        async with self._places:
            try:
                return await self._asked(question)
            except ModelError as error:
                if not error.passing:
                    raise
                wait = min(error.retry_after or timedelta(seconds=1), self._settings.patience)
            await self._clock.sleep_until(self._clock.now() + wait)
            return await self._asked(question)

    async def _asked(self, question: Question) -> Answer:
        if self._settings.provider == ANTHROPIC:
            return _from_messages(await self._post("/messages", self._messages(question)))
        while True:
            try:
                body = await self._post("/chat/completions", self._completion(question))
                return _from_completion(body)
            except _FormatRefused as error:
                if self._format + 1 >= len(FORMATS):
                    raise ModelError(str(error)) from error
                self._format += 1

    def _messages(self, question: Question) -> dict[str, Any]:
        return {
            "model": self._settings.model,
            "max_tokens": question.room,
            "system": question.system,
            "messages": [{"role": "user", "content": question.user}],
            "tools": [{"name": TOOL, "description": "Give the answer.", "input_schema": question.schema}],
            "tool_choice": {"type": "tool", "name": TOOL},
        }

    def _completion(self, question: Question) -> dict[str, Any]:
        kind = FORMATS[self._format]
        system = question.system
        if kind != FORMATS[0]:
            system += f" Answer with one JSON object of this schema and nothing else: {json.dumps(question.schema)}"
        body: dict[str, Any] = {
            "model": self._settings.model,
            "max_tokens": question.room,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": question.user}],
        }
        if kind == FORMATS[0]:
            schema = {"name": TOOL, "strict": True, "schema": question.schema}
            body["response_format"] = {"type": kind, "json_schema": schema}
        elif kind:
            body["response_format"] = {"type": kind}
        return body

    def _headers(self) -> dict[str, str]:
        key = self._settings.api_key
        if self._settings.provider == ANTHROPIC:
            return {"anthropic-version": "2023-06-01", **({"x-api-key": key} if key else {})}
        return {"Authorization": f"Bearer {key}"} if key else {}

    async def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        base = self._settings.base_url
        if self._settings.provider == ANTHROPIC:
            base = f"{base.removesuffix('/v1')}/v1"
        url = f"{base}{path}"
        try:
            async with self._session.post(url, json=body, headers=self._headers(), allow_redirects=False) as response:
                raw = await response.content.read(LARGEST + 1)
                while len(raw) <= LARGEST and (more := await response.content.read(LARGEST + 1 - len(raw))):
                    raw += more
        except TimeoutError as error:
            raise ModelError("The language model did not answer in time.") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise ModelError(f"The language model cannot be reached ({type(error).__name__}).", passing=True) from error
        _judge(response, body)
        if len(raw) > LARGEST:
            raise ModelError("The language model answered with more than is read.")
        return _object(raw)


class _FormatRefused(Exception):
    """The server knows no such form of answers."""


def _judge(response: aiohttp.ClientResponse, body: Mapping[str, Any]) -> None:
    status = response.status
    if status == HTTPStatus.OK:
        return
    if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY) and "response_format" in body:
        raise _FormatRefused(f"The language model refuses the request ({status}).")
    if status in (HTTPStatus.TOO_MANY_REQUESTS, BUSY) or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        text = response.headers.get("retry-after", "")
        wait = timedelta(seconds=min(int(text), 3600)) if text.isascii() and text.isdigit() else None
        raise ModelError(f"The language model is busy ({status}).", retry_after=wait, passing=True)
    raise ModelError(f"The language model refuses the request ({status}); check llm.api_key, llm.model, llm.base_url.")


def _from_messages(body: Mapping[str, Any]) -> Answer:
    parts = body.get("content")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict) and part.get("type") == "tool_use" and isinstance(part.get("input"), dict):
            return Answer(data=part["input"], tokens=_charged(body, "input_tokens", "output_tokens"))
    said = "".join(str(part.get("text", "")) for part in parts or () if isinstance(part, dict))
    return Answer(data=_found(said), tokens=_charged(body, "input_tokens", "output_tokens"))


def _from_completion(body: Mapping[str, Any]) -> Answer:
    try:
        said = body["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError) as error:
        raise ModelError("The language model answered with something else than a completion.") from error
    return Answer(data=_found(str(said or "")), tokens=_charged(body, "prompt_tokens", "completion_tokens"))


def _charged(body: Mapping[str, Any], *names: str) -> int | None:
    usage = body.get("usage")
    parts = [usage.get(name) for name in names] if isinstance(usage, dict) else []
    counts = [part for part in parts if isinstance(part, int) and not isinstance(part, bool) and part >= 0]
    return sum(counts) if counts and len(counts) == len(names) else None


def _found(said: str) -> dict[str, Any]:
    """Return the first JSON object in what was said."""
    start = said.find("{")
    try:
        found, _ = json.JSONDecoder().raw_decode(said[start:]) if start >= 0 else (None, 0)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ModelError("The language model gave no JSON object.")
    return found


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ModelError("The language model answered with something else than JSON.")
    return found


@asynccontextmanager
async def open_model(settings: ModelSettings, clock: Clock) -> AsyncIterator[HttpModel]:
    """Open the session (no cookies, no proxies from the environment) and close it at the end."""
    timeout = aiohttp.ClientTimeout(
        total=settings.timeout.total_seconds(), connect=settings.connect_timeout.total_seconds()
    )
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(timeout=timeout, cookie_jar=jar, trust_env=False) as session:
        yield HttpModel(session, settings, clock)
