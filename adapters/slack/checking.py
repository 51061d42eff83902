"""What is missing before Slack works: token, scopes, channel, socket; in plain words."""

from collections.abc import Sequence
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import Web, asked
from adapters.slack.errors import translated
from adapters.slack.manifest import SCOPES
from adapters.slack.settings import SlackSettings
from bot.domain.errors import ChatError


async def check(settings: SlackSettings) -> tuple[Sequence[str], Sequence[str]]:
    """Ask Slack; return what is well and what is missing, one sentence each."""
    web = Web(settings)
    try:
        return await _checked(settings, web)
    finally:
        await web.close()


async def _checked(settings: SlackSettings, web: Web) -> tuple[Sequence[str], Sequence[str]]:
    well: list[str] = []
    missing: list[str] = []
    if settings.bot_token is not None:
        client = web.client(settings.bot_token)
        try:
            response = await client.auth_test()
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
            missing.append(f"Slack, bot token: {translated(error, 'auth.test')}")
        else:
            well.append(f"Slack: the bot speaks in the workspace {response.get('team') or response.get('team_id')}.")
            missing += _scopes(response.headers)
            missing += await _channels(client)
    if not settings.http:
        try:
            await asked(web.client(settings.app_token).apps_connections_open, app_token=settings.app_token)
            well.append("Slack: the app token opens sockets.")
        except ChatError as error:
            missing.append(f"Slack, app token: {error} It needs connections:write.")
    elif settings.public_url is None:
        missing.append("Slack: http.public_url is not set, so Slack cannot reach the bot; name its address.")
    return well, missing


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
