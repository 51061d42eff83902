"""A person makes sure that the bot is the bot: both sides show the same emoji, and vouch for the same keys."""

from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pytest
from nio.api import Api
from nio.crypto.sas import Sas as Names
from structlog.testing import capture_logs
from vodozemac import Curve25519PublicKey, Sas

from adapters.matrix.emoji import Verification
from tests.matrix.conftest import Arrives, MakesBot
from tests.matrix.desks import Desk, serving
from tests.matrix.homeserver import Homeserver, Login
from tests.matrix.people import Person, Raw

PREFIX = "m.key.verification."
START = {
    "method": "m.sas.v1",
    "key_agreement_protocols": ["curve25519-hkdf-sha256"],
    "hashes": ["sha256"],
    "message_authentication_codes": ["hkdf-hmac-sha256.v2"],
    "short_authentication_string": ["decimal", "emoji"],
}


@dataclass(slots=True)
class Asker:
    """A client that verifies, by the letter of the specification."""

    anna: Person
    room: str
    bot: Login
    sas: Sas = field(default_factory=Sas)
    id: str = ""

    async def verify(self, *, device_key: str = "") -> tuple[str, dict[str, str]]:
        """Return the emoji and the keys that the bot vouched for, by name; `device_key` is what is claimed as ours."""
        device = self.anna.login.device_id
        asked = {"msgtype": f"{PREFIX}request", "body": "Verify?", "methods": ["m.sas.v1"], "to": self.bot.user_id}
        self.id = await self.anna.send(self.room, "m.room.message", {**asked, "from_device": device})
        assert (await self.heard("ready"))["methods"] == ["m.sas.v1"]
        started = await self.say("start", {**START, "from_device": device})
        accepted = await self.heard("accept")
        ours = self.sas.public_key.to_base64()
        await self.say("key", {"key": ours})
        theirs = (await self.heard("key"))["key"]
        committed = theirs + Api.to_canonical_json(started)
        assert accepted["commitment"] == b64encode(sha256(committed.encode()).digest()).decode().rstrip("=")
        shared = self.sas.diffie_hellman(Curve25519PublicKey.from_base64(theirs))
        me, bot = self.anna.login, self.bot
        sides = f"{me.user_id}|{device}|{ours}|{bot.user_id}|{bot.device_id}|{theirs}"
        shown = shared.bytes(f"MATRIX_KEY_VERIFICATION_SAS|{sides}|{self.id}").emoji_indices
        info = f"MATRIX_KEY_VERIFICATION_MAC{me.user_id}{device}{bot.user_id}{bot.device_id}{self.id}"
        name = f"ed25519:{device}"
        assert self.anna.client.olm is not None
        key = device_key or self.anna.client.olm.account.identity_keys["ed25519"]
        mac = {name: shared.calculate_mac(key, f"{info}{name}")}
        await self.say("mac", {"mac": mac, "keys": shared.calculate_mac(name, f"{info}KEY_IDS")})
        proof = await self.heard("mac")
        info = f"MATRIX_KEY_VERIFICATION_MAC{bot.user_id}{bot.device_id}{me.user_id}{device}{self.id}"
        shared.verify_mac(",".join(sorted(proof["mac"])), f"{info}KEY_IDS", proof["keys"])
        for one, public in (vouched := await self.published()).items():
            shared.verify_mac(public, f"{info}{one}", proof["mac"][one])
        await self.heard("done")
        return " · ".join(" ".join(Names.emoji[index]) for index in shown), vouched

    async def say(self, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        whole = {**content, "m.relates_to": {"rel_type": "m.reference", "event_id": self.id}}
        await self.anna.send(self.room, f"{PREFIX}{kind}", whole)
        return whole

    async def heard(self, kind: str) -> dict[str, Any]:
        def there() -> Raw | None:
            found = [raw for raw in self.anna.seen[self.room] if raw["sender"] == self.bot.user_id]
            last = [raw for raw in found if raw["type"].startswith(PREFIX)][-1:]
            if last and last[0]["type"] == f"{PREFIX}cancel" != f"{PREFIX}{kind}":
                raise AssertionError(last[0]["content"]["code"])
            return next((raw for raw in found if raw["type"] == f"{PREFIX}{kind}"), None)

        content: dict[str, Any] = (await self.anna.until(there))["content"]
        assert content["m.relates_to"] == {"rel_type": "m.reference", "event_id": self.id}
        return content

    async def published(self) -> dict[str, str]:
        """Return the bot's keys as the server shows them."""
        user = self.bot.user_id
        _, shown = await self.anna.ask("POST", "/_matrix/client/v3/keys/query", {"device_keys": {user: []}})
        device = f"ed25519:{self.bot.device_id}"
        keys: dict[str, str] = dict(shown["master_keys"][user]["keys"])
        return keys | {device: shown["device_keys"][user][self.bot.device_id]["keys"][device]}


@pytest.mark.slow
@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
async def test_a_person_sees_the_emoji_that_stand_in_the_log_and_gets_the_keys_that_are_published(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot, *, encrypted: bool
) -> None:
    anna, login = await person(), await homeserver.register()
    with capture_logs() as lines:
        async with serving(make_bot(login), Desk()):
            room = await anna.room(login.user_id, encrypted=encrypted)
            await anna.answer(room, "Rapporteur is here")
            shown, vouched = await Asker(anna, room, login).verify()
    assert len(vouched) == 2
    assert [line["emoji"] for line in lines if line["event"] == "matrix.verification"] == [shown]


@pytest.mark.slow
async def test_who_vouches_for_a_key_that_is_not_theirs_is_cancelled(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot
) -> None:
    anna, login = await person(), await homeserver.register()
    async with serving(make_bot(login), Desk()):
        room = await anna.room(login.user_id, encrypted=True)
        await anna.answer(room, "Rapporteur is here")
        with pytest.raises(AssertionError, match=r"m\.key_mismatch"):
            await Asker(anna, room, login).verify(device_key="another")


@pytest.mark.slow
async def test_a_client_that_asks_from_device_to_device_is_answered(
    homeserver: Homeserver, person: Arrives, make_bot: MakesBot
) -> None:
    anna, login = await person(), await homeserver.register()
    async with serving(make_bot(login), Desk()):
        asked = {"from_device": anna.login.device_id, "methods": ["m.sas.v1"], "transaction_id": "t1"}
        messages = {"messages": {login.user_id: {login.device_id: asked}}}
        came: list[dict[str, Any]] = []

        async def comes(event: Any) -> None:
            came.append(event.source)

        anna.client.add_to_device_callback(comes, None)  # type: ignore[arg-type]
        await anna.ask("PUT", f"/_matrix/client/v3/sendToDevice/{PREFIX}request/one", messages)
        ready = await anna.until(lambda: next(iter(came), None))
    assert (ready["type"], ready["content"]["transaction_id"]) == (f"{PREFIX}ready", "t1")


HOSTILE: list[tuple[list[tuple[str, dict[str, Any]]], str]] = [
    ([("key", {"key": "x"})], "m.unexpected_message"),
    ([("request", {"from_device": "D", "methods": ["m.qr_code.show.v1"]})], "m.unknown_method"),
    ([("request", {"from_device": {}, "methods": None})], "m.invalid_message"),
    ([("start", {**START, "from_device": "D", "hashes": ["md5"]})], "m.unknown_method"),
    ([("start", {**START, "from_device": "D"}), ("start", START)], "m.unexpected_message"),
    ([("start", {**START, "from_device": "D"}), ("key", {"key": "AAAA"})], "m.invalid_message"),
    ([("start", {**START, "from_device": "D"}), ("mac", {})], "m.unexpected_message"),
]


@pytest.mark.parametrize(("said", "code"), HOSTILE)
def test_what_is_out_of_order_or_nonsense_ends_in_a_cancellation(
    said: list[tuple[str, dict[str, Any]]], code: str
) -> None:
    talk = Verification(id="$1", user="@a:h", me="@b:h", device="B", keys={}, known={})
    answers = [talk.hear(kind, content) for kind, content in said]
    ((kind, content),) = answers[-1]
    assert (kind, content["code"], talk.over) == ("cancel", code, True)


def test_proof_that_is_not_made_with_the_shared_secret_ends_in_a_cancellation() -> None:
    talk = Verification(id="$1", user="@a:h", me="@b:h", device="B", keys={}, known={})
    talk.hear("start", {**START, "from_device": "D"})
    talk.hear("key", {"key": Sas().public_key.to_base64()})
    ((kind, content),) = talk.hear("mac", {"mac": {"ed25519:D": "AAAA"}, "keys": "AAAA"})
    assert (kind, content["code"]) == ("cancel", "m.key_mismatch")
