"""Stories that began apart are one as soon as an id says so: one thread goes on, nothing is lost or told twice."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import accumulate, combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.alerts import Alert, Outcome, StoryId, Thread
from bot.domain.changes import Known
from bot.domain.chat import Conversation
from bot.domain.entries import Entry, Kind
from tests.services.heart import ROOM, Heart, beating, unlike
from tests.services.test_heart import OLD, begin
from tests.services.test_mending import Told

HOUR = timedelta(hours=1)
OTHER = Conversation("page", "other")


def text(key: str, *ids: str, kind: Kind = Kind.WORK_ITEM, **facts: str) -> Entry:
    """Return a text in the making that is known by some ids: "isn 1", "aap 2", "idrec 3"."""
    named = {name: number for name, _, number in (one.partition(" ") for one in ids)}
    title = f"Dahua cameras {key} {unlike(sum(map(ord, key)))}"
    return Entry(key=key, kind=kind, title=title, link=f"https://x.example/{key}", facts={**named, **facts})


ITEM = text("item", "isn 1")
RECOMMENDATION = text("recommendation", "idrec 7", kind=Kind.PUBLICATION)
BOTH = text("both", "isn 1", "idrec 7")
IN_FORCE = replace(RECOMMENDATION, facts={**RECOMMENDATION.facts, "stage": "in force"})


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Told]:
    async with beating(tmp_path) as heart:
        await begin(heart)
        yield Told(heart)


async def stored(heart: Heart) -> list[Known]:
    return [row for row in await heart.store.entries.oldest(99) if row.entry.kind is not Kind.NEWS]


async def partition(heart: Heart) -> set[frozenset[str]]:
    """The keys of entries, by story."""
    found: dict[StoryId | None, set[str]] = {}
    rows = await stored(heart)
    told = await heart.store.stories.told([row.id for row in rows])
    for row in rows:
        found.setdefault(told.get(row.id), set()).add(row.entry.key)
    return set(map(frozenset, found.values()))


async def threads(heart: Heart, where: Conversation) -> list[Thread]:
    ids = set((await heart.store.stories.told([row.id for row in await stored(heart)])).values())
    _, found = await heart.store.stories.standing(sorted(ids))
    return [one for one in found if one.conversation == where]


async def alerts(heart: Heart, row: Known, where: Conversation = ROOM) -> list[Alert]:
    return [alert for alert, _ in await heart.store.outbox.alerts_for(row.id, where)]


async def test_two_threads_become_one_and_the_younger_says_where_it_goes_on(told: Told) -> None:
    await told.hear(ITEM)
    await told.hear(RECOMMENDATION)
    assert told.posts() == [("post", None), ("post", None)]
    await told.hear(BOTH)
    ends = [(ref, said) for _, ref, said in told.heart.chat.posts if "goes on in the thread" in said]
    assert ends == [("m1", f"This goes on in the thread of “{ITEM.title}”.")]
    before = len(told.posts())
    await told.hear(IN_FORCE)
    assert ("reply", "m0") in told.posts()[before:]
    assert {ref for _, ref in told.posts()[before:]} == {"m0"}


async def test_a_page_that_is_decided_again_after_a_restart_unites_nothing_twice(told: Told) -> None:
    await told.hear(ITEM)
    await told.hear(RECOMMENDATION)
    await told.hear(BOTH)
    before = told.posts()
    await told.hear(BOTH, ITEM, RECOMMENDATION)
    assert told.posts() == before


async def test_who_follows_only_the_younger_keeps_its_thread(told: Told) -> None:
    heart = told.heart
    await told.hear(ITEM)
    await heart.store.watches.add(OTHER, "recommendation", owner="o", note="", now=heart.clock.now())
    await told.hear(RECOMMENDATION)
    (theirs,) = await threads(heart, OTHER)
    await told.hear(BOTH)
    (kept,) = await threads(heart, OTHER)
    (mine,) = await threads(heart, ROOM)
    assert (kept.receipt, kept.story) == (theirs.receipt, mine.story)
    assert sum("goes on" in said for _, _, said in heart.chat.posts) == 1


async def test_under_a_digest_it_is_said_which_of_its_lines_goes_on_elsewhere(told: Told) -> None:
    await told.hear(ITEM)
    many = [text(f"other{n}", f"isn {50 + n}") for n in range(8)]
    await told.hear(RECOMMENDATION, *many)
    many[0] = replace(many[0], facts={"isn": "50", "idrec": "7"})
    await told.hear(RECOMMENDATION, *many)  # both stand on the digest
    assert not [said for _, _, said in told.heart.chat.posts if "goes on in the thread" in said]
    await told.hear(BOTH, RECOMMENDATION, *many)
    ends = [said for _, _, said in told.heart.chat.posts if "goes on in the thread" in said]
    assert len(ends) == 1
    assert ends[0].endswith(f"” goes on in the thread of “{ITEM.title}”.")


async def test_what_a_page_ties_together_begins_as_one(told: Told) -> None:
    await told.hear(ITEM, RECOMMENDATION, BOTH)
    assert await partition(told.heart) == {frozenset({"item", "recommendation", "both"})}
    assert told.posts().count(("post", None)) == 1


@pytest.mark.parametrize("typed", ["not this story", f"not this story {RECOMMENDATION.link}"])
async def test_what_a_person_parts_is_two_again_and_stays_so(told: Told, typed: str) -> None:
    await told.hear(ITEM)
    await told.hear(RECOMMENDATION)
    await told.hear(BOTH)
    assert "not of this story" in await told.says(typed)
    assert await partition(told.heart) == {frozenset({"item", "both"}), frozenset({"recommendation"})}
    before = len(told.posts())
    await told.hear(IN_FORCE)
    assert ("reply", "m1") in told.posts()[before:]
    await told.hear(replace(BOTH, facts={**BOTH.facts, "stage": "approved"}), text("later", "idrec 7"))
    assert await partition(told.heart) == {frozenset({"item", "both"}), frozenset({"recommendation", "later"})}
    assert sum("goes on" in said for _, _, said in told.heart.chat.posts) == 1


async def test_what_was_always_one_cannot_be_parted(told: Told) -> None:
    await told.hear(ITEM)
    await told.hear(text("again", "isn 1"))
    assert "was always one" in await told.says(f"not this story {ITEM.link}")


async def test_days_and_titles_unite_no_stories_that_stand(told: Told) -> None:
    await told.hear(ITEM)
    await told.hear(replace(RECOMMENDATION, title=ITEM.title))
    assert len(await partition(told.heart)) == 2


IDS = st.frozensets(st.sampled_from([f"{name} {n}" for name in ("isn", "aap", "idrec") for n in (1, 2, 3)]), max_size=3)


def one_of_each(ids: Iterable[str]) -> tuple[str, ...]:
    """An entry has one id of a sort."""
    return tuple({one.partition(" ")[0]: one for one in sorted(ids)}.values())


def components(entries: Sequence[tuple[str, ...]]) -> set[frozenset[str]]:
    groups = [({f"e{n}"}, set(ids)) for n, ids in enumerate(entries)]
    while (tied := next(((a, b) for a, b in combinations(groups, 2) if a[1] & b[1]), None)) is not None:
        groups = [one for one in groups if one not in tied]
        groups.append((tied[0][0] | tied[1][0], tied[0][1] | tied[1][1]))
    return {frozenset(keys) for keys, _ in groups}


@settings(deadline=None, max_examples=25)
@given(st.lists(st.lists(IDS.map(one_of_each), min_size=1, max_size=8), max_size=5))
def test_stories_are_what_ids_tie_together_and_each_entry_is_told_once(pages: list[list[tuple[str, ...]]]) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(_told_in_pages(pages, Path(folder)))


async def _told_in_pages(pages: list[list[tuple[str, ...]]], folder: Path) -> None:
    flat = [ids for page in pages for ids in page]
    entries = [text(f"e{n}", *ids) for n, ids in enumerate(flat)]
    async with beating(folder) as heart:
        await begin(heart)
        for last in accumulate(map(len, pages)):
            await heart.poll(*entries[:last], OLD, after=3 * HOUR)
        assert await partition(heart) == components(flat)
        for row in await stored(heart):
            (alert,) = await alerts(heart, row)
            assert alert.outcome is not Outcome.SILENT
        receipts = [one.receipt for one in await threads(heart, ROOM)]
        assert None not in receipts
        assert len(receipts) == len(components(flat))
        closed = [said for _, _, said in heart.chat.posts if "goes on in the thread" in said]
        assert len(closed) <= len(flat) - len(receipts)
