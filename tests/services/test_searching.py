"""A search and an alert can never disagree: what a search yields is what the matcher accepts of all that is stored."""

import random
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.language.stems import snowball
from bot.clock import SteppedClock
from bot.domain.changes import Known
from bot.domain.entries import Entry, EntryId, Kind, SourceId
from bot.domain.errors import StoreError
from bot.domain.matching import Context, WatchIndex
from bot.domain.query import Query
from bot.domain.query_parser import parse
from bot.domain.sources import Source
from bot.domain.storing.sources import Outcomes
from bot.domain.storing.store import Store
from bot.domain.vocabulary import NO_VOCABULARY
from bot.domain.watches import Match, WatchId
from bot.services.indexing import BATCH, Indexing
from bot.services.searching import Search
from storage import open_store
from tests.services.heart import NOW, Counts

STEM = snowball()
SOURCE = Source(id=SourceId("itu"), url="https://itu.example/feed", format="feed", name="ITU news", lang="en")
WORDS = (
    *("camera", "cameras", "police", "facial", "recognition", "of", "the", "standard", "ZTE", "policy", "biometrics"),
    *("Gesichtserkennung", "Kamera", "reconnaissance", "faciale", "caméras", "камеры", "лиц", "распознавание"),
    *("人脸识别", "标准", "顔認証", "الوجه", "بالكاميرات", "얼굴을", "H.264", "SG17", "Q7/21", "C++"),
)
TYPED = (
    "camera",
    "facial recognition",
    '"recognition of the police"',
    "police AND camera",
    "camera NOT police",
    "biometr*",
    "*erkennung*",
    "人脸识别",
    "顔認証, распознавание лиц",
    "كاميرا",
    "얼굴",
    "ZTE NEAR/3 standard",
    "group:SG17",
    "kind:meeting (camera, police)",
    "title:camera",
    "source:ITU camera",
    "lang:en police",
    "number:X.10*",
    "C++, H.264",
    '="ZTE"',
)


def surface(known: Known) -> Context:
    return Context(source_id=known.source, source_name="ITU news", lang="en", first_seen=known.first_seen)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        await opened.sources.add(SOURCE, now=NOW)
        yield opened


def indexing(store: Store) -> Indexing:
    return Indexing(store=store, clock=SteppedClock(NOW), meter=Counts(), stem=STEM, shipped=lambda: NO_VOCABULARY)


def search(store: Store, *queries: Query, **limits: object) -> Search:
    return Search(
        queries=queries,
        store=store,
        stem=STEM,
        vocabulary=NO_VOCABULARY,
        surface=surface,
        **limits,  # type: ignore[arg-type]
    )


