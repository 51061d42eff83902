"""What bodies' rules say of the days before a meeting."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.clock_rules import CONTRIBUTIONS, LETTER, TEMPORARY_DOCUMENTS


def test_contributions_are_due_twelve_calendar_days_before_the_meeting() -> None:
    assert CONTRIBUTIONS.before(date(2026, 6, 9)) == date(2026, 5, 28)
    assert CONTRIBUTIONS.before(date(2025, 1, 5)) == date(2024, 12, 24)
    assert "A.1 (10/2016) §3.1.8" in CONTRIBUTIONS.source


def test_temporary_documents_are_available_a_week_before() -> None:
    assert TEMPORARY_DOCUMENTS.before(date(2026, 6, 9)) == date(2026, 6, 2)


@pytest.mark.parametrize(
    ("starts", "letter"),
    [
        (date(2026, 6, 9), date(2026, 4, 9)),
        (date(2026, 1, 31), date(2025, 11, 30)),
        (date(2026, 4, 30), date(2026, 2, 28)),
        (date(2024, 4, 30), date(2024, 2, 29)),
        (date(2026, 2, 1), date(2025, 12, 1)),
    ],
)
def test_the_collective_letter_goes_out_about_two_months_before(starts: date, letter: date) -> None:
    assert LETTER.before(starts) == letter
    assert LETTER.about


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
@settings(deadline=None)
def test_a_rule_never_falls_due_after_the_meeting_or_far_from_its_length(starts: date) -> None:
    assert (starts - CONTRIBUTIONS.before(starts)).days == 12
    assert 59 <= (starts - LETTER.before(starts)).days <= 62
