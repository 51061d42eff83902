"""The store against a C program, and what its outbox and lookups take."""

import asyncio
import re
import shutil
import sqlite3
import struct
import subprocess
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from bench.figures import Figure
from bot.domain.alerts import Alert, AlertId, Delivery, DeliveryKey, Outcome, Parcel, Reason, StoryId, Thread, Verb
from bot.domain.changes import Known
from bot.domain.chat import Conversation, Receipt
from bot.domain.entries import Entry, EntryId, Kind, SourceId
from bot.domain.ids import digest
from bot.domain.ports import Period
from bot.domain.sources import Origin, Source
from bot.domain.storing.entries import MeetingFilter
from bot.domain.storing.sources import Outcomes
from bot.domain.storing.store import Store
from storage import open_store
from storage.commit import ADD
from storage.database import Row
from storage.rows import entry_row
from storage.sqlite import Connection, opened

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
LEASE = timedelta(minutes=1)
SOURCE = Source(id=SourceId("bench"), url="https://bench.example/feed", format="feed", name="Bench")
ROUNDS = 5
ENTRIES = 5000
IGNORING = re.sub(r"\$(\d+)", r"?\1", ADD) + "ON CONFLICT DO NOTHING"


def figures() -> list[Figure]:
    """Measure it all; some ten seconds."""
    with TemporaryDirectory() as folder:
        room = Path(folder)
        return [
            _ingest(room),
            asyncio.run(_hops(room)),
            *asyncio.run(_outbox(room)),
            asyncio.run(_crowded(room)),
            asyncio.run(_meetings(room)),
        ]


def _address(path: Path) -> str:
    return f"sqlite:///{path}"


def _news(number: int) -> Known:
    """About 600 bytes stored, as a press release of three sentences is."""
    link = f"https://bench.example/news/{number:06}"
    title = f"Study group {number % 21} adopts a Recommendation on interworking, number {number}"
    text = "The meeting agreed on the text and sent it to the members for their comments. " * 4
    entry = Entry(
        key=link, kind=Kind.NEWS, title=title, link=link, text=text, published=NOW, facts={"author": "Press office"}
    )
    return _seen(entry)


def _seen(entry: Entry) -> Known:
    return Known(
        id=EntryId(digest("bench", entry.key)),
        source=SOURCE.id,
        entry=entry,
        fingerprint=entry.fingerprint,
        first_seen=NOW,
        body_hash=digest("body"),
        url=SOURCE.url,
        fetched_at=NOW,
    )


async def _commit(store: Store, rows: Sequence[Known]) -> float:
    await store.sources.declare([SOURCE], origin=Origin.CATALOGUE, now=NOW)
    [tracked] = await store.sources.claim(now=NOW, owner="bench", lease=LEASE, limit=1)
    outcomes = Outcomes(tracked=tracked, owner="bench", revision=0, added=rows)
    begun = perf_counter()
    await store.sources.commit(outcomes)
    return perf_counter() - begun


async def _own(path: Path, rows: Sequence[Known]) -> float:
    async with open_store(_address(path)) as store:
        spent = await _commit(store, rows)
        assert (await store.entries.count())[Kind.NEWS] == ENTRIES
        return spent


def _ingest(room: Path) -> Figure:
    """10,000 entries of which half are there already, through the real commit, serialisation included."""
    rows = [_news(number) for number in range(ENTRIES)] * 2
    baseline, insert = _inserter(room, [entry_row(known, None) for known in rows])
    theirs, ours = [], []
    for turn in range(ROUNDS):
        theirs.append(insert(asyncio.run(_empty(room / f"theirs{turn}.db"))))
        ours.append(asyncio.run(_own(room / f"ours{turn}.db", rows)))
    ratio = median(ours) / median(theirs)
    return Figure(
        name="S1 ingest",
        goal="≤ 2× C's insert of the same rows",
        baseline=baseline,
        baseline_seconds=median(theirs),
        own_seconds=median(ours),
        ratio=ratio,
        holds=ratio <= 2,
        notes=f"{len(rows)} entries, half duplicates, ~600 B; same table, indexes, FULL; wall, medians of {ROUNDS}",
    )


async def _empty(path: Path) -> Path:
    async with open_store(_address(path)) as store:
        await store.sources.declare([SOURCE], origin=Origin.CATALOGUE, now=NOW)
    return path


def _inserter(room: Path, rows: Sequence[Row]) -> tuple[str, Callable[[Path], float]]:
    """Return what inserts these rows and how it is called: insert.c, or Python where no C compiler stands."""
    program, data = room / "insert", room / "rows"
    data.write_bytes(b"".join(_packed(rows)))
    compiler = shutil.which("cc")
    source = Path(__file__).with_name("insert.c")
    built = compiler and subprocess.run(
        [compiler, "-O2", "-o", program, source, "-lsqlite3"], check=False, capture_output=True
    )
    if built and built.returncode == 0:
        return "insert.c, one prepared statement", lambda path: _c(program, path, data)
    return "sqlite3.executemany of ready rows (no C compiler or sqlite3.h)", lambda path: _python(path, rows)


