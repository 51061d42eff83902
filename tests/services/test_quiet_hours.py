"""What happens while a conversation is quiet, and when that ends."""

from datetime import UTC, date, datetime, time, timedelta

from bot.domain.alerts import Delivery, DeliveryKey, Verb
from bot.domain.chat import Command
from bot.domain.document import says
from bot.domain.entries import Entry, Kind
from bot.domain.errors import ChatDown
from bot.domain.preferences import Preferences
from bot.domain.quiet import QuietHours
from tests.services.heart import ROOM, Heart, news

EVENING = datetime(2026, 6, 1, 20, tzinfo=UTC)
"""Ten in the evening in Zurich: quiet hours begin."""
MORNING = datetime(2026, 6, 2, 5, tzinfo=UTC)
NIGHT = QuietHours(time(22), time(7))
SLEEPER = Preferences(zone="Europe/Zurich", quiet=NIGHT)


def meeting(key: str, first: date, **fields: object) -> Entry:
    return Entry(key=key, kind=Kind.MEETING, title=f"Faces {key}", starts=first, all_day=True, **fields)  # type: ignore[arg-type]


async def asleep(heart: Heart) -> None:
    """Let a conversation watch faces and sleep at night; it is evening, and the source's baseline is behind it."""
    await heart.store.preferences.keep(ROOM, SLEEPER)
    await heart.watch("faces")
    await heart.poll(news("zero", "Something else"))
    await heart.clock.advance_to(EVENING - timedelta(minutes=30))


async def told_at(heart: Heart, when: datetime) -> list[str]:
    """Return what is posted until then, and forget it."""
    await heart.wait_until(when)
    said = [text for _, _, text in heart.chat.posts]
    heart.chat.posts.clear()
    return said


async def test_a_card_waits_until_quiet_hours_end(heart: Heart) -> None:
    await asleep(heart)
    await heart.poll(news("one", "Faces one"))
    assert not heart.chat.posts
    assert await told_at(heart, MORNING - timedelta(seconds=1)) == []
    [said] = await told_at(heart, MORNING)
    assert "Faces one" in said


async def test_a_few_cards_come_as_cards_with_their_replies_in_order(heart: Heart) -> None:
    await asleep(heart)
    await heart.poll(news("one", "Faces one"))
    await heart.poll(news("one", "Faces one"), news("two", "Faces two, a different tale of faces"))
    assert not heart.chat.posts
    said = await told_at(heart, MORNING)
    assert ["Faces one" in said[0], "Faces two" in said[1], len(said)] == [True, True, 2]


async def test_more_cards_than_a_burst_become_one_digest(heart: Heart) -> None:
    await asleep(heart)
    shown: list[Entry] = []
    for number in range(7):
        shown.append(meeting(f"T25-SG{number}", date(2026, 9, number + 1), group=f"SG{number}"))
        await heart.poll(*shown, after=timedelta(hours=1))
    assert not heart.chat.posts
    said = await told_at(heart, MORNING + timedelta(hours=2))
    assert len(said) == 1, said
    assert all(f"Faces T25-SG{number}" in said[0] for number in range(7))
    await heart.poll(*shown[:-1], meeting("T25-SG6", date(2026, 10, 1), group="SG6"))
    assert [verb for verb, _, _ in heart.chat.posts] == ["reply"]


async def test_a_card_that_was_tried_before_the_night_is_in_no_digest(heart: Heart) -> None:
    """It may stand, and its answer be lost: only its own key keeps it from being told twice."""
    await asleep(heart)
    await heart.clock.advance_to(EVENING - timedelta(hours=1))
    heart.chat.failures = [ChatDown("down")] * 8
    shown: list[Entry] = [meeting("T25-SG99", date(2026, 9, 30), group="SG99")]
    await heart.poll(*shown, after=timedelta())
    heart.chat.failures.clear()
    await heart.clock.advance_to(EVENING + timedelta(minutes=1))
    for number in range(7):
        shown.append(meeting(f"T25-SG{number}", date(2026, 9, number + 1), group=f"SG{number}"))
        await heart.poll(*shown, after=timedelta(hours=1))
    assert not heart.chat.posts
    card, digest = await told_at(heart, MORNING + timedelta(hours=2))
    assert "Faces T25-SG99" in card
    assert "SG99" not in digest
    assert all(f"Faces T25-SG{number}" in digest for number in range(7))


async def test_what_is_cancelled_is_told_at_night_under_its_card(heart: Heart) -> None:
    heart.source.complete = True
    await heart.store.preferences.keep(ROOM, SLEEPER)
    await heart.watch("faces")
    await heart.poll(news("zero", "Something else"))
    await heart.poll(meeting("one", date(2026, 9, 1)))
    assert [verb for verb, _, _ in heart.chat.posts] == ["post"]
    await heart.poll(meeting("one", date(2026, 9, 1)), news("late", "Faces late"), after=timedelta(hours=8))
    await heart.poll(meeting("one", date(2026, 9, 1), status="cancelled"), news("late", "Faces late"))
    verb, root, text = heart.chat.posts[1]
    assert (verb, root) == ("reply", "m0")
    assert "Cancelled" in text
    assert not any("Faces late" in text for _, _, text in heart.chat.posts)
    assert any("Faces late" in text for text in await told_at(heart, MORNING))


