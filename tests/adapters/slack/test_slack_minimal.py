"""Stand-ins that know little are good enough: nothing breaks, nothing comes twice, and the log says what is missing."""

# ruff: noqa: N802  # named after Slack's methods

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from adapters.slack.changes import UNINSTALLED
from adapters.slack.chat import SlackChat
from bot.clock import SystemClock
from bot.domain.alerts import DeliveryKey
from bot.domain.chat import Conversation, Receipt
from bot.domain.document import Attachment, Document, says
from bot.domain.entries import Entry, Kind
from bot.domain.errors import ChatDown, Undeliverable
from storage import open_store
from tests.adapters.slack.minimal import Minimal, Plain
from tests.adapters.slack.room import Room, at_work, slack_settings, until
from tests.adapters.slack.standin import ANA, BOT_USER, GENERAL, TEAM, Fault, Json, Slack, running

BOTH = pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])
HERE = Conversation("slack", f"{TEAM}/{GENERAL}")


def meeting(starts: date) -> Entry:
    title, link = "Workshop on facial recognition", "https://example.org/m"
    return Entry(key="m", kind=Kind.MEETING, title=title, link=link, starts=starts, ends=starts, all_day=True)


async def said(room: Room, count: int) -> Json:
    await until(lambda: len(room.slack.said()) >= count)
    return room.slack.said()[count - 1]


@BOTH
async def test_the_whole_journey_where_slack_knows_little(tmp_path: Path, *, http: bool) -> None:
    async with at_work(tmp_path, http=http, slack=Minimal()) as room:
        slack, ana = room.slack, Plain(room.slack, url=room.ana.url)
        await ana.slash("/watch")
        await until(lambda: len(slack.views) == 1)
        (view,) = slack.views.values()
        await ana.types(view, "facial recognition")
        assert (await ana.submits(view, '"facial recognition'))["response_action"] == "errors"
        await ana.submits(view, "facial recognition")
        assert "Watch 1" in (await said(room, 1))["text"]
        await room.poll(meeting(date(2027, 3, 1)))
        card = await said(room, 2)
        slack.faults.append(Fault("chat.postMessage", "lost"))
        await room.poll(meeting(date(2027, 3, 8)))
        reply = await said(room, 3)
        assert reply["thread_ts"] == card["ts"]
        await until(lambda: "edited" in card)
        await ana.says(f"<@{BOT_USER}> mute 1 for 2h", thread=card["ts"])
        assert "thread_ts" in await said(room, 4), "a lost answer did not bring the reply twice"
        await ana.slash("/meetings", "March 2027")
        await until(lambda: len(slack.answers) == 1)
        assert "Workshop" in json.dumps(slack.answers)
        await ana.opens_home()
        await ana.chooses("why_this", {**card, "user": BOT_USER})
        await until(lambda: len(slack.answers) == 2)
        await ana.happens("app_uninstalled")

        async def held() -> bool:
            return (await room.bot.store.outbox.backlog()).parked.get(HERE) == UNINSTALLED

        await until(held)
        assert len(slack.said()) == 4


async def test_a_mention_by_name_is_a_command_too(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True, slack=Minimal()) as room:
        ana = Plain(room.slack, url=room.ana.url)
        event = {**ana.message("@rapporteur watches"), "type": "app_mention"}
        await ana.deliver("events_api", ana.event(event))
        assert "No watch stands here" in (await said(room, 1))["text"]


async def test_what_the_bot_says_is_no_command_where_its_name_is_not_known(tmp_path: Path) -> None:
    class Nameless(Minimal):
        def _auth_test(self, _arguments: Json, _team: str) -> Json:
            return {}

    async with at_work(tmp_path, http=True, slack=Nameless()) as room:
        own = {"type": "message", "channel": "D0ANA", "text": "watches", "ts": room.slack.stamp(), "user": BOT_USER}
        await room.ana.deliver("events_api", room.ana.event(own))
        marked = {**own, "user": "U0OTHER", "metadata": {"event_type": "rapporteur_message"}}
        await room.ana.deliver("events_api", room.ana.event(marked))
        await room.ana.says("watches", channel="D0ANA")
        await until(lambda: len(room.slack.said("D0ANA")) == 1)
        await room.idle()
        assert len(room.slack.said("D0ANA")) == 1


@pytest.mark.parametrize("answer", [{"ok": False, "error": "unknown_method"}, {"ok": True}, {"ok": True, "url": "::"}])
async def test_a_socket_that_cannot_be_had_is_an_outage(tmp_path: Path, answer: Json) -> None:
    class Deaf(Slack):
        def _apps_connections_open(self, _arguments: Json, _team: str) -> Json:
            if not answer["ok"]:
                raise KeyError(answer["error"])
            return answer

    async with running(Deaf()) as slack, open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        settings = slack_settings(slack, http=False)
        chat = SlackChat(settings, notes=store.slack, watches=store.watches, clock=SystemClock())
        with pytest.raises(ChatDown):
            await chat.serve(None)  # type: ignore[arg-type]
        await chat.close()


async def test_a_socket_that_has_to_wait_waits_as_long_as_slack_says(tmp_path: Path) -> None:
    slack = Slack()
    slack.fail("apps.connections.open", "429", times=2)
    async with at_work(tmp_path, http=False, slack=slack) as room:
        await room.ana.slash("/watches")
        await until(lambda: len(slack.channels[GENERAL].ephemerals) == 1)


