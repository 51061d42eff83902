"""What proves that entries tell the same, and what a story begins with."""

from datetime import UTC, datetime

from bot.domain.alerts import StoryId
from bot.domain.changes import Known
from bot.domain.entries import Entry, EntryId, Kind, SourceId
from bot.domain.stories import begun, identities

NOW = datetime(2019, 12, 2, 8, tzinfo=UTC)


def row(key: str, entry: Entry) -> Known:
    return Known(id=EntryId(key), source=SourceId("s"), entry=entry, fingerprint="", first_seen=NOW, fetched_at=NOW)


def news(title: str, link: str | None = None) -> Entry:
    return Entry(key="k", kind=Kind.NEWS, title=title, link=link)


def test_a_short_headline_is_no_identity() -> None:
    assert identities(news("Weekly digest")) == frozenset()


def test_a_long_headline_and_an_address_are_identities_however_they_are_written() -> None:
    one = identities(news("Leaked papers show Dahua at work", "https://www.example.org/a?utm_source=x"))
    other = identities(news("Leaked papers show DAHUA at work!", "http://example.org/a"))
    assert one == other
    assert len(one) == 2


def test_a_story_is_the_one_it_is_told_to_be_or_its_own() -> None:
    entry = news("Something")
    assert begun(row("a", entry), NOW, StoryId("told")).id == "told"
    assert begun(row("a", entry), NOW).id == begun(row("a", entry), NOW).id != begun(row("b", entry), NOW).id


def test_repetitions_of_a_meeting_have_their_series_in_common() -> None:
    facts = {"uid": "u1", "recurring": "RRULE:FREQ=WEEKLY"}
    call = Entry(key="k", kind=Kind.MEETING, title="Call", facts=facts)
    assert begun(row("a", call), NOW).identities == begun(row("b", call), NOW).identities == {"series s u1"}
    assert begun(row("c", Entry(key="k", kind=Kind.MEETING, title="Call")), NOW).identities == frozenset()
