"""The app's manifest: what Slack is asked for, and why (docs.slack.dev/reference/app-manifest, version 2)."""

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.slack.reading import NEW_WATCH, WATCH_THIS, WHY_THIS
from adapters.slack.settings import EVENTS_PATH, REDIRECT_PATH

SCOPES: Mapping[str, str] = {
    "app_mentions:read": "to hear its name",
    "channels:history": "to read !commands in public channels, and to look up a message whose answer was lost",
    "channels:read": "to know which channels are yours in the home tab",
    "chat:write": "to post",
    "commands": "for /watch and the others",
    "files:write": "to attach calendars and charts",
    "groups:history": "the same in private channels it was invited to",
    "groups:read": "the same in private channels",
    "im:history": "to read what you write to it directly",
    "im:read": "to tell a direct message from a channel",
    "im:write": "to answer you directly where it is not in the channel",
    "mpim:history": "to read commands in group messages it was added to",
    "mpim:read": "to know which group messages are yours in the home tab",
    "users:read": "to know your time zone",
}
EVENTS: Sequence[str] = (
    *("app_home_opened", "app_mention", "app_uninstalled", "tokens_revoked"),
    *("message.channels", "message.groups", "message.im", "message.mpim"),
    *("channel_archive", "channel_deleted", "channel_id_changed", "channel_left", "channel_unarchive"),
    *("group_archive", "group_deleted", "group_left", "group_unarchive"),
    *("member_joined_channel", "member_left_channel"),
)
COMMANDS: Sequence[tuple[str, str, str]] = (
    ("watch", "Watch for something, or open the form", "[QUERY]"),
    ("unwatch", "Stop a watch", "NUMBER"),
    ("watches", "List what is watched here", ""),
    ("meetings", "Look up meetings", "[WORDS] [WHEN]"),
    ("brief", "One page about a topic", "TOPIC"),
    ("rapporteur", "Everything else; help lists it", "COMMAND"),
)


def manifest(*, http: bool, public_url: str | None, oauth: bool) -> dict[str, Any]:
    """Return the manifest of an app on this transport; with `oauth`, one that many workspaces may install."""
    events_url = f"{public_url or 'https://bot.example.org'}{EVENTS_PATH}"
    where = {"request_url": events_url} if http else {}
    settings: dict[str, Any] = {
        "event_subscriptions": {**where, "bot_events": sorted(EVENTS)},
        "interactivity": {"is_enabled": True, **where},
        "org_deploy_enabled": False,
        "socket_mode_enabled": not http,
        "token_rotation_enabled": False,
    }
    config: dict[str, Any] = {"scopes": {"bot": sorted(SCOPES)}}
    if oauth:
        config["redirect_urls"] = [f"{public_url or 'https://bot.example.org'}{REDIRECT_PATH}"]
    return {
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": "Rapporteur",
            "description": "Reports what standards bodies do: nothing missed, nothing noisy, nothing made up.",
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "rapporteur", "always_online": True},
            "slash_commands": [_command(*row, url=events_url if http else None) for row in COMMANDS],
            "shortcuts": [
                _shortcut("Watch this", "message", WATCH_THIS, "Propose a watch from this message"),
                _shortcut("Why this?", "message", WHY_THIS, "Explain why this was posted"),
                _shortcut("New watch", "global", NEW_WATCH, "Open the form for a watch"),
            ],
        },
        "oauth_config": config,
        "settings": settings,
    }


def _command(name: str, description: str, hint: str, *, url: str | None) -> dict[str, Any]:
    made: dict[str, Any] = {"command": f"/{name}", "description": description, "should_escape": True}
    if hint:
        made["usage_hint"] = hint
    return {**made, "url": url} if url else made


def _shortcut(name: str, kind: str, callback: str, description: str) -> dict[str, Any]:
    return {"name": name, "type": kind, "callback_id": callback, "description": description}
