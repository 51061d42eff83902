"""What is due when, as entries themselves say it: deadlines that a person can miss."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from bot.domain.changes import Known
from bot.domain.entries import Entry
from bot.domain.values import by_value

SAID: Mapping[str, tuple[str, str]] = {
    "contribution_deadline": ("contributions", "Contributions due"),
    "last_call_until": ("last-call", "Last Call ends"),
    "additional_review_until": ("additional-review", "Additional Review ends"),
    "reply_by": ("reply", "Reply due"),
}
"""Facts that are days by which something must be done: a short name, and words."""


@by_value
class Duty:
    """A day by which something must be done.

    Attributes:
        name: short and stable, part of a calendar entry's identity.
        rule: where the day comes from, if it was computed.

    """

    name: str
    what: str
    due: date
    rule: str = ""


def duties(entry: Entry) -> Iterator[Duty]:
    """Yield what is due for an entry; what its source called off is not."""
    for fact, (name, what) in SAID.items():
        due = _day(entry.facts.get(fact))
        if due is not None:
            yield Duty(name=name, what=what, due=due, rule=str(entry.facts.get(f"{fact}_rule", "")))


def ahead(found: Iterable[Known], today: date) -> list[tuple[Duty, Known]]:
    """Return what is due from today on, the nearest first."""
    due = [(duty, known) for known in found for duty in duties(known.entry) if duty.due >= today]
    return sorted(due, key=lambda row: (row[0].due, row[1].id, row[0].name))


def _day(said: object) -> date | None:
    try:
        return date.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
