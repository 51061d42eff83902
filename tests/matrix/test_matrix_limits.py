"""Under the homeserver's own rate limits: everything arrives, and little is asked in vain."""

import random
import re
from pathlib import Path

import pytest

from tests.matrix.conftest import Arrives
from tests.matrix.homeserver import Homeserver
from tests.matrix.process import bot, feeding, item

ALERTS = 60
DICE = random.Random(3)


def words() -> str:
    """Return words of no language, so that no two items tell one story."""
    return " ".join("".join(DICE.choices("abcdefghijklmnopqrstuvwxy", k=9)) for _ in range(6))


@pytest.mark.slow
async def test_sixty_alerts_at_once_are_folded_complete_and_hardly_refused(
    homeserver: Homeserver, person: Arrives, tmp_path: Path
) -> None:
    anna, login = await person(), await homeserver.register(limited=True)
    async with feeding() as feed:
        running = bot(tmp_path / "bot", homeserver.url, login, feed=feed.url)
        await running.start()
        try:
            room = await anna.room(login.user_id)
            await anna.answer(room, "Rapporteur is here")
            await anna.say(room, "!watch --yes biometric")
            await anna.answer(room, "biometric")
            await feed.grow(*(item(f"g{n}", f"n{n}z biometric {words()}", words()) for n in range(ALERTS)))
            told: dict[str, int] = {}

            def everything() -> bool:
                bodies = [raw["content"]["body"] for raw in anna.texts(room)]
                told.update({f"n{n}z": sum(f"n{n}z " in body for body in bodies) for n in range(ALERTS)})
                return min(told.values()) > 0

            await anna.until(everything)
            assert set(told.values()) == {1}
            bodies = [raw["content"]["body"] for raw in anna.texts(room)]
            assert any("folded into one message" in body for body in bodies)
        finally:
            await running.stop()
    sent = re.findall(rf"\{{{login.user_id}\}}.* (\d+) \"PUT /_matrix/client/v3/rooms/[^ ]*/send/", homeserver.log)
    assert sent.count("429") <= sent.count("200")
    assert len(bodies) <= 12
