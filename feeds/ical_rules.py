"""Recurrence rules (RFC 5545 §3.3.10) expanded within bounds, because rules come from strangers.

dateutil runs `FREQ=SECONDLY` from 1970, or `30 February` until the year 9999, without a way
to stop it. This expansion starts near the window it is asked for, ends at its end, and spends
from a budget; `FREQ`, `BY…` and `WKST` mean what they mean there. Times are wall-clock times.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import product, takewhile

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
_UNITS_A_DAY = {"HOURLY": 24, "MINUTELY": 1440, "SECONDLY": 86400}
_WEEKDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?")


@dataclass(slots=True)
class Budget:
    """Steps left: days looked at and instants made; about a microsecond each."""

    steps: int
    shared: "Budget | None" = None

    @property
    def spent(self) -> bool:
        """Tell whether something had to stop short."""
        return self.steps < 0

    def spend(self, steps: int = 1) -> bool:
        """Take steps; False when none are left."""
        self.steps -= steps
        if self.shared is not None and not self.shared.spend(steps):
            self.steps = -1
        return self.steps >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A recurrence rule.

    Attributes:
        byday: (n, weekday): n-th such day of month or year, 0 for every; Monday is 0.
        until: as written: a day, a floating or an aware UTC time.

    """

    freq: str
    interval: int = 1
    count: int | None = None
    until: date | datetime | None = None
    bymonth: frozenset[int] = frozenset()
    byweekno: frozenset[int] = frozenset()
    byyearday: frozenset[int] = frozenset()
    bymonthday: frozenset[int] = frozenset()
    byday: frozenset[tuple[int, int]] = frozenset()
    byhour: frozenset[int] = frozenset()
    byminute: frozenset[int] = frozenset()
    bysecond: frozenset[int] = frozenset()
    bysetpos: frozenset[int] = frozenset()
    wkst: int = 0


