"""A month of news, played whole: 12 outlets in 4 languages, 300 stories, bursts, outages and renumbered ids.

What each of three channels must hear is worked out from what the outlets published and from the rules alone.
"""

import random
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from adapters.language.stems import snowball
from bot.clock import SteppedClock
from bot.domain.cadence import parse as parse_cadence
from bot.domain.chat import Conversation
from bot.domain.entries import SourceId
from bot.domain.preferences import Preferences
from bot.domain.sources import Source
from bot.domain.storing.store import Store
from bot.services.deliver import Deliverer
from bot.services.ingest import Ingest, Rhythm, Standing
from bot.services.telling import Teller
from storage import open_store
from tests.services.heart import Counts
from tests.services.invented import (
    BEGUN,
    BURST,
    CHANNELS,
    CHAT_DOWN,
    DAYS,
    HOUR,
    LANGUAGES,
    Channels,
    Press,
    Report,
    month,
)
from tests.services.test_ledger import FOLDED_INTO_NOTHING, NO_REPEATED_ROOTS, SPOKEN_BY_NOTHING


@dataclass
class Life:
    """The bot, which is started anew from time to time."""

    store: Store
    clock: SteppedClock
    press: Press
    chat: Channels
    wanted: Preferences

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.ingest = Ingest(
            poller=self.press,
            store=self.store,
            clock=self.clock,
            standing=Standing(snowball()),
            meter=Counts(),
            owner="bot",
            rhythm=Rhythm(burst=BURST, defaults=self.wanted),
            teller=Teller(),
        )
        self.deliverer = Deliverer(
            store=self.store,
            chats={"page": self.chat},
            clock=self.clock,
            meter=Counts(),
            owner="bot",
            defaults=self.wanted,
        )

    async def tick(self) -> None:
        """Poll what is due, one source after the other two minutes apart, so that only bursts are bursts."""
        now = self.clock.now()
        for tracked in await self.store.sources.claim(now=now, owner="bot", lease=HOUR, limit=20):
            await self.ingest.poll(tracked)
            await self.clock.advance_to(self.clock.now() + timedelta(minutes=2))
            await self.deliver()

    async def deliver(self) -> None:
        await self.store.outbox.due_digests(now=self.clock.now())
        await self.deliverer.drain()


async def live(store: Store, reports: Sequence[Report], wanted: Preferences) -> tuple[Press, Channels]:
    clock = SteppedClock(BEGUN)
    press, chat = Press(clock, reports), Channels(clock)
    life = Life(store, clock, press, chat, wanted)
    for number, lang in enumerate(LANGUAGES):
        id_ = SourceId(f"outlet-{number:02}")
        source = Source(id=id_, url=f"https://{id_}/feed", format="feed", name=f"Outlet {number}", lang=lang)
        await store.sources.add(source, now=BEGUN)
    for channel, cadence in CHANNELS.items():
        where = Conversation("page", channel)
        await store.watches.add(where, "zorbal", owner="o", note="", now=BEGUN, cadence=parse_cadence(cadence))
    while clock.now() < BEGUN + timedelta(days=DAYS + 5):
        before = clock.now()
        await life.tick()
        following = max(before + 2 * HOUR, clock.now())
        for step in (following - HOUR, following):
            await clock.advance_to(max(step, clock.now()))
            await life.deliver()
        if before.hour < 2 and before.day % 5 == 0:
            life.restart()
    return press, chat


@dataclass
class Heard:
    """What a channel must hear."""

    roots: int = 0
    replies: int = 0
    digests: int = 0
    folded: int = 0


