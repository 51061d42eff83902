"""One process that reads bodies: how it starts, how it ends."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.context import BaseContext
from typing import TypeVar

MEMORY = 2 << 30
"""Bytes of address space for a worker."""

POLITENESS = 5
"""How much a worker stands back (nice(2)) for the loop, which answers people, where both want the same core."""

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Worker:
    """A process, and how many bodies it has read."""

    executor: ProcessPoolExecutor
    runs: int = 0

    def submit(self, seconds: int, function: Callable[..., T], *args: object) -> Future[T]:
        """Call a module-level function in the process; the kernel ends it after `seconds` whatever it is doing."""
        return self.executor.submit(_timed, seconds, function, *args)

    def kill(self) -> None:
        """End the process, whatever it is doing."""
        for process in list((self.executor._processes or {}).values()):  # noqa: SLF001  # kill_workers() is 3.14's
            process.kill()
        self.executor.shutdown(wait=False, cancel_futures=True)


def start(preload: Sequence[str]) -> Worker:
    """Start a process that has the modules `preload`, and wait until it runs."""
    executor = ProcessPoolExecutor(1, mp_context=_context(preload), initializer=_settle_in)
    executor.submit(_ready).result()
    return Worker(executor)


def _context(preload: Sequence[str]) -> BaseContext:
    """Return a way to start processes that copies neither our threads nor our sockets."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *preload])
    return context


def _ready() -> None:
    """Do nothing: whoever waits for it knows that the process runs."""


def _settle_in() -> None:
    """Prepare a worker: signals are the parent's business, memory has an end, and so has life without a parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.nice(POLITENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()  # the work queue's pipe is no sign: we hold its other end ourselves
        os._exit(1)


def _timed(seconds: int, function: Callable[..., T], *args: object) -> T:
    """Call; the kernel ends the process if neither we nor an orphaned thread get to run any more."""
    if sys.platform != "win32":
        signal.alarm(seconds)
    try:
        return function(*args)
    finally:
        if sys.platform != "win32":
            signal.alarm(0)
