"""Language models over HTTP, against a server that misbehaves on demand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from adapters.model.asking import HttpModel, open_model
from adapters.model.settings import ModelSettings
from bot.clock import SteppedClock
from bot.domain.errors import ModelError
from bot.domain.precis import Maker
from bot.domain.rewriting import question
from tests.adapters.model.speaker import Said, Speaker, speaking

ASKED = question(Maker.PICK, "Title", ["One.", "Two."], ["one"], mark="MARK")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
CHOSEN = {"ids": [1], "relevant": True}


@asynccontextmanager
async def model(provider: str, *says: Said, patience: float = 5) -> AsyncIterator[tuple[HttpModel, Speaker]]:
    async with speaking(*says) as speaker:
        base = speaker.url if provider == "anthropic" else f"{speaker.url}/v1"
        chosen = ModelSettings(
            provider=provider,
            base_url=base,
            model="m",
            api_key="sk-secret",
            timeout=timedelta(seconds=patience),
            patience=timedelta(),
        )
        async with open_model(chosen, SteppedClock(NOW)) as opened:
            yield opened, speaker


@pytest.mark.parametrize("provider", ["anthropic", "openai"])
async def test_an_answer_and_its_price_come_in_either_shape(provider: str) -> None:
    async with model(provider, CHOSEN) as (opened, speaker):
        answer = await opened.ask(ASKED)
        assert (answer.data, answer.tokens) == (CHOSEN, 110)
        assert speaker.asked[0]["model"] == "m"
        assert speaker.asked[0]["max_tokens"] == ASKED.room


async def test_anthropic_is_asked_for_one_forced_tool() -> None:
    async with model("anthropic", CHOSEN) as (opened, speaker):
        await opened.ask(ASKED)
        [body], [request] = speaker.asked, speaker.seen
        assert body["tool_choice"] == {"type": "tool", "name": "answer"}
        assert body["messages"] == [{"role": "user", "content": ASKED.user}]
        assert request.headers["x-api-key"] == "sk-secret"
        assert "Authorization" not in request.headers


async def test_a_server_that_knows_no_schemas_is_asked_more_simply_and_remembered() -> None:
    async with model("openai", 'Sure! {"ids": [1], "relevant": true} Bye.') as (opened, speaker):
        speaker.refuses = ("json_schema", "json_object")
        assert (await opened.ask(ASKED)).data == CHOSEN
        assert "response_format" not in speaker.asked[0]
        speaker.refuses = ()
        await opened.ask(ASKED)
        assert "response_format" not in speaker.asked[1]
        assert speaker.seen[0].headers["Authorization"] == "Bearer sk-secret"


@pytest.mark.parametrize("provider", ["anthropic", "openai"])
@pytest.mark.parametrize("said", ["", "I cannot help with that.", '{"ids": [1', "[1, 2]", "{" * 50_000, "x" * 400_000])
async def test_refusals_halves_and_floods_are_errors(provider: str, said: str) -> None:
    async with model(provider, said) as (opened, _):
        with pytest.raises(ModelError):
            await opened.ask(ASKED)


@pytest.mark.parametrize("provider", ["anthropic", "openai"])
@pytest.mark.parametrize("status", [429, 500, 529])
async def test_a_busy_server_is_asked_once_more(provider: str, status: int) -> None:
    async with model(provider, status, CHOSEN) as (opened, speaker):
        assert (await opened.ask(ASKED)).data == CHOSEN
        assert len(speaker.asked) == 2
    async with model(provider, status) as (opened, speaker):
        with pytest.raises(ModelError, match=f"busy \\({status}\\)"):
            await opened.ask(ASKED)
        assert len(speaker.asked) == 2


@pytest.mark.parametrize("status", [301, 401, 403, 404])
async def test_a_refusal_is_not_tried_again_and_keeps_the_key_to_itself(status: int) -> None:
    async with model("anthropic", status) as (opened, speaker):
        with pytest.raises(ModelError) as caught:
            await opened.ask(ASKED)
        assert len(speaker.asked) == 1
        assert "sk-secret" not in str(caught.value)


async def test_a_server_that_stalls_is_left_after_its_time() -> None:
    async with model("openai", None, patience=0.2) as (opened, _):
        with pytest.raises(ModelError, match="in time"):
            await opened.ask(ASKED)


async def test_nobody_there_is_an_error() -> None:
    chosen = ModelSettings(
        provider="openai", base_url="http://127.0.0.1:9", model="m", patience=timedelta(), timeout=timedelta(seconds=2)
    )
    async with open_model(chosen, SteppedClock(NOW)) as opened:
        with pytest.raises(ModelError, match="cannot be reached"):
            await opened.ask(ASKED)


@pytest.mark.parametrize("usage", [("many", 1), (-5, 1), (True, 1), (None, None)])
async def test_a_price_that_is_no_number_is_none(usage: tuple[object, object]) -> None:
    async with model("anthropic", CHOSEN) as (opened, speaker):
        speaker.usage = usage
        assert (await opened.ask(ASKED)).tokens is None


def test_settings_never_show_the_key() -> None:
    assert "sk-secret" not in repr(ModelSettings(provider="openai", base_url="u", model="m", api_key="sk-secret"))
