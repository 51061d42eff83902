"""Calendars of other parsers' test suites: what their tests state, and what a reference makes of them."""

import json
import socket
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.entries import Entry
from bot.domain.errors import ParseError
from feeds.ical import occurrences, parse
from feeds.ical_events import described
from feeds.ical_lines import read
from feeds.ical_notes import Notes
from feeds.ical_series import Limits, Window
from feeds.ical_series import occurrences as expanded
from feeds.page import Page

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples" / "ical"
ROWS: list[dict[str, Any]] = (
    [json.loads(line) for line in (SAMPLES / "manifest.jsonl").read_text("utf-8").splitlines()]
    if (SAMPLES / "manifest.jsonl").exists()
    else []
)
FACTS = [
    pytest.param(row["file"], fact, id=f"{Path(row['file']).stem}-{fact['method']}-{number}")
    for row in ROWS
    for number, fact in enumerate(row["expected"].get("occurrence_counts", []))
]
OBSERVED = [
    pytest.param(row["file"], row["observed"]["occurrences"], id=row["file"])
    for row in ROWS
    if "occurrences" in row["observed"]
]

REFERENCE_IS_WRONG: Mapping[str, str] = {
    "allenporter-compat/compat__testdata__office_365_invalid_timezone.ics": (
        "the reference took 'Customized Time Zone', which this calendar does not define, from another file's definition"
    ),
    "ical.js/samples__google_birthday.ics": "the reference drops RDATEs written 20131210Z; they are days",
    "ical4j-valid/valid__google_aus_holidays.ics": "a day with a TZID is a day (the reference makes it midnight there)",
    "icalendar-calendars/calendars__issue_1081_invalid_rrule_freq.ics": "an event with a broken rule happens once",
    "icalendar-calendars/calendars__issue_165_missing_event.ics": "BYDAY=MO, TU has blanks; it is read all the same",
    "icalendar-calendars/calendars__rfc_7529.ics": "an event with a rule of another calendar (RSCALE) happens once",
    "node-ical/Office-2012-owa.ics": "'(UTC-05:00) Eastern Time (US & Canada)' is a zone, not floating",
    "node-ical/bad_custom_ms_tz.ics": "an event with a broken DURATION lasts its day; the reference drops it",
    "node-ical/sabredav-school-holidays.ics": "a day with a TZID is a day",
    "node-ical/tv-show-episode.ics": "two episodes share a UID; both are shown",
    "node-ical/windows-quoted-tz-rrule.ics": "'(UTC-05:00) Eastern Time (US and Canada)' is New York",
    "node-ical/yearly-recurring-unicode.ics": "a day with a TZID is a day",
}

NO_CALENDARS = frozenset(
    {
        "icalendar-timezones/timezones__issue_237_brazilia_standard.ics",
        "icalendar-timezones/timezones__pacific_fiji.ics",
    }
)
"""A VTIMEZONE and nothing else."""

pytestmark = pytest.mark.skipif(not ROWS, reason="the shared samples are not here")


def page(file: str) -> Page:
    body = (SAMPLES / file).read_bytes()
    return Page(body=body, url="https://sample.example/", fetched_at=datetime(2026, 1, 1, tzinfo=UTC))


def moment(given: Any) -> datetime:
    """Read an argument of recurring_ical_events' queries: a year, (year, month …) or compact text; wall-clock time."""
    if isinstance(given, str):
        form = "%Y%m%d" if len(given) == 8 else "%Y%m%dT%H%M%SZ"
        return datetime.strptime(given, form)  # noqa: DTZ007 (wall-clock time)
    parts = [given] if isinstance(given, int) else list(given)
    return datetime(*(parts + [1] * (3 - len(parts))))  # type: ignore[arg-type]  # noqa: DTZ001 (the same)


def window(method: str, args: list[Any]) -> Window:
    """Return the times that at(), between(), after() and all() of recurring_ical_events ask for."""
    if method == "all":
        return Window(datetime(1, 1, 2), datetime(9999, 1, 1))  # noqa: DTZ001 (wall-clock time)
    first = moment(args[0])
    if method == "between":
        return Window(first, max(moment(args[1]), first + timedelta(seconds=1)))  # an instant is asked for as a second
    if method == "after":
        return Window(first, datetime(9999, 1, 1))  # noqa: DTZ001 (the same)
    given = args[0]
    parts = 1 if isinstance(given, int) else 3 if isinstance(given, str) else len(given)
    if parts == 1:
        return Window(first, first.replace(year=first.year + 1))
    if parts == 2:
        return Window(first, (first + timedelta(days=31)).replace(day=1))
    return Window(first, first + (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1))[parts - 3])


@pytest.mark.parametrize(("file", "fact"), FACTS)
def test_every_occurrence_count_that_an_origin_states_holds(file: str, fact: dict[str, Any]) -> None:
    asked = window(fact["method"], fact["args"])
    notes = Notes()
    tree = read((SAMPLES / file).read_bytes(), None, [])
    events = described(tree, None, (asked.first.date(), asked.last.date()), notes)
    assert len(expanded(events, asked, Limits(20_000, 20_000, 900_000, 900_000), notes)) == fact["count"]
    if asked.first.time() == asked.last.time() == datetime.min.time():
        found = occurrences(page(file), asked.first.date(), asked.last.date() - timedelta(days=1))
        assert len(found) == fact["count"]


def written(entry: Entry) -> str:
    starts = entry.starts
    assert starts is not None
    if not isinstance(starts, datetime) or starts.tzinfo is None:
        return starts.isoformat()
    return starts.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(("file", "observed"), OBSERVED)
def test_occurrences_are_those_of_the_reference_where_it_is_right(file: str, observed: dict[str, Any]) -> None:
    first, after = (date.fromisoformat(day) for day in observed["window"])
    found = occurrences(page(file), first, after - timedelta(days=1))
    starts = sorted(written(entry) for entry in found)
    expected = [occurrence["start"] for occurrence in observed["first"]]
    same = len(found) == observed["count"] and starts[: len(expected)] == expected
    assert same == (file not in REFERENCE_IS_WRONG), (starts[:8], expected, observed["count"])


@pytest.mark.parametrize("file", [row["file"] for row in ROWS])
def test_every_sample_is_read_or_refused_at_once_and_without_a_network(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError(args, kwargs)

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    if b"BEGIN:V" not in (SAMPLES / file).read_bytes().upper() or file in NO_CALENDARS:
        with pytest.raises(ParseError):
            parse(page(file))
        return
    began = time.process_time()
    parsed = parse(page(file))
    assert time.process_time() - began < 5
    keys = [entry.key for entry in parsed.entries]
    assert len(keys) == len(set(keys)) == parsed.count