async def test_a_message_taken_without_a_timestamp_is_not_posted_again(tmp_path: Path) -> None:
    class Vague(Minimal):
        def _chat_postMessage(self, arguments: Json, team: str) -> Json:
            super()._chat_postMessage(arguments, team)
            return {}

        def _shown_of(self, arguments: Json) -> list[Json]:
            del arguments
            return []

    async with running(Vague()) as slack, open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        settings = slack_settings(slack, http=True)
        chat = SlackChat(settings, notes=store.slack, watches=store.watches, clock=SystemClock())
        receipt = await chat.post(HERE, says("hello"), thread=None, key=DeliveryKey("root-1"))
        assert await chat.post(HERE, says("hello"), thread=None, key=DeliveryKey("root-1")) == receipt
        await chat.post(HERE, says("below"), thread=receipt, key=DeliveryKey("reply-1"))
        assert await chat.edit(HERE, receipt, says("hello again"), key=DeliveryKey("edit-1")) == Receipt("")
        assert [one["text"] for one in slack.said()] == ["hello", "below"]
        await chat.close()


async def test_somebody_who_repeats_our_words_does_not_pass_for_what_was_never_posted(tmp_path: Path) -> None:
    async with running(Slack()) as slack, open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        settings = slack_settings(slack, http=True)
        chat = SlackChat(settings, notes=store.slack, watches=store.watches, clock=SystemClock())
        slack.fail("chat.postMessage", "before")
        with pytest.raises(ChatDown):
            await chat.post(HERE, says("hello"), thread=None, key=DeliveryKey("root-1"))
        theirs = {"ts": slack.stamp(), "text": "hello", "user": "U0OTHER", "bot_id": "B0OTHER"}
        slack.channels[GENERAL].messages.append(theirs)
        receipt = await chat.post(HERE, says("hello"), thread=None, key=DeliveryKey("root-1"))
        assert receipt != theirs["ts"]
        assert [one["ts"] for one in slack.said() if one["bot_id"] != "B0OTHER"] == [receipt]
        await chat.close()


async def test_two_messages_of_the_same_words_are_two(tmp_path: Path) -> None:
    async with running(Minimal()) as slack, open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        settings = slack_settings(slack, http=True)
        chat = SlackChat(settings, notes=store.slack, watches=store.watches, clock=SystemClock())
        first = await chat.post(HERE, says("hello"), thread=None, key=DeliveryKey("answer-1"))
        slack.fail("chat.postMessage", "lost")
        with pytest.raises(ChatDown):
            await chat.post(HERE, says("hello"), thread=None, key=DeliveryKey("answer-2"))
        second = await chat.post(HERE, says("hello"), thread=None, key=DeliveryKey("answer-2"))
        assert [one["ts"] for one in slack.said()] == [first, second]
        await chat.close()


@pytest.mark.parametrize("threads", [True, False])
async def test_pages_that_never_end_and_threads_that_cannot_be_read_are_looked_through(
    tmp_path: Path, *, threads: bool
) -> None:
    class Endless(Minimal):
        looks = 0

        async def api(self, request: web.Request) -> web.StreamResponse:
            method = request.match_info["method"]
            if method == "conversations.replies" and not threads:
                return web.json_response({"ok": False, "error": "unknown_method"})
            if not method.startswith("conversations."):
                return await super().api(request)
            self.looks += 1
            shown = self._shown_of({"channel": GENERAL})
            return web.json_response({"ok": True, "messages": shown, "response_metadata": {"next_cursor": "again"}})

    slack = Endless()
    async with running(slack), open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        settings = slack_settings(slack, http=True)
        chat = SlackChat(settings, notes=store.slack, watches=store.watches, clock=SystemClock())
        root = await chat.post(HERE, says("root"), thread=None, key=DeliveryKey("root-1"))
        slack.fail("chat.postMessage", "lost")
        with pytest.raises(ChatDown):
            await chat.post(HERE, says("below"), thread=root, key=DeliveryKey("reply-1"))
        await chat.post(HERE, says("below"), thread=root, key=DeliveryKey("reply-1"))
        assert [one["text"] for one in slack.said()] == ["root", "below"]
        assert slack.looks == 2
        await chat.close()


async def test_a_wrong_address_is_said_and_loses_nothing(tmp_path: Path) -> None:
    async with running() as slack, open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        settings = slack_settings(slack, http=True)
        wrong = type(settings)(bot_token="xoxb-1", api_url=f"{slack.base}/nowhere", patience=timedelta(seconds=5))
        chat = SlackChat(wrong, notes=store.slack, watches=store.watches, clock=SystemClock())
        with pytest.raises(ChatDown, match=r"no chat\.postMessage at Slack's address \(HTTP 404\); see slack\.api_url"):
            await chat.post(HERE, says("hello"), thread=None, key=DeliveryKey("root-1"))
        await chat.close()


async def test_whom_nobody_can_write_to_closes_no_channel(tmp_path: Path) -> None:
    async with running(Minimal()) as slack, open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        settings = slack_settings(slack, http=True)
        chat = SlackChat(settings, notes=store.slack, watches=store.watches, clock=SystemClock())
        with pytest.raises(Undeliverable) as caught:
            await chat.post(HERE, replace(says("for you"), audience=ANA), thread=None, key=DeliveryKey("answer-1"))
        assert not caught.value.closed
        await chat.close()


async def test_an_answer_for_one_finds_its_way_where_nothing_but_posting_works(tmp_path: Path) -> None:
    async with running(Minimal()) as slack, open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        settings = slack_settings(slack, http=True)
        chat = SlackChat(settings, notes=store.slack, watches=store.watches, clock=SystemClock())
        slack.channels[ANA] = slack.channels["D0ANA"]
        file = Attachment("meetings.ics", "text/calendar", b"BEGIN:VCALENDAR", "Three meetings")
        what = Document(says("for you").blocks, audience=ANA, files=(file,))
        await chat.post(HERE, what, thread=None, key=DeliveryKey("answer-1"))
        assert [one["text"] for one in slack.said("D0ANA")] == ["for you"]
        await chat.close()
