"""Brings a store's schema up to date, in one transaction."""

import sqlite3
from collections.abc import Iterator
from importlib.resources import files

from bot.domain.errors import SchemaTooNew, StoreError

APPLICATION = 0x52505254
"""Marks a file as a Rapporteur store (SQLite's application_id, "RPRT")."""

IDENTITY = "integer primary key autoincrement"


def migrations() -> list[str]:
    """Return the migrations' texts; number n stands at n - 1."""
    folder = files("storage") / "migrations"
    named = sorted((item.name, item) for item in folder.iterdir() if item.name.endswith(".sql"))
    return [item.read_text(encoding="utf-8") for _, item in named]


def migrate(connection: sqlite3.Connection) -> int:
    """Apply what is missing and return the version; two processes may do so at once.

    Raise SchemaTooNew for a store of a newer program and StoreError for a database that is something else.
    """
    texts = migrations()
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = checked(connection, newest=len(texts))
        if version < len(texts):
            _apply(connection, texts, version)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return len(texts)


def checked(connection: sqlite3.Connection, *, newest: int) -> int:
    """Return the schema version of a store, 0 for an empty database; raise what `migrate` raises."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not tables:
        return 0
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    if mark != APPLICATION or "schema_version" not in tables:
        raise StoreError("The database holds something other than a Rapporteur store; name another file.")
    (version,) = connection.execute("SELECT max(version) FROM schema_version").fetchone()
    if version > newest:
        raise SchemaTooNew(
            f"The store was written by a newer Rapporteur (schema {version}, this one knows {newest}); upgrade it."
        )
    return int(version)


def _apply(connection: sqlite3.Connection, texts: list[str], version: int) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version bigint not null primary key)")
    for number, text in enumerate(texts[version:], start=version + 1):
        for statement in statements(text.replace("{identity}", IDENTITY)):
            connection.execute(statement)
        connection.execute("INSERT INTO schema_version (version) VALUES (?)", (number,))
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise StoreError(f"The store has {len(broken)} rows that refer to nothing; restore a backup.")


def statements(text: str) -> Iterator[str]:
    """Split a script into statements: sqlite3's own executescript would commit first."""
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
