"""Reading times: zones, refusals, round trips, hostile text, and what is left to dateparser."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.language.times import LONGEST, Times
from bot.domain.errors import CommandError
from bot.domain.ports import Calendar, Period, Reading

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ENGLISH = "January February March April May June July August September October November December"
FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
SPANISH = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
PORTUGUESE = "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"
GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
ITALIAN = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
RUSSIAN = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
ARABIC = "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"


@pytest.fixture(scope="module")
def times() -> Times:
    return Times(languages=())


@pytest.fixture(scope="module")
def with_dateparser() -> Times:
    calendar = Times()
    calendar.warm()
    return calendar


def read(calendar: Calendar, text: str, *, now: datetime = NOW, zone: str = "UTC") -> Reading:
    return calendar.read(text, now=now, zone=zone)


def days(first: str, last: str) -> Period:
    return Period(first=date.fromisoformat(first), last=date.fromisoformat(last))


@pytest.mark.parametrize(
    ("text", "now", "zone", "meant"),
    [
        ("today", "2026-03-10T23:30:00+00:00", "Europe/Zurich", "2026-03-11/2026-03-11"),
        ("today", "2026-03-10T23:30:00+00:00", "UTC", "2026-03-10/2026-03-10"),
        ("today", "2026-03-10T03:30:00+00:00", "America/New_York", "2026-03-09/2026-03-09"),
        ("tomorrow", "2026-03-10T10:30:00+00:00", "Pacific/Kiritimati", "2026-03-12/2026-03-12"),
        ("今日", "2026-03-10T15:30:00+00:00", "Asia/Tokyo", "2026-03-11/2026-03-11"),
        ("next month", "2026-03-31T23:30:00+00:00", "Europe/Zurich", "2026-05-01/2026-05-31"),
        ("下个月", "2026-03-31T17:00:00+00:00", "Asia/Shanghai", "2026-05-01/2026-05-31"),
        ("la semaine prochaine", "2026-03-15T23:30:00+00:00", "Europe/Paris", "2026-03-23/2026-03-29"),
        ("в следующем месяце", "2026-03-31T21:30:00+00:00", "Europe/Moscow", "2026-05-01/2026-05-31"),
        ("الشهر القادم", "2026-03-31T20:30:00+00:00", "Asia/Dubai", "2026-05-01/2026-05-31"),
        ("next quarter", "2026-12-31T23:30:00+00:00", "Europe/Zurich", "2027-04-01/2027-06-30"),
        ("nächstes Jahr", "2026-12-31T23:30:00+00:00", "Europe/Berlin", "2028-01-01/2028-12-31"),
        ("in March", "2026-03-31T23:30:00+00:00", "Europe/Zurich", "2027-03-01/2027-03-31"),
        ("10 March", "2026-03-11T03:00:00+00:00", "America/New_York", "2026-03-10/2026-03-10"),
        ("this week", "2026-03-15T23:30:00+00:00", "UTC", "2026-03-09/2026-03-15"),
    ],
)
def test_days_are_days_in_the_zone_of_the_person(times: Times, text: str, now: str, zone: str, meant: str) -> None:
    first, last = meant.split("/")
    assert read(times, text, now=datetime.fromisoformat(now), zone=zone).period == days(first, last)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("30 February", "There is no 30 February: February has 29 days."),
        ("30 février", "There is no 30 February"),
        ("2月30日", "There is no 30 February"),
        ("٣٠ فبراير", "There is no 30 February"),
        ("between 28 and 31 April", "There is no 31 April: April has 30 days."),
        ("31.4.", "There is no 31 April"),
        ("31.4.2027", "There is no 31 April"),
        ("32 March", "There is no 32 March"),
        ("0 March", "There is no 0 March"),
        ("29 February 2027", "There is no 29 February in 2027"),
        ("29 February next year", "There is no 29 February in 2027"),
        ("2026-13-01", "There is no month 13."),
        ("13月", "There is no month 13."),
        ("2026-02-30", "There is no 30 February"),
        ("99/99/9999", "There is no month 99."),
        ("0/0/0000", "There is no month 0."),
        ("week 54 of 2027", "2027 has no week 54."),
        ("week 99", "has no week 99."),
        ("week 0", "has no week 0."),
        ("7-3 March 2026", "ends (3 March 2026) before it starts (7 March 2026)"),
        ("between 7 and 3 March", "before it starts"),
        ("3 March 2026 to 1 March 2026", "ends (1 March 2026) before it starts (3 March 2026)"),
        ("2027 to 2026", "before it starts"),
        ("in March, or 3 April", "more than one time"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_the_reason_and_an_example(times: Times, text: str, reason: str) -> None:
    with pytest.raises(CommandError) as refused:
        read(times, f"SG17 {text}")
    assert reason in str(refused.value)
    assert "Try for example" in str(refused.value)
    assert refused.value.usage.startswith("meetings ")


@pytest.mark.parametrize("zone", ["Nowhere/Else", "../etc/passwd", "", "/etc/localtime", "Europe", "a\0b"])
def test_an_unknown_zone_is_refused(times: Times, zone: str) -> None:
    with pytest.raises(CommandError, match="time zone"):
        read(times, "today", zone=zone)


def test_a_line_that_is_too_long_is_refused_and_one_at_the_limit_is_not(times: Times) -> None:
    assert read(times, "today ".ljust(LONGEST, "x")).period == days("2026-03-10", "2026-03-10")
    with pytest.raises(CommandError, match="longer than 500 characters"):
        read(times, "today ".ljust(LONGEST + 1, "x"))


@pytest.mark.parametrize(
    "text",
    [
        "SG17",
        "Q1/17 and Q7/21",
        "WP1/17",
        "IMT-2030",
        "H.264 and X.1096",
        "T25-SG17-C-0548",
        "RFC 9557",
        "5G 6G 3GPP",
        "between 3 and 7",
        "192.168.1.10",
        "version 1.2.3",
        "12345678901234567890",
        "Rio de Janeiro",
        "lamp posts",
        "人脸识别",
        "顔認証",
        "in Geneva",
        "week",
        "next",
        "",
        "   ",
        "🎉🎉🎉",
    ],
)
def test_what_is_no_time_is_left_alone(times: Times, text: str) -> None:
    assert read(times, text) == Reading(period=None, rest=text.strip())


@pytest.mark.parametrize(
    ("text", "first", "last", "rest"),
    [
        ("SG17 2027 in March", "2027-03-01", "2027-03-31", "SG17"),
        ("agenda 2030 next month", "2026-04-01", "2026-04-30", "agenda 2030"),
        ("what may happen next month", "2026-04-01", "2026-04-30", "what may happen"),
        ("may", "2026-05-01", "2026-05-31", ""),
        ("SG17 in Geneva before summer", None, "2026-05-31", "SG17 in Geneva"),
        ("SG17下个月在日内瓦的会议", "2026-04-01", "2026-04-30", "SG17 在日内瓦的会议"),
        ("\u200fاجتماعات\u200f الشهر القادم\u200f", "2026-04-01", "2026-04-30", "\u200fاجتماعات\u200f \u200f"),
        ("Café du mois prochain à Genève", "2026-04-01", "2026-04-30", "Café à Genève"),
    ],
)
def test_the_rest_is_the_original_text_without_the_time(
    times: Times, text: str, first: str | None, last: str, rest: str
) -> None:
    reading = read(times, text)
    expected = Period(first=None if first is None else date.fromisoformat(first), last=date.fromisoformat(last))
    assert (reading.period, reading.rest) == (expected, rest)


Write = Callable[[date, date], str]


def month_of(when: date, names: str) -> str:
    return names.split()[when.month - 1]


def european(opening: str, of: str, to: str, names: str, dot: str = "") -> Write:
    """Return a writer of ranges that leaves out of the first day what the last one repeats."""

    def write(first: date, last: date) -> str:
        month, year = f"{of}{month_of(first, names)}", f"{of}{first.year}"
        start = [f"{first.day}{dot}"]
        if (first.year, first.month) != (last.year, last.month):
            start.append(month)
        if first.year != last.year:
            start.append(year)
        end = f"{last.day}{dot} {of}{month_of(last, names)} {of}{last.year}"
        return f"{opening} {' '.join(start)} {to} {end}".strip()

    return write


def han(opening: str, to: str, closing: str) -> Write:
    def write(first: date, last: date) -> str:
        start = f"{first.year}年{first.month}月{first.day}日"
        end = f"{last.day}日"
        if (first.year, first.month) != (last.year, last.month):
            end = f"{last.month}月{end}"
        if first.year != last.year:
            end = f"{last.year}年{end}"
        return f"{opening}{start}{to}{end}{closing}"

    return write


def iso(first: date, last: date) -> str:
    return f"{first} – {last}"


def american(first: date, last: date) -> str:
    return f"{month_of(first, ENGLISH)} {first.day}, {first.year} to {month_of(last, ENGLISH)} {last.day}, {last.year}"


def full_width(first: date, last: date) -> str:
    return iso(first, last).translate({ord("0") + i: ord("０") + i for i in range(10)})


def arabic_digits(first: date, last: date) -> str:
    written = european("من", "", "إلى", ARABIC)(first, last)
    return written.translate({ord("0") + i: 0x660 + i for i in range(10)})


WRITERS: dict[str, Write] = {
    "en": european("from", "", "to", ENGLISH),
    "en short": european("", "", "-", " ".join(name[:3] for name in ENGLISH.split())),
    "en us": american,
    "iso": iso,
    "fr": european("du", "", "au", FRENCH),
    "es": european("del", "de ", "al", SPANISH),
    "pt": european("de", "de ", "a", PORTUGUESE),
    "de": european("vom", "", "bis", GERMAN, "."),
    "it": european("dal", "", "al", ITALIAN),
    "ru": european("с", "", "по", RUSSIAN),
    "ar": european("من", "", "إلى", ARABIC),
    "ar digits": arabic_digits,
    "zh": han("", "至", ""),
    "zh from": han("从", "到", ""),
    "ja": han("", "から", "まで"),
    "ja wave": han("", "〜", ""),
    "full width": full_width,
}


@settings(deadline=None, max_examples=400)
@given(
    writer=st.sampled_from(sorted(WRITERS)),
    first=st.dates(date(1950, 1, 1), date(2150, 12, 31)),
    length=st.integers(0, 500),
)
def test_a_written_range_is_read_as_it_was_meant(writer: str, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    text = WRITERS[writer](first, last)
    assert read(Times(languages=()), text) == Reading(period=Period(first=first, last=last), rest=""), text


@settings(deadline=None, max_examples=200)
@given(now=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), month=st.integers(1, 12))  # noqa: DTZ001
def test_a_month_without_a_year_is_the_next_that_is_not_over(now: datetime, month: int) -> None:
    period = read(Times(languages=()), ENGLISH.split()[month - 1], now=now.replace(tzinfo=UTC)).period
    assert period is not None
    assert period.first is not None
    assert period.last is not None
    assert period.last >= now.date()
    assert (period.first.month, period.first.day) == (month, 1)
    assert period.first <= now.date() + timedelta(days=366)


@pytest.mark.parametrize(
    ("text", "first", "rest"),
    [
        ("3 listopada 2026", "2026-11-03", ""),
        ("SG17 3 листопада 2026", "2026-11-03", "SG17"),
        ("3 november 2026 vergadering", "2026-11-03", "vergadering"),
        ("5 mei", "2026-05-05", ""),
        ("5 Mayıs 2027 toplantı", "2027-05-05", "toplantı"),
    ],
)
def test_other_languages_are_left_to_dateparser(with_dateparser: Times, text: str, first: str, rest: str) -> None:
    assert read(with_dateparser, text) == Reading(period=days(first, first), rest=rest)


@pytest.mark.parametrize("text", ["5 experts", "17 security questions", "SG17 12 contributions 2027"])
def test_a_number_beside_a_word_is_no_date_to_dateparser_either(with_dateparser: Times, text: str) -> None:
    reading = read(with_dateparser, text)
    assert reading.period is None or reading.period == days("2027-01-01", "2027-12-31")


def test_dateparser_always_gets_languages_and_only_one_short_span(monkeypatch: pytest.MonkeyPatch) -> None:
    import dateparser.date

    made: list[dict[str, Any]] = []
    asked: list[str] = []

    class Spy(dateparser.date.DateDataParser):
        def __init__(self, **options: Any) -> None:
            made.append(options)
            super().__init__(**options)

        def get_date_data(self, date_string: str, *args: Any, **options: Any) -> Any:
            asked.append(date_string)
            return super().get_date_data(date_string, *args, **options)

    monkeypatch.setattr(dateparser.date, "DateDataParser", Spy)
    calendar = Times(languages=["nl", "pl"])
    for text in ("3 listopada 2026", "7 foobar " * 50, "4 mei", "3-7 Nov 2026", "next month"):
        read(calendar, text)
    assert [options["languages"] for options in made] == [["nl", "pl"]]
    assert asked == ["3 listopada 2026", "7 foobar", "4 mei"]


def test_dateparser_is_not_loaded_before_it_is_needed() -> None:
    program = (
        "import sys; from datetime import UTC, datetime; from adapters.language.times import Times;"
        "Times().read('SG17 3-7 Nov 2026', now=datetime(2026, 3, 10, tzinfo=UTC), zone='UTC');"
        "sys.exit('dateparser' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_times_fits_the_port() -> None:
    calendar: Calendar = Times(languages=())
    assert calendar.read("next month", now=NOW, zone="UTC").period == days("2026-04-01", "2026-04-30")
