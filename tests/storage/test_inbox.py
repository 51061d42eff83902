"""What people typed, from its arrival until it is answered."""

import string
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alerts import Delivery, DeliveryKey, Verb
from bot.domain.chat import Command, Conversation, Receipt
from bot.domain.document import (
    Action,
    Attachment,
    Block,
    Bullets,
    Document,
    Facts,
    Heading,
    Link,
    Moment,
    Paragraph,
    Quote,
    Style,
    Text,
    Verbatim,
    says,
)
from bot.domain.storing.store import Store
from storage.messages import delivery_row, to_delivery
from storage.rows import dumped, loaded
from tests.storage.conftest import HALL, LEASE, NOW, ROOM, a_delivery

words = st.text(max_size=12)
spans = (
    st.builds(Text, words, st.sampled_from(Style))
    | st.builds(Link, words, words)
    | st.builds(Moment, st.dates() | st.datetimes(timezones=st.just(UTC)))
)
line = st.lists(spans, max_size=3).map(tuple)
kinds: list[Callable[..., Block]] = [Heading, Paragraph, Quote]
blocks = st.one_of(
    *(st.builds(kind, line) for kind in kinds),
    st.builds(Facts, st.lists(st.tuples(words, line), max_size=2).map(tuple)),
    st.builds(Bullets, st.lists(line, max_size=2).map(tuple), st.booleans(), st.integers(1, 99)),
    st.builds(Verbatim, words),
)
documents = st.builds(
    Document,
    st.lists(blocks, max_size=4).map(tuple),
    actions=st.lists(st.builds(Action, words, words, words), max_size=2).map(tuple),
    files=st.lists(st.builds(Attachment, words, words, st.binary(max_size=20), words), max_size=2).map(tuple),
    audience=st.none() | words,
    echo=st.booleans(),
)


@given(documents, st.none() | st.text(string.printable).map(Receipt))
def test_a_message_is_read_as_it_was_written(what: Document, thread: Receipt | None) -> None:
    answer = Delivery(key=DeliveryKey("k"), conversation=ROOM, verb=Verb.ANSWER, due=NOW, document=what, thread=thread)
    assert to_delivery(delivery_row(answer)) == answer
    assert to_delivery(tuple(loaded(dumped(list(delivery_row(answer)))))) == answer


def typed(text: str, number: int, where: Conversation = ROOM) -> Command:
    return Command(
        conversation=where,
        user="@ana:example.org",
        text=text,
        id=f"${number}",
        thread=Receipt("$root"),
        zone="Africa/Nairobi",
        moderator=True,
    )


def reply(command: Command) -> Delivery:
    return Delivery(
        key=DeliveryKey(f"answer-{command.id}"),
        conversation=command.conversation,
        verb=Verb.ANSWER,
        due=NOW,
        document=says("done"),
        thread=command.thread,
    )


async def test_a_line_is_kept_once_and_waits_until_it_is_answered(store: Store) -> None:
    first, second = typed("watch \0 人脸识别", 1), typed("watches", 2, HALL)
    assert await store.inbox.take([first, second], now=NOW) == 2
    assert await store.inbox.take([first], now=NOW) == 0
    assert await store.inbox.waiting(9) == [first, second]
    assert await store.inbox.waiting(9, busy=[ROOM]) == [second]
    await store.inbox.answered(first, reply(first), now=NOW)
    assert await store.inbox.waiting(9) == [second]
    assert await store.inbox.take([first], now=NOW) == 0


async def test_answers_come_before_alerts_in_the_order_of_typing_and_once(store: Store) -> None:
    await store.outbox.enqueue([a_delivery("alert")])
    for number in (1, 2):
        command = typed("status", number)
        await store.inbox.take([command], now=NOW)
        await store.inbox.answered(command, reply(command), now=NOW)
        await store.inbox.answered(command, reply(command), now=NOW)
    said = []
    for _ in range(4):
        for parcel in await store.outbox.claim(now=NOW, owner="me", lease=LEASE, busy=[], limit=9):
            said.append(parcel.delivery.key)
            await store.outbox.sent(parcel.delivery.key, Receipt("r"), owner="me", now=NOW)
    assert said == ["answer-$1", "answer-$2", "alert"]


async def test_what_stands_in_a_room_follows_it_to_its_new_id(store: Store) -> None:
    new = Conversation("matrix", "!new:example.org")
    for where in (ROOM, new):
        await store.watches.add(where, "dahua", owner="a", note="", now=NOW)
    await store.watches.add(ROOM, "zte", owner="a", note="", now=NOW)
    await store.outbox.enqueue([a_delivery("waiting")])
    await store.outbox.park(ROOM, "closed")
    revision, _ = await store.watches.all()
    await store.inbox.moved(ROOM, new)
    after, watches = await store.watches.all()
    assert after > revision
    assert sorted((str(watch.conversation), watch.query) for watch in watches) == [
        (str(new), "dahua"),
        (str(new), "zte"),
    ]
    [parcel] = await store.outbox.claim(now=NOW, owner="me", lease=LEASE, busy=[], limit=9)
    assert parcel.delivery.conversation == new


async def test_lines_answered_long_ago_are_forgotten(store: Store) -> None:
    command = typed("status", 1)
    await store.inbox.take([command], now=NOW)
    await store.inbox.answered(command, reply(command), now=NOW)
    assert await store.prune(NOW) == 0
    assert await store.prune(NOW + timedelta(days=1)) == 1
    assert await store.inbox.take([command], now=NOW) == 1


def test_days_and_instants_stay_apart() -> None:
    what = says(Moment(date(2026, 3, 1)), Moment(datetime(2026, 3, 1, tzinfo=UTC)))
    answer = Delivery(key=DeliveryKey("k"), conversation=ROOM, verb=Verb.ANSWER, due=NOW, document=what)
    assert to_delivery(delivery_row(answer)).document == what
