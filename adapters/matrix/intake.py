"""What a Matrix event says to the bot: pure, and suspicious of everything in it."""

import re
from collections.abc import Mapping
from typing import Any

from bot.domain.values import by_value

_MARKED = re.compile(r"\s*!\s?(?=\w)")
_AFTER_NAME = re.compile(r"\s*[:,]\s*|\s+|$")
_QUOTED = re.compile(r"(?:> [^\n]*\n)+\n?")
MODERATOR = 50
"""Power from which people may remove others' messages by default (spec 1.18, m.room.power_levels)."""
CREATORS_RULE = 12
"""Room version from which creators have infinite power and stand in no list (MSC4289)."""


@by_value
class Line:
    """What somebody typed at the bot.

    Attributes:
        thread: event that the thread began with, if it was typed in one.

    """

    text: str
    thread: str | None


def typed(raw: Mapping[str, Any], *, me: str, names: tuple[str, ...], alone: bool) -> Line | None:
    """Return the command in a message; `alone` with the person, everything outside threads is one."""
    content = raw.get("content")
    if raw.get("type") != "m.room.message" or not isinstance(content, Mapping) or content.get("msgtype") != "m.text":
        return None
    relation = content.get("m.relates_to")
    relation = relation if isinstance(relation, Mapping) else {}
    body = content.get("body")
    if not isinstance(body, str) or relation.get("rel_type") == "m.replace":
        return None
    thread = _thread(relation)
    text = _QUOTED.sub("", body, count=1) if body.startswith("> ") else body
    marked = _MARKED.match(text)
    if marked is not None:
        return Line(text=text[marked.end() :].strip(), thread=thread)
    called = _after_name(text, (me, *names))
    if called is not None:
        return Line(text=called, thread=thread)
    return Line(text=text.strip(), thread=None) if alone and thread is None and text.strip() else None


def _thread(relation: Mapping[str, Any]) -> str | None:
    root = relation.get("event_id")
    return root if relation.get("rel_type") == "m.thread" and isinstance(root, str) else None


def _after_name(text: str, names: tuple[str, ...]) -> str | None:
    """Return what follows one of the bot's names at the beginning, with or without an @."""
    bare = text.lstrip()
    for name in names:
        for called in (name, f"@{name}"):
            rest = bare[len(called) :]
            after = _AFTER_NAME.match(rest)
            if called.strip("@") and bare[: len(called)].casefold() == called.casefold() and after is not None:
                return _MARKED.sub("", rest[after.end() :].strip(), count=1)
    return None


def reaction(raw: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the message that somebody reacted to, and the emoji."""
    content = raw.get("content")
    relation = content.get("m.relates_to") if isinstance(content, Mapping) else None
    if raw.get("type") != "m.reaction" or not isinstance(relation, Mapping):
        return None
    target, emoji = relation.get("event_id"), relation.get("key")
    if relation.get("rel_type") != "m.annotation" or not isinstance(target, str) or not isinstance(emoji, str):
        return None
    return target, emoji


def creators(create: Mapping[str, Any]) -> frozenset[str]:
    """Return whose power in a room has no end, of its m.room.create event."""
    content = create.get("content")
    content = content if isinstance(content, Mapping) else {}
    version = str(content.get("room_version", "1"))
    if not version.isdecimal() or int(version) < CREATORS_RULE:
        return frozenset()
    others = content.get("additional_creators")
    named = others if isinstance(others, list) else []
    return frozenset(user for user in (create.get("sender"), *named) if isinstance(user, str))


def after_own_join(events: list[Mapping[str, Any]], me: str) -> int:
    """Return where in a room's events the bot's newest join is over: what came before was not said to it."""
    joins = [at for at, raw in enumerate(events) if membership(raw, me) == "join" and not _was_in(raw)]
    return joins[-1] + 1 if joins else 0


def membership(raw: Mapping[str, Any], user: str) -> str | None:
    """Return what a membership event makes of a user; None if it is none, or another's."""
    content = raw.get("content")
    if raw.get("type") != "m.room.member" or raw.get("state_key") != user or not isinstance(content, Mapping):
        return None
    state = content.get("membership")
    return state if isinstance(state, str) else None


def _was_in(raw: Mapping[str, Any]) -> bool:
    before = raw.get("unsigned")
    content = before.get("prev_content") if isinstance(before, Mapping) else None
    return isinstance(content, Mapping) and content.get("membership") == "join"


def farewell(raw: Mapping[str, Any], me: str) -> str:
    """Say who ended the bot's membership and why."""
    content = raw.get("content")
    reason = content.get("reason") if isinstance(content, Mapping) else None
    why = f": {reason[:200]}" if isinstance(reason, str) and reason else ""
    sender = raw.get("sender")
    if sender == me:
        return "The bot left this room; invite it again."
    how = "banned" if membership(raw, me) == "ban" else "removed"
    return f"{sender} {how} the bot{why}; lift that and invite it again."
