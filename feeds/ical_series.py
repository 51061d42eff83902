"""Occurrences of events within a window, by recurring_ical_events, with rules that cannot run away.

RECURRENCE-ID, RANGE=THISANDFUTURE, EXDATE, RDATE and SEQUENCE are the library's business; the
expansion of RRULE is `ical_rules`', which is bounded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import blake2b
from heapq import merge
from itertools import islice
from typing import Any

from recurring_ical_events import ComponentAdapter, EventAdapter, Series

from bot.domain.entries import When
from feeds.ical_events import Described
from feeds.ical_notes import Notes
from feeds.ical_rules import Budget, Rule, parse, starts

_RECURRING = ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
_TWO_DAYS = timedelta(days=2)
_EARLIEST, _LATEST = datetime(1000, 1, 1), datetime(9000, 1, 1)  # noqa: DTZ001 (room to subtract a duration)


@dataclass(frozen=True, slots=True)
class Found:
    """An occurrence.

    Attributes:
        ends: exclusive, as in RFC 5545 §3.6.1.
        original: the start it has by the series (its RECURRENCE-ID) however it was moved; None if it stands alone.

    """

    described: Described
    starts: When
    ends: When
    original: When | None


@dataclass(frozen=True, slots=True)
class Window:
    """Wall-clock times, read in each event's own zone; `last` is not included."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """How many occurrences a series and a whole calendar may give, and how many steps finding them may take.

    A step is about 2 µs; a weekly series takes 500 for 400 days.
    """

    each: int
    total: int
    steps_each: int
    steps: int


def occurrences(events: Sequence[Described], window: Window, limits: Limits, notes: Notes) -> list[Found]:
    """Return the occurrences that overlap the window, by start; what was left out for its number is noted."""
    budget = Budget(limits.steps)
    streams = [
        _limited(_safe(group, window, limits, budget, notes), limits.each, group[0].name, notes)
        for group in _series(events, notes)
    ]
    found = list(islice(merge(*streams, key=_moment), limits.total + 1))
    if len(found) > limits.total:
        notes.add(
            "The calendar holds more occurrences in the window than are read; the later ones were left out",
            f"more than {limits.total}",
            lost=True,
        )
    return sorted(found[: limits.total], key=_moment)


def _series(events: Sequence[Described], notes: Notes) -> Iterator[list[Described]]:
    """Yield the events of each UID; of several that claim to be the same one, the newest revision comes first."""
    groups: dict[str, list[Described]] = {}
    for event in events:
        groups.setdefault(event.uid, []).append(event)
    for group in groups.values():
        if len(group) == 1:
            yield group
            continue
        group.sort(key=lambda event: event.revision, reverse=True)
        namesakes = _namesakes(group)
        if namesakes:
            notes.add("Different events share a UID; each was kept", group[0].name)
        yield from ([event] for event in namesakes) if namesakes else [group]


def _namesakes(group: list[Described]) -> list[Described]:
    """Return the events of a group if they are different ones of one revision under one UID, which RFC 5545 forbids."""
    if any(name in event.component for event in group for name in _RECURRING):
        return []
    newest = [event for event in group if event.revision == group[0].revision]
    kept = {(str(event.component["DTSTART"].dt), event.texts["SUMMARY"]): event for event in newest}
    if len(kept) == 1:
        return []
    for (start, title), event in kept.items():
        own = blake2b(f"{start}\0{title}".encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
        event.component["UID"] = f"{event.uid}#{own}"
    return list(kept.values())


def _limited(stream: Iterator[Found], limit: int, title: str, notes: Notes) -> Iterator[Found]:
    yield from islice(stream, limit)
    if next(stream, None) is not None:
        notes.add("Events occur too often; only their first occurrences in the window were read", title, lost=True)


def _safe(group: list[Described], window: Window, limits: Limits, budget: Budget, notes: Notes) -> Iterator[Found]:
    """Expand a series; one that breaks the library costs nothing but itself."""
    own = Budget(limits.steps_each, budget)
    try:
        yield from _expanded(group, window, own)
    except (ValueError, TypeError, OverflowError, AttributeError, KeyError, ArithmeticError) as error:
        notes.add("Events cannot be expanded and were left out", f"{group[0].name}: {error}"[:120], lost=True)
    if own.spent:
        notes.add(
            "Events have rules that take too long to expand; not all occurrences were read",
            group[0].name,
            lost=True,
        )


def _expanded(group: list[Described], window: Window, budget: Budget) -> Iterator[Found]:
    recurs = any(name in event.component for event in group for name in _RECURRING)
    if len(group) == 1 and not recurs:
        yield from _alone(group[0], window)
        return
    series: Any = _Series([_Adapter(event) for event in group], budget)
    for found in series.between(max(window.first, _EARLIEST), min(window.last, _LATEST)):
        adapter = found._adapter  # noqa: SLF001 (the library shows only copies of the component)
        yield Found(adapter.described, found.start, found.end, adapter.original(found.start) if recurs else None)


def _alone(event: Described, window: Window) -> Iterator[Found]:
    """Yield an event that does not recur, if it is in the window; spares most events the library's machinery."""
    span = _plain_span(event)
    if span is None:
        adapter = _Adapter(event)
        if adapter.is_in_span(window.first, window.last):
            yield Found(event, adapter.start, adapter.end, None)
        return
    starts, ends = (_wall(when) for when in span)
    if starts < window.last and (window.first < ends or starts == ends >= window.first):
        yield Found(event, *span, None)


