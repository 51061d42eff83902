"""The list of what is polled."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.entries import SourceId
from bot.domain.errors import CommandError, StoreConflict
from bot.domain.sources import Health, Memory, Origin, Source, Tracked
from bot.domain.storing.sources import Outcomes
from bot.domain.storing.store import Store
from tests.storage.conftest import ITU, LEASE, NOW, a_source, leased

MEMORY = Memory(etag='"x"', last_modified="Mon", body_hash="ab", items=bytes(range(256)), count=3)
HEALTH = Health(failures=1, suspect=2, last_ok=NOW, last_poll=NOW, last_error="No.", newest=NOW, polls=9)
HOUR = timedelta(hours=1)


async def names(store: Store) -> list[str]:
    return [tracked.source.id for tracked in await store.sources.listing()]


async def only(store: Store) -> Tracked:
    [tracked] = await store.sources.listing()
    return tracked


async def remembered(store: Store, source: Source) -> None:
    await leased(store, source)
    await store.sources.settle(source.id, owner="me", memory=MEMORY, health=HEALTH, next_poll=NOW + HOUR)


async def test_a_declared_source_is_listed_as_declared_and_due_at_once(store: Store) -> None:
    source = a_source(body="ITU-T", lang="en", interval=timedelta(minutes=7), about="What it is.")
    await store.sources.declare([source], origin=Origin.CATALOGUE, now=NOW)
    assert await only(store) == Tracked(source=source, next_poll=NOW)


async def test_declaring_again_changes_nothing_that_was_remembered(store: Store) -> None:
    source = a_source()
    await remembered(store, source)
    before = await only(store)
    await store.sources.declare([source], origin=Origin.CATALOGUE, now=NOW + HOUR)
    assert await only(store) == before
    assert (before.memory, before.health) == (MEMORY, HEALTH)


async def test_an_undeclared_source_is_retired_and_comes_back_with_its_memory(store: Store) -> None:
    source = a_source()
    await remembered(store, source)
    await store.sources.declare([], origin=Origin.CATALOGUE, now=NOW)
    assert await names(store) == []
    await store.sources.declare([source], origin=Origin.CATALOGUE, now=NOW)
    assert (await only(store)).memory == MEMORY


async def test_a_changed_address_clears_the_memory_and_keeps_the_health(store: Store) -> None:
    source = a_source()
    await remembered(store, source)
    await store.sources.declare([replace(source, url="https://new.example/")], origin=Origin.CATALOGUE, now=NOW)
    tracked = await only(store)
    assert (tracked.memory, tracked.health, tracked.next_poll) == (Memory(), HEALTH, NOW)


async def test_an_address_that_moved_by_redirect_survives_the_next_declaration(store: Store) -> None:
    source = a_source()
    await leased(store, source)
    moved = {"memory": MEMORY, "health": HEALTH, "next_poll": NOW, "url": "https://moved.example/"}
    await store.sources.settle(source.id, owner="me", **moved)  # type: ignore[arg-type]
    await store.sources.declare([source], origin=Origin.CATALOGUE, now=NOW)
    tracked = await only(store)
    assert (tracked.source.url, tracked.memory) == ("https://moved.example/", MEMORY)


async def test_a_changed_address_stops_the_poll_under_way_from_committing(store: Store) -> None:
    tracked = await leased(store)
    changed = replace(tracked.source, url="https://new.example/")
    await store.sources.declare([changed], origin=Origin.CATALOGUE, now=NOW)
    with pytest.raises(StoreConflict):
        await store.sources.commit(Outcomes(tracked=tracked, owner="me", revision=0))
    assert (await only(store)).source.url == "https://new.example/"


async def test_what_a_person_added_is_left_alone_by_declarations(store: Store) -> None:
    mine = a_source("mine", origin=Origin.PERSON)
    await store.sources.add(mine, now=NOW)
    other = replace(mine, url="https://other.example/", origin=Origin.CATALOGUE)
    await store.sources.declare([other], origin=Origin.CATALOGUE, now=NOW)
    await store.sources.declare([], origin=Origin.CONFIG, now=NOW)
    assert (await only(store)).source == mine


async def test_what_a_person_removed_is_not_brought_back_by_a_declaration(store: Store) -> None:
    source = a_source()
    await store.sources.declare([source], origin=Origin.CATALOGUE, now=NOW)
    await store.sources.remove(source.id)
    await store.sources.declare([source], origin=Origin.CATALOGUE, now=NOW)
    assert await names(store) == []
    await store.sources.add(replace(source, origin=Origin.PERSON), now=NOW)
    assert await names(store) == ["itu"]


async def test_configuration_takes_over_from_the_catalogue_and_not_the_other_way(store: Store) -> None:
    shipped = a_source()
    own = replace(shipped, url="https://own.example/", origin=Origin.CONFIG)
    for _ in range(2):
        await store.sources.declare([shipped], origin=Origin.CATALOGUE, now=NOW)
        await store.sources.declare([own], origin=Origin.CONFIG, now=NOW)
        assert (await only(store)).source == own


async def test_a_second_source_with_the_same_id_or_address_is_refused(store: Store) -> None:
    await store.sources.add(a_source(), now=NOW)
    for twin in (a_source(url="https://else.example/"), a_source("other", url=a_source().url)):
        with pytest.raises(CommandError, match="tracked already"):
            await store.sources.add(twin, now=NOW)


async def test_removing_or_pausing_what_is_not_tracked_says_so(store: Store) -> None:
    with pytest.raises(CommandError, match="No source called nothing"):
        await store.sources.remove(SourceId("nothing"))
    with pytest.raises(CommandError, match="No source called nothing"):
        await store.sources.pause(SourceId("nothing"), paused=True)


async def test_the_most_overdue_sources_are_leased_first_and_to_one_owner_only(store: Store) -> None:
    for minutes, name in enumerate(["c", "a", "b"]):
        await store.sources.add(a_source(name), now=NOW - timedelta(minutes=minutes))
    first = await store.sources.claim(now=NOW, owner="x", lease=LEASE, limit=2)
    second = await store.sources.claim(now=NOW, owner="y", lease=LEASE, limit=9)
    assert [tracked.source.id for tracked in (*first, *second)] == ["b", "a", "c"]
    assert await store.sources.claim(now=NOW, owner="z", lease=LEASE, limit=9) == []


async def test_a_lease_ends_and_another_owner_takes_over(store: Store) -> None:
    await leased(store, owner="dead")
    assert await store.sources.claim(now=NOW + LEASE, owner="alive", lease=LEASE, limit=1)
    with pytest.raises(StoreConflict):
        await store.sources.settle(ITU, owner="dead", memory=None, health=Health(), next_poll=NOW)


async def test_a_paused_or_retired_source_is_never_due(store: Store) -> None:
    await leased(store)
    await store.sources.settle(ITU, owner="me", memory=None, health=HEALTH, next_poll=NOW)
    await store.sources.pause(ITU, paused=True)
    assert await store.sources.next_due() is None
    assert await store.sources.claim(now=NOW, owner="me", lease=LEASE, limit=1) == []
    await store.sources.pause(ITU, paused=False)
    assert await store.sources.next_due() == NOW
    await leased(store)
    await store.sources.settle(ITU, owner="me", memory=None, health=HEALTH, next_poll=NOW, retired=True)
    assert await store.sources.next_due() is None
    await store.sources.declare([a_source()], origin=Origin.CATALOGUE, now=NOW)
    assert await names(store) == []


async def test_the_next_due_source_is_the_one_whose_time_and_lease_are_up_first(store: Store) -> None:
    assert await store.sources.next_due() is None
    await leased(store)
    assert await store.sources.next_due() == NOW + LEASE
    await store.sources.settle(ITU, owner="me", memory=None, health=HEALTH, next_poll=NOW + HOUR)
    assert await store.sources.next_due() == NOW + HOUR


async def test_settling_without_memory_keeps_what_was_remembered(store: Store) -> None:
    await remembered(store, a_source())
    await store.sources.claim(now=NOW + HOUR, owner="me", lease=LEASE, limit=1)
    await store.sources.settle(ITU, owner="me", memory=None, health=Health(failures=2), next_poll=NOW)
    tracked = await only(store)
    assert (tracked.memory, tracked.health) == (MEMORY, Health(failures=2))


async def test_what_operators_were_told_outlives_polls(store: Store) -> None:
    await leased(store)
    await store.sources.told({ITU: "It is broken."})
    await store.sources.settle(ITU, owner="me", memory=None, health=HEALTH, next_poll=NOW)
    assert (await only(store)).health == replace(HEALTH, told="It is broken.")


async def test_who_holds_the_store_alone_frees_the_leases_of_the_dead(store: Store) -> None:
    await leased(store, owner="dead")
    await store.take_over()
    assert await store.sources.claim(now=NOW, owner="alive", lease=LEASE, limit=1)
