"""Tags of sets: a search for a set finds what its words find, whatever was tagged when, and by which vocabulary."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from adapters.language.stems import snowball
from bot.domain.changes import Known
from bot.domain.covering import cover, tagging_version
from bot.domain.matching import NO_CONTEXT, matches
from bot.domain.query import Query
from bot.domain.query_parser import parse
from bot.domain.storing.entries import Place
from bot.domain.storing.store import Store
from bot.domain.tagging import Needs, needs
from bot.domain.vocabulary import Nearby, TermSet, Vocabulary, Wording
from storage import open_store
from tests.storage.conftest import NOW, commit, news, seen

STEM = snowball()


def a_set(name: str, *wordings: str, nearby: tuple[Nearby, ...] = (), company: bool = False) -> TermSet:
    found = tuple(Wording(text=text) for text in wordings)
    return TermSet(name=name, label=name, wordings=found, nearby=nearby, company=company)


SCENE = Nearby(left=("faces",), right=("police",), within=9, beside=("ZTE", "人"), reach=1)
RULE = Nearby(left=("recogni*", "识别"), right=("face", "faces", "of the face"), within=3)
FIRST = Vocabulary(
    {
        "faces": a_set(
            "faces", "face recognition", "人脸识别", "Gesichtserkennung", "التعرف على الوجه", nearby=(RULE, SCENE)
        ),
        "zte": a_set("zte", "ZTE Corporation", "中兴", company=True),
    },
    "first",
)
SECOND = Vocabulary(
    {
        "faces": a_set("faces", "faceprint", "reconnaissance faciale", "人脸"),
        "zte": a_set("zte", "ZTE", company=True),
        "police": a_set("police", "police", "полиция"),
    },
    "second",
)
QUERIES = (
    "@faces",
    "@zte",
    "@faces AND police",
    "@faces, @zte",
    "police NOT @faces",
    "title:@zte",
    "@faces NEAR/9 police",
)
PIECES = (
    *("face recognition", "recognised faces", "人脸识别", "人脸", "Gesichtserkennungssoftware", "بالتعرف على الوجه"),
    *("ZTE", "ZTE Corporation", "中兴", "faceprints", "reconnaissance faciale", "police", "полиции", "interface", "of"),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=3).map(" ".join)


async def sets(vocabulary: Vocabulary) -> AsyncIterator[tuple[str, Sequence[Needs]]]:
    for name, termset in vocabulary.sets.items():
        yield name, needs(termset, STEM)


async def taught(store: Store, vocabulary: Vocabulary) -> None:
    await store.entries.teach(tagging_version(vocabulary), sets(vocabulary))


async def found(store: Store, query: Query, vocabulary: Vocabulary, limit: int) -> list[Known]:
    """Every candidate, page by page."""
    wanted, place, rows = cover(query, STEM, vocabulary), Place(), list[Known]()
    while True:
        page = await store.entries.search(wanted, since=None, after=place, limit=limit)
        assert len(page.known) <= limit
        rows += page.known
        if page.further is None:
            return rows
        place = page.further


async def compare(store: Store, rows: Sequence[Known]) -> None:
    """Compare with a scan of everything by the matcher."""
    for vocabulary in (FIRST, SECOND):
        for typed in QUERIES:
            query = parse(typed)
            if vocabulary is FIRST or "@" in typed:
                must = [one for one in rows if matches(query, one.entry, NO_CONTEXT, STEM, vocabulary) is not None]
                for limit in (1, 50):
                    assert {one.id for one in must} <= {one.id for one in await found(store, query, vocabulary, limit)}
                event(f"{len(must) > 0}")


def told(number: int, text: str) -> Known:
    return seen(news(f"{number:03}", title=text, text=""), at=NOW + timedelta(minutes=number))


STEPS = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 5), TEXTS),
    st.tuples(st.just("write"), st.integers(0, 5), TEXTS),
    st.tuples(st.just("index"), st.integers(1, 4), st.just("")),
    st.tuples(st.just("tag"), st.integers(1, 2), st.just("")),
    st.tuples(st.just("teach"), st.integers(0, 1), st.just("")),
)


@pytest.mark.slow
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=20), few=st.integers(0, 3))
async def test_whatever_was_tagged_when_a_search_for_sets_finds_what_the_matcher_finds(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    steps: Sequence[tuple[str, int, str]],
    few: int,
) -> None:
    monkeypatch.setattr("storage.tags.FEW", few)
    path = tmp_path_factory.mktemp("tags") / "store.db"
    stored: dict[int, Known] = {}
    async with open_store(f"sqlite:///{path}") as store:
        for turn, (what, number, text) in enumerate(steps):
            now = NOW + timedelta(hours=turn)
            if what == "write" and number in stored:
                stored[number] = replace(stored[number], entry=replace(stored[number].entry, title=text))
                await commit(store, updated=[stored[number]], now=now)
            elif what == "write":
                stored[number] = told(number, text)
                await commit(store, [stored[number]], now=now)
            elif what == "index":
                await store.entries.index(number)
            elif what == "tag":
                await store.entries.tag(number)
            else:
                await taught(store, (FIRST, SECOND)[number])
        await compare(store, [*stored.values()])


async def test_tags_are_asked_where_they_are_and_words_below(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.tags.FEW", 0)
    rows = [
        told(n, text)
        for n, text in enumerate(("face recognition", "recognition", "人脸识别", "face", "faces recognised"))
    ]
    await commit(store, rows)
    while await store.entries.index(3):
        pass
    wanted, newest = parse("@faces"), [rows[n].id for n in (4, 2, 0)]
    assert [one.id for one in await found(store, wanted, FIRST, 2)] == newest, "by words"
    await taught(store, FIRST)
    for _ in range(4):
        for limit in (1, 2, 9):
            assert [one.id for one in await found(store, wanted, FIRST, limit)] == newest
        await store.entries.tag(2)
    assert await store.entries.tag(2) == 0
    page = await store.entries.search(cover(wanted, STEM, FIRST), since=None, after=None, limit=2)
    assert page.further is not None
    assert page.further.asked == '"·1first·faces"'
    assert [one.id for one in await found(store, parse("@police"), SECOND, 9)] == []


async def test_few_rows_without_tags_are_looked_at_one_by_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [told(n, text) for n, text in enumerate(("faces", "police", "face recognition", "police faces"))]
    await commit(store, rows)
    await store.entries.index(9)
    monkeypatch.setattr("storage.tags.FEW", 4)
    assert [one.id for one in await found(store, parse("@faces"), FIRST, 3)] == [one.id for one in reversed(rows)]
    wanted = [rows[3].id, rows[1].id]
    assert [one.id for one in await found(store, parse("@faces AND police"), FIRST, 9)] == wanted, "by the other word"
    assert [one.id for one in await found(store, parse("police NOT @faces"), FIRST, 9)] == wanted
    monkeypatch.setattr("storage.tags.FEW", 3)
    assert [one.id for one in await found(store, parse("@faces"), FIRST, 9)] == [rows[2].id], "they are too many"


async def test_what_is_indexed_after_sets_were_taught_is_tagged(store: Store) -> None:
    await taught(store, FIRST)
    rows = [told(n, text) for n, text in enumerate(("Gesichtserkennung", "ZTE Corporation", "face value"))]
    await commit(store, rows)
    await store.entries.index(9)
    page = await store.entries.search(cover(parse("@faces, @zte"), STEM, FIRST), since=None, after=None, limit=2)
    assert [one.id for one in page.known] == [rows[1].id, rows[0].id]
    assert page.further is not None
    assert page.further.tagged


async def test_few_entries_need_no_tags(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await commit(store, [told(1, "ZTE")])
    await store.entries.index(9)
    assert await store.entries.tagged() is None
    monkeypatch.setattr("storage.tags.FEW", 0)
    assert await store.entries.tagged() == ""
    await taught(store, FIRST)
    assert await store.entries.tagged() == "1first"


async def test_a_set_that_asks_for_nothing_tags_everything(store: Store) -> None:
    async def anything() -> AsyncIterator[tuple[str, Sequence[Needs]]]:
        yield "faces", ((),)

    await store.entries.teach("1first", anything())
    await commit(store, [told(1, "word")])
    await store.entries.index(9)
    assert len(await found(store, parse("@faces"), FIRST, 9)) == 1
