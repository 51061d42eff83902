"""What a person sees of edits, files, echoes, and of the bot's device."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nio import MemoryDownloadResponse
from nio.crypto.attachments import decrypt_attachment

from adapters.matrix.checking import check
from adapters.matrix.settings import MatrixSettings
from adapters.matrix.settings import room as conversation
from bot.domain.alerts import DeliveryKey
from bot.domain.document import Attachment, Bullets, Document, Paragraph, Text, says
from bot.domain.errors import Unauthorised
from tests.matrix.conftest import Arrives, MakesBot
from tests.matrix.desks import Desk, serving
from tests.matrix.homeserver import Homeserver, Login
from tests.matrix.people import PATIENCE, Person, thread_of
from tests.matrix.proxy import Proxy, proxied

pytestmark = pytest.mark.slow
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (640).to_bytes(4, "big") + (400).to_bytes(4, "big") + bytes(500)
ICS = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


async def greeted(anna: Person, user: str, *, encrypted: bool) -> str:
    room = await anna.room(user, encrypted=encrypted)
    await anna.answer(room, "Rapporteur is here")
    return room


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
async def test_files_edits_and_echoes_arrive_as_what_they_are(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot, *, encrypted: bool
) -> None:
    anna, login = await person(), await homeserver.register()
    async with serving(bot := make_bot(login), Desk()):
        room = await greeted(anna, login.user_id, encrypted=encrypted)
        where = conversation(room)
        files = (
            Attachment("dates.ics", "text/calendar", ICS),
            Attachment("line.png", "image/png", PNG, "Two meetings"),
        )
        with_files = Document((Paragraph((Text("With files"),)),), files=files)
        root = await bot.post(where, with_files, thread=None, key=DeliveryKey("root-1"))
        calendar = await anna.answer(room, "dates.ics")
        picture = await anna.answer(room, "Two meetings")
        assert (calendar["content"]["msgtype"], picture["content"]["msgtype"]) == ("m.file", "m.image")
        assert (picture["content"]["info"]["w"], picture["content"]["info"]["h"]) == (640, 400)
        assert await fetched(anna, calendar["content"], encrypted=encrypted) == ICS
        assert await fetched(anna, picture["content"], encrypted=encrypted) == PNG

        assert await bot.edit(where, root, says("Now 3 July"), key=DeliveryKey("edit-1")) == root
        edited = await anna.answer(room, "* Now 3 July")
        assert edited["content"]["m.relates_to"] == {"rel_type": "m.replace", "event_id": root}
        assert edited["content"]["m.new_content"]["body"] == "Now 3 July"

        echoed = Document((Paragraph((Text("Moved: now 3 July"),)),), echo=True)
        said = await bot.post(where, echoed, thread=root, key=DeliveryKey("reply-1"))
        notice = await anna.answer(room, "matrix.to")
        assert thread_of(notice) is None
        assert said.replace("$", "") in notice["content"]["body"]

        await anna.ask("PUT", f"/_matrix/client/v3/rooms/{room}/redact/{root}/gone", {})
        anew = await bot.edit(where, root, says("Now 4 July"), key=DeliveryKey("edit-2"))
        assert anew != root
        assert (await anna.answer(room, "Now 4 July"))["event_id"] == anew


async def fetched(person: Person, content: dict[str, Any], *, encrypted: bool) -> bytes:
    """Download a file as a client does."""
    place = content["file"] if encrypted else content
    answer = await person.client.download(place["url"])
    assert isinstance(answer, MemoryDownloadResponse), answer
    if not encrypted:
        return bytes(answer.body)
    assert PNG not in answer.body
    assert ICS not in answer.body
    return bytes(decrypt_attachment(answer.body, place["key"]["k"], place["hashes"]["sha256"], place["iv"]))


async def test_a_long_message_goes_on_in_its_thread_and_its_edit_changes_every_part(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot
) -> None:
    anna, login = await person(), await homeserver.register()

    def long(word: str, count: int) -> Document:
        return Document((Bullets(tuple((Text(f"{word} {number} {'.' * 90}"),) for number in range(count))),))

    async with serving(bot := make_bot(login), Desk()):
        room = await greeted(anna, login.user_id, encrypted=True)
        root = await bot.post(conversation(room), long("Entry", 120), thread=None, key=DeliveryKey("digest-1"))
        last = await anna.answer(room, "Entry 119", thread=root)
        await bot.edit(conversation(room), root, long("Changed", 120), key=DeliveryKey("edit-1"))
        changed = await anna.answer(room, "Changed 119")
        assert changed["content"]["m.relates_to"]["event_id"] == last["event_id"]
        await bot.edit(conversation(room), root, says("Short"), key=DeliveryKey("edit-2"))
        assert (await anna.answer(room, "no longer needed"))["content"]["m.relates_to"]["rel_type"] == "m.replace"


async def test_the_device_is_signed_also_a_new_one_and_check_says_so(
    homeserver: Homeserver, tmp_path: Path, make_bot: MakesBot
) -> None:
    login = await homeserver.register()
    assert await asked(homeserver, login, tmp_path / "matrix") == ([], 1)
    await signed(make_bot(login))
    well, missing = await asked(homeserver, login, tmp_path / "matrix")
    assert missing == 0
    assert len(well) == 1
    new = await logged_in_again(homeserver, login)
    await signed(make_bot(new))
    assert (await asked(homeserver, new, tmp_path / "matrix"))[1] == 0


async def test_nobody_ever_sees_a_device_of_the_bot_unsigned(homeserver: Homeserver, make_bot: MakesBot) -> None:
    login = await homeserver.register()
    async with proxied(homeserver.url) as proxy:
        await signed(make_bot(login, url=proxy.url))
        assert published(proxy) == ["device_signing/upload", "upload"]
        new = await logged_in_again(homeserver, login)
        proxy.seen.clear()
        await signed(make_bot(new, url=proxy.url))
        assert published(proxy) == ["upload"]


def published(proxy: Proxy) -> list[str]:
    """Return which keys a bot published, in order; a signature that comes after its device has a path of its own."""
    keys = [path.partition("/v3/keys/")[2] for _, path, _ in proxy.seen]
    return list(dict.fromkeys(path for path in keys if "upload" in path))


async def test_a_device_whose_keys_are_lost_is_told_instead_of_being_deaf(
    homeserver: Homeserver, make_bot: MakesBot
) -> None:
    login = await homeserver.register()
    await signed(make_bot(login))
    with pytest.raises(Unauthorised, match="does not hold the keys of the bot's device"):
        async with asyncio.timeout(PATIENCE):
            await make_bot(login, folder="lost").serve(Desk())


async def test_a_bot_whose_device_was_removed_logs_in_anew_and_stays_who_it_is(
    homeserver: Homeserver, make_bot: MakesBot
) -> None:
    login = await homeserver.register()
    bot = make_bot(replace(login, access_token="", device_id=""), password=login.password)
    async with serving(bot, Desk()):
        before = await identity(homeserver, login)
    await homeserver.ask("POST", "/_matrix/client/v3/logout/all", {}, await logged_in_again(homeserver, login))
    with pytest.raises(Unauthorised, match="does not know the bot's login"):
        async with asyncio.timeout(PATIENCE):
            await bot.serve(Desk())
    await signed(bot)
    after = await identity(homeserver, login)
    assert after["master_keys"] == before["master_keys"]
    assert before["device_keys"][login.user_id].keys() & after["device_keys"][login.user_id].keys() == set()


async def identity(homeserver: Homeserver, login: Login) -> dict[str, Any]:
    """Return the account's keys, as everybody sees them."""
    asking: dict[str, Any] = {"device_keys": {login.user_id: []}}
    asker = await homeserver.register()
    _, shown = await homeserver.ask("POST", "/_matrix/client/v3/keys/query", asking, asker)
    return {name: keys for name, keys in shown.items() if name in {"master_keys", "device_keys"}}


