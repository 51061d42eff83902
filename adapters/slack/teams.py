"""Which token speaks for which workspace: the configured one, or that of an installation."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import Web, asked
from adapters.slack.errors import Refused
from adapters.slack.notes import Notes
from adapters.slack.seal import Seal
from adapters.slack.settings import SlackSettings
from adapters.slack.tokens import Install, install, renewed, text
from bot.domain.errors import ChatError, Unauthorised, Undeliverable
from bot.domain.ports import Clock

PAUSE = timedelta(minutes=5)
"""Between two tries to renew a token that still holds."""
log = structlog.get_logger(__name__)


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
    _renewing: dict[str, asyncio.Lock] = field(default_factory=dict)
    _again: dict[str, datetime] = field(default_factory=dict)

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
        if self.seal is not None and (found := await self._fresh(team)) is not None:
            token = found.token
        if token is None:
            raise Undeliverable("The app was removed from this workspace; install it again.", closed=True)
        return self.web.client(token)

    async def installed(self, what: Install) -> None:
        """Keep an installation, and speak with its token from now on."""
        if self.seal is None:
            raise Undeliverable("Installing is not configured; set slack.client_id and slack.client_secret.")
        self._known[what.team] = what
        await self.notes.install(what.team, self.seal.close(what.data), now=self.clock.now())

    async def expired(self, team: str) -> bool:
        """Note that Slack calls a workspace's token expired; tell whether it can be renewed."""
        found = await self._installed(team)
        if found is None or found.refresh is None:
            return False
        self._known[team] = replace(found, ends=self.clock.now())
        self._again.pop(team, None)
        return True

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
        found = install(team, data) if data is not None else None
        if found is not None:
            self._known[team] = found
        return found

    async def _fresh(self, team: str) -> Install | None:
        """Return an installation whose token holds; one at a time renews it, for a refresh token works once."""
        found = await self._installed(team)
        if found is None or not self._due(found):
            return found
        async with self._renewing.setdefault(team, asyncio.Lock()):
            found = await self._installed(team)
            if found is None or not self._due(found):
                return found
            now = self.clock.now()
            try:
                new = await renewed(self.web, self.settings, found, now=now)
            except ChatError as error:
                if found.ends is None or found.ends <= now:
                    raise
                log.warning("slack.token_not_renewed", team=team, until=found.ends.isoformat(), why=str(error))
                self._again[team] = now + PAUSE
                return found
            await self.installed(new)
            log.info("slack.token_renewed", team=team)
            return new

    def _due(self, found: Install) -> bool:
        now = self.clock.now()
        again = self._again.get(found.team)
        waits = again is not None and now < again and found.ends is not None and now < found.ends
        return found.due(now) and not waits


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
        bot_user=text(said.get("user_id")),
        bot=text(said.get("bot_id")),
    )
