"""The section `[llm]` of the configuration: an optional language model (README, "A language model")."""

from collections.abc import Iterator
from dataclasses import field
from typing import Annotated

from bot import config_values as values
from bot.domain.values import by_value

PROVIDERS, MODES = ("anthropic", "openai", "local"), ("off", "pick", "rewrite")


@by_value
class LlmSettings:
    """Which model is asked, and what it may do; off unless `mode` says otherwise.

    Attributes:
        provider: "local" is a server of one's own (Ollama, llama.cpp, vLLM), which speaks as "openai" does.
        base_url: None is the provider's own, for "local" that of Ollama on this machine.
        mode: "pick" lets it choose sentences of the source, "rewrite" shorten them in words of the source.
        translate: whether it may translate into the language of a conversation.
        daily_tokens: what it may cost a day (UTC), questions and answers together.

    """

    provider: Annotated[str, values.one_of(PROVIDERS, "provider")] = "openai"
    base_url: Annotated[str | None, values.PUBLIC_ADDRESS] = None
    model: Annotated[str, values.NAME] = ""
    api_key: Annotated[str | None, values.NAME] = field(default=None, repr=False)
    mode: Annotated[str, values.one_of(MODES, "mode")] = "off"
    translate: Annotated[bool, values.TRUTH] = False
    daily_tokens: Annotated[int, values.TOKENS] = 200_000

    @property
    def enabled(self) -> bool:
        """Whether a model is asked at all."""
        return self.mode != "off"

    @property
    def problems(self) -> Iterator[str]:
        """What is missing, one sentence each."""
        if self.enabled and not self.model:
            yield 'llm.model is missing; write the name that the provider gives its model, or llm.mode = "off".'
        if self.enabled and self.provider != "local" and self.base_url is None and not self.api_key:
            yield "llm.api_key is missing; set RAPPORTEUR_LLM__API_KEY_FILE to a file that holds it."
