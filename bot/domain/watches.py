"""Queries standing in conversations."""

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.domain.cadence import Cadence
from bot.domain.chat import Conversation
from bot.domain.values import by_value

WatchId = NewType("WatchId", int)


class Scope(StrEnum):
    """What a conversation hears of what a watch matches; subscriptions are watches without words."""

    WATCH = ""
    ALL = "all"
    STAGES = "stages"


@by_value
class Watch:
    """A query that a conversation wants to hear about.

    Attributes:
        query: canonical text; `bot.domain.query.parse` reads it.
        owner: who typed it, as the platform names people.
        muted_until: aware UTC; matches before then are recorded and not spoken.
        cadence: when its digests come; None speaks at once.
        scope: whether it was subscribed to, and to all or to passed stages alone.

    """

    id: WatchId
    conversation: Conversation
    query: str
    owner: str
    created_at: datetime
    note: str = ""
    muted_until: datetime | None = None
    cadence: Cadence | None = None
    scope: Scope = Scope.WATCH

    def muted(self, now: datetime) -> bool:
        """Tell whether the watch is silent at `now`."""
        return self.muted_until is not None and now < self.muted_until


@by_value
class Draft:
    """A query that somebody has been shown the replay of and has not said yes to.

    Attributes:
        watch: the watch that it would change, None for a new one.
        at: when it was typed; aware UTC.

    """

    conversation: Conversation
    owner: str
    query: str
    at: datetime
    note: str = ""
    watch: WatchId | None = None
    cadence: Cadence | None = None


@by_value(kw_only=False)
class Hit:
    """Where a watch matched: offsets into the original text of the entry's field."""

    field: str
    start: int
    end: int
    term: str


class Match:
    """A watch that an entry satisfies, and by what; compared by both.

    Where it hit may be given as a function, which is asked when somebody first wants to know.
    """

    __slots__ = ("_hits", "watch")

    def __init__(self, watch: WatchId, hits: tuple[Hit, ...] | Callable[[], tuple[Hit, ...]]) -> None:
        self.watch = watch
        self._hits = hits

    @property
    def hits(self) -> tuple[Hit, ...]:
        """Where the watch hit."""
        if callable(self._hits):
            self._hits = self._hits()
        return self._hits

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Match) and (self.watch, self.hits) == (other.watch, other.hits)

    def __hash__(self) -> int:
        return hash(self.watch)

    def __repr__(self) -> str:
        return f"Match({self.watch!r}, {self.hits!r})"


def asleep(watches: Iterable[Watch], now: datetime) -> frozenset[Conversation]:
    """Return the conversations that muted every watch they have: they want to hear nothing at all."""
    rows = list(watches)
    awake = {watch.conversation for watch in rows if not watch.muted(now)}
    return frozenset(watch.conversation for watch in rows) - awake
