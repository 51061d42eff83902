"""What the bot's HTTP port answers for Slack: signed payloads, and installing."""

from collections.abc import Sequence

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

from adapters.slack.api import Web
from adapters.slack.inbound import Inbound
from adapters.slack.install import flow
from adapters.slack.settings import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH, SlackSettings
from adapters.slack.teams import Teams
from bot.domain.ports import Clock

log = structlog.get_logger(__name__)


def routes(
    settings: SlackSettings, inbound: Inbound, teams: Teams, client: Web, clock: Clock
) -> Sequence[web.RouteDef]:
    """Return the routes that the configuration calls for."""

    async def events(request: web.Request) -> web.StreamResponse:
        try:
            asked = await to_bolt_request(request)
        except UnicodeDecodeError:
            return web.Response(status=400)
        return await to_aiohttp_response(await inbound.app.async_dispatch(asked))

    async def install(request: web.Request) -> web.StreamResponse:
        made = flow(settings, inbound, teams, client, clock)
        return await to_aiohttp_response(await made.handle_installation(await to_bolt_request(request)))

    async def installed(request: web.Request) -> web.StreamResponse:
        made = flow(settings, inbound, teams, client, clock)
        return await to_aiohttp_response(await made.handle_callback(await to_bolt_request(request)))

    found = [web.post(EVENTS_PATH, events)] if settings.http else []
    if settings.client_id and settings.client_secret:
        found += [web.get(INSTALL_PATH, install), web.get(REDIRECT_PATH, installed)]
    return found
