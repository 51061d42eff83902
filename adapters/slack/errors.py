"""What Slack refuses, as the bot's own errors; one sentence each, no token in it."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.errors import ChatDown, ChatError, RateLimited, Unauthorised, Undeliverable

TOO_MANY, SERVER_ERROR = 429, 500
NOT_THERE, NOT_TAKEN = frozenset({404, 405, 410, 501}), frozenset({400, 413, 422})
"""What a server answers in the place of Slack's word for it, if it stands in for Slack."""
UNKNOWN = "unknown_method"
PATIENCE = timedelta(seconds=30)
LONGEST_PATIENCE = timedelta(hours=1)

TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "org_login_required", "invalid_refresh_token"}
    | {"not_allowed_token_type", "invalid_app_id", "app_not_installed", "team_access_not_granted"}
)
LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
# Slack may have done what was asked before it failed to say so.
UNSURE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"})
CLOSED: Mapping[str, str] = {
    "channel_not_found": "Slack knows no such channel, or the bot cannot see it; invite it there.",
    "not_in_channel": "The bot is not in the channel; invite it there.",
    "is_archived": "The channel is archived.",
    "channel_is_limited_access": "The channel does not let the bot post.",
    "restricted_action": "The workspace does not let the bot post there.",
    "restricted_action_read_only_channel": "The channel is read-only.",
    "restricted_action_thread_only_channel": "The channel takes replies in threads only.",
    "restricted_action_non_threadable_channel": "The channel takes no threads.",
    "messages_tab_disabled": "The app's messages tab is switched off; switch it on in its settings.",
    "ekm_access_denied": "The workspace's administrators have suspended posting there.",
    "team_not_found": "The workspace does not exist any more.",
    "app_access_restricted": "The workspace restricts the app there.",
    "cannot_dm_bot": "A bot cannot be written to.",
    "user_disabled": "The person's account is switched off.",
    "user_not_found": "Slack knows no such person.",
}


class Unanswered(ChatDown):
    """Slack may or may not have done it: look before doing it again."""


class Expired(Unauthorised):
    """The token has ended; it may be one that can be renewed."""


class Gone(Undeliverable):
    """The message that was meant is not there any more."""


class Refused(Undeliverable):
    """Slack refuses the call; `code` is its word for why."""

    def __init__(self, message: str, *, code: str, closed: bool = False) -> None:
        super().__init__(message, closed=closed)
        self.code = code


def translated(error: Exception, method: str) -> ChatError:
    """Return our error for what a call raised."""
    match error:
        case ChatError():
            return error
        case SlackApiError():
            return _refused(error, method)
        case aiohttp.ClientConnectorError():
            return ChatDown(f"Slack cannot be reached ({method}).")
        case asyncio.TimeoutError() | aiohttp.ClientError() | OSError() | SlackClientError():
            return Unanswered(f"Slack did not answer {method} ({type(error).__name__}).")
        case _:
            return Unanswered(f"Slack's answer to {method} could not be read ({type(error).__name__}).")


def _refused(error: SlackApiError, method: str) -> ChatError:
    response = error.response
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
    body = getattr(response, "data", None)
    data: Mapping[str, Any] = body if isinstance(body, dict) else {}
    code = str(data.get("error") or "")[:100]
    if status == TOO_MANY or code in LIMITED:
        return RateLimited(f"Slack asks for patience ({method}).", retry_after=_retry_after(response))
    if code == UNKNOWN or (not code and status in NOT_THERE):
        said = code or f"HTTP {status}"
        return Refused(f"There is no {method} at Slack's address ({said}); see slack.api_url.", code=UNKNOWN)
    if not code and status in NOT_TAKEN:
        return Refused(f"Slack refused {method} (HTTP {status}).", code=f"http_{status}")
    if code in UNSURE or status >= SERVER_ERROR or not code:
        return Unanswered(f"Slack failed at {method} ({code or f'HTTP {status}'}).")
    return _coded(code, method, data)


def _coded(code: str, method: str, data: Mapping[str, Any]) -> ChatError:
    if code == "token_expired":
        return Expired("The app's token has expired; install the app again, or switch token rotation off.")
    if code in TOKEN:
        return Unauthorised(f"Slack does not accept the app's token ({code}); install the app again, or name another.")
    if code == "missing_scope":
        needed = str(data.get("needed") or "see the manifest")[:200]
        return Refused(f"The app lacks a scope for {method}: {needed}; add it and install again.", code=code)
    if code in GONE:
        return Gone(f"The message is gone ({method}: {code}).")
    if code in CLOSED:
        return Refused(CLOSED[code], code=code, closed=True)
    return Refused(f"Slack refused {method}: {code}.", code=code)


def _retry_after(response: Any) -> timedelta:
    headers = getattr(response, "headers", None) or {}
    found = next((value for name, value in headers.items() if str(name).lower() == "retry-after"), None)
    text = str(found[0] if isinstance(found, list) else found)
    try:
        return min(max(timedelta(seconds=float(text)), timedelta()), LONGEST_PATIENCE)
    except (ValueError, OverflowError):
        return PATIENCE
