"""Dates as feeds write them, and as they must not be read."""

import json
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.dates import MONTHS, instant

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples" / "feeds" / "dates.jsonl"
ROWS: list[dict[str, Any]] = list(map(json.loads, SAMPLES.read_text().splitlines())) if SAMPLES.exists() else []

INSTANTS = st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 31)).map(  # noqa: DTZ001  # hypothesis wants them naive
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)
OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


def form(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.skipif(not ROWS, reason="the samples lie beside the repository, and do not here")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: repr(row["raw"]))
def test_other_parsers_dates_are_read_as_they_state(row: dict[str, Any]) -> None:
    expected = row["expected_utc"]
    found = instant(row["raw"])
    if expected is None or expected[0].isdigit():
        assert form(found) == expected
    elif expected.startswith("any"):
        assert found is not None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2024-03-01T10:20:30Z", "2024-03-01T10:20:30Z"),
        ("2024-03-01 10:20", "2024-03-01T10:20:00Z"),
        ("2024-03-01T10:20:30.5-0130", "2024-03-01T11:50:30Z"),
        ("2006-01-17T12:35:9+01:00", "2006-01-17T11:35:09Z"),
        ("2024-3-1T9:15+05:00", "2024-03-01T04:15:00Z"),
        ("20240301T102030Z", "2024-03-01T10:20:30Z"),
        ("2003-012-31T10:14:55+00:00", "2003-12-31T10:14:55Z"),
        ("2003335", "2003-12-01T00:00:00Z"),
        ("031231", "2003-12-31T00:00:00Z"),
        ("Fri, 01 Mar 2024 10:20:30 GMT", "2024-03-01T10:20:30Z"),
        ("1 Mar 24 10:20 A", "2024-03-01T11:20:00Z"),
        ("1 Mar 2024 10:20 Y", "2024-02-29T22:20:00Z"),
        ("Fri Mar  1 10:20:30 2024", "2024-03-01T10:20:30Z"),
        ("March 1, 2024 12:05 AM", "2024-03-01T00:05:00Z"),
        ("3/1/2024 12:05 pm EST", "2024-03-01T17:05:00Z"),
        ("13/1/2024 10:00", "2024-01-13T10:00:00Z"),
        ("01.03.2024 10:20", "2024-03-01T10:20:00Z"),
        ("1. März 2024, 10:20 MEZ", "2024-03-01T09:20:00Z"),
        ("vendredi 1er mars 2024", "2024-03-01T00:00:00Z"),
        ("Вт, 14 мая 2019 10:00:00 +0300", "2019-05-14T07:00:00Z"),
        ("1 de marzo de 2024 10:20", "2024-03-01T10:20:00Z"),
        ("Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00Z"),
        ("2023年11月6日 16:29", "2023-11-06T16:29:00Z"),
        ("mar, 3 mar 2020 10:00:00 +0000", "2020-03-03T10:00:00Z"),
        ("Thu, 25 Feb 2016 00:00:00 Europe/Brussels", "2016-02-24T23:00:00Z"),
    ],
)
def test_a_date_is_read(raw: str, expected: str) -> None:
    assert form(instant(raw)) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "   ",
        "yesterday",
        "May 14",
        "12",
        "Sun, Dec x 2012 11:47:32 GMT",
        "2013-01-27-01",
        "170000000",
        "31.31.2012",
        "lundi",
        "0000-00-00",
        "0001-01-01T00:00:00",
        "Mon, 30 Nov -0001 00:00:00 +0000",
        "1970-01-01T00:00:00Z",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "2024-02-30",
        "Thu, 31 Jun 2004 19:48:21 GMT",
        "2024-01-01T25:00:00Z",
        "2024-01-01T10:00:00+99:99",
        "5 hours ago 1 2 3",
        "1 Foo 2024",
        "2024-01-01T10:00:00 nowhere",
        "9" * 5000,
        "1 Mar 2024 " * 50,
        "99999-01-01",
        "2023-366",
    ],
)
def test_what_is_no_possible_date_is_none(raw: str) -> None:
    assert instant(raw) is None


def test_no_month_name_stands_for_two_months() -> None:
    names = MONTHS.split()
    assert len(names) == len(set(names))


@settings(deadline=None)
@given(INSTANTS, OFFSETS)
def test_an_instant_written_in_a_standard_form_is_read_back(at: datetime, zone: timezone) -> None:
    local = at.astimezone(zone)
    assert instant(local.isoformat()) == at
    assert instant(format_datetime(local)) == at
    assert instant(local.strftime("%Y-%m-%d %H:%M:%S %z")) == at
    assert instant(at.strftime("%a %b %d %H:%M:%S %Y")) == at
    assert instant(at.strftime("%B %d, %Y %I:%M:%S %p")) == at


@settings(deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="0123456789-:/T+ZGMTapm., 年月日오후", max_size=40))
def test_any_string_gives_an_aware_instant_or_none(raw: str) -> None:
    found = instant(raw)
    assert found is None or found.tzinfo is UTC
