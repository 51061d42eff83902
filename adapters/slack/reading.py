"""Slack's payloads as what people typed: pure, and content with the fields that Slack documents.

docs.slack.dev/apis/events-api, /interactivity/implementing-slash-commands, /reference/interaction-payloads.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from adapters.slack.lookback import EVENT_TYPE
from adapters.slack.mrkdwn import addresses, typed
from adapters.slack.render import PRESS
from adapters.slack.settings import conversation
from bot.domain.chat import Conversation
from bot.domain.ids import digest
from bot.domain.values import by_value

Body = Mapping[str, Any]
OWN = "rapporteur"
"""The slash command for everything that has none of its own."""
WHY_THIS, WATCH_THIS, NEW_WATCH = "why_this", "watch_this", "new_watch"
ORDINARY = frozenset({None, "thread_broadcast", "file_share", "me_message"})
CHANGES = frozenset(
    {"save", "unwatch", "edit", "note", "mute", "unmute", "subscribe", "unsubscribe", "not this", "same as"}
    | {"vocabulary add", "vocabulary remove", "source add", "source pause", "source resume", "source remove"}
)
"""Commands whose answer the whole channel should see, whoever typed them."""
PRIVATE_PRESSES = frozenset({"useful", "irrelevant", "not-relevant"})
_MENTION = re.compile(r"\s*(?:<@[^>]+>|@[\w.-]+)[\s:,]*")
"""What an `app_mention` begins with; where the bot's id is not known it is taken for the bot's."""


@by_value
class Typed:
    """A line somebody typed, pressed or chose."""

    where: Conversation
    team: str
    user: str
    text: str
    id: str
    thread: str | None = None
    private: bool = False
    response_url: str | None = None


OURS = "rapporteur.team"
"""Where a payload says whose token answers it, once that is known."""


def team_in(body: Body) -> str:
    """Return the workspace that a payload is for."""
    if body.get(OURS):
        return str(body[OURS])
    authorizations = body.get("authorizations") or [{}]
    team = body.get("team") or {}
    own = team.get("id") if isinstance(team, dict) else team
    user = body.get("user") or {}
    for found in (
        (authorizations[0] or {}).get("team_id"),
        body.get("team_id"),
        own,
        user.get("team_id") if isinstance(user, dict) else None,
        body.get("enterprise_id"),
    ):
        if found:
            return str(found)
    return ""


def bot_in(body: Body) -> str | None:
    """Return the bot's own user as an event's authorizations name it."""
    for one in body.get("authorizations") or ():
        if isinstance(one, dict) and one.get("is_bot") and one.get("user_id"):
            return str(one["user_id"])
    return None


def read(body: Body, *, bot_user: str | None, names: Collection[str]) -> Typed | None:
    """Return what somebody typed, None if a payload is something else."""
    if isinstance(body.get("event"), dict):
        return _event(body, body["event"], bot_user, names)
    if body.get("command"):
        return _slash(body)
    if body.get("type") == "block_actions":
        return _press(body)
    if body.get("type") in {"message_action", "shortcut"} and body.get("callback_id") == WHY_THIS:
        return _why(body)
    return None


def _event(body: Body, event: Body, bot_user: str | None, names: Collection[str]) -> Typed | None:
    kind, channel, user, ts = (event.get(name) for name in ("type", "channel", "user", "ts"))
    if kind not in {"app_mention", "message"} or not (channel and user and ts) or _of_a_bot(event, bot_user):
        return None
    direct = event.get("channel_type") == "im" or str(channel).startswith("D")
    text = str(event.get("text") or "")
    # Among few people a mention anywhere is meant for the bot, and no `app_mention` is promised there.
    meant = event.get("channel_type") == "mpim" and bot_user is not None and f"<@{bot_user}" in text
    line = _line(text, "app_mention" if meant else kind, bot_user, names, direct=direct)
    if line is None:
        return None
    team = team_in(body)
    thread = event.get("thread_ts") or (None if direct else ts)
    # A mention and the message that holds it are two events for one post: the post is what counts.
    return Typed(
        where=conversation(team, str(channel)),
        team=team,
        user=str(user),
        text=line,
        id=f"{team}/{channel}/{ts}",
        thread=str(thread) if thread else None,
    )


def _of_a_bot(event: Body, bot_user: str | None) -> bool:
    subtype = event.get("subtype")
    metadata = event.get("metadata") or {}
    ours = isinstance(metadata, dict) and metadata.get("event_type") == EVENT_TYPE
    from_app = bool(event.get("bot_id") or event.get("bot_profile") or event.get("app_id"))
    return subtype not in ORDINARY or from_app or ours or event.get("user") == bot_user


def _line(text: str, kind: object, bot_user: str | None, names: Collection[str], *, direct: bool) -> str | None:
    if kind == "app_mention" or direct:
        return typed(_unmentioned(text, bot_user)).removeprefix("!").strip() or "help"
    if bot_user and text.lstrip().startswith(f"<@{bot_user}"):
        return typed(_unmentioned(text, bot_user)) or "help"
    plain = typed(text)
    word = next(iter(plain.removeprefix("!").split()), "").casefold()
    return plain[1:].strip() if plain.startswith("!") and word in names else None


def _unmentioned(text: str, bot_user: str | None) -> str:
    """Take the mention of the bot away; what stands before it goes too, if anything stands after it."""
    found = re.search(rf"\s*<@{re.escape(bot_user)}(?:\|[^>]*)?>[\s:,]*", text) if bot_user else _MENTION.match(text)
    if found is None:
        return text
    after = text[found.end() :].strip()
    return after or text[: found.start()].strip()


def _slash(body: Body) -> Typed | None:
    team, channel, user = team_in(body), body.get("channel_id"), body.get("user_id")
    name, text = str(body["command"]).lstrip("/").casefold(), typed(str(body.get("text") or ""))
    if not channel or not user or (name == "watch" and not text and body.get("trigger_id")):
        return None
    line = (text or "help") if name == OWN else f"{name} {text}".strip()
    return Typed(
        where=conversation(team, str(channel)),
        team=team,
        user=str(user),
        text=line,
        id=_id(body, str(user), line),
        private=_for_one(line),
        response_url=_way(body),
    )


def _for_one(line: str) -> bool:
    """Tell whether only who typed a line cares for its answer."""
    words = line.casefold().split() or [""]
    if not CHANGES.isdisjoint({words[0], " ".join(words[:2])}):
        return False
    return not ((words[0] == "watch" and "--yes" in words) or (words[0] == "settings" and len(words) > 1))


def _press(body: Body) -> Typed | None:
    pressed = next((one for one in body.get("actions") or () if str(one.get("action_id", "")).startswith(PRESS)), None)
    channel = (body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id")
    user = (body.get("user") or {}).get("id")
    if pressed is None or not pressed.get("value") or not channel or not user:
        return None
    team, line, container = team_in(body), str(pressed["value"]), body.get("container") or {}
    message = body.get("message") or {}
    passing = bool(container.get("is_ephemeral")) or bool(message.get("is_ephemeral"))
    thread = container.get("thread_ts") or message.get("thread_ts")
    if thread is None and not passing:
        thread = message.get("ts") or container.get("message_ts")
    return Typed(
        where=conversation(team, str(channel)),
        team=team,
        user=str(user),
        text=line,
        id=_id(body, str(user), f"{line} {pressed.get('action_ts', '')}"),
        thread=str(thread) if thread else None,
        private=line.partition(" ")[0] in PRIVATE_PRESSES or (passing and _for_one(line)),
        response_url=_way(body),
    )


def _why(body: Body) -> Typed | None:
    message, user = body.get("message") or {}, (body.get("user") or {}).get("id")
    channel = (body.get("channel") or {}).get("id")
    if not user or not channel:
        return None
    team, link = team_in(body), first_link(message)
    thread = message.get("thread_ts") or message.get("ts")
    return Typed(
        where=conversation(team, str(channel)),
        team=team,
        user=str(user),
        text=f"why {link}" if link else "why",
        id=_id(body, str(user), "why"),
        thread=str(thread) if thread else None,
        private=True,
        response_url=_way(body),
    )


def first_link(message: Body) -> str | None:
    """Return the first web address in a message: of its blocks, or of its text."""
    return next(_links(message.get("blocks") or []), None) or next(addresses(str(message.get("text") or "")), None)


def _links(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get("type") == "link" and str(value.get("url", "")).startswith("http"):
            yield str(value["url"])
        for held in value.values():
            yield from _links(held)
    elif isinstance(value, list):
        for held in value:
            yield from _links(held)


def _id(body: Body, user: str, line: str) -> str:
    """Name a payload so that its redelivery has the same name: they carry no event id."""
    trigger = body.get("trigger_id")
    if trigger:
        return f"{trigger}/{user}/{digest(line, body.get('response_url') or '')}"
    return digest("slack", body.get("response_url") or "", user, line, body.get("action_ts") or "")


def _way(body: Body) -> str | None:
    url = body.get("response_url")
    return str(url) if url else None
