"""ITU's identifiers: of study periods, groups, meetings and documents."""

import re
from datetime import date

from bot.domain.values import by_value


@by_value(kw_only=False)
class StudyPeriod:
    """Years between two assemblies; the first year names its documents (`T25-…`)."""

    first: int
    last: int

    @property
    def code(self) -> str:
        """Two digits, as in document names: "25"."""
        return f"{self.first % 100:02d}"

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


PERIODS = (StudyPeriod(2013, 2016), StudyPeriod(2017, 2021), StudyPeriod(2022, 2024), StudyPeriod(2025, 2028))
"""ITU-T's (WTSA-12, -16, -20 and -24; 2017-2020 ran on into 2022, so its documents keep `T17`)."""

_PERIOD = re.compile(r"\b((?:19|20)\d\d)\s*[-–—/]\s*((?:19|20)\d\d)\b")
_SECTOR = re.compile(r"^\s*ITU(?:[-‑–\s]*([TRD])\b)?[\s:,-]*", re.IGNORECASE)
_SECTOR_WORDS = {"standardization": "T", "radiocommunication": "R", "development": "D"}
_PREFIX = re.compile(r"\b([TRD])(\d\d)-([A-Z][A-Z0-9.]*)\b")


def study_period(text: str) -> StudyPeriod | None:
    """Find the study period in words like "ITU-T Study Group 12 (Study Period 2025-2028)"."""
    found = _PERIOD.search(text)
    if found is None:
        return None
    first, last = int(found[1]), int(found[2])
    return StudyPeriod(first, last) if first <= last else None


def period_of(starts: date) -> StudyPeriod | None:
    """Return ITU-T's study period in which a day falls, as far as the table goes."""
    return next((period for period in PERIODS if period.first <= starts.year <= period.last), None)


def sector(text: str) -> str | None:
    """Return the letter of the sector: "T" for "ITU-T SG 12" or "ITU Telecommunication Standardization Sector"."""
    found = _SECTOR.match(text)
    if found and found[1]:
        return found[1].upper()
    return next((letter for word, letter in _SECTOR_WORDS.items() if word in text.casefold()), None)


def group(code: str) -> str:
    """Return a group as ITU's document names write it: "ITU-T SG 12" is "SG12", "ITU-T TSAG" is "TSAG"."""
    rest = _SECTOR.sub("", code)
    rest = re.sub(r"^study\s+group\b", "SG", rest, flags=re.IGNORECASE)
    rest = re.sub(r"^working\s+party\b", "WP", rest, flags=re.IGNORECASE)
    return re.sub(r"\s+", "", rest).upper()


@by_value(kw_only=False)
class DocumentPrefix:
    """How the names of a group's documents begin: "T25-SG12"."""

    sector: str
    period: str
    group: str

    def __str__(self) -> str:
        return f"{self.sector}{self.period}-{self.group}"


def document_prefix(text: str) -> DocumentPrefix | None:
    """Find a prefix in the name of a document or index: "../docs-dms/T25-SG12-C.xml"."""
    found = _PREFIX.search(text)
    return DocumentPrefix(found[1], found[2], found[3]) if found else None


def meeting_key(sector_letter: str | None, period: str, group_name: str, yymmdd: str) -> str:
    """Return a meeting's identifier: "T25-SG12-260609"; without a sector it begins with "ITU"."""
    return f"{sector_letter or 'ITU'}{period}-{group_name}-{yymmdd}"
