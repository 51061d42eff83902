"""One Socket Mode connection, kept alive: short pings, and a new one when it is silent.

docs.slack.dev/apis/events-api/using-socket-mode: up to ten connections, each payload goes to one of them.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from adapters.slack.api import QUIET, Web, asked, proxy_of
from adapters.slack.settings import SlackSettings
from bot.domain.errors import ChatDown, ChatError, RateLimited, Unauthorised
from bot.domain.ports import Clock

PATIENCE = 15.0
"""Seconds for a connection to come up."""
SILENCE = 4
"""Pings without any frame after which a connection is replaced, and with which it may mend itself."""
log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Socket:
    """A connection that replaces itself.

    Attributes:
        app: what the payloads are handed to.
        up: whether it is connected.

    """

    settings: SlackSettings
    web: Web
    clock: Clock
    app: AsyncApp
    up: bool = False

    async def run(self) -> None:
        """Keep a connection until cancelled; raise ChatDown if none comes up, Unauthorised for a refused token."""
        while True:
            try:
                handler = await self._connected()
            except RateLimited as error:
                # Slack opens one connection a minute (docs.slack.dev/reference/methods/apps.connections.open, tier 1).
                log.info("slack.socket_waits", why=str(error))
                await self.clock.sleep_until(self.clock.now() + error.retry_after)
                continue
            try:
                await self._until_silent(handler)
            finally:
                self.up = False
                await _closed(handler)
            log.warning("slack.socket_replaced")

    async def _connected(self) -> AsyncSocketModeHandler:
        token = self.settings.app_token or ""
        web_client = self.web.client(token)
        # Asked here, for the vendor's client repeats a refused question for ever.
        url = str((await asked(web_client.apps_connections_open, app_token=token)).get("url") or "")
        if not url:
            raise ChatDown("Slack's answer to apps.connections.open names no address to connect to.")
        handler = AsyncSocketModeHandler(
            self.app, token, web_client=web_client, logger=QUIET, ping_interval=self.settings.ping
        )
        client: Any = handler.client
        client.wss_uri = url
        client.proxy = proxy_of(client.wss_uri)
        try:
            async with asyncio.timeout(PATIENCE):
                await client.connect()
        except TimeoutError as error:
            await _closed(handler)
            raise ChatDown("Slack's socket does not open; trying again.") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            await _closed(handler)
            raise ChatDown(f"Slack's socket does not open ({type(error).__name__}); trying again.") from error
        except BaseException:
            await _closed(handler)
            raise
        self.up = True
        return handler

    async def _until_silent(self, handler: AsyncSocketModeHandler) -> None:
        """Return when the connection has been down, or without a frame, for too long."""
        client: Any = handler.client
        heard = time.monotonic()

        async def hear(_message: object) -> None:
            nonlocal heard
            heard = time.monotonic()

        client.on_message_listeners.append(hear)
        patience = self.settings.ping * SILENCE
        while time.monotonic() - heard < patience:
            await asyncio.sleep(self.settings.ping)
            self.up = await client.is_connected()
            # A pong is a frame too.
            if self.up and client.last_ping_pong_time and time.time() - client.last_ping_pong_time < patience:
                heard = time.monotonic()
        await self._refused()

    async def _refused(self) -> None:
        """Raise Unauthorised if that is why no connection comes up."""
        token = self.settings.app_token or ""
        try:
            await asked(self.web.client(token).apps_connections_open, app_token=token)
        except Unauthorised:
            raise
        except ChatError as error:
            log.info("slack.socket_down", why=str(error))


async def _closed(handler: AsyncSocketModeHandler) -> None:
    """Close a handler and wait for its tasks: the vendor's close only cancels them."""
    client: Any = handler.client
    tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
    await client.close()
    for task in tasks:
        if task is not None:
            task.cancel()
    await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