async def test_an_identity_that_is_not_in_the_folder_is_replaced_only_on_demand(
    homeserver: Homeserver, make_bot: MakesBot
) -> None:
    login = await homeserver.register()
    await signed(make_bot(login))
    new = await logged_in_again(homeserver, login)
    lost = make_bot(new, folder="lost")
    async with serving(lost, Desk()):
        assert "signing identity that is not in this folder" in lost.state()
    await signed(make_bot(new, folder="lost", password=login.password, reset_identity=True))


async def logged_in_again(homeserver: Homeserver, login: Login) -> Login:
    """Log in with the password: a new device."""
    who = {"type": "m.id.user", "user": login.user_id}
    proof = {"type": "m.login.password", "identifier": who, "password": login.password}
    status, new = await homeserver.ask("POST", "/_matrix/client/v3/login", proof)
    assert status == 200, new
    return Login(
        user_id=login.user_id, device_id=new["device_id"], access_token=new["access_token"], password=login.password
    )


async def signed(bot: Any) -> None:
    """Let a bot serve until it is connected."""
    async with serving(bot, Desk()):
        assert bot._unsigned == ""


async def asked(homeserver: Homeserver, login: Login, store: Path) -> tuple[list[str], int]:
    settings = MatrixSettings(
        homeserver=homeserver.url,
        user_id=login.user_id,
        access_token=login.access_token,
        device_id=login.device_id,
        store=store,
    )
    well, missing = await check(settings)
    return ([line for line in well if "signed by its owner" in line], len(missing))
