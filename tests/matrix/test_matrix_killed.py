"""Each command answered once and each alert posted once, in order, with SIGKILLs, a restart and cut timelines."""

import asyncio
import os
import random
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest

from adapters.matrix.login import closed
from tests.matrix.homeserver import Homeserver
from tests.matrix.people import PATIENCE, Person, Raw, arrives, thread_of
from tests.matrix.process import Bot, Feed, bot, feeding, item

COMMANDS = int(os.environ.get("MATRIX_COMMANDS", "40"))
ALERTS = int(os.environ.get("MATRIX_ALERTS", "40"))
KILLS = int(os.environ.get("MATRIX_KILLS", "3"))
SPAN = float(os.environ.get("MATRIX_SECONDS", "6"))
"""Scaled down for every day; the full run is 400 commands and 500 alerts in 50 s with 20 kills."""
THREADS = 4
SAID = "SELECT receipt, seq < 0 FROM deliveries WHERE state = 'sent' AND verb <> 'edit' ORDER BY seq"
POSTED = "SELECT count(*) FROM deliveries WHERE state = 'sent'"
Lanes = dict[tuple[str | None, bool], list[str]]


@pytest.mark.slow
async def test_every_command_is_answered_once_and_every_alert_posted_once_in_order(
    synapse: Path, tmp_path: Path
) -> None:
    server = Homeserver(python=synapse, data=tmp_path / "synapse", extra="filter_timeline_limit: 3")
    await server.start()
    dice = random.Random(7)
    try:
        async with feeding() as feed:
            anna, login = await arrives(server, tmp_path / "people"), await server.register()
            running = bot(tmp_path / "bot", server.url, login, feed=feed.url, burst=1000)
            await running.start()
            room = await anna.room(login.user_id, encrypted=True)
            await anna.answer(room, "Rapporteur is here")
            await anna.say(room, "!watch --yes biometric")
            await anna.answer(room, "biometric")
            feed.meetings["biometric"] = 40
            await anna.answer(room, "SG17 meeting on biometric")
            await feed.grow(*(item(f"n{n}", f"a{n}z biometric {words(dice)}", words(dice)) for n in range(ALERTS)))
            await asyncio.gather(typing(anna, room), trouble(running, server, feed, dice))
            await running.start()
            shown = await everything(anna, room)
            await running.stop()
            told = Counter(word for raw in shown for word in named(raw["content"]["body"]))
            wanted = {f"q{n}z" for n in range(COMMANDS)} | {f"a{n}z" for n in range(ALERTS)}
            assert wanted - set(told) == set()
            assert {word: times for word, times in told.items() if times != 1} == {}
            as_in_the_outbox(shown, tmp_path / "bot" / "rapporteur.db")
            await closed(anna.client)
    finally:
        await server.stop()


def words(dice: random.Random) -> str:
    """Return words of no language, so that no two items tell one story."""
    return " ".join("".join(dice.choices("abcdefghijklmnopqrstuvwxy", k=9)) for _ in range(6))


async def typing(person: Person, room: str) -> None:
    """Type commands evenly, every other one in a thread, also while the homeserver is away."""
    roots = [await person.say(room, f"Let us talk of {number}.") for number in range(THREADS)]
    for number in range(COMMANDS):
        thread = roots[number // 2 % THREADS] if number % 2 else None
        while True:
            try:
                await person.say(room, f"!q{number}z", thread=thread, txn=f"typed-{number}")
                break
            except Exception:  # noqa: BLE001  # whatever a client shows while its server is away
                await asyncio.sleep(0.3)
                person.client.sharing_session.clear()
        await asyncio.sleep(SPAN / COMMANDS)


async def trouble(running: Bot, server: Homeserver, feed: Feed, dice: random.Random) -> None:
    """Kill the bot again and again at its work while a meeting keeps moving, and restart the homeserver half-way."""
    for number in range(KILLS):
        feed.meetings["biometric"] += 7
        await at_work(running)
        await asyncio.sleep(dice.uniform(0, SPAN / KILLS))
        await running.kill()
        if number == KILLS // 2:
            await server.stop()
            await server.start()
        await running.start()
    await running.kill()


async def at_work(running: Bot) -> None:
    """Wait until more is posted, or for a while: it may also be killed before it comes to that."""
    with closing(sqlite3.connect(running.folder / "rapporteur.db")) as database, suppress(TimeoutError):
        before = database.execute(POSTED).fetchone()
        async with asyncio.timeout(5):
            while database.execute(POSTED).fetchone() == before:  # noqa: ASYNC110  # what is waited for is a process
                await asyncio.sleep(0.1)


async def everything(person: Person, room: str) -> Sequence[Raw]:
    """Read the whole room, oldest first, until everything is there and nothing more comes, or nothing comes at all."""
    found: Sequence[Raw] = ()
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    while loop.time() < end:
        before = len(found)
        await person.look()
        found = (await person.history(room))[::-1]
        told = {word for raw in found for word in named(raw["content"]["body"])}
        if len(told) == COMMANDS + ALERTS and len(found) == before and not person.sealed:
            break
        if len(found) > before:
            end = loop.time() + PATIENCE
        await asyncio.sleep(2)
    assert not person.sealed
    return found


def named(body: str) -> list[str]:
    """Return the command or alert that a message is about."""
    first = body.removeprefix("News · ").split("\n", 1)[0]
    words = first.replace("“", " ").replace("”", " ").replace("(", " ").split()
    return [word for word in words if word[0] in "qa" and word[-1] == "z" and word[1:-1].isdecimal()]


def as_in_the_outbox(shown: Sequence[Raw], store: Path) -> None:
    """Each thread, and the room outside threads, shows messages in the order of the outbox; answers overtake alerts."""
    with closing(sqlite3.connect(store)) as database:
        said: dict[str, bool] = {receipt: bool(answer) for receipt, answer in database.execute(SAID)}
    threads = {raw["event_id"]: thread_of(raw) for raw in shown}
    assert said.keys() <= threads.keys()
    wanted: Lanes = {}
    for event, answer in said.items():
        wanted.setdefault((threads[event], answer), []).append(event)
    found: Lanes = {}
    for event, thread in threads.items():
        if event in said:
            found.setdefault((thread, said[event]), []).append(event)
    assert found == wanted
    assert len(found) == 2 + THREADS + 1, "answers and alerts of the room, four threads, the meeting's own"
