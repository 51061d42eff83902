"""Plans that somebody waits for: the writer runs them before whatever is next, those that wait in one transaction."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from storage.database import Plan

T = TypeVar("T")
Drive = Callable[[sqlite3.Cursor, Plan[Any]], Any]
Waiting = tuple[Plan[Any], "asyncio.Future[Any]"]


@dataclass(slots=True)
class Lane:
    """A queue past the writer's queue: put in on the loop, run in the writer's thread.

    Attributes:
        drive: runs a plan's statements.

    """

    drive: Drive
    _waiting: deque[Waiting] = field(default_factory=deque)

    def put(self, plan: Plan[T]) -> "asyncio.Future[T]":
        """Queue a plan; the future is done when its transaction is."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((plan, future))
        return future

    def run(self, connection: sqlite3.Connection) -> None:
        """Run what waits, committed together: one wait for the disk. A plan that fails fails alone."""
        taken: list[Waiting] = []
        while self._waiting:
            taken.append(self._waiting.popleft())
        if not taken:
            return
        try:
            results = self._committed(connection, [plan for plan, _ in taken])
        except BaseException as error:  # noqa: BLE001  # whoever waits is told
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            results = [error] * len(taken)
        for (plan, future), result in zip(taken, results, strict=True):
            plan.close()
            future.get_loop().call_soon_threadsafe(_settle, future, result)

    def _committed(self, connection: sqlite3.Connection, plans: list[Plan[Any]]) -> list[Any]:
        cursor, results = connection.cursor(), []
        cursor.execute("BEGIN IMMEDIATE")
        for plan in plans:
            cursor.execute("SAVEPOINT one")
            try:
                results.append(self.drive(cursor, plan))
            except Exception as error:  # noqa: BLE001  # whoever waits is told
                cursor.execute("ROLLBACK TO one")
                results.append(error)
            cursor.execute("RELEASE one")
        cursor.execute("COMMIT")
        return results


def _settle(future: "asyncio.Future[Any]", result: Any) -> None:
    """Hand a result over, unless nobody waits for it any more."""
    if future.done():
        return
    if isinstance(result, BaseException):
        future.set_exception(result)
    else:
        future.set_result(result)
