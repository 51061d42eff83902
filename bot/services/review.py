"""Once a quarter: watches that have found nothing for half a year, or whose owners left, are brought up."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta

import structlog

from bot.domain.alerts import Delivery, DeliveryKey, Verb
from bot.domain.chat import Conversation
from bot.domain.errors import ChatDown, ChatError
from bot.domain.ports import Clock, Roster
from bot.domain.storing.store import Store
from bot.domain.values import by_value
from bot.domain.watches import Watch

IDLE = timedelta(days=180)
MOST_NAMED = 10
LONGEST_QUERY = 80
log = structlog.get_logger(__name__)


@by_value
class Review:
    """Looks at all watches.

    Attributes:
        rosters: the platforms that know who is still there, by name.

    """

    store: Store
    clock: Clock
    rosters: Mapping[str, Roster] = field(default_factory=dict)

    async def run_once(self) -> int:
        """Raise idle and left watches, each at most once a quarter in a conversation; return how many messages."""
        now = self.clock.now()
        _, every = await self.store.watches.all()
        here: dict[Conversation, list[Watch]] = {}
        for watch in every:
            here.setdefault(watch.conversation, []).append(watch)
        notes = []
        rosters = dict(self.rosters)
        for where, watches in here.items():
            if idle := await self._idle(where, watches, now):
                notes.append(_note("review", where, _idle_words(idle), now))
            if left := await _left(where, watches, rosters):
                notes.append(_note("owners", where, _left_words(left), now))
        return await self.store.outbox.enqueue(notes)

    async def _idle(self, where: Conversation, watches: Sequence[Watch], now: datetime) -> Sequence[Watch]:
        """Return the watches that had time to find something and did not."""
        old = [watch for watch in watches if watch.created_at <= now - IDLE]
        hits = await self.store.watches.hits(where, since=now - IDLE) if old else {}
        return [watch for watch in old if not hits.get(watch.id, (0, None))[0]]


async def _left(where: Conversation, watches: Sequence[Watch], rosters: dict[str, Roster]) -> Sequence[Watch]:
    """Return the watches whose owners left; none if the platform does not say. One that is down is asked once."""
    roster = rosters.get(where.platform)
    if roster is None:
        return []
    try:
        gone = await roster.left(where, {watch.owner for watch in watches})
    except ChatError as error:
        if isinstance(error, ChatDown):
            del rosters[where.platform]
        log.info("review.owners_unknown", conversation=str(where), why=str(error))
        return []
    return [watch for watch in watches if watch.owner in gone]


def _note(what: str, where: Conversation, text: str, now: datetime) -> Delivery:
    """The key holds the quarter: the store takes each once."""
    quarter = (now.month + 2) // 3
    return Delivery(
        key=DeliveryKey(f"{what}-{now.year}q{quarter}-{where}"),
        conversation=where,
        verb=Verb.NOTE,
        due=now,
        text=text,
    )


def _named(watches: Sequence[Watch]) -> str:
    named = "; ".join(f"{watch.id} ({_short(watch.query)})" for watch in watches[:MOST_NAMED])
    return named + (f"; and {len(watches) - MOST_NAMED} more" if len(watches) > MOST_NAMED else "")


def _left_words(left: Sequence[Watch]) -> str:
    found = "Who made one watch here has" if len(left) == 1 else f"The people who made {len(left)} watches here have"
    return (
        f"{found} left: {_named(left)}. {'It goes' if len(left) == 1 else 'They go'} on all the same; "
        f"type “unwatch {left[0].id}” to end {'it' if len(left) == 1 else 'one'}."
    )


def _idle_words(idle: Sequence[Watch]) -> str:
    one = len(idle) == 1
    found = "One watch here has" if one else f"{len(idle)} watches here have"
    number = idle[0].id
    return (
        f"{found} found nothing in {IDLE.days} days: {_named(idle)}. Type “edit {number} QUERY” to ask otherwise, "
        f"“unwatch {number}” to end {'it' if one else 'one'}, or leave {'it' if one else 'them'} standing."
    )


def _short(query: str) -> str:
    return query if len(query) <= LONGEST_QUERY else f"{query[: LONGEST_QUERY - 1]}…"
