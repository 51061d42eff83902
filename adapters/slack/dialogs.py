"""Modals at work: opened within Slack's three seconds, replayed while somebody types, saved as commands."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from adapters.slack import modal
from adapters.slack.api import asked
from adapters.slack.offers import without_offers
from adapters.slack.people import People
from adapters.slack.reading import NEW_WATCH, WATCH_THIS, team_in
from adapters.slack.render import blocks, messages, note
from adapters.slack.settings import conversation, team_of
from adapters.slack.teams import Teams
from adapters.slack.whisper import Whisperer
from bot.domain.chat import Command, Conversation
from bot.domain.document import says
from bot.domain.errors import ChatError
from bot.domain.ports import Desk
from bot.domain.storing.watches import Watches

NEW, EDIT = "home-new", "home-edit-"
_EDITS = re.compile(f"{EDIT}[0-9]+")
MOST_VIEWS = 1_000
INSTEAD = "Slack did not open the form. Type what to watch for instead: /watch facial recognition"
log = structlog.get_logger(__name__)
Body = Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Dialogs:
    """Opens, previews and saves forms.

    Attributes:
        desk: gives the desk, or raises while nobody serves.

    """

    teams: Teams
    people: People
    watches: Watches
    whisper: Whisperer
    desk: Callable[[], Desk]
    _newest: dict[str, int] = field(default_factory=dict)

    def register(self, app: AsyncApp) -> None:
        """Tell Bolt which payloads come here."""
        app.command("/watch")(self.command)
        app.shortcut(WATCH_THIS)(self.watch_this)
        app.shortcut(NEW_WATCH)(self.new_watch)
        app.action(modal.QUERY)(self.typing)
        app.action(NEW)(self.new_watch)
        app.action(_EDITS)(self.edit)
        app.view(modal.FORM)(self.save)

    async def command(self, ack: AsyncAck, body: Body) -> None:
        """Open an empty form for the channel in which `/watch` was typed."""
        await ack()
        where = conversation(team_in(body), str(body.get("channel_id") or ""))
        if not await self._open(body, modal.Subject(where=where)):
            await self._instead(body, where, str(body.get("user_id") or ""))

    async def _instead(self, body: Body, where: Conversation, user: str) -> None:
        """Say what to type where no form opens."""
        message, way = messages(says(INSTEAD))[0], str(body.get("response_url") or "")
        try:
            if way:
                self.whisper.remember(where, user, way)
            if not await self.whisper.back(where, message, user=user, absent=False):
                client = await self.teams.client(team_of(where))
                key = f"instead-{body.get('trigger_id') or way}"
                await self.whisper.show(client, where, message, user=user, key=key, thread=None)
        except ChatError as error:
            log.warning("slack.nothing_instead", why=str(error))

    async def new_watch(self, ack: AsyncAck, body: Body) -> None:
        """Open an empty form that asks for the channel."""
        await ack()
        await self._open(body, modal.Subject(where=None))

    async def watch_this(self, ack: AsyncAck, body: Body) -> None:
        """Open a form with a query made of a message, and replay it."""
        await ack()
        channel = str((body.get("channel") or {}).get("id") or "")
        text = str((body.get("message") or {}).get("text") or "")
        what = modal.Subject(where=conversation(team_in(body), channel), query=modal.proposal(text))
        await self._open(body, what)

    async def edit(self, ack: AsyncAck, body: Body) -> None:
        """Open the form of a watch."""
        await ack()
        pressed = str((body.get("actions") or [{}])[0].get("value") or "")
        _, every = await self.watches.all()
        team = team_in(body)
        found = [one for one in every if str(one.id) == pressed and team_of(one.conversation) == team]
        if found:
            await self._open(body, modal.about(found[0]))

    async def typing(self, ack: AsyncAck, body: Body) -> None:
        """Replay what stands in the form, unless somebody typed on meanwhile."""
        await ack()
        view = body.get("view") or {}
        written = str((body.get("actions") or [{}])[0].get("value") or "")
        query = modal.filled(view).query or written
        await self._preview(body, view, modal.subject(str(view.get("private_metadata"))), query)

    async def save(self, ack: AsyncAck, body: Body) -> None:
        """Keep what the form says as commands, then close it; say what is wrong instead."""
        view = body.get("view") or {}
        found, what = modal.filled(view), modal.subject(str(view.get("private_metadata")))
        where = what.where or (conversation(team_in(body), found.channel) if found.channel else None)
        problems = modal.wrong(found) | ({} if where else {modal.WHERE: "Choose a conversation."})
        if problems or where is None:
            await ack(response_action="errors", errors=problems)
            return
        user = str((body.get("user") or {}).get("id") or "")
        name = f"{view.get('id')}/{view.get('hash') or body.get('trigger_id') or ''}"
        commands = [
            Command(conversation=where, user=user, text=line, id=f"{name}/{number}")
            for number, line in enumerate(modal.lines(what, found))
        ]
        if commands:
            await self.desk().take(commands)
        await ack()

    async def _open(self, body: Body, what: modal.Subject) -> bool:
        """Open a form at once, for the trigger lives three seconds; its replay comes after."""
        trigger = str(body.get("trigger_id") or "")
        if trigger and self._turn(trigger) > 1:
            # Delivered twice, or over two connections: a trigger opens one form.
            return True
        try:
            client = await self.teams.client(team_in(body))
            preview = [note(modal.LOOKING_BACK)] if what.query else []
            view = modal.form(what, preview)
            opened = await asked(client.views_open, trigger_id=trigger, view=view)
        except ChatError as error:
            log.warning("slack.form_not_opened", why=str(error))
            return False
        if what.query:
            await self._preview(body, opened.get("view") or {}, what, what.query)
        return True

    async def _preview(self, body: Body, view: Body, what: modal.Subject, query: str) -> None:
        name = str(view.get("id") or "")
        turn = self._turn(name)
        if not name or not query:
            return
        user = str((body.get("user") or {}).get("id") or body.get("user_id") or "")
        team = team_in(body)
        where = what.where or conversation(team, user)
        text = f"edit {what.watch} {query}" if what.watch else f"watch {query}"
        try:
            client = await self.teams.client(team)
            who = await self.people.profile(client, team, user)
            said = await self.desk().answer(Command(conversation=where, user=user, text=text, zone=who.zone))
            if self._newest.get(name) != turn:
                return
            shown = await asyncio.to_thread(blocks, without_offers(said), most=modal.PREVIEWED)
            await asked(client.views_update, view_id=name, view=modal.form(what, shown))
        except ChatError as error:
            log.info("slack.no_preview", why=str(error))

    def _turn(self, name: str) -> int:
        if len(self._newest) >= MOST_VIEWS:
            self._newest.pop(next(iter(self._newest)))
        self._newest[name] = self._newest.get(name, 0) + 1
        return self._newest[name]
