"""One lane per host: one request at a time, a pause between starts, a cool-down when the host is unwell."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.domain.errors import FetchError
from bot.domain.ports import Clock

FIRST_COOL_DOWN = timedelta(seconds=60)
LONGEST_COOL_DOWN = timedelta(seconds=900)
"""ITU's firewall calms down within minutes; the same suits others."""

LANES_KEPT = 512
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Lane:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    started: datetime = LONG_AGO
    pause: timedelta = timedelta()
    strikes: int = 0
    cold_until: datetime = LONG_AGO


class Lanes:
    """Takes turns per host, on an injected clock, with a bound on all hosts together."""

    def __init__(self, clock: Clock, *, interval: timedelta, concurrency: int) -> None:
        self._clock = clock
        self._interval = interval
        self._slots = asyncio.Semaphore(concurrency)
        self._lanes: dict[str, _Lane] = {}

    def __len__(self) -> int:
        return len(self._lanes)

    @asynccontextmanager
    async def turn(self, host: str, *, interval: timedelta | None = None) -> AsyncIterator[None]:
        """Hold the host's lane for one request, `interval` (if longer than ours) after the last one began.

        Raise FetchError at once while the host is cooling down, without waiting for it.
        """
        lane = self._lane(host)
        lane.users += 1
        try:
            async with lane.lock:
                self._refuse_if_cold(host, lane)
                lane.pause = max(self._interval, interval or self._interval)
                await self._wait(lane)
                async with self._slots:
                    lane.started = self._clock.now()
                    yield
        finally:
            lane.users -= 1

    async def _wait(self, lane: _Lane) -> None:
        now = self._clock.now()
        ready = min(lane.started + lane.pause, now + lane.pause)  # a clock set back must not stall us
        if ready > now:
            await self._clock.sleep_until(ready)

    def _refuse_if_cold(self, host: str, lane: _Lane) -> None:
        left = lane.cold_until - self._clock.now()
        if left > timedelta():
            raise FetchError(
                f"{host} asked for a pause; it is left alone for another {left.total_seconds():.0f} s.",
                retry_after=left,
            )

    def cool(self, host: str, asked: timedelta | None = None) -> timedelta:
        """Leave the host alone: 60 s, doubling to 900 s, or as long as it asked for (up to 900 s); return how long."""
        lane = self._lane(host)
        step = min(FIRST_COOL_DOWN * (1 << min(lane.strikes, 8)), LONGEST_COOL_DOWN)
        pause = max(step, min(asked or step, LONGEST_COOL_DOWN))
        lane.strikes += 1
        lane.cold_until = self._clock.now() + pause
        return pause

    def well(self, host: str) -> None:
        """Forget the host's strikes: it answered as it should."""
        lane = self._lanes.get(host)
        if lane is not None:
            lane.strikes = 0

    def _lane(self, host: str) -> _Lane:
        lane = self._lanes.get(host)
        if lane is None:
            if len(self._lanes) >= LANES_KEPT:
                self._forget()
            lane = self._lanes[host] = _Lane()
        return lane

    def _forget(self) -> None:
        """Drop the lanes that nobody uses and whose past no longer matters."""
        now = self._clock.now()
        self._lanes = {
            host: lane
            for host, lane in self._lanes.items()
            if lane.users or now < lane.started + lane.pause or now < lane.cold_until + LONGEST_COOL_DOWN
        }
