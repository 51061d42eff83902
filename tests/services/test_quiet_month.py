"""A month in which clocks change, in three conversations that live differently: prompt, daily, weekly.

News at all hours, a burst and a cancellation at night, an outage of the chat, and three days in which the bot is off.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.clock import SteppedClock
from bot.domain.alerts import DeliveryKey, Outcome
from bot.domain.cadence import parse as parse_cadence
from bot.domain.chat import Conversation, Receipt
from bot.domain.document import Document
from bot.domain.entries import Entry, Kind
from bot.domain.errors import ChatDown
from bot.domain.ports import Desk
from bot.domain.preferences import Preferences
from bot.domain.quiet import QuietHours
from bot.services.recap import Recap
from tests.services.heart import Heart, beating, news

BEGIN = datetime(2026, 10, 5, 6, tzinfo=UTC)
DAYS = 35
STEP = timedelta(minutes=30)
"""Europe's clocks change on 25 October, America's on 1 November; Nepal's never do."""
DESK, POLICY, BOARD = (Conversation("page", name) for name in ("desk", "policy", "board"))
LIVES = {
    DESK: Preferences(zone="Europe/Zurich", quiet=QuietHours(time(22), time(7)), recap=False),
    POLICY: Preferences(zone="America/New_York", quiet=QuietHours(time(18), time(8)), digest_at=time(8, 30)),
    BOARD: Preferences(zone="Asia/Kathmandu", recap=False),
}
CADENCES = {DESK: "", POLICY: "daily 08:30", BOARD: "weekly mon 09:15"}
OUTAGE = (datetime(2026, 10, 20, 12, tzinfo=UTC), datetime(2026, 10, 21, 21, tzinfo=UTC))
"""It ends at eleven at night in Zurich."""
OFF = (datetime(2026, 10, 31, 12, tzinfo=UTC), datetime(2026, 11, 3, 12, tzinfo=UTC))
"""Over a Monday."""
BURST = datetime(2026, 10, 24, 21, tzinfo=UTC)
"""Eleven at night in Zurich, in the long night."""
MEETING = datetime(2026, 10, 14, 10, tzinfo=UTC)
CANCELLED = datetime(2026, 10, 25, 1, tzinfo=UTC)
"""In the hour that comes twice in Zurich."""


@dataclass
class Diary:
    """A chat that notes when it was told what, and is down for a while."""

    clock: SteppedClock
    told: list[tuple[datetime, Conversation, str, str]] = field(default_factory=list)
    keys: dict[DeliveryKey, Receipt] = field(default_factory=dict)

    async def post(self, to: Conversation, what: Document, *, thread: Receipt | None, key: DeliveryKey) -> Receipt:
        return self._note("reply" if thread else "post", to, what, key)

    async def edit(self, to: Conversation, message: Receipt, what: Document, *, key: DeliveryKey) -> Receipt:
        self._note("edit", to, what, key)
        return message

    async def serve(self, desk: Desk) -> None:
        del desk

    def _note(self, verb: str, to: Conversation, what: Document, key: DeliveryKey) -> Receipt:
        now = self.clock.now()
        if OUTAGE[0] <= now < OUTAGE[1]:
            raise ChatDown("The chat is down.")
        assert key not in self.keys, f"told twice: {key}"
        self.keys[key] = Receipt(f"m{len(self.keys)}")
        self.told.append((now, to, verb, what.plain))
        return self.keys[key]

    def aloud(self, where: Conversation) -> list[tuple[datetime, str, str]]:
        """Return what a conversation heard, by its own clock."""
        zone = ZoneInfo(LIVES[where].zone)
        return [(at.astimezone(zone), verb, text) for at, to, verb, text in self.told if to == where and verb != "edit"]


def tale(number: int) -> Entry:
    """Return news that tell of something that no other tale tells of."""
    chance = random.Random(number)
    words = ["".join(chance.choices("bdfgklmnprstvz", k=3) + chance.choices("aeiou", k=2)) for _ in range(16)]
    return news(f"tale{number}", f"Faces {' '.join(words[:4])} T{number:03}", f"{' '.join(words[4:]).capitalize()}.")


def page(now: datetime) -> list[Entry]:
    """Return what the source shows: a tale every seven hours, nine more in the burst, a meeting that is cancelled."""
    newest = int((now - BEGIN) / timedelta(hours=7))
    shown = [tale(n) for n in range(max(0, newest - 20), newest + 1)]
    if BURST <= now < BURST + timedelta(days=7):
        shown += [tale(500 + n) for n in range(9)]
    if now >= MEETING:
        status = "cancelled" if now >= CANCELLED else "confirmed"
        first = date(2026, 12, 1)
        shown.append(
            Entry(key="m", kind=Kind.MEETING, title="Faces meeting", starts=first, all_day=True, status=status)
        )
    return shown


