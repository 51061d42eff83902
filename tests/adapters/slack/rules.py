"""What Slack refuses, as its pages and its own models say: the one place where our tests know it."""


# ruff: noqa: SIM102, PLR0911  # one thing a line

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

Json = Mapping[str, Any]
COMMON = frozenset({"token", "team_id"})
# docs.slack.dev/reference/methods: arguments, those that are needed, and the scopes of which one is enough.
METHODS: Mapping[str, tuple[str, str, str]] = {
    "api.test": ("error", "", ""),
    "auth.test": ("", "", ""),
    "apps.connections.open": ("", "", ""),
    "chat.postMessage": (
        (
            "as_user attachments blocks channel icon_emoji icon_url link_names markdown_text metadata mrkdwn parse "
            "reply_broadcast text thread_ts unfurl_links unfurl_media username"
        ),
        "channel",
        "chat:write",
    ),
    "chat.postEphemeral": (
        (
            "as_user attachments blocks channel icon_emoji icon_url link_names markdown_text metadata parse text "
            "thread_ts user username"
        ),
        "channel user",
        "chat:write",
    ),
    "chat.update": (
        "as_user attachments blocks channel file_ids link_names markdown_text metadata parse reply_broadcast text ts",
        "channel ts",
        "chat:write",
    ),
    "chat.delete": ("as_user channel ts", "channel ts", "chat:write"),
    "conversations.history": (
        "channel cursor include_all_metadata inclusive latest limit oldest",
        "channel",
        "channels:history groups:history im:history mpim:history",
    ),
    "conversations.replies": (
        "channel cursor include_all_metadata inclusive latest limit oldest ts",
        "channel ts",
        "channels:history groups:history im:history mpim:history",
    ),
    "conversations.open": ("channel prevent_creation return_im users", "", "channels:manage groups:write im:write"),
    "files.getUploadURLExternal": ("alt_txt filename length snippet_type", "filename length", "files:write"),
    "files.completeUploadExternal": (
        "blocks channel_id channels files icon_emoji icon_url initial_comment thread_ts username",
        "files",
        "files:write",
    ),
    "oauth.v2.access": ("client_id client_secret code code_verifier grant_type redirect_uri refresh_token", "", ""),
    "users.conversations": (
        "cursor exclude_archived exclude_muted limit team_id types user",
        "",
        "channels:read groups:read im:read mpim:read",
    ),
    "users.info": ("include_locale user", "user", "users:read"),
    "views.open": ("interactivity_pointer trigger_id view", "view", ""),
    "views.publish": ("hash interactivity_pointer user_id view", "user_id view", ""),
    "views.update": ("external_id hash view view_id", "view", ""),
}
MOST = {"message": 50, "modal": 100, "home": 100}
MOST_CHARACTERS = 12_000
LENGTHS = {"header": 150, "mrkdwn": 3000, "plain_text": 3000}


def call_refused(method: str, arguments: Json, scopes: frozenset[str]) -> str | None:
    """Return Slack's word for what is wrong with a call, None if nothing is."""
    if method not in METHODS:
        return "unknown_method"
    known, needed, any_of = (frozenset(words.split()) for words in METHODS[method])
    if arguments.keys() - known - COMMON:
        return f"undeclared_argument:{sorted(arguments.keys() - known - COMMON)}"
    if any(arguments.get(name) in (None, "") for name in needed):
        return "invalid_arguments"
    if any_of and not any_of & scopes:
        return "missing_scope"
    if method.startswith("chat.") and method != "chat.delete" and (wrong := message_refused(arguments)):
        return wrong
    if method.startswith("views."):
        return view_refused(arguments["view"])
    return None


def message_refused(message: Json) -> str | None:
    """Return what is wrong with a message."""
    blocks = message.get("blocks") or []
    if not message.get("text"):
        return "no_text"
    if len(message["text"]) > 40_000:
        return "msg_too_long"
    if sum(map(_characters, blocks)) + len(message["text"]) > MOST_CHARACTERS:
        return "msg_blocks_too_long"
    if not message.get("thread_ts") and message.get("reply_broadcast"):
        return "invalid_arguments"
    return blocks_refused(blocks, "message")


def view_refused(view: Json) -> str | None:
    """Return what is wrong with a modal or a home tab."""
    kind, blocks = view["type"], view["blocks"]
    if len(str(view.get("private_metadata", ""))) > 3000 or len(str(view)) > 250_000:
        return "view_too_large"
    inputs = any(block["type"] == "input" for block in blocks)
    if kind == "modal" and inputs and not view.get("submit"):
        return "invalid_arguments"
    allowed = {"type", "blocks", "private_metadata", "callback_id", "external_id"}
    if (
        set(view)
        - allowed
        - ({"title", "submit", "close", "clear_on_close", "notify_on_close"} if kind == "modal" else set())
    ):
        return "invalid_arguments"
    try:
        View(**{name: held for name, held in view.items() if name != "blocks"}, blocks=blocks).validate_json()
    except SlackObjectFormationError as error:
        return f"invalid_arguments: {error}"
    return blocks_refused(blocks, kind)


def blocks_refused(blocks: Sequence[Json], surface: str) -> str | None:
    """Return what is wrong with blocks on a surface."""
    if len(blocks) > MOST[surface]:
        return "invalid_blocks: too many"
    named = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(named) != len(set(named)):
        return "invalid_blocks: block_id repeats"
    for number, block in enumerate(blocks):
        if (wrong := _block_refused(block, surface)) is not None:
            return f"invalid_blocks: {number}: {wrong}"
    return None


def _block_refused(block: Json, surface: str) -> str | None:
    if block.get("type") == "input" and surface == "message":
        return "input in a message"
    try:
        parsed = Block.parse(dict(block))
        if parsed is None:
            return f"unknown block {block.get('type')}"
        parsed.to_dict()
    except SlackObjectFormationError as error:
        return str(error)
    if block["type"] == "header" and block["text"]["type"] != "plain_text":
        return "header takes plain text"
    actions = [element["action_id"] for element in block.get("elements", ()) if element.get("action_id")]
    if len(actions) != len(set(actions)):
        return "action_id repeats"
    return _texts_refused(block)


def _texts_refused(value: Any) -> str | None:
    """Look at every text object and every rich text element."""
    if isinstance(value, list):
        return next(filter(None, map(_texts_refused, value)), None)
    if not isinstance(value, dict):
        return None
    kind, text = value.get("type"), value.get("text")
    if kind == "rich_text_list" and value.keys() - {"type", "style", "elements", "indent", "border"}:
        return "rich_text_list has none of that"
    if kind in {"mrkdwn", "plain_text", "text"} and (not isinstance(text, str) or not text):
        return "empty text"
    if kind in LENGTHS and isinstance(text, str) and len(text) > LENGTHS[kind]:
        return f"{kind} of {len(text)} characters"
    if kind == "mrkdwn" and "emoji" in value:
        return "emoji on mrkdwn"
    if kind == "button" and (len(value["text"]["text"]) > 75 or len(value.get("value", "")) > 2000):
        return "button too long"
    if kind in {"rich_text_section", "rich_text_quote", "rich_text_preformatted", "rich_text_list"}:
        if not value.get("elements"):
            return f"empty {kind}"
    return next(filter(None, map(_texts_refused, value.values())), None)


def _characters(value: Any) -> int:
    if isinstance(value, dict):
        return sum(
            _characters(held)
            for name, held in value.items()
            if name in {"text", "elements", "fields", "fallback", "url"}
        )
    if isinstance(value, list):
        return sum(map(_characters, value))
    return len(value) if isinstance(value, str) else 0
