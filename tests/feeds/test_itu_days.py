"""Days and study periods as ITU's pages write them."""

from datetime import date

import pytest

from feeds.itu_days import day, period, period_code


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-02-16 - 2026-03-15", date(2026, 2, 16), date(2026, 3, 15)),
        ("from 2026-03-15 (was 2026-02-16)", date(2026, 2, 16), date(2026, 3, 15)),
        ("16 February - 15 March 2026", date(2026, 2, 16), date(2026, 3, 15)),
        ("2010-10-08 16:03:11", date(2010, 10, 8), date(2010, 10, 8)),
        ("15.iii.2016", date(2016, 3, 15), date(2016, 3, 15)),
        ("15.IIII.2016", None, None),
        ("0001-01-01T00:00:00", None, None),
        ("2026-02-30", None, None),
        ("-", None, None),
    ],
)
def test_periods_are_read_in_every_form(text: str, first: date | None, last: date | None) -> None:
    assert period(text) == (first, last)
    assert day(text) == first


@pytest.mark.parametrize(
    ("when", "code"),
    [
        (date(1999, 5, 1), "97"),
        (date(2001, 10, 25), "01"),
        (date(2011, 11, 21), "09"),
        (date(2016, 11, 30), "13"),
        (date(2021, 6, 1), "17"),
        (date(2022, 1, 24), "17"),
        (date(2022, 6, 1), "22"),
        (date(2025, 1, 14), "25"),
        (date(2031, 1, 14), "29"),
    ],
)
def test_the_study_period_of_a_day_follows_the_rule(when: date, code: str) -> None:
    assert period_code(when) == code
