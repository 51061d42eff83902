"""ITU's identifiers."""

from datetime import date

import pytest

from bot.domain import itu


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
