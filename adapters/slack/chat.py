"""Slack as a chat platform: cards, threads and edits out, commands and events in."""

import asyncio
from collections.abc import Collection, Coroutine, Sequence
from datetime import timedelta
from typing import Any

import structlog
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import Web
from adapters.slack.editing import Editor
from adapters.slack.errors import Expired, Gone, Refused
from adapters.slack.files import attach
from adapters.slack.inbound import Inbound
from adapters.slack.naming import named, people
from adapters.slack.notes import Notes
from adapters.slack.offers import offering
from adapters.slack.parts import Parts
from adapters.slack.posting import Poster
from adapters.slack.render import Message, messages
from adapters.slack.routes import routes
from adapters.slack.seal import Seal
from adapters.slack.settings import SlackSettings, channel_of, is_direct, team_of
from adapters.slack.socket import Socket
from adapters.slack.teams import Teams
from adapters.slack.whisper import ABSENT, Whisperer
from bot.domain.alerts import DeliveryKey, Verb
from bot.domain.chat import Conversation, Receipt
from bot.domain.document import Document
from bot.domain.errors import ChatDown, RateLimited, Unauthorised, Undeliverable
from bot.domain.ports import Clock, Desk
from bot.domain.storing.watches import Watches

KEPT = timedelta(days=180)
"""How long it is remembered that a key was posted: as long as its delivery is."""
log = structlog.get_logger(__name__)


