"""ITU's identifiers and clock rules, as data with the text they come from.

ITU publishes days without a zone; they are Geneva days, and stay days here.
"""

import re
from datetime import date, timedelta

from bot.domain.values import by_value


@by_value
class ClockRule:
    """Something that is due a while before a meeting starts.

    Attributes:
        days, months: how long before the first day, calendar days or months.
        about: the rule is a custom ("about two months"), not a limit.
        source: Recommendation, edition and clause.

    """

    what: str
    days: int = 0
    months: int = 0
    about: bool = False
    source: str

    def due(self, starts: date) -> date:
        """Return the last day on which it may be done for a meeting whose first day is `starts`."""
        return _months_before(starts, self.months) - timedelta(days=self.days)


CONTRIBUTIONS = ClockRule(what="contributions reach the secretariat", days=12, source="Rec. ITU-T A.1 (10/2016) §3.1.8")
TEMPORARY_DOCUMENTS = ClockRule(
    what="temporary documents are available", days=7, source="Rec. ITU-T A.1 (10/2016) §3.3.3"
)
COLLECTIVE_LETTER = ClockRule(
    what="the collective letter announces the meeting", months=2, about=True, source="Rec. ITU-T A.1 (10/2016) §1.3"
)


def contribution_deadline(starts: date) -> date:
    """Return the last day for contributions to a study group or working party meeting (A.1 (10/2016) §3.1.8)."""
    return CONTRIBUTIONS.due(starts)


def documents_available(starts: date) -> date:
    """Return the day by which temporary documents are to be available (A.1 (10/2016) §3.3.3)."""
    return TEMPORARY_DOCUMENTS.due(starts)


def collective_letter(starts: date) -> date:
    """Return about when the collective letter goes out (A.1 (10/2016) §1.3)."""
    return COLLECTIVE_LETTER.due(starts)


def _months_before(when: date, months: int) -> date:
    index = when.year * 12 + when.month - 1 - months
    year, month = divmod(index, 12)
    for day in range(when.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue  # the month is shorter
    return date(year, month + 1, min(when.day, 28))


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
