# ruff: noqa: DTZ001 (local times get their zone from what is tested)
"""Zones of calendars: by name, by label, by definition."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.ical_lines import Block, read
from feeds.ical_zones import Workings, Zone, Zones, zones_of

BERLIN = """\
BEGIN:VTIMEZONE
TZID:Own
BEGIN:STANDARD
DTSTART:{year}1025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:{year}0329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(text: str) -> Block:
    return read(f"BEGIN:VCALENDAR\n{text}END:VCALENDAR\n".encode(), None, []).calendars[0]


@pytest.mark.parametrize(
    ("tzid", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ('"Europe/Berlin"', "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("/Europe/Stockholm", "Europe/Stockholm"),
        ("/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"),
        ("/softwarestudio.org/Olson_20011030_5/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("w. europe standard time", "Europe/Berlin"),
        ("New Zealand Standard Time", "Pacific/Auckland"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("(UTC-05:00) Eastern Time (US and Canada)", "America/New_York"),
        ("Kuala Lumpur, Singapore", "Asia/Kuala_Lumpur"),
        ("Greenwich Mean Time:Dublin; Edinburgh; Lisbon; London", "Europe/London"),
        ("Western/Central Europe", "Europe/Berlin"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_is_known_by_many_names(tzid: str, name: str) -> None:
    zone = Zones().find(tzid)
    assert zone is not None
    assert zone.name == name


@pytest.mark.parametrize(
    ("tzid", "hours"), [("(GMT +01:00)", 1), ("UTC-3", -3), ("GMT +0100 (Standard) / GMT +0200 (Daylight)", 1)]
)
def test_a_label_with_nothing_but_an_offset_is_that_offset(tzid: str, hours: int) -> None:
    zone = Zones().find(tzid)
    assert zone is not None
    assert (zone.name, zone.info.utcoffset(None)) == (None, timedelta(hours=hours))


@pytest.mark.parametrize(
    "tzid", ["", "Nowhere/Middle", "Customized Time Zone", "../../etc/passwd", "Europe", "localtime", "a" * 5000, "\0"]
)
def test_a_name_nobody_knows_is_no_zone(tzid: str) -> None:
    assert Zones().find(tzid) is None


def test_a_city_whose_offset_contradicts_the_label_is_not_believed() -> None:
    zone = Zones().find("(UTC+09:00) Berlin")
    assert zone is not None
    assert zone.name is None
    assert zone.info.utcoffset(None) == timedelta(hours=9)


@cache
def own(year: str) -> Zone:
    zone = zones_of(calendar(BERLIN.format(year=year))).find("Own")
    assert zone is not None
    return zone


@pytest.mark.parametrize("year", ["1970", "1601", "0001"])
@given(moment=st.datetimes(datetime(1997, 1, 1), datetime(2060, 1, 1)))
@settings(deadline=None, max_examples=60)
def test_a_definition_gives_the_offsets_of_the_zone_it_describes(year: str, moment: datetime) -> None:
    zone = own(year)
    assert zone.name is None
    assert moment.replace(tzinfo=zone.info).utcoffset() == moment.replace(tzinfo=ZoneInfo("Europe/Berlin")).utcoffset()


@pytest.mark.parametrize(
    "moment", [datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 3, 0)]
)
def test_times_that_are_skipped_or_come_twice_are_read_as_rfc_5545_says(moment: datetime) -> None:
    zone = own("1970")
    expected = moment.replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    assert moment.replace(tzinfo=zone.info).astimezone(UTC) == expected


def test_a_known_zone_is_taken_from_the_database_whatever_the_calendar_defines() -> None:
    old = BERLIN.format(year="1970").replace("TZID:Own", "TZID:Europe/Berlin").replace("+0200", "+0900")
    zone = zones_of(calendar(old)).find("Europe/Berlin")
    assert zone is not None
    assert datetime(2026, 7, 1, tzinfo=zone.info).utcoffset() == timedelta(hours=2)


def test_a_definition_says_where_it_is_by_x_lic_location() -> None:
    located = BERLIN.format(year="1970").replace("TZID:Own", "TZID:Own\nX-LIC-LOCATION:Europe/Zurich")
    zone = zones_of(calendar(located)).find("Own")
    assert zone is not None
    assert zone.name == "Europe/Zurich"


def test_a_definition_of_one_calendar_is_unknown_to_the_next() -> None:
    assert zones_of(calendar(BERLIN.format(year="1970"))).find("Own") is not None
    assert zones_of(calendar("")).find("Own") is None


def test_a_definition_that_defines_nothing_is_no_zone() -> None:
    broken = "BEGIN:VTIMEZONE\nTZID:Own\nBEGIN:STANDARD\nDTSTART:never\nEND:STANDARD\nEND:VTIMEZONE\n"
    assert zones_of(calendar(broken)).find("Own") is None


def test_a_hostile_definition_costs_a_bounded_number_of_steps() -> None:
    zones = zones_of(calendar(BERLIN.format(year="0001").replace("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "FREQ=SECONDLY")))
    assert zones.find("Own") is not None
    assert zones.workings.budget.steps > 300_000


def test_a_definition_that_every_calendar_of_a_body_repeats_is_computed_once() -> None:
    workings = Workings()
    first, *others = (zones_of(calendar(BERLIN.format(year="1601")), workings).find("Own") for _ in range(50))
    assert workings.budget.steps > 300_000
    assert others == [first] * 49
