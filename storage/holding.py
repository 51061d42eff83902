"""One bot to an embedded store: whoever holds it knows that every lease in it is a dead process's."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from bot.domain.errors import StoreBusy, StoreError
from storage.files import located


@contextmanager
def held(url: str) -> Iterator[None]:
    """Hold a store for as long as the context lasts, or StoreBusy if another bot does.

    The kernel lets go of the lock when the process dies, however it dies.
    """
    path = located(url)
    lock = path.with_name(f"{path.name}.lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("a")
    except OSError as error:
        raise StoreError(f"{lock} cannot be written ({error.strerror}); choose another store.url.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreBusy(f"Another Rapporteur runs on {path}; stop it, or set another store.url.") from error
        yield
