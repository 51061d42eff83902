"""Everything ever seen, paged."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.entries import Entry, Kind
from bot.domain.ports import Period
from bot.domain.storing.entries import MeetingFilter
from bot.domain.storing.store import Store
from tests.storage.conftest import NOW, a_meeting, commit, news, seen

MINUTE = timedelta(minutes=1)
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
    assert await found(store, group="sg1") == ["1"]


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


async def test_an_entry_that_is_no_meeting_any_more_is_not_looked_up_as_one(store: Store) -> None:
    row = seen(a_meeting("m", date(2026, 2, 3)))
    await commit(store, [row])
    await commit(store, updated=[replace(row, entry=replace(row.entry, title="Moved", starts=date(2026, 3, 3)))])
    assert await found(store, words=["moved"], period=Period(first=date(2026, 3, 1))) == ["m"]
    await commit(store, updated=[replace(row, entry=replace(row.entry, kind=Kind.NEWS))])
    assert await found(store) == []


@pytest.mark.parametrize("link", ["https://a.example/x", "http://a.example/x/", " https://a.example/x ", "the key"])
async def test_a_link_or_a_key_leads_to_its_entries(store: Store, link: str) -> None:
    await stored(store, news("the key", link="https://a.example/x"), news("other"))
    assert [known.entry.key for known in await store.entries.by_link(link)] == ["the key"]


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
