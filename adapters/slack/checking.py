"""What is missing before Slack works: token, scopes, channel, socket; in plain words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import Web, asked
from adapters.slack.errors import UNKNOWN, translated
from adapters.slack.manifest import SCOPES
from adapters.slack.settings import SlackSettings
from bot.domain.errors import ChatDown, ChatError, RateLimited

PATIENCE = timedelta(seconds=5)
"""For each question: somebody waits."""
OF_BOT = "slack.bot_token is the one under “OAuth & Permissions”, it begins with xoxb-."
OF_APP = "Make slack.app_token under “Basic Information”, with connections:write; it begins with xapp-."
KINDS = {
    "xoxp-": f"Slack: slack.bot_token is a person's, in whose name the bot would speak. {OF_BOT}",
    "xoxe.": (
        "Slack: slack.bot_token ends within twelve hours, for token rotation is on; switch it off, or set "
        "slack.client_id and slack.client_secret and install the app at /slack/install."
    ),
}


async def check(settings: SlackSettings) -> tuple[Sequence[str], Sequence[str]]:
    """Ask Slack; return what is to be known and what is missing for certain, one sentence each."""
    web = Web(replace(settings, patience=PATIENCE))
    try:
        return await _checked(settings, web)
    finally:
        await web.close()


async def _checked(settings: SlackSettings, web: Web) -> tuple[Sequence[str], Sequence[str]]:
    well: list[str] = []
    missing: list[str] = []
    if settings.bot_token is not None:
        missing += [said for start, said in KINDS.items() if settings.bot_token.startswith(start)]
        client = web.client(settings.bot_token)
        try:
            response = await client.auth_test()
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
            _tell(translated(error, "auth.test"), OF_BOT, well, missing)
        else:
            team = response.get("team") or response.get("team_id") or "that Slack does not name"
            well.append(f"Slack: the bot speaks in the workspace {team}.")
            missing += _scopes(response.headers)
            well += await _channels(client)
    if not settings.http:
        try:
            await asked(web.client(settings.app_token).apps_connections_open, app_token=settings.app_token)
            well.append("Slack: the app token opens sockets.")
        except ChatError as error:
            _tell(error, OF_APP, well, missing)
    if settings.public_url is None and (settings.http or settings.client_id):
        who = "Slack reaches the bot" if settings.http else "workspaces install the app"
        well.append(f"Slack: http.public_url is not set; name the address at which {who}.")
    return well, missing


def _tell(error: ChatError, remedy: str, well: list[str], missing: list[str]) -> None:
    """Say what went wrong: an outage is no fault of the configuration."""
    if isinstance(error, ChatDown | RateLimited):
        well.append(f"Slack: {error}")
        return
    code = getattr(error, "code", "")
    missing.append(f"Slack: {error}" if code == UNKNOWN else f"Slack: {error} {remedy}")


def _scopes(headers: Any) -> list[str]:
    """Name the scopes that are missing, if Slack says which are there (header x-oauth-scopes)."""
    said = next((value for name, value in dict(headers).items() if name.lower() == "x-oauth-scopes"), None)
    if said is None:
        return []
    granted = {scope.strip() for scope in str(said).split(",")}
    return [
        f"Slack: the scope {scope} is missing, {why}; add it under “OAuth & Permissions” and install the app again."
        for scope, why in SCOPES.items()
        if scope not in granted
    ]


async def _channels(client: AsyncWebClient) -> list[str]:
    try:
        said = await asked(client.users_conversations, types="public_channel,private_channel", limit=1)
    except ChatError as error:
        return [f"Slack, channels: {error}"]
    return [] if said.get("channels") else ["Slack: the bot is in no channel yet; type /invite @rapporteur in one."]
