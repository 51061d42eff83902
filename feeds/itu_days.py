"""Days and study periods in all the forms of ITU's pages; ITU gives no zone, they are Geneva days and stay days."""

import re
from datetime import date

from bot.domain import itu
from feeds.itu_dates import read

_FOUNDED = 1865  # the year of ITU's first conference; .NET writes "no day" as 0001-01-01
_DASHES = re.compile(r"(?<=\d)\s?[\u2010-\u2015\u2212]\s?(?=\d)")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_SHAPES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<y>\d{4})-\s?(?P<m>\d{1,2})-\s?(?P<d>\d{1,2})(?!\d)",  # 2026-06-09, 2026-6-9
        rf"(?<![\d./-])(?P<d>\d{{1,2}})\.(?P<m>[IVX]{{1,4}})\.{_YEAR}\b",  # 9.VI.2026
        rf"(?<![\d./-])(?P<d>\d{{1,2}})-(?P<m>[a-z]{{3,9}})-{_YEAR}\b",  # 9-Jun-2026
        rf"(?<![\d./-]){_YEAR}(?P<mark>[./])(?P<m>\d{{1,2}})(?P=mark)(?P<d>\d{{1,2}})(?!\d)",  # 2026/06/09
        rf"(?<![\d./-])(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.{_YEAR}(?!\d)",  # 09.06.2026
        rf"(?<![\d./-])(?P<d>1[3-9]|[23]\d)/(?P<m>\d{{1,2}})/{_YEAR}(?!\d)",  # 19/06/2026
        rf"(?<![\d./-])(?P<m>\d{{1,2}})/(?P<d>1[3-9]|[23]\d)/{_YEAR}(?!\d)",  # 06/19/2026
        rf"^\s*{_YEAR}(?P<m>\d\d)(?P<d>\d\d)\s*$",  # 20260609
    )
)
"""Days in figures; 6/9/2026 could be two of them and is none."""
_FIRST_PERIOD, _YEARS = 1953, 4
_WTSA_20 = date(2022, 3, 1)


def day(text: str) -> date | None:
    """Read a day: "2021-08-22T00:00:00", "Approved on 22 Aug 2021", "15.III.2016"; of a period its first."""
    return period(text)[0]


def period(text: str) -> tuple[date | None, date | None]:
    """Read first and last day: "2026-02-16 - 2026-03-15", "16 February - 15 March 2026"; a single day is both."""
    plain = _DASHES.sub(lambda dash: "-" if len(dash[0]) == 1 else " - ", text)
    found = next(filter(None, (list(shape.finditer(plain)) for shape in _SHAPES)), [])
    if not found:
        said = read(text)
        return said.starts, said.ends
    try:
        days = [date(int(one["y"]), _month(one["m"]), int(one["d"])) for one in found]
    except ValueError:
        return None, None
    return (min(days), max(days)) if min(days).year >= _FOUNDED else (None, None)


def _month(text: str) -> int:
    """Return the number of a month in figures, Roman figures or English; ValueError if it is none."""
    if text.isdecimal():
        return int(text)
    folded = text.casefold()
    return (_ROMAN.index(folded) if folded in _ROMAN else _NAMES.index(folded[:3])) + 1


def period_code(when: date) -> str:
    """Return the two digits that begin the names of documents of a day's study period: "25".

    Periods are of four years from 1953; 2017-2020 ran on until WTSA-20 in March 2022, so its documents keep `T17`.
    """
    known = itu.period_of(when)
    if known is not None:
        return "17" if known.code == "22" and when < _WTSA_20 else known.code
    first = _FIRST_PERIOD + (when.year - _FIRST_PERIOD) // _YEARS * _YEARS
    return f"{first % 100:02d}"
