"""The schema, brought up to date or refused."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.errors import SchemaTooNew, StoreError
from storage import migrate, open_store
from storage.schema import migrate as migrated
from storage.schema import migrations, statements
from storage.sqlite import opened
from tests.storage.conftest import commit, news, seen


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def test_migrating_twice_does_nothing_the_second_time(url: str) -> None:
    assert migrate(url) == len(migrations())
    before = path_of(url).read_bytes()
    assert migrate(url) == len(migrations())
    assert path_of(url).read_bytes() == before


def test_a_migration_is_split_into_statements_and_nothing_is_left_over() -> None:
    for text in migrations():
        assert "".join(statements(text)).strip() == text.strip()


async def test_a_newer_schema_is_refused(url: str) -> None:
    migrate(url)
    with closing(sqlite3.connect(path_of(url), isolation_level=None)) as connection:
        connection.execute("INSERT INTO schema_version VALUES (999)")
    with pytest.raises(SchemaTooNew, match="schema 999"):
        async with open_store(url):
            pass
    with pytest.raises(SchemaTooNew):
        migrate(url)


async def test_another_programs_database_is_refused_and_left_alone(url: str) -> None:
    with closing(sqlite3.connect(path_of(url), isolation_level=None)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StoreError, match="other than a Rapporteur store"):
        async with open_store(url):
            pass
    with closing(sqlite3.connect(path_of(url))) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("theirs",)]
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


async def test_a_file_that_is_no_database_is_refused(url: str) -> None:
    path_of(url).write_text("Dear diary, " * 200)
    with pytest.raises(StoreError, match="is not a database"):
        async with open_store(url):
            pass


async def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere.*cannot be opened"):
        async with open_store(f"sqlite:///{tmp_path / 'nowhere' / 'store.db'}"):
            pass


@pytest.mark.parametrize("address", ["", "store.db", "sqlite:///", "sqlite://store.db", "postgresql://u:secret@h/db"])
async def test_an_unknown_address_is_refused_without_its_secrets(address: str) -> None:
    with pytest.raises(StoreError, match="write sqlite:///relative") as refused:
        async with open_store(address):
            pass
    assert "secret" not in str(refused.value)


async def test_a_relative_address_is_beside_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_store("sqlite:///here.db") as store:
        await store.ping()
    assert (tmp_path / "here.db").exists()


def test_a_migration_that_fails_leaves_no_trace(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = [*migrations(), "create table extra (x);\ninsert into nothing values (1);"]
    monkeypatch.setattr("storage.schema.migrations", lambda: broken)
    with closing(opened(path_of(url))) as connection:
        with pytest.raises(sqlite3.OperationalError):
            migrated(connection)
        assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)


async def test_what_is_folded_otherwise_since_is_indexed_again(url: str) -> None:
    titles = ("RFC ९११०", "डेटा फ़ोन", "आँख", "a text", "camera", "कैमरा")
    facts = {"a text": {"number": "F.743.2"}}
    rows = [
        seen(news(f"{number}", title=title, text="", facts=facts.get(title, {}))) for number, title in enumerate(titles)
    ]
    async with open_store(url) as store:
        await commit(store, rows)
        await store.entries.index(9)
    with closing(sqlite3.connect(path_of(url), isolation_level=None)) as connection:
        [folded] = [text for text in migrations() if "nuqta" in text]
        for statement in statements(folded):
            connection.execute(statement)
        again = connection.execute("SELECT title FROM entries WHERE indexed < 0").fetchall()
    assert {title for (title,) in again} == set(titles[:4])
