"""Where the store's file is, and how it is copied and put back."""

import sqlite3
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

from bot.domain.errors import StoreBusy, StoreError
from storage.schema import checked, migrations
from storage.schema import migrate as migrated
from storage.sqlite import PATIENCE, opened, spoken

PREFIX = "sqlite:///"
AT_ONCE = timedelta(0)


def located(url: str) -> Path:
    """Return the file that a store's address names; StoreError for any other address."""
    name = url.removeprefix(PREFIX)
    if name == url or not name or name == "/":
        raise StoreError(
            f"The store's address {url.partition('://')[0] or url}://… is none that is known; "
            "write sqlite:///relative.db or sqlite:////absolute.db."
        )
    return Path(name)


def migrate(url: str) -> int:
    """Bring a store's schema up to date, making the store if there is none; return the schema's version."""
    path = located(url)
    with spoken(path), closing(opened(path)) as connection:
        return migrated(connection)


def backup(url: str, to: Path) -> None:
    """Write a consistent copy of a store, which may be in use; an older copy at `to` is replaced."""
    copy(located(url), to)


def restore(url: str, from_: Path, *, force: bool = False) -> None:
    """Put a copy in a store's place; what was there stays beside it, as `….before-restore`.

    Raise StoreError if `from_` is damaged or no store, SchemaTooNew if it is a newer program's, and StoreBusy
    if a process has the store open, unless `force` says that none has.
    """
    path = located(url)
    _approved(from_)
    if path.exists() and path.samefile(from_):
        raise StoreError(f"{from_} is the store itself; name a copy to restore.")
    part = path.with_name(f"{path.name}.part")
    _copy_to(from_, part)
    if path.exists():
        if not force:
            _unused(path)
        _put_aside(path)
    part.replace(path)


def copy(path: Path, to: Path) -> None:
    """Copy a store, in use or not, to `to`: all of it or nothing."""
    _present(path)
    if to.exists():
        if to.samefile(path):
            raise StoreError(f"{to} is the store itself; name another file for the copy.")
        _approved(to)
    part = to.with_name(f"{to.name}.part")
    _copy_to(path, part)
    part.replace(to)


def _copy_to(path: Path, part: Path) -> None:
    part.unlink(missing_ok=True)
    with spoken(part), closing(sqlite3.connect(part, isolation_level=None)) as target:
        with spoken(path), closing(_reading(path)) as source:
            source.backup(target)
        # One file, whatever the source's mode was.
        target.execute("PRAGMA journal_mode = DELETE")


def _approved(path: Path) -> None:
    """Raise unless the file is a whole store of this program or an older one."""
    _present(path)
    with spoken(path), closing(_reading(path)) as connection:
        (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise StoreError(f"{path} is damaged ({verdict}); use another copy.")
        if checked(connection, newest=len(migrations())) == 0:
            raise StoreError(f"{path} is empty; name a Rapporteur store.")


def _present(path: Path) -> None:
    if not path.is_file():
        raise StoreError(f"There is no file {path}; check the name.")


def _reading(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=PATIENCE.total_seconds(), isolation_level=None)
    connection.execute("PRAGMA query_only = 1")
    return connection


def _unused(path: Path) -> None:
    """Raise StoreBusy if a process has the store open: leaving WAL needs it alone. A damaged file passes."""
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise StoreBusy(f"A process has the store {path} open; stop it, then restore.") from error
            raise


def _put_aside(path: Path) -> None:
    aside = path.with_name(f"{path.name}.before-restore")
    for ending in ("", "-wal", "-shm"):
        old, new = path.with_name(path.name + ending), aside.with_name(aside.name + ending)
        new.unlink(missing_ok=True)
        if old.exists():
            old.replace(new)
