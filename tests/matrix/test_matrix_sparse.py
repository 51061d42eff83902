"""Other homeservers than Synapse: what they leave out, refuse or forget loses nothing and says nothing twice."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from adapters.matrix.chat import MatrixChat
from adapters.matrix.checking import check
from adapters.matrix.settings import MatrixSettings
from adapters.matrix.settings import room as conversation
from bot.clock import SystemClock
from bot.domain.alerts import DeliveryKey
from bot.domain.document import says
from bot.domain.errors import ChatDown, RateLimited, Undeliverable
from tests.matrix.desks import Desk, serving
from tests.matrix.sparse import ROOM, Sparse, sparsely

Makes = Callable[[Sparse], MatrixChat]
HERE = conversation(ROOM)


@pytest.fixture
def make(tmp_path: Path) -> Makes:
    def made(server: Sparse) -> MatrixChat:
        return MatrixChat(settings(server, tmp_path), SystemClock())

    return made


def settings(server: Sparse, folder: Path) -> MatrixSettings:
    return MatrixSettings(
        homeserver=server.url,
        user_id="@bot:sparse",
        access_token="token",
        device_id="DEVICE",
        store=folder / "matrix",
    )


async def test_commands_are_heard_and_answered(make: Makes) -> None:
    async with sparsely() as server, serving(bot := make(server), Desk()) as desk:
        asked = server.types("status")
        assert (await desk.command(asked)).text == "status"
        await bot.post(HERE, says("All is well."), thread=None, key=DeliveryKey("k1"))
        assert server.events[-1]["content"]["body"] == "All is well."
        assert "refuses the bot's signing keys" in bot.state()


async def test_a_server_that_holds_no_request_is_not_asked_in_a_circle(make: Makes) -> None:
    async with sparsely() as server, serving(make(server), Desk()):
        loop = asyncio.get_running_loop()
        begun, before = loop.time(), len(server.asked)
        await asyncio.sleep(1)
        assert len(server.asked) - before <= 6 * (loop.time() - begun)


async def test_what_a_timeline_leaves_out_is_read_where_no_place_in_it_is_named(make: Makes) -> None:
    async with sparsely() as server:
        async with serving(make(server), Desk()) as desk:
            await desk.command(server.types("first"))
        said = [server.types(f"n{number}") for number in range(7)]
        server.cut = 2
        async with serving(make(server), Desk()) as desk:
            assert [(await desk.command(event)).text for event in said] == [f"n{number}" for number in range(7)]
            assert desk.twice == []


async def test_a_pause_that_cannot_be_read_does_not_make_the_bot_deaf(make: Makes) -> None:
    async with sparsely() as server:
        async with serving(make(server), Desk()) as desk:
            await desk.command(server.types("first"))
        said = [server.types(f"n{number}") for number in range(7)]
        server.cut, server.refuse["/messages"] = 2, [(400, {"errcode": "M_INVALID_PARAM", "error": "Bad from"})]
        async with serving(make(server), Desk()) as desk:
            assert (await desk.command(said[-1])).text == "n6"


async def test_a_token_that_the_server_does_not_know_is_dropped_whatever_it_calls_that(make: Makes) -> None:
    async with sparsely() as server:
        async with serving(make(server), Desk()) as desk:
            await desk.command(server.types("first"))
        server.refuse["/sync"] = [(400, {"errcode": "M_BAD_JSON", "error": "Query string: invalid digit"})]
        async with serving(make(server), Desk()) as desk:
            await desk.command(server.types("second"))


async def test_a_message_whose_answer_was_lost_is_found_by_its_mark(make: Makes) -> None:
    async with sparsely() as server, serving(bot := make(server), Desk()):
        server.lose = 1
        with suppress(ChatDown):
            await bot.post(HERE, says("The one"), thread=None, key=DeliveryKey("k1"))
        again = await bot.post(HERE, says("The one"), thread=None, key=DeliveryKey("k1"))
        said = [event["event_id"] for event in server.events if event["content"].get("body") == "The one"]
        assert said == [again]


async def test_a_message_that_was_refused_is_sent_again_without_being_looked_for(make: Makes) -> None:
    limited = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too many", "retry_after_ms": 10**300}
    async with sparsely() as server:
        server.refuse["/send/"] = [(429, limited)]
        async with serving(bot := make(server), Desk()):
            with pytest.raises(RateLimited) as refused:
                await bot.post(HERE, says("The one"), thread=None, key=DeliveryKey("k1"))
        assert refused.value.retry_after.total_seconds() == 3600
        async with serving(again := make(server), Desk()):
            await again.post(HERE, says("The one"), thread=None, key=DeliveryKey("k1"))
        assert not [path for path in server.asked if "/messages" in path]


async def test_a_server_that_shows_no_single_events_lets_messages_be_edited(make: Makes) -> None:
    async with sparsely() as server, serving(bot := make(server), Desk()):
        root = await bot.post(HERE, says("Now"), thread=None, key=DeliveryKey("k1"))
        server.refuse["/event/"] = [(404, {"errcode": "M_UNRECOGNIZED", "error": "No such endpoint"})]
        assert await bot.edit(HERE, root, says("Then"), key=DeliveryKey("k2")) == root
        assert server.events[-1]["content"]["m.relates_to"] == {"rel_type": "m.replace", "event_id": root}


CONSENT = {"session": "s", "flows": [{"stages": ["m.oauth"]}], "params": {"m.oauth": {"url": "https://hs/consent"}}}


@pytest.mark.parametrize(
    ("answer", "told"),
    [(CONSENT, "open https://hs/consent, then start the bot again"), ({"session": "s"}, "set matrix.password once")],
)
async def test_what_a_server_wants_before_it_takes_signing_keys_is_said(
    make: Makes, answer: dict[str, object], told: str
) -> None:
    async with sparsely() as server:
        server.refuse["/device_signing/"] = [(401, answer)] * 2
        async with serving(bot := make(server), Desk()):
            assert told in bot.state()


HELD: list[tuple[str, tuple[int, dict[str, object]], str]] = [
    ("/versions", (404, {}), 'names "https://matrix.sparse", write that'),
    ("/whoami", (401, {"errcode": "M_UNKNOWN_TOKEN", "error": "?"}), "set a new matrix.password"),
    ("/whoami", (200, {"user_id": "@bot:sparse", "device_id": "OTHER"}), "set matrix.device_id to that"),
    ("/keys/query", (200, {}), "the account has no signing identity"),
    ("/versions", (200, {"versions": ["v1.1"]}), "the account has no signing identity"),
]


@pytest.mark.parametrize(("path", "answer", "told"), HELD)
async def test_check_says_in_a_sentence_what_a_server_finds_wrong(
    tmp_path: Path, path: str, answer: tuple[int, dict[str, object]], told: str
) -> None:
    async with sparsely() as server:
        server.refuse[path] = [answer]
        _, missing = await check(settings(server, tmp_path))
    assert told in " ".join(missing)


async def test_check_says_when_to_ask_again(tmp_path: Path) -> None:
    async with sparsely() as server:
        server.refuse["/keys/query"] = [(429, {"errcode": "M_LIMIT_EXCEEDED", "error": "!", "retry_after_ms": 4200})]
        _, missing = await check(settings(server, tmp_path))
    assert missing == ("Matrix: the homeserver wants patience; check again in 5 s.",)


async def test_a_proxy_that_finds_a_message_too_large_is_not_asked_for_ever(make: Makes) -> None:
    async with sparsely() as server, serving(bot := make(server), Desk()):
        server.refuse["/send/"] = [(413, {})]
        with pytest.raises(Undeliverable, match="too large"):
            await bot.post(HERE, says("Long"), thread=None, key=DeliveryKey("k1"))
