"""Lines made to break or to delay the reading of times."""

import random
import time
from datetime import UTC, datetime

import pytest

from adapters.language.times import LONGEST, Times
from bot.domain.errors import CommandError
from bot.domain.ports import Reading

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def with_dateparser() -> Times:
    calendar = Times()
    calendar.warm()
    return calendar


def read(calendar: Times, text: str) -> Reading:
    return calendar.read(text, now=NOW, zone="UTC")


ALPHABETS = (
    "0123456789",
    "0123456789 ./-:,",
    "٠١٢٣٤٥٦٧٨٩ ",
    "０１２３４５６７８９年月日",
    "🎉👩‍👩‍👧‍👦🏳️‍🌈 ",
    "\u200e\u200f\u202a\u202e\u2066\u2069 abc",
    "年月日週周火水末下上本今明至到から",
    "\u0300\u0301\u0308aeiou",
    "\x00\x01\x1b\n\t ",
    "\ud800\udfff x",
    "ﷺ㎧½Ⅷ①㍿",
)
WORDS = (
    "99/99/9999 0000-00-00 30 February next last week month year before until from to between and 3-7 Nov du au с по "
    "下个月 来週 القادم الشهر من إلى SG17 Geneva Q1 Q9 T1 H1 2027 1899 2200 ago within 999 1e9 -1 3. 31.4. ١٢ 第 四半期"
)


def hostile(generator: random.Random) -> str:
    size = generator.choice((3, 12, 30, 100)) if generator.random() < 0.97 else 2000
    shape = generator.random()
    if shape < 0.5:
        return " ".join(generator.choices(WORDS.split(), k=max(1, size // 6)))
    if shape < 0.9:
        return "".join(generator.choices(generator.choice(ALPHABETS), k=size))
    return "".join(chr(generator.randrange(0x11_0000)) for _ in range(min(size, 100)))


def outcome(calendar: Times, text: str) -> str:
    try:
        return "read" if read(calendar, text).period is not None else "nothing"
    except CommandError:
        return "refused"


def seconds(calendar: Times, text: str) -> float:
    start = time.process_time()
    outcome(calendar, text)
    return time.process_time() - start


@pytest.mark.parametrize("count", [1_500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_hostile_lines_are_read_or_refused_and_none_takes_long(with_dateparser: Times, count: int) -> None:
    generator = random.Random(20260310)
    lines = [hostile(generator) for _ in range(count)]
    outcomes, slow = {"read": 0, "nothing": 0, "refused": 0}, []
    for text in lines:
        start = time.process_time()
        outcomes[outcome(with_dateparser, text)] += 1
        if time.process_time() - start > 0.05:
            slow.append(text)
    assert min(outcomes.values()) > count / 20, outcomes
    # Once more for what a collection of garbage or a neighbour on the machine may have delayed.
    assert [ascii(text) for text in slow if seconds(with_dateparser, text) > 0.05] == []


@pytest.mark.parametrize(
    "text",
    [
        "9" * LONGEST,
        "1 " * (LONGEST // 2),
        "1." * (LONGEST // 2),
        "1-" * (LONGEST // 2),
        "a-1" * (LONGEST // 3),
        "3 March " * (LONGEST // 8),
        "next " * (LONGEST // 5),
        "from " * (LONGEST // 5),
        "1," * (LONGEST // 2),
        "一" * LONGEST,
        "十" * LONGEST,
        "下下" * (LONGEST // 2),
        "ﷺ" * LONGEST,
        "e\u0301" * (LONGEST // 2),
        "1 x" * (LONGEST // 3),
        " " * LONGEST,
    ],
    ids=lambda text: ascii(text[:8]),
)
def test_a_line_made_to_be_slow_is_not(with_dateparser: Times, text: str) -> None:
    assert min(seconds(with_dateparser, text) for _ in range(3)) < 0.05
