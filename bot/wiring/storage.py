"""The store: opened, brought up to date, saved and put back."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from storage.store import Stored


def open_store(url: str) -> "AbstractAsyncContextManager[Stored]":
    """Open the store, bringing its schema up to date."""
    from storage import open_store as opened

    return opened(url)


def migrate(url: str) -> int:
    """Bring the store's schema up to date, making the store if there is none; StoreBusy while a bot runs on it."""
    from storage import held
    from storage import migrate as migrated

    with held(url):
        return migrated(url)


def backup(url: str, to: Path) -> None:
    """Write a consistent copy of the store, also while a bot runs on it."""
    from storage import backup as copied

    copied(url, to)


def restore(url: str, from_: Path) -> None:
    """Put a copy in the store's place, which need not exist; StoreBusy while a bot runs on it.

    StoreError if the copy is not one of ours, broken, or newer than this version.
    """
    from storage import held
    from storage import restore as restored

    with held(url):
        restored(url, from_)
