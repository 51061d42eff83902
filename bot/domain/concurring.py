"""What the lists of one story say already: a change that another list told is no news again.

The catalogue of meetings moves a meeting today, the calendar tomorrow; the work programme says "consented" before the
page of the item does. The first to say it is told, the others only bring the card up to date.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.alerts import Reason
from bot.domain.changes import Added, Change, Known, Missing, Updated, Withdrawn
from bot.domain.diff import called_off
from bot.domain.entries import Entry, Kind, day
from bot.domain.identity_graph import bonds
from bot.domain.stages import height, stage_of

# Changes of these fields are told in the thread; all others only bring the card up to date.
TOLD = frozenset({"starts", "ends", "place", "status", "listed", "group"})
TOLD_OF_OTHER_KINDS = TOLD | {"title"}

PREDECESSOR = "=predecessor"

_IDS = ("isn ", "aap ", "idrec ", "item ", "text ")


def told_fields(change: Updated) -> frozenset[str]:
    """Return those fields of a change that are told: of texts and documents, a status, a supporter, an editor too."""
    if change.now.entry.kind is Kind.MEETING:
        return TOLD
    return TOLD_OF_OTHER_KINDS | {name for name in change.fields if name.startswith("facts.")}


def unsaid(change: Change, siblings: Sequence[Known]) -> frozenset[str]:
    """Return the fields of a change that no sibling, an entry of the same story from another list, has said.

    Of what is new or gone: `("listed",)` if that is news, `("facts.stage",)` if it stands higher than its siblings.
    """
    entry = change.now.entry
    others = [row.entry for row in siblings if row.id != change.now.id and alike(entry, row.entry)]
    match change:
        case Added():
            return _unsaid_of_new(entry, others)
        case Withdrawn():
            return frozenset() if any(map(called_off, others)) else frozenset({"status"})
        case Missing():
            listed = (row for row in siblings if row.id != change.now.id and not row.gone and not row.missing)
            again = any(alike(entry, row.entry) and same_days(entry, row.entry) for row in listed)
            return frozenset() if again else frozenset({"listed"})
        case Updated():
            return frozenset(name for name in change.fields if not any(_says(name, entry, one) for one in others))


def alike(entry: Entry, other: Entry) -> bool:
    """Tell whether two entries of one story are of the same thing: not two editions, nor an item and an old text."""
    if Kind.MEETING in (entry.kind, other.kind):
        return entry.kind is other.kind
    if Kind.DOCUMENT in (entry.kind, other.kind):
        return False
    mine, theirs = bonds(entry, "ITU-T").own, bonds(other, "ITU-T").own
    if any(tie.startswith(_IDS) for tie in mine & theirs):
        return True
    return entry.kind is not other.kind and bool(mine & theirs)


def before_it(entry: Entry, siblings: Sequence[Known]) -> Entry | None:
    """Return the sibling that stands highest below a new entry: what the new one was until now."""
    lower = [row.entry for row in siblings if alike(entry, row.entry) and stage_of(row.entry)]
    lower = [one for one in lower if height(stage_of(one)) < height(stage_of(entry))]
    return max(lower, key=lambda one: height(stage_of(one)), default=None)


def same_days(entry: Entry, other: Entry) -> bool:
    """Tell whether two meetings have the same first and, as far as both say it, the same last day."""
    if entry.starts is None or other.starts is None or day(entry.starts) != day(other.starts):
        return entry.starts is other.starts
    return entry.ends is None or other.ends is None or day(entry.ends) == day(other.ends)


def _unsaid_of_new(entry: Entry, others: Sequence[Entry]) -> frozenset[str]:
    if entry.kind is Kind.MEETING:
        known = any(same_days(entry, one) and called_off(entry) == called_off(one) for one in others)
        return frozenset() if known or not others else frozenset({"listed"})
    if not others:
        return frozenset({"listed"})
    higher = all(height(stage_of(entry)) > height(stage_of(one)) for one in others)
    return frozenset({"facts.stage"}) if higher else frozenset()


def _says(name: str, entry: Entry, other: Entry) -> bool:
    """Tell whether another entry has the same value in a field."""
    if name in ("starts", "ends"):
        return same_days(entry, other)
    if name == "place":
        mine, theirs = (entry.place or "").casefold(), (other.place or "").casefold()
        return bool(mine and theirs) and (mine in theirs or theirs in mine)
    if name == "status" and entry.kind is Kind.MEETING:
        return called_off(entry) == called_off(other)
    if name in ("status", "facts.stage") and stage_of(entry):
        return height(stage_of(other)) >= height(stage_of(entry))
    if name.startswith("facts."):
        fact = name.removeprefix("facts.")
        return fact in other.facts and other.facts[fact] == entry.facts.get(fact)
    return name == "title" and entry.title == other.title


def reason_of(change: Change, siblings: Sequence[Known]) -> Reason | None:
    """Return the reason of a change in a standing thread that another list said already, or that only it makes news.

    None where siblings have no say: the change is told for its own sake.
    """
    if change.now.entry.kind in (Kind.NEWS, Kind.DOCUMENT):
        return None
    news = unsaid(change, siblings)
    match change:
        case Added():
            if not news:
                return Reason.EDITED
            return Reason.CHANGED if before_it(change.now.entry, siblings) else Reason.SAME_STORY
        case Updated():
            told = told_fields(change)
            return Reason.EDITED if told & set(change.fields) and not told & news else None
        case _:
            return None if news else Reason.EDITED


def detail_of(change: Change, siblings: Sequence[Known]) -> str:
    """Return `PREDECESSOR` if what stood before a change is another list's entry, of which only the stage compares."""
    return PREDECESSOR if isinstance(change, Added) and before_it(change.now.entry, siblings) else ""


def before_of(change: Change, siblings: Sequence[Known]) -> Entry | None:
    """Return what an entry was when its thread last heard of it: with what its siblings have told since.

    For a new one that stands higher than its siblings, that is the highest of them.
    """
    if isinstance(change, Added):
        return before_it(change.now.entry, siblings)
    if not isinstance(change, Updated | Withdrawn):
        return None
    before = change.before.entry
    if isinstance(change, Withdrawn) or before.kind in (Kind.NEWS, Kind.DOCUMENT):
        return before
    told = _as_told(change.now.entry, before, set(change.fields) - unsaid(change, siblings))
    higher = before_it(change.now.entry, siblings)
    if higher is not None and height(stage_of(higher)) > height(stage_of(told)):
        return replace(told, facts={**told.facts, "stage": stage_of(higher)})
    return told


def _as_told(entry: Entry, before: Entry, told: Iterable[str]) -> Entry:
    facts = {name.removeprefix("facts.") for name in told if name.startswith("facts.")}
    kept = {name: value for name, value in before.facts.items() if name not in facts}
    kept |= {name: entry.facts[name] for name in facts if name in entry.facts}
    fields = {name: getattr(entry, name) for name in told if not name.startswith("facts.") and name != "listed"}
    return replace(before, facts=kept, **fields)
