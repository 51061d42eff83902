"""The deadlines of an entry, computed from its body's rules (design §3 and §6): as it moves, they move."""

from collections.abc import Iterator
from datetime import date, timedelta

from bot.domain.clock_rules import MEETINGS, REGISTRATION, STEPS, TEXTS, Due
from bot.domain.entries import Entry, Kind, day, fact, fact_day
from bot.domain.identity_graph import is_whole
from bot.domain.stages import height, stage_of
from bot.domain.values import by_value

START = Due(name="start", what="it starts", body="", source="", reminded=STEPS)
"""A meeting of a body without rules is reminded of itself."""


@by_value(kw_only=False)
class Rung:
    """One deadline of an entry: what is due, and by which day (of the body, without zone)."""

    rule: Due
    due: date


def ladder(entry: Entry) -> tuple[Rung, ...]:
    """Return the deadlines of a meeting, a text or a letter in the order of the rules; empty for news."""
    if entry.kind is Kind.MEETING:
        return tuple(_of_meeting(entry))
    body = fact(entry, "body")
    reached = height(stage_of(entry))
    rules = (rule for rule in TEXTS if rule.body in ("", body) and not (rule.stage and reached > height(rule.stage)))
    found = ((rule, fact_day(entry, rule.fact)) for rule in rules)
    return tuple(Rung(rule, due) for rule, due in found if due is not None)


def reminded(entry: Entry) -> tuple[Rung, ...]:
    """Return those deadlines of which a channel is reminded; of a meeting without any by a rule its first day too."""
    rungs = tuple(rung for rung in ladder(entry) if rung.rule.reminded)
    other = any(rung.rule is not REGISTRATION for rung in rungs)
    if other or entry.kind is not Kind.MEETING or entry.starts is None:
        return rungs
    return (*rungs, Rung(START, day(entry.starts)))


def _of_meeting(entry: Entry) -> Iterator[Rung]:
    if entry.starts is None:
        return
    body, whole, starts = fact(entry, "body"), is_whole(entry), day(entry.starts)
    for rule in MEETINGS:
        said = fact_day(entry, rule.fact)
        if said is not None:
            yield Rung(rule, said)
        elif whole and rule.body == body and (rule.days or rule.months):
            yield Rung(rule, rule.before(starts))


def notice(entry: Entry, seen: date) -> timedelta | None:
    """Return how long before its first day a meeting was first seen; None for what has no day, or is past."""
    if entry.kind is not Kind.MEETING or entry.starts is None or day(entry.starts) < seen:
        return None
    return day(entry.starts) - seen
