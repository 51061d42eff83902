"""Every line is answered once, conversations do not wait for each other, and nothing is lost when the bot ends."""

import asyncio
from datetime import timedelta

from bot.domain.chat import Command, Conversation, Receipt
from bot.domain.document import Document, says
from bot.services.reception import Reception
from tests.services.heart import Heart

ROOM, HALL = Conversation("page", "room"), Conversation("page", "hall")


def typed(number: int, where: Conversation = ROOM, *, private: bool = False) -> Command:
    return Command(
        conversation=where, user="ana", text=f"line {number}", id=f"e{number}", thread=Receipt("m7"), private=private
    )


def reception(heart: Heart, carry_out: object) -> Reception:
    return Reception(store=heart.store, clock=heart.clock, carry_out=carry_out, deliver=heart.deliverer.wake)  # type: ignore[arg-type]


async def echo(command: Command) -> Document:
    return says(f"you said {command.text}")


async def test_lines_are_answered_in_order_each_once_in_their_thread(heart: Heart) -> None:
    desk = reception(heart, echo)
    assert await desk.take([typed(1), typed(2)]) == 2
    assert await desk.take([typed(2), typed(3)]) == 1
    await desk.drain()
    await desk.drain()
    await heart.deliverer.drain()
    assert heart.chat.posts == [("reply", "m7", f"you said line {number}") for number in (1, 2, 3)]


async def test_a_line_whose_answer_was_not_kept_is_answered_after_the_next_start(heart: Heart) -> None:
    async def never(command: Command) -> Document:
        await asyncio.Event().wait()
        return says(command.text)

    dying = reception(heart, never)
    await dying.take([typed(1)])
    running = asyncio.create_task(dying.run())
    await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await reception(heart, echo).drain()
    await heart.deliverer.drain()
    assert [text for _, _, text in heart.chat.posts] == ["you said line 1"]


async def test_a_slow_command_holds_only_its_own_conversation(heart: Heart) -> None:
    gate = asyncio.Event()

    async def slow_here(command: Command) -> Document:
        if command.conversation == ROOM:
            await gate.wait()
        return says(command.text)

    desk = reception(heart, slow_here)
    running = asyncio.create_task(desk.run())
    await desk.take([typed(1)])
    await asyncio.sleep(0.01)
    await desk.take([typed(2, HALL)])
    async with asyncio.timeout(5):
        while not await heart.deliverer.store.outbox.next_due(now=heart.clock.now()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await heart.deliverer.drain()
    assert [text for _, _, text in heart.chat.posts] == ["line 2"]
    gate.set()
    async with asyncio.timeout(5):
        while await heart.store.inbox.waiting(9):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_an_answer_for_one_is_marked_so(heart: Heart) -> None:
    desk = reception(heart, echo)
    await desk.take([typed(1, private=True)])
    await desk.drain()
    [parcel] = await heart.store.outbox.claim(
        now=heart.clock.now(), owner="me", lease=timedelta(minutes=1), busy=[], limit=9
    )
    assert parcel.delivery.document is not None
    assert parcel.delivery.document.audience == "ana"


async def test_a_closed_conversation_waits_until_it_is_open_again(heart: Heart) -> None:
    desk = reception(heart, echo)
    await desk.closed(ROOM, "The channel is archived.")
    await desk.take([typed(1)])
    await desk.drain()
    await heart.deliverer.drain()
    assert not heart.chat.posts
    assert (await heart.store.outbox.backlog()).parked == {ROOM: "The channel is archived."}
    await desk.reopened(ROOM)
    await heart.deliverer.drain()
    assert len(heart.chat.posts) == 1
