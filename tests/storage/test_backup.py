"""Copies of the store, and putting them back."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.errors import SchemaTooNew, StoreBusy, StoreError
from storage import backup, open_store, restore
from tests.storage.conftest import commit, news, seen


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def aside(url: str) -> Path:
    return Path(f"{path_of(url)}.before-restore")


async def holding(url: str, *keys: str) -> None:
    async with open_store(url) as store:
        await commit(store, [seen(news(key)) for key in keys])


async def keys(url: str) -> list[str]:
    async with open_store(url) as store:
        return sorted(known.entry.key for known in await store.entries.newest(before=None, limit=9999))


async def test_a_copy_holds_what_was_committed_and_is_one_file(url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copies" / "copy.db"
    copy.parent.mkdir()
    async with open_store(url) as store:
        await commit(store, [seen(news("a"))])
        await store.backup(copy)
        await commit(store, [seen(news("b"))])
    assert [path.name for path in copy.parent.iterdir()] == ["copy.db"]
    assert await keys(f"sqlite:///{copy}") == ["a"]


async def test_a_copy_made_while_writing_is_one_moment(url: str, tmp_path: Path) -> None:
    async with open_store(url) as store:

        async def write() -> None:
            for n in range(30):
                await commit(store, [seen(news(f"{n}-{part}")) for part in range(10)])

        writing = asyncio.create_task(write())
        copies = [tmp_path / f"copy{n}.db" for n in range(5)]
        for copy in copies:
            await store.backup(copy)
        await writing
    for copy in copies:
        assert len(await keys(f"sqlite:///{copy}")) % 10 == 0


async def test_an_older_copy_is_replaced_and_anything_else_is_not(url: str, tmp_path: Path) -> None:
    await holding(url, "a")
    copy, letter = tmp_path / "copy.db", tmp_path / "letter.txt"
    backup(url, copy)
    await holding(url, "b")
    backup(url, copy)
    assert await keys(f"sqlite:///{copy}") == ["a", "b"]
    letter.write_text("Dear diary")
    with pytest.raises(StoreError, match="is not a database"):
        backup(url, letter)
    assert letter.read_text() == "Dear diary"
    with pytest.raises(StoreError, match="the store itself"):
        backup(url, path_of(url))
    with pytest.raises(StoreError, match="There is no file"):
        backup(f"sqlite:///{tmp_path / 'none.db'}", copy)


async def test_restoring_puts_the_copy_in_place_and_keeps_what_was_there(url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    await holding(url, "a")
    backup(url, copy)
    await holding(url, "b")
    restore(url, copy)
    assert await keys(url) == ["a"]
    assert await keys(f"{url}.before-restore") == ["a", "b"]
    restore(f"sqlite:///{tmp_path / 'elsewhere.db'}", copy)
    assert await keys(f"sqlite:///{tmp_path / 'elsewhere.db'}") == ["a"]


async def test_a_store_in_use_is_not_replaced_unless_forced(url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    await holding(url, "a")
    backup(url, copy)
    async with open_store(url) as store:
        with pytest.raises(StoreBusy, match="open; stop it"):
            restore(url, copy)
        await store.ping()
        restore(url, copy, force=True)
    assert await keys(url) == ["a"]


async def test_what_is_damaged_foreign_newer_or_missing_is_not_restored(url: str, tmp_path: Path) -> None:
    await holding(url, *map(str, range(500)))
    copy = tmp_path / "copy.db"

    backup(url, copy)
    whole = copy.read_bytes()
    copy.write_bytes(whole[:20000] + b"\xff" * 30000 + whole[50000:])
    with pytest.raises(StoreError, match="damaged"):
        restore(url, copy)

    copy.write_bytes(b"")
    with pytest.raises(StoreError, match="empty"):
        restore(url, copy)

    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StoreError, match="other than a Rapporteur store"):
        restore(url, copy)

    copy.write_bytes(whole)
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("INSERT INTO schema_version VALUES (999)")
    with pytest.raises(SchemaTooNew):
        restore(url, copy)

    with pytest.raises(StoreError, match="There is no file"):
        restore(url, tmp_path / "none.db")
    assert len(await keys(url)) == 500
    assert not aside(url).exists()


async def test_a_damaged_store_is_replaced_by_a_good_copy(url: str, tmp_path: Path) -> None:
    await holding(url, "a")
    backup(url, tmp_path / "copy.db")
    path_of(url).write_bytes(b"\xff" * 10000)
    restore(url, tmp_path / "copy.db")
    assert await keys(url) == ["a"]
    assert aside(url).read_bytes() == b"\xff" * 10000
