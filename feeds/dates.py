"""Dates as feeds write them: a string in, an aware instant in UTC out, or None.

The order is by frequency: ISO 8601 as W3CDTF and RFC 3339 narrow it, then everything else by its parts (a time, a
zone, a month's name, numbers), which covers RFC 822 and what servers make of it. No guessing library: a string
without a digit is never a date, and a string that fits nothing is None.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LONGEST = 120
"""Characters; a longer string is not a date."""

EARLIEST_YEAR = 1900
"""Years before are clocks that were never set (0001, -0001), not publications."""

MONTHS = """
january jan janvier janv januar janner enero ene janeiro gennaio gen januari ocak stycznia leden ledna
    ianuarie января январь січня ιανουαριος ιανουαριου ιαν
february feb febr fevrier fevr februar febrero fevereiro fev febbraio februari subat lutego unora februarie
    февраля февраль лютого φεβρουαριος φεβρουαριου φεβ φεβρ
march mar mars marz maerz marzo marco maart mart marca brezna martie marcius marc марта март березня μαρτιος
    μαρτιου μαρ μαρτ
april apr avril avr abril abr aprile nisan kwietnia dubna aprilie aprilis апреля апрель квітня απριλιος
    απριλιου απρ
may mai mayo maio maggio mag mei maj maja mayis kvetna majus мая май травня μαιος μαιου μαι μαϊ
june jun juin juni junio junho giugno giu haziran czerwca cervna iunie junius июня июнь червня ιουνιος ιουνιου
    ιουν
july jul juillet juil juli julio julho luglio lug temmuz lipca cervence iulie julius июля июль липня ιουλιος
    ιουλιου ιουλ
august aug aout agosto ago augustus augusti agustos sierpnia srpna augusztus августа август серпня αυγουστος
    αυγουστου αυγ
september sep sept septembre septiembre setembro settembre set eylul wrzesnia zari septembrie szeptember szept
    сентября сентябрь вересня σεπτεμβριος σεπτεμβριου σεπ σεπτ
october oct octobre oktober okt octubre outubro out ottobre ott ekim pazdziernika rijna octombrie октября
    октябрь жовтня οκτωβριος οκτωβριου οκτ
november nov novembre noviembre novembro kasim listopada listopadu noiembrie ноября ноябрь листопада νοεμβριος
    νοεμβριου νοε
december dec decembre dezember dez diciembre dic dezembro dicembre aralik grudnia prosince decembrie декабря
    декабрь грудня δεκεμβριος δεκεμβριου δεκ
"""
"""Names of the months, a line each (continued lines are indented), unaccented and folded.

