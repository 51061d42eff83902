"""What stands around points: “from … to …”, “before …”, “since …”, and which of several times is meant."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from adapters.language.times_days import Part, Point, of_unit, part, past, period, refuse, settle, span
from adapters.language.times_grammar import POINTS, Read, Signs, kinds, say_years, value
from adapters.language.times_text import Sign, scan
from adapters.language.times_words import DOUBTFUL, Unit
from bot.domain.ports import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A sign, or a point (`P`) made of several signs."""

    kind: str
    signs: Sequence[Sign]
    point: Point | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A time in the text.

    Attributes:
        start, end: offsets into the folded text.
        point: what it says when it stands alone, so that a year elsewhere may still join it.
        bare: a figure such as 2030 or a word such as “may”, which may mean no time at all.

    """

    period: Period
    start: int
    end: int
    point: Point | None = None
    bare: bool = False


Items = Sequence[Item]
Meaning = Callable[[Items, date], Period | None]


@cache
def _points() -> tuple[tuple[re.Pattern[str], Read], ...]:
    return tuple((re.compile(pattern), read) for pattern, read in POINTS)


@cache
def _any_point() -> re.Pattern[str]:
    """Return one pattern for all, so that a sign which begins nothing costs one attempt and not thirty."""
    return re.compile("|".join(f"(?:{pattern})" for pattern, _ in POINTS))


def _items(signs: Signs, today: date) -> list[Item]:
    shape, items, at = kinds(signs), [], 0
    while at < len(signs):
        item = None if shape[at] in "x,./-ofsabSLvVJGHYM" else _point_at(signs, shape, at, today)
        item = item or Item(kind=shape[at], signs=signs[at : at + 1])
        items.append(item)
        at += len(item.signs)
    return items


def _point_at(signs: Signs, shape: str, at: int, today: date) -> Item | None:
    if _any_point().match(shape, at) is None:
        return None
    for pattern, read in _points():
        match = pattern.match(shape, at)
        if match is not None:
            point = read(signs[at : match.end()], today)
            if point is not None:
                return Item(kind="P", signs=signs[at : match.end()], point=point)
    return None


def _ends(items: Items) -> list[Point]:
    return [item.point for item in items if item.point is not None]


def _numbers(items: Items) -> list[int]:
    return [item.signs[0].value for item in items if item.kind == "n"]


def _days_then_date(items: Items, today: date) -> Period | None:
    """Read “3-7 March”, “6, 7 and 8 March”: the days before share the date's month and year."""
    (right,) = _ends(items)
    if not isinstance(right, Part) or right.day is None:
        return None
    left = part(month=right.month, day=_numbers(items)[0], year=right.year)
    return period(span(left, right, today))


def _date_then_day(items: Items, today: date) -> Period | None:
    """Read “March 3-7”, “3月3日から7日まで”, with a year behind or not."""
    left, *year = _ends(items)
    if not isinstance(left, Part) or left.day is None:
        return None
    if year:
        if not isinstance(year[0], Part) or year[0].months != 12 or left.year is not None:  # noqa: PLR2004
            return None
        left = part(month=left.month, day=left.day, year=year[0].year)
    right = part(month=left.month, day=_numbers(items)[0], year=left.year)
    return period(span(left, right, today))


def _between(items: Items, today: date) -> Period:
    left, right = _ends(items)
    return period(span(left, right, today))


def _until(items: Items, today: date) -> Period:
    """Read “until 5 May”, “by June” with that day or month; “by summer” ends when summer begins."""
    if any(sign.kind == "e" for item in items for sign in item.signs):
        return _before([item for item in items if item.kind == "P"], today)
    return Period(last=settle(_ends(items)[0], today).last)


def _before(items: Items, today: date) -> Period:
    """Read “before March”; “before the end of March” leaves March in."""
    if any(sign.kind == "E" for item in items for sign in item.signs):
        return Period(last=settle(_ends(items)[0], today).last)
    first = settle(_ends(items)[0], today, lambda days: days.first > today).first
    return Period(last=first - timedelta(days=1))


def _from(items: Items, today: date) -> Period:
    return Period(first=settle(_ends(items)[0], today).first)


def _since(items: Items, today: date) -> Period:
    return Period(first=past(_ends(items)[0], today).first)


def _after(items: Items, today: date) -> Period:
    return Period(first=settle(_ends(items)[0], today).last + timedelta(days=1))


