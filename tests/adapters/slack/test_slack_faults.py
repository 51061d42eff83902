"""What goes wrong on the way to Slack and back, one thing at a time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.chat import SlackChat
from bot.clock import SystemClock
from bot.domain.alerts import DeliveryKey
from bot.domain.chat import Conversation, Receipt
from bot.domain.document import Attachment, Document, says
from bot.domain.errors import ChatDown, ChatError, RateLimited, Unauthorised, Undeliverable
from storage import open_store
from tests.adapters.slack.room import at_work, slack_settings, until, working
from tests.adapters.slack.standin import ANA, BOT_USER, GENERAL, TEAM, Slack, running

HERE = Conversation("slack", f"{TEAM}/{GENERAL}")
KEY = DeliveryKey("root-1")
LOST = pytest.mark.parametrize("kind", ["lost", "503-after"])


@asynccontextmanager
async def chatting(folder: Path, **changes: Any) -> AsyncIterator[tuple[SlackChat, Slack]]:
    """Give the adapter with its own notebook, and the workspace."""
    async with running() as slack, open_store(f"sqlite:///{folder}/bot.db") as store:
        settings = replace(slack_settings(slack, http=True), **changes)
        chat = SlackChat(settings, notes=store.slack, watches=store.watches, clock=SystemClock())
        try:
            yield chat, slack
        finally:
            await chat.close()


async def post(
    chat: SlackChat, what: Document | None = None, *, thread: str | None = None, key: str = KEY, to: Conversation = HERE
) -> Receipt:
    under = Receipt(thread) if thread else None
    return await chat.post(to, what or says("hello"), thread=under, key=DeliveryKey(key))


@LOST
async def test_a_post_whose_answer_was_lost_is_found_and_not_posted_again(tmp_path: Path, kind: str) -> None:
    async with chatting(tmp_path) as (chat, slack):
        slack.fail("chat.postMessage", kind)
        with pytest.raises(ChatDown):
            await post(chat)
        receipt = await post(chat)
        assert [one["ts"] for one in slack.said()] == [receipt]
        assert await post(chat) == receipt, "and a third time not even asked for"
        assert len(slack.calls("chat.postMessage")) == 1


@LOST
async def test_likewise_in_a_thread(tmp_path: Path, kind: str) -> None:
    async with chatting(tmp_path) as (chat, slack):
        root = await post(chat)
        slack.fail("chat.postMessage", kind)
        with pytest.raises(ChatDown):
            await post(chat, thread=root, key="reply-1")
        receipt = await post(chat, thread=root, key="reply-1")
        assert [one.get("thread_ts") for one in slack.said()] == [None, root]
        assert slack.said()[1]["ts"] == receipt
        assert len(slack.calls("conversations.replies")) == 1


async def test_a_post_that_never_arrived_is_posted_after_looking(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (chat, slack):
        slack.fail("chat.postMessage", "before")
        with pytest.raises(ChatDown):
            await post(chat)
        await post(chat)
        assert len(slack.said()) == 1


async def test_where_nothing_can_be_read_back_a_post_comes_at_most_once_more(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (chat, slack):
        slack.scopes -= {"channels:history", "groups:history", "im:history", "mpim:history"}
        slack.fail("chat.postMessage", "lost", times=5)
        for error in (ChatDown, ChatDown, Undeliverable):
            with pytest.raises(error):
                await post(chat)
        assert len(slack.said()) == 2


async def test_while_slack_is_down_nothing_is_posted_blindly(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (chat, slack):
        slack.fail("chat.postMessage", "lost")
        slack.fail("conversations.history", "500", times=3)
        for _ in range(4):
            with pytest.raises(ChatDown):
                await post(chat)
        await post(chat)
        assert len(slack.said()) == 1


async def test_slack_says_when_to_come_again(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (chat, slack):
        slack.fail("chat.postMessage", "429")
        with pytest.raises(RateLimited) as caught:
            await post(chat)
        assert caught.value.retry_after == timedelta(seconds=1)
        await post(chat)
        assert slack.calls("conversations.history") == [], "a refusal leaves no doubt"


@pytest.mark.parametrize(
    ("code", "kind", "closed"),
    [
        ("is_archived", Undeliverable, True),
        ("channel_not_found", Undeliverable, True),
        ("not_in_channel", Undeliverable, True),
        ("restricted_action_read_only_channel", Undeliverable, True),
        ("slack_connect_file_link_sharing_blocked", Undeliverable, False),
        ("token_revoked", Unauthorised, False),
        ("account_inactive", Unauthorised, False),
    ],
)
async def test_each_refusal_has_its_consequence(
    tmp_path: Path, code: str, kind: type[ChatError], *, closed: bool
) -> None:
    async with chatting(tmp_path) as (chat, slack):
        slack.fail("chat.postMessage", code)
        with pytest.raises(kind) as caught:
            await post(chat)
        assert getattr(caught.value, "closed", False) is closed
        assert "xoxb" not in str(caught.value)


async def test_blocks_that_slack_refuses_are_said_in_plain_text(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (chat, slack):
        slack.fail("chat.postMessage", "invalid_blocks")
        await post(chat)
        assert slack.said()[0]["text"] == "hello"
        assert "blocks" not in slack.said()[0]


async def test_an_edit_whose_message_is_gone_is_posted_anew_and_its_thread_follows(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (chat, slack):
        root = await post(chat)
        slack.channels[GENERAL].messages.clear()
        again = await chat.edit(HERE, root, says("hello again"), key=DeliveryKey("edit-1"))
        assert [one["ts"] for one in slack.said()] == [again]
        await post(chat, thread=root, key="reply-1")
        assert slack.said()[1]["thread_ts"] == again


async def test_a_reply_whose_root_is_gone_begins_a_thread_for_those_after_it(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (chat, slack):
        root = await post(chat)
        slack.channels[GENERAL].messages.clear()
        first = await post(chat, thread=root, key="reply-1")
        await post(chat, thread=root, key="reply-2")
        assert [one.get("thread_ts") for one in slack.said()] == [None, first]


async def test_edits_in_a_row_become_two_and_the_last_state_stands(tmp_path: Path) -> None:
    async with running() as slack:
        settings = replace(slack_settings(slack, http=True), edit_every=timedelta(seconds=45))
        async with working(tmp_path, slack, settings) as room:
            root = await post(room.chat)
            for number in range(20):
                await room.chat.edit(HERE, root, says(f"state {number}"), key=DeliveryKey(f"edit-{number}"))
            assert slack.said()[0]["text"] == "state 0"
            room.clock.more = timedelta(seconds=46)
            await until(lambda: slack.said()[0]["text"] == "state 19")
            assert len(slack.calls("chat.update")) == 2


async def test_a_waiting_edit_survives_a_restart(tmp_path: Path) -> None:
    async with running() as slack:
        clock = SystemClock()
        for number in range(2):
            async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
                settings = slack_settings(slack, http=True)
                chat = SlackChat(settings, notes=store.slack, watches=store.watches, clock=clock)
                if number == 0:
                    root = await post(chat)
                    for state in ("one", "two"):
                        await chat.edit(HERE, root, says(state), key=DeliveryKey(f"edit-{state}"))
                    assert slack.said()[0]["text"] == "one"
                else:
                    await clock.sleep_until(clock.now() + timedelta(seconds=0.1))
                    await chat._editor.flush()
                    assert slack.said()[0]["text"] == "two"
                await chat.close()


async def test_only_who_asked_sees_an_answer_and_files_come_to_them(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (chat, slack):
        calendar = Attachment("meetings.ics", "text/calendar", b"BEGIN:VCALENDAR", "Three meetings")
        await post(chat, Document(says("for you").blocks, audience=ANA, files=(calendar,)), key="answer-1")
        assert [one["user"] for one in slack.channels[GENERAL].ephemerals] == [ANA]
        assert slack.said() == []
        assert slack.channels["D0ANA"].messages[0]["files"][0]["name"] == "meetings.ics"


async def test_files_go_into_the_thread_once(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (chat, slack):
        chart = Attachment("chart.png", "image/png", b"\x89PNG", "Bars")
        what = Document(says("a chart").blocks, files=(chart,))
        slack.fail("files.completeUploadExternal", "lost")
        with pytest.raises(ChatDown):
            await post(chat, what)
        root = await post(chat, what)
        shared = [one for one in slack.channels[GENERAL].messages if one.get("files")]
        assert [one["thread_ts"] for one in shared] == [root]
        assert len(slack.said()) == 1


async def test_a_reply_worth_saying_aloud_is_broadcast(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (chat, slack):
        root = await post(chat)
        await post(chat, Document(says("moved").blocks, echo=True), thread=root, key="reply-1")
        assert [one.get("reply_broadcast") for one in slack.said()] == [None, True]


async def test_messages_to_one_channel_keep_their_distance(tmp_path: Path) -> None:
    async with chatting(tmp_path, every=timedelta(seconds=0.2)) as (chat, slack):
        for number in range(3):
            await post(chat, key=f"note-{number}")
        stamps = [float(one["ts"]) for one in slack.said()]
        assert all(later - earlier > 0.15 for earlier, later in pairwise(stamps))


@pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])
async def test_what_is_delivered_twice_is_answered_once(tmp_path: Path, *, http: bool) -> None:
    async with at_work(tmp_path, http=http) as room:
        ana = room.ana
        event = ana.event(ana.message(f"<@{BOT_USER}> watches") | {"type": "app_mention"})
        slash = ana.slash_payload("/watches")
        for retry in range(3):
            await ana.deliver("events_api", event, retry=retry)
            await ana.deliver("slash_commands", slash, retry=retry)
        await until(lambda: len(room.slack.said()) == 1)
        await until(lambda: len(room.slack.channels[GENERAL].ephemerals) == 1)
        await room.idle()
        assert len(room.slack.said()) == 1
        assert len(room.slack.channels[GENERAL].ephemerals) == 1


async def test_a_bot_whose_sockets_all_fail_is_not_ready_until_one_is_back(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=False) as room:
        assert await room.bot.readiness() == {}
        room.slack.fail("apps.connections.open", "500", times=12)
        for socket in list(room.slack.sockets):
            await socket.close()

        async def down() -> bool:
            return "No connection" in (await room.bot.readiness()).get("slack", "")

        async def well() -> bool:
            return await room.bot.readiness() == {}

        await until(down)
        room.slack.faults.clear()
        await until(well)
        await room.ana.slash("/watches")
        await until(lambda: len(room.slack.channels[GENERAL].ephemerals) == 1)


async def test_a_cut_socket_comes_back(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=False) as room:
        before = list(room.slack.sockets)
        await before[0].send_json({"type": "disconnect", "reason": "refresh_requested"})
        await until(lambda: len([one for one in room.slack.sockets if one not in before]) == 1)
        for socket in before:
            await socket.close()
        await until(lambda: len(room.slack.sockets) == 2)
        await room.ana.slash("/watches")
        await until(lambda: len(room.slack.channels[GENERAL].ephemerals) == 1)


async def test_a_forged_or_old_signature_is_refused_and_the_log_says_it_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with at_work(tmp_path, http=True) as room:
        room.ana.secret = "wrong"
        for _ in range(3):
            with pytest.raises(Exception, match="401"):
                await room.ana.slash("/watches")
        assert capsys.readouterr().out.count("slack.signing_secret") == 1
        assert not await room.bot.store.inbox.waiting(1)


@pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])
async def test_a_slow_slack_delays_no_acknowledgement(tmp_path: Path, *, http: bool) -> None:
    async with at_work(tmp_path, http=http) as room:
        room.slack.fail("users.info", "500", wait=4.0)
        room.slack.fail("chat.postEphemeral", "429")
        await room.ana.slash("/watches")
        await until(lambda: len(room.slack.channels[GENERAL].ephemerals) == 1)


async def test_a_refused_token_stops_the_platform_and_says_so(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        room.slack.tokens.clear()
        await room.ana.slash("/unwatch", "1")
        await until(lambda: "does not accept" in room.bot.deliverer.halted.get("slack", ""))
        assert "slack" in await room.bot.readiness()


@pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])
async def test_what_needs_no_proxy_is_asked_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, http: bool
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with at_work(tmp_path, http=http) as room:
        await room.ana.slash("/watches")
        await until(lambda: len(room.slack.channels[GENERAL].ephemerals) == 1)
