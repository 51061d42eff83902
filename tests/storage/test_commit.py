"""A poll: what is read before the decision, and what is written after it, at once or not at all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.alerts import DeliveryKey, Outcome, StoryId, Thread, Verb
from bot.domain.chat import Receipt
from bot.domain.entries import EntryId
from bot.domain.errors import StoreConflict, StoreError
from bot.domain.storing.sources import Outcomes, Surroundings
from bot.domain.storing.store import Store
from tests.storage.conftest import (
    HALL,
    ITU,
    LEASE,
    NOW,
    ROOM,
    a_delivery,
    a_meeting,
    a_source,
    a_story,
    a_thread,
    an_alert,
    commit,
    leased,
    news,
    seen,
)

WEEK = timedelta(days=7)


async def around(store: Store, *keys: str) -> Surroundings:
    return await store.sources.surroundings(ITU, [news(key) for key in keys], now=NOW)


async def threads(store: Store) -> Sequence[Thread]:
    return (await store.stories.standing([a_story().id]))[1]


async def keys_of(store: Store) -> list[str]:
    return sorted(known.entry.key for known in await store.entries.newest(before=None, limit=99))


async def test_a_new_source_has_nothing_around_it(store: Store) -> None:
    tracked = await leased(store)
    surroundings = await around(store, "a")
    assert surroundings == Surroundings(
        tracked=tracked, known=[], stories=[], entry_stories={}, threads=[], told={}, recent={}, revision=0
    )


async def test_an_unknown_source_has_no_surroundings(store: Store) -> None:
    with pytest.raises(StoreError, match="No source called itu"):
        await around(store, "a")


async def test_a_poll_is_read_back_as_it_was_committed(store: Store) -> None:
    row, told = seen(news("a")), an_alert("al", about=seen(news("a")), watch=3)
    root = a_delivery("root", Verb.ROOT, alert="al", story="s")
    await commit(
        store,
        [row],
        stories=[a_story()],
        joined={row.id: "s"},
        threads=[a_thread("root")],
        alerts=[told],
        deliveries=[root],
    )
    found = await around(store, "a")
    assert found.known == [row]
    assert found.stories == [a_story()]
    assert found.entry_stories == {row.id: "s"}
    assert found.threads == [a_thread("root")]
    assert found.told == {row.id: {(ROOM, 3)}}
    assert found.recent == {ROOM: 1}


async def test_known_are_those_with_a_key_or_twin_of_the_page_and_no_others(store: Store) -> None:
    rekeyed = seen(replace(news("old"), title=news("b").title, link=news("b").link), id_="rekeyed")
    await commit(store, [seen(news("a")), rekeyed, seen(news("c"))])
    assert {known.id for known in (await around(store, "a", "b")).known} == {"id-a", "rekeyed"}


async def test_meetings_that_are_not_over_are_known_whether_listed_or_not(store: Store) -> None:
    today = NOW.date()
    rows = [
        seen(a_meeting("over", today - WEEK, today - timedelta(days=1))),
        seen(a_meeting("last day", today - WEEK, today)),
        seen(a_meeting("ahead", today + WEEK)),
        replace(seen(a_meeting("unlisted", today + WEEK)), gone=True),
    ]
    await commit(store, rows)
    assert {known.entry.key for known in (await around(store)).known} == {"last day", "ahead", "unlisted"}
    await commit(store, updated=[replace(rows[2], gone=True)])
    assert {known.entry.key for known in (await around(store)).known} == {"last day", "ahead", "unlisted"}


async def test_a_page_of_thousands_is_looked_up_whole(store: Store) -> None:
    rows = [seen(news(f"{n:05}")) for n in range(3000)]
    await commit(store, rows)
    assert len((await around(store, *(row.entry.key for row in rows))).known) == 3000


async def test_only_stories_of_the_entries_on_the_page_are_read_and_others_when_asked_for(store: Store) -> None:
    await commit(store, stories=[a_story("one"), a_story("other")], threads=[a_thread("r", story="other")])
    assert (await around(store)).stories == []
    stories, threads = await store.stories.standing([StoryId("other"), StoryId("none")])
    assert (stories, [thread.root for thread in threads]) == ([a_story("other")], ["r"])


async def test_a_grown_story_replaces_what_was_stored_of_it(store: Store) -> None:
    grown = replace(a_story(), said=frozenset({"other"}), last_at=NOW + WEEK)
    await commit(store, stories=[a_story()])
    await commit(store, stories=[grown])
    assert (await store.stories.standing([grown.id]))[0] == [grown]


async def test_only_roots_of_the_last_minute_count_as_recent(store: Store) -> None:
    minute = timedelta(minutes=1)
    await commit(
        store,
        threads=[
            a_thread("r1", story="1"),
            a_thread("r2", story="2", opened=NOW - minute),
            a_thread("", story="3"),
            a_thread("r4", story="4", where=HALL),
        ],
        deliveries=[a_delivery("r1", Verb.ROOT), a_delivery("r2", Verb.ROOT), a_delivery("r4", Verb.ROOT, where=HALL)],
    )
    assert (await around(store)).recent == {ROOM: 2, HALL: 1}, "r2 still waits: it will be posted with what comes now"
    for key in ("r1", "r2", "r4"):
        await store.outbox.sent(DeliveryKey(key), Receipt(key), owner="me", now=NOW)
    assert (await around(store)).recent == {ROOM: 1, HALL: 1}


async def test_an_updated_entry_keeps_its_id_under_another_key(store: Store) -> None:
    row = seen(news("a"))
    await commit(store, [row])
    moved = replace(row, entry=news("b"), versions=1, missing=2)
    await commit(store, updated=[moved])
    assert (await around(store, "b")).known == [moved]
    assert (await around(store, "a")).known == []


async def test_entries_of_one_page_may_swap_their_keys(store: Store) -> None:
    one, two = seen(news("1")), seen(news("2"))
    await commit(store, [one, two])
    await commit(store, updated=[replace(one, entry=two.entry), replace(two, entry=one.entry)])
    assert {known.id: known.entry.key for known in (await around(store, "1", "2")).known} == {one.id: "2", two.id: "1"}


async def test_a_new_entry_may_take_the_key_that_another_leaves(store: Store) -> None:
    one = seen(news("1"))
    await commit(store, [one])
    await commit(store, [seen(news("1"), id_="fresh")], updated=[replace(one, entry=news("2"))])
    assert {known.id for known in (await around(store, "1", "2")).known} == {"id-1", "fresh"}


async def test_a_meeting_that_moves_is_found_at_its_new_date(store: Store) -> None:
    row = seen(a_meeting("m", NOW.date() + WEEK))
    await commit(store, [row])
    moved = replace(row, entry=replace(row.entry, starts=NOW.date() - WEEK))
    await commit(store, updated=[moved])
    assert (await around(store)).known == []


async def test_an_entry_that_is_stored_already_is_left_as_it_is(store: Store) -> None:
    await commit(store, [seen(news("a"))])
    await commit(store, [seen(news("a", title="Other"), id_="other"), seen(news("b"))])
    assert [known.entry.title for known in (await around(store, "a", "b")).known] == ["News a", "News b"]


async def test_an_id_given_twice_is_refused_rather_than_an_entry_lost(store: Store) -> None:
    await commit(store, [seen(news("a"), id_="same")])
    with pytest.raises(StoreError, match="contradict"):
        await commit(store, [seen(news("b"), id_="same")])
    assert await keys_of(store) == ["a"]


async def test_a_hostile_key_is_found_again(store: Store) -> None:
    row = seen(news("\ud800\0key", link=None), id_="hostile")
    await commit(store, [row])
    found = await store.sources.surroundings(ITU, [row.entry], now=NOW)
    assert found.known == [row]


async def test_a_lost_lease_refuses_everything(store: Store) -> None:
    tracked = await leased(store)
    await store.sources.claim(now=NOW + LEASE, owner="other", lease=LEASE, limit=1)
    with pytest.raises(StoreConflict):
        await store.sources.commit(Outcomes(tracked=tracked, owner="me", revision=0, added=[seen(news("a"))]))
    assert await keys_of(store) == []


async def test_a_changed_watch_refuses_everything(store: Store) -> None:
    tracked = await leased(store)
    await store.watches.add(ROOM, "zte", owner="u", note="", now=NOW)
    with pytest.raises(StoreConflict):
        await store.sources.commit(Outcomes(tracked=tracked, owner="me", revision=0, added=[seen(news("a"))]))
    assert await keys_of(store) == []
    await store.sources.commit(Outcomes(tracked=tracked, owner="me", revision=1, added=[seen(news("a"))]))
    assert await keys_of(store) == ["a"]


async def test_a_story_that_grew_meanwhile_refuses_a_decision_about_stories(store: Store) -> None:
    tracked = await leased(store)
    stale = (await store.sources.surroundings(tracked.source.id, (), now=NOW)).stories_revision
    await store.sources.commit(
        Outcomes(tracked=tracked, owner="me", revision=0, stories_revision=stale, stories=[a_story()])
    )
    tracked = await leased(store)
    late = Outcomes(tracked=tracked, owner="me", revision=0, stories_revision=stale, stories=[a_story()])
    with pytest.raises(StoreConflict):
        await store.sources.commit(late)
    await store.sources.commit(replace(late, stories=[]))


async def test_a_refused_row_takes_everything_with_it(store: Store) -> None:
    row = seen(news("a"))
    with pytest.raises(StoreError, match="contradict"):
        await commit(store, [row], joined={row.id: "no such story"}, deliveries=[a_delivery("d")])
    assert await keys_of(store) == []
    assert (await store.outbox.backlog()).waiting == 0


async def test_committing_releases_the_lease_and_keeps_what_a_person_decided_meanwhile(store: Store) -> None:
    tracked = await leased(store)
    await store.sources.pause(ITU, paused=True)
    after = replace(tracked, baseline=False, next_poll=NOW + WEEK)
    await store.sources.commit(Outcomes(tracked=after, owner="me", revision=0))
    [stored] = await store.sources.listing()
    assert stored == replace(after, paused=True)
    with pytest.raises(StoreConflict):
        await store.sources.commit(Outcomes(tracked=after, owner="me", revision=0))


async def test_removing_a_source_stops_the_poll_under_way(store: Store) -> None:
    tracked = await leased(store)
    await store.sources.remove(ITU)
    with pytest.raises(StoreConflict):
        await store.sources.commit(Outcomes(tracked=tracked, owner="me", revision=0, added=[seen(news("a"))]))


async def test_a_thread_that_stands_is_not_opened_again(store: Store) -> None:
    await commit(store, threads=[a_thread("first")], stories=[a_story()])
    await commit(store, threads=[a_thread("second")])
    assert await threads(store) == [a_thread("first")]


async def test_an_entry_joins_a_story_later(store: Store) -> None:
    await commit(store, [seen(news("a"))])
    await commit(store, stories=[a_story()], joined={"id-a": "s"})
    assert (await around(store, "a")).entry_stories == {EntryId("id-a"): "s"}
    await commit(store, updated=[seen(news("a", title="Changed"))])
    assert (await around(store, "a")).entry_stories == {EntryId("id-a"): "s"}


async def test_two_sources_may_use_the_same_key(store: Store) -> None:
    await commit(store, [seen(news("a"))])
    tracked = await leased(store, a_source("eff", origin="config"))
    other = replace(seen(news("a"), id_="other"), source=tracked.source.id)
    await store.sources.commit(Outcomes(tracked=tracked, owner="me", revision=0, added=[other]))
    assert [known.id for known in await store.entries.by_link("a")] == ["id-a", "other"]
    assert [known.id for known in (await around(store, "a")).known] == ["id-a"]


async def test_silent_alerts_count_as_told(store: Store) -> None:
    row = seen(news("a"))
    await commit(store, [row], alerts=[an_alert("al", about=row, outcome=Outcome.SILENT, watch=None)])
    assert (await around(store, "a")).told == {row.id: {(ROOM, None)}}


async def test_a_floating_and_a_dated_meeting_are_read_as_such(store: Store) -> None:
    rows = [seen(a_meeting("day", date(2026, 2, 3))), seen(replace(a_meeting("m", date(2026, 2, 3)), starts=None))]
    await commit(store, rows)
    found = {known.entry.key: known.entry.starts for known in await store.entries.newest(before=None, limit=9)}
    assert found == {"day": date(2026, 2, 3), "m": None}


async def test_receipts_are_part_of_what_is_around(store: Store) -> None:
    root = a_delivery("root", Verb.ROOT, story="s")
    await commit(store, stories=[a_story()], threads=[a_thread("root")], deliveries=[root])
    await store.outbox.claim(now=NOW, owner="me", lease=LEASE, busy=[], limit=1)
    await store.outbox.sent(root.key, Receipt("123.4"), owner="me", now=NOW)
    assert await threads(store) == [replace(a_thread("root"), receipt=Receipt("123.4"))]


async def test_what_a_watch_was_told_before_its_edit_says_nothing_of_what_it_asks_now(store: Store) -> None:
    row = seen(news("a"))
    await commit(store, [row])
    watch = await store.watches.add(ROOM, "zte", owner="o", note="", now=NOW)
    await store.outbox.enqueue([], [an_alert("old", about=row, outcome=Outcome.SILENT, watch=watch.id)])
    assert (await around(store, "a")).told == {row.id: {(ROOM, watch.id)}}
    await store.watches.edit(watch.id, "eff")
    assert (await around(store, "a")).told == {}
    await store.outbox.enqueue([], [an_alert("new", about=row, outcome=Outcome.SILENT, watch=watch.id)])
    assert (await around(store, "a")).told == {row.id: {(ROOM, watch.id)}}
