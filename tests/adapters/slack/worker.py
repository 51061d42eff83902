"""The outbox and the inbox at work on Slack: run as a program, something to kill.

Usage: worker.py DATABASE STAND-IN
"""

# ruff: noqa: ASYNC110  # what is waited for is another process

import asyncio
import sys
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from adapters.slack.chat import SlackChat
from adapters.slack.settings import SlackSettings
from bot.clock import SystemClock
from bot.domain.alerts import Delivery, DeliveryKey, Verb
from bot.domain.chat import Command, Conversation, Receipt
from bot.domain.document import Document, says
from bot.domain.storing.store import Store
from bot.services.deliver import Deliverer
from bot.services.reception import Reception
from storage import open_store
from tests.adapters.slack.standin import ANA, TEAM


class Silence:
    """A Meter that counts nothing."""

    def count(self, event: str, amount: int = 1, **labels: str) -> None:
        del event, amount, labels


def conversation(channel: str) -> Conversation:
    return Conversation("slack", f"{TEAM}/{channel}")


def note(channel: str, number: int) -> Delivery:
    return Delivery(
        key=DeliveryKey(f"note-{channel}-{number}"),
        conversation=conversation(channel),
        verb=Verb.NOTE,
        due=SystemClock().now(),
        text=f"note {channel} {number:04}",
    )


def line(channel: str, number: int, thread: str) -> Command:
    """Return a line typed in a thread, under the id that its redelivery has too."""
    where = conversation(channel)
    text = f"line {channel} {number:04}"
    return Command(conversation=where, user=ANA, text=text, id=f"{channel}/{number}", thread=Receipt(thread))


async def echo(command: Command) -> Document:
    return says(f"answer to {command.text}")


async def work(address: str, base: str, *, until_done: bool = False) -> None:
    """Answer and deliver until cancelled, or until nothing is left."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(address))
        await store.take_over()
        settings = SlackSettings(
            bot_token="xoxb-1", api_url=f"{base}/api/", every=timedelta(), patience=timedelta(seconds=5)
        )
        chat = SlackChat(settings, notes=store.slack, watches=store.watches, clock=clock)
        stack.push_async_callback(chat.close)
        deliverer = Deliverer(store=store, chats={"slack": chat}, clock=clock, meter=Silence(), owner="worker")
        desk = Reception(store=store, clock=clock, carry_out=echo, deliver=deliverer.wake)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(desk.run()), group.create_task(deliverer.run())]
            if until_done:
                await _done(store)
                for task in tasks:
                    task.cancel()


async def _done(store: Store) -> None:
    while await store.inbox.waiting(1) or (await store.outbox.backlog()).waiting:
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(work(f"sqlite:///{Path(sys.argv[1])}", sys.argv[2]))
