"""What the bot's HTTP port answers for Slack: signed payloads, and installing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

from adapters.slack.api import Web
from adapters.slack.inbound import Inbound
from adapters.slack.install import flow
from adapters.slack.settings import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH, SlackSettings
from adapters.slack.teams import Teams
from bot.domain.ports import Clock

UNSIGNED = 401
PAUSE = timedelta(minutes=1)
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Complaint:
    """Says that payloads are refused, once in a while: anybody may send some."""

    _last: datetime | None = None

    def raise_at(self, now: datetime) -> None:
        """Log it, unless that was done just now."""
        if self._last is None or now - self._last > PAUSE:
            self._last = now
            why = (
                "It was not signed with slack.signing_secret within five minutes; compare it with “Basic Information”."
            )
            log.warning("slack.payload_refused", why=why)


def routes(
    settings: SlackSettings, inbound: Inbound, teams: Teams, client: Web, clock: Clock
) -> Sequence[web.RouteDef]:
    """Return the routes that the configuration calls for."""
    complaint = Complaint()

    async def events(request: web.Request) -> web.StreamResponse:
        try:
            asked = await to_bolt_request(request)
        except UnicodeDecodeError:
            return web.Response(status=400)
        answer = await inbound.app.async_dispatch(asked)
        if answer.status == UNSIGNED:
            complaint.raise_at(clock.now())
        return await to_aiohttp_response(answer)

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
