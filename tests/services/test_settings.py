"""`settings`, and who may change what stands in a conversation."""

from dataclasses import replace
from datetime import time

import pytest

from bot.domain.cadence import Cadence
from bot.domain.chat import Command, Conversation
from bot.domain.document import Document
from bot.domain.preferences import Echo, Preferences
from bot.domain.quiet import QuietHours
from bot.services.commands.answering import answer
from tests.services.room import ELSEWHERE, HERE, Room, alerted


async def typed(
    room: Room, text: str, *, user: str = "ana", moderator: bool | None = None, where: Conversation = ELSEWHERE
) -> Document:
    command = Command(conversation=where, user=user, text=text, moderator=moderator, id=f"{user} {text}")
    return await answer(command, room.context)


async def kept(room: Room, where: Conversation = HERE) -> Preferences:
    found = await room.store.preferences.of(where)
    assert found is not None
    return found


async def test_settings_shows_all_there_is(room: Room) -> None:
    said = await room.says("settings")
    assert "Zone: Europe/Zurich (now 13:00)" in said
    assert "Quiet hours: none" in said
    assert "Hour of digests: 09:00" in said
    assert "Said in the channel too: moved, cancelled, stage, deadline" in said
    assert "Language of summaries: as the source wrote it" in said
    assert "Who may change this and the watches: everyone" in said
    assert await room.store.preferences.of(HERE) is None


async def test_every_setting_can_be_changed_and_is_kept(room: Room) -> None:
    for line in (
        "settings zone america/new york",
        "settings quiet 22:00-07:00",
        "settings digest 08:30",
        "settings echo moved, Cancelled",
        "settings language FR",
        "settings recap off",
    ):
        await room.says(line)
    assert await kept(room) == Preferences(
        zone="America/New_York",
        quiet=QuietHours(time(22), time(7)),
        digest_at=time(8, 30),
        echo=frozenset({Echo.MOVED, Echo.CANCELLED}),
        language="fr",
        recap=False,
    )
    await room.says("settings quiet off")
    await room.says("settings echo none")
    await room.says("settings language none")
    wanted = await kept(room)
    assert (wanted.quiet, wanted.echo, wanted.language) == (None, frozenset(), "")


async def test_a_city_alone_names_its_zone(room: Room) -> None:
    assert "Zone: Asia/Tokyo" in await room.says("settings zone tokyo")


async def test_settings_says_that_it_is_quiet_now(room: Room) -> None:
    said = await room.says("settings quiet 12:00-14:00")
    assert "12:00-14:00, but for what is cancelled or due within 72 hours; it is quiet now, until 14:00" in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("settings zone Europe/Zurch", "Try: settings zone Europe/Zurich"),
        ("settings zone Mars", "I know no time zone “Mars”"),
        ("settings quiet at night", "is not from one time of day to another"),
        ("settings quiet 7-7", "Try: settings quiet 22:00-07:00"),
        ("settings digest noonish", "“noonish” is not a time of day"),
        ("settings echo shouted", "choose among moved, cancelled, stage, deadline, news, or none"),
        ("settings language français", "is no language tag"),
        ("settings language d", "is no language tag"),
        ("settings recap maybe", "Say on or off"),
        ("settings changes ana", "name people with @"),
        ("settings changes moderators", "does not tell me who moderates"),
        ("settings changes @ben", "You could not change it back"),
        ("settings zones UTC", "Did you mean zone?"),
        ("settings colour blue", "There are zone, quiet, digest"),
        ("settings zone " + "x" * 5000, "I know no time zone"),
        ("settings changes " + " ".join(f"@u{n}" for n in range(60)), "more than 50 people"),
    ],
)
async def test_what_cannot_be_set_is_answered_with_a_line_that_works(room: Room, line: str, said: str) -> None:
    answered = await room.says(line)
    assert said in answered
    assert "Try: settings" in answered
    assert await room.store.preferences.of(HERE) is None


async def test_a_setting_without_value_is_shown(room: Room) -> None:
    said = await room.says("settings zone")
    assert "Zone: Europe/Zurich" in said
    assert "settings zone Europe/Zurich" in said
    assert "Quiet hours" not in said


