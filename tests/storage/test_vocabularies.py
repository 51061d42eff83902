"""What teams call things."""

from bot.domain.storing.store import Store
from tests.storage.conftest import NOW


async def test_a_teams_wordings_are_kept_by_name_in_the_order_they_came(store: Store) -> None:
    assert await store.vocabularies.add("console", "lamps", ["smart lamp", "智慧灯杆"], owner="ann", now=NOW) == 2
    assert await store.vocabularies.add("console", "lamps", ["smart lamp", "farola"], owner="bob", now=NOW) == 1
    assert await store.vocabularies.add("slack:T1", "lamps", ["post \ud800"], owner="eve", now=NOW) == 1
    assert await store.vocabularies.of("console") == {"lamps": ["smart lamp", "智慧灯杆", "farola"]}
    assert await store.vocabularies.all() == {
        "console": {"lamps": ["smart lamp", "智慧灯杆", "farola"]},
        "slack:T1": {"lamps": ["post \ud800"]},
    }


async def test_wordings_and_whole_sets_can_be_taken_out(store: Store) -> None:
    await store.vocabularies.add("console", "lamps", ["a b", "c d", "e f"], owner="ann", now=NOW)
    assert await store.vocabularies.remove("console", "lamps", ["c d", "x"]) == 1
    assert await store.vocabularies.of("console") == {"lamps": ["a b", "e f"]}
    assert await store.vocabularies.remove("slack:T1", "lamps") == 0
    assert await store.vocabularies.remove("console", "lamps") == 2
    assert await store.vocabularies.of("console") == {}


async def test_only_a_change_moves_the_watches_revision(store: Store) -> None:
    await store.vocabularies.add("console", "lamps", ["a b"], owner="ann", now=NOW)
    await store.vocabularies.add("console", "lamps", ["a b"], owner="ann", now=NOW)
    await store.vocabularies.remove("console", "posts")
    assert (await store.watches.all())[0] == 1
    await store.vocabularies.remove("console", "lamps")
    assert (await store.watches.all())[0] == 2
