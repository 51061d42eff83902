"""Tells the operators when sources break or fall silent, and when they recover: once each, many in one message."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.alerts import Delivery, DeliveryKey, Verb
from bot.domain.chat import Conversation
from bot.domain.entries import SourceId
from bot.domain.ids import digest
from bot.domain.ports import Clock
from bot.domain.rhythm import silence, usual
from bot.domain.sources import Tracked
from bot.domain.storing.store import Store
from bot.domain.values import by_value

PATIENCE = 3
"""Failed polls in a row before anybody is told: one is weather."""
PATIENCE_WITH_ODD = 2
MOST_NAMED = 8
SHORT_HOURS = 48
DOWN, ODD, GONE, SILENT, WELL = "down", "odd", "gone", "silent", ""


@by_value
class Notice:
    """Posts what changed in the health of sources to the operators' conversation."""

    store: Store
    clock: Clock
    operators: Conversation

    async def run_once(self, *, summary: bool = False) -> int:
        """Tell what changed since operators were last told; with `summary`, how all of them do.

        Returns how many messages there are to deliver, 0 or 1.
        """
        listing = await self.store.sources.listing(gone=True)
        states = {tracked.source.id: state(tracked, patience=1 if summary else PATIENCE) for tracked in listing}
        changed = [tracked for tracked in listing if states[tracked.source.id] != tracked.health.told]
        if not changed and not summary:
            return 0
        text = _summary(listing, states) if summary else _changes(changed, states)
        now = self.clock.now()
        key = DeliveryKey(f"note-{digest('note', self.operators, now, text)}")
        note = Delivery(key=key, conversation=self.operators, verb=Verb.NOTE, due=now, text=text)
        await self.store.outbox.enqueue([note])
        await self.store.sources.told({tracked.source.id: states[tracked.source.id] for tracked in changed})
        return 1


def state(tracked: Tracked, *, patience: int = PATIENCE) -> str:
    """Return what operators should know of a source; one that just failed keeps what was told of it."""
    health = tracked.health
    if tracked.retired:
        return GONE
    if health.suspect >= min(patience, PATIENCE_WITH_ODD):
        return ODD
    if health.failures >= patience:
        return DOWN
    if health.failures or health.suspect:
        return health.told
    return SILENT if silence(health) is not None and not tracked.paused else WELL


def _summary(listing: Sequence[Tracked], states: dict[SourceId, str]) -> str:
    asked = [tracked for tracked in listing if tracked.health.polls and not tracked.retired]
    down = [tracked for tracked in asked if states[tracked.source.id] == DOWN]
    fine = len(asked) - len(down)
    who = "1 source was" if len(asked) == 1 else f"{len(asked)} sources were"
    text = f"{who} asked: {fine} answered, {len(down)} could not be reached."
    if down:
        text += f" Not reached: {_named(down)}. They are asked again later; “sources” shows why."
    return text


def _changes(changed: Sequence[Tracked], states: dict[SourceId, str]) -> str:
    sentences = []
    for wanted, words in (
        (DOWN, "stopped answering"),
        (ODD, "answered something odd, and was not believed"),
        (GONE, "is gone for good, and not asked any more"),
    ):
        rows = [tracked for tracked in changed if states[tracked.source.id] == wanted]
        if len(rows) == 1:
            sentences.append(f"{rows[0].source.name} {words}: {rows[0].health.last_error}")
        elif rows:
            sentences.append(f"{len(rows)} sources {words}: {_named(rows)}. “sources” shows why.")
    sentences += [_silence(tracked) for tracked in changed if states[tracked.source.id] == SILENT]
    back = [tracked for tracked in changed if states[tracked.source.id] == WELL]
    if back:
        sentences.append(f"Well again: {_named(back)}.")
    return " ".join(sentences)


def _silence(tracked: Tracked) -> str:
    """Say how long a source has had nothing new, beside what is usual for it."""
    silent, gap = silence(tracked.health), usual(tracked.health.gaps)
    if silent is None or gap is None:
        return ""
    return (
        f"{tracked.source.name} answers, and has had nothing new for {_long(silent)}; "
        f"seldom was it silent for more than {_long(gap)}. Look whether it has moved."
    )


def _long(span: timedelta) -> str:
    hours = span // timedelta(hours=1)
    if hours < SHORT_HOURS:
        return f"{max(hours, 1)} hour{'s' if hours > 1 else ''}"
    return f"{span // timedelta(days=1)} days"


def _named(rows: Sequence[Tracked]) -> str:
    names = ", ".join(tracked.source.name for tracked in rows[:MOST_NAMED])
    return names if len(rows) <= MOST_NAMED else f"{names} and {len(rows) - MOST_NAMED} more"
