"""One meeting, though several lists have it."""

from collections.abc import Iterable

from bot.domain.changes import Known
from bot.domain.entries import EntryId, Kind
from bot.domain.identity_graph import bonds


def once_each(found: Iterable[Known]) -> list[Known]:
    """Return what was found in its order, each meeting once: as the list has it that still does, and had it first."""
    rows = list(found)
    told: set[str] = set()
    chosen: set[EntryId] = set()
    for known in sorted(rows, key=lambda known: (known.gone, known.first_seen, known.id)):
        ties = bonds(known.entry).own if known.entry.kind is Kind.MEETING else frozenset[str]()
        if told.isdisjoint(ties):
            told |= ties
            chosen.add(known.id)
    return [known for known in rows if known.id in chosen]
