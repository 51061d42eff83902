"""What is remembered of news is kept warm, one decision at a time, and read again only if it may differ."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.changes import Known
from bot.domain.clustering import Frequency
from bot.domain.entries import Entry, SourceId
from bot.domain.errors import StoreBusy
from bot.domain.likeness import Cluster
from bot.domain.sources import Memory, Polled, Source
from bot.domain.storing.sources import Outcomes
from bot.services.telling import Teller
from tests.services.heart import Heart, news, unlike
from tests.services.test_heart import OLD, begin

TITLE = f"Dahua {unlike(1)}"


@pytest.fixture
def read(heart: Heart, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note each time that all is read."""
    times: list[int] = []
    clusters = heart.store.stories.clusters

    async def noted() -> tuple[int, list[Cluster], Frequency]:
        found = await clusters()
        times.append(len(found[1]))
        return found[0], list(found[1]), found[2]

    monkeypatch.setattr(heart.store.stories, "clusters", noted)
    return times


async def test_it_is_read_once_however_many_polls_follow(heart: Heart, read: list[int]) -> None:
    await begin(heart)
    page = [OLD]
    for number in range(12):
        page = [news(f"n{number}", f"Dahua {unlike(number)}"), *page][:6]
        await heart.poll(*page)
    assert read == [0]
    assert len(heart.ingest.teller.clusters.all) == 13


async def test_a_poll_that_was_not_stored_leaves_no_trace_in_it(
    heart: Heart, read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(heart)
    commit = heart.store.sources.commit

    async def refused(_outcomes: Outcomes) -> None:
        raise StoreBusy("busy")

    monkeypatch.setattr(heart.store.sources, "commit", refused)
    with pytest.raises(StoreBusy):
        await heart.poll(OLD, news("a", TITLE))
    monkeypatch.setattr(heart.store.sources, "commit", commit)
    await heart.clock.advance_to(heart.clock.now() + timedelta(minutes=10))
    await heart.poll(OLD, news("a", TITLE))
    assert read == [0, 1]
    assert [one.size for one in heart.ingest.teller.clusters.all] == [1, 1]
    assert heart.chat.verbs == ["post"]


class Pages:
    """A poller that gives every source the same story, at its own address."""

    def __init__(self, heart: Heart) -> None:
        self.heart = heart

    async def poll(self, source: Source, memory: Memory) -> Polled:
        del memory
        await asyncio.sleep(0)
        entry: Entry = replace(news("k", TITLE), link=f"https://{source.id}.example/k")
        shown = (OLD, entry) if self.heart.clock.now() > self.heart.clock.now().replace(hour=12) else (OLD,)
        return Polled(
            entries=shown,
            count=len(shown),
            complete=False,
            memory=Memory(body_hash=str(len(shown)), count=len(shown)),
            body_hash=str(len(shown)),
            url=source.url,
            fetched_at=self.heart.clock.now(),
        )


async def test_outlets_that_are_polled_side_by_side_tell_one_story_in_one_thread(heart: Heart) -> None:
    await heart.watch("dahua")
    for number in range(9):
        id_ = SourceId(f"outlet{number}")
        source = Source(id=id_, url=f"https://{id_}.example/feed", format="feed", name=f"Outlet {number}")
        await heart.store.sources.add(source, now=heart.clock.now())
    heart.ingest = replace(heart.ingest, poller=Pages(heart), teller=Teller())
    for _ in range(2):
        lease = timedelta(hours=1)
        due = await heart.store.sources.claim(now=heart.clock.now(), owner="test", lease=lease, limit=20)
        await asyncio.gather(*(heart.ingest.poll(tracked) for tracked in due))
        await heart.clock.advance_to(heart.clock.now() + timedelta(hours=5))
    await heart.wait_until(heart.clock.now() + timedelta(hours=1))
    assert heart.chat.verbs.count("post") == 1
    assert heart.chat.verbs.count("reply") == 1
    assert "Also: " in heart.chat.posts[-1][2] or "Also: " in "".join(text for _, _, text in heart.chat.posts)


def test_an_entry_dated_ahead_does_not_keep_its_story_open_for_ever(heart: Heart) -> None:
    at = heart.clock.now()
    ahead = replace(news("a", TITLE), published=at + timedelta(days=9_000))
    row = Known(id="a", source=SourceId("s"), entry=ahead, fingerprint="", first_seen=at, fetched_at=at)  # type: ignore[arg-type]
    assert heart.ingest.teller.item(row, "en").at == at
