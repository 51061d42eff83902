"""The demo's recorded week, and a server on this machine that plays it.

The server behaves as a good web server does: validators, conditional requests (RFC 9110 §13),
robots.txt. It only answers differently as the injected clock moves.
"""

import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from http import HTTPStatus
from importlib.resources import files
from typing import Any, Self

from aiohttp import web

from bot.domain.entries import SourceId
from bot.domain.ports import Clock
from bot.domain.sources import Origin, Source

CONTENT_TYPES = {"feed": "application/xml", "ical": "text/calendar", "itu-meetings": "text/xml"}
ROBOTS = "User-agent: *\nAllow: /\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a source answers from `since` (aware UTC) on, until its next answer."""

    since: datetime
    body: bytes
    content_type: str
    status: int = HTTPStatus.OK

    @property
    def etag(self) -> str:
        """Validator of the body; equal bodies have equal ones."""
        return blake2b(self.body, digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A source, its address still missing, and its answers, earliest first."""

    id: str
    name: str
    format: str
    body: str | None
    lang: str
    answers: tuple[Answer, ...]

    def at(self, now: datetime) -> Answer:
        """Return the answer that holds at `now`: the last one that began, else the first."""
        return next((answer for answer in reversed(self.answers) if answer.since <= now), self.answers[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What must come of one scene of the week.

    Attributes:
        says: each of these stands in the transcript, runs of spaces and line ends counted as one space.
        silent: no alert is ever spoken about an entry whose title begins like that.
        together: entries with these titles are told in one thread of each conversation.

    """

    scene: str
    says: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    together: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recorded week."""

    first: date
    days: int
    polls: tuple[time, ...]
    queries: tuple[str, ...]
    recorded: tuple[Recorded, ...]
    expectations: tuple[Expectation, ...]

    @classmethod
    def load(cls) -> Self:
        """Return the week that comes with Rapporteur."""
        raw = tomllib.loads(_read("week.toml").decode())
        return cls(
            first=raw["first"],
            days=raw["days"],
            polls=tuple(hour.replace(tzinfo=UTC) for hour in raw["polls"]),
            queries=tuple(raw["watches"]),
            recorded=tuple(_recorded(table) for table in raw["sources"]),
            expectations=tuple(_expectation(table) for table in raw["expect"]),
        )

    def steps(self) -> tuple[datetime, ...]:
        """Return the instants, aware UTC, at which the demo polls everything; the first is the baseline."""
        days = (self.first + timedelta(days=number) for number in range(self.days))
        return tuple(datetime.combine(day, hour) for day in days for hour in self.polls)

    def watches(self) -> tuple[str, ...]:
        """Return the queries that the demo's team watches."""
        return self.queries

    def sources(self, base_url: str) -> tuple[Source, ...]:
        """Return the sources as a server at `base_url` offers them."""
        return tuple(
            Source(
                id=SourceId(each.id),
                url=f"{base_url}/{each.id}",
                format=each.format,
                name=each.name,
                body=each.body,
                lang=each.lang,
                origin=Origin.CONFIG,
            )
            for each in self.recorded
        )


@asynccontextmanager
async def serve(recording: Recording, clock: Clock) -> AsyncIterator[str]:
    """Play the recording on a free port of 127.0.0.1 as the clock goes; gives the base URL, without last slash."""
    sources = {each.id: each for each in recording.recorded}

    async def answer(request: web.Request) -> web.Response:
        source = sources.get(request.match_info["source"])
        if source is None:
            raise web.HTTPNotFound(text="Nothing was recorded under this address.")
        return _response(request, source.at(clock.now()))

    async def robots(_request: web.Request) -> web.Response:
        return web.Response(text=ROBOTS)

    app = web.Application()
    app.add_routes([web.get("/robots.txt", robots), web.get("/{source}", answer)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def _response(request: web.Request, answer: Answer) -> web.Response:
    """Answer 304 if the client holds this body; If-None-Match goes before the date (RFC 9110 §13.2.2)."""
    known, since = request.if_none_match, request.if_modified_since
    if known is not None:
        same = any(tag.value in {answer.etag, "*"} for tag in known)
    else:
        same = since is not None and answer.since <= since
    response = web.Response(status=304) if same and answer.status == HTTPStatus.OK else _full(answer)
    response.etag = answer.etag
    response.last_modified = answer.since
    return response


def _full(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, body=answer.body, content_type=answer.content_type, charset="utf-8")


def _recorded(table: Mapping[str, Any]) -> Recorded:
    answers = tuple(
        Answer(
            since=row["from"],
            body=_read(row["page"]),
            content_type=row.get("type", CONTENT_TYPES[table["format"]]),
            status=row.get("status", HTTPStatus.OK),
        )
        for row in table["answers"]
    )
    return Recorded(
        id=table["id"],
        name=table["name"],
        format=table["format"],
        body=table.get("body"),
        lang=table["lang"],
        answers=answers,
    )


def _expectation(table: Mapping[str, Any]) -> Expectation:
    lists = {name: tuple(table.get(name, ())) for name in ("says", "silent", "together")}
    return Expectation(scene=table["scene"], **lists)


def _read(name: str) -> bytes:
    return files("feeds").joinpath("recorded", name).read_bytes()