en fr de es pt it nl sv tr pl cs ro hu ru uk el; three letters do where they are enough.
"""

ZONES: Mapping[str, float] = MappingProxyType(
    dict.fromkeys(("ut", "utc", "gmt", "z", "wet"), 0)
    | dict.fromkeys(("bst", "west", "cet", "met", "mez"), 1)
    | dict.fromkeys(("cest", "mest", "mesz", "eet"), 2)
    | dict.fromkeys(("eest", "msk"), 3)
    | {"ist": 5.5, "hkt": 8, "sgt": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5}
    | {"aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "nst": -3.5, "ndt": -2.5, "brt": -3}
    | {"ast": -4, "adt": -3, "at": -4, "est": -5, "edt": -4, "et": -5, "cst": -6, "cdt": -5, "ct": -6}
    | {"mst": -7, "mdt": -6, "mt": -7, "pst": -8, "pdt": -7, "pt": -8, "akst": -9, "akdt": -8, "hst": -10}
    | {letter: -hours for hours, letter in enumerate("abcdefghiklm", 1)}
    | {letter: hours for hours, letter in enumerate("nopqrstuvwxy", 1)}
)
"""Hours east of UTC: RFC 822 §5.1 with its single letters, and the names that feeds use besides."""

_RFC_822 = re.compile(
    r"(?:[A-Za-z]{3}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d)(?::(\d\d))? ([+-]\d{4}|GMT|UTC?|Z)", re.ASCII
)
_ISO = re.compile(
    r"(?P<year>\d{4})(?:-?(?P<month>\d{2})(?:-?(?P<day>\d{2}))?|-(?P<m>0?\d{1,2})-(?P<d>\d{1,2}))?"
    r"(?:[t\s]+(?P<hour>\d{1,2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2}|(?<=:)\d)(?:[.,]\d+)?)?\s*(?P<zone>\D*|[+-][\d:]+)z?)?"
)
_EPOCH = re.compile(r"(\d{10})(?:\d{3}|\.\d+)?", re.ASCII)
_SHORT_ISO = re.compile(
    r"(?P<year>\d\d)(?P<mark>-?)(?P<month>\d\d)(?P=mark)(?P<day>\d\d)|-(?P<y>\d\d)-?(?P<m>\d\d)"
    r"|(?P<yy>0\d)-?(?P<ordinal>\d{3})|(?P<yyyy>\d{4})-?(?P<ord>\d{3})"
)
_TIME = re.compile(
    r"(?P<before>\b[ap]\.?m\.?\s|오전|오후|上午|下午|午前|午後)?\s*(?<!\d)(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?!\d)"
    r"(?::(?P<second>\d{2})(?!\d)(?:[.,]\d+)?)?(?:\s*(?P<after>[ap])\.?m\b\.?)?"
)
_OFFSET = re.compile(r"(?:\b(?:gmt|utc?)\s*)?(?<![\d-])(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})(?![\d-])")
_PLACE = re.compile(r"\b[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_-]+){1,2}\b")
_SLASHED = re.compile(r"(?<!\d)(?<!\d[/.-])(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})(?!\d|\2\d)")
_SPACED = re.compile(r"(?<![\w:/.-])(\d{1,2})(\s)(\d{1,2})\s(\d{4})(?!\d)")
_CJK = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(?:(\d{1,2})\s*[日일号]?)?")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+")
_ISO_BEGINNING = re.compile(r"\d{4}-\d{2}-\d{2}t")
_NEGATIVE_YEAR = re.compile(r"(?<![\d-])-\d{4}(?!\d)")
_PIVOT, _NOON = 69, 12
_SHORTEST_MONTH = 3
_AFTERNOON = ("p", "오후", "下午", "午後")
_KOREAN = timezone(timedelta(hours=9))


def instant(raw: str) -> datetime | None:
    """Return the instant that a feed's date string names, in UTC, or None if it names none.

    A date without a time is its midnight, a time without a zone is UTC (Korean forms: Seoul). A date that cannot
    be, a clock never set (1 January 1970 00:00, a year before 1900) and an offset past a day are None.
    """
    text = raw.strip()
    if len(text) > LONGEST or not any(map(str.isdecimal, text)):
        return None
    try:
        moment = _fast(text) or _iso(text.lower()) or _free(text)
        moment = None if moment is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if moment is None or moment.year < EARLIEST_YEAR or moment.timestamp() == 0:
        return None
    return moment.replace(microsecond=0)


def _fast(text: str) -> datetime | None:
    """Read RFC 3339 and RFC 822 as they ought to be, which is most of Atom and of RSS."""
    try:
        if text[4:5] == "-" and text[10:11] in ("T", "t", " "):
            return _aware(datetime.fromisoformat(text))
        if found := _RFC_822.fullmatch(text):
            day, month, year, hour, minute, second, zone = found.groups()
            clock = int(hour), int(minute), int(second or 0)
            return datetime(int(year), _month(month.lower()), int(day), *clock, tzinfo=_zone(zone.lower()))
    except ValueError:
        pass
    return None


def _aware(moment: datetime, zone: tzinfo | None = None) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone or UTC)


def _iso(text: str) -> datetime | None:
    """Read W3CDTF, the shorter and sloppier forms of ISO 8601 that feeds hold, and ten digits of Unix time.

    Raise ValueError for what has the form and cannot be. Two-digit years count from 1969 (POSIX); a five-digit
    ordinal date (YYDDD) is one only if its first digit is 0, for otherwise it may as well be a number.
    """
    if found := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(found[1]), UTC)
    if found := _SHORT_ISO.fullmatch(text):
        year = _year(found["year"] or found["y"] or found["yy"] or found["yyyy"])
        first = datetime(year, int(found["month"] or found["m"] or 1), int(found["day"] or 1), tzinfo=UTC)
        ordinal = int(found["ordinal"] or found["ord"] or 1)
        if not 1 <= ordinal <= (first.replace(month=12, day=31) - first.replace(month=1, day=1)).days + 1:
            raise ValueError("no such day of the year")
        return first + timedelta(days=ordinal - 1)
    if not (found := _ISO.fullmatch(text)):
        if _ISO_BEGINNING.match(text):
            raise ValueError("not a time of day")
        return None
    month, day = int(found["month"] or found["m"] or 1), int(found["day"] or found["d"] or 1)
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    zone = _zone(found["zone"] or "")
    if zone is None:
        raise ValueError("not a zone")
    return datetime(int(found["year"]), month, day, hour, minute, second, tzinfo=zone)


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) > len("69"):
        return year
    return year + (2000 if year < _PIVOT else 1900)


def _zone(text: str) -> tzinfo | None:
    """Return the zone that stands alone in `text`; UTC if it is empty, None if it is no zone."""
    text = text.strip().lower()
    if not text:
        return UTC
    if found := _OFFSET.fullmatch(text):
        offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
        return timezone(-offset if found["sign"] == "-" else offset)
    return timezone(timedelta(hours=ZONES[text])) if text in ZONES else None


def _free(text: str) -> datetime | None:
    """Read a date by its parts, whatever their order: RFC 822, asctime, blogs in many languages."""
    text = re.sub(r"\([^()]*\)", " ", text)
    zone = _place(text)
    text = _unaccented(_PLACE.sub(" ", text))
    hour, minute, second, rest = _time_of_day(text)
    if zone is None:
        zone, rest = _cut_zone(rest)
    day = _day(rest)
    if day is None:
        return None
    if zone is None:
        zone = _KOREAN if re.search("[년월일]|오전|오후", unicodedata.normalize("NFC", text)) else UTC
    return datetime(*day, hour, minute, second, tzinfo=zone)


def _place(text: str) -> tzinfo | None:
    found = _PLACE.search(text)
    try:
        return ZoneInfo(found[0]) if found else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _unaccented(text: str) -> str:
    """Fold case and take the accents off; Hangul is put together again."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", plain)


