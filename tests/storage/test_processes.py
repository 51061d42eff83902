"""Other processes, and those that die."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import StoreBusy, StoreError
from storage import open_store
from tests.storage.conftest import LEASE, NOW, ROOM, commit, leased, news, seen

SHORT = timedelta(milliseconds=50)
ROOT = Path(__file__).parents[2]

COMMITTER = """
import asyncio, sys, time
from collections.abc import Iterator, Sequence
from bot.domain.storing.sources import Outcomes
from storage import open_store
from tests.storage.conftest import a_delivery, an_alert, a_story, a_thread, leased, news, seen

class Endless(list):
    def __iter__(self):
        # The rows are read inside the transaction: the entries are in by now.
        yield a_delivery("half")
        print("in the middle", flush=True)
        time.sleep(60)

async def main(url):
    async with open_store(url) as store:
        tracked = await leased(store, owner="dead")
        rows = [seen(news(str(n))) for n in range(500)]
        joined = {row.id: "s" for row in rows}
        await store.sources.commit(Outcomes(
            tracked=tracked, owner="dead", revision=0, added=rows, stories=[a_story()], joined=joined,
            threads=[a_thread("half")], alerts=[an_alert("al")], deliveries=Endless()))

asyncio.run(main(sys.argv[1]))
"""

OPENER = """
import asyncio, sys
from storage import open_store

async def main(url):
    async with open_store(url) as store:
        await store.ping()

asyncio.run(main(sys.argv[1]))
"""


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


async def test_a_process_killed_in_the_middle_of_a_commit_leaves_nothing_of_it(url: str) -> None:
    with python(COMMITTER, url) as process:
        assert process.stdout is not None
        line = await asyncio.to_thread(process.stdout.readline)
        assert line == "in the middle\n"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    async with open_store(url) as store:
        assert await store.entries.newest(before=None, limit=1) == []
        assert (await store.outbox.backlog()).waiting == 0
        assert await store.outbox.alerts_for(seen(news("k")).id, ROOM) == []
        surroundings = await store.sources.surroundings((await leased(store, now=NOW + LEASE)).source.id, [], now=NOW)
        assert (surroundings.stories, surroundings.threads) == ([], [])
        await commit(store, [seen(news("after"))], now=NOW + LEASE + LEASE)
    with closing(sqlite3.connect(path_of(url))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_two_processes_may_make_the_store_at_once(url: str) -> None:
    processes = [python(OPENER, url) for _ in range(4)]
    for process in processes:
        output, _ = await asyncio.to_thread(process.communicate)
        assert (process.returncode, output) == (0, "")


async def test_a_writer_that_does_not_let_go_makes_the_store_busy_for_writing_only(url: str) -> None:
    async with open_store(url, patience=SHORT) as store:
        await leased(store)
        with closing(sqlite3.connect(path_of(url), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreBusy, match="Another process is writing"):
                await commit(store, [seen(news("a"))])
            assert await store.sources.next_due() == NOW + LEASE
            await store.ping()
        await store.watches.remove((await store.watches.all())[0])  # type: ignore[arg-type]


async def test_a_write_is_whole_even_if_its_caller_is_cancelled(url: str) -> None:
    async with open_store(url) as store:
        rows = [seen(news(str(n))) for n in range(300)]
        task = asyncio.create_task(commit(store, rows))
        for _ in range(1000):
            await asyncio.sleep(0)
            if task.done():
                break
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert len(await store.entries.newest(before=None, limit=999)) in (0, 300)
        await store.ping()


async def test_a_closed_store_says_so(url: str) -> None:
    async with open_store(url) as store:
        pass
    with pytest.raises(StoreError, match="is closed"):
        await store.ping()
