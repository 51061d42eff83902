"""Once a quarter, watches that find nothing are brought up."""

from datetime import UTC, datetime, timedelta

from bot.services.review import Review
from tests.services.room import ELSEWHERE, HERE, Room, alerted


async def notes(room: Room) -> list[str]:
    now = room.clock.now()
    parcels = await room.store.outbox.claim(now=now, owner="t", lease=timedelta(minutes=1), busy=(), limit=9)
    return [f"{one.delivery.conversation}: {one.delivery.text}" for one in parcels]


async def test_watches_without_a_hit_for_half_a_year_are_raised_once_a_quarter(room: Room) -> None:
    review = Review(store=room.store, clock=room.clock)
    await room.says("watch facial recognition --yes")
    await room.says("watch unicorn --yes")
    await room.says("watch dragons --yes", ELSEWHERE)
    await alerted(room, posted=True, ago=-timedelta(days=30))
    assert await review.run_once() == 0
    room.clock.at = datetime(2027, 5, 5, 12, tzinfo=UTC)
    await room.says("watch new words --yes")
    assert await review.run_once() == 2
    first, second = sorted(await notes(room))
    assert first.startswith(f"{HERE}: One watch here has found nothing in 180 days: 2 (unicorn). Type “edit 2 QUERY”")
    assert second.startswith(f"{ELSEWHERE}: One watch here has found nothing in 180 days: 3 (dragons).")
    room.clock.at = datetime(2027, 6, 30, 12, tzinfo=UTC)
    assert await review.run_once() == 0
    room.clock.at = datetime(2027, 7, 1, 12, tzinfo=UTC)
    assert await review.run_once() == 2
