"""Entries as JSON Lines and back."""

import io
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.entries import Entry, Kind
from bot.domain.errors import ParseError
from bot.records import dumps, entry_record, records, to_entry


def test_instants_are_printed_in_utc_days_as_days_and_the_unknown_as_null() -> None:
    noon = datetime(2026, 7, 6, 14, tzinfo=ZoneInfo("Europe/Zurich"))
    entry = Entry(key="k", kind=Kind.MEETING, title="T", starts=noon, ends=date(2026, 7, 8), facts={"a": ("b", "c")})
    record = entry_record(entry)
    assert record["starts"] == "2026-07-06T12:00:00+00:00"
    assert record["ends"] == "2026-07-08"
    assert record["published"] is None
    assert record["facts"] == {"a": ["b", "c"]}


def test_a_floating_time_stays_without_zone() -> None:
    floating = datetime(2026, 7, 6, 14)  # noqa: DTZ001  # floating is what is tested
    assert (
        entry_record(Entry(key="k", kind=Kind.MEETING, title="T", starts=floating))["starts"] == "2026-07-06T14:00:00"
    )


def test_a_record_may_hold_little() -> None:
    entry = to_entry({"id": 7, "title": "T", "company": "ZTE", "published": "2026-01-02"})
    assert (entry.key, entry.kind, entry.facts["company"]) == ("7", Kind.NEWS, "ZTE")
    assert entry.published == datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("record", [{"id": 1, "title": 3}, {"id": 1, "kind": "poem"}, {"id": 1, "starts": "tomorrow"}])
def test_what_is_no_entry_is_named(record: dict[str, object]) -> None:
    with pytest.raises(ParseError, match="Entry 1"):
        to_entry(record)


def test_the_line_that_is_no_json_is_named() -> None:
    with pytest.raises(ParseError, match="line 2"):
        list(records(io.StringIO('{"a": 1}\nnonsense\n'), "x"))


def test_a_line_nested_without_end_is_named() -> None:
    with pytest.raises(ParseError, match="x, line 1: nested too deep"):
        list(records(io.StringIO("[" * 100_000), "x"))


def test_a_byte_order_mark_before_the_first_record_is_no_error() -> None:
    assert list(records(io.StringIO('\ufeff{"a": 1}\n'), "x")) == [{"a": 1}]


def test_lone_surrogates_do_not_break_the_output() -> None:
    assert dumps({"title": "a\ud800"}) == '{"title":"a?"}'