def _plain_span(event: Described) -> tuple[When, When] | None:
    """Return start and end where both are of one kind and in one zone; None leaves it to the library."""
    starts: When = event.component["DTSTART"].dt
    if "DURATION" in event.component:
        return None
    if "DTEND" not in event.component:
        return starts, starts if isinstance(starts, datetime) else starts + timedelta(days=1)
    ends: When = event.component["DTEND"].dt
    if isinstance(starts, datetime) != isinstance(ends, datetime):
        return None
    if isinstance(starts, datetime) and isinstance(ends, datetime) and starts.tzinfo is not ends.tzinfo:
        return None
    return (ends, starts) if ends < starts else (starts, ends)


def _wall(when: When) -> datetime:
    return when.replace(tzinfo=None) if isinstance(when, datetime) else datetime.combine(when, time.min)


def _moment(found: Found) -> datetime:
    """Return what to sort by: the instant, with days and floating times as if in UTC."""
    when = found.starts
    if isinstance(when, datetime):
        return when if when.tzinfo is not None else when.replace(tzinfo=UTC)
    return datetime(when.year, when.month, when.day, tzinfo=UTC)


class _Adapter(EventAdapter):
    """An event in the library's terms that remembers where it is from."""

    def __init__(self, described: Described) -> None:
        component: Any = described.component  # the library only looks properties up
        super().__init__(component)
        self.described = described

    def original(self, start: When) -> When:
        """Return which start of the series an occurrence at `start` stands for."""
        named = self.described.component.get("RECURRENCE-ID")
        if named is None:
            return start
        stands: When = start - self.move_recurrences_by if self.this_and_future else named.dt
        return stands

    @property
    def rrules(self) -> set[str]:
        """The event's rules, as written."""
        return set(self.described.rules)


class _Series(Series):
    """The library's series with our expansion of rules."""

    def __init__(self, adapters: Sequence[_Adapter], budget: Budget) -> None:
        self._budget = budget
        super().__init__(adapters)

    def RecurrenceRules(self, core: ComponentAdapter) -> "_Rules":  # type: ignore[override]  # noqa: N802 (a seam: it calls this)
        return _Rules(core, self._budget)


class _Rules(Series.RecurrenceRules):
    def __init__(self, core: ComponentAdapter, budget: Budget) -> None:
        self._budget = budget
        super().__init__(core)

    def create_rule_with_start(self, rule_string: str) -> "_Bounded":
        start: Any = self.start  # the library has made a datetime of it
        return _Bounded(parse(rule_string), start, self._budget)


@dataclass(slots=True)
class _Bounded:
    """A rule as the library asks for it."""

    rule: Rule
    start: datetime
    budget: Budget

    @property
    def until(self) -> When | None:
        """UNTIL; the library compares it with every start."""
        return self.rule.until

    def between(self, first: datetime, last: datetime, *, inc: bool) -> Iterator[datetime]:  # noqa: ARG002 (both ends are in)
        """Yield the starts between two times of the same zone."""
        wall, zone = self.start.replace(tzinfo=None), self.start.tzinfo
        until = self.until
        stop = last.replace(tzinfo=None)
        if until is not None:
            stop = min(stop, datetime(until.year, until.month, until.day) + _TWO_DAYS)  # noqa: DTZ001 (wall clock)
        for moment in starts(self.rule, wall, first.replace(tzinfo=None), stop, self.budget):
            yield moment.replace(tzinfo=zone)
