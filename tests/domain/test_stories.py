"""Which entries tell the same thing."""

from datetime import UTC, datetime, timedelta

from bot.domain.changes import Known
from bot.domain.entries import Entry, EntryId, Kind, SourceId
from bot.domain.stories import WINDOW, assign, names

NOW = datetime(2019, 12, 2, 8, tzinfo=UTC)


def row(key: str, title: str, text: str = "", *, kind: Kind = Kind.NEWS, link: str | None = None) -> Known:
    entry = Entry(key=key, kind=kind, title=title, text=text, link=link)
    return Known(id=EntryId(key), source=SourceId("s"), entry=entry, fingerprint="", first_seen=NOW, fetched_at=NOW)


def test_the_same_story_in_three_languages_is_one() -> None:
    english = row("en", "Chinese tech groups shaping UN facial recognition standards", "ZTE, Dahua and China Telecom …")
    french = row("fr", "Reconnaissance faciale: la Chine à l'UIT", "Selon des documents, ZTE, Dahua et China Telecom")
    german = row("de", "Normen zur Gesichtserkennung", "Unternehmen wie ZTE, Dahua und China Telecom schreiben")
    story = assign(english, [], NOW)
    for version in (french, german):
        assert assign(version, [story], NOW + timedelta(hours=5)).id == story.id


def test_names_that_all_items_share_join_nothing() -> None:
    one = row("a", "The ITU, the EU and the UN meet", "In Geneva the ITU, ISO and IEC met.")
    other = row("b", "What the ITU, the EU and the UN forgot", "The ITU, ISO and IEC said nothing in Rome.")
    assert assign(other, [assign(one, [], NOW)], NOW).id != assign(one, [], NOW).id


def test_one_company_of_two_words_counts_once() -> None:
    one = row("a", "A new work item by China Telecom and Dahua at Study Group 21")
    other = row("b", "Why China Telecom and Dahua sell cameras in Ecuador")
    assert assign(other, [assign(one, [], NOW)], NOW).id != assign(one, [], NOW).id


def test_a_story_of_last_week_is_over() -> None:
    first = row("a", "Something on ZTE, Dahua and Hikvision", "")
    later = row("b", "Else about ZTE, Dahua and Hikvision", "")
    story = assign(first, [], NOW)
    assert assign(later, [story], NOW + WINDOW + timedelta(minutes=1)).id != story.id


def test_meetings_never_join() -> None:
    one = row("a", "SG21 meeting in Geneva with ZTE Dahua Hikvision", kind=Kind.MEETING, link="https://itu.int/sg21")
    other = row("b", "SG21 meeting in Geneva with ZTE Dahua Hikvision", kind=Kind.MEETING, link="https://itu.int/sg21")
    assert assign(other, [assign(one, [], NOW)], NOW).id != assign(one, [], NOW).id


def test_a_short_headline_is_no_identity() -> None:
    one, other = row("a", "Weekly digest"), row("b", "Weekly digest")
    assert assign(other, [assign(one, [], NOW)], NOW).id != assign(one, [], NOW).id


def test_names_are_what_does_not_begin_a_sentence() -> None:
    entry = Entry(key="k", kind=Kind.NEWS, title="Papers show Dahua at work", text="Yesterday ZTE spoke. Nobody heard.")
    assert names(entry) == {"dahua", "zte"}
