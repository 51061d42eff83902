"""Places and dates as ITU writes them: "ITU-T SG 12, Geneva, 9-17 June 2026"."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

_MONTHS = (
    ("january", "jan"),
    ("february", "febr", "feb"),
    ("march", "mar"),
    ("april", "apr"),
    ("may",),
    ("june", "jun"),
    ("july", "jul"),
    ("august", "aug"),
    ("september", "sept", "sep"),
    ("october", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)
_MONTH_NUMBER = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_MONTH = "(?:" + "|".join(sorted(_MONTH_NUMBER, key=len, reverse=True)) + r")\b\.?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sat|sun)(?:day)?\b\.?,?\s+)?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?\b"
_YEAR = r"(?:,?\s*(?:19|20)\d\d\b)?"
_POINT = rf"{_WEEKDAY}(?:{_DAY}(?:\s+(?:of\s+)?{_MONTH})?|{_MONTH}\s+{_DAY}){_YEAR}"
_JOIN = r"\s*(?:-|,?\s*\band\b|,|&|\bto\b|\buntil\b|\bthrough\b)\s*"
_DATES = re.compile(rf"(?<![\w./])(?:\bfrom\s+)?{_POINT}(?:{_JOIN}{_POINT})*(?![\w/])", re.IGNORECASE)
_PART = re.compile(rf"({_MONTH})|\b((?:19|20)\d\d)\b|(\d{{1,2}})(?:st|nd|rd|th)?\b", re.IGNORECASE)
_NUMBERED = r"(?i:SG|WP|study group|working party)\s*\d+[A-Z]?(?:/\d+)?(?=\W|$)"
_GROUP = re.compile(rf"^[\W_]*(?:ITU(?:-[TRD])?\b[ ,:]*(?:{_NUMBERED}|[A-Z]{{2,}}[A-Z0-9-]*(?=\W|$))?|{_NUMBERED})")
_STATUS = re.compile(r"\b(cancell?ed|postponed|to be confirmed|tbc)\b", re.IGNORECASE)
_STATUS_WORDS = {"canceled": "cancelled", "tbc": "tentative", "to be confirmed": "tentative"}
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LOOSE_ZERO_WIDTH = re.compile(r"(?<![^\W\d_])\u200b|\u200b(?![^\W\d_])")  # ITU's pages write it for a space
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceAndDate:
    """What the text says; None where it does not.

    Attributes:
        ends: the last day, inclusive.
        status: "cancelled", "postponed" or "tentative" if such a word stands in it.

    """

    place: str | None = None
    starts: date | None = None
    ends: date | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class _Point:
    day: int
    month: int | None
    year: int | None


def clean(text: str) -> str:
    """Return text on one line, composed (NFC), without invisible characters, with single spaces."""
    spaced = _LOOSE_ZERO_WIDTH.sub(" ", unicodedata.normalize("NFC", text))
    return " ".join(_INVISIBLE.sub("", spaced).split())


def read(text: str, *, starts: date | None = None) -> PlaceAndDate:
    """Find the place and the days in a line such as "ITU-T SG 12, Geneva, 9-17 June 2026".

    `starts` is the first day if known from elsewhere: it supplies a year the text leaves out
    and tells days from other numbers.
    """
    line = _DASHES.sub("-", clean(text))
    said = _STATUS.search(line)
    status = _STATUS_WORDS.get(said[1].lower(), said[1].lower()) if said else None
    line = _GROUP.sub("", _STATUS.sub("", line))
    found = _longest(line)
    if found is None:
        return PlaceAndDate(place=_place(line), status=status)
    days = _days(_points(found[0]), starts)
    place = _place(line[: found.start()]) or _place(line[found.end() :])
    if not days:
        return PlaceAndDate(place=place, status=status)
    return PlaceAndDate(place=place, starts=days[0], ends=days[-1], status=status)


def _longest(line: str) -> re.Match[str] | None:
    """Return the longest run of days that names a month; the last one of several equally long."""
    dated = [found for found in _DATES.finditer(line) if any(part[1] for part in _PART.finditer(found[0]))]
    return max(dated, key=lambda found: (len(found[0]), found.start()), default=None)


def _place(text: str) -> str | None:
    bare = re.sub(r"[\[(]\s*[\])]", "", text).strip(" ,;:-[]")
    if bare.count("(") != bare.count(")"):
        bare = bare.strip("() ")
    return bare if any(letter.isalpha() for letter in bare) else None


def _points(text: str) -> list[_Point]:
    """Split into days with the month and year written beside each (before a day: "June 9"; after it: "9 June")."""
    points: list[_Point] = []
    month_ahead: int | None = None
    for month, year, day in _PART.findall(text):
        if day:
            points.append(_Point(int(day), month_ahead, None))
            month_ahead = None
        elif month:
            number = _MONTH_NUMBER[month.lower().rstrip(".")]
            if points and points[-1].month is None:
                points[-1] = _Point(points[-1].day, number, points[-1].year)
            else:
                month_ahead = number
        elif points:
            points[-1] = _Point(points[-1].day, points[-1].month, int(year))
    return points


def _days(points: list[_Point], known: date | None) -> list[date]:
    """Return the days in order; empty where they are no days of the calendar or run backwards."""
    filled = _months_from_left(_from_right(points))
    if filled and filled[-1].year is None and known is not None:
        filled = _years_from_left(filled, known)
    try:
        days = [date(point.year or 0, point.month or 0, point.day) for point in filled]
    except ValueError:
        return []
    if known in days:
        days = days[days.index(known) :]
    return days if days == sorted(days) else []


def _from_right(points: list[_Point]) -> list[_Point]:
    """Let a day without month or year take those of the day after it; December before January is a year earlier."""
    filled: list[_Point] = []
    for point in reversed(points):
        after = filled[-1] if filled else point
        month = point.month or after.month
        year = point.year or after.year
        if point.year is None and year and month and after.month and month > after.month:
            year -= 1
        filled.append(_Point(point.day, month, year))
    return filled[::-1]


def _months_from_left(points: list[_Point]) -> list[_Point]:
    """Let a day still without month take that of the day before it ("June 9-17, 2026")."""
    filled: list[_Point] = []
    for point in points:
        month = point.month or (filled[-1].month if filled else None)
        filled.append(_Point(point.day, month, point.year))
    return filled


def _years_from_left(points: list[_Point], known: date) -> list[_Point]:
    year, before = known.year, 0
    filled: list[_Point] = []
    for point in points:
        year += int(bool(point.month) and (point.month or 0) < before)
        before = point.month or before
        filled.append(_Point(point.day, point.month, year))
    return filled


def span(starts: date, ends: date) -> str:
    """Write days as ITU does, with an en dash: "9–17 June 2026", "28 November – 2 December 2025"."""
    if starts == ends:
        return _long(starts)
    if (starts.year, starts.month) == (ends.year, ends.month):
        return f"{starts.day}–{_long(ends)}"
    if starts.year == ends.year:
        return f"{starts.day} {_month(starts)} – {_long(ends)}"
    return f"{_long(starts)} – {_long(ends)}"


def _month(day: date) -> str:
    return _MONTHS[day.month - 1][0].capitalize()


def _long(day: date) -> str:
    return f"{day.day} {_month(day)} {day.year}"
