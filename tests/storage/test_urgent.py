"""What somebody waits for is written before what waits, with one commit for all that hurry."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from bot.domain.errors import StoreError
from storage.database import Plan, each, run, select
from storage.sqlite import Sqlite, connect

ADD = "INSERT INTO said (what) VALUES ($1)"


def table(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE said (seq integer primary key, what text not null)")


async def said(database: Sqlite) -> list[str]:
    return [what for (what,) in await database.read(select("SELECT what FROM said ORDER BY seq"))]


def held(database: Sqlite, until: threading.Event) -> "asyncio.Task[bool]":
    """Keep the writer busy."""

    def wait(_connection: sqlite3.Connection) -> bool:
        return until.wait(20)

    return asyncio.ensure_future(database._writer.run(wait))


async def test_what_hurries_overtakes_what_waits_and_shares_a_commit(tmp_path: Path) -> None:
    async with connect(tmp_path / "a.db", table) as database:
        let_go, commits = threading.Event(), 0

        def count(statement: str) -> None:
            nonlocal commits
            commits += statement == "COMMIT"

        await database._writer.run(lambda connection: connection.set_trace_callback(count))
        busy = held(database, let_go)
        waits = [asyncio.create_task(database.write(run(ADD, f"w{n}"))) for n in range(3)]
        await asyncio.sleep(0)
        hurries = [asyncio.create_task(database.hurry(run(ADD, f"h{n}"))) for n in range(4)]
        await asyncio.sleep(0)
        let_go.set()
        await asyncio.gather(busy, *waits, *hurries)
        assert await said(database) == ["h0", "h1", "h2", "h3", "w0", "w1", "w2"]
        assert commits == 4, "three that waited, and one for all that hurried"


async def test_what_fails_fails_alone(tmp_path: Path) -> None:
    def breaks() -> Plan[None]:
        yield from each(ADD, [("half",)])
        yield from run(ADD, None)

    async with connect(tmp_path / "a.db", table) as database:
        let_go = threading.Event()
        busy = held(database, let_go)
        hurries = [database.hurry(run(ADD, "one")), database.hurry(breaks()), database.hurry(run(ADD, "two"))]
        together = asyncio.gather(*hurries, return_exceptions=True)
        await asyncio.sleep(0)
        let_go.set()
        await busy
        one, failed, two = await together
        assert isinstance(failed, StoreError)
        assert not isinstance(one, BaseException)
        assert not isinstance(two, BaseException)
        assert await said(database) == ["one", "two"]


async def test_who_is_cancelled_leaves_what_was_begun(tmp_path: Path) -> None:
    async with connect(tmp_path / "a.db", table) as database:
        let_go = threading.Event()
        busy = held(database, let_go)
        task = asyncio.create_task(database.hurry(run(ADD, "kept")))
        await asyncio.sleep(0)
        task.cancel()
        let_go.set()
        await busy
        await asyncio.gather(task, return_exceptions=True)
        await database.hurry(run(ADD, "next"))
        assert await said(database) == ["kept", "next"]


async def test_a_closed_store_says_so(tmp_path: Path) -> None:
    async with connect(tmp_path / "a.db", table) as database:
        pass
    with pytest.raises(StoreError):
        await database.hurry(run(ADD, "late"))
