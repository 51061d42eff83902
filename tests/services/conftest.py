"""Fixtures of the services' tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.services.heart import Heart, beating


@pytest.fixture
async def heart(tmp_path: Path) -> AsyncIterator[Heart]:
    async with beating(tmp_path) as opened:
        yield opened
