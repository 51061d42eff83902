"""What people type, press and choose in Slack, and what becomes of channels."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.domain.chat import Command, Conversation, Receipt
from bot.domain.document import Action, Document, says
from bot.domain.errors import StoreBusy
from tests.adapters.slack.person import NotAcknowledged
from tests.adapters.slack.room import Room, at_work, until
from tests.adapters.slack.standin import ANA, BEN, BOT_USER, GENERAL, QUIET, TEAM, Json

HERE = Conversation("slack", f"{TEAM}/{GENERAL}")
CARD = Document(
    says("A card").blocks,
    actions=(Action("Why", "❓", "why https://example.org/a"), Action("Useful", "👍", "useful https://example.org/a")),
)


class Taken:
    """A desk that keeps what it is given, or fails."""

    def __init__(self, room: Room) -> None:
        self.commands: list[Command] = []
        self.broken = False
        self._room = room
        room.chat._inbound.desk = self

    async def answer(self, command: Command) -> Document:
        return await self._room.bot.reception.answer(command)

    async def take(self, commands: Sequence[Command]) -> int:
        if self.broken:
            raise StoreBusy("The store is busy.")
        self.commands += commands
        return len(commands)

    async def closed(self, conversation: Conversation, why: str) -> None:
        await self._room.bot.reception.closed(conversation, why)

    async def reopened(self, conversation: Conversation) -> None:
        await self._room.bot.reception.reopened(conversation)

    async def moved(self, old: Conversation, new: Conversation) -> None:
        await self._room.bot.reception.moved(old, new)


async def card(room: Room) -> Json:
    await room.chat.post(HERE, CARD, thread=None, key="root-1")  # type: ignore[arg-type]
    return room.slack.said()[-1]


async def test_every_way_to_type_a_command_says_who_where_and_under_what(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=False) as room:
        ana, desk = room.ana, Taken(room)
        root = await ana.says("an ordinary message")
        assert desk.commands == []
        mention = await ana.says(f"<@{BOT_USER}> watch “video surveillance” &amp; <https://x.org|x.org>")
        await ana.says(f"Dear <@{BOT_USER}>: watches", thread=root["ts"])
        await ana.says("!meetings SG17", thread=root["ts"])
        await ana.says("!important do not touch")
        await ana.says("watches", channel="D0ANA")
        await ana.slash("/rapporteur", "status")
        await ana.slash("/unwatch", "3")
        said = [(one.text, one.thread, one.private) for one in desk.commands]
        assert list(dict.fromkeys(said)) == [
            ("watch “video surveillance” & https://x.org", mention["ts"], False),
            ("watches", root["ts"], False),
            ("meetings SG17", root["ts"], False),
            ("watches", None, False),
            ("status", None, True),
            ("unwatch 3", None, False),
        ]
        assert len({one.id for one in desk.commands}) == len(set(said)), "a mention and its message are one post"
        assert {one.user for one in desk.commands} == {ANA}
        assert {one.zone for one in desk.commands} == {"Europe/Zurich"}
        assert {str(one.conversation) for one in desk.commands} == {f"slack:{TEAM}/{GENERAL}", f"slack:{TEAM}/D0ANA"}


async def test_in_a_group_message_a_mention_anywhere_is_meant_for_the_bot(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        ana, desk = room.ana, Taken(room)
        for text in ("what do you think?", f"Dear <@{BOT_USER}>: watches", "!watches"):
            await ana.deliver("events_api", ana.event(ana.message(text) | {"channel_type": "mpim"}))
        assert [(one.text, bool(one.thread)) for one in desk.commands] == [("watches", True), ("watches", True)]


async def test_bots_edits_and_joins_are_no_commands(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=False) as room:
        ana, desk = room.ana, Taken(room)
        event = ana.message("!watches")
        for change in (
            {"subtype": "message_changed"},
            {"bot_id": "B9"},
            {"user": BOT_USER},
            {"subtype": "channel_join"},
        ):
            await ana.deliver("events_api", ana.event(event | change))
        await ana.happens("reaction_added", user=ANA, reaction="eyes")
        assert desk.commands == []


@pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])
async def test_what_cannot_be_kept_is_not_acknowledged_and_comes_again(tmp_path: Path, *, http: bool) -> None:
    async with at_work(tmp_path, http=http) as room:
        ana, desk = room.ana, Taken(room)
        event = ana.event(ana.message(f"<@{BOT_USER}> watches") | {"type": "app_mention"})
        desk.broken = True
        with pytest.raises(NotAcknowledged):
            await ana.deliver("events_api", event)
        desk.broken = False
        await ana.deliver("events_api", event, retry=1)
        assert [one.text for one in desk.commands] == ["watches"]


async def test_a_button_types_its_command_in_the_thread(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        desk, shown = Taken(room), await card(room)
        await room.ana.presses("Why", shown)
        await room.ana.presses("Useful", shown)
        assert [(one.text, one.thread, one.private) for one in desk.commands] == [
            ("why https://example.org/a", shown["ts"], False),
            ("useful https://example.org/a", shown["ts"], True),
        ]


async def test_why_this_asks_for_the_link_of_a_message(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        desk = Taken(room)
        event = await room.ana.says("see <https://example.org/a?b&amp;c>")
        await room.ana.chooses("why_this", event)
        assert [(one.text, one.thread, one.private) for one in desk.commands] == [
            ("why https://example.org/a?b&c", Receipt(event["ts"]), True)
        ]


async def test_watch_this_proposes_a_query_replays_it_and_saves_it(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        ana, slack = room.ana, room.slack
        event = await ana.says("Look at the smart lamp posts in <https://example.org/x>")
        await ana.chooses("watch_this", event)
        await until(lambda: len(slack.calls("views.update")) == 1)
        opened = json.dumps(slack.calls("views.open")[0])
        assert "smart lamp posts" in opened
        assert "Looking back" in opened
        (view,) = slack.views.values()
        await ana.submits(view, "smart lamp posts", pace="weekly")
        await until(lambda: len(slack.said()) == 1)
        assert "weekly" in slack.said()[0]["text"]
        assert slack.refusals == []


async def test_a_watch_is_edited_from_the_home_tab(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        ana, slack = room.ana, room.slack
        await ana.slash("/watch", 'biometrics --note "for us" --yes')
        await until(lambda: len(slack.said()) == 1)
        await ana.opens_home()
        await until(lambda: ANA in slack.homes)
        home = slack.homes[ANA]
        row = next(block for block in home["blocks"] if block.get("accessory"))
        assert "biometrics" in row["text"]["text"]
        await ana.acts(row["accessory"], home)
        await until(lambda: bool(slack.views))
        (view,) = slack.views.values()
        await ana.submits(view, "biometrics NOT payments", pace="daily", note="for us")
        await until(lambda: len(slack.said()) == 3)
        texts = [one["text"] for one in slack.said()[1:]]
        assert "Watch 1 now: biometrics NOT payments" in texts[0]
        assert "daily" in texts[1]
        assert slack.refusals == []


async def test_a_new_watch_from_the_home_tab_asks_where(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        ana, slack = room.ana, room.slack
        await ana.opens_home()
        await until(lambda: ANA in slack.homes)
        button = next(block for block in slack.homes[ANA]["blocks"] if block["type"] == "actions")["elements"][0]
        await ana.acts(button, slack.homes[ANA])
        await until(lambda: bool(slack.views))
        (view,) = slack.views.values()
        assert (await ana.submits(view, "biometrics"))["errors"] == {"where": "Choose a conversation."}
        await ana.submits(view, "biometrics", channel=QUIET)
        await until(lambda: len(slack.said(QUIET)) == 1)


async def test_nobody_sees_in_their_home_what_is_watched_where_they_are_not(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        room.slack.channels[QUIET].members.discard(ANA)
        await room.ana.slash("/watch", "secret plans --yes", channel=QUIET)
        await until(lambda: len(room.slack.said(QUIET)) == 1)
        await room.ana.opens_home()
        await until(lambda: ANA in room.slack.homes)
        assert "secret plans" not in json.dumps(room.slack.homes[ANA])


async def test_where_the_bot_is_not_it_answers_who_asked_and_says_how_to_invite_it(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        room.slack.channels[GENERAL].members.discard(BOT_USER)
        await room.ana.slash("/watches")
        await room.ana.slash("/watch", "biometrics --yes")
        await until(lambda: sum(map(len, room.slack.answers.values())) == 2)
        assert "/invite" in json.dumps(room.slack.answers)
        room.slack.answers.clear()
        payload = room.ana.slash_payload("/watches")
        room.chat._whisper._ways.clear()
        await room.ana.deliver("slash_commands", {**payload, "response_url": ""})
        await until(lambda: len(room.slack.said("D0ANA")) == 1)


async def test_who_has_a_closed_account_has_left_and_who_is_unknown_has_not(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        room.slack.deleted.add(ANA)
        assert await room.chat.left(HERE, {ANA, BEN, "U0UNKNOWN", "you"}) == {ANA}


CHANNEL = {"channel": GENERAL}


@pytest.mark.parametrize(
    ("closing", "opening"),
    [
        ("channel_archive", "channel_unarchive"),
        ("group_archive", "group_unarchive"),
        ("channel_left", "member_joined_channel"),
        ("member_left_channel", "member_joined_channel"),
        ("channel_deleted", "channel_unarchive"),
    ],
)
async def test_what_becomes_of_a_channel_holds_its_messages_or_lets_them_go(
    tmp_path: Path, closing: str, opening: str
) -> None:
    async with at_work(tmp_path, http=True) as room:
        await room.ana.happens(closing, **CHANNEL, user=BOT_USER)
        assert (await room.bot.store.outbox.backlog()).parked[HERE]
        await room.ana.happens(opening, **CHANNEL, user=BOT_USER)
        assert not (await room.bot.store.outbox.backlog()).parked


async def test_a_renamed_channel_stays_and_one_with_a_new_id_is_followed(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        await room.ana.slash("/watch", "biometrics --yes")
        await until(lambda: len(room.slack.said()) == 1)
        await room.ana.happens("channel_rename", channel={"id": GENERAL, "name": "news"})
        await room.ana.happens("channel_shared", channel=GENERAL, connected_team_id="E1")
        _, watches = await room.bot.store.watches.all()
        assert [one.conversation for one in watches] == [HERE]
        await room.ana.happens("channel_id_changed", old_channel_id=GENERAL, new_channel_id=QUIET)
        _, watches = await room.bot.store.watches.all()
        assert [one.conversation.id for one in watches] == [f"{TEAM}/{QUIET}"]


async def test_somebody_else_leaving_changes_nothing(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        await room.ana.happens("member_left_channel", **CHANNEL, user=ANA)
        assert not (await room.bot.store.outbox.backlog()).parked


async def test_status_tells_of_the_line_and_of_what_is_held(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=False) as room:
        await room.ana.happens("channel_archive", channel=QUIET)
        await room.ana.slash("/rapporteur", "status")
        await until(lambda: len(room.slack.channels[GENERAL].ephemerals) == 1)
        text = room.slack.channels[GENERAL].ephemerals[0]["text"]
        assert "Slack: 2 of 2 connections" in text
        assert "The channel is archived." in text


async def test_a_list_names_people_and_does_not_call_them(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        await room.ana.slash("/watch", "biometrics --yes")
        await room.ana.says(f"<@{BOT_USER}> watches")
        await until(lambda: len(room.slack.said()) == 2)
        assert "by u0ana" in room.slack.said()[1]["text"]
        assert "U0ANA" not in json.dumps(room.slack.said()[1])


async def test_who_did_something_is_named_and_not_called(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        await room.ana.slash("/watch", "biometrics --yes")
        await until(lambda: len(room.slack.said()) == 1)
        assert "By u0ana." in room.slack.said()[0]["text"]


async def test_a_query_that_was_shown_is_saved_by_a_button_for_a_bare_word_reaches_nobody(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        slack = room.slack
        await room.ana.slash("/watch", "biometrics")
        await until(lambda: len(slack.channels[GENERAL].ephemerals) == 1)
        await room.ana.presses("Save", slack.channels[GENERAL].ephemerals[0])
        await until(lambda: len(slack.said()) == 1)
        assert "Watch 1: biometrics" in slack.said()[0]["text"]
        assert slack.refusals == []


async def test_a_form_saves_by_itself_and_the_home_tab_has_each_headline_once(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        ana, slack = room.ana, room.slack
        await ana.slash("/watch")
        await until(lambda: len(slack.views) == 1)
        (view,) = slack.views.values()
        await ana.types(view, "biometrics")
        await until(lambda: len(slack.calls("views.update")) == 1)
        assert "To watch it" not in json.dumps(slack.calls("views.update")[0])
        await ana.opens_home()
        await until(lambda: ANA in slack.homes)
        headlines = [block["text"]["text"] for block in slack.homes[ANA]["blocks"] if block["type"] == "header"]
        assert headlines == ["Watches in your channels", "Next meetings and deadlines", "How the sources do"]


async def test_who_looks_after_the_workspace_is_told(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        desk = Taken(room)
        await room.ana.slash("/watches")
        room.ana.user = "U0BEN"
        await room.ana.slash("/watches")
        assert [one.moderator for one in desk.commands] == [True, False]


async def test_slack_may_verify_the_address(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        challenge = {"type": "url_verification", "challenge": "abc", "token": "t"}
        assert await room.ana.deliver("events_api", challenge) == {"challenge": "abc"}


async def test_somebody_of_another_workspace_presses_a_button_in_ours(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        desk, shown = Taken(room), await card(room)
        room.ana.team = "T0777"
        await room.ana.presses("Why", shown)
        assert [one.conversation for one in desk.commands] == [HERE]
