"""What a page changes of what is known."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.changes import Added, Known, Missing, Updated, Withdrawn
from bot.domain.diff import MOST_VERSIONS, POLLS_UNTIL_MISSING, Diff, Quarantined, compare
from bot.domain.entries import Entry, Kind, SourceId
from bot.domain.sources import Health, Memory, Polled, Source, Tracked

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def page(entries: Sequence[Entry], *, complete: bool = False, count: int | None = None, at: datetime = NOW) -> Polled:
    return Polled(
        entries=entries,
        count=len(entries) if count is None else count,
        complete=complete,
        memory=Memory(),
        body_hash="h",
        url="https://example.org/feed",
        fetched_at=at,
    )


def tracked(*, count: int = 0, suspect: int = 0) -> Tracked:
    source = Source(id=SourceId("s"), url="https://example.org/feed", format="feed", name="S")
    return Tracked(
        source=source, memory=Memory(count=count), health=Health(suspect=suspect), next_poll=NOW, baseline=False
    )


def news(key: str, title: str = "A title", *, published: datetime | None = None, text: str = "") -> Entry:
    return Entry(
        key=key, kind=Kind.NEWS, title=title, link=f"https://example.org/{title}", published=published, text=text
    )


def meeting(key: str, first: date, last: date, *, group: str | None = "SG21", place: str = "Geneva") -> Entry:
    return Entry(
        key=key,
        kind=Kind.MEETING,
        title=f"{group} meeting",
        starts=first,
        ends=last,
        all_day=True,
        group=group,
        place=place,
    )


def seen(result: Diff | Quarantined) -> Diff:
    assert isinstance(result, Diff)
    return result


def stored(*entries: Entry) -> list[Known]:
    return list(seen(compare(page(entries), tracked(), [])).added)


def test_an_unknown_entry_is_added() -> None:
    diff = seen(compare(page([news("a")]), tracked(), []))
    assert [type(change) for change in diff.changes] == [Added]
    assert diff.added[0].entry.key == "a"


def test_a_known_entry_is_nothing_to_write() -> None:
    assert compare(page([news("a")]), tracked(count=1), stored(news("a"))) == Diff(changes=(), added=(), updated=())


def test_a_corrected_title_under_the_same_key_is_an_update_not_an_addition() -> None:
    diff = seen(compare(page([news("a", "B title")]), tracked(count=1), stored(news("a"))))
    (change,) = diff.changes
    assert isinstance(change, Updated)
    assert set(change.fields) == {"title", "link"}
    assert not diff.added


def test_regenerated_keys_with_the_same_dates_add_nothing() -> None:
    old = [news(f"old{n}", f"Title {n}", published=NOW - timedelta(days=n)) for n in range(5)]
    new = [replace(entry, key=f"new{n}") for n, entry in enumerate(old)]
    diff = seen(compare(page(new), tracked(count=5), stored(*old)))
    assert not diff.changes
    assert [row.entry.key for row in diff.updated] == [f"new{n}" for n in range(5)]


def test_regenerated_keys_with_the_present_as_date_add_nothing() -> None:
    old = [news(f"old{n}", f"Title {n}", published=NOW - timedelta(days=1)) for n in range(5)]
    new = [replace(entry, key=f"new{n}", published=NOW) for n, entry in enumerate(old)]
    assert not seen(compare(page(new), tracked(count=5), stored(*old))).added


def test_next_weeks_digest_under_the_same_link_and_title_is_new() -> None:
    old = news("w1", "Weekly digest", published=NOW - timedelta(days=7))
    new = news("w2", "Weekly digest", published=NOW)
    assert len(seen(compare(page([new]), tracked(count=1), stored(old))).added) == 1


def test_the_same_page_twice_under_two_keys_stays_two_entries() -> None:
    assert len(seen(compare(page([news("a"), news("b")]), tracked(), [])).added) == 2


def test_a_rekeyed_meeting_of_the_same_group_and_season_has_moved() -> None:
    before = meeting("T25-SG21-260706", date(2026, 7, 6), date(2026, 7, 15))
    after = meeting("T25-SG21-260713", date(2026, 7, 13), date(2026, 7, 22))
    known = stored(before)
    diff = seen(compare(page([after], complete=True), tracked(count=1), known))
    (change,) = diff.changes
    assert isinstance(change, Updated)
    assert change.moved
    assert change.now.id == known[0].id
    assert not diff.added


def test_a_meeting_of_another_group_is_another_meeting() -> None:
    before = meeting("a", date(2026, 7, 6), date(2026, 7, 15), group="SG17")
    after = meeting("b", date(2026, 7, 6), date(2026, 7, 15), group="SG21")
    diff = seen(compare(page([after], complete=True), tracked(count=1), stored(before)))
    assert [type(change) for change in diff.changes] == [Added]
    assert diff.updated[0].missing == 1


def test_two_meetings_of_a_group_move_to_their_nearest_dates() -> None:
    old = [meeting("a", date(2026, 7, 6), date(2026, 7, 10)), meeting("b", date(2026, 9, 7), date(2026, 9, 11))]
    new = [meeting("c", date(2026, 9, 14), date(2026, 9, 18)), meeting("d", date(2026, 7, 13), date(2026, 7, 17))]
    diff = seen(compare(page(new, complete=True), tracked(count=2), stored(*old)))
    moves = {c.before.entry.key: c.now.entry.key for c in diff.changes if isinstance(c, Updated)}
    assert moves == {"a": "d", "b": "c"}


def test_a_vanished_meeting_is_told_after_three_good_polls_and_only_once() -> None:
    kept = meeting("b", date(2026, 8, 3), date(2026, 8, 7), group="SG17")
    known = stored(meeting("a", date(2026, 7, 6), date(2026, 7, 15)), kept)
    for _ in range(POLLS_UNTIL_MISSING - 1):
        diff = seen(compare(page([kept], complete=True), tracked(count=2), known))
        assert not diff.changes
        known = [*diff.updated, known[1]]
    diff = seen(compare(page([kept], complete=True), tracked(count=2), known))
    assert [type(change) for change in diff.changes] == [Missing]
    known = [*diff.updated, known[1]]
    assert not seen(compare(page([kept], complete=True), tracked(count=1), known)).changes


def test_a_meeting_that_is_listed_again_says_so() -> None:
    entry = meeting("a", date(2026, 7, 6), date(2026, 7, 15))
    known = [replace(stored(entry)[0], gone=True, missing=3)]
    (change,) = seen(compare(page([entry], complete=True), tracked(), known)).changes
    assert isinstance(change, Updated)
    assert change.fields == ("listed",)


def test_a_past_meeting_may_leave_the_list() -> None:
    known = stored(
        meeting("a", date(2026, 5, 1), date(2026, 5, 4)),
        *[meeting(f"k{n}", date(2026, 8, n + 1), date(2026, 8, n + 1), group=f"SG{n}") for n in range(3)],
    )
    diff = seen(compare(page([row.entry for row in known[1:]], complete=True), tracked(count=4), known))
    assert not diff.changes
    assert not diff.updated


def test_a_sliding_window_says_nothing_about_absence() -> None:
    known = stored(news("a", "One"), news("b", "Two"))
    assert not seen(compare(page([news("b", "Two")]), tracked(count=2), known)).changes


@pytest.mark.parametrize("status", ["cancelled", "withdrawn"])
def test_only_the_source_cancels(status: str) -> None:
    entry = meeting("a", date(2026, 7, 6), date(2026, 7, 15))
    (change,) = seen(compare(page([replace(entry, status=status)], complete=True), tracked(), stored(entry))).changes
    assert isinstance(change, Withdrawn)


def test_an_empty_answer_changes_nothing() -> None:
    known = stored(news("a"), news("b", "B"))
    assert isinstance(compare(page([]), tracked(count=2), known), Quarantined)


def test_a_first_empty_answer_is_believed() -> None:
    assert isinstance(compare(page([]), tracked(count=0), []), Diff)


def test_an_answer_of_less_than_half_changes_nothing() -> None:
    entries = [news(str(n), f"T{n}") for n in range(54)]
    assert isinstance(compare(page(entries[:1]), tracked(count=54), stored(*entries)), Quarantined)


def test_a_list_that_loses_most_coming_meetings_at_once_is_not_believed() -> None:
    past = [meeting(f"p{n}", date(2026, 1, 1), date(2026, 1, 2), group=f"P{n}") for n in range(10)]
    coming = [meeting(f"c{n}", date(2026, 9, 1), date(2026, 9, 2), group=f"C{n}") for n in range(4)]
    known = stored(*past, *coming)
    kept = [*past, coming[0]]
    assert isinstance(compare(page(kept, complete=True), tracked(count=14), known), Quarantined)


def test_a_feed_that_stays_short_is_believed_after_three_polls() -> None:
    entries = [news(str(n), f"T{n}") for n in range(10)]
    short = [news("new", "New")]
    assert isinstance(compare(page(short), tracked(count=10, suspect=2), stored(*entries)), Quarantined)
    assert len(seen(compare(page(short), tracked(count=10, suspect=3), stored(*entries))).added) == 1


def test_an_empty_calendar_is_never_believed() -> None:
    known = stored(meeting("a", date(2026, 7, 6), date(2026, 7, 15)))
    assert isinstance(compare(page([], complete=True), tracked(count=1, suspect=9), known), Quarantined)


def test_trimmed_entries_count_as_listed() -> None:
    diff = seen(compare(page([news("new", "New")], count=10), tracked(count=10), []))
    assert len(diff.added) == 1


def test_an_entry_that_changes_without_end_is_told_of_a_bounded_number_of_times() -> None:
    known = stored(news("a", text="0"))
    told = 0
    for version in range(1, 60):
        diff = seen(compare(page([news("a", text=str(version))]), tracked(count=1), known))
        told += len(diff.changes)
        known = list(diff.updated)
    assert told == MOST_VERSIONS


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from("abcdefgh"), max_size=12))
def test_what_was_seen_once_is_never_added_again(keys: list[str]) -> None:
    known: dict[str, Known] = {}
    for start in range(len(keys)):
        entries = [news(key, f"Title {key}") for key in keys[start : start + 4]]
        diff = seen(compare(page(entries), tracked(), list(known.values())))
        for row in diff.added:
            assert row.entry.key not in known
            known[row.entry.key] = row
