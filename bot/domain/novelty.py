"""What a report says that can be told from what was said before: companies, documents, dates to come, stages.

A story is heard of again when a version of it says one of these first; everything else is the same in other words.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache

from bot.domain.entries import Entry, Fact
from bot.domain.stories import LEAD

MOST = 40
"""Facts of a story after which it says nothing new any more."""
MOST_AT_ONCE = 12

_MONTHS = (
    "january jan janvier januar enero janeiro gennaio января ocak januari",
    "february feb février fevrier februar febrero fevereiro febbraio февраля şubat subat februari",
    "march mar mars märz marzo março marco марта mart maart",
    "april apr avril abril aprile апреля nisan",
    "may mai mayo maio maggio мая mayıs mayis mei",
    "june jun juin juni junio junho giugno июня haziran",
    "july jul juillet juli julio julho luglio июля temmuz",
    "august aug août aout agosto августа ağustos agustos augustus",
    "september sep sept septembre septiembre setembro settembre сентября eylül eylul",
    "october oct octobre oktober octubre outubro ottobre октября ekim",
    "november nov novembre noviembre novembro ноября kasım kasim",
    "december dec décembre decembre dezember diciembre dezembro dicembre декабря aralık aralik",
)
MONTHS: Mapping[str, int] = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
"""Names of months in many languages, and their numbers."""
_STAGES: Mapping[str, str] = {
    "adopted": r"adopts\b|adopt[eé]|verabschiedet|aprueba|aprobad|aprova|adotad|принял|принят|通过|採択|اعتم|kabul",
    "approved": r"approv(?:es|ed)\b|approuv|genehmigt|billigt|одобр|批准|承認",
    "consented": r"\bconsent(?:s|ed)\b",
    "last call": r"last call",
    "published": r"standard published|in force|entre en vigueur|in kraft|entra en vigor|вступ\w+ в силу|生效|施行",
    "postponed": r"postpon|delay(?:s|ed)\b|reporté|verschoben|aplaza|adiad|отложен|推迟|延期|erteled",
    "rejected": r"reject(?:s|ed)\b|rejett|abgelehnt|rechaza|rejeita|отклон|否决|否決|redded",
    "withdrawn": r"withdr(?:aws|ew|awn)\b|retir[ée]|zurückgezogen|отозв|撤回|geri çek",
    "suspended": r"suspend|ausgesetzt|приостанов|暂停|停止|durduruldu",
    "cancelled": r"cancel(?:s|led|ed)\b|annul[ée]|abgesagt|cancelad|отмен|取消|iptal",
}


# Compiled when first needed: together they take 10 ms, which whoever only starts the bot would wait for.
@cache
def _document() -> re.Pattern[str]:
    return re.compile(
        r"(?<!\w)(?:RFC\s?\d{3,5}|[A-Z]\.\d{2,5}(?:\.\d{1,3})*|(?:ISO/IEC|ISO|IEC|IEEE|ETSI\s(?:EN|TS|TR|ES|GS)|3GPP\sT[SR]|NIST\sSP)"
        r"\s?\d[\d.\-]{1,12}|COM\(\d{4}\)\s?\d{1,4}|A/HRC/\d{1,3}/\d{1,4}|CVE-\d{4}-\d{4,7}|\d{4}/\d{2,4}/(?:EU|EC|UE|CE)"
        r"|\((?:EU|UE)\)\s?\d{4}/\d{2,4}|SG\d{1,2}-[A-Z]{1,3}-?\d{1,4})(?![\w])"
    )


@cache
def _date() -> re.Pattern[str]:
    names = "|".join(sorted(MONTHS, key=len, reverse=True))
    return re.compile(
        r"(?<!\d)(?:(?P<y1>20\d\d)-(?P<m1>\d\d)-(?P<d1>\d\d)"
        r"|(?P<y2>20\d\d)\s?[年년]\s?(?P<m2>\d{1,2})\s?[月월]\s?(?P<d2>\d{1,2})\s?[日일]"
        rf"|(?P<d3>\d{{1,2}})(?:\.|st|nd|rd|th|er|º)?\s(?:de\s)?(?P<m3>{names})\b\.?(?:\s(?:de\s)?(?P<y3>20\d\d))?"
        r"|(?P<d5>\d{1,2})\.(?P<m5>\d{1,2})\.(?P<y5>20\d\d))(?!\d)"
        rf"|\b(?P<m4>{names})\.?\s(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s(?P<y4>20\d\d))?",
        re.IGNORECASE,
    )


@cache
def _stages() -> Mapping[str, re.Pattern[str]]:
    return {stage: re.compile(pattern, re.IGNORECASE) for stage, pattern in _STAGES.items()}


def said(entry: Entry, today: date) -> frozenset[str]:
    """Return what a report says: "company Dahua", "document F.743.1", "date 2027-03-12", "stage adopted".

    Args:
        entry: its headline and the beginning of its text are read; its stage only from the headline. Which companies
            it names has been recognised (`bot.domain.recognising`).
        today: when it was told: only later days are dates to come.

    """
    text = f"{entry.title[:LEAD]}\n{entry.text[:LEAD]}"
    found = [f"company {label}" for label in _several(entry.facts.get("named", ()))]
    found += [f"document {' '.join(match[0].split())}" for match in _document().finditer(text)]
    found += [f"date {when}" for when in _dates(text, today)]
    found += [f"stage {stage}" for stage, pattern in _stages().items() if pattern.search(entry.title[:LEAD])]
    return frozenset(list(dict.fromkeys(found))[:MOST_AT_ONCE])


def _several(value: Fact) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


def _dates(text: str, today: date) -> Iterator[date]:
    """Yield the days to come that a text names; a day without a year is the next one."""
    for match in _date().finditer(text):
        given = {name[0]: value for name, value in match.groupdict().items() if value}
        month = MONTHS.get(given["m"].casefold()) or (int(given["m"]) if given["m"].isdecimal() else 0)
        years = [int(given["y"])] if "y" in given else [today.year, today.year + 1]
        days = (_day(year, month, int(given["d"])) for year in years)
        when = next((day for day in days if day is not None and day > today), None)
        if when is not None:
            yield when


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