async def test_digests_follow_the_hour_of_digests_but_for_those_with_an_hour_of_their_own(room: Room) -> None:
    await room.says("watch faces --daily --yes")
    await room.says("watch lamps --weekly friday 17:00 --yes")
    assert "1 watch follows" in await room.says("settings digest 07:15")
    await room.says("watch doors --daily --yes")
    _, watches = await room.store.watches.all()
    assert [watch.cadence for watch in watches] == [
        Cadence(weekday=None, hour=7, minute=15),
        Cadence(weekday=4, hour=17),
        Cadence(weekday=None, hour=7, minute=15),
    ]


async def test_defaults_never_change_under_people(room: Room) -> None:
    await room.says("watch faces --yes")
    room.context = replace(room.context, defaults=Preferences(zone="Asia/Tokyo", echo=frozenset()))
    assert "Zone: Europe/Zurich" in await room.says("settings")
    assert "Zone: Asia/Tokyo" in await room.says("settings", ELSEWHERE)


async def test_only_those_who_may_change_things(room: Room) -> None:
    await typed(room, "watch faces --yes")
    said = (await typed(room, "settings changes @ana, @ben")).plain
    assert "Who may change this and the watches: @ana, @ben" in said
    for line in (
        "watch lamps --yes",
        "save",
        "unwatch 1",
        "edit 1 lamps",
        "note 1 mine",
        "mute here for 2h",
        "unmute here",
        "vocabulary add lamp lamppost",
        "vocabulary remove lamp",
        "source add example.org",
        "source remove 1",
        "source pause 1",
        "source resume 1",
        "settings zone UTC",
        "settings changes everyone",
    ):
        refused = (await typed(room, line, user="eve")).plain
        assert refused.startswith("Only @ana, @ben may change what stands here."), line
    _, watches = await room.store.watches.all()
    assert [(watch.query, watch.muted_until) for watch in watches] == [("faces", None)]
    assert (await typed(room, "mute here for 2h", user="Ben")).plain.startswith("Watch 1")


async def test_everybody_may_look_and_judge(room: Room) -> None:
    await typed(room, "settings changes @ana")
    for line in ("watches", "watch lamps", "meetings next month", "sources", "settings", "status", "help", "useful"):
        assert "may change what stands here" not in (await typed(room, line, user="eve")).plain


async def test_moderators_may_always_and_those_who_do_not_say_may_not(room: Room) -> None:
    await typed(room, "settings changes moderators", moderator=True)
    for moderator in (False, None):
        said = (await typed(room, "watch faces --yes", moderator=moderator)).plain
        assert said.startswith("Only moderators may change")
    assert "faces" in (await typed(room, "watch faces --yes", user="zoe", moderator=True)).plain


async def test_who_is_no_moderator_cannot_give_all_power_to_moderators(room: Room) -> None:
    said = (await typed(room, "settings changes moderators", moderator=False)).plain
    assert said.startswith("You could not change it back")


async def test_the_answer_to_a_change_names_who_made_it_and_is_seen_by_all(room: Room) -> None:
    changed = await typed(room, "settings quiet 22-7")
    assert changed.plain.endswith("By ana.")
    assert changed.audience is not None
    assert not changed.audience
    looked = await typed(room, "settings")
    assert "By ana" not in looked.plain
    assert looked.audience is None
    assert "By anna" not in await room.says("settings quiet off")


async def test_moments_are_shown_in_the_zone_of_the_person_or_of_the_conversation(room: Room) -> None:
    await room.says("settings zone Asia/Tokyo")
    assert (await room.ask("status")).zone == "Asia/Tokyo"
    assert (await room.ask("status", zone="Europe/Paris")).zone == "Europe/Paris"


async def test_why_says_until_when_quiet_hours_hold_something(room: Room) -> None:
    await alerted(room, posted=False)
    assert "still waiting to be posted" in await room.says("why")
    await room.says("settings quiet 12:00-14:00")
    assert "Held by quiet hours until 14:00: new, and a watch matches it." in await room.says("why")
