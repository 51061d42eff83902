"""A search misses nothing, indexed or not, and gives the newest first."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.language.stems import snowball
from bot.domain.changes import Known
from bot.domain.covering import EVERYTHING, Cover, cover, covers, keys
from bot.domain.entries import Entry, Kind
from bot.domain.query import Phrase
from bot.domain.query_parser import parse
from bot.domain.storing.store import Store
from bot.domain.vocabulary import NO_VOCABULARY
from storage import migrate, open_store
from storage.search import BEGINNING_WITH
from storage.sqlite import opened
from tests.storage.conftest import NOW, a_meeting, commit, news, seen

if TYPE_CHECKING:
    from bot.domain.storing.entries import Place

STEM = snowball()


def asked(typed: str) -> Cover:
    return cover(parse(typed), STEM, NO_VOCABULARY)


async def indexed(store: Store) -> int:
    total = 0
    while done := await store.entries.index(3):
        total += done
    return total


async def ids(store: Store, wanted: Cover, *, since: datetime | None = None, limit: int = 100) -> list[str]:
    """Every candidate, page by page."""
    place: Place | None = None
    found: list[str] = []
    while True:
        page = await store.entries.search(wanted, since=since, after=place, limit=limit)
        assert len(page.known) <= limit
        found += [known.id for known in page.known]
        if page.further is None:
            return found
        place = page.further


def told(number: int, text: str, **fields: object) -> Known:
    return seen(news(f"{number:03}", title=text, **fields), at=NOW + timedelta(minutes=number))


TEXTS = (
    "Cameras recognise faces",
    "Die Gesichtserkennungssoftware der Polizei",
    "中国推动人脸识别标准",
    "Распознавание лиц в метро",
    "التعرف على الوجه بالكاميرات",
    "An unrelated headline about C++ and H.264",
    "ZTE and the police",
    "policy of the year",
)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("camera", [0]),
        ("camera face", [0]),
        ("*erkennung*", [1]),
        ('"Gesichtserkennung"', [1]),
        ("人脸识别", [2]),
        ("распознавание", [3]),
        ("كاميرا", [4]),
        ("C++", [5]),
        ("H.264", [5]),
        ("ZTE", [6]),
        ("polic*", [6, 7]),
        ("zebra", []),
        ("zebra, ZTE", [6]),
        ("kind:news AND police", [6]),
        ("kind:meeting AND police", []),
    ],
)
@pytest.mark.parametrize("before", [True, False], ids=["before indexing", "after indexing"])
async def test_a_search_finds_words_of_all_scripts(
    store: Store, typed: str, wanted: list[int], *, before: bool
) -> None:
    rows = [told(number, text) for number, text in enumerate(TEXTS)]
    await commit(store, rows)
    if before:
        everything = [row.id for row in reversed(rows)]
        assert await ids(store, asked(typed)) == everything, "what is not indexed is looked at as it is"
    else:
        assert await indexed(store) == len(rows)
        assert await ids(store, asked(typed)) == [rows[number].id for number in reversed(wanted)]


async def test_pages_follow_each_other_newest_first_without_gap(store: Store) -> None:
    rows = [told(number, f"camera {number}") for number in range(20)]
    await commit(store, rows[:12])
    await indexed(store)
    await commit(store, rows[12:], now=NOW + timedelta(hours=1))
    newest = [row.id for row in reversed(rows)]
    for limit in (1, 3, 8, 20, 50):
        assert await ids(store, asked("camera"), limit=limit) == newest
        assert await ids(store, EVERYTHING, limit=limit) == newest
    assert await ids(store, asked("camera"), since=rows[5].first_seen) == newest[:15]
    await indexed(store)
    for limit in (1, 3, 7):
        assert await ids(store, asked("camera"), since=rows[5].first_seen, limit=limit) == newest[:15]


async def test_a_changed_entry_is_found_by_its_new_words_at_its_old_place(store: Store) -> None:
    rows = [told(number, f"camera {number}") for number in range(5)]
    await commit(store, rows)
    await indexed(store)
    changed = replace(rows[1], entry=replace(rows[1].entry, title="lamp posts"), versions=1)
    await commit(store, updated=[changed], now=NOW + timedelta(hours=1))
    assert await ids(store, asked("lamp")) == [rows[1].id]
    assert rows[1].id in await ids(store, asked("zebra")), "not indexed yet, so it may be"
    assert await indexed(store) == 1
    assert await ids(store, asked("lamp")) == [rows[1].id]
    assert await ids(store, asked("zebra")) == []
    assert await ids(store, EVERYTHING) == [row.id for row in reversed(rows)]
    [known] = (await store.entries.search(asked("lamp"), since=None, after=None, limit=9)).known
    assert known == changed


async def test_an_entry_that_changes_between_two_pages_is_not_lost(store: Store) -> None:
    rows = [told(number, f"camera {number}") for number in range(6)]
    await commit(store, rows)
    await indexed(store)
    page = await store.entries.search(asked("camera"), since=None, after=None, limit=2)
    await commit(store, updated=[replace(rows[2], versions=1)], now=NOW + timedelta(hours=1))
    rest = await store.entries.search(asked("camera"), since=None, after=page.further, limit=9)
    assert [known.id for known in (*page.known, *rest.known)] == [row.id for row in reversed(rows)]


async def test_an_entry_that_comes_late_is_found_within_its_time(store: Store) -> None:
    late = seen(news("late", title="camera"), at=NOW - timedelta(hours=2))
    await commit(store, [told(number, "camera") for number in range(3)])
    await indexed(store)
    await commit(store, [late], now=NOW + timedelta(hours=1))
    await indexed(store)
    assert late.id in await ids(store, asked("camera"), since=NOW - timedelta(hours=2))
    assert late.id not in await ids(store, asked("camera"), since=NOW - timedelta(hours=1))


async def test_a_beginning_of_very_many_words_still_finds_all(store: Store) -> None:
    rows = [told(number, f"bio{number:03}x") for number in range(BEGINNING_WITH * 2)]
    await commit(store, rows)
    await indexed(store)
    assert await ids(store, asked("bio*")) == [row.id for row in reversed(rows)]
    assert set(await ids(store, asked("bio01*"))) == {row.id for row in rows[10:20]}


async def test_a_store_of_the_earlier_schema_is_indexed_from_its_start(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage.schema import migrations

    with monkeypatch.context() as patch:
        patch.setattr("storage.schema.migrations", lambda: migrations()[:1])
        migrate(url)
    with closing(opened(Path(url.removeprefix("sqlite:///")))) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(
            "INSERT INTO entries (id, source, key, twin, kind, title, text, fingerprint, first_seen, fetched_at,"
            " versions, missing, gone, body_hash, url)"
            " VALUES ('old', 'itu', 'k', 't', 'news', 'Cameras', '', 'f', 1, 1, 0, 0, 0, '', '')"
        )
        connection.execute(
            "INSERT INTO sources (id, declared_url, url, format, name, every, about, origin, next_poll,"
            " health, memory, items) VALUES ('itu', 'u', 'u', 'feed', 'ITU', 1, '', 'x', 0, '{}', '{}', x'')"
        )
    async with open_store(url) as store:
        assert await ids(store, asked("camera")) == ["old"]
        assert await indexed(store) == 1
        assert await ids(store, asked("camera")) == ["old"]
        assert await ids(store, asked("zebra")) == []


async def test_hostile_words_neither_break_the_index_nor_its_query(store: Store) -> None:
    texts = ['" OR keys:*', "a\0b NEAR(x) ^y", "ﷺ (一) ½", "\ud800 lone", "x" * 400, "{col}: -camera*"]
    rows = [told(n, text, facts={"number": f"{text} #1"}) for n, text in enumerate(texts)]
    await commit(store, [*rows, seen(a_meeting("m", NOW.date()), at=NOW)])
    await indexed(store)
    for row in rows:
        for typed in (row.entry.title, *row.entry.title.split()):
            wanted = cover(Phrase(typed), STEM, NO_VOCABULARY)
            assert row.id in await ids(store, wanted), typed


WORDS = (
    "camera",
    "cameras",
    "police",
    "recognition",
    "人脸",
    "识别",
    "الوجه",
    "камеры",
    "Gesichtserkennung",
    "ZTE",
    "a",
)
PIECES = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
CHANGES = st.lists(st.tuples(st.integers(0, 5), PIECES, st.sampled_from(("keep", "index"))), max_size=12)
TYPED = (
    "camera",
    "camera AND police",
    '"人脸识别"',
    "recogn*",
    "*erkennung*",
    "الوجه",
    "камера",
    "ZTE, police",
    "kind:news -camera",
)


@pytest.mark.slow
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
async def test_whatever_was_written_and_indexed_when_a_search_finds_what_is_covered(
    tmp_path_factory: pytest.TempPathFactory, changes: Sequence[tuple[int, str, str]]
) -> None:
    path = tmp_path_factory.mktemp("search") / "store.db"
    async with open_store(f"sqlite:///{path}") as store:
        stored: dict[int, Known] = {}
        for turn, (number, text, then) in enumerate(changes):
            before = stored.get(number)
            row = told(number, text) if before is None else replace(before, entry=replace(before.entry, title=text))
            now = NOW + timedelta(hours=turn)
            await (commit(store, [row], now=now) if before is None else commit(store, updated=[row], now=now))
            stored[number] = row
            if then == "index":
                await indexed(store)
        await _compare(store, [*stored.values()])
        await indexed(store)
        await _compare(store, [*stored.values()])


async def _compare(store: Store, rows: Sequence[Known]) -> None:
    for typed in TYPED:
        wanted = asked(typed)
        must = {row.id for row in rows if covers(wanted, keys(row.entry))}
        for limit in (1, 50):
            found = await ids(store, wanted, limit=limit)
            assert must <= set(found)
            assert len(found) <= 2 * len(rows)


def test_kinds_are_keys() -> None:
    entry = Entry(key="k", kind=Kind.MEETING, title="x")
    assert covers(asked("kind:meeting AND x"), keys(entry))
    assert not covers(asked("kind:news AND x"), keys(entry))


async def test_what_alternatives_have_in_common_is_asked_once(store: Store) -> None:
    texts = ["alpha one", "alpha two", "beta one", "gamma", "alpha three", "alpha", "one two"]
    rows = [told(number, text) for number, text in enumerate(texts)]
    await commit(store, rows)
    await indexed(store)
    wanted = asked("(alpha AND one), (alpha AND two), (beta AND one), gamma, (delta AND one)")
    assert await ids(store, wanted) == [rows[number].id for number in (3, 2, 1, 0)]
