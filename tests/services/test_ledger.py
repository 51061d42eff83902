"""Nothing missed, nothing noisy, whatever happens: random years of a bot's life, checked against a book."""

import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.entries import Entry, Kind, SourceId
from bot.domain.errors import CommandError
from bot.domain.sources import Source
from storage import open_store
from tests.services.ledger import ROOMS, TOPICS, Publisher, World, token

SOURCES = {"feed-a": False, "feed-b": False, "calendar": True}
NO_REPEATED_ROOTS = """
SELECT alert FROM deliveries WHERE alert IS NOT NULL GROUP BY alert, verb HAVING count(*) > 1
"""
SPOKEN_BY_NOTHING = """
SELECT a.id, a.reason FROM alerts a WHERE a.outcome = 'spoken'
    AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.alert = a.id)
"""
FOLDED_INTO_NOTHING = """
SELECT a.id FROM alerts a WHERE a.outcome = 'folded'
    AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.key = a.digest AND d.verb = 'digest' OR d.key = a.digest
        AND d.key LIKE 'group-%')
"""
GIVEN_UP_SILENTLY = "SELECT key FROM deliveries WHERE state = 'failed' AND (error IS NULL OR error = '')"
IN_ORDER = "SELECT key FROM deliveries WHERE conversation = ? ORDER BY seq"


