"""What keeps the store fast: one hop, and no table read from end to end."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.storing.sources import Outcomes
from bot.domain.storing.store import Store
from storage import commit as commits
from storage import entries, gists, outbox, parcels, quiet, sources, surroundings, watches
from storage import migrate as migrated
from storage.database import listed
from storage.sqlite import Connection, _translated
from tests.storage.conftest import NOW, a_delivery, commit, leased, news, seen

BUSY = ["console:a"]
ORDERED = (entries.FIRST_PAGE, entries.NEXT_PAGE, outbox.LAST_ALERT)


def explained(connection: sqlite3.Connection, sql: str) -> list[str]:
    count = max((int(number) for number in re.findall(r"\?(\d+)", sql)), default=0)
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", [1] * count)]


@pytest.fixture
def connection(url: str) -> Iterator[sqlite3.Connection]:
    migrated(url)
    with closing(sqlite3.connect(Path(url.removeprefix("sqlite:///")), isolation_level=None)) as opened:
        yield opened


@pytest.mark.parametrize(
    "sql",
    [
        surroundings.BY_KEY,
        surroundings.BY_TWIN,
        surroundings.OPEN_MEETINGS,
        surroundings.TIED,
        surroundings.SIBLINGS,
        surroundings.STORIES,
        surroundings.THREADS,
        surroundings.TOLD,
        surroundings.RECENT_ROOTS,
        commits.STORED,
        commits.FREE_KEY,
        commits.UPDATE,
        commits.JOIN,
        entries.FIRST_PAGE,
        entries.NEXT_PAGE,
        entries.BY_LINK,
        entries.BY_KEY,
        outbox.SENT,
        outbox.NEXT_IN_LANE,
        outbox.SEAL_ALERTS,
        outbox.ADOPT,
        outbox.POSTED_BAG,
        outbox.OPENED,
        outbox.OPENED_BAG,
        outbox.AGAIN,
        outbox.ALERTS_FOR,
        outbox.LAST_ALERT,
        outbox.UPCOMING,
        outbox.TALLY,
        gists.WANTED,
        gists.OF,
        quiet.HOLD,
        quiet.WAKE,
        quiet.HELD,
        quiet.RELEASED,
        quiet.CARDS,
        quiet.FOLD_ALERTS,
        quiet.FOLD_THREADS,
        quiet.FOLDED,
        quiet.TAKE_ALONG,
        parcels.ONE,
        parcels.OF_STORY,
        parcels.BAG,
        parcels.ROOT,
        sources.CLAIM,
        watches.HITS,
    ],
)
def test_a_hot_query_reads_no_table_from_end_to_end(connection: sqlite3.Connection, sql: str) -> None:
    text = _translated(listed(sql, BUSY, first=2))
    plan = explained(connection, text)
    small = ("SCAN w", "SCAN sources", "SCAN lanes", "SCAN heads", "SCAN parked")
    scans = [step for step in plan if step.startswith("SCAN") and "INDEX" not in step and not step.startswith(small)]
    assert not scans, plan
    assert sql not in ORDERED or not any("TEMP B-TREE" in step for step in plan), plan


@pytest.mark.parametrize("sql", [outbox.CLAIM, outbox.NEXT_DUE])
def test_lanes_are_walked_along_the_index_of_what_is_pending(connection: sqlite3.Connection, sql: str) -> None:
    text = _translated(listed(sql, BUSY, first=5))
    plan = explained(connection, text)
    touching = [step for step in plan if "deliveries" in step or step.split(" ")[1:2] == ["d"]]
    assert touching
    for step in touching:
        assert any(way in step for way in ("deliveries_pending", "deliveries_urgent", "PRIMARY KEY", "rowid")), plan


async def test_a_poll_waits_for_the_store_twice(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tracked = await leased(store)
    rows = [seen(news(str(n))) for n in range(2000)]
    await store.sources.settle(tracked.source.id, owner="me", memory=None, health=tracked.health, next_poll=NOW)
    await leased(store)
    hops = []
    real = Connection._execute

    async def counted(self: Connection, *work: object) -> object:
        hops.append(work)
        return await real(self, *work)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(Connection, "_execute", counted)
    found = await store.sources.surroundings(tracked.source.id, [row.entry for row in rows], now=NOW)
    await store.sources.commit(
        Outcomes(tracked=found.tracked, owner="me", revision=0, added=rows, deliveries=[a_delivery("d")])
    )
    assert len(hops) == 2
    await commit(store)
