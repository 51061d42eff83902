"""Days and study periods in all the forms of ITU's pages; ITU gives no zone, they are Geneva days and stay days."""

import re
from datetime import date

from bot.domain import itu
from feeds.itu_dates import read

_FOUNDED = 1865  # the year of ITU's first conference; .NET writes "no day" as 0001-01-01
_ISO = re.compile(r"\b\d{4}-\d{2}-\d{2}(?!\d)")
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
    except ValueError:
        return None, None
    if not days:
        said = read(text)
        return said.starts, said.ends
    if min(days).year < _FOUNDED:
        return None, None
    return min(days), max(days)


def period_code(when: date) -> str:
    """Return the two digits that begin the names of documents of a day's study period: "25".

    Periods are of four years from 1953; 2017-2020 ran on until WTSA-20 in March 2022, so its documents keep `T17`.
    """
    known = itu.period_of(when)
    if known is not None:
        return "17" if known.code == "22" and when < _WTSA_20 else known.code
    first = _FIRST_PERIOD + (when.year - _FIRST_PERIOD) // _YEARS * _YEARS
    return f"{first % 100:02d}"
