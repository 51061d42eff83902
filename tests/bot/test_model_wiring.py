"""The language model as the configuration sets it up."""

import pytest

from bot.clock import SteppedClock
from bot.config import Settings
from bot.domain.precis import Maker
from bot.domain.rewriting import question
from bot.settings_llm import LlmSettings
from bot.wiring.summaries import open_model
from tests.adapters.model.speaker import speaking
from tests.adapters.model.test_asking import NOW

ASKED = question(Maker.PICK, "Title", ["One."], [], mark="MARK")


async def test_none_is_opened_unless_it_is_set_up() -> None:
    async with open_model(Settings(), SteppedClock(NOW)) as model:
        assert model is None


@pytest.mark.parametrize(
    ("provider", "path"), [("anthropic", ""), ("anthropic", "/v1"), ("openai", "/v1"), ("local", "/v1")]
)
async def test_every_provider_is_asked_in_its_shape(provider: str, path: str) -> None:
    async with speaking({"ids": [1], "relevant": True}) as speaker:
        chosen = LlmSettings(provider=provider, base_url=speaker.url + path, model="m", api_key="k", mode="pick")
        async with open_model(Settings(llm=chosen), SteppedClock(NOW)) as model:
            assert model is not None
            assert (await model.ask(ASKED)).data == {"ids": [1], "relevant": True}
