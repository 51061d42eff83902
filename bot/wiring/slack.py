"""Slack, where it is configured."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.domain.ports import Chat, Clock
from bot.wiring.commands import names

if TYPE_CHECKING:
    from adapters.slack.settings import SlackSettings
    from storage.store import Stored


@asynccontextmanager
async def open_slack(settings: Settings, store: "Stored", clock: Clock) -> AsyncIterator[Chat]:
    """Open Slack; ConfigError if what it needs is not there."""
    from adapters.slack.chat import SlackChat
    from adapters.slack.seal import seal

    chosen = settings.slack
    sealed = seal(chosen.token_key, settings.store.path) if chosen.client_id else None
    chat = SlackChat(slack_settings(settings), notes=store.slack, watches=store.watches, clock=clock, seal=sealed)
    try:
        yield chat
    finally:
        await chat.close()


def slack_settings(settings: Settings) -> "SlackSettings":
    """Return what the Slack adapter is told."""
    from adapters.slack.settings import SlackSettings

    chosen = settings.slack
    return SlackSettings(
        bot_token=chosen.bot_token,
        app_token=chosen.app_token,
        signing_secret=chosen.signing_secret,
        http=chosen.transport == "http",
        api_url=chosen.api_url,
        authorize_url=chosen.authorize_url,
        client_id=chosen.client_id,
        client_secret=chosen.client_secret,
        public_url=settings.http.public_url,
        commands=names,
    )


def slack_manifest(settings: Settings, *, http: bool) -> Mapping[str, object]:
    """Return the manifest of a Slack app on this transport."""
    from adapters.slack.manifest import manifest

    return manifest(http=http, public_url=settings.http.public_url, oauth=settings.slack.client_id is not None)


def check_slack(settings: Settings) -> tuple[Sequence[str], Sequence[str]]:
    """Ask Slack whether everything is there; return what is well and what is missing."""
    from adapters.slack.checking import check

    return asyncio.run(check(slack_settings(settings)))
