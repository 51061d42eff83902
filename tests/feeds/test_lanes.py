"""One request at a time per host, a pause between starts, cool-downs that double."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.domain.errors import FetchError
from feeds import lanes as module
from feeds.lanes import Lanes
from tests.feeds.conftest import START, FakeClock

SECOND = timedelta(seconds=1)


def make(clock: FakeClock, *, interval: timedelta = SECOND, concurrency: int = 8) -> Lanes:
    return Lanes(clock, interval=interval, concurrency=concurrency)


async def test_requests_to_one_host_start_an_interval_apart(clock: FakeClock) -> None:
    lanes, starts = make(clock), list[datetime]()
    for _ in range(4):
        async with lanes.turn("a"):
            starts.append(clock.now())
            clock.pass_(seconds=0.3)
    assert [start - START for start in starts] == [SECOND * n for n in range(4)]


async def test_a_slow_answer_counts_towards_the_interval(clock: FakeClock) -> None:
    lanes = make(clock)
    async with lanes.turn("a"):
        clock.pass_(seconds=7)
    async with lanes.turn("a"):
        assert clock.now() == START + 7 * SECOND


async def test_hosts_do_not_wait_for_each_other(clock: FakeClock) -> None:
    lanes = make(clock)
    async with lanes.turn("a"), lanes.turn("b"):
        assert clock.now() == START


async def test_one_host_is_never_asked_twice_at_once(clock: FakeClock) -> None:
    lanes, busy, most = make(clock, interval=timedelta()), 0, 0

    async def ask() -> None:
        nonlocal busy, most
        async with lanes.turn("a"):
            busy += 1
            most = max(most, busy)
            await asyncio.sleep(0)
            busy -= 1

    await asyncio.gather(*(ask() for _ in range(10)))
    assert most == 1


async def test_all_hosts_together_stay_below_the_bound(clock: FakeClock) -> None:
    lanes, busy, most = make(clock, concurrency=3), 0, 0

    async def ask(host: str) -> None:
        nonlocal busy, most
        async with lanes.turn(host):
            busy += 1
            most = max(most, busy)
            await asyncio.sleep(0)
            busy -= 1

    await asyncio.gather(*(ask(str(n)) for n in range(12)))
    assert most == 3


async def test_waiting_for_a_turn_takes_no_place_of_others(clock: FakeClock) -> None:
    lanes = make(clock, concurrency=2)
    async with lanes.turn("a"):
        queue = [asyncio.ensure_future(pass_through(lanes, "a")) for _ in range(5)]
        await asyncio.sleep(0)
        await asyncio.wait_for(pass_through(lanes, "b"), 1)
    await asyncio.gather(*queue)


async def pass_through(lanes: Lanes, host: str) -> None:
    async with lanes.turn(host):
        await asyncio.sleep(0)


async def test_a_crawl_delay_lengthens_and_never_shortens_the_interval(clock: FakeClock) -> None:
    lanes = make(clock)
    async with lanes.turn("a", interval=10 * SECOND):
        pass
    async with lanes.turn("a", interval=10 * SECOND):
        assert clock.now() == START + 10 * SECOND
    async with lanes.turn("a", interval=SECOND / 10):
        assert clock.now() == START + 11 * SECOND


async def test_a_cool_down_doubles_to_its_limit_and_is_told_at_once(clock: FakeClock) -> None:
    lanes = make(clock)
    assert [lanes.cool("a").total_seconds() for _ in range(7)] == [60, 120, 240, 480, 900, 900, 900]
    with pytest.raises(FetchError, match="900 s") as caught:
        async with lanes.turn("a"):
            pytest.fail("the host is cooling down")
    assert caught.value.retry_after == timedelta(seconds=900)
    assert clock.now() == START, "a cool-down is not waited for"
    clock.pass_(seconds=900)
    async with lanes.turn("a"):
        pass


async def test_those_who_queue_when_a_cool_down_begins_are_told_too(clock: FakeClock) -> None:
    lanes = make(clock)
    async with lanes.turn("a"):
        waiting = asyncio.ensure_future(pass_through(lanes, "a"))
        await asyncio.sleep(0)
        lanes.cool("a")
    with pytest.raises(FetchError):
        await waiting


async def test_a_good_answer_forgets_the_strikes(clock: FakeClock) -> None:
    lanes = make(clock)
    lanes.cool("a")
    lanes.cool("a")
    lanes.well("a")
    assert lanes.cool("a") == timedelta(seconds=60)


async def test_a_longer_wish_of_the_server_is_granted_within_reason(clock: FakeClock) -> None:
    lanes = make(clock)
    assert lanes.cool("a", timedelta(seconds=300)) == timedelta(seconds=300)
    assert lanes.cool("b", timedelta(days=1)) == timedelta(seconds=900)
    assert lanes.cool("c", timedelta(seconds=1)) == timedelta(seconds=60)


async def test_a_clock_set_back_does_not_stall_a_host(clock: FakeClock) -> None:
    lanes = make(clock)
    async with lanes.turn("a"):
        pass
    clock.time -= timedelta(days=1)
    before = clock.now()
    async with lanes.turn("a"):
        assert clock.now() - before <= SECOND


async def test_idle_lanes_are_forgotten_and_cooling_ones_are_not(clock: FakeClock) -> None:
    lanes = make(clock)
    lanes.cool("unwell")
    for n in range(3 * module.LANES_KEPT):
        await pass_through(lanes, str(n))
        clock.pass_(seconds=0.01)
    assert len(lanes) <= module.LANES_KEPT
    with pytest.raises(FetchError):
        await pass_through(lanes, "unwell")


async def test_a_cancelled_wait_leaves_the_lane_usable(clock: FakeClock) -> None:
    lanes = make(clock)
    async with lanes.turn("a"):
        waiting = asyncio.ensure_future(pass_through(lanes, "a"))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    await asyncio.wait_for(pass_through(lanes, "a"), 1)
