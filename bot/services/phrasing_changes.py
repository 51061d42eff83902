"""What changed in a meeting or a text, field by field: one line each, with what it means for somebody outside."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from bot.domain.clock_rules import (
    AAP_SOURCE,
    CONSULTATION_SHARE,
    REPLIES_BEFORE,
    TAP_SOURCE,
    TEXTS,
    consultation_after,
    last_call_after,
    last_call_around,
)
from bot.domain.document import Line, Style, Text
from bot.domain.entries import Entry, Fact, Kind, fact, fact_day
from bot.domain.ladder import ladder
from bot.domain.stages import MEANING, height, stage_of
from bot.services.dating import days, one_day, when
from bot.services.wording import spoken

CONFIRMED = "confirmed: ITU lists it"
"""Behind a Last Call that is no longer computed from the 1st and 16th of a month."""
SAID_BY_STAGE = frozenset(
    {"stage", "stage_date", "code", "consented", "approved", "last_call_from", "last_call_until"}
) | {
    "additional_review_from",
    "additional_review_until",
}
SAID_BY_NAME = frozenset({"number", "recommendation", "acronym"})
SILENT = frozenset(
    {"aap", "idrec", "isn", "companies", "study_period", "working_party", "documents", "dates_as_written"}
)
PEOPLE: Mapping[str, tuple[str, str]] = {
    "supporters": ("New supporter", "No longer supporting"),
    "editors": ("New editor", "No longer editor"),
    "named": ("Now named in the text", ""),
}
_TIMING = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(\d{2})))?")


def moved(entry: Entry, before: Entry) -> Iterator[Line]:
    """Say from when to when a meeting moved, where it is now, and which deadlines moved with it."""
    yield (Text("Moved", Style.STRONG), Text(": now "), *when(entry), Text(", was "), *when(before), Text("."))
    yield from _place(entry, before)
    now, was = ({rung.rule.name: rung for rung in ladder(one)} for one in (entry, before))
    due = now.get("contributions")
    if due is not None and (was.get("contributions") is None or was["contributions"].due != due.due):
        yield (Text(f"Contributions are now due by {one_day(due.due)}."),)


def differences(entry: Entry, before: Entry | None, seen: date) -> Iterator[Line]:
    """Yield a line for every field that differs; `seen` is the day on which that was noticed."""
    if before is None:
        return
    staged = stage_of(entry) != stage_of(before) and bool(stage_of(entry))
    if staged:
        yield from stage_passed(entry, before, seen)
    yield from _titles(entry, before)
    if entry.place != before.place:
        yield from _place(entry, before)
    if entry.status != before.status and not staged and not stage_of(entry):
        yield (Text(f"Status: now {entry.status or 'not said'}, was {before.status or 'not said'}."),)
    elif entry.status != before.status and not staged:
        yield (Text(f"Status: now “{entry.status or 'not said'}”."),)
    if entry.group != before.group:
        yield (Text(f"Group: now {entry.group or 'not said'}, was {before.group or 'not said'}."),)
    yield from _facts(entry, before, SAID_BY_STAGE if staged else frozenset({"stage_date", "code"}))


def stage_passed(entry: Entry, before: Entry | None, seen: date) -> Iterator[Line]:
    """Say which rung was reached, what that means, and which days follow from it by the rules."""
    stage, was = stage_of(entry), stage_of(before) if before else ""
    from_where = f" (was {was})" if was else ""
    meaning = f"; {MEANING[stage]}" if stage in MEANING else ""
    if height(stage) < height(was) and height(stage) >= 0:
        from_where = f" again (was {was})"
    said = f" on {one_day(on)}" if (on := _stage_day(entry)) else ""
    yield (Text(stage.capitalize(), Style.STRONG), Text(f"{said}{from_where}{meaning}."))
    follow = FOLLOWS.get(stage)
    if follow is not None:
        yield from follow(entry, seen)


def _stage_day(entry: Entry) -> date | None:
    stage = stage_of(entry)
    if stage not in {"consented", "determined", "approved", "agreed", "in force"}:
        return None
    return fact_day(entry, "stage_date") or fact_day(entry, "consented" if stage == "consented" else "approved")


def _consented(entry: Entry, seen: date) -> Iterator[Line]:
    span = last_call_after(_stage_day(entry) or seen)
    yield (
        Text(f"Last Call: {days(span.first, span.last)} at the earliest, often later. "),
        Text(f"Computed: four weeks from a 1st or 16th, {AAP_SOURCE}; it is confirmed here when ITU lists it."),
    )


def _determined(entry: Entry, seen: date) -> Iterator[Line]:
    first = consultation_after(_stage_day(entry) or seen)
    yield (Text(f"It can be approved at a meeting from {one_day(first)} on (computed: three months, {TAP_SOURCE})."),)
    answers = f"Member States answer until {REPLIES_BEFORE} working days before it, {CONSULTATION_SHARE} % must agree"
    yield (Text(f"{answers}: tell your national administration what it should answer."),)


def _last_call(entry: Entry, seen: date) -> Iterator[Line]:
    yield from _period(entry, "last_call", "Comments", seen)


def _review(entry: Entry, seen: date) -> Iterator[Line]:
    yield from _period(entry, "additional_review", "Comments", seen)


def _period(entry: Entry, name: str, what: str, seen: date) -> Iterator[Line]:
    """Give the days of a comment period as the source says them, else as they follow from the 1st and 16th."""
    first, last = fact_day(entry, f"{name}_from"), fact_day(entry, f"{name}_until")
    if last is not None:
        span = days(first, last) if first else f"until {one_day(last)}"
        listed = f" ({CONFIRMED})" if name == "last_call" and fact(entry, "body") == "ITU-T" else ""
        yield (Text(f"{what}: {span}{listed}. "), Text(_outsider(entry)))
    elif name == "last_call" and fact(entry, "body").startswith("ITU"):
        guess = last_call_around(seen)
        yield (
            Text(f"{what}: until {one_day(guess.last)} if it began on {one_day(guess.first)} "),
            Text(f"(computed: {AAP_SOURCE}). {_outsider(entry)}"),
        )


def is_open_for_comments(entry: Entry) -> bool:
    """Tell whether the Last Call of a text of ITU-T is to come, or open."""
    open_ = height("consented") <= height(stage_of(entry)) <= height("last call")
    return entry.kind is Kind.WORK_ITEM and fact(entry, "body") == "ITU-T" and open_


def last_call(entry: Entry, others: Iterable[Entry], seen: date) -> Iterator[tuple[str, Line]]:
    """Say when the Last Call of an ITU-T text is, and whether ITU lists it so or a rule computes it.

    `others` are the same text on other lists, one of which may give the days; `seen` is when its stage was noticed.
    """
    if not is_open_for_comments(entry):
        return
    listed = next((one for one in (entry, *others) if fact_day(one, "last_call_until")), None)
    if listed is not None:
        first, last = fact_day(listed, "last_call_from"), fact_day(listed, "last_call_until")
        said = days(first, last) if first else f"until {one_day(last or seen)}"
        yield "Last call", (Text(f"{said} ({CONFIRMED})"),)
    elif stage_of(entry) == "last call":
        guess = last_call_around(seen)
        yield "Last call", (Text(f"until {one_day(guess.last)} if it began on {one_day(guess.first)} (computed)"),)
    else:
        guess = last_call_after(_stage_day(entry) or seen)
        how = f"computed: four weeks from a 1st or 16th, {AAP_SOURCE}"
        yield "Last call", (Text(f"{days(guess.first, guess.last)} at the earliest ({how})"),)


def _outsider(entry: Entry) -> str:
    body = fact(entry, "body")
    return next((rule.outsider for rule in TEXTS if rule.body == body and rule.outsider), "")


FOLLOWS: Mapping[str, Callable[[Entry, date], Iterator[Line]]] = {
    "consented": _consented,
    "determined": _determined,
    "last call": _last_call,
    "additional review": _review,
}


def _titles(entry: Entry, before: Entry) -> Iterator[Line]:
    now, was = called(entry), called(before)
    if (
        entry.kind is not Kind.MEETING
        and now != was
        and fact(entry, "recommendation") != fact(before, "recommendation")
    ):
        yield (Text("Number given", Style.STRONG), Text(f": {now}, was {was or 'not numbered'}."))
    elif now != was and now and was:
        yield (Text(f"Name: now {now}, was {was}."),)
    if entry.title != before.title:
        yield (Text(f"Title: now {entry.title}, was {before.title}."),)


def called(entry: Entry) -> str:
    """Return how a text is called: "X.1096 (ex X.bvm)"."""
    return fact(entry, "number") or fact(entry, "acronym")


def _place(entry: Entry, before: Entry) -> Iterator[Line]:
    if entry.place != before.place:
        yield (Text(f"Place: now {entry.place or 'not said'}, was {before.place or 'not said'}."),)


def _facts(entry: Entry, before: Entry, said: frozenset[str]) -> Iterator[Line]:
    skipped = said | SAID_BY_NAME | SILENT | entry.volatile
    for name in sorted((entry.facts.keys() | before.facts.keys()) - skipped):
        now, was = entry.facts.get(name), before.facts.get(name)
        if now == was:
            continue
        if name in PEOPLE:
            yield from _people(name, now, was)
        elif name == "timing":
            yield _timing(spoken(now), spoken(was))
        elif name == "contribution_deadline" and (due := fact_day(entry, name)):
            yield (Text(f"Contributions are now due by {one_day(due)}."),)
        elif name == "registration_until" and (due := fact_day(entry, name)):
            yield (Text(f"Registration now closes on {one_day(due)}."),)
        elif not name.endswith("_rule"):
            label = name.replace("_", " ").capitalize()
            yield (Text(f"{label}: now {spoken(now)}, was {spoken(was)}."),)


def _people(name: str, now: Fact | None, was: Fact | None) -> Iterator[Line]:
    after, before = (value if isinstance(value, tuple) else () for value in (now, was))
    came, went = [one for one in after if one not in before], [one for one in before if one not in after]
    for words, people in zip(PEOPLE[name], (came, went), strict=True):
        if people and words:
            yield (Text(words, Style.STRONG), Text(f": {', '.join(people)}."))


def _timing(now: str, was: str) -> Line:
    late, early = _month(now), _month(was)
    if late is None or early is None or late == early:
        return (Text(f"Timing: now {now}, was {was}."),)
    verb = "slips" if late > early else "moves forward"
    return (Text(f"Timing {verb}", Style.STRONG), Text(f": now {now}, was {was}."))


def _month(timing: str) -> int | None:
    """Return the last month that a timing such as 2027, 2026-Q3 or 2025-12 means, counted from year 0."""
    found = _TIMING.search(timing)
    if found is None:
        return None
    month = int(found[2]) * 3 if found[2] else int(found[3] or 12)
    return int(found[1]) * 12 + month
