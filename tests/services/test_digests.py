"""Watches that speak once a day or week."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.entries import Entry
from tests.services.heart import NOW, ROOM, Heart, news

OLD = news("old", "Something old")
DAHUA = news("dahua", "Dahua writes a standard for cameras in Geneva", "The company has tabled a text on cameras.")
AGAIN = news("again", "Dahua writes a standard for cameras in Geneva", "Another outlet has it too, on cameras.")
LAMPS = news("lamps", "Smart lamps for Nairobi", "With cameras.")
MONDAY = datetime(2026, 6, 8, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAMES = ("Nairobi", "Lagos", "Lima", "Quito", "Dakar", "Hanoi", "Tunis", "Accra")


async def begin(heart: Heart, **watches: str) -> None:
    for query, cadence in watches.items():
        await heart.watch(query, cadence)
    await heart.poll(OLD, after=timedelta())


async def outcomes(heart: Heart, entry: Entry) -> list[str]:
    (known,) = await heart.store.entries.by_link(entry.link or "")
    return [alert.outcome.value for alert, _ in await heart.store.outbox.alerts_for(known.id, ROOM)]


async def test_a_weekly_watch_posts_one_message_at_its_hour_with_all_that_came(heart: Heart) -> None:
    await begin(heart, cameras="weekly mon 09:00")
    await heart.poll(DAHUA, OLD)
    await heart.poll(LAMPS, DAHUA, OLD, after=timedelta(days=2))
    await heart.wait_until(MONDAY - HOUR)
    assert heart.chat.posts == []
    await heart.wait_until(MONDAY)
    ((verb, _, text),) = heart.chat.posts
    assert verb == "post"
    assert text.startswith("Weekly digest: 2 new")
    assert DAHUA.title in text
    assert LAMPS.title in text
    assert "Watch 1: cameras" in text
    await heart.wait_until(MONDAY + timedelta(days=7))
    assert len(heart.chat.posts) == 1


async def test_more_than_a_burst_waits_quietly_too(heart: Heart) -> None:
    await begin(heart, cameras="daily 18:00")
    await heart.poll(*(news(f"n{n}", f"Cameras of the {n}th district are counted") for n in range(12)), OLD)
    assert heart.chat.posts == []
    await heart.wait_until(NOW.replace(hour=18))
    ((_, _, text),) = heart.chat.posts
    assert text.startswith("Daily digest: 12 new")


async def test_what_another_watch_wants_at_once_is_not_kept_for_the_digest(heart: Heart) -> None:
    await begin(heart, cameras="weekly mon 09:00", dahua="")
    await heart.poll(DAHUA, OLD)
    assert [text.splitlines()[0] for _, _, text in heart.chat.posts] == [f"News · {DAHUA.title}"]
    await heart.wait_until(MONDAY)
    assert len(heart.chat.posts) == 1


async def test_versions_of_a_waiting_story_are_told_in_its_digest(heart: Heart) -> None:
    await begin(heart, cameras="weekly mon 09:00")
    await heart.poll(DAHUA, OLD)
    await heart.poll(AGAIN, DAHUA, OLD)
    assert await outcomes(heart, DAHUA) == ["folded"]
    await heart.wait_until(MONDAY)
    assert [verb for verb, _, _ in heart.chat.posts] == ["post"]


async def test_a_version_that_another_watch_wants_is_told_at_once(heart: Heart) -> None:
    await begin(heart, cameras="weekly mon 09:00", outlet="")
    await heart.poll(DAHUA, OLD)
    assert heart.chat.posts == []
    await heart.poll(AGAIN, DAHUA, OLD)
    await heart.wait_until(heart.clock.now() + timedelta(hours=9))
    ((_, _, text),) = heart.chat.posts
    assert AGAIN.title in text
    await heart.wait_until(MONDAY)
    assert heart.chat.posts[-1][2].startswith("Weekly digest: 1 new")


async def test_what_follows_a_digest_stands_below_it(heart: Heart) -> None:
    await begin(heart, cameras="weekly mon 09:00")
    await heart.poll(DAHUA, OLD)
    await heart.wait_until(MONDAY)
    await heart.poll(AGAIN, DAHUA, OLD)
    await heart.wait_until(heart.clock.now() + timedelta(days=2))
    assert [verb for verb, _, _ in heart.chat.posts] == ["post", "reply"]
    assert heart.chat.posts[1][1] == "m0"


async def test_a_digest_missed_while_the_bot_was_down_comes_when_it_is_back(heart: Heart) -> None:
    await begin(heart, cameras="daily 18:00")
    await heart.poll(DAHUA, OLD)
    await heart.wait_until(NOW + timedelta(days=5))
    assert [text.splitlines()[0] for _, _, text in heart.chat.posts] == ["Daily digest: 1 new"]


async def test_a_muted_watch_puts_nothing_into_its_digest(heart: Heart) -> None:
    await begin(heart, cameras="daily 18:00")
    _, (watch,) = await heart.store.watches.all()
    await heart.store.watches.mute([watch.id], NOW + timedelta(days=1))
    await heart.poll(DAHUA, OLD)
    assert await outcomes(heart, DAHUA) == ["silent"]
    await heart.wait_until(NOW + timedelta(days=2))
    assert heart.chat.posts == []


async def test_a_watch_that_is_paced_anew_speaks_so_from_then_on(heart: Heart) -> None:
    await begin(heart, cameras="weekly mon 09:00")
    await heart.poll(DAHUA, OLD)
    _, (watch,) = await heart.store.watches.all()
    await heart.store.watches.pace(watch.id, None)
    await heart.poll(LAMPS, DAHUA, OLD)
    assert [text.splitlines()[0] for _, _, text in heart.chat.posts] == [f"News · {LAMPS.title}"]
    await heart.wait_until(MONDAY)
    assert heart.chat.posts[-1][2].startswith("Weekly digest: 1 new")


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_the_cadences_every_match_is_told_once_and_by_its_hour(heart: Heart, seed: int) -> None:
    chance = random.Random(seed)  # no secret
    cadences = {"lamps": "", "cameras": "daily 18:00", "drones": "weekly wed 07:30"}
    await begin(heart, **cadences)
    told_of: dict[str, datetime] = {}
    page: list[Entry] = [OLD]
    for number in range(40):
        topic = chance.choice((*cadences, "nothing"))
        own = " ".join("".join(chance.choices("bdfglmnprstv", k=7)) for _ in range(8))
        title = f"{own} and the {topic} of {chance.choice(NAMES)}{number}"
        page = [news(f"n{number}", title), *page][:8]
        await heart.wait_until(heart.clock.now() + chance.choice((HOUR, 5 * HOUR, 26 * HOUR)))
        await heart.poll(*page, after=HOUR)
        if topic != "nothing":
            told_of[title] = heart.clock.now()
    end = heart.clock.now() + timedelta(days=8)
    while heart.clock.now() < end:
        await heart.wait_until(heart.clock.now() + 6 * HOUR)
    said = [text for verb, _, text in heart.chat.posts if verb == "post"]
    assert {title: sum(title in text for text in said) for title in told_of} == dict.fromkeys(told_of, 1)
    assert all(verb != "post" or "nothing" not in text for verb, _, text in heart.chat.posts)
    backlog = await heart.store.outbox.backlog()
    assert (backlog.waiting, backlog.failed) == (0, 0)
