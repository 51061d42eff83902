"""Days and study periods in all the forms of ITU's pages; ITU gives no zone, they are Geneva days and stay days."""

import re
from collections.abc import Iterator
from datetime import date

from bot.domain import itu
from feeds.itu_dates import read

_FOUNDED = 1865  # the year of ITU's first conference; .NET writes "no day" as 0001-01-01
_ISO = re.compile(r"\b\d{4}-\d{2}-\d{2}(?!\d)")
_NUMBERS = re.compile(
    r"(?<![\d./-])(?:(?P<y>(?:19|20)\d\d)(?P<mark>[./])(?P<m>\d{1,2})(?P=mark)(?P<d>\d{1,2})"
    r"|(?P<d2>\d{1,2})\.(?P<m2>\d{1,2})\.(?P<y2>(?:19|20)\d\d)"
    r"|(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y3>(?:19|20)\d\d))(?![\d./-])"
)
_COMPACT = re.compile(r"\s*((?:19|20)\d\d)(\d\d)(\d\d)\s*")
_MONTHS = 12
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_ROMAN_DAY = re.compile(r"\b(\d{1,2})\.([IVX]{1,4})\.(\d{4})\b", re.IGNORECASE)
_FIRST_PERIOD, _YEARS = 1953, 4
_WTSA_20 = date(2022, 3, 1)


def day(text: str) -> date | None:
    """Read a day: "2021-08-22T00:00:00", "Approved on 22 Aug 2021", "15.III.2016"; of a period its first."""
    return period(text)[0]


def period(text: str) -> tuple[date | None, date | None]:
    """Read first and last day: "2026-02-16 - 2026-03-15", "16 February - 15 March 2026"; a single day is both."""
    try:
        days = [date.fromisoformat(found) for found in _ISO.findall(text)]
        days += [
            date(int(year), _ROMAN.index(month.lower()) + 1, int(number))
            for number, month, year in _ROMAN_DAY.findall(text)
            if month.lower() in _ROMAN
        ]
        days += [date(*parts) for parts in _in_numbers(text)] if not days else []
    except ValueError:
        return None, None
    if not days:
        said = read(text)
        return said.starts, said.ends
    if min(days).year < _FOUNDED:
        return None, None
    return min(days), max(days)


def _in_numbers(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield year, month and day of 2026/06/09, 9.6.2026 and 20260609; of 9/6/2026 only if it cannot be two days."""
    if compact := _COMPACT.fullmatch(text):
        yield int(compact[1]), int(compact[2]), int(compact[3])
    for found in _NUMBERS.finditer(text):
        if found["y"]:
            yield int(found["y"]), int(found["m"]), int(found["d"])
        elif found["y2"]:
            yield int(found["y2"]), int(found["m2"]), int(found["d2"])
        elif int(found["a"]) > _MONTHS or found["a"] == found["b"]:
            yield int(found["y3"]), int(found["b"]), int(found["a"])
        elif int(found["b"]) > _MONTHS:
            yield int(found["y3"]), int(found["a"]), int(found["b"])


def period_code(when: date) -> str:
    """Return the two digits that begin the names of documents of a day's study period: "25".

    Periods are of four years from 1953; 2017-2020 ran on until WTSA-20 in March 2022, so its documents keep `T17`.
    """
    known = itu.period_of(when)
    if known is not None:
        return "17" if known.code == "22" and when < _WTSA_20 else known.code
    first = _FIRST_PERIOD + (when.year - _FIRST_PERIOD) // _YEARS * _YEARS
    return f"{first % 100:02d}"
