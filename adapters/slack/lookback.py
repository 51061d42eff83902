"""Whether a message whose answer was lost is there: by the key in its metadata, and where none is kept by its words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import Call, asked
from adapters.slack.errors import UNKNOWN, Refused
from adapters.slack.notes import Notes
from bot.domain.values import by_value

EVENT_TYPE = "rapporteur_message"
SKEW = timedelta(minutes=5)
"""How far Slack's clock may be behind ours."""
PAGES, PAGE = 20, 100
log = structlog.get_logger(__name__)
Message = Mapping[str, Any]


@by_value
class Sought:
    """A message that may have been posted.

    Attributes:
        thread: timestamp of the root it was meant to stand under.
        text: what it says without its blocks.
        since: when it was first tried.

    """

    channel: str
    thread: str | None
    key: str
    text: str
    since: datetime


async def find(client: AsyncWebClient, what: Sought, notes: Notes) -> str | None:
    """Return the timestamp of the message, None if it is not there; raise a ChatError, Refused if nobody can tell."""
    seen = await _looked(client, what)
    ours = [(_key_of(message), str(message["ts"])) for message in seen if _key_of(message) is not None]
    for key, ts in ours:
        if key == what.key:
            return ts
    return None if ours else await _by_words(client, seen, what, notes)


async def _looked(client: AsyncWebClient, what: Sought) -> Sequence[Message]:
    """Return what was said since in the thread or channel; where threads cannot be read, in the whole channel."""
    if what.thread is None:
        return await _read(client.conversations_history, what)
    try:
        return await _read(client.conversations_replies, what)
    except Refused as error:
        if error.code != UNKNOWN:
            raise
        return await _read(client.conversations_history, replace(what, thread=None))


async def _read(call: Call, what: Sought) -> Sequence[Message]:
    """Return what was said since, in no order; whatever server answers, at most so many pages."""
    arguments: dict[str, Any] = {
        "channel": what.channel,
        "ts": what.thread,
        "oldest": f"{(what.since - SKEW).timestamp():.6f}",
        "include_all_metadata": True,
        "limit": PAGE,
    }
    seen: dict[str, Message] = {}
    for _ in range(PAGES):
        answer = await asked(call, **arguments)
        if "messages" not in answer:
            raise Refused("Slack does not show the channel's messages.", code=UNKNOWN)
        page = {str(one["ts"]): one for one in answer["messages"] or () if isinstance(one, dict) and one.get("ts")}
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor or page.keys() <= seen.keys():
            return [*seen.values(), *page.values()]
        seen |= page
        arguments["cursor"] = cursor
    return list(seen.values())


async def _by_words(client: AsyncWebClient, seen: Sequence[Message], what: Sought, notes: Notes) -> str | None:
    """Return the message that says the same and is nobody else's: no server keeps metadata that shows none of ours."""
    for message in seen:
        ts = str(message["ts"])
        same = message.get("text") == what.text and not message.get("client_msg_id")
        if same and not await notes.known(ts) and await _may_be_ours(client, message):
            log.info("slack.found_by_its_words", key=what.key, ts=ts)
            return ts
    return None


async def _may_be_ours(client: AsyncWebClient, message: Message) -> bool:
    """Tell whether nothing says that somebody else wrote a message: who repeats our words must not hide them."""
    who = await asked(client.auth_test)
    we = {who.get("user_id"), who.get("bot_id")} - {None, ""}
    they = {message.get("user"), message.get("bot_id")} - {None, ""}
    return not (we and they and we.isdisjoint(they))


def _key_of(message: Message) -> str | None:
    metadata = message.get("metadata") or {}
    if not isinstance(metadata, dict) or metadata.get("event_type") != EVENT_TYPE:
        return None
    payload = metadata.get("event_payload")
    return str(payload.get("key") or "") if isinstance(payload, dict) else ""
