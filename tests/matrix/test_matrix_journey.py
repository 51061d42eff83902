"""The whole bot and a person with a Matrix client: from the invitation to the upgrade of the room."""

from pathlib import Path

import pytest

from tests.matrix.conftest import Arrives
from tests.matrix.homeserver import Homeserver
from tests.matrix.people import thread_of
from tests.matrix.process import bot, feeding, item


@pytest.mark.slow
@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
async def test_a_person_invites_watches_is_told_asks_why_and_the_bot_survives_a_restart_and_an_upgrade(
    homeserver: Homeserver, person: Arrives, tmp_path: Path, *, encrypted: bool
) -> None:
    anna, login = await person(), await homeserver.register(limited=True)
    async with feeding() as feed:
        running = bot(tmp_path / "bot", homeserver.url, login, feed=feed.url, password=not encrypted)
        await running.start()
        try:
            room = await anna.room(login.user_id, encrypted=encrypted, room_version="11")
            await anna.answer(room, "Rapporteur is here")
            await anna.say(room, "!watch --yes facial recognition")
            kept = await anna.answer(room, "facial recognition")
            assert kept["decrypted"] == encrypted
            await feed.grow(item("one", "Police test facial recognition at the border", "It was said in Geneva."))
            card = await anna.answer(room, "Police test facial recognition")
            await anna.say(room, "!why", thread=card["event_id"])
            await anna.answer(room, "atch", thread=card["event_id"])
            pressed = await anna.react(room, card["event_id"], "❓")
            reasons = [raw for raw in anna.texts(room) if thread_of(raw) == card["event_id"]]
            await anna.until(
                lambda: len([r for r in anna.texts(room) if thread_of(r) == card["event_id"]]) > len(reasons)
            )
            await anna.say(room, "!meetings identity --ics --chart")
            found = await anna.answer(room, "SG17 meeting on identity")
            assert pressed != found["event_id"]
            kinds = {"m.file", "m.image"}
            await anna.until(lambda: kinds <= {raw["content"]["msgtype"] for raw in anna.texts(room)})
            await anna.say(room, "!watch --yes cryptography")
            await anna.answer(room, "cryptography")
            feed.meetings["cryptography"] = 40
            meeting = await anna.answer(room, "SG17 meeting on cryptography")
            feed.meetings["cryptography"] = 50
            await anna.answer(room, "Moved", thread=meeting["event_id"])
            edited = await anna.answer(room, "* Meeting")
            assert edited["content"]["m.relates_to"] == {"rel_type": "m.replace", "event_id": meeting["event_id"]}
            await running.stop()
            asked = await anna.say(room, "!watches")
            await running.start()
            await anna.answer(room, "2. cryptography")
            assert asked
            status, upgraded = await anna.ask("POST", f"/_matrix/client/v3/rooms/{room}/upgrade", {"new_version": "12"})
            assert status == 200, upgraded
            new = upgraded["replacement_room"]
            await anna.ask("POST", f"/_matrix/client/v3/rooms/{new}/invite", {"user_id": login.user_id})
            await anna.answer(new, "followed you")
            await feed.grow(item("two", "Facial recognition banned in schools", "A court decided."))
            again = await anna.answer(new, "banned in schools")
            assert thread_of(again) is None
            assert again["decrypted"] == encrypted
        finally:
            await running.stop()
