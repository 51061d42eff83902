"""The real clock, and the only place that reads it."""

import asyncio
from datetime import UTC, datetime, timedelta

LONGEST_SLEEP = timedelta(minutes=1)
"""The wall clock may be set; a long sleep is cut so that it is noticed."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Return the present, aware UTC."""
        return datetime.now(UTC)  # noqa: TID251  # the one place

    async def sleep_until(self, when: datetime) -> None:
        """Return when the clock has reached `when`."""
        while (left := when - self.now()) > timedelta():  # noqa: ASYNC110  # time is what is waited for
            await asyncio.sleep(min(left, LONGEST_SLEEP).total_seconds())


class SteppedClock:
    """A clock that a script moves: the demo's week passes in seconds."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._moved = asyncio.Condition()

    def now(self) -> datetime:
        """Return the scripted present."""
        return self._now

    async def advance_to(self, when: datetime) -> None:
        """Move to `when` (never back) and wake who waits for it."""
        async with self._moved:
            self._now = max(self._now, when)
            self._moved.notify_all()

    async def sleep_until(self, when: datetime) -> None:
        """Return when the script has reached `when`."""
        async with self._moved:
            await self._moved.wait_for(lambda: self._now >= when)