def must_hear(press: Press, cadence: str, stories: Mapping[str, str]) -> Heard:
    """Work out from the published reports, the stories they were taken for, and the rules what a channel hears."""
    heard, opened = Heard(), dict[str, datetime]()
    told: dict[str, set[str]] = defaultdict(set)
    planned: dict[str, datetime] = {}
    digests, groups = set[datetime](), set[tuple[str, datetime]]()
    pending = 0
    for now, _, new in press.polls:
        pending = pending if CHAT_DOWN[0] <= now < CHAT_DOWN[1] else 0
        page = [(stories[one.entry.link or ""], one.adds) for one in new]
        fresh = list(dict.fromkeys(story for story, _ in page if story not in opened))
        folds = not cadence and pending + len(fresh) > BURST
        for story, adds in page:
            first, says = story not in opened, bool(adds) and adds not in told[story]
            told[story] |= {adds}
            if first:
                opened[story] = now
                if cadence:
                    planned[story] = following(cadence, now)
                    digests.add(planned[story])
            elif planned.get(story, now) > now or (folds and story in fresh):
                continue  # it is told in the digest that comes
            elif says:
                heard.replies += 1
            else:
                groups.add((story, group_of(opened[story], now)))
        if not cadence:
            heard.folded += len(fresh) if folds else 0
            heard.digests += 1 if folds else 0
            heard.roots += 0 if folds else len(fresh)
            pending += 0 if folds else len(fresh)
    heard.replies += len(groups)
    heard.digests += len(digests)
    return heard


def group_of(opened: datetime, now: datetime) -> datetime:
    """Half an hour after the first, then twice as long each time, at last every day."""
    waits = timedelta(minutes=30)
    while opened + waits <= now:
        waits = waits * 2 if waits < timedelta(hours=24) else waits + timedelta(hours=24)
    return opened + waits


def following(cadence: str, now: datetime) -> datetime:
    """Return the next nine o'clock, of a Monday if the digest is weekly."""
    due = datetime.combine(now.date(), time(9), UTC)
    while due <= now or ("weekly" in cadence and due.weekday() != 0):
        due += timedelta(days=1)
    return due


def recognised(database: Path) -> Mapping[str, str]:
    """Return the story that each link was taken for."""
    with closing(sqlite3.connect(database)) as connection:
        return dict(connection.execute("SELECT link, story FROM entries WHERE story IS NOT NULL").fetchall())


def judged(reports: Sequence[Report], stories: Mapping[str, str]) -> tuple[float, float]:
    """Return threads a story has, and the share of reports that are in a thread of their own story."""
    found, told = defaultdict[int, set[str]](set), defaultdict[str, Counter[int]](Counter)
    for one in reports:
        story = stories[one.entry.link or ""]
        found[one.story].add(story)
        told[story][one.story] += 1
    right = sum(counted.most_common(1)[0][1] for counted in told.values())
    return sum(map(len, found.values())) / len(found), right / len(reports)


def unposted(database: Path) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(database)) as connection:
        yield from connection.execute(
            "SELECT entry, conversation FROM alerts WHERE outcome <> 'silent' AND posted IS NULL"
        )


@pytest.mark.slow
async def test_a_month_of_news_is_told_whole_once_and_in_each_channels_rhythm(tmp_path: Path) -> None:
    reports = month(random.Random(20))
    database = tmp_path / "month.db"
    async with open_store(f"sqlite:///{database}") as store:
        press, chat = await live(store, reports, Preferences())
        backlog = await store.outbox.backlog()
    assert (backlog.waiting, backlog.failed) == (0, 0)
    assert sum(len(new) for _, _, new in press.polls) == len(reports) > 900
    stories = recognised(database)
    roots_per_story, purity = judged(reports, stories)
    print(f"{roots_per_story:.3f} roots a story, {purity:.3f} of reports in the thread of their story")  # noqa: T201
    assert roots_per_story <= 1.02
    assert purity == 1, "two stories were taken for one"
    for channel, cadence in CHANNELS.items():
        heard = must_hear(press, cadence, stories)
        said = chat.said[channel]
        roots = [text for verb, text in said if verb == "post" and text.startswith("News · ")]
        digests = [text for verb, text in said if verb == "post" and not text.startswith("News · ")]
        replies = [text for verb, text in said if verb == "reply"]
        print(channel, heard, len(roots), len(replies), len(digests))  # noqa: T201
        assert (len(roots), len(replies), len(digests)) == (heard.roots, heard.replies, heard.digests), channel
    assert list(unposted(database)) == []
    with closing(sqlite3.connect(database)) as connection:
        for sql in (NO_REPEATED_ROOTS, SPOKEN_BY_NOTHING, FOLDED_INTO_NOTHING):
            assert connection.execute(sql).fetchall() == [], sql
        rows = connection.execute("SELECT conversation, count(DISTINCT entry) FROM alerts GROUP BY conversation")
        assert dict(rows.fetchall()) == {f"page:{channel}": len(reports) for channel in CHANNELS}
