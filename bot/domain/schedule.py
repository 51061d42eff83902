"""When a source is asked again (design §5, politeness)."""

from datetime import datetime, timedelta
from hashlib import blake2b

from bot.domain.sources import Hints, Tracked

LONGEST = timedelta(hours=24)
QUIET = timedelta(days=7)
"""A source without news for this long is asked half as often, for four times this long a quarter as often."""


def after_success(tracked: Tracked, hints: Hints, *, now: datetime, least: timedelta) -> datetime:
    """Return the next poll of a source that answered; never sooner than `least` nor than it asked for."""
    interval = max(tracked.source.interval, least)
    newest = tracked.health.newest
    if newest is not None and now - newest > QUIET:
        interval *= 4 if now - newest > 4 * QUIET else 2
    interval = max(min(interval, LONGEST), hints.at_least or timedelta())
    return now + _jittered(tracked, min(interval, LONGEST))


def after_failure(tracked: Tracked, *, now: datetime, least: timedelta, retry_after: timedelta | None) -> datetime:
    """Return the next poll of a source that failed: doubling from `least`, and not before it allows."""
    doubled = least * 2 ** min(tracked.health.failures, 12)
    interval = min(max(doubled, least), max(tracked.source.interval, least) * 4, LONGEST)
    return now + max(_jittered(tracked, interval), retry_after or timedelta())


def _jittered(tracked: Tracked, interval: timedelta) -> timedelta:
    """Spread polls by up to a tenth, later only, the same way for the same source and poll."""
    seed = f"{tracked.source.id}/{tracked.health.polls}".encode()
    share = int.from_bytes(blake2b(seed, digest_size=2).digest(), "big") / 65_536
    return interval * (1 + share / 10)
