"""Whatever a body does to the process that reads it, the bot and the other bodies do not notice."""

import asyncio
import operator
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType

import psutil
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.domain.entries import Entry, Kind
from bot.domain.errors import ParseError
from feeds import pool as module
from feeds.page import Page, Parsed
from feeds.pool import ParsePool, open_pool
from feeds.workers import MEMORY, Worker
from tests.feeds.conftest import START

ROOT = Path(__file__).parents[2]
OpenPool = Callable[..., AbstractAsyncContextManager[ParsePool]]

MEETINGS = b"""<?xml version="1.0" encoding="UTF-8"?>
<dataroot><ITU-T_Meetings>
<Meeting_code>ITU-T SG 12</Meeting_code><Start_meeting_date>2026-06-09T00:00:00</Start_meeting_date>
<Meeting_place_date>ITU-T SG 12, Geneva, 9-17 June 2026</Meeting_place_date><TD_date>260609</TD_date>
<SG_No_Period>ITU-T Study Group 12 (Study Period 2025-2028)</SG_No_Period><SG_Title>Performance</SG_Title>
<Frame_src_C>/x?XF=../docs-dms/T25-SG12-C.xml</Frame_src_C>
</ITU-T_Meetings></dataroot>"""


def page(body: bytes) -> Page:
    return Page(body=body, url="https://www.itu.int/net/epub/ITU-Sync/ITU-T_Meetings.xml", fetched_at=START)


@pytest.fixture
async def pool() -> AsyncIterator[ParsePool]:
    async with open_pool(workers=1, limit=timedelta(seconds=10)) as opened:
        yield opened


async def test_a_page_comes_back_as_entries(pool: ParsePool) -> None:
    parsed = await pool.parse("itu-meetings", page(MEETINGS))
    assert parsed.count == 1
    assert (parsed.entries[0].kind, parsed.entries[0].starts) == (Kind.MEETING, date(2026, 6, 9))


async def test_a_body_that_is_not_its_format_is_a_parse_error(pool: ParsePool) -> None:
    with pytest.raises(ParseError):
        await pool.parse("itu-meetings", page(b"<html>Access denied"))
    assert (await pool.parse("itu-meetings", page(MEETINGS))).count == 1


async def test_an_unknown_format_is_a_parse_error_that_names_the_known(pool: ParsePool) -> None:
    with pytest.raises(ParseError, match=r"“gopher”; known are .*itu-meetings"):
        await pool.parse("gopher", page(b""))


async def test_a_body_that_kills_its_process_is_tried_once_more_and_named(pool: ParsePool) -> None:
    with pytest.raises(ParseError, match="kills the process"):
        await pool.run(os._exit, 3)
    assert await pool.run(operator.add, 1, 2) == 3


async def test_a_process_that_somebody_else_killed_costs_no_body(pool: ParsePool) -> None:
    os.kill(await pool.run(os.getpid), signal.SIGKILL)
    assert await pool.run(operator.add, 1, 2) == 3


async def test_a_body_that_takes_too_long_is_given_up_and_its_process_ended() -> None:
    async with open_pool(workers=1, limit=timedelta(seconds=1)) as pool:
        pid = await pool.run(os.getpid)
        with pytest.raises(ParseError, match="within 1 s"):
            await pool.run(re.match, "(a+)+$", "a" * 60 + "b")  # holds the interpreter lock
        await ended(pid)
        assert await pool.run(operator.add, 1, 2) == 3


async def test_a_cancelled_reader_s_process_is_not_used_again(pool: ParsePool) -> None:
    pid = await pool.run(os.getpid)
    reading = asyncio.ensure_future(pool.run(signal.pause))
    await asyncio.sleep(0.05)
    reading.cancel()
    assert isinstance((await asyncio.gather(reading, return_exceptions=True))[0], asyncio.CancelledError)
    await ended(pid)
    assert await asyncio.wait_for(pool.run(os.getpid), 5) != pid


async def test_cancelling_while_a_process_starts_loses_no_place(pool: ParsePool) -> None:
    reading = asyncio.ensure_future(pool.run(os.getpid))
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert await asyncio.wait_for(pool.run(operator.add, 1, 2), 10) == 3


async def test_a_body_that_wants_too_much_memory_is_a_parse_error(pool: ParsePool) -> None:
    with pytest.raises(ParseError, match="MemoryError"):
        await pool.run(bytes, MEMORY)
    assert await pool.run(operator.add, 1, 2) == 3


async def test_a_process_is_replaced_after_its_share_of_pages(pool: ParsePool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RUNS_PER_PROCESS", 3)
    pids = [await pool.run(os.getpid) for _ in range(7)]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 1]
    await ended(pids[0])


async def test_an_interrupt_from_the_keyboard_does_not_reach_the_readers(pool: ParsePool) -> None:
    pid = await pool.run(os.getpid)
    os.kill(pid, signal.SIGINT)
    os.kill(pid, signal.SIGTERM)
    assert await pool.run(os.getpid) == pid


