"""How often a source usually has something new, learnt from what it had (design §5)."""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil

from bot.domain.sources import Health

LEARNT = 8
"""Gaps that must be known before a silence says anything."""
KEPT = 200
"""Gaps that are kept: of a newsroom's, two weeks, so that a weekend is among them."""
PERCENTILE, TIMES = 0.95, 3


def learn(health: Health, gap: timedelta) -> tuple[int, ...]:
    """Return the gaps, in seconds, with one more."""
    return (*health.gaps, int(gap.total_seconds()))[-KEPT:]


def usual(gaps: Sequence[int]) -> timedelta | None:
    """Return the 95th percentile of the gaps (nearest rank); None if too few are known."""
    if len(gaps) < LEARNT:
        return None
    return timedelta(seconds=sorted(gaps)[ceil(len(gaps) * PERCENTILE) - 1])


def silence(health: Health) -> timedelta | None:
    """Return for how long a source has had nothing new, if that is far too long for it; as of its last good answer.

    Far too long is three times the usual gap, and longer than it ever was.
    """
    gap = usual(health.gaps)
    if gap is None or health.newest is None or health.last_ok is None:
        return None
    silent = health.last_ok - health.newest
    return silent if silent > max(gap * TIMES, timedelta(seconds=max(health.gaps))) else None
