"""Killed at two hundred moments, with answers that are lost: everything once, in order, each line answered once."""

# ruff: noqa: ASYNC110  # what is waited for is another process

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.domain.chat import Command  # noqa: TC001
from storage import open_store
from tests.adapters.slack.standin import GENERAL, QUIET, Slack, running
from tests.adapters.slack.worker import line, note, work

REAL_KILLS = 4
NOTES, LINES = 120, 60
ROOT = Path(__file__).parents[3]


async def put(address: str, slack: Slack, numbers: range) -> None:
    """Let things happen: notes to post, lines typed, and each line delivered twice."""
    async with open_store(address) as store:
        now = SystemClock().now()
        for channel in (GENERAL, QUIET):
            await store.outbox.enqueue([note(channel, number) for number in numbers])
            root = slack.channels[channel].messages[0]["ts"]
            lines: list[Command] = [line(channel, number, root) for number in numbers if number < LINES]
            for _ in range(2):
                await store.inbox.take(lines, now=now)


def roots(slack: Slack) -> None:
    """Give each channel a message to stand under."""
    for channel in (GENERAL, QUIET):
        slack.channels[channel].messages.append({"ts": slack.stamp(), "text": "root", "user": "U0ANA"})


def everything_once_in_order(slack: Slack) -> None:
    for channel in (GENERAL, QUIET):
        texts = [one["text"] for one in slack.said(channel)]
        notes = [text for text in texts if text.startswith("note")]
        answers = [text for text in texts if text.startswith("answer")]
        assert notes == [f"note {channel} {number:04}" for number in range(NOTES)]
        assert answers == [f"answer to line {channel} {number:04}" for number in range(LINES)]
    assert slack.refusals == []


def misbehave(slack: Slack, dice: random.Random) -> None:
    if dice.random() < 0.4:
        kind = dice.choice(["lost", "before", "503-after", "500"])
        slack.fail("chat.postMessage", kind, wait=dice.choice([0, 0.01]))


@pytest.mark.parametrize("kills", [20, pytest.param(200, marks=pytest.mark.slow)])
async def test_in_this_process_at_many_moments(tmp_path: Path, kills: int) -> None:
    dice, address = random.Random(5), f"sqlite:///{tmp_path}/bot.db"
    async with running() as slack:
        roots(slack)
        done = 0
        for kill in range(kills):
            more = (kill + 1) * NOTES // kills
            if more > done:
                await put(address, slack, range(done, more))
                done = more
            misbehave(slack, dice)
            working = asyncio.create_task(work(address, slack.base))
            await moment(slack, dice)
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
        slack.faults.clear()
        async with asyncio.timeout(60):
            await work(address, slack.base, until_done=True)
        everything_once_in_order(slack)
        looked = slack.calls("conversations.history") + slack.calls("conversations.replies")
        assert len(looked) > kills // 20, "answers were lost, and looked up"


@pytest.mark.slow
async def test_as_a_process_that_gets_sigkill(tmp_path: Path) -> None:
    dice, database = random.Random(7), tmp_path / "bot.db"
    address = f"sqlite:///{database}"
    async with running() as slack:
        roots(slack)
        await put(address, slack, range(NOTES))
        for _ in range(REAL_KILLS):
            for _ in range(2):
                misbehave(slack, dice)
            process = await started(database, slack.base)
            before = progress(slack)
            async with asyncio.timeout(60):
                while progress(slack) == before:
                    await asyncio.sleep(0.005)
            await asyncio.sleep(dice.uniform(0.0, 0.1))
            process.send_signal(signal.SIGKILL)
            await process.wait()
        slack.faults.clear()
        async with asyncio.timeout(60):
            await work(address, slack.base, until_done=True)
        everything_once_in_order(slack)


async def moment(slack: Slack, dice: random.Random) -> None:
    """Wait for a moment: of starting, or around a call of Slack's."""
    before = progress(slack)
    if dice.random() < 0.3:
        await asyncio.sleep(dice.uniform(0.0, 0.05))
        return
    for _ in range(60):
        if progress(slack) > before:
            break
        await asyncio.sleep(0.005)
    await asyncio.sleep(dice.uniform(0.0, 0.02))


def progress(slack: Slack) -> int:
    return len(slack.calls("chat.postMessage"))


async def started(database: Path, base: str) -> asyncio.subprocess.Process:
    script = str(Path(__file__).with_name("worker.py"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return await asyncio.create_subprocess_exec(
        sys.executable, script, str(database), base, env=environment, stderr=asyncio.subprocess.DEVNULL
    )
