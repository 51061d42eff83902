"""Tokens that end are renewed in time, by one at a time, and the new ones are sealed too."""

# named after Slack's methods

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.slack.chat import SlackChat
from adapters.slack.seal import Seal, seal
from adapters.slack.tokens import Install
from bot.domain.alerts import DeliveryKey
from bot.domain.chat import Conversation
from bot.domain.document import says
from bot.domain.errors import ChatDown, Undeliverable
from storage import open_store
from tests.adapters.slack.room import Ahead, slack_settings
from tests.adapters.slack.standin import BOT_USER, GENERAL, Json, Slack, running

# The vendor asks aiohttp for something that its next major version will not have.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
TEAM = "T0009"
HERE = Conversation("slack", f"{TEAM}/{GENERAL}")
HALF_A_DAY = 43_200


class Rotating(Slack):
    """A workspace whose tokens end: each renewal ends the token before, and each refresh token works once."""

    refresh = "xoxe-1-first"
    count = 0

    def _oauth_v2_access(self, arguments: Json, _team: str) -> Json:
        assert arguments["grant_type"] == "refresh_token"
        if arguments["refresh_token"] != self.refresh:
            raise KeyError("invalid_refresh_token")
        self.count += 1
        self.refresh = f"xoxe-1-{self.count}"
        self.tokens = {f"xoxe.xoxb-{self.count}": TEAM}
        token = {"access_token": f"xoxe.xoxb-{self.count}", "refresh_token": self.refresh}
        return {**token, "token_type": "bot", "expires_in": HALF_A_DAY, "bot_user_id": BOT_USER, "team": {"id": TEAM}}


@asynccontextmanager
async def chatting(folder: Path, slack: Slack, clock: Ahead, sealed: Seal) -> AsyncIterator[SlackChat]:
    async with open_store(f"sqlite:///{folder}/bot.db") as store:
        settings = slack_settings(slack, http=True, oauth=True)
        chat = SlackChat(settings, notes=store.slack, watches=store.watches, clock=clock, seal=sealed)
        try:
            yield chat
        finally:
            await chat.close()


async def installed(chat: SlackChat, clock: Ahead) -> None:
    ends = clock.now() + timedelta(seconds=HALF_A_DAY)
    await chat._teams.installed(Install(team=TEAM, token="xoxb-old", refresh=Rotating.refresh, ends=ends))


async def post(chat: SlackChat, key: str) -> None:
    await chat.post(HERE, says(key), thread=None, key=DeliveryKey(key))


def workspace() -> Rotating:
    return Rotating(tokens={"xoxb-old": TEAM})


async def test_a_token_is_renewed_before_it_ends_once_and_kept_sealed(tmp_path: Path) -> None:
    clock, sealed, slack = Ahead(), seal(None, tmp_path / "bot.db"), workspace()
    async with running(slack):
        async with chatting(tmp_path, slack, clock, sealed) as chat:
            await installed(chat, clock)
            await post(chat, "early")
            assert slack.count == 0
            clock.more = timedelta(hours=10, minutes=1)
            await asyncio.gather(*(post(chat, f"note-{number}") for number in range(5)))
            assert slack.count == 1
        clock.more += timedelta(hours=11)
        async with chatting(tmp_path, slack, clock, sealed) as chat:
            await post(chat, "after a restart")
            assert slack.count == 2
        kept = await asyncio.to_thread(stored, tmp_path)
        assert b"xoxe" not in kept
        assert len(slack.said()) == 7


def stored(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("bot.db*") if file.suffix != ".key")


async def test_a_token_that_holds_serves_while_the_renewal_fails(tmp_path: Path) -> None:
    clock, sealed, slack = Ahead(), seal(None, tmp_path / "bot.db"), workspace()
    async with running(slack), chatting(tmp_path, slack, clock, sealed) as chat:
        await installed(chat, clock)
        clock.more = timedelta(hours=11)
        slack.fail("oauth.v2.access", "500", times=1)
        await post(chat, "with the old one")
        await post(chat, "and no second try at once")
        assert len(slack.calls("oauth.v2.access")) == 1
        clock.more += timedelta(minutes=6)
        await post(chat, "with the new one")
        assert slack.count == 1


async def test_a_token_that_slack_calls_expired_is_renewed_and_the_message_comes(tmp_path: Path) -> None:
    clock, sealed, slack = Ahead(), seal(None, tmp_path / "bot.db"), workspace()
    async with running(slack), chatting(tmp_path, slack, clock, sealed) as chat:
        await installed(chat, clock)
        slack.fail("chat.postMessage", "token_expired")
        with pytest.raises(ChatDown):
            await post(chat, "note")
        await post(chat, "note")
        assert slack.count == 1
        assert len(slack.said()) == 1


@pytest.mark.parametrize(("code", "error"), [("invalid_refresh_token", Undeliverable), ("bad_client_secret", ChatDown)])
async def test_what_cannot_be_renewed_is_said(tmp_path: Path, code: str, error: type[Exception]) -> None:
    clock, sealed, slack = Ahead(), seal(None, tmp_path / "bot.db"), workspace()
    async with running(slack), chatting(tmp_path, slack, clock, sealed) as chat:
        await installed(chat, clock)
        clock.more = timedelta(hours=13)
        slack.fail("oauth.v2.access", code, times=9)
        with pytest.raises(error, match=code):
            await post(chat, "note")
        assert slack.said() == []
