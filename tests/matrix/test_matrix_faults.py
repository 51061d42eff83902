"""Bad networks, sick servers, lost keys: nothing is lost, nothing comes twice, nothing hangs."""

import asyncio
import sqlite3
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from nio import MessageDirection, RoomMessagesResponse

from adapters.matrix.chat import MatrixChat
from adapters.matrix.sending import MARK
from adapters.matrix.settings import room as conversation
from bot.domain.alerts import DeliveryKey
from bot.domain.document import Document, says
from bot.domain.errors import ChatDown, ChatError, RateLimited, Unauthorised, Undeliverable
from tests.matrix.conftest import Arrives, MakesBot
from tests.matrix.desks import Desk, serving
from tests.matrix.homeserver import Homeserver
from tests.matrix.people import PATIENCE, Person
from tests.matrix.proxy import Fault, proxied

pytestmark = pytest.mark.slow


async def greeted(anna: Person, user: str, *, encrypted: bool = False) -> str:
    """Make a room in which the bot has said its first line."""
    room = await anna.room(user, encrypted=encrypted)
    await anna.answer(room, "Rapporteur is here")
    return room


async def insisting(bot: MatrixChat, room: str, what: Document, key: DeliveryKey) -> str:
    """Post until it works, as the outbox does: a slow server may exceed the little patience of a bot under test."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(ChatDown):
                return await bot.post(conversation(room), what, thread=None, key=key)


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.STALLED])
async def test_a_sync_that_fails_is_asked_again_and_loses_nothing(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot, fault: Fault
) -> None:
    anna, login = await person(), await homeserver.register()
    async with proxied(homeserver.url) as proxy, serving(make_bot(login, url=proxy.url), Desk()) as desk:
        room = await greeted(anna, login.user_id, encrypted=True)
        proxy.plan["/sync"] = [fault]
        said = [await anna.say(room, f"!n{number}") for number in range(3)]
        assert [(await desk.command(event)).text for event in said] == ["n0", "n1", "n2"]
        assert desk.twice == []


@pytest.mark.parametrize("fault", list(Fault))
async def test_a_message_whose_sending_fails_shows_once_when_it_is_tried_again(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot, fault: Fault
) -> None:
    anna, login = await person(), await homeserver.register()
    async with proxied(homeserver.url) as proxy:
        bot = make_bot(login, url=proxy.url, patience_s=2.0)
        async with serving(bot, Desk()):
            room = await greeted(anna, login.user_id, encrypted=True)
            proxy.plan["/send/m.room.encrypted"] = [fault]
            what, key = says("The one"), DeliveryKey("root-1")
            with suppress(ChatDown):  # aiohttp itself may have tried a second time
                await bot.post(conversation(room), what, thread=None, key=key)
            first = await insisting(bot, room, what, key)
            assert await bot.post(conversation(room), what, thread=None, key=key) == first
            await insisting(bot, room, says("The end"), DeliveryKey("root-2"))
            await anna.answer(room, "The end")
            assert [raw["content"]["body"] for raw in anna.texts(room)].count("The one") == 1


async def test_a_bot_that_ends_while_its_keys_are_published_knows_them_when_it_comes_again(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot
) -> None:
    anna, login = await person(), await homeserver.register()
    async with proxied(homeserver.url) as proxy:
        ending = asyncio.create_task(make_bot(login, url=proxy.url).serve(Desk()))
        proxy.plan["/keys/upload"] = [Fault.LOST]
        async with asyncio.timeout(PATIENCE):
            while proxy.plan["/keys/upload"]:  # noqa: ASYNC110  # what is waited for is a request
                await asyncio.sleep(0.01)
            while not any(path.endswith("/keys/upload") for _, path, _ in proxy.seen):  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        ending.cancel()
        await asyncio.gather(ending, return_exceptions=True)
    async with serving(make_bot(login), Desk()) as desk:
        room = await greeted(anna, login.user_id, encrypted=True)
        await desk.command(await anna.say(room, "!status"))


async def test_keys_that_could_not_be_passed_on_are_passed_on_before_the_message(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot
) -> None:
    anna, login = await person(), await homeserver.register()
    async with proxied(homeserver.url) as proxy:
        bot = make_bot(login, url=proxy.url)
        proxy.plan["/sendToDevice/"] = [Fault.BAD_GATEWAY]
        async with serving(bot, Desk()):
            room = await anna.room(login.user_id, encrypted=True)
            hello = await anna.answer(room, "Rapporteur is here")
            assert hello["decrypted"]
            assert proxy.plan["/sendToDevice/"] == []


async def test_a_caller_who_gives_up_neither_hangs_the_room_nor_doubles_the_message(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot
) -> None:
    anna, login = await person(), await homeserver.register()
    async with proxied(homeserver.url) as proxy:
        bot = make_bot(login, url=proxy.url, patience_s=3.0)
        async with serving(bot, Desk()):
            room = await greeted(anna, login.user_id, encrypted=True)
            proxy.plan["/send/m.room.encrypted"] = [Fault.STALLED]
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await bot.post(conversation(room), says("Slow"), thread=None, key=DeliveryKey("k1"))
            with pytest.raises(ChatError):
                await bot.post(conversation(room), says("Slow"), thread=None, key=DeliveryKey("k1"))
            await insisting(bot, room, says("Slow"), DeliveryKey("k1"))
            await insisting(bot, room, says("Next"), DeliveryKey("k2"))
            await anna.answer(room, "Next")
            assert [raw["content"]["body"] for raw in anna.texts(room)][1:] == ["Slow", "Next"]


async def test_a_message_first_tried_a_day_ago_is_looked_for_before_it_is_sent_again(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot, tmp_path: Path
) -> None:
    anna, login = await person(), await homeserver.register()
    async with serving(bot := make_bot(login), Desk()):
        room = await greeted(anna, login.user_id, encrypted=True)
        first = await bot.post(conversation(room), says("The one"), thread=None, key=DeliveryKey("root-1"))
    with closing(sqlite3.connect(tmp_path / "matrix" / "journal.db")) as journal, journal:
        journal.execute("UPDATE sends SET event = NULL, at = at - 90000 WHERE txn = 'root-1'")
    with closing(sqlite3.connect(homeserver.data / "homeserver.db", timeout=10)) as database, database:
        forgotten = "DELETE FROM event_txn_id_device_id WHERE txn_id = 'root-1' AND room_id = ?"
        assert database.execute(forgotten, (room,)).rowcount == 1
    async with serving(bot := make_bot(login), Desk()):
        again = await bot.post(conversation(room), says("The one"), thread=None, key=DeliveryKey("root-1"))
        assert bot._session is not None
        page = await bot._session.client.room_messages(room, direction=MessageDirection.back, limit=10)
        assert isinstance(page, RoomMessagesResponse)
        ours = [event.source for event in page.chunk if event.source.get("event_id") == first]
        assert ours[0]["content"][MARK] == "root-1", "where servers do not show transaction ids, it is found by this"
    assert again == first


async def test_a_limit_is_told_once_and_waited_for_without_asking(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot
) -> None:
    anna, login = await person(), await homeserver.register(limited=True)
    async with proxied(homeserver.url) as proxy, serving(bot := make_bot(login, url=proxy.url), Desk()):
        room = await greeted(anna, login.user_id)
        refused: list[float] = []
        for number in range(30):
            try:
                await bot.post(conversation(room), says(str(number)), thread=None, key=DeliveryKey(f"k{number}"))
            except RateLimited as error:
                refused.append(error.retry_after.total_seconds())
        asked = [status for _, path, status in proxy.seen if "/send/m.room.message" in path]
        assert len(refused) > 15
        assert 0 < min(refused) <= max(refused) <= 10
        assert asked.count(429) <= 2


async def test_a_dead_login_stops_the_platform_without_a_storm(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot
) -> None:
    anna, login = await person(), await homeserver.register()
    async with proxied(homeserver.url) as proxy:
        bot = make_bot(login, url=proxy.url)
        task = asyncio.create_task(bot.serve(Desk()))
        await greeted(anna, login.user_id)
        await homeserver.ask("POST", "/_matrix/client/v3/logout", {}, login)
        with pytest.raises(Unauthorised, match=r"set a new matrix\.password"):
            async with asyncio.timeout(PATIENCE):
                await task
        assert [status for _, path, status in proxy.seen if path.endswith("/sync")].count(401) <= 2


async def test_plain_text_in_an_encrypted_room_is_no_command(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot
) -> None:
    anna, login = await person(), await homeserver.register()
    async with serving(make_bot(login), Desk()) as desk:
        room = await greeted(anna, login.user_id, encrypted=True)
        path = f"/_matrix/client/v3/rooms/{room}/send/m.room.message/injected"
        _, injected = await anna.ask("PUT", path, {"msgtype": "m.text", "body": "!unwatch 1"})
        await desk.command(await anna.say(room, "!status"))
        assert injected["event_id"] not in desk.taken


async def test_one_time_keys_that_are_used_up_are_made_anew(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot
) -> None:
    anna, login = await person(), await homeserver.register()
    async with serving(make_bot(login), Desk()):
        room = await greeted(anna, login.user_id, encrypted=True)
    claim = {"one_time_keys": {login.user_id: {login.device_id: "signed_curve25519"}}}
    for _ in range(60):
        await anna.ask("POST", "/_matrix/client/v3/keys/claim", claim)
    _, last = await anna.ask("POST", "/_matrix/client/v3/keys/claim", claim)
    assert not last["one_time_keys"]
    async with serving(make_bot(login), Desk()) as desk:
        await desk.command(await anna.say(room, "!status"))
        berta = await person()
        await anna.ask("POST", f"/_matrix/client/v3/rooms/{room}/invite", {"user_id": berta.login.user_id})
        await berta.joins(room)
        await desk.command(await berta.say(room, "!help"))


async def test_a_removed_bot_says_who_did_it_and_an_invitation_opens_the_room_again(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot
) -> None:
    anna, login = await person(), await homeserver.register()
    async with serving(bot := make_bot(login), Desk()) as desk:
        room = await greeted(anna, login.user_id)
        kick = {"user_id": login.user_id, "reason": "too chatty"}
        await anna.ask("POST", f"/_matrix/client/v3/rooms/{room}/kick", kick)
        assert (
            await desk.until_closed(room)
            == f"{anna.login.user_id} removed the bot: too chatty; lift that and invite it again."
        )
        with pytest.raises(Undeliverable) as refused:
            await bot.post(conversation(room), says("Hello?"), thread=None, key=DeliveryKey("k1"))
        assert refused.value.closed
        await anna.ask("POST", f"/_matrix/client/v3/rooms/{room}/invite", {"user_id": login.user_id})
        await anna.until(lambda: sum("is here" in raw["content"]["body"] for raw in anna.texts(room)) == 2)
        assert room not in desk.shut


async def test_a_stranger_may_neither_invite_nor_command(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot
) -> None:
    anna, berta, login = await person(), await person(), await homeserver.register()
    async with serving(make_bot(login, allow=(anna.login.user_id,)), Desk()) as desk:
        hers = await berta.room(login.user_id)
        await berta.until(
            lambda: any(
                raw.get("state_key") == login.user_id and raw["content"]["membership"] == "leave"
                for raw in berta.seen.get(hers, [])
            )
        )
        room = await greeted(anna, login.user_id)
        await anna.ask("POST", f"/_matrix/client/v3/rooms/{room}/invite", {"user_id": berta.login.user_id})
        await berta.joins(room)
        theirs = await berta.say(room, "!unwatch 1")
        await desk.command(await anna.say(room, "!status"))
        assert theirs not in desk.taken


async def test_a_key_that_comes_after_its_message_and_a_restart_opens_it(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot
) -> None:
    anna, login = await person(), await homeserver.register()
    async with serving(bot := make_bot(login), Desk()) as desk:
        room = await greeted(anna, login.user_id, encrypted=True)
        await desk.command(await anna.say(room, "!first"))
        olm = anna.client.olm
        assert olm is not None
        olm.create_outbound_group_session(room)
        session = olm.outbound_group_sessions[room]
        key = {"algorithm": "m.megolm.v1.aes-sha2", "room_id": room, "session_id": session.id}
        key["session_key"] = session.session_key
        session.shared = True
        late = await anna.say(room, "!late")
        assert bot._session is not None
        async with asyncio.timeout(PATIENCE):
            while not await bot._session.journal.locked():  # noqa: ASYNC110  # the bot's own loop fills it
                await asyncio.sleep(0.05)
        assert late not in desk.taken
    async with serving(make_bot(login), Desk()) as desk:
        device = anna.client.device_store[login.user_id][login.device_id]
        known = olm.session_store.get(device.curve25519)
        sealed = olm._olm_encrypt(known, device, "m.room_key", key)  # type: ignore[no-untyped-call]
        messages = {"messages": {login.user_id: {login.device_id: sealed}}}
        await anna.ask("PUT", "/_matrix/client/v3/sendToDevice/m.room.encrypted/late", messages)
        assert (await desk.command(late)).text == "late"


async def test_a_message_that_stays_unreadable_is_told_once(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.matrix.errands.GRACE", timedelta(seconds=1))
    anna, login = await person(), await homeserver.register()
    async with serving(make_bot(login), Desk()):
        room = await greeted(anna, login.user_id, encrypted=True)
        olm = anna.client.olm
        assert olm is not None
        olm.create_outbound_group_session(room)
        olm.outbound_group_sessions[room].shared = True
        for number in range(3):
            await anna.say(room, f"!n{number}")
        await anna.answer(room, "could not be read here")
        await asyncio.sleep(2.5)
        await anna.look()
        assert sum("could not be read" in raw["content"]["body"] for raw in anna.texts(room)) == 1


async def test_a_room_that_gives_the_bot_its_voice_back_is_delivered_to_again(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot
) -> None:
    anna, login = await person(), await homeserver.register()
    async with serving(bot := make_bot(login), Desk()) as desk:
        room = await greeted(anna, login.user_id, encrypted=False)
        path = f"/_matrix/client/v3/rooms/{room}/state/m.room.power_levels/"
        _, levels = await anna.ask("GET", path)
        await anna.ask("PUT", path, {**levels, "events_default": 50})
        with pytest.raises(Undeliverable, match="let it post"):
            await bot.post(conversation(room), says("Hello?"), thread=None, key=DeliveryKey("k1"))
        await desk.closed(conversation(room), "no voice")
        await anna.ask("PUT", path, levels)
        async with asyncio.timeout(PATIENCE):
            while room in desk.shut:
                desk.came.clear()
                await desk.came.wait()
        await bot.post(conversation(room), says("Hello!"), thread=None, key=DeliveryKey("k1"))