def _c(program: Path, path: Path, data: Path) -> float:
    done = subprocess.run([program, path, data], input=IGNORING, check=True, capture_output=True, text=True)
    seconds, stored = done.stdout.split()
    assert int(stored) == ENTRIES
    return float(seconds)


def _python(path: Path, rows: Sequence[Row]) -> float:
    with closing(opened(path)) as connection:
        begun = perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(IGNORING, rows)
        connection.execute("COMMIT")
        return perf_counter() - begun


def _packed(rows: Sequence[Row]) -> Iterator[bytes]:
    for value in (value for row in rows for value in row):
        if value is None:
            yield struct.pack("=i", -1)
        elif isinstance(value, int):
            yield struct.pack("=iq", -2, value)
        else:
            raw = str(value).encode()
            yield struct.pack("=i", len(raw)) + raw


async def _hops(room: Path) -> Figure:
    """How often a poll of 1,000 entries, half of them known, waits for the connection's thread."""
    rows = [_news(number) for number in range(1000)]
    async with open_store(_address(room / "hops.db")) as store:
        await _commit(store, rows[:500])
        [tracked] = await store.sources.claim(now=NOW, owner="bench", lease=LEASE, limit=1)
        hops = 0
        real = Connection.run

        async def counted(self: Connection, work: Callable[[sqlite3.Connection], object]) -> object:
            nonlocal hops
            hops += 1
            return await real(self, work)

        Connection.run = counted  # type: ignore[assignment, method-assign]
        begun = perf_counter()
        try:
            entries = [known.entry for known in rows]
            found = await store.sources.surroundings(SOURCE.id, entries, now=NOW)
            added = rows[len(found.known) :]
            await store.sources.commit(Outcomes(tracked=tracked, owner="bench", revision=0, added=added))
        finally:
            Connection.run = real  # type: ignore[method-assign]
        spent = perf_counter() - begun
    return Figure(
        name="S1 calls per poll",
        goal="≤ 2 awaited database calls",
        baseline="none",
        baseline_seconds=0,
        own_seconds=spent,
        ratio=hops,
        holds=hops <= 2,
        unit="",
        notes="surroundings and commit of a page of 1,000 entries, half of them new",
    )


def _queued(number: int, conversation: Conversation) -> tuple[Delivery, Alert]:
    about = _news(number)
    name = f"{conversation.id}-{number}"
    alert = Alert(
        id=AlertId(f"alert-{name}"),
        conversation=conversation,
        story=StoryId(f"story-{name}"),
        entry=about.id,
        outcome=Outcome.SPOKEN,
        reason=Reason.NEW,
        at=NOW,
        now=about,
    )
    delivery = Delivery(
        key=DeliveryKey(f"root-{name}"),
        conversation=conversation,
        verb=Verb.ROOT,
        due=NOW,
        alert=alert.id,
        story=alert.story,
    )
    return delivery, alert


async def _fill(store: Store, rooms: Sequence[Conversation], each: int) -> None:
    """Queue roots, with alerts and threads, as a poll does."""
    queued = [_queued(number, room) for number in range(each) for room in rooms]
    await store.sources.declare([SOURCE], origin=Origin.CATALOGUE, now=NOW)
    [tracked] = await store.sources.claim(now=NOW, owner="bench", lease=LEASE, limit=1)
    threads = [
        Thread(conversation=alert.conversation, story=alert.story, root=delivery.key, opened=NOW)
        for delivery, alert in queued
    ]
    deliveries, alerts = [delivery for delivery, _ in queued], [alert for _, alert in queued]
    await store.sources.commit(
        Outcomes(tracked=tracked, owner="bench", revision=0, threads=threads, alerts=alerts, deliveries=deliveries)
    )


async def _drained(store: Store, limit: int) -> int:
    """Claim and settle until nothing is left, as the deliverer's lanes do; return how many were delivered."""
    count = 0
    while parcels := await store.outbox.claim(now=NOW, owner="bench", lease=LEASE, busy=(), limit=limit):
        for first in parcels:
            parcel: Parcel | None = first
            while parcel is not None:
                key = parcel.delivery.key
                parcel = await store.outbox.sent(key, Receipt(f"r-{key}"), owner="bench", now=NOW, lease=LEASE)
                count += 1
    return count