class SlackChat:
    """The `Chat` port for every workspace that the app is in; a receipt is a message's timestamp."""

    def __init__(
        self, settings: SlackSettings, *, notes: Notes, watches: Watches, clock: Clock, seal: Seal | None = None
    ) -> None:
        """Take the parts; nothing is asked of Slack before the first call."""
        self._settings, self._notes, self._clock = settings, notes, clock
        self._web = Web(settings)
        self._teams = Teams(settings=settings, web=self._web, notes=notes, clock=clock, seal=seal)
        self._poster = Poster(notes=notes, clock=clock, every=settings.every)
        self._whisper = Whisperer(notes=notes, clock=clock, web=self._web)
        self._parts = Parts(notes=notes, clock=clock, poster=self._poster)
        self._editor = Editor(
            notes=notes,
            clock=clock,
            teams=self._teams,
            poster=self._poster,
            parts=self._parts,
            every=settings.edit_every,
        )
        self._inbound = Inbound(
            settings=settings, teams=self._teams, clock=clock, watches=watches, whisper=self._whisper, web=self._web
        )
        self._sockets: list[Socket] = []

    async def post(self, to: Conversation, what: Document, *, thread: Receipt | None, key: DeliveryKey) -> Receipt:
        """Post under a thread or as its root, a long message as several; raise a ChatError."""
        try:
            client = await self._client(to)
            what = offering(what)
            what = named(what, await self._inbound.people.names(client, team_of(to), people(what)))
            root = await self._notes.current(to, thread) if thread else None
            if what.audience and not is_direct(to):
                return await self._shown(client, to, what, thread=root, key=key)
            return await self._posted(client, to, what, thread=root, key=key)
        except Unauthorised as error:
            raise await self._without_token(to, error) from error

    async def edit(self, to: Conversation, message: Receipt, what: Document, *, key: DeliveryKey) -> Receipt:
        """Replace a message's content, at most once in so long; the newest state is written in the end."""
        if not message:
            log.warning("slack.not_edited", conversation=str(to), why="Slack did not say where the message stands.")
            return message
        try:
            return Receipt(await self._editor.edit(to, message, what, key=key))
        except Unauthorised as error:
            raise await self._without_token(to, error) from error

    async def left(self, where: Conversation, people: Collection[str]) -> Collection[str]:
        """Return those of these people whose accounts are closed."""
        return await self._inbound.people.left(await self._client(where), team_of(where), people)

    async def serve(self, desk: Desk) -> None:
        """Bring what people type to the desk until cancelled; raise ChatDown or Unauthorised."""
        try:
            own = await self._teams.own()
        except RateLimited as error:
            raise ChatDown(str(error)) from error
        log.info("slack.serving", team=own.team if own else "by installation", http=self._settings.http)
        await self._notes.prune(self._clock.now() - KEPT)
        self._inbound.desk = desk
        self._sockets = [] if self._settings.http else [self._socket() for _ in range(self._settings.sockets)]
        try:
            await first_failure([self._editor.run(), *(socket.run() for socket in self._sockets)])
        except (RateLimited, Undeliverable) as error:
            # Whatever it is, it may be mended while we run.
            raise ChatDown(str(error)) from error
        finally:
            self._inbound.desk = None
            await self._inbound.close()

    def routes(self) -> Sequence[web.RouteDef]:
        """Return what the bot's HTTP port answers for Slack."""
        return routes(self._settings, self._inbound, self._teams, self._web, self._clock)

    def state(self) -> str:
        """Say in a few words how the line to Slack is."""
        if self._settings.http:
            return "over HTTP" if self._inbound.desk is not None else "not serving"
        up = sum(socket.up for socket in self._sockets)
        return f"{up} of {self._settings.sockets} connections"

    def trouble(self) -> str:
        """Say why nothing arrives from Slack, nothing if it does."""
        if self._settings.http:
            return "" if self._inbound.desk is not None else "Slack is not served yet."
        return "" if any(socket.up for socket in self._sockets) else "No connection to Slack stands."

    async def close(self) -> None:
        """Let go of the network."""
        await self._inbound.close()
        await self._web.close()

    def _socket(self) -> Socket:
        return Socket(settings=self._settings, web=self._web, clock=self._clock, app=self._inbound.app)

    async def _client(self, to: Conversation) -> AsyncWebClient:
        return await self._teams.client(team_of(to))

    async def _posted(
        self, client: AsyncWebClient, to: Conversation, what: Document, *, thread: str | None, key: str
    ) -> Receipt:
        first, *more = messages(what)
        try:
            ts = await self._poster.post(client, to, first, key=key, thread=thread, echo=what.echo)
        except Gone:
            # The thread's root was deleted: what comes after it stands under this one.
            ts = await self._poster.post(client, to, first, key=key)
            if thread is not None:
                await self._notes.moved(to, thread, ts)
                thread = None
        except Refused as error:
            if error.code in ABSENT and key.startswith(f"{Verb.ANSWER}-") and await self._back(to, first):
                return Receipt("")
            raise
        under = thread or ts or None
        await self._parts.posted(client, to, ts, more, key=key, under=under)
        for number, file in enumerate(what.files, 1):
            name = f"{key}/file-{number}"
            place = (channel_of(to), under)
            await attach(client, self._web, self._notes, self._clock, file, place=place, key=name)
        return Receipt(ts)

    async def _back(self, to: Conversation, message: Message) -> bool:
        return await self._whisper.back(to, message, user=None, absent=True)

    async def _shown(
        self, client: AsyncWebClient, to: Conversation, what: Document, *, thread: str | None, key: str
    ) -> Receipt:
        """Show a message to its audience alone; files go to them directly, for nobody else sees them there."""
        assert what.audience is not None  # noqa: S101  # asked before
        for number, part in enumerate(messages(what), 1):
            name = key if number == 1 else f"{key}/{number}"
            await self._whisper.show(client, to, part, user=what.audience, key=name, thread=thread)
        for number, file in enumerate(what.files, 1):
            place = await self._whisper.directly(client, what.audience)
            await attach(client, self._web, self._notes, self._clock, file, place=place, key=f"{key}/file-{number}")
        return Receipt(thread or "")

    async def _without_token(self, to: Conversation, error: Unauthorised) -> Exception:
        """Return what a refused token means: the end of the platform, or of one workspace among many."""
        if not self._teams.multiple():
            return error
        if isinstance(error, Expired) and await self._teams.expired(team_of(to)):
            return ChatDown("The workspace's token has expired and is renewed.")
        await self._teams.removed(team_of(to))
        return Undeliverable(f"The workspace does not accept the app any more: {error}", closed=True)


async def first_failure(works: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Run until one ends, then cancel the others; raise what it raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
