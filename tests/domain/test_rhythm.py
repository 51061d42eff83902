"""How often sources usually speak."""

from datetime import UTC, datetime, timedelta

from bot.domain.rhythm import KEPT, learn, silence, usual
from bot.domain.sources import Health

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = 3600


def health(gaps: tuple[int, ...], silent: timedelta) -> Health:
    return Health(gaps=gaps, newest=NOW - silent, last_ok=NOW)


def test_the_usual_gap_is_the_95th_percentile() -> None:
    assert usual((HOUR,) * 7) is None
    assert usual((HOUR,) * 8) == timedelta(hours=1)
    assert usual((HOUR,) * 19 + (30 * HOUR,)) == timedelta(hours=1)
    assert usual((HOUR,) * 18 + (30 * HOUR,) * 2) == timedelta(hours=30)


def test_a_source_is_silent_after_three_times_its_usual_gap() -> None:
    daily = (24 * HOUR,) * 20
    assert silence(health(daily, 3 * DAY)) is None
    assert silence(health(daily, 3 * DAY + timedelta(hours=1))) == 3 * DAY + timedelta(hours=1)


def test_a_silence_that_it_had_before_is_none() -> None:
    newsroom = (HOUR,) * 100 + (62 * HOUR,)
    assert silence(health(newsroom, timedelta(hours=61))) is None
    assert silence(health(newsroom, timedelta(hours=63))) is not None


def test_a_source_that_could_not_be_asked_is_not_called_silent() -> None:
    daily = (24 * HOUR,) * 20
    asked_last = Health(gaps=daily, newest=NOW - 9 * DAY, last_ok=NOW - 8 * DAY)
    assert silence(asked_last) is None
    assert silence(Health(gaps=daily, last_ok=NOW)) is None


def test_only_so_many_gaps_are_kept() -> None:
    known = Health(gaps=tuple(range(KEPT)))
    assert learn(known, timedelta(seconds=7)) == (*range(1, KEPT), 7)
