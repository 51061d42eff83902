"""How a thing came about: the dates that its entries name, and how they changed while they were read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise

from bot.domain.changes import Known
from bot.domain.diff import differences
from bot.domain.entries import Entry, Kind, fact, fact_day
from bot.domain.values import by_value
from bot.services.commands.arguments import clipped

DATES: Mapping[str, str] = {
    "stage_date": "",
    "consented": "Consented",
    "last_call_from": "Last Call begins",
    "last_call_until": "Last Call ends",
    "additional_review_from": "Additional Review begins",
    "additional_review_until": "Additional Review ends",
    "approved": "Approved",
}
"""Facts that are days on which an item took a step; an empty word stands for the stage."""
UNTOLD = frozenset({"link", "text", "facts.companies", "facts.named"})
LONGEST_VALUE = 120


@by_value
class Step:
    """Something that happened, or will, on a day."""

    at: date
    what: str
    link: str | None = None


def steps(found: Iterable[Known]) -> Iterator[Step]:
    """Yield the days that entries name, in no order."""
    for known in found:
        entry = known.entry
        if entry.kind is Kind.WORK_ITEM and entry.published is not None:
            yield Step(at=entry.published.date(), what="Registered in the work programme", link=entry.link)
        if entry.kind is Kind.DOCUMENT and entry.published is not None and (purpose := fact(entry, "purpose")):
            title = f"{purpose.capitalize()}: {fact(entry, 'number')} {clipped(entry.title, 80)}"
            yield Step(at=entry.published.date(), what=title, link=entry.link)
        yield from _dated(entry)


def _dated(entry: Entry) -> Iterator[Step]:
    number = fact(entry, "number")
    called = f" as {number}" if entry.kind is Kind.PUBLICATION and number else ""
    for name, word in DATES.items():
        when, what = fact_day(entry, name), word or fact(entry, "stage").capitalize()
        if when and what:
            yield Step(at=when, what=f"{what}{called if name == 'approved' else ''}", link=entry.link)


def changes(past: Sequence[tuple[datetime, Entry]], known: Known) -> Iterator[Step]:
    """Yield what changed while it was read: "Timing: now 2027, was 2026-Q3"."""
    versions = [*(entry for _, entry in past), known.entry]
    for (at, _), (before, now) in zip(past, pairwise(versions), strict=True):
        for field in differences(before, now):
            if field in UNTOLD:
                continue
            was, is_ = _value(before, field), _value(now, field)
            label = field.removeprefix("facts.").replace("_", " ").capitalize()
            what = f"{label}: now {is_ or 'not said'}, was {was or 'not said'}"
            yield Step(at=at.date(), what=what, link=known.entry.link)


def _value(entry: Entry, field: str) -> str:
    if field.startswith("facts."):
        return clipped(fact(entry, field.removeprefix("facts.")), LONGEST_VALUE)
    value = getattr(entry, field)
    return clipped(value.isoformat() if isinstance(value, date) else str(value or ""), LONGEST_VALUE)
