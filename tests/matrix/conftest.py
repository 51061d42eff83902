"""A homeserver for all tests of this folder, one in each process that runs some; installed on first use."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from pathlib import Path

import pytest

from adapters.matrix.chat import MatrixChat
from adapters.matrix.login import closed
from adapters.matrix.settings import MatrixSettings
from bot.clock import SystemClock
from tests.matrix.homeserver import Homeserver, Login
from tests.matrix.install import installed
from tests.matrix.people import Person, arrives

Arrives = Callable[..., Awaitable[Person]]
MakesBot = Callable[..., MatrixChat]
TAIL = 4000


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the ends of the logs below a failed test: the homeserver's, and those of bots in its folder."""
    report = yield
    if report.failed and isinstance(item, pytest.Function):
        server, folder = item.funcargs.get("homeserver"), item.funcargs.get("tmp_path")
        logs = [*server.data.glob("*.log")] if isinstance(server, Homeserver) else []
        logs += folder.rglob("*.log") if isinstance(folder, Path) else []
        report.sections += [(str(log), log.read_text("utf-8", "replace")[-TAIL:]) for log in logs]
    return report


@pytest.fixture(scope="session")
def synapse() -> Path:
    """The Python that has Synapse; without a network tests are skipped, but never in CI."""
    try:
        return installed()
    except (OSError, subprocess.CalledProcessError) as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"Synapse cannot be installed here: {error}")


@pytest.fixture(scope="session")
def homeserver(synapse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homeserver]:
    """A running homeserver; its process belongs to a loop of its own."""
    server = Homeserver(python=synapse, data=tmp_path_factory.mktemp("synapse"))
    with asyncio.Runner() as runner:
        runner.run(server.start())
        try:
            yield server
        finally:
            runner.run(server.stop())


@pytest.fixture
async def person(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[Arrives]:
    """Bring people into a test."""
    people: list[Person] = []

    async def arriving(name: str = "") -> Person:
        people.append(await arrives(homeserver, tmp_path / "people", name))
        return people[-1]

    yield arriving
    for one in people:
        await closed(one.client)


@pytest.fixture
def make_bot(homeserver: Homeserver, tmp_path: Path) -> MakesBot:
    """Make a bot's chat for a login; with the same folder it is the same device."""

    def made(
        login: Login, *, url: str = "", folder: str = "matrix", patience_s: float = 60.0, **more: object
    ) -> MatrixChat:
        settings = MatrixSettings(
            homeserver=url or homeserver.url,
            user_id=login.user_id,
            access_token=login.access_token,
            device_id=login.device_id,
            store=tmp_path / folder,
            patience=patience_s,
            **more,  # type: ignore[arg-type]
        )
        return MatrixChat(settings, SystemClock())

    return made
