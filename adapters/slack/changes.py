"""What becomes of channels and workspaces, out of Slack's events: pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from adapters.slack.reading import Body, team_in
from adapters.slack.settings import conversation
from bot.domain.chat import Conversation
from bot.domain.values import by_value


class Fate(StrEnum):
    """What happened."""

    CLOSED = "closed"
    REOPENED = "reopened"
    MOVED = "moved"
    UNINSTALLED = "uninstalled"


@by_value
class Change:
    """A change of one channel, or of a whole workspace.

    Attributes:
        where: None for a workspace.
        to: the new id of a channel that moved.
        why: what `status` says of it.

    """

    fate: Fate
    team: str
    where: Conversation | None = None
    to: Conversation | None = None
    why: str = ""


REMOVED = "The bot was removed from the channel; invite it again."
CLOSING: Mapping[str, str] = {
    "channel_archive": "The channel is archived.",
    "group_archive": "The channel is archived.",
    "channel_deleted": "The channel was deleted.",
    "group_deleted": "The channel was deleted.",
    "channel_left": REMOVED,
    "group_left": REMOVED,
    "member_left_channel": REMOVED,
}
OPENING = frozenset({"channel_unarchive", "group_unarchive", "member_joined_channel"})
OF_MEMBERS = frozenset({"member_left_channel", "member_joined_channel"})
UNINSTALLED = "The app was removed from this workspace; install it again."


def change(body: Body, *, bot_user: str | None) -> Change | None:
    """Return what an event changes, None if that is nothing of ours; a new name changes nothing."""
    event = body.get("event")
    if not isinstance(event, dict):
        return None
    kind, team = str(event.get("type")), team_in(body)
    if kind == "app_uninstalled" or (kind == "tokens_revoked" and _bot_token(event)):
        return Change(fate=Fate.UNINSTALLED, team=team, why=UNINSTALLED)
    if kind == "channel_id_changed" and event.get("old_channel_id") and event.get("new_channel_id"):
        old, new = (conversation(team, str(event[f"{age}_channel_id"])) for age in ("old", "new"))
        return Change(fate=Fate.MOVED, team=team, where=old, to=new)
    channel = _channel(event)
    if channel is None or (kind in OF_MEMBERS and event.get("user") != bot_user):
        return None
    where = conversation(team, channel)
    if kind in CLOSING:
        return Change(fate=Fate.CLOSED, team=team, where=where, why=CLOSING[kind])
    return Change(fate=Fate.REOPENED, team=team, where=where) if kind in OPENING else None


def _bot_token(event: Mapping[str, Any]) -> bool:
    return bool((event.get("tokens") or {}).get("bot"))


def _channel(event: Mapping[str, Any]) -> str | None:
    channel = event.get("channel")
    found = channel.get("id") if isinstance(channel, dict) else channel
    return str(found) if found else None