def _time_of_day(text: str) -> tuple[int, int, int, str]:
    """Return hour, minute, second and the text without them; midnight if there is no time."""
    found = _TIME.search(text)
    if found is None:
        return 0, 0, 0, text
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    half = (found["before"] or found["after"] or "").strip()
    if half and 1 <= hour <= _NOON:
        hour = hour % _NOON + (_NOON if half.startswith(_AFTERNOON) else 0)
    return hour, minute, second, f"{text[: found.start()]} | {text[found.end() :]}"


def _cut_zone(text: str) -> tuple[tzinfo | None, str]:
    """Return the zone written after the time, if any, and the text without it."""
    head, bar, tail = text.partition("|")
    if found := _OFFSET.search(tail):
        return _zone(found[0].lstrip("gmtuc ")), f"{head} {tail[: found.start()]} {tail[found.end() :]}"
    for word in _WORD.finditer(tail if bar else ""):
        if word[0] in ZONES:
            return _zone(word[0]), f"{head} {tail[: word.start()]} {tail[word.end() :]}"
    return None, f"{head} {tail}"


def _day(text: str) -> tuple[int, int, int] | None:
    """Return year, month and day from what is left, or None if they are not there."""
    if found := _CJK.search(text):
        return int(found[1]), int(found[2]), int(found[3] or 1)
    words = _WORD.findall(text)
    month = next((m for m in map(_month, reversed(words)) if m), 0)
    if found := _SLASHED.search(text) or (None if month else _SPACED.search(text)):
        return _slashed(found[1], found[3], found[4], mark=found[2])
    if not month or _NEGATIVE_YEAR.search(text):
        return None
    return _day_of_month(month, _NUMBER.findall(text), alone=len(words) == 1)


def _day_of_month(month: int, numbers: list[str], *, alone: bool) -> tuple[int, int, int] | None:
    if alone and len(numbers) == 1 and len(numbers[0]) == len("2020"):  # "Nov. 2020"
        return int(numbers[0]), month, 1
    if len(numbers) != len(("day", "year")):
        return None
    first, second = numbers
    return (_year(first), month, int(second)) if len(first) > len("31") else (_year(second), month, int(first))


def _slashed(first: str, second: str, third: str, *, mark: str) -> tuple[int, int, int]:
    """Order the numbers: year first if it is long; 10/30/2023 in the US way, else day first, unless it cannot be."""
    if len(first) > len("31"):
        return _year(first), int(second), int(third)
    if int(first) <= _NOON and (mark == "/" or int(second) > _NOON):  # a month
        return _year(third), int(first), int(second)
    return _year(third), int(second), int(first)


def _month(word: str) -> int:
    """Return the number of the month that a folded word names or begins, 0 if none or more than one."""
    if len(word) < _SHORTEST_MONTH:
        return 0
    names = _month_names()
    if word in names:
        return names[word]
    found = {number for name, number in names.items() if name.startswith(word)}
    return found.pop() if len(found) == 1 else 0


@cache
def _month_names() -> Mapping[str, int]:
    lines = MONTHS.strip().replace("\n ", " ").splitlines()
    return {name: number for number, names in enumerate(lines, 1) for name in names.split()}
