# ruff: noqa: DTZ001 (rules compute with wall-clock times)
"""Recurrence rules, against dateutil as the oracle and against hostility."""

from datetime import datetime, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from feeds.ical_rules import Budget, parse, starts

PLENTY = 2_000_000
SPANS = {"YEARLY": 4000, "MONTHLY": 900, "WEEKLY": 300, "DAILY": 100, "HOURLY": 6, "MINUTELY": 1, "SECONDLY": 1}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def listed(low: int, high: int, *, signed: bool = False) -> st.SearchStrategy[str]:
    numbers = st.integers(low, high)
    if signed:
        numbers = numbers | st.integers(-high, -low)
    return st.lists(numbers, min_size=1, max_size=3).map(lambda given: ",".join(map(str, given)))


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Draw a rule that dateutil reads as RFC 5545 does, and that it does not run away on."""
    freq = draw(st.sampled_from(sorted(SPANS)))
    long = freq in {"YEARLY", "MONTHLY", "WEEKLY", "DAILY"}
    parts = {"FREQ": freq, "INTERVAL": str(draw(st.sampled_from([1, 1, 2, 3, 7, 12])))}
    optional = {
        "COUNT": st.integers(0, 40).map(str),
        "WKST": st.sampled_from(WEEKDAYS),
    }
    if long:
        optional |= {"BYMONTH": listed(1, 12), "BYHOUR": listed(0, 23), "BYMINUTE": listed(0, 59)}
    elif freq == "HOURLY":
        optional |= {"BYHOUR": listed(0, 23), "BYMINUTE": listed(0, 59)}
    else:
        optional |= {"BYMINUTE": listed(0, 59)}
    if freq in {"YEARLY", "MONTHLY"}:
        nth = st.tuples(st.sampled_from(["1", "2", "-1", "3"]), st.sampled_from(WEEKDAYS)).map("".join)
        days = st.lists(nth, min_size=1, max_size=3) | st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3)
        optional |= {"BYDAY": days.map(",".join), "BYMONTHDAY": listed(1, 28, signed=True)}
    elif freq == "WEEKLY":
        optional |= {"BYDAY": st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4).map(",".join)}
    if freq == "YEARLY":
        optional |= {"BYYEARDAY": listed(1, 365, signed=True)}
    chosen = draw(st.lists(st.sampled_from(sorted(optional)), max_size=3, unique=True))
    parts |= {name: draw(optional[name]) for name in sorted(chosen)}
    if freq in {"YEARLY", "MONTHLY", "WEEKLY"} and "BYDAY" in parts and draw(st.booleans()):
        parts["BYSETPOS"] = draw(listed(1, 3, signed=True))
    return ";".join(f"{name}={value}" for name, value in parts.items())


@given(
    rule=rules(),
    start=st.datetimes(datetime(2019, 1, 1), datetime(2024, 1, 1)),
    late=st.integers(-5, 500),
)
@settings(deadline=None, max_examples=50)
def test_rules_give_what_dateutil_gives(rule: str, start: datetime, late: int) -> None:
    start = start.replace(microsecond=0)
    span = SPANS[rule.split(";", maxsplit=1)[0].removeprefix("FREQ=")]
    first = start + timedelta(days=min(late, span))
    last = first + timedelta(days=span)
    try:
        oracle = rrulestr(rule + ("" if "COUNT" in rule else f";UNTIL={last:%Y%m%dT%H%M%S}"), dtstart=start)
    except ValueError:
        assume(False)  # noqa: FBT003 (hypothesis)
    expected = list(islice((moment for moment in oracle if first <= moment <= last), 3000))
    assert list(islice(starts(parse(rule), start, first, last, Budget(PLENTY)), 3000)) == expected


def test_days_of_the_week_and_nth_days_are_both_meant() -> None:
    """RFC 5545 §3.3.10 lists days: each of them counts; dateutil takes only days that are both."""
    rule = parse("FREQ=MONTHLY;BYDAY=MO,2TU")
    begin = datetime(2026, 6, 1)
    found = [moment.day for moment in starts(rule, begin, begin, datetime(2026, 6, 30), Budget(PLENTY))]
    assert found == [1, 8, 9, 15, 22, 29]


def test_a_week_number_without_a_day_means_the_weekday_of_the_start() -> None:
    begin = datetime(2026, 1, 7)
    found = list(starts(parse("FREQ=YEARLY;BYWEEKNO=20"), begin, begin, datetime(2027, 12, 31), Budget(PLENTY)))
    assert found == [datetime(2026, 5, 13), datetime(2027, 5, 19)]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;COUNT=1000000000",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3",
        "FREQ=MINUTELY;INTERVAL=1440;BYHOUR=3;COUNT=9999999",
        "FREQ=YEARLY;BYSETPOS=-1;BYMONTHDAY=1,2,3;BYHOUR=1;BYMINUTE=1;BYSECOND=" + ",".join(map(str, range(60))),
        "FREQ=SECONDLY;INTERVAL=99999999999999999999999",
    ],
)
def test_no_rule_takes_more_steps_than_it_is_given(rule: str) -> None:
    budget = Budget(20_000)
    begin, first, last = datetime(1, 1, 1), datetime(2026, 1, 1), datetime(2027, 1, 1)
    found = list(islice(starts(parse(rule), begin, first, last, budget), 100_000))
    assert len(found) <= 20_000
    assert budget.steps > -10


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=SOMETIMES",
        "COUNT=3",
        "FREQ=DAILY;COUNT=many",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;BYDAY=XX",
        "FREQ=DAILY;WKST=XX",
        "FREQ=DAILY;UNTIL=soon",
        "FREQ=DAILY;UNTIL=20261399",
        "FREQ=YEARLY;RSCALE=CHINESE",
        "FREQ=DAILY;INTERVAL=" + "9" * 5000,
    ],
)
def test_a_rule_that_is_none_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(rule)
