"""The HTTP port: alive, ready, metrics."""

import aiohttp
import pytest

from bot import web
from bot.domain.errors import ConfigError, StoreBusy
from bot.telemetry import Metrics


async def well() -> dict[str, str]:
    return {}


async def late() -> dict[str, str]:
    return {"polls": "A source has been due for more than an hour."}


async def broken() -> dict[str, str]:
    raise StoreBusy("The store is held by another process.")


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def test_a_well_bot_is_alive_and_ready_and_counts() -> None:
    metrics = Metrics()
    metrics.count("polls", result="changed")
    async with web.serve("127.0.0.1", 0, readiness=well, metrics=metrics) as base:
        assert (await get(f"{base}/healthz"))[0] == 200
        assert (await get(f"{base}/readyz"))[0] == 200
        status, text = await get(f"{base}/metrics")
        assert status == 200
        assert 'rapporteur_polls_total{result="changed"} 1.0' in text


async def test_a_late_bot_is_alive_and_not_ready_and_says_why() -> None:
    async with web.serve("127.0.0.1", 0, readiness=late, metrics=Metrics()) as base:
        assert (await get(f"{base}/healthz"))[0] == 200
        status, text = await get(f"{base}/readyz")
        assert status == 503
        assert "more than an hour" in text


async def test_a_bot_without_its_store_is_not_ready() -> None:
    async with web.serve("127.0.0.1", 0, readiness=broken, metrics=Metrics()) as base:
        status, text = await get(f"{base}/readyz")
        assert status == 503
        assert "held by another process" in text


async def test_a_port_in_use_is_a_problem_of_the_configuration() -> None:
    async with web.serve("127.0.0.1", 0, readiness=well, metrics=Metrics()) as base:
        port = int(base.rpartition(":")[2])
        with pytest.raises(ConfigError, match="name a free port"):
            async with web.serve("127.0.0.1", port, readiness=well, metrics=Metrics()):
                pass
