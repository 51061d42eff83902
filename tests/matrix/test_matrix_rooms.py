"""Invitations, commands, answers and what becomes of rooms, against a real homeserver."""

import pytest

from adapters.matrix.settings import room as conversation
from bot.domain.alerts import DeliveryKey
from bot.domain.document import Action, Document, Paragraph, Text, says
from tests.matrix.conftest import Arrives, MakesBot
from tests.matrix.desks import Desk, serving
from tests.matrix.homeserver import Homeserver
from tests.matrix.people import thread_of

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
async def test_an_invited_bot_joins_says_one_line_hears_commands_and_answers_in_threads(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot, *, encrypted: bool
) -> None:
    anna, login = await person(), await homeserver.register()
    bot = make_bot(login)
    async with serving(bot, Desk()) as desk:
        room = await anna.room(login.user_id, encrypted=encrypted)
        hello = await anna.answer(room, "Rapporteur is here")
        assert hello["content"]["msgtype"] == "m.notice"
        assert hello["decrypted"] == encrypted
        said = await anna.say(room, "!watch facial recognition")
        command = await desk.command(said)
        assert (command.text, command.user, command.thread) == ("watch facial recognition", anna.login.user_id, None)
        assert command.moderator is True
        answered = await bot.post(conversation(room), says("Two found."), thread=None, key=DeliveryKey("answer-1"))
        assert (await anna.answer(room, "Two found."))["event_id"] == answered
        under = await anna.say(room, "!why", thread=answered)
        assert (await desk.command(under)).thread == answered
        await bot.post(conversation(room), says("Because."), thread=answered, key=DeliveryKey("answer-2"))
        assert thread_of(await anna.answer(room, "Because.")) == answered


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
async def test_a_reaction_is_the_command_that_the_legend_names(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot, *, encrypted: bool
) -> None:
    anna, login = await person(), await homeserver.register()
    card = Document(
        (Paragraph((Text("A card"),)),), actions=(Action("mute", "🔕", "mute here"), Action("useful", "👍", "useful"))
    )
    async with serving(make_bot(login), Desk()) as desk:
        room = await anna.room(login.user_id, encrypted=encrypted)
        await anna.answer(room, "Rapporteur is here")
    bot = make_bot(login)
    async with serving(bot, Desk()) as desk:
        root = await bot.post(conversation(room), card, thread=None, key=DeliveryKey("root-1"))
        shown = await anna.answer(room, "A card")
        assert "🔕 mute" in shown["content"]["body"]
    async with serving(make_bot(login), Desk()) as desk:
        pressed = await desk.command(await anna.react(room, root, "👍🏽"))
        assert (pressed.text, pressed.thread) == ("useful", root)


async def test_alone_with_the_bot_no_mark_is_needed_and_among_others_its_name_is(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot
) -> None:
    anna, berta, login = await person(), await person(), await homeserver.register()
    async with serving(make_bot(login), Desk()) as desk:
        room = await anna.room(login.user_id)
        await anna.answer(room, "Rapporteur is here")
        assert (await desk.command(await anna.say(room, "status"))).text == "status"
        await anna.ask("POST", f"/_matrix/client/v3/rooms/{room}/invite", {"user_id": berta.login.user_id})
        await berta.joins(room)
        talk = await berta.say(room, "status")
        called = await berta.say(room, f"{login.user_id}: status")
        command = await desk.command(called)
        assert (command.text, command.moderator) == ("status", False)
        assert talk not in desk.taken
