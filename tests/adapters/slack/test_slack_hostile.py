"""A title that is markup elsewhere is text in every card, digest, modal and home tab."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bot.domain.entries import Entry, Kind
from tests.adapters.slack.room import Room, at_work, until
from tests.adapters.slack.standin import ANA, GENERAL, Json

EVIL = '<!channel> *click* <https://evil|bank> & "x"'
SURFACES = ("chat.postMessage", "chat.postEphemeral", "chat.update", "views.open", "views.update", "views.publish")


SUBJECTS = (
    "Stations in Lyon test cameras",
    "Court in Nairobi stops the police",
    "A vendor from Taipei leaves retail",
    "Brussels drafts rules for airports",
    "Teachers oppose attendance scanners",
    "Stadium operator pays a fine",
    "Researchers measure error rates",
    "Buenos Aires loses an appeal",
    "Supermarkets drop a pilot quietly",
    "Senators ask about drones",
    "Museum deletes its gallery of visitors",
    "Bank customers sue over onboarding",
)


def story() -> Entry:
    title, link = f"{EVIL} and facial recognition", "https://example.org/1?a=<b>|c"
    return Entry(key="1", kind=Kind.NEWS, title=title, text=f"{EVIL} with facial recognition.", link=link)


def workshop(number: int, starts: date) -> Entry:
    return Entry(
        key=f"m{number}",
        kind=Kind.MEETING,
        title=f"{EVIL} {SUBJECTS[number]}: facial recognition",
        place=EVIL if number == 0 else SUBJECTS[number].split()[0],
        link=f"https://example.org/m{number}",
        starts=starts,
        ends=starts,
    )


def strings(value: Any, kind: str = "") -> Iterator[tuple[str, str]]:
    """Give every text in a payload with the kind of object that holds it."""
    if isinstance(value, dict):
        for name, held in value.items():
            if name not in {"value", "private_metadata", "url", "initial_value", "query"}:
                yield from strings(held, str(value.get("type", kind)) if name == "text" else name)
    elif isinstance(value, list):
        for held in value:
            yield from strings(held, kind)
    elif isinstance(value, str):
        yield kind, value


def alive(call: Json) -> list[str]:
    """Return what Slack would make something of in a call."""
    found = []
    for kind, text in strings(call):
        if kind in {"mrkdwn", "message", "text_fallback"} and ("<!channel" in text or "<https://evil" in text):
            found.append(text)
    top = call.get("text", "")
    return found + [top for mark in ("<!channel", "<https://evil", "<@", "<#") if mark in top]


async def everything(room: Room) -> None:
    """Bring the title onto every surface."""
    ana, slack = room.ana, room.slack
    await ana.slash("/watch", f'facial recognition --note "{EVIL.replace(chr(34), "")}" --yes')
    await until(lambda: len(slack.said()) == 1)
    await room.poll(story())
    await until(lambda: len(slack.said()) == 2)
    await room.poll(workshop(0, date(2027, 3, 1)))
    await until(lambda: len(slack.said()) == 3)
    await room.poll(workshop(0, date(2027, 3, 8)))
    await until(lambda: len(slack.said()) == 4)
    await until(lambda: bool(slack.calls("chat.update")))
    await room.poll(*(workshop(number, date(2027, number, 5)) for number in range(1, 12)))
    room.clock.more = timedelta(seconds=61)
    await until(lambda: "folded" in slack.said()[-1]["text"])
    await ana.chooses("watch_this", {"ts": slack.said()[1]["ts"], "text": "cameras"})
    await until(lambda: bool(slack.calls("views.update")))
    await ana.slash("/rapporteur", "why https://example.org/m0")
    await until(lambda: bool(slack.channels[GENERAL].ephemerals))
    await ana.opens_home()
    await until(lambda: ANA in slack.homes)


async def test_a_hostile_title_is_dead_on_every_surface(tmp_path: Path) -> None:
    async with at_work(tmp_path, http=True) as room:
        await everything(room)
        for method in SURFACES:
            calls = room.slack.calls(method)
            assert calls, method
            assert [alive(call) for call in calls] == [[]] * len(calls), method
        for method in ("chat.postMessage", "chat.postEphemeral", "chat.update", "views.publish", "views.update"):
            shown = json.dumps(room.slack.calls(method), ensure_ascii=False)
            assert json.dumps(EVIL, ensure_ascii=False)[1:-1] in shown, f"{method} shows the title as it stands"
        assert room.slack.refusals == []
