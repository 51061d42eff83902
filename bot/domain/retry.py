"""What becomes of a delivery that a platform did not take."""

from datetime import datetime, timedelta

from bot.domain.errors import ChatError, RateLimited, Unauthorised, Undeliverable
from bot.domain.values import by_value

LEAST = timedelta(seconds=1)
FIRST = timedelta(seconds=2)
LONGEST = timedelta(minutes=15)


@by_value(kw_only=False)
class Again:
    """Try again, not before `at`."""

    at: datetime


@by_value(kw_only=False)
class GiveUp:
    """The message will never be posted."""

    why: str


@by_value(kw_only=False)
class Park:
    """Hold everything for this conversation until a person looks."""

    why: str


@by_value(kw_only=False)
class Halt:
    """Stop the platform; its deliveries wait."""

    why: str


Decision = Again | GiveUp | Park | Halt


def decide(error: ChatError, attempts: int, now: datetime) -> Decision:
    """Return what to do after `attempts` tries; an outage is never a reason to lose an alert."""
    match error:
        case RateLimited():
            return Again(now + max(error.retry_after, LEAST))
        case Undeliverable():
            return Park(str(error)) if error.closed else GiveUp(str(error))
        case Unauthorised():
            return Halt(str(error))
        case _:
            return Again(now + min(FIRST * 2 ** min(attempts, 12), LONGEST))
