"""What is remembered of news, written change by change and read as it was."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import clustering, likeness
from bot.domain.aliases import Aliases
from bot.domain.clustering import Clusters, item
from bot.domain.entries import Entry, Kind
from bot.domain.likeness import ClusterId, Item
from bot.domain.storing.sources import Outcomes
from bot.domain.storing.store import Store
from tests.storage.conftest import leased

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


def reports(count: int) -> list[Item]:
    """Invent reports: three of four tell something that was told before, in other words."""
    dice = random.Random(3)
    words = ["".join(dice.choices("bdfglmnprstv", k=6)) for _ in range(900)]
    stories = [dice.sample(words, 9) for _ in range(count // 4)]
    found = []
    for number in range(count):
        said = [*dice.sample(dice.choice(stories), 6), *dice.choices(words[:40], k=2), "\ud800odd"]
        entry = Entry(key=str(number), kind=Kind.NEWS, title=" ".join(said), link=f"https://example.org/{number}")
        found.append(item(entry, NOW + timedelta(minutes=number), Aliases()))
    return found


async def write(store: Store, clusters: Clusters) -> None:
    tracked = await leased(store, now=NOW)
    revision = await store.stories.revision()
    await store.sources.commit(
        Outcomes(tracked=tracked, owner="me", revision=0, stories_revision=revision, grown=clusters.grown)
    )
    clusters.written()


async def test_what_is_read_is_what_was_remembered_whatever_was_cut_halved_parted_merged_or_forgotten(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likeness, "MOST_TERMS", 12)
    monkeypatch.setattr(likeness, "ROOM", 4)
    monkeypatch.setattr(clustering, "AGEING", 60)
    items, window = reports(200), 30
    clusters, before = Clusters(window=window), await store.stories.revision()
    for number, one in enumerate(items):
        told = clusters.tell(one).cluster
        if number % 17 == 5 and told.size > 1:
            clusters.part(one, told.id)
        if number % 23 == 7:
            last = [one.id for one in clusters.all[-2:]]
            clusters.merge(last[0], last[1])
        if number % 10 == 9:
            await write(store, clusters)
            _, known, frequency = await store.stories.clusters()
            again = Clusters(known, frequency, window)
            assert again.all == clusters.all
            assert again.frequency == clusters.frequency
            assert {term: list(ids) for term, ids in again._by_term.items()} == {
                term: list(ids) for term, ids in clusters._by_term.items()
            }
            if number % 20 == 9:
                clusters = again
    assert await store.stories.revision() == before + 20
    assert len(clusters.all) <= window


async def test_a_story_that_was_merged_is_found_under_the_ids_of_both(store: Store) -> None:
    one, other = (item(Entry(key=k, kind=Kind.NEWS, title=k, link=f"https://e.org/{k}"), NOW, Aliases()) for k in "ab")
    clusters = Clusters()
    first, second = clusters.join(one), clusters.join(other)
    clusters.merge(first.id, second.id)
    await write(store, clusters)
    _, known, frequency = await store.stories.clusters()
    again = Clusters(known, frequency)
    assert again.join(other).id == again.join(one).id == first.id == ClusterId(0)
