"""A long card is several messages, and stays in step with what it should say, whoever is killed in between."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.slack.chat import SlackChat
from adapters.slack.parts import Parts
from adapters.slack.render import messages
from bot.clock import SystemClock
from bot.domain.alerts import DeliveryKey
from bot.domain.chat import Conversation
from bot.domain.document import Document, Paragraph, Text
from storage import open_store
from tests.adapters.slack.room import slack_settings
from tests.adapters.slack.standin import GENERAL, TEAM, Json, Slack, running

HERE = Conversation("slack", f"{TEAM}/{GENERAL}")
PER_PART, KILLS = 4, 25


def long(parts: int, word: str) -> Document:
    """Return a card of so many messages."""
    text = f"{word} " * (2_000 // (len(word) + 1))
    made = Document(tuple(Paragraph((Text(f"{n} {text}"),)) for n in range(parts * PER_PART)))
    assert len(messages(made)) == parts
    return made


@asynccontextmanager
async def chatting(folder: Path, slack: Slack) -> AsyncIterator[SlackChat]:
    async with open_store(f"sqlite:///{folder}/bot.db") as store:
        settings = slack_settings(slack, http=True)
        chat = SlackChat(settings, notes=store.slack, watches=store.watches, clock=SystemClock())
        try:
            yield chat
        finally:
            await chat.close()


def stands(slack: Slack) -> Sequence[list[Json]]:
    return [list(one["blocks"]) for one in slack.said()]


def meant(what: Document) -> Sequence[list[Json]]:
    return [list(part.blocks) for part in messages(what)]


async def test_an_edit_rewrites_adds_and_deletes_what_follows(tmp_path: Path) -> None:
    async with running() as slack, chatting(tmp_path, slack) as chat:
        root = await chat.post(HERE, long(3, "one"), thread=None, key=DeliveryKey("root-1"))
        for parts in (4, 2, 1, 3):
            what = long(parts, f"w{parts}")
            chat._editor._last.clear()
            await chat.edit(HERE, root, what, key=DeliveryKey(f"edit-{parts}"))
            assert stands(slack) == meant(what)
            assert {one.get("thread_ts") for one in slack.said()} <= {None, root}
        assert slack.refusals == []


async def test_a_part_that_somebody_deleted_comes_again_and_a_root_takes_its_parts_along(tmp_path: Path) -> None:
    async with running() as slack, chatting(tmp_path, slack) as chat:
        root = await chat.post(HERE, long(3, "one"), thread=None, key=DeliveryKey("root-1"))
        del slack.channels[GENERAL].messages[1]
        await chat.edit(HERE, root, long(3, "two"), key=DeliveryKey("edit-1"))
        assert sorted(map(str, stands(slack))) == sorted(map(str, meant(long(3, "two"))))
        del slack.channels[GENERAL].messages[0]
        chat._editor._last.clear()
        again = await chat.edit(HERE, root, long(2, "six"), key=DeliveryKey("edit-2"))
        assert stands(slack) == meant(long(2, "six"))
        assert slack.said()[1]["thread_ts"] == again


async def test_a_part_that_may_not_be_deleted_says_that_it_is_none_any_more(tmp_path: Path) -> None:
    async with running() as slack, chatting(tmp_path, slack) as chat:
        root = await chat.post(HERE, long(2, "one"), thread=None, key=DeliveryKey("root-1"))
        slack.fail("chat.delete", "cant_delete_message")
        await chat.edit(HERE, root, long(1, "two"), key=DeliveryKey("edit-1"))
        assert [one["text"] for one in slack.said()[1:]] == ["(no longer part of this card)"]


async def test_a_part_that_was_posted_by_who_was_killed_then_goes_when_the_card_is_shorter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running() as slack:
        async with chatting(tmp_path, slack) as chat:
            root = await chat.post(HERE, long(1, "one"), thread=None, key=DeliveryKey("root-1"))

            async def killed(*_: object) -> None:
                raise asyncio.CancelledError

            with monkeypatch.context() as patched:
                patched.setattr(Parts, "_noted", killed)
                with pytest.raises(asyncio.CancelledError):
                    await chat.edit(HERE, root, long(2, "two"), key=DeliveryKey("edit-1"))
        assert len(stands(slack)) == 2
        async with chatting(tmp_path, slack) as chat:
            await chat.edit(HERE, root, long(1, "six"), key=DeliveryKey("edit-2"))
        assert stands(slack) == meant(long(1, "six"))


@pytest.mark.parametrize("seed", [1, 2])
async def test_killed_while_a_long_card_changes_nothing_is_lost_or_twice(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    async with running() as slack:
        async with chatting(tmp_path, slack) as chat:
            root = await chat.post(HERE, long(3, "one"), thread=None, key=DeliveryKey("root-1"))
        for number in range(KILLS):
            what = long(dice.randint(1, 4), f"w{number}")
            if dice.random() < 0.5:
                method = dice.choice(["chat.postMessage", "chat.update", "chat.delete"])
                slack.fail(method, dice.choice(["lost", "before", "500"]), wait=0.01)
            async with chatting(tmp_path, slack) as chat:
                task = asyncio.create_task(chat.edit(HERE, root, what, key=DeliveryKey(f"edit-{number}")))
                await asyncio.sleep(dice.uniform(0, 0.05))
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        slack.faults.clear()
        async with chatting(tmp_path, slack) as chat:
            await chat.edit(HERE, root, long(3, "end"), key=DeliveryKey("edit-last"))
        assert sorted(map(str, stands(slack))) == sorted(map(str, meant(long(3, "end"))))
        assert slack.calls("conversations.replies"), "an answer was lost, and looked up"
        assert stands(slack)[0] == meant(long(3, "end"))[0]
