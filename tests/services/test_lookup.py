"""Lookups: what a line is understood to ask for, and what a store finds for it."""

import contextlib
import random
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from adapters.language.times import Times
from bot.domain.changes import Known
from bot.domain.entries import Entry, EntryId, Kind, SourceId
from bot.domain.errors import CommandError
from bot.domain.sources import Source
from bot.domain.storing.sources import Outcomes
from bot.domain.storing.store import Store
from bot.services.lookup import Understood, coming, find, understand
from storage import open_store

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)

# Line, first day, last day, group, place, words; "-" is nothing.
TABLE = """
SG17 in Geneva before summer | - | 2026-05-31 | SG17 | Geneva | -
SG 17 March | 2026-03-01 | 2026-03-31 | SG17 | - | -
SG17 3-7 Nov 2026 | 2026-11-03 | 2026-11-07 | SG17 | - | -
study group 17 between 3 and 7 March | 2027-03-03 | 2027-03-07 | SG17 | - | -
ITU-T SG21 facial recognition 2027 | 2027-01-01 | 2027-12-31 | SG21 | - | facial recognition
ITU-T Study Group 21 next quarter | 2026-04-01 | 2026-06-30 | SG21 | - | -
ＳＧ１７ ２０２６年１１月 | 2026-11-01 | 2026-11-30 | SG17 | - | -
sg17 | - | - | SG17 | - | -
TSAG next month | 2026-04-01 | 2026-04-30 | TSAG | - | -
WTSA-28 | - | - | WTSA-28 | - | -
WP1/17 next week | 2026-03-16 | 2026-03-22 | WP1/17 | - | -
working party 1/17 | - | - | WP1/17 | - | -
Q7/21 meetings in June | 2026-06-01 | 2026-06-30 | SG21 | - | Q7/21
SG21 Question 7/21 in Q2 2026 | 2026-04-01 | 2026-06-30 | SG21 | - | Q7/21
JCA-AI next month | 2026-04-01 | 2026-04-30 | JCA-AI | - | -
WG 3 in Tokyo | - | - | WG3 | Tokyo | -
online meetings next month | 2026-04-01 | 2026-04-30 | - | online | -
e-meeting SG17 tomorrow | 2026-03-11 | 2026-03-11 | SG17 | online | -
what meetings are there in Lyon next week | 2026-03-16 | 2026-03-22 | - | Lyon | -
meetings in Rio de Janeiro 3-7 Nov 2026 | 2026-11-03 | 2026-11-07 | - | Rio de Janeiro | -
meetings in the Hague | - | - | - | Hague | -
workshop at Sophia Antipolis next month | 2026-04-01 | 2026-04-30 | - | Sophia Antipolis | workshop
ITU meetings on deepfakes in New Delhi | - | - | - | New Delhi | ITU deepfakes
digital identity in person | - | - | - | - | digital identity person
workshop on IMT-2030 | - | - | - | - | workshop IMT-2030
upcoming meetings | - | - | - | - | -
next meeting of SG17 | - | - | SG17 | - | -
 | - | - | - | - | -
réunions de la commission d'études 17 à Genève la semaine prochaine | 2026-03-16 | 2026-03-22 | SG17 | Geneva | -
CE 17 à Nice entre le 3 et le 7 avril | 2026-04-03 | 2026-04-07 | SG17 | Nice | -
réunions sur la reconnaissance faciale le mois prochain | 2026-04-01 | 2026-04-30 | - | - | reconnaissance faciale
réunions en ligne avant l'été | - | 2026-05-31 | - | online | -
reuniones de la CE 17 en Ginebra el próximo mes | 2026-04-01 | 2026-04-30 | SG17 | Geneva | -
reuniões em Lisboa até junho | - | 2026-06-30 | - | Lisbon | -
Sitzungen der Studienkommission 17 in Genf im März | 2026-03-01 | 2026-03-31 | SG17 | Geneva | -
Gesichtserkennung in Wien nächste Woche | 2026-03-16 | 2026-03-22 | - | Vienna | Gesichtserkennung
заседания ИК 17 в Женеве в следующем месяце | 2026-04-01 | 2026-04-30 | SG17 | Geneva | -
распознавание лиц с 3 по 7 марта | 2027-03-03 | 2027-03-07 | - | - | распознавание лиц
SG17下个月在日内瓦的会议 | 2026-04-01 | 2026-04-30 | SG17 | Geneva | -
第17研究组下个月会议 | 2026-04-01 | 2026-04-30 | SG17 | - | -
下週在北京有哪些會議 | 2026-03-16 | 2026-03-22 | - | Beijing | -
人脸识别 3月3日至7日 | 2027-03-03 | 2027-03-07 | - | - | 人脸识别
来月のジュネーブでのSG17会合 | 2026-04-01 | 2026-04-30 | SG17 | Geneva | -
顔認証に関する会議 来週 | 2026-03-16 | 2026-03-22 | - | - | 顔認証
第17研究委員会 3月3日から7日まで | 2027-03-03 | 2027-03-07 | SG17 | - | -
اجتماعات لجنة الدراسات 17 في جنيف الشهر القادم | 2026-04-01 | 2026-04-30 | SG17 | Geneva | -
اجتماعات في دبي من 3 إلى 7 أبريل | 2026-04-03 | 2026-04-07 | - | Dubai | -
3 listopada 2026 SG17 | 2026-11-03 | 2026-11-03 | SG17 | - | -
"""