def _week_of(items: Items, today: date) -> Period | None:
    """Read “week of 5 May”, “second week of June”: the ISO week of the day, the week so far into the month."""
    signs = [sign for item in items if item.kind != "P" for sign in item.signs]
    ordinal = value(signs, "kn")
    point = _ends(items)[0]
    month = isinstance(point, Part) and point.day is None
    if value(signs, "u") != Unit.WEEK or month is (ordinal is None):
        return None
    first = settle(point, today).first
    return period(of_unit(Unit.WEEK, first, (ordinal or 1) - 1)) if (ordinal or 1) <= _WEEKS else None


def _alone(items: Items, today: date) -> Period:
    return period(settle(_ends(items)[0], today))


_WEEKS = 5  # a month touches no sixth that anybody would name
_DAY = r"(?:w[,.]?)?n[.H]?"
_TO = r"[-tlaS](?:E-|[ioE]){0,3}"
_LEAD = r"(?:E-|[iojE]){0,4}"

PHRASES: tuple[tuple[str, Meaning], ...] = (
    (rf"[fb]?{_LEAD}(?:{_DAY},){{0,9}}{_DAY}{_TO}P[zL]?", _days_then_date),
    (rf"[fb]?{_LEAD}P{_TO}{_DAY},?P[zL]?", _date_then_day),
    (rf"[fb]?{_LEAD}P{_TO}{_DAY}(?![.,]?[oi]*P)[zL]{{0,2}}", _date_then_day),
    (rf"[fb]?{_LEAD}P(?:{_TO}|/|S[-t])P[zL]?", _between),
    (r"i{0,2}(?:[kn]\.?)?u[ofi]{1,2}P", _week_of),
    (r"l(?:[iotjE]|E-){0,4}P|Pz?L", _until),
    (r"B(?:[iotjE]|E-){0,4}P|Pz?o?v", _before),
    (r"f(?:[iotjE]|E-){0,4}P|PS", _from),
    (r"s(?:[iotjE]|E-){0,4}P", _since),
    (r"A(?:[iotjE]|E-){0,4}P|Po?V", _after),
    (r"(?:[iotjE]|E-){0,4}Pz{0,2}", _alone),
)
"""Shapes around points, the wider first."""


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], Meaning], ...]:
    return tuple((re.compile(pattern), meaning) for pattern, meaning in PHRASES)


@cache
def _any_phrase() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern, _ in PHRASES))


def times_in(folded: str, today: date) -> list[Found]:
    """Find all times in folded text, from left to right; CommandError for one that cannot be."""
    items = _items(say_years(scan(folded), today), today)
    shape, found, at = "".join(item.kind for item in items), [], 0
    while (match := _any_phrase().search(shape, at)) is not None:
        at = match.start()
        time, size = _time_at(items, shape, at, today, folded)
        if time is not None:
            found.append(time)
        at += size
    return found


def _time_at(items: Items, shape: str, at: int, today: date, folded: str) -> tuple[Found | None, int]:
    for pattern, meaning in _phrases():
        match = pattern.match(shape, at)
        if match is None:
            continue
        inside = items[at : match.end()]
        meant = meaning(inside, today)
        if meant is not None:
            return _found(inside, meant, folded, alone=meaning is _alone), len(inside)
    return None, 1


def _found(items: Items, meant: Period, folded: str, *, alone: bool) -> Found:
    signs = [sign for item in items for sign in item.signs]
    start, end = signs[0].start, max(sign.end for sign in signs)
    words = folded[start:end]
    return Found(
        period=meant,
        start=start,
        end=end,
        point=_ends(items)[0] if alone else None,
        bare=words.isdecimal() or words in DOUBTFUL,
    )


def choose(found: Sequence[Found], today: date) -> Sequence[Found]:
    """Return the times that together are the one meant; CommandError if there are several.

    A bare year joins a date without one; otherwise bare figures and doubtful words give way to real times.
    """
    strong = [time for time in found if not time.bare]
    if len(strong) > 1:
        raise refuse("I read more than one time here; give one time or one range.")
    if not strong:
        return found[:1]
    years = [time.point for time in found if time.bare and isinstance(time.point, Part) and time.point.months == 12]  # noqa: PLR2004
    point = strong[0].point
    if len(years) != 1 or not isinstance(point, Part) or point.year is not None:
        return strong
    with_year = part(month=point.month, day=point.day, year=years[0].year, months=point.months)
    joined = period(settle(with_year, today))
    return [replace(time, period=joined) for time in found if time is strong[0] or time.point is years[0]]
