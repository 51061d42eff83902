"""Many entries are tagged with the sets of the vocabulary, and anew when it changes."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from adapters.language.stems import snowball
from bot.clock import SteppedClock, SystemClock
from bot.domain.covering import tagging_version
from bot.domain.entries import Entry, Kind
from bot.domain.query_parser import parse
from bot.domain.storing.store import Store
from bot.domain.vocabulary import NO_VOCABULARY, TermSet, Vocabulary, Wording
from bot.services.indexing import REST, Indexing
from bot.services.searching import Search
from storage import open_store
from tests.services.heart import NOW, Counts
from tests.services.test_searching import SOURCE, keep, seen, surface

TEXTS = ("face recognition", "gait analysis", "recognised faces", "Gesichtserkennung", "faces")


def vocabulary(version: str, *wordings: str) -> Vocabulary:
    one = TermSet(name="faces", label="Faces", wordings=tuple(Wording(text=text) for text in wordings))
    return Vocabulary({"faces": one}, version)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        await opened.sources.add(SOURCE, now=NOW)
        await keep(opened, [seen(Entry(key=text, kind=Kind.NEWS, title=text), n) for n, text in enumerate(TEXTS)])
        yield opened


async def finished(store: Store, shipped: Vocabulary) -> None:
    indexing = Indexing(store=store, clock=SystemClock(), meter=Counts(), stem=snowball(), shipped=lambda: shipped)
    while await indexing.run_once():
        pass


async def titles(store: Store, shipped: Vocabulary) -> tuple[list[str], int]:
    """Return what is found, and how many entries were looked at."""
    query = parse("@faces")
    search = Search(queries=[query], store=store, stem=snowball(), vocabulary=shipped, surface=surface)
    return [known.entry.title async for known, _ in search.found()], search.looked_at


async def test_a_vocabulary_that_changes_is_searched_by_at_once_and_tagged_later(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.tags.FEW", 0)
    first, second = vocabulary("1", "face recognition"), vocabulary("2", "Gesichtserkennung", "gait")
    await finished(store, first)
    assert await store.entries.tagged() == tagging_version(first)
    assert await titles(store, first) == (["face recognition"], 1)
    wanted = ["Gesichtserkennung", "gait analysis"]
    assert await titles(store, second) == (wanted, 2), "by words, as entries hold the tags of the first"
    await finished(store, second)
    assert await store.entries.tagged() == tagging_version(second)
    assert await titles(store, second) == (wanted, 2)
    assert await titles(store, first) == (["face recognition"], 1), "what runs beside may be older"


class Starting(SteppedClock):
    """Notes at each rest what is tagged, and stops at the second."""

    def __init__(self, store: Store) -> None:
        super().__init__(NOW)
        self.store = store
        self.tagged: list[str | None] = []

    async def sleep_until(self, when: datetime) -> None:
        if when - self.now() == REST:
            self.tagged.append(await self.store.entries.tagged())
            if len(self.tagged) == 2:
                raise KeyboardInterrupt


async def test_tags_wait_for_the_first_rest(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.tags.FEW", 0)
    first, clock = vocabulary("1", "faces"), Starting(store)
    with pytest.raises(KeyboardInterrupt):
        await Indexing(store=store, clock=clock, meter=Counts(), stem=snowball(), shipped=lambda: first).run()
    assert clock.tagged == ["", tagging_version(first)]


async def test_among_few_entries_and_for_a_vocabulary_without_a_version_there_are_no_tags(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await finished(store, vocabulary("1", "faces"))
    assert await store.entries.tagged() is None
    monkeypatch.setattr("storage.tags.FEW", 0)
    await finished(store, NO_VOCABULARY)
    assert await store.entries.tagged() == ""
    assert await titles(store, vocabulary("", "gait")) == (["gait analysis"], 1)
