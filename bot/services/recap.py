"""Each Monday a line per channel that proves delivery: what was matched in a week, and what became of it."""

from datetime import UTC, datetime, timedelta

from bot.domain.alerts import Delivery, DeliveryKey, Verb
from bot.domain.chat import Conversation
from bot.domain.ports import Clock
from bot.domain.preferences import Preferences
from bot.domain.storing.outbox import Tally
from bot.domain.storing.store import Store
from bot.domain.values import by_value

WEEK = timedelta(days=7)
LATE = timedelta(days=2)
"""How long after its hour a line is still told: a bot that was down on Monday tells it on Tuesday."""
SETTLED = timedelta(days=1)
"""How long before the hour a watch must stand there: a team that began on Sunday has no week behind it."""
PREFIX = "recap-"


@by_value
class Recap:
    """Looks at the ledger of conversations where watches stand."""

    store: Store
    clock: Clock
    defaults: Preferences = Preferences()

    async def run_once(self) -> int:
        """Plan the lines whose hour has come; return how many are new."""
        now = self.clock.now()
        since: dict[Conversation, datetime] = {}
        for watch in (await self.store.watches.all())[1]:
            since[watch.conversation] = min(watch.created_at, since.get(watch.conversation, now))
        preferences = await self.store.preferences.all()
        lines = []
        for where, began in since.items():
            wanted = preferences.get(where, self.defaults)
            at = last_monday(now, wanted)
            if wanted.recap and now - at < LATE and began <= at - SETTLED:
                tally = await self.store.outbox.tally(where, since=at - WEEK, until=at)
                lines.append(_line(where, at, tally, wanted))
        return await self.store.outbox.enqueue(lines) if lines else 0


def last_monday(now: datetime, wanted: Preferences) -> datetime:
    """Return the last Monday's hour of digests, in UTC."""
    local = now.astimezone(wanted.clock)
    monday = local.date() - timedelta(days=local.weekday())
    at = datetime.combine(monday, wanted.digest_at, tzinfo=wanted.clock).astimezone(UTC)
    if at <= now:
        return at
    return datetime.combine(monday - WEEK, wanted.digest_at, tzinfo=wanted.clock).astimezone(UTC)


def _line(where: Conversation, at: datetime, tally: Tally, wanted: Preferences) -> Delivery:
    """The key holds the week: the store takes each once."""
    monday = at.astimezone(wanted.clock).date()
    return Delivery(
        key=DeliveryKey(f"{PREFIX}{monday.isoformat()}-{where}"),
        conversation=where,
        verb=Verb.NOTE,
        due=at,
        text=words(tally),
    )


def words(tally: Tally) -> str:
    """Return "Last week: matched 42, delivered 42, folded 9, muted 3."; what is under way is said too."""
    waiting = tally.matched - tally.delivered
    text = (
        f"Last week: matched {tally.matched}, delivered {tally.delivered}, folded {tally.folded}, muted {tally.muted}"
    )
    return f"{text}; {waiting} not posted yet." if waiting else f"{text}."
