"""Fixtures of the services' tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.services.heart import Heart, beating
from tests.services.lists import furnished
from tests.services.room import Room, conversing


@pytest.fixture
async def heart(tmp_path: Path) -> AsyncIterator[Heart]:
    async with beating(tmp_path) as opened:
        yield opened


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with conversing(tmp_path) as opened:
        yield opened


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Room]:
    async with furnished(tmp_path) as opened:
        yield opened
