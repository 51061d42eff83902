"""Calendar arithmetic: dates with parts unsaid, and the periods that they mean."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from adapters.language.times_words import Unit
from bot.domain.errors import CommandError
from bot.domain.ports import Period

EXAMPLE = "meetings SG17 3-7 March 2027"
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Calendar days, inclusive at both ends."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a year whose year may be unsaid.

    Attributes:
        month: its first month. months: how many.
        day: one day of that month, or None for all of them.
        beside: how it lies to today: 1 the next one, -1 the last one, 0 this year's, None unsaid.

    """

    month: int
    months: int = 1
    day: int | None = None
    year: int | None = None
    beside: int | None = None


Point = Days | Part


def refuse(reason: str) -> CommandError:
    """Return the error for a time that cannot be."""
    return CommandError(f"{reason} Try for example “3-7 March 2027” or “next month”.", usage=EXAMPLE)


def part(*, month: int, day: int | None = None, year: int | None = None, months: int = 1) -> Part:
    """Return the part; CommandError if no calendar has it (Gregorian calendar)."""
    if not 1 <= month <= 12:  # noqa: PLR2004
        raise refuse(f"There is no month {month}.")
    longest = monthrange(year or 2000, month)[1]  # 2000: a leap year, for the year may be unsaid
    if day is not None and not 1 <= day <= longest:
        name = _MONTHS[month - 1]
        if (month, day) == (2, 29):
            raise refuse(f"There is no 29 February in {year}, which is no leap year.")
        raise refuse(f"There is no {day} {name}: {name} has {longest} days.")
    return Part(month=month, day=day, year=year, months=months)


def within(point: Part, year: int) -> Days | None:
    """Return the days of a part that begins in `year`; None for 29 February in a common year."""
    years, month = divmod(point.month + point.months - 2, 12)
    end_year, end_month = year + years, month + 1
    if point.day is None:
        return Days(
            first=date(year, point.month, 1), last=date(end_year, end_month, monthrange(end_year, end_month)[1])
        )
    if point.day > monthrange(year, point.month)[1]:
        return None
    day = date(year, point.month, point.day)
    return Days(first=day, last=day)


def settle(point: Point, today: date, wanted: Callable[[Days], bool] | None = None) -> Days:
    """Give a part its year: the said one, else the first whose days are wanted (not entirely past, by default).

    A month without a year is this year's while any day of it is left, and next year's after that.
    """
    if isinstance(point, Days):
        return point
    if point.year is not None:
        return _said(point, point.year)
    if point.beside == 0:
        return _said(point, today.year)
    if point.beside == -1:
        return past(point, today, lambda days: days.last < today)
    if point.beside == 1:
        return _first(point, today.year - 1, 1, lambda days: days.first > today)
    return _first(point, today.year - 1, 1, wanted or (lambda days: days.last >= today))


def past(point: Point, today: date, wanted: Callable[[Days], bool] | None = None) -> Days:
    """Give a part its year, looking back: the latest that has begun, by default."""
    if isinstance(point, Days) or point.year is not None:
        return settle(point, today)
    return _first(point, today.year + 1, -1, wanted or (lambda days: days.first <= today))


def _said(point: Part, year: int) -> Days:
    days = within(point, year)
    if days is None:
        raise refuse(f"There is no 29 February in {year}, which is no leap year.")
    return days


def _first(point: Part, year: int, step: int, wanted: Callable[[Days], bool]) -> Days:
    candidates = (within(point, year + step * i) for i in range(12))  # leap years are at most 8 apart
    return next(days for days in candidates if days is not None and wanted(days))


def span(left: Point, right: Point, today: date) -> Days:
    """Join two ends; a year said once serves both, and an unsaid turn of the year lies between them.

    CommandError if the end lies before the start.
    """
    left, right = _lend_year(left, right)
    if isinstance(left, Part) and isinstance(right, Part) and left.year is None and right.year is None:
        days = _next_span(left, right, today)
    elif isinstance(left, Part) and left.year is None and left.beside is None:
        end = settle(right, today)
        days = Days(first=past(left, end.last).first, last=end.last)
    else:
        start = settle(left, today).first
        unsaid = isinstance(right, Part) and right.beside is None
        days = Days(first=start, last=settle(right, start if unsaid else today).last)
    if days.last < days.first:
        raise refuse(f"That ends ({plain(days.last)}) before it starts ({plain(days.first)}).")
    return days


def _lend_year(left: Point, right: Point) -> tuple[Point, Point]:
    """Keep “7 to 3 March” wrong, for both days are in one month: only another month may turn the year."""
    if not isinstance(left, Part) or not isinstance(right, Part) or left.month != right.month:
        return left, right
    year = left.year or right.year
    return (left, right) if left.year and right.year else (replace(left, year=year), replace(right, year=year))


def _next_span(left: Part, right: Part, today: date) -> Days:
    def joined(end: Days) -> Days:
        same = within(left, end.first.year) if left.month == right.month else None
        start = same or past(left, end.last)
        return Days(first=start.first, last=end.last)

    return joined(settle(right, today))


def of_unit(unit: Unit, today: date, offset: int) -> Days:
    """Return the whole unit `offset` away from the one of today; weeks begin on Monday (ISO 8601)."""
    if unit is Unit.DAY:
        return Days(first=today + timedelta(days=offset), last=today + timedelta(days=offset))
    if unit in {Unit.WEEK, Unit.WEEKEND}:
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=offset)
        first = monday if unit is Unit.WEEK else monday + timedelta(days=5)
        return Days(first=first, last=monday + timedelta(days=6))
    months = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.HALF: 6, Unit.YEAR: 12}[unit]
    index = ((today.year * 12 + today.month - 1) // months + offset) * months
    year, month = divmod(index, 12)
    return _said(Part(month=month + 1, months=months), year)


def away(unit: Unit, today: date, count: int) -> date:
    """Return the day `count` units from today: the same day of the month, or its last where there is none."""
    if unit is Unit.DAY:
        return today + timedelta(days=count)
    if unit in {Unit.WEEK, Unit.WEEKEND}:
        return today + timedelta(weeks=count)
    months = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.HALF: 6, Unit.YEAR: 12}[unit] * count
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def of_week(year: int, number: int) -> Days:
    """Return an ISO 8601 week; CommandError if the year has no such week."""
    try:
        monday = date.fromisocalendar(year, number, 1)
    except ValueError as error:
        raise refuse(f"{year} has no week {number}.") from error
    return Days(first=monday, last=monday + timedelta(days=6))


def plain(day: date) -> str:
    """Write a day as people read it."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def period(days: Days) -> Period:
    """Return the port's form."""
    return Period(first=days.first, last=days.last)
