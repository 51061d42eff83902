"""How a language model is reached."""

from dataclasses import field
from datetime import timedelta

from bot.domain.values import by_value

ANTHROPIC = "anthropic"
BASES = {
    ANTHROPIC: "https://api.anthropic.com",
    "openai": "https://api.openai.com/v1",
    "local": "http://127.0.0.1:11434/v1",
}


@by_value
class ModelSettings:
    """One model of one provider.

    Attributes:
        provider: "anthropic" (messages), "openai" or "local" (chat completions).
        base_url: without a slash at its end.
        timeout: for one request as a whole.

    """

    provider: str
    base_url: str
    model: str
    api_key: str | None = field(default=None, repr=False)
    timeout: timedelta = timedelta(seconds=20)
    connect_timeout: timedelta = timedelta(seconds=5)
    patience: timedelta = timedelta(seconds=10)
    """Longest wait before the one retry."""
