"""Once a quarter, watches that find nothing are brought up."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.domain.chat import Conversation
from bot.domain.errors import ChatDown
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


@dataclass
class Here:
    """A platform that knows who left, or is down."""

    gone: frozenset[str] = frozenset()
    down: bool = False
    asked: list[Conversation] = field(default_factory=list)

    async def left(self, where: Conversation, people: Collection[str]) -> Collection[str]:
        self.asked.append(where)
        if self.down:
            raise ChatDown("Nobody answers.")
        return self.gone.intersection(people)


async def test_watches_whose_owner_left_are_raised_once_a_quarter(room: Room) -> None:
    here = Here()
    review = Review(store=room.store, clock=room.clock, rosters={HERE.platform: here})
    await room.says("watch facial recognition --yes")
    await room.store.watches.add(HERE, "drones", owner="bob", note="", now=room.clock.now())
    await room.says("watch dragons --yes", ELSEWHERE)
    assert await review.run_once() == 0
    assert here.asked == [HERE]
    here.gone = frozenset({"anna", "carla"})
    assert await review.run_once() == 1
    assert await review.run_once() == 0
    (said,) = await notes(room)
    assert said.startswith(
        f"{HERE}: Who made one watch here has left: 1 (facial recognition). It goes on all the same;"
    )
    assert said.endswith("type “unwatch 1” to end it.")
    room.clock.at += timedelta(days=90)
    assert await review.run_once() == 1


async def test_a_platform_that_does_not_answer_is_asked_once_and_nobody_is_said_to_have_left(room: Room) -> None:
    here = Here(down=True)
    review = Review(store=room.store, clock=room.clock, rosters={HERE.platform: here})
    await room.says("watch facial recognition --yes")
    await room.says("watch dragons --yes", Conversation(HERE.platform, "other"))
    assert await review.run_once() == 0
    assert len(here.asked) == 1
