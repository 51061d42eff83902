"""From installing to uninstalling, over both transports, as people see it."""

import asyncio
import json
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from bot.domain.chat import Conversation
from bot.domain.entries import Entry, Kind
from tests.adapters.slack.person import Person
from tests.adapters.slack.room import Room, at_work, until
from tests.adapters.slack.standin import ANA, BOT_ID, BOT_USER, GENERAL, Json

BOTH = pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])
ROOM = Conversation("slack", f"T0001/{GENERAL}")


def meeting(title: str, starts: date) -> Entry:
    return Entry(
        key="m", kind=Kind.MEETING, title=title, link="https://example.org/m", starts=starts, ends=starts, all_day=True
    )


async def said(room: Room, count: int) -> Json:
    """Wait for the bot's message of that number in the channel."""
    await until(lambda: len(room.slack.said()) >= count)
    return room.slack.said()[count - 1]


async def watched(room: Room) -> None:
    """Type /watch, fill the form in with its live replay, and save it."""
    ana, slack = room.ana, room.slack
    assert await ana.slash("/watch") == {}
    await until(lambda: len(slack.views) == 1)
    (view,) = slack.views.values()
    await ana.types(view, "facial recognition")
    await until(lambda: len(slack.calls("views.update")) == 1)
    assert "Not watched yet" in json.dumps(slack.calls("views.update")[0])
    refused = await ana.submits(view, '"facial recognition')
    assert refused["response_action"] == "errors"
    assert await ana.submits(view, "facial recognition", note="for the brief") == {}
    assert "for the brief" in (await said(room, 1))["text"]


async def told(room: Room) -> Json:
    """Let a meeting appear and move: a card, edited in place, and a reply below it."""
    await room.poll(meeting("Workshop on facial recognition", date(2027, 3, 1)))
    card = await said(room, 2)
    assert "Workshop on facial recognition" in card["text"]
    assert "thread_ts" not in card
    await room.poll(meeting("Workshop on facial recognition", date(2027, 3, 8)))
    reply = await said(room, 3)
    assert reply["thread_ts"] == card["ts"]
    assert "Moved" in reply["text"]
    await until(lambda: "edited" in card)
    assert "8" in card["text"]
    assert card["text"].count("Mar") >= 2, "the card says what the date was"
    return card


@BOTH
async def test_the_whole_journey(tmp_path: Path, *, http: bool) -> None:
    async with at_work(tmp_path, http=http) as room:
        ana, slack = room.ana, room.slack
        await watched(room)
        card = await told(room)
        await ana.says(f"<@{BOT_USER}> mute 1 for 2h", thread=card["ts"])
        assert (await said(room, 4))["thread_ts"] == card["ts"]
        await ana.slash("/meetings", "March 2027")
        await until(lambda: len(slack.channels[GENERAL].ephemerals) == 1)
        answer = slack.channels[GENERAL].ephemerals[0]
        assert answer["user"] == ANA
        assert "Workshop" in answer["text"]
        await ana.opens_home()
        await until(lambda: ANA in slack.homes)
        home = json.dumps(slack.homes[ANA])
        assert "facial recognition" in home
        assert "Workshop" in home
        await ana.happens("app_uninstalled")
        await until(lambda: held(room))
        assert slack.refusals == []


async def held(room: Room) -> bool:
    backlog = await room.bot.store.outbox.backlog()
    return "install it again" in backlog.parked.get(ROOM, "")


# The vendor asks aiohttp for something that its next major version will not have.
@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_a_workspace_installs_the_app_uses_it_removes_it_and_comes_back(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True, oauth=True) as room:
        await install(room, "T0009")
        there = Person(room.slack, url=room.url, team="T0009")
        await there.slash("/watch", "biometrics --yes")
        assert "Watch 1" in (await said(room, 1))["text"]
        kept = await asyncio.to_thread(stored, tmp_path)
        assert b"xoxb-T0009" not in kept, "tokens are sealed at rest"
        await there.happens("tokens_revoked", tokens={"bot": [BOT_USER]})
        where = Conversation("slack", f"T0009/{GENERAL}")
        assert where in (await room.bot.store.outbox.backlog()).parked
        await install(room, "T0009")
        assert where not in (await room.bot.store.outbox.backlog()).parked
        assert room.slack.refusals == []


def stored(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("bot.db*") if file.suffix != ".key")


async def install(room: Room, team: str) -> None:
    """Go through Slack's pages as a browser does."""
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{room.url}/slack/install", allow_redirects=False) as page:
            cookie = page.headers["Set-Cookie"].partition(";")[0]
            asked = parse_qs(urlsplit(page.headers["Location"]).query)
        assert "chat:write" in asked["scope"][0]
        room.slack.codes["code-1"] = team
        back = f"{room.url}/slack/oauth_redirect?code=code-1&state={asked['state'][0]}"
        async with session.get(back) as page:
            assert page.status == 400, "another browser cannot finish it"
        async with session.get(back, headers={"Cookie": cookie}) as page:
            assert page.status == 200
            assert "is installed" in await page.text()
        async with session.get(back, headers={"Cookie": cookie}) as page:
            assert page.status == 401, "nor can it be finished twice"


async def test_slack_that_knows_little_is_good_enough(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=False) as room:
        for method in ("users.info", "users.conversations", "chat.postEphemeral", "views.open", "views.publish"):
            room.slack.fail(method, "unknown_method", times=100)
        await room.ana.slash("/watches")
        await until(lambda: any(room.slack.answers.values()))
        await room.ana.slash("/watch")
        await until(lambda: len(room.slack.answers) == 2)
        await room.ana.opens_home()
        await room.ana.says("watches", channel="D0ANA")
        await until(lambda: len(room.slack.said("D0ANA")) == 1)
        assert room.slack.said("D0ANA")[0]["bot_id"] == BOT_ID