class Life:
    """Steps that may happen at any time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.dice = world.dice

    async def begin(self) -> None:
        world = self.world
        for name, calendar in SOURCES.items():
            publisher = Publisher(SourceId(name), calendar)
            publisher.entries = [world.new(meeting=calendar) for _ in range(8)]
            world.publishers[publisher.id] = publisher
            await self.track(publisher.id)
        for room in ROOMS:
            await self.watch(room)
        await self.time_passes()

    async def track(self, source: SourceId) -> None:
        row = Source(id=source, url=f"https://example.org/{source}", format="feed", name=source)
        await self.world.store.sources.add(row, now=self.world.clock.now())

    async def watch(self, room: object = None) -> None:
        where = self.dice.choice(ROOMS) if room is None else room
        topic = self.dice.choice(TOPICS)
        store, now = self.world.store.watches, self.world.clock.now()
        try:
            watch = await store.add(where, f'"{topic}"', owner="o", note="", now=now)  # type: ignore[arg-type]
        except CommandError:
            return
        self.world.watches[watch.id] = (watch.conversation, topic, None)

    async def unwatch(self) -> None:
        if len(self.world.watches) > 3:
            id_ = self.dice.choice(sorted(self.world.watches))
            await self.world.store.watches.remove(id_)
            del self.world.watches[id_]

    async def reword(self) -> None:
        """Somebody edits a watch, or adds and removes words of the team, which the index has to follow."""
        world = self.world
        if self.dice.random() < 0.5:
            await world.store.vocabularies.add(
                ROOMS[0].team, "own", [f"word{world.count}"], owner="o", now=world.clock.now()
            )
            await world.store.vocabularies.remove(ROOMS[0].team, "own", [f"word{self.dice.randrange(world.count)}"])
            return
        id_, topic = self.dice.choice(sorted(world.watches)), self.dice.choice(TOPICS)
        try:
            await world.store.watches.edit(id_, f'"{topic}"')
        except CommandError:
            return
        world.watches[id_] = (world.watches[id_][0], topic, world.watches[id_][2])

    async def mute(self) -> None:
        for id_ in self.dice.sample(sorted(self.world.watches), 1):
            until = (
                self.world.clock.now() + timedelta(hours=self.dice.choice((3, 90)))
                if self.dice.random() < 0.6
                else None
            )
            await self.world.store.watches.mute([id_], until)
            self.world.watches[id_] = (*self.world.watches[id_][:2], until)

    async def publish(self) -> None:
        publisher = self.some()
        for _ in range(self.dice.choice((1, 1, 2, 3, 9))):
            publisher.entries.insert(0, self.world.new(meeting=publisher.calendar))

    async def copy(self) -> None:
        """The other outlet tells the same."""
        one, other = self.feeds()
        entry = self.dice.choice(one.entries[:6])
        if token(entry) not in {token(theirs) for theirs in other.entries}:
            link = f"https://{other.id}.example.net/{token(entry)}"
            other.entries.insert(0, replace(entry, key=f"{other.id}-{entry.key}", link=link))

    async def edit(self) -> None:
        publisher = self.some()
        index = self.dice.randrange(min(6, len(publisher.entries)))
        topics = " ".join(self.dice.sample(TOPICS, self.dice.randrange(3)))
        publisher.entries[index] = replace(publisher.entries[index], text=f"Now on {topics} too.")

    async def rekey(self) -> None:
        """A whole feed gets new ids, perhaps with new dates."""
        publisher = self.feeds()[0]
        dates = {"published": self.world.clock.now()} if self.dice.random() < 0.5 else {}
        mark = f"v{self.dice.randrange(10**6)}"
        publisher.entries = [replace(entry, key=f"{mark}-{token(entry)}", **dates) for entry in publisher.entries]  # type: ignore[arg-type]
        publisher.trouble = ""
        await self.safely(self.time_passes)

    async def meeting_changes(self) -> None:
        calendar = self.world.publishers[SourceId("calendar")]
        index = self.dice.randrange(len(calendar.entries))
        entry = calendar.entries[index]
        match self.dice.randrange(4):
            case 0:
                calendar.entries[index] = self.world.moved(entry)
            case 1:
                self.world.cancelled.add(token(entry))
                calendar.entries[index] = replace(entry, status="CANCELLED")
            case 2 if len(calendar.entries) > 6:
                del calendar.entries[index]
            case _:
                calendar.entries[index] = replace(entry, place=self.dice.choice(("Geneva", "Nairobi")))

    async def trouble(self) -> None:
        self.some().trouble = self.dice.choice(("", "", "empty", "shrunk", "down"))

    async def pause(self) -> None:
        rows = await self.world.store.sources.listing()
        row = self.dice.choice(rows)
        await self.world.store.sources.pause(row.source.id, paused=not row.paused)

    async def remove_and_add(self) -> None:
        source = self.some().id
        await self.world.store.sources.remove(source)
        await self.track(source)

    async def clock_is_set(self) -> None:
        if self.dice.random() < 0.3:
            self.world.clock.back(timedelta(minutes=self.dice.randrange(1, 50)))

    async def release(self) -> None:
        for room in ROOMS:
            await self.world.store.outbox.park(room, None)
        self.world.deliverer.halted.clear()

    async def remind(self) -> None:
        await self.world.guarded(self.world.remind.run_once)

    async def time_passes(self) -> None:
        world = self.world
        minutes = self.dice.choice((1, 200, 300, 400))
        await world.clock.advance_to(world.clock.now() + timedelta(minutes=minutes))
        await world.poll()
        await world.guarded(world.groups)
        if self.dice.random() < 0.7:
            await world.guarded(world.deliverer.drain)
            await world.clock.advance_to(world.clock.now() + timedelta(seconds=self.dice.choice((1, 70))))
            await world.guarded(world.deliverer.drain)

    async def safely(self, work: object) -> None:
        """Do something while nothing breaks."""
        unsafe, self.world.unsafe = self.world.unsafe, 0.0
        await work()  # type: ignore[operator]
        self.world.unsafe = unsafe

    def some(self) -> Publisher:
        return self.dice.choice(list(self.world.publishers.values()))

    def feeds(self) -> list[Publisher]:
        rows = [publisher for publisher in self.world.publishers.values() if not publisher.calendar]
        return self.dice.sample(rows, 2)

    async def quiet(self) -> None:
        """All trouble ends: channels are released, tokens renewed, sources resumed; then time passes."""
        world = self.world
        world.unsafe = world.chat.bad = 0.0
        await world.store.take_over()
        world.restart()
        for row in await world.store.sources.listing():
            await world.store.sources.pause(row.source.id, paused=False)
            world.publishers[row.source.id].trouble = ""
        for _ in range(9):
            await self.release()
            await world.clock.advance_to(world.clock.now() + timedelta(hours=5))
            await world.poll()
            await world.guarded(world.groups)
            for _ in range(3):
                await world.guarded(world.deliverer.drain)
                await world.clock.advance_to(world.clock.now() + timedelta(minutes=20))


def check(world: World, database: Path) -> None:
    mentions = world.mentions()
    for room, name in sorted(world.owed):
        assert mentions[room, name], f"{room} was not told of {name}"
    for (room, name), said in mentions.items():
        assert (room, name) in world.owed | world.allowed, f"{room} was told of {name} for no reason: {said[0]}"
        roots = [one for one in said if one.verb == "post"]
        assert len(roots) <= 1 + (name in world.anew), f"{room} was told of {name} twice: {roots}"
        called_off = [one for one in said if "Cancelled" in one.text]
        assert not called_off or name in world.cancelled
    with closing(sqlite3.connect(database)) as connection:
        for sql in (NO_REPEATED_ROOTS, SPOKEN_BY_NOTHING, FOLDED_INTO_NOTHING, GIVEN_UP_SILENTLY):
            assert connection.execute(sql).fetchall() == [], sql
        for room in ROOMS:
            planned = [row[0] for row in connection.execute(IN_ORDER, (str(room),))]
            posted = [said.key for said in world.chat.said if said.where == room]
            assert posted == [key for key in planned if key in set(posted)], "order is kept"


async def live(folder: Path, seed: int, steps: int) -> None:
    dice = random.Random(seed)
    database = folder / f"ledger{seed}.db"
    async with open_store(f"sqlite:///{database}") as store:
        world = World(store, dice)
        life = Life(world)
        await life.begin()
        often = (life.publish, life.edit, life.copy, life.meeting_changes, life.time_passes, life.time_passes)
        seldom = (life.watch, life.unwatch, life.reword, life.mute, life.rekey, life.trouble, life.pause, life.release)
        rare = (life.remove_and_add, life.clock_is_set, life.remind)
        for _ in range(steps):
            world.unsafe = dice.choice((0.0, 0.0, 0.1))
            world.chat.bad = dice.choice((0.0, 0.2))
            await dice.choice(dice.choice((often, often, often, seldom, rare)))()
        await life.quiet()
        check(world, database)
        assert (await store.outbox.backlog()).waiting == 0
        said = len(world.chat.said)
        for _ in range(3):
            await world.clock.advance_to(world.clock.now() + timedelta(hours=5))
            await world.poll()
            await world.guarded(world.groups)
            await world.guarded(world.deliverer.drain)
        assert len(world.chat.said) == said, "an unchanged world is silent"


@pytest.mark.parametrize("seed", range(8))
async def test_a_random_month_is_told_whole_and_once(tmp_path: Path, seed: int) -> None:
    await live(tmp_path, seed, steps=120)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 140))
async def test_a_random_year_is_told_whole_and_once(tmp_path: Path, seed: int) -> None:
    await live(tmp_path, seed, steps=600)


def test_the_book_tells_kinds_apart() -> None:
    entry = Entry(key="k", kind=Kind.NEWS, title="the committee has written about item00001x")
    assert token(entry) == "item00001x"
