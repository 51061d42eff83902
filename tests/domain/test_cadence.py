"""When digests come."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import Cadence, parse, wanted
from bot.domain.errors import CommandError

ZURICH = ZoneInfo("Europe/Zurich")
MONDAY = Cadence(weekday=0, hour=9)
CADENCES = st.builds(Cadence, weekday=st.none() | st.integers(0, 6), hour=st.integers(0, 23), minute=st.integers(0, 59))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("often", "text", "cadence"),
    [
        ("daily", "", "daily 07:30"),
        ("daily", "9", "daily 09:00"),
        ("daily", "at 9pm", "daily 21:00"),
        ("daily", "12 am", "daily 00:00"),
        ("weekly", "", "weekly mon 07:30"),
        ("weekly", "Friday", "weekly fri 07:30"),
        ("weekly", "thurs 18.15", "weekly thu 18:15"),
        ("weekly", "sun, 8:05", "weekly sun 08:05"),
        ("weekly", "16h30", "weekly mon 16:30"),
    ],
)
def test_days_and_times_are_read_as_people_write_them(often: str, text: str, cadence: str) -> None:
    assert str(wanted(often, text, hour="07:30")) == cadence


@pytest.mark.parametrize(
    ("often", "text"),
    [("daily", "Monday"), ("weekly", "monsoon"), ("daily", "25:00"), ("daily", "9:60"), ("weekly", "13pm")],
)
def test_what_is_no_time_is_refused_with_one_that_is(often: str, text: str) -> None:
    with pytest.raises(CommandError, match="is no time for a") as refused:
        wanted(often, text, hour="08:00")
    assert refused.value.usage.endswith("9:00")


@given(CADENCES)
def test_what_is_written_is_read_again(cadence: Cadence) -> None:
    assert parse(str(cadence)) == cadence
    assert parse("") is None


@given(CADENCES, MOMENTS)
def test_the_next_digest_is_the_first_at_that_hour(cadence: Cadence, now: datetime) -> None:
    at = cadence.next_after(now, ZoneInfo("UTC"))
    assert now < at <= now + timedelta(days=1 if cadence.weekday is None else 7)
    assert (at.hour, at.minute, at.second) == (cadence.hour, cadence.minute, 0)
    assert cadence.weekday in (None, at.weekday())


@given(CADENCES, MOMENTS)
def test_digests_go_on_for_ever_in_any_zone(cadence: Cadence, now: datetime) -> None:
    at = cadence.next_after(now, ZURICH)
    assert at > now
    assert cadence.next_after(at, ZURICH) > at


def test_a_digest_keeps_its_hour_when_the_clocks_change() -> None:
    friday = datetime(2026, 3, 27, 12, tzinfo=UTC)
    first = MONDAY.next_after(friday - timedelta(days=7), ZURICH)
    second = MONDAY.next_after(friday, ZURICH)
    assert (first.hour, second.hour) == (8, 7)
    assert [at.astimezone(ZURICH).hour for at in (first, second)] == [9, 9]


def test_a_digest_of_an_hour_that_is_skipped_still_comes() -> None:
    night = Cadence(weekday=None, hour=2, minute=30)
    at = night.next_after(datetime(2026, 3, 28, 12, tzinfo=UTC), ZURICH)
    assert at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_cadences_are_told_in_words() -> None:
    assert MONDAY.words == "weekly digest, Monday 09:00"
    assert Cadence(weekday=None, hour=8).words == "daily digest at 08:00"