async def test_a_card_that_waits_comes_along_with_its_cancellation(heart: Heart) -> None:
    await asleep(heart)
    await heart.poll(meeting("one", date(2026, 9, 1)), news("late", "Faces late"))
    assert not heart.chat.posts
    await heart.poll(meeting("one", date(2026, 9, 1), status="cancelled"), news("late", "Faces late"))
    verbs = [(verb, "one" in text) for verb, _, text in heart.chat.posts]
    assert verbs[:2] == [("post", True), ("reply", False)]
    assert not any("Faces late" in text for _, _, text in heart.chat.posts)
    assert ["Faces late" in text for text in await told_at(heart, MORNING)].count(True) == 1


async def test_a_deadline_that_is_near_is_told_at_night(heart: Heart) -> None:
    await asleep(heart)
    soon = meeting("soon", date(2026, 6, 15), facts={"contribution_deadline": "2026-06-03"})
    far = meeting("far", date(2026, 9, 15), facts={"contribution_deadline": "2026-09-03"})
    await heart.poll(far, soon)
    [(_, _, text)] = heart.chat.posts
    assert "Faces soon" in text


async def test_answers_are_never_held(heart: Heart) -> None:
    await asleep(heart)
    await heart.poll(news("one", "Faces one"))
    now = heart.clock.now()
    command = Command(conversation=ROOM, user="ana", text="why", id="1")
    answer = Delivery(
        key=DeliveryKey("answer-1"), conversation=ROOM, verb=Verb.ANSWER, due=now, document=says("Because.")
    )
    await heart.store.inbox.take([command], now=now)
    await heart.store.inbox.answered(command, answer, now=now)
    await heart.deliverer.drain()
    assert [text for _, _, text in heart.chat.posts] == ["Because."]


async def test_what_an_outage_delayed_into_the_night_waits_too(heart: Heart) -> None:
    await asleep(heart)
    await heart.clock.advance_to(EVENING - timedelta(hours=1))
    heart.chat.failures = [ChatDown("down")] * 8
    await heart.poll(news("one", "Faces one"), after=timedelta())
    assert not heart.chat.posts
    heart.chat.failures.clear()
    assert await told_at(heart, EVENING + timedelta(hours=2)) == []
    [said] = await told_at(heart, MORNING)
    assert "Faces one" in said


async def test_ending_quiet_hours_lets_out_what_they_hold(heart: Heart) -> None:
    await asleep(heart)
    await heart.poll(news("one", "Faces one"))
    assert not heart.chat.posts
    await heart.store.preferences.keep(ROOM, Preferences(zone="Europe/Zurich"))
    await heart.store.outbox.wake(ROOM, now=heart.clock.now())
    await heart.deliverer.drain()
    assert len(heart.chat.posts) == 1


async def test_what_was_held_is_recorded(heart: Heart) -> None:
    await asleep(heart)
    await heart.poll(news("one", "Faces one"))
    await told_at(heart, MORNING)
    [known] = await heart.store.entries.by_link("https://example.org/one")
    [(alert, posted)] = await heart.store.outbox.alerts_for(known.id, ROOM)
    assert (alert.held, posted) == (MORNING, MORNING)


async def test_a_conversation_that_decided_nothing_has_the_hours_of_the_configuration(heart: Heart) -> None:
    heart.deliverer.defaults = SLEEPER
    await heart.watch("faces")
    await heart.poll(news("zero", "Something else"))
    await heart.clock.advance_to(EVENING)
    await heart.poll(news("one", "Faces one"))
    assert not heart.chat.posts
    assert len(await told_at(heart, MORNING)) == 1


async def test_a_digest_whose_hour_is_quiet_comes_when_quiet_ends(heart: Heart) -> None:
    await heart.store.preferences.keep(ROOM, SLEEPER)
    await heart.watch("faces", "daily 23:00")
    await heart.poll(news("zero", "Something else"))
    await heart.poll(news("one", "Faces one"))
    assert await told_at(heart, EVENING + timedelta(hours=1)) == []
    [said] = await told_at(heart, MORNING)
    assert said.startswith("Daily digest")


async def test_a_bot_that_was_down_all_night_tells_in_the_morning(heart: Heart) -> None:
    await asleep(heart)
    await heart.poll(news("one", "Faces one"))
    await heart.store.take_over()
    assert len(await told_at(heart, MORNING + timedelta(days=3))) == 1


async def test_replies_are_said_in_the_channel_as_the_conversation_likes(heart: Heart) -> None:
    heart.source.complete = True
    await heart.watch("faces")
    await heart.poll(news("zero", "Something else"))
    await heart.poll(meeting("one", date(2026, 9, 1)))
    await heart.poll(meeting("one", date(2026, 9, 8)))
    assert heart.chat.aloud == [True]
    await heart.store.preferences.keep(ROOM, Preferences(echo=frozenset()))
    await heart.poll(meeting("one", date(2026, 9, 15)))
    assert heart.chat.aloud == [True, False]


async def test_messages_carry_the_zone_of_their_conversation(heart: Heart) -> None:
    await heart.store.preferences.keep(ROOM, Preferences(zone="Asia/Tokyo"))
    await heart.watch("faces")
    await heart.poll(news("zero", "Something else"))
    await heart.poll(news("one", "Faces one"))
    assert heart.chat.zones == ["Asia/Tokyo"]
