"""What entries said before they changed, and what subscribers of calendars were told."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.agenda import Event
from bot.domain.changes import Known
from bot.domain.entries import Entry, EntryId, Kind
from bot.domain.ports import Period
from bot.domain.storing.entries import MeetingFilter
from bot.domain.storing.store import Store
from tests.storage.conftest import HALL, NOW, ROOM, a_meeting, commit, news, seen

HOUR = timedelta(hours=1)


def item(timing: str) -> Entry:
    return Entry(key="isn 1", kind=Kind.WORK_ITEM, title="Lamps", text="A text.", facts={"timing": timing, "isn": "1"})


def changed(row: Known, entry: Entry, *, after: timedelta = HOUR) -> Known:
    versions = row.versions + 1
    return replace(
        row, entry=entry, fingerprint=entry.fingerprint, versions=versions, fetched_at=row.fetched_at + after
    )


async def test_each_change_of_an_item_is_kept_with_what_was_before(store: Store) -> None:
    first = seen(item("2026"))
    second = changed(first, item("2027"))
    third = changed(second, replace(item("2028"), title="Smart lamps"))
    await commit(store, [first])
    for row in (second, third):
        await commit(store, updated=[row])
    past = await store.history.of(first.id)
    assert [(at, entry.title, entry.facts["timing"]) for at, entry in past] == [
        (NOW + HOUR, "Lamps", "2026"),
        (NOW + 2 * HOUR, "Lamps", "2027"),
    ]
    assert {entry.key for _, entry in past} == {"isn 1"}


async def test_what_is_written_again_as_it_was_has_no_history(store: Store) -> None:
    row = seen(item("2026"))
    await commit(store, [row])
    await commit(store, updated=[replace(row, missing=1)])
    assert await store.history.of(row.id) == []
    assert await store.history.of(EntryId("unheard of")) == []


async def test_articles_have_none_and_what_changes_without_end_has_an_end(store: Store) -> None:
    story, row = seen(news("a")), seen(item("0"))
    await commit(store, [story, row])
    await commit(store, updated=[changed(story, news("a", title="Corrected"))])
    assert await store.history.of(story.id) == []
    for number in range(1, 40):
        row = changed(row, item(str(number)))
        await commit(store, updated=[row])
    assert len(await store.history.of(row.id)) == 24


def event(title: str = "SG17", *, uid: str = "m@rapporteur", **told: object) -> Event:
    base = Event(uid=uid, title=title, starts=date(2026, 2, 3), changed=NOW)
    return replace(base, **told)  # type: ignore[arg-type]


async def test_an_event_is_counted_up_when_it_differs_and_only_then(store: Store) -> None:
    later, last = NOW + HOUR, NOW + 2 * HOUR
    [first] = await store.calendars.dated([event()], now=later)
    assert (first.sequence, first.modified) == (0, NOW)
    [same] = await store.calendars.dated([event(changed=later)], now=last)
    assert (same.sequence, same.modified) == (0, NOW)
    [moved] = await store.calendars.dated([event(starts=date(2026, 2, 10))], now=later)
    assert (moved.sequence, moved.modified) == (1, later)
    [back] = await store.calendars.dated([event()], now=last)
    assert (back.sequence, back.modified) == (2, last)


async def test_events_are_counted_each_by_itself_and_come_in_their_order(store: Store) -> None:
    events = [event(uid=f"m{number}") for number in range(2_000)]
    assert [one.event for one in await store.calendars.dated(events, now=NOW)] == events
    moved = [*events[:-1], event("Moved", uid="m1999")]
    assert sum(one.sequence for one in await store.calendars.dated(moved, now=NOW)) == 1
    assert await store.calendars.dated([], now=NOW) == []


@pytest.mark.parametrize(
    "told",
    [
        {"place": "x"},
        {"link": "https://x.example"},
        {"text": "x"},
        {"cancelled": True},
        {"tentative": True},
        {"ends": date(2026, 2, 4)},
        {"categories": ("x",)},
    ],
)
def test_whatever_a_subscriber_sees_makes_another_event(told: dict[str, object]) -> None:
    assert replace(event(), **told).said != event().said  # type: ignore[arg-type]
    assert event(changed=NOW + HOUR).said == event().said


async def test_addresses_are_of_one_conversation_each(store: Store) -> None:
    for secret, where in (("a", ROOM), ("b", ROOM), ("c", HALL)):
        await store.calendars.open(secret, where, owner="o", now=NOW)
    assert (await store.calendars.count(ROOM), await store.calendars.count(HALL)) == (2, 1)
    assert await store.calendars.close(ROOM) == 2
    assert [await store.calendars.whose(secret) for secret in "abc"] == [None, None, HALL]


async def test_one_of_several_words_is_enough_where_one_is_asked_for(store: Store) -> None:
    places = {"g": "Geneva", "f": "Genève", "e": "E-meeting", "d": "New Delhi"}
    await commit(store, [seen(a_meeting(key, date(2026, 2, 3), place=place)) for key, place in places.items()])

    async def found(*words: str, either: tuple[str, ...]) -> tuple[int, set[str]]:
        wanted = MeetingFilter(period=Period(), words=words, either=either)
        total, page = await store.entries.meetings(wanted, offset=0, limit=10)
        return total, {known.entry.key for known in page}

    assert await found(either=("geneva", "geneve")) == (2, {"g", "f"})
    assert await found(either=("e-meeting", "virtual", "delhi")) == (2, {"e", "d"})
    assert await found("meeting e", either=("geneva", "e-meeting")) == (1, {"e"})
    assert await found(either=("%", "_")) == (0, set())