_LISTS = {
    "BYMONTH": (1, 12, False),
    "BYWEEKNO": (1, 53, True),
    "BYYEARDAY": (1, 366, True),
    "BYMONTHDAY": (1, 31, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
    "BYSECOND": (0, 60, False),
    "BYSETPOS": (1, 366, True),
}


def parse(text: str) -> Rule:
    """Read a rule; raise ValueError with what is wrong. A negative COUNT counts for none (some exporters write it)."""
    parts = dict(part.strip().upper().split("=", 1) for part in text.split(";") if "=" in part)
    freq = parts.get("FREQ", "")
    if freq not in _FREQUENCIES:
        raise ValueError(f"FREQ={freq or 'missing'}")
    if parts.get("RSCALE", "GREGORIAN") != "GREGORIAN":
        raise ValueError(f"RSCALE={parts['RSCALE']} (RFC 7529) is not supported")
    count = int(parts["COUNT"]) if "COUNT" in parts else None
    lists = {name.lower(): _numbers(name, parts[name]) for name in _LISTS if name in parts}
    lists["bysecond"] = frozenset(min(second, 59) for second in lists.get("bysecond", ()))
    return Rule(
        freq=freq,
        interval=max(1, int(parts.get("INTERVAL", "1"))),
        count=count if count is not None and count >= 0 else None,
        until=_until(parts["UNTIL"]) if parts.get("UNTIL") else None,
        byday=_weekdays(parts.get("BYDAY", "")),
        wkst=_WEEKDAYS.index(parts.get("WKST", "MO")),
        **lists,
    )


def _numbers(name: str, text: str) -> frozenset[int]:
    low, high, signed = _LISTS[name]
    numbers = frozenset(int(number) for number in text.split(",") if number.strip())
    for number in numbers:
        if not low <= (abs(number) if signed else number) <= high:
            raise ValueError(f"{name}={number}")
    return numbers


def _weekdays(text: str) -> frozenset[tuple[int, int]]:
    days = [part.strip() for part in text.split(",") if part.strip()]
    found = [_WEEKDAY.fullmatch(day) for day in days]
    if not all(found):
        raise ValueError(f"BYDAY={text}")
    return frozenset((int(day[1] or 0), _WEEKDAYS.index(day[2])) for day in found if day)


def _until(text: str) -> date | datetime:
    found = _UNTIL.match(text)
    if found is None:
        raise ValueError(f"UNTIL={text}")
    year, month, day = (int(found[group]) for group in (1, 2, 3))
    if found[4] is None:
        return date(year, month, day)
    moment = datetime(year, month, day, int(found[4]), int(found[5]), min(int(found[6]), 59))  # noqa: DTZ001 (floating)
    return moment.replace(tzinfo=UTC) if found[7] else moment


def starts(rule: Rule, start: datetime, first: datetime, last: datetime, budget: Budget) -> Iterator[datetime]:
    """Yield the instances from `first` to `last`, both included, in order; all wall-clock times of one zone.

    `start` is DTSTART; it is an instance only where the rule says so. UNTIL is left to the caller,
    who knows the zone. Stops early when the budget is spent.
    """
    rule = _completed(rule, start)
    left = rule.count
    begin = start if left is not None else max(start, first)  # counting has to begin at the beginning
    for moment in _instances(rule, start, begin, last, budget):
        if left is not None:
            if left <= 0:
                return
            left -= 1
        if moment >= first:
            yield moment


def _completed(rule: Rule, start: datetime) -> Rule:
    """Take from DTSTART what the rule leaves open (RFC 5545 §3.3.10: "Information, not contained in the rule …")."""
    by_weekday = {weekday for _, weekday in rule.byday}
    open_day = not (rule.byweekno or rule.byyearday or rule.bymonthday or rule.byday)
    units = _FREQUENCIES.index(rule.freq)
    if open_day and rule.freq == "YEARLY":
        rule = replace(rule, bymonth=rule.bymonth or frozenset({start.month}), bymonthday=frozenset({start.day}))
    elif open_day and rule.freq == "MONTHLY":
        rule = replace(rule, bymonthday=frozenset({start.day}))
    elif (open_day and rule.freq == "WEEKLY") or (rule.byweekno and not rule.byyearday | rule.bymonthday | by_weekday):
        rule = replace(rule, byday=frozenset({(0, start.weekday())}))
    return replace(
        rule,
        byhour=rule.byhour or (frozenset({start.hour}) if units < _FREQUENCIES.index("HOURLY") else frozenset()),
        byminute=rule.byminute
        or (frozenset({start.minute}) if units < _FREQUENCIES.index("MINUTELY") else frozenset()),
        bysecond=rule.bysecond
        or (frozenset({start.second}) if units < _FREQUENCIES.index("SECONDLY") else frozenset()),
    )


def _instances(rule: Rule, start: datetime, begin: datetime, last: datetime, budget: Budget) -> Iterator[datetime]:
    times = _times(rule)
    for period in _periods(rule, start, begin.date(), last.date()):
        for moment in _chosen(rule, _within(rule, start, period, times, budget), budget):
            if moment > last or not budget.spend():
                return
            if moment >= begin:
                yield moment
        if not budget.spend():
            return


def _times(rule: Rule) -> list[time]:
    """Return the times of day of a rule whose frequency is a day or more."""
    if rule.freq in _UNITS_A_DAY:
        return []
    return [time(*parts) for parts in product(sorted(rule.byhour), sorted(rule.byminute), sorted(rule.bysecond))]


def _chosen(rule: Rule, groups: Iterator[Iterator[datetime]], budget: Budget) -> Iterator[datetime]:
    """Apply BYSETPOS within each group: a group is what one interval of the frequency expands to."""
    for group in groups:
        if not rule.bysetpos:
            yield from group
            continue
        members = list(takewhile(lambda _: budget.spend(), group))
        if budget.spent:
            return
        positions = {n - 1 if n > 0 else len(members) + n for n in rule.bysetpos}
        yield from (members[n] for n in sorted(positions) if 0 <= n < len(members))


def _within(
    rule: Rule, start: datetime, days: Iterator[date], times: list[time], budget: Budget
) -> Iterator[Iterator[datetime]]:
    """Yield the groups of instances of a period: one for a day or more, one for each hour, minute or second below."""
    if rule.freq in _UNITS_A_DAY:
        for day in days:
            if budget.spend() and _fits(rule, day):
                yield from _units(rule, start, day, budget)
        return
    fitting = (day for day in days if budget.spend() and _fits(rule, day))
    yield (datetime.combine(day, clock) for day in fitting for clock in times)


def _units(rule: Rule, start: datetime, day: date, budget: Budget) -> Iterator[Iterator[datetime]]:
    """Yield a group for each hour, minute or second of the day that the interval reaches and the rule allows."""
    a_day = _UNITS_A_DAY[rule.freq]
    length = 86400 // a_day
    at = (start.hour * 3600 + start.minute * 60 + start.second) // length
    before = (day - start.date()).days * a_day
    for unit in range((at - before) % rule.interval, a_day, rule.interval):
        if not budget.spend():
            return
        minutes_gone, second = divmod(unit * length, 60)
        hour, minute = divmod(minutes_gone, 60)
        if rule.byhour and hour not in rule.byhour:
            continue
        minutes = sorted(rule.byminute) if rule.freq == "HOURLY" else _allowed(rule.byminute, minute)
        seconds = _allowed(rule.bysecond, second) if rule.freq == "SECONDLY" else sorted(rule.bysecond)
        yield iter([datetime.combine(day, time(hour, *clock)) for clock in product(minutes, seconds)])


def _allowed(wanted: frozenset[int], number: int) -> list[int]:
    return [number] if not wanted or number in wanted else []


def _periods(rule: Rule, start: datetime, begin: date, last: date) -> Iterator[Iterator[date]]:
    """Yield the days of every period the interval reaches, from the one that holds `begin` to the one of `last`."""
    match rule.freq:
        case "YEARLY":
            behind = -(-(begin.year - start.year) // rule.interval) * rule.interval
            for year in range(start.year + max(behind, 0), last.year + 1, rule.interval):
                yield (day for month in range(1, 13) for day in _month_days(rule, year, month))
        case "MONTHLY":
            origin = start.year * 12 + start.month - 1
            behind = -(-(begin.year * 12 + begin.month - 1 - origin) // rule.interval) * rule.interval
            for index in range(origin + max(behind, 0), last.year * 12 + last.month, rule.interval):
                yield _month_days(rule, index // 12, index % 12 + 1)
        case "WEEKLY":
            monday = start.date().toordinal() - (start.weekday() - rule.wkst) % 7
            yield from (_week(first) for first in _stepped(monday, begin, last, 7 * rule.interval, 7))
        case "DAILY":
            days = _stepped(start.date().toordinal(), begin, last, rule.interval, 1)
            yield from (iter((date.fromordinal(day),)) for day in days)
        case _:
            days = _stepped(start.date().toordinal(), begin, last, 1, 1)
            yield from (iter((date.fromordinal(day),)) for day in days)


def _stepped(origin: int, begin: date, last: date, step: int, length: int) -> range:
    """Return the first days of periods of `length` days, `step` apart, that may hold a day from `begin` to `last`."""
    behind = begin.toordinal() - (length - 1) - origin
    return range(origin + max(0, -(-behind // step) * step), last.toordinal() + 1, step)


def _week(first: int) -> Iterator[date]:
    return (date.fromordinal(day) for day in range(max(first, 1), first + 7) if day <= date.max.toordinal())


def _month_days(rule: Rule, year: int, month: int) -> Iterator[date]:
    if rule.bymonth and month not in rule.bymonth:
        return iter(())
    return (date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1))


def _fits(rule: Rule, day: date) -> bool:
    return (
        (not rule.bymonth or day.month in rule.bymonth)
        and (not rule.bymonthday or _numbered(rule.bymonthday, day.day, monthrange(day.year, day.month)[1]))
        and (not rule.byyearday or _numbered(rule.byyearday, day.timetuple().tm_yday, 365 + isleap(day.year)))
        and (not rule.byday or _weekday_fits(rule, day))
        and (not rule.byweekno or _week_fits(rule, day))
    )


def _numbered(wanted: frozenset[int], number: int, of: int) -> bool:
    return number in wanted or number - of - 1 in wanted


def _weekday_fits(rule: Rule, day: date) -> bool:
    """Tell whether BYDAY holds: "TU", or "-1TU" within the month or, in a yearly rule without BYMONTH, the year."""
    weekday = day.weekday()
    if (0, weekday) in rule.byday:
        return True
    nths = {n for n, wanted in rule.byday if wanted == weekday}
    if not nths:
        return False
    if rule.freq not in {"YEARLY", "MONTHLY"}:
        return True  # a number means nothing there (RFC 5545 §3.3.10); the weekday does
    if rule.freq == "YEARLY" and not rule.bymonth:
        number, of = day.timetuple().tm_yday, 365 + isleap(day.year)
    else:
        number, of = day.day, monthrange(day.year, day.month)[1]
    return (number - 1) // 7 + 1 in nths or -((of - number) // 7 + 1) in nths


def _week_fits(rule: Rule, day: date) -> bool:
    """Tell whether BYWEEKNO holds; week 1 is the first with four days in the year (ISO 8601), begun on WKST."""
    year, week = _week_number(day, rule.wkst)
    weeks = _week_number(date(year, 12, 28), rule.wkst)[1]
    return _numbered(rule.byweekno, week, weeks)


def _week_number(day: date, wkst: int) -> tuple[int, int]:
    fourth = day.toordinal() - (day.weekday() - wkst) % 7 + 3
    middle = date.fromordinal(min(max(fourth, 1), date.max.toordinal()))
    return middle.year, (middle.timetuple().tm_yday - 1) // 7 + 1
