"""The outbox against a model of it: whatever happens in whatever order, each lane keeps its own."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.domain.alerts import DeliveryKey
from bot.domain.chat import Conversation, Receipt
from storage import open_store
from tests.storage.conftest import NOW, a_delivery

LEASE = timedelta(seconds=30)
rooms = st.sampled_from([Conversation("console", name) for name in "abc"])
owners = st.sampled_from(["x", "y"])
seconds = st.integers(0, 40).map(lambda n: timedelta(seconds=n))


@dataclass(slots=True)
class Row:
    key: str
    due: datetime
    owner: str = ""
    until: datetime = NOW - timedelta(days=1)


class Lanes(RuleBasedStateMachine):
    """Time goes on; deliveries are added, claimed, posted, put back and given up."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = TemporaryDirectory()
        self.opened = AsyncExitStack()
        address = f"sqlite:///{Path(self.folder.name) / 'store.db'}"
        self.store = self.runner.run(self.opened.enter_async_context(open_store(address)))
        self.now = NOW
        self.count = 0
        self.lanes: dict[Conversation, list[Row]] = {}
        self.parked: set[Conversation] = set()

    def teardown(self) -> None:
        self.runner.run(self.opened.aclose())
        self.runner.close()
        self.folder.cleanup()

    @rule(passed=seconds)
    def time_passes(self, passed: timedelta) -> None:
        self.now += passed

    @rule(room=rooms, wait=seconds)
    def one_is_enqueued(self, room: Conversation, wait: timedelta) -> None:
        self.count += 1
        # Keys say nothing of the order.
        key = f"{self.count * 7919 % 1000:03}-{self.count}"
        self.lanes.setdefault(room, []).append(Row(key, self.now + wait))
        delivery = a_delivery(key, where=room, due=self.now + wait)
        self.runner.run(self.store.outbox.enqueue([delivery]))

    @rule(room=rooms, closed=st.booleans())
    def a_conversation_is_parked_or_released(self, room: Conversation, *, closed: bool) -> None:
        (self.parked.add if closed else self.parked.discard)(room)
        self.runner.run(self.store.outbox.park(room, "closed" if closed else None))

    @rule(owner=owners, busy=st.lists(rooms, max_size=2), limit=st.integers(1, 3))
    def some_are_claimed(self, owner: str, busy: list[Conversation], limit: int) -> None:
        heads = [(room, lane[0]) for room, lane in self.lanes.items() if lane and room not in {*busy, *self.parked}]
        ready = [row for _, row in heads if row.due <= self.now and row.until <= self.now]
        ready.sort(key=lambda row: int(row.key.split("-")[1]))
        parcels = self.runner.run(
            self.store.outbox.claim(now=self.now, owner=owner, lease=LEASE, busy=busy, limit=limit)
        )
        assert [parcel.delivery.key for parcel in parcels] == [row.key for row in ready[:limit]]
        for row in ready[:limit]:
            row.owner, row.until = owner, self.now + LEASE

    @rule(room=rooms, owner=owners, end=st.sampled_from(["sent", "again", "gave up"]), wait=seconds)
    def the_head_of_a_lane_is_done_with(self, room: Conversation, owner: str, end: str, wait: timedelta) -> None:
        lane = self.lanes.get(room)
        if not lane or not lane[0].owner:
            return
        key, mine = DeliveryKey(lane[0].key), lane[0].owner == owner
        outbox = self.store.outbox
        if end == "sent":
            self.runner.run(outbox.sent(key, Receipt("r"), owner=owner, now=self.now))
            lane.pop(0)
        elif end == "gave up":
            self.runner.run(outbox.gave_up(key, owner=owner, why="no", now=self.now))
            del lane[: int(mine)]
        else:
            at = self.now + wait
            self.runner.run(outbox.again(key, owner=owner, at=at, attempts=1, why="down"))
            if mine:
                lane[0] = Row(lane[0].key, at)

    @invariant()
    def what_waits_is_what_the_model_says(self) -> None:
        assert self.runner.run(self.store.outbox.backlog()).waiting == sum(map(len, self.lanes.values()))
        heads = [lane[0] for room, lane in self.lanes.items() if lane and room not in self.parked]
        due = min((max(row.due, row.until, self.now) for row in heads), default=None)
        assert self.runner.run(self.store.outbox.next_due(now=self.now)) == due


TestLanes = Lanes.TestCase
TestLanes.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