async def _bare(path: Path, messages: int) -> float:
    """The least a durable claim and settle can be: two commits of one row each, in one thread."""

    def work() -> float:
        with closing(opened(path)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("CREATE TABLE bare (id integer primary key, state integer)")
            connection.executemany("INSERT INTO bare VALUES (?, 0)", ((number,) for number in range(messages)))
            begun = perf_counter()
            for number in range(messages):
                connection.execute("UPDATE bare SET state = 1 WHERE id = ?", (number,))
                connection.execute("UPDATE bare SET state = 2 WHERE id = ?", (number,))
            return perf_counter() - begun

    return await asyncio.to_thread(work)


async def _outbox(room: Path) -> list[Figure]:
    """Durable claim and settle: one message at a time, and 20 conversations at a time."""
    one, many = [Conversation("bench", "one")], [Conversation("bench", f"{n:02}") for n in range(20)]
    bare = await _bare(room / "bare.db", 1000)
    found = []
    for name, rooms, each in (("one at a time", one, 1000), ("batches of 20", many, 50)):
        async with open_store(_address(room / f"outbox{len(rooms)}.db")) as store:
            await _fill(store, rooms, each)
            begun = perf_counter()
            count = await _drained(store, len(rooms))
            spent = perf_counter() - begun
        assert count == len(rooms) * each
        rate = count / spent
        found.append(
            Figure(
                name=f"S3 outbox, {name}",
                goal="≥ 1,000 messages/s, durable",
                baseline="two bare commits a message, sqlite3, one thread",
                baseline_seconds=bare,
                own_seconds=spent,
                ratio=rate,
                holds=rate >= 1000,
                unit="/s",
                notes=f"{count} roots with alert and thread, synchronous=FULL; claimed and settled; wall",
            )
        )
    return found


async def _timed(work: Callable[[], Awaitable[object]], rounds: int) -> list[float]:
    spent = []
    for _ in range(rounds):
        begun = perf_counter()
        await work()
        spent.append(perf_counter() - begun)
    return spent


async def _crowded(room: Path) -> Figure:
    """A claim of one among 100,000 waiting in 1,000 conversations, against one among 1,000 in 10."""
    spent = []
    for conversations in (10, 1000):
        rooms = [Conversation("bench", f"{n:04}") for n in range(conversations)]
        async with open_store(_address(room / f"crowd{conversations}.db")) as store:
            notes = [
                Delivery(key=DeliveryKey(f"{number}-{room}"), conversation=room, verb=Verb.NOTE, due=NOW, text="words")
                for number in range(100)
                for room in rooms
            ]
            await store.outbox.enqueue(notes)

            async def claim(store: Store = store) -> None:
                [parcel] = await store.outbox.claim(now=NOW, owner="bench", lease=LEASE, busy=(), limit=1)
                await store.outbox.sent(parcel.delivery.key, Receipt("r"), owner="bench", now=NOW)

            spent.append(median(await _timed(claim, 50)))
    return Figure(
        name="S3 claim in a crowd",
        goal="≤ 20 ms with 100,000 waiting in 1,000 conversations",
        baseline="1,000 waiting in 10 conversations",
        baseline_seconds=spent[0],
        own_seconds=spent[1],
        ratio=spent[1] * 1000,
        holds=spent[1] <= 0.020,
        unit="ms",
        notes="claim of one and its settling, median of 50, wall",
    )


def _twenty_years() -> list[Known]:
    """Return 100,000 meetings."""
    first = date(2010, 1, 1)
    return [
        _seen(
            Entry(
                key=f"meeting-{n}",
                kind=Kind.MEETING,
                title=f"Meeting {n} of the study group on secure interworking",
                starts=first + timedelta(days=n % 7300),
                ends=first + timedelta(days=n % 7300 + n % 9),
                all_day=True,
                place=("Geneva", "Busan", "Genève", "Kigali")[n % 4],
                group=f"SG{n % 21}",
                text="Rapporteurs' meeting; remote participation is possible.",
            )
        )
        for n in range(100_000)
    ]


async def _meetings(room: Path) -> Figure:
    """Lookups among 100,000 meetings of 20 years: by month, by group, by words, all of them."""
    month = Period(first=date(2026, 2, 1), last=date(2026, 2, 28))
    wanted = {
        "a month": MeetingFilter(period=month),
        "its group and a word in it": MeetingFilter(period=month, groups=["sg17"], words=["geneve"]),
        "a group from now on": MeetingFilter(period=Period(first=NOW.date()), groups=["SG17"]),
        "words": MeetingFilter(period=Period(), words=["kigali", "rapporteurs"]),
        "a rare word": MeetingFilter(period=Period(), words=["12345"]),
        "all": MeetingFilter(period=Period()),
    }
    async with open_store(_address(room / "meetings.db")) as store:
        await _commit(store, _twenty_years())
        wall: dict[str, list[float]] = {}
        cpu: dict[str, float] = {}
        for name, filter_ in wanted.items():
            begun = process_time()
            wall[name] = await _timed(lambda sought=filter_: store.entries.meetings(sought, offset=0, limit=20), 20)  # type: ignore[misc]
            cpu[name] = (process_time() - begun) / 20
        plain = await _timed(lambda: store.entries.newest(before=None, limit=20), 20)
    worst = quantiles([one for several in wall.values() for one in several], n=100)[98]
    kinds = "; ".join(f"{name} {cpu[name] * 1000:.1f} CPU, {max(wall[name]) * 1000:.1f} wall" for name in wanted)
    return Figure(
        name="S2 meetings lookup",
        goal="p99 ≤ 50 ms among 100,000 meetings",
        baseline="the newest 20 entries",
        baseline_seconds=median(plain),
        own_seconds=worst,
        ratio=worst * 1000,
        holds=worst <= 0.050,
        unit="ms",
        notes=f"first page and total, 20 of each kind, mean CPU and slowest wall in ms: {kinds}",
    )
