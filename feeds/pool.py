"""Parsing in processes of its own: a slow, greedy or deadly body harms nobody else.

Each place in the pool is an executor with a single process, so that a body that hangs or kills its
process takes only itself along. What comes back is rows of plain values in small pickles, and is
turned into entries slice by slice, because unpickling a large page at once would hold up the loop.
"""

import asyncio
import os
import pickle
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import asynccontextmanager
from dataclasses import fields
from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from bot.domain.entries import Entry
from bot.domain.errors import ParseError
from feeds import formats
from feeds.page import Page, Parsed

if TYPE_CHECKING:
    from feeds.workers import Worker

RUNS_PER_PROCESS = 300
"""Then a fresh process takes its place: feedparser's memory fragments (kurtmckee/feedparser#287)."""

SLICE = 32
"""Entries rebuilt between two turns of the loop."""

T = TypeVar("T")

_ENTRY = tuple(field.name for field in fields(Entry))
_PARSED = tuple(field.name for field in fields(Parsed) if field.name != "entries")
_FACTS = _ENTRY.index("facts")
_row: Callable[[object], tuple[Any, ...]] = attrgetter(*_ENTRY)
_head: Callable[[object], tuple[Any, ...]] = attrgetter(*_PARSED)


class ParsePool:
    """Runs functions on hostile bodies; make one with `open_pool`."""

    def __init__(self, *, workers: int, limit: timedelta) -> None:
        self._limit = limit
        self._places = asyncio.Semaphore(workers)
        self._workers: set[Worker] = set()
        self._idle: list[Worker] = []
        self._closed = False

    async def parse(self, format_: str, page: Page) -> Parsed:
        """Read `page` as `format_`; raise ParseError, also for a body that takes too long or kills its process."""
        if format_ not in formats.FORMATS:
            raise ParseError(f"There is no reader for the format “{format_}”; known are {', '.join(formats.FORMATS)}.")
        pieces = await self.run(_parse, format_, page)
        if isinstance(pieces, ParseError):
            raise pieces
        return await _rebuilt(pieces)

    async def run(self, function: Callable[..., T], *args: object) -> T:
        """Call a module-level function with picklable arguments in a process of the pool.

        Raise ParseError if it fails. A process that dies under it is tried once more with a fresh
        one, because it may have been somebody else who killed the first.
        """
        async with self._places:
            for fresh in (False, True):
                worker = await self._worker(fresh=fresh)
                try:
                    return await self._once(worker, function, args)
                except BrokenExecutor:
                    continue
        raise ParseError("This body kills the process that reads it; nothing of it was used.")

    async def _once(self, worker: "Worker", function: Callable[..., T], args: tuple[object, ...]) -> T:
        spent = True
        seconds = self._limit.total_seconds()
        try:
            async with asyncio.timeout(seconds):
                result = await asyncio.wrap_future(worker.submit(int(seconds) + 2, function, *args))
            worker.runs += 1
            spent = worker.runs >= RUNS_PER_PROCESS
        except TimeoutError as error:
            raise ParseError(f"This body could not be read within {seconds:g} s.") from error
        except BrokenExecutor:
            raise
        except Exception as error:
            raise ParseError(f"The reader broke on this body ({type(error).__name__}: {error}).") from error
        finally:
            self._release(worker, spent=spent)
        return result

    def _release(self, worker: "Worker", *, spent: bool) -> None:
        if spent or worker not in self._workers:
            worker.kill()
            self._workers.discard(worker)
        else:
            self._idle.append(worker)

    async def _worker(self, *, fresh: bool) -> "Worker":
        """Return an idle process, or a new one, which another caller may have taken before we wake up."""
        while fresh or not self._idle:
            starting = asyncio.ensure_future(asyncio.to_thread(_start))  # waits until the parsers are imported
            starting.add_done_callback(self._started)
            try:
                await asyncio.shield(starting)
            except (BrokenExecutor, OSError) as error:
                raise ParseError("No process could be started to read this body; is there memory left?") from error
            fresh = False
        return self._idle.pop()

    def _started(self, starting: asyncio.Future["Worker"]) -> None:
        """Take a new process in, even if the one who asked for it was cancelled meanwhile."""
        if starting.cancelled() or starting.exception() is not None:
            return
        if not self._closed:
            self._workers.add(starting.result())
        self._release(starting.result(), spent=self._closed)

    def close(self) -> None:
        """End all processes, also those that are still starting."""
        self._closed = True
        for worker in self._workers:
            worker.kill()
        self._workers.clear()
        self._idle.clear()


@asynccontextmanager
async def open_pool(*, workers: int | None = None, limit: timedelta) -> AsyncIterator[ParsePool]:
    """Open a pool (one process less than there are cores, 1 to 4); processes start when first needed."""
    pool = ParsePool(workers=workers or max(1, min((os.cpu_count() or 2) - 1, 4)), limit=limit)
    try:
        yield pool
    finally:
        pool.close()


def _start() -> "Worker":
    from feeds.workers import start  # brings multiprocessing along

    return start([__name__, *sorted({path.partition(":")[0] for path in formats.FORMATS.values()})])


def _parse(format_: str, page: Page) -> list[bytes] | ParseError:
    """Return the page in pieces, or why it cannot be read."""
    try:
        return _packed(formats.parse(format_, page))
    except ParseError as error:
        return ParseError(str(error), blocked=error.blocked)


def _packed(parsed: Parsed) -> list[bytes]:
    rows = [_plain(entry) for entry in parsed.entries]
    slices: Sequence[object] = [rows[at : at + SLICE] for at in range(0, len(rows), SLICE)]
    return [pickle.dumps(part, pickle.HIGHEST_PROTOCOL) for part in (_head(parsed), *slices)]


def _plain(entry: Entry) -> list[object]:
    row = list(_row(entry))
    row[_FACTS] = dict(entry.facts)
    return row


async def _rebuilt(pieces: Sequence[bytes]) -> Parsed:
    """Turn pieces into a page again, a slice at a time."""
    entries: list[Entry] = []
    for piece in pieces[1:]:
        entries += map(_entry, pickle.loads(piece))  # noqa: S301  # from our own process
        await asyncio.sleep(0)
    head = pickle.loads(pieces[0])  # noqa: S301
    return Parsed(entries=tuple(entries), **dict(zip(_PARSED, head, strict=True)))


def _entry(row: list[Any]) -> Entry:
    return Entry(**dict(zip(_ENTRY, row, strict=True)))
