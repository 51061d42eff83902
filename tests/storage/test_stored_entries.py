"""Everything ever seen, paged."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.entries import Entry, Kind
from bot.domain.ports import Period
from bot.domain.storing.entries import MOST_COUNTED, MeetingFilter
from bot.domain.storing.store import Store
from storage import open_store
from storage.rows import folded
from tests.storage.conftest import NOW, a_meeting, commit, news, seen

MINUTE = timedelta(minutes=1)
START = date(2026, 1, 1)
FEBRUARY = Period(first=date(2026, 2, 1), last=date(2026, 2, 28))


async def found(store: Store, **wanted: object) -> list[str]:
    total, page = await store.entries.meetings(
        MeetingFilter(**{"period": Period()} | wanted),  # type: ignore[arg-type]
        offset=0,
        limit=99,
    )
    assert total == len(page)
    return [known.entry.key for known in page]


async def stored(store: Store, *entries: Entry) -> None:
    await commit(store, [seen(entry) for entry in entries])


async def test_pages_of_entries_are_newest_first_and_leave_nothing_out(store: Store) -> None:
    rows = [seen(news(f"{n:02}"), at=NOW + (n // 3) * MINUTE) for n in range(10)]
    await commit(store, rows)
    read = [*await store.entries.newest(before=None, limit=4)]
    while page := await store.entries.newest(before=(read[-1].first_seen, read[-1].id), limit=4):
        read += page
    assert read == sorted(rows, key=lambda row: (row.first_seen, row.id), reverse=True)


@pytest.mark.parametrize(
    ("first", "last", "fits"),
    [
        (date(2026, 1, 28), date(2026, 2, 1), True),
        (date(2026, 2, 28), date(2026, 3, 4), True),
        (date(2026, 2, 28), None, True),
        (date(2026, 1, 1), date(2026, 12, 31), True),
        (date(2026, 1, 28), date(2026, 1, 31), False),
        (date(2026, 3, 1), None, False),
        (date(2026, 3, 4), date(2026, 3, 1), False),
    ],
)
async def test_a_meeting_fits_a_period_that_it_touches(
    store: Store, first: date, last: date | None, *, fits: bool
) -> None:
    await stored(store, a_meeting("m", first, last))
    assert await found(store, period=FEBRUARY) == (["m"] if fits else [])


async def test_an_instant_is_placed_by_its_day_in_utc(store: Store) -> None:
    late = datetime.fromisoformat("2026-02-28T23:30-05:00")
    timed = replace(a_meeting("timed", date(2026, 2, 1)), starts=late, ends=late + MINUTE, all_day=False)
    floating = replace(timed, key="floating", starts=datetime(2026, 2, 28, 23, 30), ends=None)  # noqa: DTZ001
    await stored(store, timed, floating)
    assert await found(store, period=FEBRUARY) == ["floating"]


async def test_an_open_period_takes_all_that_have_a_date(store: Store) -> None:
    undated = replace(a_meeting("undated", date(2026, 1, 1)), starts=None)
    await stored(store, a_meeting("b", date(2026, 5, 1)), a_meeting("a", date(1999, 1, 1)), undated, news("n"))
    assert await found(store) == ["a", "b"]
    assert await found(store, period=Period(first=date(2026, 5, 1))) == ["b"]
    assert await found(store, period=Period(last=date(2026, 4, 30))) == ["a"]


async def test_groups_are_equal_whatever_their_case_and_never_in_part(store: Store) -> None:
    day = date(2026, 2, 3)
    await stored(store, a_meeting("17", day, group="SG17"), a_meeting("1", day, group="SG1"), a_meeting("x", day))
    assert await found(store, groups=["sg1"]) == ["1"]


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        (["geneve"], True),
        (["GENÈVE", "plenary"], True),
        (["sg17", "biometric"], True),
        (["lisbon"], False),
        (["geneve", "lisbon"], False),
        (["100%"], True),
        (["1_0"], False),
        (["a\\b"], True),
        ([], True),
    ],
)
async def test_words_must_all_occur_folded_and_mean_themselves(store: Store, words: list[str], *, fits: bool) -> None:
    meeting = a_meeting("m", date(2026, 2, 3), title="Plenary, 100% online", group="SG17")
    await stored(store, replace(meeting, place="Genève", text="On Biometrics, a\\b."))
    assert await found(store, words=words) == (["m"] if fits else [])


async def test_meetings_come_in_pages_by_start_with_the_total(store: Store) -> None:
    await stored(store, *(a_meeting(f"{n:02}", date(2026, 2, 20 - n)) for n in range(10)))
    total, page = await store.entries.meetings(MeetingFilter(period=FEBRUARY), offset=4, limit=3)
    assert (total, [known.entry.key for known in page]) == (10, ["05", "04", "03"])
    assert await store.entries.meetings(MeetingFilter(period=FEBRUARY), offset=40, limit=3) == (10, [])


async def test_the_last_of_several_comes_first_where_that_is_asked(store: Store) -> None:
    await stored(store, *(a_meeting(f"{n}", date(2026, 2, 1 + n)) for n in range(5)))
    assert await found(store, latest=True) == ["4", "3", "2", "1", "0"]


async def test_many_meetings_are_not_counted_to_the_end_but_paged_through(store: Store) -> None:
    await stored(store, *(a_meeting(f"{n:04}", date(2026, 2, 1), title="Plenary") for n in range(MOST_COUNTED + 30)))
    for wanted in (MeetingFilter(period=FEBRUARY), MeetingFilter(period=Period(), words=["plenary"])):
        total, page = await store.entries.meetings(wanted, offset=MOST_COUNTED + 25, limit=10)
        assert (total, len(page)) == (MOST_COUNTED + 1, 5)


async def test_a_long_meeting_that_began_long_before_is_found(store: Store) -> None:
    await stored(store, a_meeting("exhibition", date(2024, 1, 1), date(2026, 2, 3)), a_meeting("m", date(2026, 2, 1)))
    assert await found(store, period=FEBRUARY) == ["exhibition", "m"]
    assert await found(store, period=Period(first=date(2026, 2, 4))) == []


@pytest.mark.parametrize("words", [["识别"], ["生物识别"], ["ai"], ["d4", "plenary"], ['say "no"'], ["b-cde", "生"]])
async def test_words_of_any_length_and_script_are_found_in_parts(store: Store, words: list[str]) -> None:
    await stored(store, a_meeting("m", date(2026, 2, 3), title='Plenary AI d4 say "no" ab-cdef 关于生物识别的会议'))
    await stored(store, a_meeting("other", date(2026, 2, 3), title="Opening"))
    assert await found(store, words=words) == ["m"]


async def test_any_of_several_names_of_a_place_will_do(store: Store) -> None:
    day = date(2026, 2, 3)
    for key, place in enumerate(("Tokyo", "東京", "Busan")):
        await stored(store, replace(a_meeting(str(key), day), place=place))
    assert await found(store, either=("Tokyo", "東京")) == ["0", "1"]
    assert await found(store, either=("Tokyo", "Busan"), words=["busan"]) == ["2"]


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9), st.text("abc é识", max_size=12)), max_size=12),
    sought=st.text("abcé识", min_size=1, max_size=5),
    first=st.none() | st.integers(0, 40),
    last=st.none() | st.integers(0, 40),
)
async def test_lookups_find_what_a_plain_reading_finds(
    tmp_path: Path, rows: list[tuple[int, int, str]], sought: str, first: int | None, last: int | None
) -> None:
    entries = [
        replace(a_meeting(f"{n:02}", START + timedelta(begins), START + timedelta(begins + length)), title=f"m {said}")
        for n, (begins, length, said) in enumerate(rows)
    ]
    period = Period(
        first=None if first is None else START + timedelta(first),
        last=None if last is None else START + timedelta(last),
    )
    async with open_store(f"sqlite:///{tmp_path / uuid4().hex}.db") as opened:
        await stored(opened, *entries)
        got = await found(opened, words=[sought], period=period)
    fits = [
        entry.key
        for (begins, length, said), entry in zip(rows, entries, strict=True)
        if folded(sought) in folded(f"m {said}")
        and (first is None or begins + length >= first)
        and (last is None or begins <= last)
    ]
    assert sorted(got) == fits


async def test_an_entry_that_is_no_meeting_any_more_is_not_looked_up_as_one(store: Store) -> None:
    row = seen(a_meeting("m", date(2026, 2, 3)))
    await commit(store, [row])
    await commit(store, updated=[replace(row, entry=replace(row.entry, title="Moved", starts=date(2026, 3, 3)))])
    assert await found(store, words=["moved"], period=Period(first=date(2026, 3, 1))) == ["m"]
    assert await found(store, words=["moved"], period=FEBRUARY) == []
    await commit(store, updated=[replace(row, entry=replace(row.entry, kind=Kind.NEWS))])
    assert await found(store) == await found(store, words=["moved"]) == []


@pytest.mark.parametrize("link", ["https://a.example/x", "http://a.example/x/", " https://a.example/x ", "the key"])
async def test_a_link_or_a_key_leads_to_its_entries(store: Store, link: str) -> None:
    await stored(store, news("the key", link="https://a.example/x"), news("other"))
    assert [known.entry.key for known in await store.entries.by_link(link)] == ["the key"]


async def test_documents_are_found_by_what_they_call_their_meeting(store: Store) -> None:
    papers = [
        Entry(key=key, kind=Kind.DOCUMENT, title=key, facts={"meeting": meeting} if meeting else {})
        for key, meeting in (("a", "T25-SG17-260601"), ("b", "T25-SG21-260601"), ("c", "mtg 5"), ("d", ""))
    ]
    rows = [seen(paper, at=NOW + n * MINUTE) for n, paper in enumerate(papers)]
    await commit(store, rows)
    assert await store.entries.papers({"T25-SG17-260601", "mtg 5"}) == [rows[2], rows[0]]
    assert await store.entries.papers(set()) == []


async def test_entries_are_counted_by_kind(store: Store) -> None:
    assert await store.entries.count() == {}
    await stored(store, news("a"), news("b"), a_meeting("m", date(2026, 2, 3)))
    assert await store.entries.count() == {Kind.NEWS: 2, Kind.MEETING: 1}


async def test_a_date_at_the_edge_of_the_calendar_is_held(store: Store) -> None:
    edge = datetime.max.replace(tzinfo=UTC)
    await stored(store, a_meeting("last", date.max), a_meeting("first", date.min), a_meeting("edge", edge, edge))
    assert await found(store) == ["first", "last", "edge"]


async def test_what_was_seen_first_is_given_first(store: Store) -> None:
    rows = [seen(news(f"k{n}"), at=NOW + timedelta(days=n)) for n in (2, 0, 1)]
    await commit(store, added=rows)
    assert [known.entry.key for known in await store.entries.oldest(2)] == ["k0", "k1"]
