"""Slack's Web API: one client per token, nothing retried, errors in our words."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.errors import Unanswered, translated
from adapters.slack.settings import SlackSettings

QUIET = logging.getLogger("slack")
"""Where the vendor's libraries log: what matters of it we say ourselves, and at debug level it holds secrets."""
Call = Callable[..., Awaitable[Any]]


class Client(AsyncWebClient):
    """The vendor's client, with arguments in the body: in the address, servers that stand in for Slack overlook them.

    Slack takes a form for every method (docs.slack.dev/apis/web-api, "Making requests").
    """

    async def api_call(self, api_method: str, *, params: dict[str, Any] | None = None, **how: Any) -> Any:
        """Call a method; what the vendor would put into the address is posted."""
        if params is None or how.get("data") is not None or how.get("json") is not None:
            return await super().api_call(api_method, params=params, **how)
        own = {"token": self.token}.items()
        form = {name: _posted(held) for name, held in params.items() if held is not None and (name, held) not in own}
        return await super().api_call(api_method, **{**how, "http_verb": "POST", "data": form})


def _posted(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


class Web:
    """Makes clients that share one session; open it within a running loop."""

    def __init__(self, settings: SlackSettings) -> None:
        QUIET.setLevel(logging.CRITICAL)
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self._clients: dict[str, AsyncWebClient] = {}

    def client(self, token: str | None) -> AsyncWebClient:
        """Return a client that tries once: a call whose answer is lost may have been carried out."""
        known = self._clients.get(token or "")
        if known is not None and known.session is self.session:
            return known
        base = self._settings.api_url
        client = Client(
            token=token,
            base_url=base if base.endswith("/") else f"{base}/",
            timeout=int(self._settings.patience.total_seconds()),
            session=self.session,
            retry_handlers=[],
            logger=QUIET,
        )
        # The vendor's own reading of the environment overlooks no_proxy; the session's does not.
        client.proxy = None
        self._clients[token or ""] = client
        return client

    @property
    def session(self) -> aiohttp.ClientSession:
        """Return the session, made when it is first needed."""
        if self._session is None or self._session.closed:
            timeout = aiohttp.ClientTimeout(total=self._settings.patience.total_seconds())
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=True)
        return self._session

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()


def proxy_of(url: str) -> str | None:
    """Return the proxy that the environment names for an address, None if it is to be asked directly."""
    parts = urlsplit(url)
    if not parts.hostname or proxy_bypass(parts.hostname):
        return None
    proxies = getproxies()
    return proxies.get("https" if parts.scheme in {"wss", "https"} else "http")


async def asked(call: Call, /, **arguments: Any) -> Mapping[str, Any]:
    """Make a call and return Slack's answer; raise a ChatError."""
    method = getattr(call, "__name__", "a call").replace("_", ".")
    try:
        response = await call(**{name: value for name, value in arguments.items() if value is not None})
    except Exception as error:
        raise translated(error, method) from error
    data = response.data
    if not isinstance(data, dict):
        raise Unanswered(f"Slack's answer to {method} is not JSON.")
    return data
