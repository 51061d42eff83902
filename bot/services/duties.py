"""What is due when: the deadlines that a person can miss."""

from collections.abc import Iterable
from datetime import date

from bot.domain.changes import Known
from bot.domain.entries import Entry
from bot.domain.ladder import Rung, ladder


def duties(entry: Entry) -> tuple[Rung, ...]:
    """Return the deadlines of an entry of which people are reminded, as the body's rules and its source give them."""
    return tuple(rung for rung in ladder(entry) if rung.rule.reminded)


def said(rung: Rung) -> str:
    """Say what is due: "Contributions are due"."""
    return rung.rule.what[:1].upper() + rung.rule.what[1:]


def ahead(found: Iterable[Known], today: date) -> list[tuple[Rung, Known]]:
    """Return what is due from today on, the nearest first."""
    due = [(rung, known) for known in found for rung in duties(known.entry) if rung.due >= today]
    return sorted(due, key=lambda row: (row[0].due, row[1].id, row[0].rule.name))
