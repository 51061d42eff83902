"""Once a quarter: watches that have found nothing for half a year are brought up in their conversation."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.alerts import Delivery, DeliveryKey, Verb
from bot.domain.chat import Conversation
from bot.domain.ports import Clock
from bot.domain.storing.store import Store
from bot.domain.values import by_value
from bot.domain.watches import Watch

IDLE = timedelta(days=180)
MOST_NAMED = 10
LONGEST_QUERY = 80


@by_value
class Review:
    """Looks at all watches."""

    store: Store
    clock: Clock

    async def run_once(self) -> int:
        """Raise idle watches, at most once a quarter in each conversation; return how many messages that makes."""
        now = self.clock.now()
        _, every = await self.store.watches.all()
        old: dict[Conversation, list[Watch]] = {}
        for watch in every:
            if watch.created_at <= now - IDLE:
                old.setdefault(watch.conversation, []).append(watch)
        notes = []
        for where, watches in old.items():
            hits = await self.store.watches.hits(where, since=now - IDLE)
            idle = [watch for watch in watches if not hits.get(watch.id, (0, None))[0]]
            if idle:
                notes.append(_note(where, idle, now))
        return await self.store.outbox.enqueue(notes)


def _note(where: Conversation, idle: Sequence[Watch], now: datetime) -> Delivery:
    """The key holds the quarter: the store takes each once."""
    quarter = (now.month + 2) // 3
    return Delivery(
        key=DeliveryKey(f"review-{now.year}q{quarter}-{where}"),
        conversation=where,
        verb=Verb.NOTE,
        due=now,
        text=_words(idle),
    )


def _words(idle: Sequence[Watch]) -> str:
    named = "; ".join(f"{watch.id} ({_short(watch.query)})" for watch in idle[:MOST_NAMED])
    left = f"; and {len(idle) - MOST_NAMED} more" if len(idle) > MOST_NAMED else ""
    one = len(idle) == 1
    found = "One watch here has" if one else f"{len(idle)} watches here have"
    number = idle[0].id
    return (
        f"{found} found nothing in {IDLE.days} days: {named}{left}. Type “edit {number} QUERY” to ask otherwise, "
        f"“unwatch {number}” to end {'it' if one else 'one'}, or leave {'it' if one else 'them'} standing."
    )


def _short(query: str) -> str:
    return query if len(query) <= LONGEST_QUERY else f"{query[: LONGEST_QUERY - 1]}…"
