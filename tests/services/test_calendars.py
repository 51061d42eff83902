"""A conversation's calendar: its secret address, and what subscribers see when a meeting moves."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import aiohttp
import icalendar
import pytest

from adapters.calendar.writer import written
from adapters.language.stems import snowball
from bot import web
from bot.domain.chat import Conversation
from bot.domain.entries import Entry, Kind
from bot.domain.vocabulary import NO_VOCABULARY
from bot.services.agendas import Agendas, hashed, new_secret
from bot.telemetry import Metrics
from feeds.ical import parse
from feeds.page import Page
from tests.services.heart import ROOM, Heart, news
from tests.services.room import ELSEWHERE, HERE, Room

FIRST = date(2026, 9, 7)


def sg17(
    first: date = FIRST, *, key: str = "T25-SG17-260907", status: str | None = None, place: str = "Geneva"
) -> Entry:
    return Entry(
        key=key,
        kind=Kind.MEETING,
        title="ITU-T SG17 (Security) meeting",
        link="https://www.itu.int/sg17",
        starts=first,
        ends=first + timedelta(days=4),
        all_day=True,
        place=place,
        status=status,
        group="SG17",
        facts={"body": "ITU-T"},
    )


def opened(heart: Heart) -> Agendas:
    return Agendas(store=heart.store, clock=heart.clock, stem=snowball(), shipped=lambda: NO_VOCABULARY, write=written)


async def subscribed(heart: Heart, where: Conversation = ROOM) -> str:
    secret = new_secret()
    await heart.store.calendars.open(hashed(secret), where, owner="o", now=heart.clock.now())
    return secret


async def seen(heart: Heart, secret: str) -> dict[str, Any]:
    """Return what icalendar reads, by the first word of the summary and the uid."""
    body = await opened(heart).published(secret)
    assert body is not None
    return {str(one["UID"]): one for one in icalendar.Calendar.from_ical(body).walk("VEVENT")}


async def also_seen(heart: Heart, secret: str) -> Sequence[Entry]:
    """Return what our own reader of calendars reads, which shares no code with the writer."""
    body = await opened(heart).published(secret)
    assert body is not None
    page = Page(body=body, url="https://bot.example/c.ics", headers={}, fetched_at=heart.clock.now())
    return parse(page).entries


async def test_a_moved_meeting_keeps_its_uid_and_counts_up(heart: Heart) -> None:
    heart.source.complete = True
    await heart.watch("group:SG17")
    await heart.poll(sg17())
    secret = await subscribed(heart)
    before = await seen(heart, secret)
    [uid] = [uid for uid, one in before.items() if one["DTSTART"].dt == FIRST]
    await heart.poll(sg17(date(2026, 9, 21), key="T25-SG17-260921", place="Geneva"))
    after = await seen(heart, secret)
    assert after.keys() == before.keys()
    assert after[uid]["DTSTART"].dt == date(2026, 9, 21)
    assert after[uid]["SEQUENCE"] > before[uid]["SEQUENCE"]
    assert after[uid]["LAST-MODIFIED"].dt > before[uid]["LAST-MODIFIED"].dt
    theirs = {entry.facts["uid"]: entry for entry in await also_seen(heart, secret)}
    assert theirs[uid].starts == date(2026, 9, 21)
    assert theirs[uid].facts["sequence"] == after[uid]["SEQUENCE"]


async def test_its_deadline_is_a_day_of_its_own_and_moves_with_it(heart: Heart) -> None:
    heart.source.complete = True
    await heart.watch("group:SG17")
    await heart.poll(sg17())
    secret = await subscribed(heart)
    [uid] = [uid for uid in await seen(heart, secret) if uid.endswith("-contributions@rapporteur")]
    before = (await seen(heart, secret))[uid]
    assert before["DTSTART"].dt == date(2026, 8, 26)
    assert "DTEND" not in before or before["DTEND"].dt == date(2026, 8, 27)
    await heart.poll(sg17(date(2026, 9, 21), key="T25-SG17-260921"))
    after = (await seen(heart, secret))[uid]
    assert (after["DTSTART"].dt, after["SEQUENCE"]) == (date(2026, 9, 9), 1)


async def test_the_numbers_survive_a_restart_and_stand_still_while_nothing_changes(heart: Heart) -> None:
    heart.source.complete = True
    await heart.poll(sg17())
    await heart.poll(sg17(date(2026, 9, 21), key="T25-SG17-260921"))
    secret = await subscribed(heart)
    first = await opened(heart).published(secret)
    await heart.clock.advance_to(heart.clock.now() + timedelta(days=3))
    assert await opened(heart).published(secret) == first


async def test_a_cancelled_meeting_is_said_for_ninety_days(heart: Heart) -> None:
    await heart.watch("group:SG17")
    far = date(2027, 3, 1)
    await heart.poll(sg17(far))
    secret = await subscribed(heart)
    [uid] = [uid for uid, one in (await seen(heart, secret)).items() if one["DTSTART"].dt == far]
    await heart.poll(sg17(far, status="cancelled"))
    assert (await seen(heart, secret))[uid]["STATUS"] == "CANCELLED"
    await heart.clock.advance_to(heart.clock.now() + timedelta(days=89))
    assert (await seen(heart, secret))[uid]["STATUS"] == "CANCELLED"
    await heart.clock.advance_to(heart.clock.now() + timedelta(days=2))
    assert uid not in await seen(heart, secret)


async def test_a_meeting_that_is_no_longer_listed_is_tentative_not_cancelled(heart: Heart) -> None:
    heart.source.complete = True
    stays = [sg17(date(2026, 11, 2), key=f"T25-SG{n}-261102") for n in (2, 3, 5)]
    await heart.poll(sg17(), *stays)
    secret = await subscribed(heart)
    [uid] = [uid for uid, one in (await seen(heart, secret)).items() if one["DTSTART"].dt == FIRST]
    for _ in range(3):
        await heart.poll(*stays)
    gone = (await seen(heart, secret))[uid]
    assert gone["STATUS"] == "TENTATIVE"
    assert "does not say that it is cancelled" in gone["DESCRIPTION"]


async def test_it_holds_what_is_watched_and_without_watches_all_meetings(heart: Heart) -> None:
    other = Entry(
        key="x", kind=Kind.MEETING, title="Workshop", starts=date(2026, 10, 1), all_day=True, facts={"body": "W3C"}
    )
    await heart.poll(sg17(), other, news("n", "SG17 in the news"))
    secret = await subscribed(heart)
    assert {str(one["SUMMARY"]) for one in (await seen(heart, secret)).values()} == {
        "ITU-T SG17 (Security) meeting",
        "Contributions are due: ITU-T SG17 (Security) meeting",
        "Workshop",
    }
    await heart.watch("workshop")
    assert [str(one["SUMMARY"]) for one in (await seen(heart, secret)).values()] == ["Workshop"]


async def test_a_meeting_of_two_lists_is_there_once(heart: Heart) -> None:
    twin = Entry(
        key="event 99",
        kind=Kind.MEETING,
        title="ITU-T Study Group 17",
        starts=FIRST,
        ends=FIRST + timedelta(days=4),
        all_day=True,
        group="SG17",
        facts={"body": "ITU-T", "event": "99"},
    )
    await heart.poll(sg17(), twin)
    meetings = [one for one in (await seen(heart, await subscribed(heart))).values() if one["DTSTART"].dt == FIRST]
    assert len(meetings) == 1


async def test_a_wrong_secret_opens_nothing_and_only_its_hash_is_kept(heart: Heart) -> None:
    secret = await subscribed(heart)
    assert await opened(heart).published("x" * 22) is None
    assert await opened(heart).published(hashed(secret)) is None
    assert len(secret) == 22
    assert await heart.store.calendars.whose(secret) is None


async def test_the_port_answers_with_the_calendar_and_hides_what_there_is_not(heart: Heart) -> None:
    await heart.poll(sg17())
    secret = await subscribed(heart)
    routes = web.calendar_routes(opened(heart).published)

    async def well() -> dict[str, str]:
        return {}

    served = web.serve("127.0.0.1", 0, readiness=well, metrics=Metrics(), routes=routes)
    async with served as base, aiohttp.ClientSession() as session:
        async with session.get(f"{base}/calendar/{secret}.ics") as answer:
            assert (answer.status, answer.content_type) == (200, "text/calendar")
            assert (await answer.read()).startswith(b"BEGIN:VCALENDAR\r\n")
        for path in ("x" * 22 + ".ics", f"{secret}", f"{secret}x.ics", "%00.ics", "a" * 500 + ".ics"):
            async with session.get(f"{base}/calendar/{path}") as answer:
                assert answer.status == 404


def address(said: str) -> str:
    found = re.search(r"/calendar/([\w-]{22})\.ics", said)
    assert found is not None
    return found[1]


async def test_each_address_works_until_they_are_renewed(room: Room) -> None:
    first, second = address(await room.says("calendar")), address(await room.says("meetings --calendar"))
    calendars = room.store.calendars
    assert await calendars.whose(hashed(first)) == await calendars.whose(hashed(second)) == HERE
    third = address(await room.says("calendar renew"))
    assert await calendars.whose(hashed(first)) is None
    assert await calendars.whose(hashed(second)) is None
    assert await calendars.whose(hashed(third)) == HERE
    assert "1 address leads nowhere now" in await room.says("calendar stop")
    assert await calendars.whose(hashed(third)) is None


async def test_renewing_ends_no_other_conversations_address(room: Room) -> None:
    theirs = address(await room.says("calendar", ELSEWHERE))
    await room.says("calendar renew")
    assert await room.store.calendars.whose(hashed(theirs)) == ELSEWHERE


async def test_there_is_an_end_to_addresses_and_to_what_is_understood(room: Room) -> None:
    for _ in range(20):
        await room.says("calendar")
    assert "calendar renew" in await room.says("calendar")
    assert "I do not know “sg17”" in await room.says("calendar SG17")


async def test_a_calendar_follows_its_conversation(heart: Heart) -> None:
    secret = await subscribed(heart)
    await heart.store.inbox.moved(ROOM, Conversation("page", "new"))
    assert await heart.store.calendars.whose(hashed(secret)) == Conversation("page", "new")


@pytest.mark.parametrize("base", ["https://bot.example", "http://127.0.0.1:8080"])
async def test_an_address_that_others_cannot_reach_says_so(room: Room, base: str) -> None:
    reached = replace(room, context=replace(room.context, address=base))
    said = await reached.says("calendar")
    assert f"{base}/calendar/" in said
    assert ("http.public_url" in said) == ("127.0.0.1" in base)


def test_secrets_are_not_alike() -> None:
    assert len({new_secret() for _ in range(1000)}) == 1000