async def test_the_first_match_which_reads_the_sets_is_made_off_the_loop(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(1)
    await keep(store, [an_entry(number, chance) for number in range(40)])
    threads: list[int] = []
    match = WatchIndex.match

    def watched(index: WatchIndex, entry: Entry, context: Context) -> list[Match]:
        threads.append(threading.get_ident())
        return match(index, entry, context)

    monkeypatch.setattr(WatchIndex, "match", watched)
    assert [known async for known, _ in search(store, parse("camera")).found()]
    assert threads[0] != threading.get_ident()


def an_entry(number: int, chance: random.Random) -> Known:
    title, text = (" ".join(chance.choices(WORDS, k=count)) for count in (4, 12))
    entry = Entry(
        key=f"k{number}",
        kind=chance.choice([*Kind]),
        title=title,
        text=text,
        group=chance.choice([None, "SG17", "SG 17", "SG21"]),
        facts={"number": chance.choice(["", "X.1096", "X.509"])},
    )
    return seen(entry, number)


def seen(entry: Entry, number: int) -> Known:
    return Known(
        id=EntryId(f"id{number:04}"),
        source=SOURCE.id,
        entry=entry,
        fingerprint=entry.fingerprint,
        first_seen=NOW + timedelta(minutes=number),
        fetched_at=NOW,
    )


async def keep(store: Store, added: Sequence[Known], updated: Sequence[Known] = ()) -> None:
    later = NOW + timedelta(days=400)
    [tracked] = await store.sources.claim(now=later, owner="me", lease=timedelta(minutes=1), limit=1)
    await store.sources.commit(
        Outcomes(
            tracked=tracked,
            owner="me",
            revision=0,
            added=added,
            updated=updated,
        )
    )


def by_hand(query: Query, rows: Sequence[Known]) -> list[str]:
    newest = sorted(rows, key=lambda row: (row.first_seen, row.id), reverse=True)
    index = WatchIndex(STEM)
    index.put(WatchId(0), query)
    return [row.id for row in newest if index.match(row.entry, surface(row))]


async def compare(store: Store, rows: Sequence[Known]) -> int:
    total = 0
    for typed in TYPED:
        query = parse(typed)
        looking = search(store, query)
        found = [known async for known, _ in looking.found()]
        newest = sorted(found, key=lambda row: (row.first_seen, row.id), reverse=True)
        assert [row.id for row in newest] == by_hand(query, rows), typed
        assert looking.complete
        assert looking.looked_at <= len(rows)
        total += len(found)
    return total


async def test_a_search_finds_exactly_what_the_matcher_finds_before_while_and_after_indexing(store: Store) -> None:
    chance = random.Random(17)
    rows = [an_entry(number, chance) for number in range(120)]
    await keep(store, rows[:110])
    assert await compare(store, rows[:110]) > 200
    assert await indexing(store).run_once() == BATCH
    await compare(store, rows[:110])
    await keep(store, rows[110:])
    changed = [replace(row, entry=replace(an_entry(900, chance).entry, key=row.entry.key)) for row in rows[40:60]]
    await keep(store, [], changed)
    rows[40:60] = changed
    await compare(store, rows)
    while await indexing(store).run_once():
        pass
    await compare(store, rows)


async def test_what_is_found_comes_newest_first_with_its_query_and_its_hits(store: Store) -> None:
    rows = [
        seen(Entry(key=str(n), kind=Kind.NEWS, title=f"{word} {n}"), n) for n, word in enumerate(["one", "two"] * 3)
    ]
    await keep(store, rows)
    await indexing(store).run_once()
    looking = search(store, parse("one"), parse("two"))
    found = [(known.id, [(m.watch, m.hits[0].term) for m in matched]) async for known, matched in looking.found()]
    assert found == [(row.id, [(n % 2, ["one", "two"][n % 2])]) for n, row in reversed([*enumerate(rows)])]


async def test_entries_without_the_word_are_not_looked_at_once_indexed(store: Store) -> None:
    rows = [seen(Entry(key=str(n), kind=Kind.NEWS, title="rare" if n == 7 else "word"), n) for n in range(90)]
    await keep(store, rows)
    while await indexing(store).run_once():
        pass
    looking = search(store, parse("rare"))
    assert [known.id async for known, _ in looking.found()] == [rows[7].id]
    assert (looking.looked_at, looking.complete) == (1, True)


@pytest.mark.parametrize("limits", [{"most": 25}, {"most_text": 1_000}])
async def test_a_search_that_stops_early_says_so_and_how_far_it_came(store: Store, limits: dict[str, int]) -> None:
    rows = [seen(Entry(key=str(n), kind=Kind.NEWS, title="word", text="x" * 100), n) for n in range(90)]
    await keep(store, rows)
    looking = search(store, parse("-absent word"), **limits)
    found = [known async for known, _ in looking.found()]
    assert not looking.complete
    assert len(found) == looking.looked_at < len(rows)
    assert looking.oldest == found[-1].first_seen == rows[-len(found)].first_seen


async def test_a_search_can_be_bounded_in_time(store: Store) -> None:
    rows = [seen(Entry(key=str(n), kind=Kind.NEWS, title="word"), n) for n in range(9)]
    await keep(store, rows)
    for _ in range(2):
        found = [known.id async for known, _ in search(store, parse("word"), since=rows[6].first_seen).found()]
        assert found == [row.id for row in reversed(rows[6:])]
        await indexing(store).run_once()


async def test_a_long_text_is_found_too(store: Store) -> None:
    await keep(store, [seen(Entry(key="1", kind=Kind.NEWS, title="x", text="word " * 5000 + "needle"), 1)])
    await indexing(store).run_once()
    [(_, [match])] = [one async for one in search(store, parse("needle")).found()]
    assert match.hits[0].field == "text"


class Stopping(SteppedClock):
    """Stops what sleeps for the third time."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.slept: list[timedelta] = []

    async def sleep_until(self, when: datetime) -> None:
        self.slept.append(when - self.now())
        if len(self.slept) == 3:
            raise KeyboardInterrupt


async def test_the_loop_indexes_batch_after_batch_and_then_rests(store: Store) -> None:
    await keep(store, [seen(Entry(key=str(n), kind=Kind.NEWS, title="word"), n) for n in range(BATCH + 1)])
    clock, counts = Stopping(NOW), Counts()
    with pytest.raises(KeyboardInterrupt):
        await Indexing(store=store, clock=clock, meter=counts, stem=STEM, shipped=lambda: NO_VOCABULARY).run()
    assert clock.slept[0] == clock.slept[1] < clock.slept[2]


async def test_a_store_that_fails_is_tried_again_later(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(_self: object, _limit: int) -> int:
        raise StoreError("The store is closed.")

    monkeypatch.setattr(type(store.entries), "index", failing)
    clock = Stopping(NOW)
    with pytest.raises(KeyboardInterrupt):
        await Indexing(store=store, clock=clock, meter=Counts(), stem=STEM, shipped=lambda: NO_VOCABULARY).run()
    assert len(set(clock.slept)) == 1
