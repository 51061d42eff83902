"""What was stored is what is read."""

import json
import string
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.alerts import Alert, AlertId, DeliveryKey, Outcome, Reason, StoryId
from bot.domain.changes import Known
from bot.domain.chat import Conversation
from bot.domain.entries import Entry, EntryId, Kind, SourceId, When
from bot.domain.watches import Hit, WatchId
from storage.database import Row
from storage.rows import (
    alert_row,
    as_was,
    dumped,
    entry_row,
    folded,
    micros,
    moment,
    storable,
    to_alert,
    to_known,
    to_when,
    when_text,
)

texts = st.text(st.characters(), max_size=12)  # lone surrogates, NUL and all
zones = st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]).map(ZoneInfo)
offsets = st.integers(-50_000, 50_000).map(lambda seconds: timezone(timedelta(seconds=seconds)))
instants = st.datetimes(timezones=st.just(UTC))
whens = st.one_of(st.dates(), st.datetimes(), st.datetimes(timezones=zones | offsets | st.just(UTC)))
facts = st.dictionaries(texts, st.one_of(texts, st.integers(), st.lists(texts, max_size=3).map(tuple)), max_size=3)
entries = st.builds(
    Entry,
    key=texts,
    kind=st.sampled_from(Kind),
    title=texts,
    link=st.none() | texts,
    links=st.lists(texts, max_size=2).map(tuple),
    text=texts,
    published=st.none() | instants,
    updated=st.none() | instants,
    starts=st.none() | whens,
    ends=st.none() | whens,
    all_day=st.booleans(),
    zone=st.none() | texts,
    place=st.none() | texts,
    status=st.none() | texts,
    group=st.none() | texts,
    lang=st.none() | texts,
    facts=facts,
    volatile=st.frozensets(texts, max_size=2),
)
rows = st.builds(
    Known,
    id=st.just(EntryId("e")),
    source=st.just(SourceId("s")),
    entry=entries,
    fingerprint=st.just("f"),
    first_seen=instants,
    versions=st.integers(0, 24),
    missing=st.integers(0, 3),
    gone=st.booleans(),
    body_hash=st.text(string.hexdigits),
    url=texts,
    fetched_at=instants,
)


def kinds_of(when: When | None) -> object:
    """Tell apart what `==` may not: a day, a floating time, an instant with its offset and zone."""
    zone = when.tzinfo if isinstance(when, datetime) else None
    return type(when), when and when.isoformat(), zone.key if isinstance(zone, ZoneInfo) else None


def assert_storable(row: Row) -> None:
    for value in row:
        if isinstance(value, str):
            assert "\0" not in value
            value.encode()


@given(rows)
@settings(deadline=None)
def test_an_entry_is_read_as_it_was_stored(known: Known) -> None:
    row = entry_row(known, None)
    assert_storable(row)
    read = to_known(row)
    assert read.entry.starts is None or kinds_of(read.entry.starts) == kinds_of(known.entry.starts)
    assert read == known
    assert read.entry.fingerprint == known.entry.fingerprint
    assert read.entry.twin == known.entry.twin


@given(rows, st.none() | entries, st.lists(st.builds(Hit, texts, st.integers(), st.integers(), texts), max_size=2))
@settings(deadline=None)
def test_an_alert_is_read_as_it_was_stored(known: Known, before: Entry | None, hits: list[Hit]) -> None:
    alert = Alert(
        id=AlertId("a"),
        conversation=Conversation("matrix", "!room:example.org"),
        story=StoryId("s"),
        entry=known.id,
        outcome=Outcome.FOLDED,
        reason=Reason.MOVED,
        at=known.first_seen,
        now=known,
        before=before,
        watch=WatchId(7),
        hits=tuple(hits),
        detail=known.entry.title,
        digest=DeliveryKey("digest-weekly-1"),
    )
    row = alert_row(alert)
    assert_storable(row)
    now, earlier = row[10], row[11]
    stored = (*row[:7], now, earlier, row[7], row[9], row[8], row[12], None)
    assert to_alert(stored) == alert


@given(whens)
@example(datetime(2026, 3, 29, 2, 30, tzinfo=ZoneInfo("Europe/Paris")))
@example(datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Paris"), fold=1))
@example(date(2026, 7, 6))
@example(datetime(2026, 7, 6))  # noqa: DTZ001 a floating midnight is no day
@settings(deadline=None)
def test_days_floating_times_and_instants_stay_what_they_are(when: When) -> None:
    assert kinds_of(to_when(when_text(when))) == kinds_of(when)


@pytest.mark.parametrize("text", ["2026-07-06T10:00:00+02:00[Nowhere/Atlantis]", "2026-07-06T10:00:00+02:00[../etc]"])
def test_an_unknown_zone_leaves_the_instant(text: str) -> None:
    assert to_when(text) == datetime(2026, 7, 6, 8, tzinfo=UTC)


def test_a_zone_whose_rules_have_changed_since_leaves_the_instant() -> None:
    assert to_when("2026-07-06T10:00:00+05:00[Europe/Paris]") == datetime(2026, 7, 6, 5, tzinfo=UTC)


@given(texts)
@settings(deadline=None)
def test_what_a_database_cannot_hold_is_spelt_out_and_back(text: str) -> None:
    assert_storable((storable(text),))
    assert as_was(storable(text)) == text
    assert json.loads(dumped([text])) == [text]


@given(instants)
@settings(deadline=None)
def test_an_instant_is_kept_to_the_microsecond(when: datetime) -> None:
    assert moment(micros(when)) == when


@pytest.mark.parametrize(("typed", "stored"), [("geneve", "Genève"), ("STRASSE", "Straße"), ("中兴", "中兴")])
def test_folding_forgets_case_and_marks(typed: str, stored: str) -> None:
    assert folded(typed) == folded(stored)