def rows() -> list[list[str]]:
    return [line.split(" | ") for line in TABLE.strip("\n").splitlines()]


@pytest.fixture(scope="module")
def calendar() -> Times:
    return Times()


def ask(calendar: Times, text: str, *, now: datetime = NOW, zone: str = "Europe/Zurich") -> Understood:
    return understand(text, calendar, now, zone)


@pytest.mark.parametrize("row", [pytest.param(row, id=row[0] or "nothing") for row in rows()])
def test_a_line_asks_for_this(calendar: Times, row: list[str]) -> None:
    text, first, last, group, place, words = row
    said = {"from": first, "to": last, "group": group, "place": place}
    expected: dict[str, object] = {name: None if value == "-" else value for name, value in said.items()}
    expected["words"] = [] if words == "-" else words.split()
    assert ask(calendar, text).as_json() == {"understood": expected}


def test_two_groups_at_once_are_refused(calendar: Times) -> None:
    with pytest.raises(CommandError, match="One group at a time: I read SG17 and SG21"):
        ask(calendar, "SG17 and SG21 next month")


def test_a_line_that_is_too_long_is_refused_before_anything_reads_it(calendar: Times) -> None:
    with pytest.raises(CommandError, match="longer than 500 characters"):
        ask(calendar, "study " * 100)


def test_too_many_words_are_refused(calendar: Times) -> None:
    with pytest.raises(CommandError, match="over 20 words"):
        ask(calendar, " ".join(f"topic{n}" for n in range(21)))


def test_an_impossible_day_is_refused_with_a_line_that_works(calendar: Times) -> None:
    with pytest.raises(CommandError, match="There is no 30 February") as refused:
        ask(calendar, "SG17 on 30 February")
    usage = refused.value.usage
    assert ask(calendar, usage.removeprefix("meetings ")).period is not None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("SG17", date(2026, 3, 10), None),
        ("before summer", date(2026, 3, 10), date(2026, 5, 31)),
        ("until 5 February 2026", None, date(2026, 2, 5)),
        ("last month", date(2026, 2, 1), date(2026, 2, 28)),
        ("since January", date(2026, 1, 1), None),
        ("in March", date(2026, 3, 1), date(2026, 3, 31)),
    ],
)
def test_the_past_is_searched_only_if_it_was_asked_for(
    calendar: Times, text: str, first: date | None, last: date | None
) -> None:
    searched = ask(calendar, text).searched
    assert (searched.first, searched.last) == (first, last)


PIECES = (
    *(
        "SG",
        "17",
        "Q7/21",
        "/",
        "WP1/17",
        "study group",
        "ITU-T",
        "研究组",
        "第",
        "ИК",
        "لجنة الدراسات",
        "JCA-",
        "WTSA-",
    ),
    *(
        "in",
        "at",
        "à",
        "в",
        "在",
        "の",
        "で",
        "the",
        "Geneva",
        "日内瓦",
        "online",
        "next",
        "month",
        "3-7",
        "Nov",
        "下个月",
    ),
    *(
        "🎉",
        "\u202e",
        "\u200f",
        "\ud800",
        "\x00",
        "99/99/9999",
        "9" * 30,
        "(",
        "‘",
        "d'",
        "%",
        "_",
        "\\",
        "ﷺ",
        " ",
        "-",
    ),
)


