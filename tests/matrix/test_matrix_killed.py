"""Each command answered once and each alert posted once, with SIGKILLs, a homeserver restart and cut timelines."""

import asyncio
import os
import random
from collections import Counter
from pathlib import Path

import pytest

from adapters.matrix.login import closed
from tests.matrix.homeserver import Homeserver
from tests.matrix.people import Person, arrives
from tests.matrix.process import Bot, bot, feeding, item

COMMANDS = int(os.environ.get("MATRIX_COMMANDS", "60"))
ALERTS = int(os.environ.get("MATRIX_ALERTS", "60"))
KILLS = int(os.environ.get("MATRIX_KILLS", "4"))
SPAN = float(os.environ.get("MATRIX_SECONDS", "8"))
"""Scaled down for every day; the full run is 400 commands and 500 alerts in 50 s with 20 kills."""


@pytest.mark.slow
async def test_every_command_is_answered_once_and_every_alert_posted_once(synapse: Path, tmp_path: Path) -> None:
    server = Homeserver(python=synapse, data=tmp_path / "synapse", extra="filter_timeline_limit: 3")
    await server.start()
    dice = random.Random(7)
    try:
        async with feeding() as feed:
            anna, login = await arrives(server, tmp_path / "people"), await server.register()
            running = bot(tmp_path / "bot", server.url, login, feed=feed.url, burst=1000)
            await running.start()
            room = await anna.room(login.user_id, encrypted=True)
            await anna.answer(room, "Rapporteur is here", patience=60)
            await anna.say(room, "!watch --yes biometric")
            await anna.answer(room, "biometric", patience=60)
            await feed.grow(*(item(f"n{n}", f"a{n}z biometric {words(dice)}", words(dice)) for n in range(ALERTS)))
            await asyncio.gather(typing(anna, room), trouble(running, server, dice))
            await running.start()
            told = await told_of(anna, room, patience=60 + 10 * SPAN)
            await running.stop()
            wanted = {f"q{n}z" for n in range(COMMANDS)} | {f"a{n}z" for n in range(ALERTS)}
            assert wanted - set(told) == set()
            assert {word: times for word, times in told.items() if times != 1} == {}
            await closed(anna.client)
    finally:
        await server.stop()


def words(dice: random.Random) -> str:
    """Return words of no language, so that no two items tell one story."""
    return " ".join("".join(dice.choices("abcdefghijklmnopqrstuvwxy", k=9)) for _ in range(6))


async def typing(person: Person, room: str) -> None:
    """Type commands evenly, also while the homeserver is away."""
    for number in range(COMMANDS):
        while True:
            try:
                await person.say(room, f"!q{number}z", txn=f"typed-{number}")
                break
            except Exception:  # noqa: BLE001  # whatever a client shows while its server is away
                await asyncio.sleep(0.3)
                person.client.sharing_session.clear()
        await asyncio.sleep(SPAN / COMMANDS)


async def trouble(running: Bot, server: Homeserver, dice: random.Random) -> None:
    """Kill the bot again and again, and restart the homeserver once half-way."""
    for number in range(KILLS):
        await asyncio.sleep(dice.uniform(0.5, 1.5) * SPAN / KILLS)
        await running.kill()
        if number == KILLS // 2:
            await server.stop()
            await server.start()
        await running.start()
    await running.kill()


async def told_of(person: Person, room: str, *, patience: float) -> Counter[str]:
    """Read the whole room until everything is there and nothing more comes, and count what was said of each."""
    found: Counter[str] = Counter()
    loop = asyncio.get_running_loop()
    end = loop.time() + patience
    while loop.time() < end:
        before = found
        await person.look()
        found = Counter(word for raw in await person.history(room) for word in named(raw["content"]["body"]))
        if len(found) == COMMANDS + ALERTS and found == before and not person.sealed:
            break
        await asyncio.sleep(2)
    assert not person.sealed
    return found


def named(body: str) -> list[str]:
    """Return the command or alert that a message is about."""
    first = body.removeprefix("News · ").split("\n", 1)[0]
    words = first.replace("“", " ").replace("”", " ").replace("(", " ").split()
    return [word for word in words if word[0] in "qa" and word[-1] == "z" and word[1:-1].isdecimal()]
