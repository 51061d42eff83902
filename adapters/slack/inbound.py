"""Slack's payloads on their way in: kept before they are acknowledged, whichever transport brought them.

Bolt acknowledges events before it runs their listener, so keeping happens in a middleware: what it cannot keep it does
not acknowledge, and Slack delivers it again.
"""

from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from adapters.slack.api import QUIET, Web
from adapters.slack.changes import Change, Fate, change
from adapters.slack.dialogs import Dialogs
from adapters.slack.home import Home
from adapters.slack.people import NOBODY, People, Profile
from adapters.slack.reading import OURS, Typed, bot_in, read, team_in
from adapters.slack.settings import SlackSettings, team_of
from adapters.slack.teams import Teams
from adapters.slack.tokens import Install
from adapters.slack.whisper import Whisperer
from bot.domain.chat import Command, Conversation, Receipt
from bot.domain.errors import BotError, ChatDown, ChatError
from bot.domain.ports import Clock, Desk
from bot.domain.storing.watches import Watches

NAME = "rapporteur"
log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Inbound:
    """What Slack tells us.

    Attributes:
        desk: where lines are taken; None while nobody serves, and then nothing is acknowledged.

    """

    settings: SlackSettings
    teams: Teams
    clock: Clock
    watches: Watches
    whisper: Whisperer
    web: Web
    desk: Desk | None = None
    people: People = field(init=False)
    _app: AsyncApp | None = None
    _open: set[Conversation] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Make what belongs to this alone."""
        self.people = People(clock=self.clock)

    @property
    def app(self) -> AsyncApp:
        """Return Bolt's app, made within the running loop when it is first needed."""
        if self._app is None:
            self._app = self._made()
        return self._app

    async def close(self) -> None:
        """Let nothing run on."""
        await self.people.close()

    def serving(self) -> Desk:
        """Return the desk; ChatDown while nobody serves."""
        if self.desk is None:
            raise ChatDown("The bot does not serve Slack yet.")
        return self.desk

    async def reopen(self, team: str) -> None:
        """Deliver to a workspace's conversations again."""
        for where in await self._conversations(team):
            await self.serving().reopened(where)

    def _made(self) -> AsyncApp:

        async def authorize(team_id: str | None, enterprise_id: str | None) -> Any:
            return await self._authorize(team_id, enterprise_id)

        app = AsyncApp(
            name=NAME,
            logger=QUIET,
            client=self.web.client(None),
            signing_secret=self.settings.signing_secret or "",
            authorize=authorize,
            # `reading` ignores what the bot says; what becomes of its channels it has to hear, whoever did it.
            ignoring_self_events_enabled=False,
        )
        app.middleware(self._intake)
        app.error(_broke)
        shared: dict[str, Any] = {
            "teams": self.teams,
            "people": self.people,
            "watches": self.watches,
            "desk": self.serving,
        }
        Dialogs(**shared, whisper=self.whisper).register(app)
        Home(**shared).register(app)
        return app

    async def _authorize(self, team_id: str | None, enterprise_id: str | None) -> AuthorizeResult | None:
        found = await self._found(team_id or enterprise_id)
        if found is None:
            log.warning("slack.not_installed", team=team_id)
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=found.bot_user,
            bot_id=found.bot,
            bot_token=found.token,
        )

    async def _found(self, team: str | None) -> Install | None:
        try:
            return await self.teams.find(team)
        except BotError as error:
            log.warning("slack.not_authorised", why=str(error))
            raise

    async def _intake(self, body: dict[str, Any], next: Any) -> Any:  # noqa: A002  # Bolt's name for it
        """Keep what is for us before it is acknowledged; hand on what needs an answer within three seconds."""
        try:
            if await self._kept(body):
                return BoltResponse(status=200)
        except BotError as error:
            log.warning("slack.not_kept", why=str(error))
            raise
        return await next()

    async def _kept(self, body: dict[str, Any]) -> bool:
        """Keep a line or a change; tell whether that is all there is to do."""
        if not body.get("event") and not body.get("command") and not body.get("type"):
            return False
        desk = self.serving()
        known = await self._found(team_in(body))
        if known is not None and known.team:
            # One token speaks for one workspace, also to people of others (Slack Connect).
            body[OURS] = known.team
        bot_user = (known.bot_user if known else None) or bot_in(body)
        changed = change(body, bot_user=bot_user)
        if changed is not None:
            await self._apply(changed, desk)
            return True
        typed = read(body, bot_user=bot_user, names=self.settings.commands())
        if typed is None:
            event = body.get("event")
            return isinstance(event, dict) and event.get("type") != "app_home_opened"
        await self._take(typed, desk)
        return True

    async def _take(self, typed: Typed, desk: Desk) -> None:
        if typed.response_url:
            self.whisper.remember(typed.where, typed.user, typed.response_url)
        if typed.where not in self._open:
            # Whoever types there can be answered there, whatever was thought of it.
            await desk.reopened(typed.where)
            self._open.add(typed.where)
        who = await self._who(typed)
        command = Command(
            conversation=typed.where,
            user=typed.user,
            text=typed.text,
            thread=Receipt(typed.thread) if typed.thread else None,
            zone=who.zone,
            id=typed.id,
            private=typed.private,
            moderator=who.admin,
        )
        new = await desk.take([command])
        log.debug("slack.taken", conversation=str(typed.where), new=new)

    async def _who(self, typed: Typed) -> Profile:
        try:
            return await self.people.profile(await self.teams.client(typed.team), typed.team, typed.user)
        except ChatError:
            return NOBODY

    async def _apply(self, what: Change, desk: Desk) -> None:
        log.info("slack.changed", fate=what.fate, team=what.team, where=str(what.where or ""))
        match what:
            case Change(fate=Fate.MOVED, where=Conversation() as old, to=Conversation() as new):
                await desk.moved(old, new)
            case Change(fate=Fate.CLOSED, where=Conversation() as where):
                self._open.discard(where)
                await desk.closed(where, what.why)
            case Change(fate=Fate.REOPENED, where=Conversation() as where):
                await desk.reopened(where)
            case _:
                await self._uninstalled(what, desk)

    async def _uninstalled(self, what: Change, desk: Desk) -> None:
        await self.teams.removed(what.team)
        for where in await self._conversations(what.team):
            self._open.discard(where)
            await desk.closed(where, what.why)

    async def _conversations(self, team: str) -> list[Conversation]:
        _, every = await self.watches.all()
        return sorted(
            {
                one.conversation
                for one in every
                if one.conversation.platform == "slack" and team_of(one.conversation) == team
            }
        )


async def _broke(error: Exception, body: dict[str, Any]) -> None:
    """Log what broke; Slack gets no acknowledgement, and what it may deliver again it does."""
    kind = (body.get("event") or {}).get("type") or body.get("command") or body.get("type")
    if isinstance(error, BotError):
        log.warning("slack.not_acknowledged", payload=kind, why=str(error))
    else:
        log.error("slack.broke", payload=kind, exc_info=error)