def test_hostile_lookups_are_understood_or_refused_and_none_takes_long(calendar: Times) -> None:
    calendar.warm()
    generator, slow = random.Random(17), []
    for _ in range(1_000):
        text = generator.choice(("", " ")).join(generator.choices(PIECES, k=generator.choice((2, 5, 15, 60))))
        if seconds(calendar, text) > 0.05 and seconds(calendar, text) > 0.05:
            slow.append(ascii(text))
    assert slow == []


def seconds(calendar: Times, text: str) -> float:
    start = time.process_time()
    with contextlib.suppress(CommandError):
        ask(calendar, text)
    return time.process_time() - start


def test_today_is_the_day_in_the_zone(calendar: Times) -> None:
    late = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
    assert ask(calendar, "SG17", now=late).today == date(2026, 3, 11)
    assert ask(calendar, "SG17", now=late, zone="UTC").today == date(2026, 3, 10)


def meeting(key: str, first: date, group: str, place: str, days: int = 4) -> Known:
    entry = Entry(
        key=key,
        kind=Kind.MEETING,
        title=f"ITU-T {group} meeting, {place}",
        link=f"https://itu.example/{key}",
        starts=first,
        ends=first + timedelta(days=days),
        all_day=True,
        group=group,
        place=place,
        text="Facial recognition is on the agenda." if group == "SG21" else "",
    )
    return Known(
        id=EntryId(key),
        source=SourceId("itu"),
        entry=entry,
        fingerprint=entry.fingerprint,
        first_seen=NOW,
        fetched_at=NOW,
    )


MEETINGS = (
    meeting("past", date(2026, 1, 12), "SG17", "Geneva"),
    meeting("march", date(2026, 3, 16), "SG21", "Genève"),
    meeting("april", date(2026, 4, 6), "SG17", "Geneva, Switzerland"),
    meeting("virtual", date(2026, 4, 13), "SG17", "Virtual"),
    meeting("e", date(2026, 4, 20), "SG17", "E-meeting (virtual)"),
    meeting("delhi", date(2026, 4, 27), "TSAG", "New Delhi, India"),
    meeting("december", date(2026, 12, 1), "SG17", "Geneva"),
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{tmp_path / 'lookup.db'}") as opened:
        source = Source(id=SourceId("itu"), url="https://itu.example/", format="itu-meetings", name="ITU")
        await opened.sources.declare([source], origin=source.origin, now=NOW)
        [tracked] = await opened.sources.claim(now=NOW, owner="me", lease=timedelta(minutes=1), limit=1)
        revision, _ = await opened.watches.all()
        await opened.sources.commit(Outcomes(tracked=tracked, owner="me", revision=revision, added=MEETINGS))
        yield opened


async def found(store: Store, calendar: Times, text: str, *, offset: int = 0, limit: int = 10) -> tuple[int, list[str]]:
    total, page = await find(store.entries, ask(calendar, text), offset=offset, limit=limit)
    return total, [known.id for known in page]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["march", "april", "virtual", "e", "delhi", "december"]),
        ("SG17", ["april", "virtual", "e", "december"]),
        ("SG17 in Geneva before summer", ["april"]),
        ("日内瓦", ["march", "april", "december"]),
        ("réunions à Genève le mois prochain", ["april"]),
        ("online", ["virtual", "e"]),
        ("TSAG in Neu-Delhi", ["delhi"]),
        ("facial recognition", ["march"]),
        ("SG17 in 2026", ["past", "april", "virtual", "e", "december"]),
        ("last quarter", []),
        ("since January in Geneva", ["past", "march", "april", "december"]),
        ("next week", ["march"]),
        ("between 8 and 14 April", ["april", "virtual"]),
        ("SG17 facial recognition", []),
    ],
)
async def test_a_store_finds_what_was_asked_for(
    store: Store, calendar: Times, text: str, expected: Sequence[str]
) -> None:
    assert await found(store, calendar, text) == (len(expected), expected)


async def test_pages_of_a_place_with_several_names_hold_everything_once(store: Store, calendar: Times) -> None:
    assert await found(store, calendar, "online", limit=1) == (2, ["virtual"])
    assert await found(store, calendar, "online", offset=1, limit=1) == (2, ["e"])
    assert await found(store, calendar, "online", offset=2, limit=1) == (2, [])


async def test_what_comes_next_does_not_depend_on_the_question(store: Store, calendar: Times) -> None:
    nearest = await coming(store.entries, ask(calendar, "SG99 unheard-of in 2031"), limit=3)
    assert [known.id for known in nearest] == ["march", "april", "virtual"]
