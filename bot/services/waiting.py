"""Waiting for whichever comes first."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def first_of(*waits: Coroutine[Any, Any, object] | None) -> None:
    """Return when one of `waits` has ended; the others are cancelled. None never ends."""
    tasks: list[asyncio.Task[object]] = [asyncio.create_task(wait) for wait in waits if wait is not None]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
