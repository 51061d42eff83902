"""ITU's identifiers and clock rules."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import itu


def test_contributions_are_due_twelve_calendar_days_before_the_meeting() -> None:
    assert itu.contribution_deadline(date(2026, 6, 9)) == date(2026, 5, 28)
    assert itu.contribution_deadline(date(2025, 1, 5)) == date(2024, 12, 24)
    assert "A.1 (10/2016) §3.1.8" in itu.CONTRIBUTIONS.source


def test_temporary_documents_are_available_a_week_before() -> None:
    assert itu.documents_available(date(2026, 6, 9)) == date(2026, 6, 2)


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
    assert itu.collective_letter(starts) == letter
    assert itu.COLLECTIVE_LETTER.about


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
@settings(deadline=None)
def test_a_rule_never_falls_due_after_the_meeting_or_far_from_its_length(starts: date) -> None:
    assert (starts - itu.contribution_deadline(starts)).days == 12
    assert 59 <= (starts - itu.collective_letter(starts)).days <= 62


@pytest.mark.parametrize(
    ("code", "group", "sector"),
    [
        ("ITU-T SG 12", "SG12", "T"),
        ("ITU-T  SG12 ", "SG12", "T"),
        ("ITU-T TSAG", "TSAG", "T"),
        ("ITU-T Study Group 17", "SG17", "T"),
        ("ITU-T WP 1/12", "WP1/12", "T"),
        ("ITU-R WP 5D", "WP5D", "R"),
        ("ITU-D SG 1", "SG1", "D"),
        ("itu-t sg 2 RG-AFR", "SG2RG-AFR", "T"),
        ("SG 12", "SG12", None),
        ("ITU Council", "COUNCIL", None),
    ],
)
def test_a_meeting_code_names_a_group_and_a_sector(code: str, group: str, sector: str | None) -> None:
    assert (itu.group(code), itu.sector(code)) == (group, sector)


def test_the_sector_is_also_read_from_its_full_name() -> None:
    assert itu.sector("ITU Telecommunication Standardization Sector") == "T"
    assert itu.sector("ITU Radiocommunication Sector") == "R"


def test_a_study_period_is_found_in_the_groups_full_name() -> None:
    period = itu.study_period("ITU-T Study Group 12 (Study Period 2025-2028)")
    assert period is not None
    assert (period.code, str(period)) == ("25", "2025-2028")
    assert itu.study_period("ITU-T Study Group 12") is None
    assert itu.study_period("2028-2025") is None


def test_the_table_of_periods_has_no_gap_and_no_overlap() -> None:
    for before, after in zip(itu.PERIODS, itu.PERIODS[1:], strict=False):
        assert after.first == before.last + 1
    assert str(itu.period_of(date(2021, 12, 31))) == "2017-2021"
    assert itu.period_of(date(2050, 1, 1)) is None


def test_a_document_name_tells_its_prefix() -> None:
    prefix = itu.document_prefix("CList.html?XF=../docs-dms/T25-SG12-C.xml&FI=meeting_name")
    assert str(prefix) == "T25-SG12"
    assert itu.document_prefix("nothing here") is None


def test_a_meetings_key_is_what_itu_calls_it() -> None:
    assert itu.meeting_key("T", "25", "SG12", "260609") == "T25-SG12-260609"
    assert itu.meeting_key(None, "", "COUNCIL", "260609") == "ITU-COUNCIL-260609"
