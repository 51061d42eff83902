"""Which token speaks for which workspace: the configured one, or that of an installation."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import Web, asked
from adapters.slack.errors import Refused
from adapters.slack.notes import Notes
from adapters.slack.seal import Seal
from adapters.slack.settings import SlackSettings
from bot.domain.errors import ChatError, Unauthorised, Undeliverable
from bot.domain.ports import Clock
from bot.domain.values import by_value

log = structlog.get_logger(__name__)


@by_value
class Install:
    """The app in a workspace."""

    team: str
    token: str = field(repr=False)
    bot_user: str | None = None
    bot: str | None = None
    scopes: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Teams:
    """Knows every workspace the app is in.

    Attributes:
        seal: opens the tokens that were installed; None where only the configured token is used.

    """

    settings: SlackSettings
    web: Web
    notes: Notes
    clock: Clock
    seal: Seal | None = None
    _own: Install | None = None
    _known: dict[str, Install] = field(default_factory=dict)

    async def own(self) -> Install | None:
        """Return the workspace of the configured token; raise a ChatError if Slack does not accept it."""
        token = self.settings.bot_token
        if token is None or self._own is not None:
            return self._own
        self._own = await tested(self.web.client(token), token)
        return self._own

    async def find(self, team: str | None) -> Install | None:
        """Return the app in a workspace, None if it is not installed there."""
        if team and (found := await self._installed(team)) is not None:
            return found
        if self.settings.bot_token is None:
            return None
        try:
            return await self.own()
        except Unauthorised:
            raise
        except ChatError as error:
            # Its name is not known yet; its token speaks all the same.
            log.warning("slack.not_named", why=str(error))
            return Install(team=team or "", token=self.settings.bot_token)

    async def client(self, team: str) -> AsyncWebClient:
        """Return what speaks in a workspace; Undeliverable if the app is not there any more."""
        token = self.settings.bot_token
        if self.seal is not None and (found := await self._installed(team)) is not None:
            token = found.token
        if token is None:
            raise Undeliverable("The app was removed from this workspace; install it again.", closed=True)
        return self.web.client(token)

    async def installed(self, team: str, data: Mapping[str, object]) -> None:
        """Keep an installation."""
        if self.seal is None:
            raise Undeliverable("Installing is not configured; set slack.client_id and slack.client_secret.")
        await self.notes.install(team, self.seal.close(data), now=self.clock.now())
        self._known.pop(team, None)

    async def removed(self, team: str) -> None:
        """Forget an installation; the configured token stays what it is."""
        self._known.pop(team, None)
        await self.notes.uninstall(team)

    def multiple(self) -> bool:
        """Tell whether tokens come from installations."""
        return self.settings.bot_token is None

    async def _installed(self, team: str) -> Install | None:
        if self.seal is None:
            return None
        if team in self._known:
            return self._known[team]
        sealed = await self.notes.installed(team)
        data = self.seal.open(sealed) if sealed is not None else None
        if sealed is not None and data is None:
            log.error("slack.sealed_with_another_key", team=team)
        if data is None or not data.get("token"):
            return None
        found = Install(
            team=team,
            token=str(data["token"]),
            bot_user=_text(data.get("bot_user")),
            bot=_text(data.get("bot")),
            scopes=tuple(str(data.get("scopes") or "").split(",")),
        )
        self._known[team] = found
        return found


async def tested(client: AsyncWebClient, token: str) -> Install:
    """Ask Slack whose a token is; raise a ChatError."""
    try:
        said = await asked(client.auth_test)
    except Refused as error:
        log.warning("slack.auth_test_refused", why=str(error))
        return Install(team="", token=token)
    return Install(
        team=str(said.get("team_id") or ""),
        token=token,
        bot_user=_text(said.get("user_id")),
        bot=_text(said.get("bot_id")),
    )


def _text(value: object) -> str | None:
    return str(value) if value else None