async def live(heart: Heart) -> None:
    """Let the month pass, half an hour at a time; the source is asked every hour or two."""
    recap = Recap(store=heart.store, clock=heart.clock)
    heart.source.answer = page(BEGIN)
    while heart.clock.now() < BEGIN + timedelta(days=DAYS):
        now = heart.clock.now() + STEP
        if OFF[0] <= now < OFF[1]:
            now = OFF[1]
            await heart.store.take_over()
        await heart.clock.advance_to(now)
        heart.source.answer = page(now)
        lease = timedelta(minutes=5)
        for tracked in await heart.store.sources.claim(now=now, owner="test", lease=lease, limit=10):
            await heart.ingest.poll(tracked)
        await heart.store.outbox.due_digests(now=now)
        await recap.run_once()
        await heart.deliverer.drain()


@pytest.mark.slow
async def test_a_month_is_told_once_in_time_and_never_at_night(tmp_path: Path) -> None:
    async with beating(tmp_path) as heart:
        await heart.clock.advance_to(BEGIN)
        diary = Diary(heart.clock)
        heart.deliverer.chats = {"page": diary}
        for where, wanted in LIVES.items():
            await heart.store.preferences.keep(where, wanted)
            cadence = parse_cadence(CADENCES[where])
            await heart.store.watches.add(where, "faces", owner="o", note="", now=BEGIN, cadence=cadence)
        await live(heart)
        assert_nothing_at_night(diary)
        assert_digests_in_time(diary)
        await assert_all_told_once(heart, diary)
        assert_long_night(diary)
        recaps = [text for _, _, text in diary.aloud(POLICY) if text.startswith("Last week")]
        assert len(recaps) == DAYS // 7 - 1
        assert not any(text.startswith("Last week") for _, _, text in [*diary.aloud(DESK), *diary.aloud(BOARD)])


def assert_nothing_at_night(diary: Diary) -> None:
    for where in (DESK, POLICY):
        quiet = LIVES[where].quiet
        assert quiet is not None
        for local, _, text in diary.aloud(where):
            night = local.time() >= quiet.start or local.time() < quiet.end
            assert not night or "Cancelled" in text, (local, text)
    assert any(local.time() == time(7) for local, _, _ in diary.aloud(DESK))


def assert_digests_in_time(diary: Diary) -> None:
    """By the clock of each zone, before and after it changed; late is only what an outage or an absence delayed."""
    late = {(OUTAGE[1]).date(), OFF[1].date()}
    daily = [local for local, _, text in diary.aloud(POLICY) if text.startswith("Daily digest")]
    in_time = [local for local in daily if local.astimezone(UTC).date() not in late and local.date() not in late]
    assert {local.strftime("%H:%M") for local in in_time} == {"08:30"}
    assert len(in_time) == len({local.date() for local in in_time}) >= DAYS - 7
    assert len(daily) == len(in_time) + 4
    weekly = [local for local, _, text in diary.aloud(BOARD) if text.startswith("Weekly digest")]
    assert [local.strftime("%a %H:%M") for local in weekly if local.date() != OFF[1].date()] == ["Mon 09:15"] * 4
    assert [local.date() for local in weekly].count(OFF[1].date()) == 1


async def assert_all_told_once(heart: Heart, diary: Diary) -> None:
    """Every tale once in every conversation, and the ledger holds nothing that was not posted."""
    first = int((OFF[1] - BEGIN) / timedelta(hours=7))
    for where in LIVES:
        told = Counter(name for _, _, text in diary.aloud(where) for name in titles(text))
        assert set(told.values()) == {1}, (where, told.most_common(3))
        names = {f"T{n:03}" for n in range(1, first)} | {f"T{500 + n}" for n in range(9)}
        assert names - set(told) == set(), where
    for number in range(1, first):
        [known] = await heart.store.entries.by_link(f"https://example.org/tale{number}")
        for where in LIVES:
            decided = await heart.store.outbox.alerts_for(known.id, where)
            assert [posted is not None for alert, posted in decided if alert.outcome is not Outcome.SILENT] == [True]


def titles(text: str) -> Sequence[str]:
    return [
        word for word in text.replace("\n", " ").split() if len(word) == 4 and word[0] == "T" and word[1:].isdigit()
    ]


def assert_long_night(diary: Diary) -> None:
    """The burst of the long night comes as one digest at seven, the cancellation at once under its card."""
    night = [row for row in diary.aloud(DESK) if row[0].date() == date(2026, 10, 25)]
    assert (night[0][0].hour, night[0][1]) in [(2, "reply"), (3, "reply")]
    assert (night[1][0].strftime("%H:%M"), night[1][1]) == ("07:00", "post")
    assert "Cancelled" in night[0][2]
    assert all(f"T{500 + number}" in night[1][2] for number in range(9))
