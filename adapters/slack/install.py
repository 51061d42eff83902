"""Installing into a workspace by OAuth: Bolt's flow, our store, tokens sealed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe

import structlog
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from adapters.slack.api import QUIET, Web
from adapters.slack.inbound import Inbound
from adapters.slack.manifest import SCOPES
from adapters.slack.settings import INSTALL_PATH, REDIRECT_PATH, SlackSettings
from adapters.slack.teams import Teams
from adapters.slack.tokens import Install
from bot.domain.errors import ChatDown, Undeliverable
from bot.domain.ports import Clock

VALID = timedelta(minutes=10)
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Rapporteur</title>
<body style="font-family:sans-serif;max-width:40em;margin:4em auto"><h1>{title}</h1><p>{text}</p></body></html>"""
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class States(AsyncOAuthStateStore):
    """Installations that were begun; each can be finished once."""

    teams: Teams
    clock: Clock

    async def async_issue(self, *_arguments: object, **_named: object) -> str:
        """Begin one."""
        state, now = token_urlsafe(24), self.clock.now()
        await self.teams.notes.issue(state, now=now, until=now + VALID)
        return state

    async def async_consume(self, state: str) -> bool:
        """Finish one; False if it was not begun, is finished, or too old."""
        return await self.teams.notes.consume(state, now=self.clock.now())


@dataclass(slots=True)
class Installations(AsyncInstallationStore):
    """Bolt's store of installations; what else it may ask for, we keep elsewhere."""

    teams: Teams
    inbound: Inbound

    async def async_save(self, installation: Installation) -> None:
        """Keep a workspace's token, sealed, and deliver to its conversations again."""
        team = installation.team_id or installation.enterprise_id
        if not team or not installation.bot_token:
            raise Undeliverable("Slack named no workspace or gave no token.")
        scopes = installation.bot_scopes
        ends = installation.bot_token_expires_at
        found = Install(
            team=team,
            token=installation.bot_token,
            bot_user=installation.bot_user_id,
            bot=installation.bot_id,
            scopes=tuple(scopes if isinstance(scopes, list | tuple) else str(scopes or "").split(",")),
            refresh=installation.bot_refresh_token,
            ends=datetime.fromtimestamp(ends, UTC) if ends else None,
        )
        await self.teams.installed(found)
        log.info("slack.installed", team=team)
        try:
            await self.inbound.reopen(team)
        except ChatDown as error:
            log.info("slack.reopens_with_the_next_line", why=str(error))


def flow(settings: SlackSettings, inbound: Inbound, teams: Teams, web: Web, clock: Clock) -> AsyncOAuthFlow:
    """Return Bolt's flow for one request."""
    back = f"{settings.public_url}{REDIRECT_PATH}" if settings.public_url else None
    return AsyncOAuthFlow(
        client=web.client(None),
        logger=QUIET,
        settings=AsyncOAuthSettings(
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            scopes=list(SCOPES),
            redirect_uri=back,
            install_path=INSTALL_PATH,
            install_page_rendering_enabled=False,
            redirect_uri_path=REDIRECT_PATH,
            authorization_url=settings.authorize_url,
            installation_store=Installations(teams, inbound),
            state_store=States(teams, clock),
            callback_options=AsyncCallbackOptions(success=_welcome, failure=_sorry),
            logger=QUIET,
        ),
    )


async def _welcome(_args: AsyncSuccessArgs) -> BoltResponse:
    return _page(200, "Rapporteur is installed", "Invite it to a channel with /invite, then type /watch.")


async def _sorry(args: AsyncFailureArgs) -> BoltResponse:
    log.warning("slack.not_installed", why=args.reason)
    return _page(
        args.suggested_status_code, "That did not work", f"Slack said {_word(args.reason)}; please begin again."
    )


def _word(reason: str) -> str:
    """Return a code of Slack's, nothing else: it comes from the address."""
    return reason if reason.replace("_", "").isalnum() and len(reason) < 60 else "something unexpected"  # noqa: PLR2004


def _page(status: int, title: str, text: str) -> BoltResponse:
    body = PAGE.format(title=title, text=text)
    return BoltResponse(status=status, body=body, headers={"Content-Type": "text/html; charset=utf-8"})
