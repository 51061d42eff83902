"""Shapes of times over signs: first single points (“3 March”), then what stands around them (“from … to …”)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from adapters.language.times_days import (
    Days,
    Point,
    away,
    of_unit,
    of_week,
    part,
)
from adapters.language.times_text import Sign
from adapters.language.times_words import Unit

Signs = Sequence[Sign]
Read = Callable[[Signs, date], Point | None]


def kinds(signs: Signs) -> str:
    """Return the signs' letters, the text that shapes are matched against."""
    return "".join(sign.kind for sign in signs)


def value(signs: Signs, kind: str, default: int | None = None) -> int | None:
    """Return the first value of a kind."""
    return next((sign.value for sign in signs if sign.kind in kind), default)


def _must(signs: Signs, kind: str) -> int:
    found = value(signs, kind)
    assert found is not None, "the shape guarantees the sign"  # noqa: S101
    return found


def _figures(signs: Signs, today: date) -> Point:
    del today
    packed = _must(signs, "D")
    return part(year=packed // 10_000 or None, month=packed // 100 % 100, day=packed % 100)


def _year_month(signs: Signs, today: date) -> Point:
    del today
    year, month = divmod(_must(signs, "T") // 100, 100)
    if month > 12 and month > year % 100:  # noqa: PLR2004 -- a study period: 2025-28
        return Days(first=date(year, 1, 1), last=date(year - year % 100 + month, 12, 31))
    return part(year=year, month=month)


def _day_month(signs: Signs, today: date) -> Point | None:
    del today
    day = _must(signs, "n")
    if day > 99:  # noqa: PLR2004 -- a document's number before “May”
        return None
    return part(month=_must(signs, "mM"), day=day, year=value(signs, "y"))


def _short_year(signs: Signs, today: date) -> Point | None:
    day, year = (sign.value for sign in signs if sign.kind == "n")
    if not today.year - 10 <= 2000 + year <= today.year + 20:
        return None
    return part(month=_must(signs, "m"), day=day, year=2000 + year)


def _numbers(signs: Signs, today: date) -> Point:
    del today
    day, month = (sign.value for sign in signs if sign.kind == "n")
    return part(month=month, day=day, year=value(signs, "y"))


def _han_date(signs: Signs, today: date) -> Point:
    del today
    numbers = [sign.value for sign in signs if sign.kind == "n"]
    return part(month=numbers[0], day=numbers[1] if len(numbers) > 1 else None, year=value(signs, "y"))


def _month(signs: Signs, today: date) -> Point:
    del today
    return replace(part(month=_must(signs, "m"), year=value(signs, "y")), beside=value(signs, "r"))


def _quarter(signs: Signs, today: date) -> Point | None:
    """Read a quarter or half of a year; None where the number or the unit is another."""
    del today
    number = _must(signs, "qhnk")
    half = value(signs, "u") == Unit.HALF or value(signs, "h") is not None
    if value(signs, "u", Unit.QUARTER) not in {Unit.QUARTER, Unit.HALF} or number > (2 if half else 4):
        return None
    months = 6 if half else 3
    return part(month=(number - 1) * months + 1, months=months, year=value(signs, "y"))


def _last_quarter(signs: Signs, today: date) -> Point | None:
    """Read “the last quarter of 2026”; of other units there is no telling which is meant."""
    del today
    unit, year = value(signs, "u"), value(signs, "y")
    if value(signs, "r") != -1 or unit not in {Unit.QUARTER, Unit.HALF}:
        return None
    months = 6 if unit == Unit.HALF else 3
    return part(month=13 - months, months=months, year=year)


def _season(signs: Signs, today: date) -> Point:
    """Read a meteorological season of the northern hemisphere, where most of the bodies sit: three whole months."""
    del today
    return replace(part(month=_must(signs, "e"), months=3, year=value(signs, "y")), beside=value(signs, "r"))


def _winter(signs: Signs, today: date) -> Point | None:
    """Read “winter 2026/27”: a season that two years share."""
    del today
    year, following = divmod(_must(signs, "T") // 100, 100)
    if value(signs, "e") != 12 or following != (year + 1) % 100:  # noqa: PLR2004 -- December
        return None
    return part(month=12, months=3, year=year)


def _in_units(signs: Signs, today: date) -> Point | None:
    unit = Unit(value(signs, "u", Unit.DAY) or Unit.DAY)
    if unit in {Unit.QUARTER, Unit.HALF} and signs[0].kind == "i":
        return None  # “in 2 quarters” is rarer than “в 2 квартале”, the second quarter
    return of_unit(unit, today, value(signs, "nc", 1) or 0)


def _ago(signs: Signs, today: date) -> Point:
    return of_unit(Unit(value(signs, "u", Unit.DAY) or Unit.DAY), today, -(value(signs, "nc", 1) or 0))


def _window(signs: Signs, today: date) -> Point | None:
    """Read “next 10 days”: from today, and 10 days on."""
    unit, count = Unit(value(signs, "u", Unit.DAY) or Unit.DAY), value(signs, "nc", 1) or 0
    if value(signs, "r", 1) == -1:
        return Days(first=away(unit, today, -count), last=today)
    return Days(first=today, last=away(unit, today, count))


def _unit(signs: Signs, today: date) -> Point:
    return of_unit(Unit(_must(signs, "u")), today, value(signs, "r", 0) or 0)


def _weekday(signs: Signs, today: date) -> Point:
    """Read a weekday: this week's, another week's, the next after today, the last before it."""
    weekday, relative = _must(signs, "w"), value(signs, "r")
    if value(signs, "u") == Unit.WEEK or relative == 0:
        day = of_unit(Unit.WEEK, today, relative or 0).first + timedelta(days=weekday)
    elif relative is None:
        day = today + timedelta(days=(weekday - today.weekday()) % 7)
    elif relative > 0:
        day = today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    else:
        day = today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    return Days(first=day, last=day)


def _week_number(signs: Signs, today: date) -> Point | None:
    if value(signs, "u") != Unit.WEEK:
        return None
    number, year = _must(signs, "n"), value(signs, "y")
    if year is not None:
        return of_week(year, number)
    week = of_week(today.year, min(number, 52)) if number else of_week(today.year, 0)
    return of_week(today.year + (week.last < today), number)


def _day(signs: Signs, today: date) -> Point:
    return of_unit(Unit.DAY, today, _must(signs, "d"))


def _year(signs: Signs, today: date) -> Point | None:
    del today
    if value(signs, "u", Unit.YEAR) != Unit.YEAR:
        return None
    return part(month=1, months=12, year=_must(signs, "y"))


_YEAR = r"(?:[oi,/-]{0,2}y(?:Y\.?|u)?)?"

POINTS: tuple[tuple[str, Read], ...] = (
    (r"(?:w[,.]?[io]?)?D(?:i?w)?", _figures),
    (r"T", _year_month),
    (r"(?:y[Yu]?[o,]?)?nG(?:o?nHw?)?", _han_date),
    (r"n\.n\.y", _numbers),
    (r"(?:w[,.]?[io]*)?n\.?[oi-]{0,2}m\.?[,-]?n(?![.oi]*[mMGu])(?!\d)", _short_year),
    (rf"(?:w[,.]?[io]*)?n\.?[oi-]{{0,2}}m\.?{_YEAR}", _day_month),
    (r"n\.?o?Mo?y?", _day_month),
    (r"(?:w[,.]?)?m\.?i?n(?![.,]?[oi]*m)(?:,?y)?", _day_month),
    (r"y[Yu]?[,i]?m", _month),
    (r"rm|m\.?r", _month),
    (rf"m\.?{_YEAR}", _month),
    (rf"(?:y[Yu]?[o,]?)?[qh]{_YEAR}", _quarter),
    (r"[iA][nct]u|Au|[nct][uH]V", _in_units),
    (r"[nct]ug|g[nct]u|B[nct]u|[nct][uH]v", _ago),
    (r"r[nc][uH]|[nc]ru|[nc]ur|ucr|[lj][io]*[nct]u|[nc][uH]J", _window),
    (rf"(?:y[Yu]?[o,]?)?z?[kn]\.?o?u{_YEAR}", _quarter),
    (rf"uk(?:fu?y|{_YEAR})", _quarter),  # Arabic says "from" for "of"
    (r"ru[oif]{1,2}u?y", _last_quarter),
    (r"w,?[oi]*(?:ru|ur)|ruo?w", _weekday),
    (r"rw|wr|uw", _weekday),
    (r"un(?:[oi,/]{0,2}y[Yu]?)?(?![.oi]*[mG])", _week_number),
    (r"E[oi]{0,2}(?:ru|ur|u)|ru|ur", _unit),
    (r"eT", _winter),
    (rf"(?:y[Yu]?[o,]?)?(?:re|er|e){_YEAR}", _season),
    (r"d", _day),
    (r"w(?![,.]?n[.H]?[-tlaS])", _weekday),
    (r"u?y[Yu]?", _year),
)
"""Shapes of points, the more special first."""

_YEAR_WORDS = re.compile(r"(?<![nc])(?:ru|ur)")


def say_years(signs: Signs, today: date) -> list[Sign]:
    """Turn “next year” into the year it is, so that it can stand wherever a year can."""
    out: list[Sign] = []
    at = 0
    for match in _YEAR_WORDS.finditer(kinds(signs)):
        pair = signs[match.start() : match.end()]
        if value(pair, "u") == Unit.YEAR and match.start() >= at:
            out += signs[at : match.start()]
            year = today.year + _must(pair, "r")
            out.append(Sign(kind="y", value=year, start=pair[0].start, end=max(sign.end for sign in pair)))
            at = match.end()
    return out + list(signs[at:])