async def test_no_more_processes_run_than_allowed() -> None:
    async with open_pool(workers=2, limit=timedelta(seconds=10)) as pool:
        pids = await asyncio.gather(*(pool.run(os.getpid) for _ in range(12)))
    assert len(set(pids)) <= 2
    for pid in set(pids):
        await ended(pid)


async def test_a_process_that_starts_while_the_pool_closes_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Worker] = []

    def start() -> Worker:
        started.append(begin())
        running.set()
        return started[-1]

    begin, running = module._start, threading.Event()
    monkeypatch.setattr(module, "_start", start)
    async with open_pool(workers=1, limit=timedelta(seconds=10)) as pool:
        reading = asyncio.ensure_future(pool.run(os.getpid))
        await asyncio.sleep(0)
        reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert await asyncio.to_thread(running.wait, 20)
    for pid in list(started[0].executor._processes or ()):
        await ended(pid)
    assert not pool._workers


async def test_a_machine_that_cannot_start_processes_is_a_sentence(
    pool: ParsePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start() -> Worker:
        raise OSError(11, "Resource temporarily unavailable")

    with monkeypatch.context() as broken:
        broken.setattr(module, "_start", start)
        with pytest.raises(ParseError, match="No process could be started"):
            await pool.run(os.getpid)
    assert await pool.run(operator.add, 1, 2) == 3


async def test_no_process_starts_before_there_is_work() -> None:
    async with open_pool(workers=1, limit=timedelta(seconds=1)) as pool:
        assert not pool._workers


async def ended(pid: int) -> None:
    """Wait until a process is gone."""
    for _ in range(500):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return
        except psutil.NoSuchProcess:
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"process {pid} is still there")


PARENT = """
import asyncio, os, re, sys
from datetime import timedelta
from feeds.pool import open_pool

async def main():
    async with open_pool(workers=1, limit=timedelta(seconds=1)) as pool:
        print(await pool.run(os.getpid), flush=True)
        if sys.argv[1] == "busy":
            reading = asyncio.ensure_future(pool.run(re.match, "(a+)+$", "a" * 60 + "b"))
        await asyncio.sleep(0.3)
        print("now", flush=True)
        sys.stdin.read()

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.mark.parametrize("state", ["idle", pytest.param("busy", marks=pytest.mark.slow)])
async def test_no_process_outlives_a_killed_parent(state: str, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    start = partial(subprocess.Popen, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    start = partial(start, stderr=subprocess.DEVNULL)  # its resource tracker complains about the killing
    with start([sys.executable, script, state], env=os.environ | {"PYTHONPATH": str(ROOT)}) as parent:
        assert parent.stdout is not None
        pid = int(await asyncio.to_thread(parent.stdout.readline))
        assert await asyncio.to_thread(parent.stdout.readline) == "now\n"
        parent.kill()
        await ended(pid)


WORDS = st.text(max_size=12)
MOMENTS = st.datetimes(timezones=st.just(UTC))
ENTRIES = st.builds(
    Entry,
    key=WORDS,
    kind=st.sampled_from(Kind),
    title=WORDS,
    link=st.none() | WORDS,
    links=st.lists(WORDS, max_size=2).map(tuple),
    text=WORDS,
    published=st.none() | MOMENTS,
    starts=st.none() | st.dates() | MOMENTS | st.datetimes(),
    all_day=st.booleans(),
    facts=st.dictionaries(WORDS, WORDS | st.integers() | st.lists(WORDS).map(tuple), max_size=2),
    volatile=st.frozensets(WORDS, max_size=2),
)
PAGES = st.builds(
    Parsed,
    entries=st.lists(ENTRIES, max_size=80).map(tuple),
    count=st.integers(0, 100),
    complete=st.booleans(),
    items=st.binary(max_size=16),
    title=st.none() | WORDS,
    every=st.none() | st.timedeltas(),
    notes=st.lists(WORDS).map(tuple),
)


@given(PAGES)
@hypothesis_settings(deadline=None, max_examples=50)
async def test_packing_and_rebuilding_are_inverse(parsed: Parsed) -> None:
    assert await module._rebuilt(module._packed(parsed)) == parsed


async def test_read_only_facts_cross_too() -> None:
    entry = Entry(key="k", kind=Kind.NEWS, title="t", facts=MappingProxyType({"a": 1}))
    rebuilt = await module._rebuilt(module._packed(Parsed(entries=(entry,), count=1)))
    assert rebuilt.entries[0].facts == {"a": 1}


async def test_a_large_page_is_rebuilt_in_slices() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    entries = tuple(Entry(key=str(n), kind=Kind.NEWS, title="t", published=moment) for n in range(1000))
    pieces = module._packed(Parsed(entries=entries, count=1000))
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.ensure_future(count_turns())
    assert (await module._rebuilt(pieces)).entries == entries
    counting.cancel()
    assert turns >= 1000 / module.SLICE
