"""The weekly line that proves delivery, and the notice that a source has fallen silent."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.cadence import parse as parse_cadence
from bot.domain.chat import Conversation
from bot.domain.preferences import Preferences
from bot.domain.storing.outbox import Tally
from bot.services.recap import Recap, words
from tests.services.heart import ROOM, Heart, news

DAY = timedelta(days=1)
MONDAY = datetime(2026, 6, 8, 7, tzinfo=UTC)
"""Nine o'clock in Zurich, a week after the scene begins."""
HERE = Preferences(zone="Europe/Zurich")


@pytest.fixture
def recap(heart: Heart) -> Recap:
    return Recap(store=heart.store, clock=heart.clock, defaults=HERE)


async def lines(heart: Heart, recap: Recap, when: datetime) -> list[str]:
    await heart.clock.advance_to(when)
    heart.chat.posts.clear()
    await recap.run_once()
    await heart.deliverer.drain()
    return [text for _, _, text in heart.chat.posts]


async def test_a_line_each_monday_counts_what_the_ledger_holds(heart: Heart, recap: Recap) -> None:
    await heart.watch("faces")
    await heart.poll(news("zero", "Something else"))
    await heart.poll(news("one", "Faces in Geneva station"))
    many = [news(f"m{n}", f"Faces and item {'abcdefgh'[n]}{n * 17}") for n in range(7)]
    await heart.poll(*many)
    _, [watch] = await heart.store.watches.all()
    await heart.store.watches.mute([watch.id], heart.clock.now() + DAY)
    await heart.poll(*many, news("quiet", "Faces that nobody hears of"))
    assert await lines(heart, recap, MONDAY - timedelta(seconds=1)) == []
    assert await lines(heart, recap, MONDAY) == ["Last week: matched 8, delivered 8, folded 7, muted 1."]
    assert await lines(heart, recap, MONDAY + timedelta(minutes=1)) == []
    assert await lines(heart, recap, MONDAY + 7 * DAY) == ["Last week: matched 0, delivered 0, folded 0, muted 0."]


async def test_the_line_comes_at_the_hour_and_in_the_zone_of_the_conversation(heart: Heart, recap: Recap) -> None:
    await heart.store.preferences.keep(ROOM, Preferences(zone="America/New_York", digest_at=time(8, 30)))
    await heart.watch("faces")
    at = datetime(2026, 6, 8, 12, 30, tzinfo=UTC)
    assert await lines(heart, recap, at - timedelta(seconds=1)) == []
    assert len(await lines(heart, recap, at)) == 1


async def test_no_line_where_no_watch_stands_or_it_is_switched_off_or_too_new(heart: Heart, recap: Recap) -> None:
    assert await lines(heart, recap, MONDAY - timedelta(hours=2)) == []
    await heart.watch("faces")
    assert await lines(heart, recap, MONDAY) == []
    assert len(await lines(heart, recap, MONDAY + 7 * DAY)) == 1
    await heart.store.preferences.keep(ROOM, Preferences(zone="Europe/Zurich", recap=False))
    assert await lines(heart, recap, MONDAY + 14 * DAY) == []


async def test_a_bot_that_was_down_on_monday_tells_it_later_but_not_at_the_weekend(heart: Heart, recap: Recap) -> None:
    await heart.watch("faces")
    assert len(await lines(heart, recap, MONDAY + DAY)) == 1
    assert await lines(heart, recap, MONDAY + 12 * DAY) == []


def test_what_is_under_way_is_said() -> None:
    tally = Tally(matched=42, delivered=40, folded=9, muted=3)
    assert words(tally) == "Last week: matched 42, delivered 40, folded 9, muted 3; 2 not posted yet."


async def test_missed_digests_come_after_a_long_outage(heart: Heart) -> None:
    await heart.watch("faces", "daily 08:00")
    await heart.poll(news("zero", "Something else"))
    await heart.poll(news("one", "Faces one"))
    await heart.store.take_over()
    await heart.wait_until(heart.clock.now() + 9 * DAY)
    assert [text.splitlines()[0] for _, _, text in heart.chat.posts] == ["Daily digest: 1 new"]
    await heart.wait_until(heart.clock.now() + 9 * DAY)
    assert len(heart.chat.posts) == 1


async def test_a_digest_comes_by_the_clock_of_its_conversation(heart: Heart) -> None:
    far = Conversation("page", "far")
    await heart.store.preferences.keep(far, Preferences(zone="Asia/Tokyo"))
    cadence = parse_cadence("daily 08:00")
    await heart.store.watches.add(far, "faces", owner="o", note="", now=heart.clock.now(), cadence=cadence)
    await heart.poll(news("zero", "Something else"))
    await heart.poll(news("one", "Faces one"))
    await heart.wait_until(datetime(2026, 6, 1, 22, 59, tzinfo=UTC))
    assert not heart.chat.posts
    await heart.wait_until(datetime(2026, 6, 1, 23, 0, tzinfo=UTC))
    assert len(heart.chat.posts) == 1


async def test_a_source_that_falls_silent_is_noticed_once_and_once_when_it_speaks_again(heart: Heart) -> None:
    for number in range(12):
        await heart.poll(news(f"n{number}", f"Item number {date(2026, 6, 1) + number * DAY}"), after=DAY)
        assert await heart.notice.run_once() == 0
    heart.chat.posts.clear()
    for _ in range(6):
        await heart.poll(news("n11", "Item number 2026-06-12"), after=DAY)
        await heart.notice.run_once()
        await heart.deliverer.drain()
    [(_, _, said)] = heart.chat.posts
    assert said == (
        "A feed answers, and has had nothing new for 4 days; seldom was it silent for more than 24 hours. "
        "Look whether it has moved."
    )
    await heart.poll(news("n12", "Something new at last"), after=DAY)
    await heart.notice.run_once()
    await heart.deliverer.drain()
    assert [text for _, _, text in heart.chat.posts[1:]] == ["Well again: A feed."]
