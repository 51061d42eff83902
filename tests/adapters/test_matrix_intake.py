"""What events say to the bot, and that no event can say more than it may."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.matrix.errors import LoggedOut, Unrelated, refusal
from adapters.matrix.intake import after_own_join, creators, farewell, membership, reaction, typed
from adapters.matrix.journal import plain_emoji
from adapters.matrix.settings import Allowed, MatrixSettings
from bot.domain.errors import ChatDown, ChatError, RateLimited, Undeliverable

ME = "@rapporteur:example.org"
NAMES = ("Rapporteur", "rapporteur")
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from([ME, "m.thread", "m.replace", "m.text"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["body", "msgtype", "m.relates_to", "rel_type", "event_id", "key", "membership", "room_version", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


def message(body: str, **content: Any) -> dict[str, Any]:
    return {"type": "m.room.message", "content": {"msgtype": "m.text", "body": body, **content}}


def text(raw: dict[str, Any], *, alone: bool = False) -> str | None:
    line = typed(raw, me=ME, names=NAMES, alone=alone)
    return None if line is None else line.text


@pytest.mark.parametrize(
    "body",
    [
        "!watch face",
        "  ! watch face",
        "Rapporteur: watch face",
        "rapporteur, watch face",
        "@Rapporteur watch face",
        "@rapporteur:example.org: watch face",
        "Rapporteur !watch face",
        "> <@anna:example.org> what?\n> really\n\n!watch face",
    ],
)
def test_a_mark_or_the_bots_name_makes_a_command(body: str) -> None:
    assert text(message(body)) == "watch face"


@pytest.mark.parametrize(
    "body", ["watch face", "!", "! ", "!!!", "Rapporteurs met in Geneva", "I asked Rapporteur", "", "> <@a:b> !x"]
)
def test_what_is_not_said_to_the_bot_is_left_alone(body: str) -> None:
    assert text(message(body)) is None


def test_alone_with_the_bot_everything_outside_threads_is_a_command() -> None:
    in_thread = message("thanks", **{"m.relates_to": {"rel_type": "m.thread", "event_id": "$root"}})
    assert text(message("watch face"), alone=True) == "watch face"
    assert text(in_thread, alone=True) is None


def test_a_command_in_a_thread_names_its_root() -> None:
    relation = {"rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": {"event_id": "$other"}}
    line = typed(message("!why", **{"m.relates_to": relation}), me=ME, names=NAMES, alone=False)
    assert line is not None
    assert line.thread == "$root"


@pytest.mark.parametrize(
    "raw",
    [
        message("!help", msgtype="m.notice"),
        message("* !help", **{"m.relates_to": {"rel_type": "m.replace", "event_id": "$x"}}),
        {"type": "m.room.message", "content": {}},
        {"type": "m.sticker", "content": {"msgtype": "m.text", "body": "!help"}},
    ],
)
def test_notices_edits_and_other_events_are_no_commands(raw: dict[str, Any]) -> None:
    assert text(raw, alone=True) is None


@given(JSON, st.sampled_from(["m.room.message", "m.reaction", "m.room.member", "m.room.create"]))
@settings(deadline=None)
def test_no_content_breaks_the_reading(content: Any, kind: str) -> None:
    raw = {"type": kind, "content": content, "sender": ME, "state_key": ME, "unsigned": content}
    typed(raw, me=ME, names=NAMES, alone=True)
    reaction(raw)
    creators(raw)
    after_own_join([raw, raw], ME)
    assert isinstance(farewell(raw, ME), str)


def test_creators_have_power_without_end_from_room_version_twelve_on() -> None:
    content = {"room_version": "12", "additional_creators": ["@berta:example.org", 7]}
    assert creators({"sender": "@anna:example.org", "content": content}) == {"@anna:example.org", "@berta:example.org"}
    assert creators({"sender": "@anna:example.org", "content": {"room_version": "11"}}) == frozenset()


def test_what_was_said_before_the_bots_newest_join_was_not_said_to_it() -> None:
    def member(state: str, before: str = "") -> dict[str, Any]:
        unsigned = {"prev_content": {"membership": before}} if before else {}
        return {"type": "m.room.member", "state_key": ME, "content": {"membership": state}, "unsigned": unsigned}

    assert after_own_join([message("!a"), member("invite"), member("join", "invite"), message("!b")], ME) == 3
    assert after_own_join([message("!a"), member("join", "join"), message("!b")], ME) == 0
    assert membership(member("ban"), ME) == "ban"


def test_an_emoji_is_the_same_in_every_skin() -> None:
    assert plain_emoji("👍🏽") == plain_emoji("👍") == plain_emoji("👍\ufe0f")
    assert plain_emoji("👍") != plain_emoji("👎")


@pytest.mark.parametrize(
    ("user", "speaks"), [("@anna:example.org", True), ("@anna:evil.org", False), ("@anna:example.org.evil.org", False)]
)
def test_who_may_speak_is_matched_whole(tmp_path: Any, user: str, *, speaks: bool) -> None:
    bare = MatrixSettings(homeserver="https://hs", user_id=ME, store=tmp_path)
    named = MatrixSettings(homeserver="https://hs", user_id=ME, store=tmp_path, allow=("@*:example.org",))
    assert Allowed(bare).may_speak(user) is Allowed(named).may_speak(user) is speaks
    assert not Allowed(bare).moderates(user)


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 4762}, RateLimited),
        (429, {}, RateLimited),
        (401, {"errcode": "M_UNKNOWN_TOKEN"}, LoggedOut),
        (403, {"errcode": "M_FORBIDDEN", "error": "kicked"}, Undeliverable),
        (400, {"errcode": "M_UNKNOWN", "error": "Can't send relation to unknown event"}, Unrelated),
        (413, {"errcode": "M_TOO_LARGE"}, Undeliverable),
        (413, {}, Undeliverable),
        (502, {}, ChatDown),
        (200, {}, ChatDown),
        (0, {}, ChatDown),
    ],
)
def test_a_refusal_is_what_the_bot_does_next(status: int, answer: dict[str, Any], kind: type[ChatError]) -> None:
    assert type(refusal(status, answer)) is kind


def test_a_limit_is_read_from_the_body_then_from_the_header() -> None:
    told: list[tuple[dict[str, Any], str, float]] = [
        ({"retry_after_ms": 4762}, "9", 4.762),
        ({}, "9", 9),
        ({}, "soon", 5),
        ({}, "9" * 30, 5),
    ]
    for answer, after, seconds in [*told, ({"retry_after_ms": 1e300}, "", 3600)]:
        error = refusal(429, answer, after=after)
        assert isinstance(error, RateLimited)
        assert error.retry_after.total_seconds() == seconds
