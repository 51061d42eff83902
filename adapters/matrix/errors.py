"""What a homeserver refused, as the bot's own errors."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.domain.errors import ChatDown, ChatError, RateLimited, Unauthorised, Undeliverable

PATIENCE = timedelta(seconds=5)
"""What is waited for when a server limits without saying for how long."""
LONGEST = timedelta(hours=1)
"""What is waited for at most, whatever a server says."""
LOGGED_OUT = frozenset({"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED", "M_USER_LOCKED"})
TOO_MANY, TOO_LARGE = 429, 413
_UNRELATED = ("unknown event", "from an event with a relation")


class LoggedOut(Unauthorised):
    """The device is gone: only a new login helps."""


class Unrelated(Undeliverable):
    """The message that was to be answered or edited is not in this room."""


def chat_error(answer: Any) -> ChatError:
    """Return the error for what nio gave instead of what was asked for."""
    response = getattr(answer, "transport_response", None)
    told = {"errcode": answer.status_code, "error": answer.message, "retry_after_ms": answer.retry_after_ms}
    after = response.headers.get("Retry-After", "") if response is not None else ""
    return refusal(getattr(response, "status", 0), told, after=after)


def refusal(status: int, answer: Mapping[str, Any], *, after: str = "") -> ChatError:  # noqa: PLR0911  # a line a kind
    """Return the error for a refused request: its status, its answer (spec 1.18 §2), its Retry-After in seconds."""
    code, said = answer.get("errcode"), str(answer.get("error") or "no reason given")
    if code == "M_LIMIT_EXCEEDED" or status == TOO_MANY:
        wait = _retry_after(answer.get("retry_after_ms"), after)
        return RateLimited("The homeserver limits how much the bot may send.", retry_after=wait)
    if code in LOGGED_OUT:
        return LoggedOut(
            f"The homeserver does not know the bot's login any more ({code}); "
            "set a new matrix.password, or access_token and device_id, and start again."
        )
    if code == "M_FORBIDDEN":
        return Undeliverable(
            f"The bot may not write in this room ({said}); invite it again or let it post.", closed=True
        )
    if code == "M_TOO_LARGE" or status == TOO_LARGE:  # proxies send the status alone
        return Undeliverable("The homeserver finds the message too large; this is a bug, please report it.")
    if any(words in said for words in _UNRELATED):
        return Unrelated(f"The message to answer is not in this room ({said}).")
    if code is not None and 400 <= status < 500:  # noqa: PLR2004  # RFC 9110 §15.5
        return Undeliverable(f"The homeserver refuses it ({code}: {said}).")
    return ChatDown(f"The homeserver answered something unusable (HTTP {status}, {code or said}).")


def _retry_after(told: object, after: str) -> timedelta:
    """Read what the body says in milliseconds, or else the header."""
    if isinstance(told, int | float) and told > 0:
        return timedelta(milliseconds=min(told, LONGEST / timedelta(milliseconds=1)))
    return timedelta(seconds=min(int(after), LONGEST.seconds)) if re.fullmatch("[0-9]{1,9}", after) else PATIENCE


def unreachable(error: BaseException) -> ChatDown:
    """Return the error for a request that got no answer."""
    return ChatDown(f"The homeserver cannot be reached ({type(error).__name__}: {error}).")
