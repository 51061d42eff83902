"""What conversations want to hear about."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.alerts import Outcome
from bot.domain.entries import EntryId
from bot.domain.errors import CommandError
from bot.domain.storing.store import Store
from bot.domain.watches import Draft, Watch, WatchId
from tests.storage.conftest import HALL, NOW, ROOM, an_alert

DAY = timedelta(days=1)


async def watch(store: Store, query: str = "zte", **fields: object) -> Watch:
    given = {"conversation": ROOM, "owner": "ann", "note": "why", "now": NOW} | fields
    return await store.watches.add(query=query, **given)  # type: ignore[arg-type]


async def test_a_watch_is_listed_as_it_was_added(store: Store) -> None:
    first, second = await watch(store, "zte \ud800"), await watch(store, "中兴", conversation=HALL)
    assert await store.watches.all() == (2, [first, second])


async def test_the_same_query_twice_in_a_conversation_is_refused(store: Store) -> None:
    await watch(store)
    with pytest.raises(CommandError, match="watches zte already"):
        await watch(store)
    revision, watches = await store.watches.all()
    assert (revision, len(watches)) == (1, 1)
    await watch(store, conversation=HALL)


async def test_a_removed_watch_is_gone_and_may_be_added_anew_under_a_new_id(store: Store) -> None:
    old = await watch(store)
    await store.watches.remove(old.id)
    assert await store.watches.all() == (2, [])
    new = await watch(store)
    assert new.id != old.id
    assert await store.watches.all() == (3, [new])


async def test_muting_lasts_until_it_is_ended(store: Store) -> None:
    one, two = await watch(store), await watch(store, "eff")
    await store.watches.mute([one.id, two.id], NOW + DAY)
    muted = [replace(one, muted_until=NOW + DAY), replace(two, muted_until=NOW + DAY)]
    assert await store.watches.all() == (3, muted)
    await store.watches.mute([one.id], None)
    assert await store.watches.all() == (4, [one, muted[1]])


async def test_what_changes_nothing_leaves_the_revision(store: Store) -> None:
    await store.watches.remove(WatchId(99))
    await store.watches.mute([], NOW)
    assert await store.watches.all() == (0, [])


async def test_hits_are_counted_since_then_and_the_last_is_the_last_ever(store: Store) -> None:
    one, none, other = await watch(store), await watch(store, "eff"), await watch(store, conversation=HALL)
    alerts = [
        an_alert("a", watch=one.id, at=NOW - 40 * DAY),
        an_alert("b", watch=one.id, at=NOW - DAY),
        an_alert("c", watch=one.id, at=NOW, outcome=Outcome.SILENT),
        an_alert("d", watch=other.id, where=HALL, at=NOW - 40 * DAY),
        an_alert("e"),
    ]
    await store.outbox.enqueue([], alerts)
    assert await store.watches.hits(ROOM, since=NOW - 30 * DAY) == {one.id: (2, NOW), none.id: (0, None)}
    assert await store.watches.hits(HALL, since=NOW - 30 * DAY) == {other.id: (0, NOW - 40 * DAY)}


async def test_an_edited_watch_keeps_its_number_and_what_else_it_has(store: Store) -> None:
    old = await watch(store)
    await store.watches.edit(old.id, "中兴 OR zte")
    await store.watches.annotate(old.id, "for the brief")
    assert await store.watches.all() == (3, [replace(old, query="中兴 OR zte", note="for the brief")])


async def test_an_edit_to_what_is_watched_already_is_refused(store: Store) -> None:
    one, other = await watch(store, "zte"), await watch(store, "eff")
    await watch(store, "noyb", conversation=HALL)
    with pytest.raises(CommandError, match="watches eff already"):
        await store.watches.edit(one.id, other.query)
    await store.watches.edit(one.id, one.query)
    await store.watches.edit(one.id, "noyb")
    await store.watches.remove(other.id)
    with pytest.raises(CommandError, match="gone"):
        await store.watches.edit(other.id, "privacy")


async def test_a_draft_is_kept_for_its_author_until_it_is_replaced_or_discarded(store: Store) -> None:
    draft = Draft(conversation=ROOM, owner="ann", query="zte \ud800", at=NOW)
    other = replace(draft, owner="bob", query="eff", watch=WatchId(3), note="n")
    await store.watches.draft(draft)
    await store.watches.draft(other)
    assert await store.watches.drafted(ROOM, "ann") == draft
    assert await store.watches.drafted(ROOM, "bob") == other
    assert await store.watches.drafted(HALL, "ann") is None
    await store.watches.draft(replace(draft, query="noyb"))
    assert await store.watches.drafted(ROOM, "ann") == replace(draft, query="noyb")
    await store.watches.discard(ROOM, "ann")
    assert await store.watches.drafted(ROOM, "ann") is None
    assert (await store.watches.all())[0] == 0


async def test_what_was_in_vain_is_counted_by_watch_until_the_watch_is_edited(store: Store) -> None:
    one, other = await watch(store, "zte"), await watch(store, "eff")

    async def mark(
        entry: str, at: Watch = one, owner: str = "ann", *, relevant: bool = False, day: int = 0
    ) -> list[str]:
        given = {"owner": owner, "relevant": relevant, "now": NOW + day * DAY}
        return list(await store.watches.mark(ROOM, EntryId(entry), at.id, **given))  # type: ignore[arg-type]

    assert await mark("e1") == ["e1"]
    assert await mark("e1", owner="bob") == ["e1"]
    assert await mark("e2", day=1) == ["e2", "e1"]
    assert await mark("e9", at=other) == ["e9"]
    assert await mark("e3", relevant=True) == ["e2", "e1"]
    assert await mark("e2", relevant=True, day=2) == ["e1"]
    await store.watches.edit(one.id, "zte NOT toy")
    assert await mark("e4") == ["e4"]
