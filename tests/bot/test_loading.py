"""What starting loads; `python -m bench startup` says what it costs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LATER = {
    "bot.services.commands.registry": "a command",
    "adapters.language.times": "a command",
    "feeds.discover": "a page to look for feeds on",
    "protego": "a robots.txt",
    "multiprocessing": "a body to read",
    "feedparser": "a feed",
    "lxml": "a page",
    "icalendar": "a calendar",
    "dateparser": "a date in unusual words",
    "prometheus_client": "a scrape",
    "slack_bolt": "a Slack app",
    "slack_sdk": "a Slack app",
    "cryptography": "a chat platform",
    "adapters.slack": "a Slack app",
    "adapters.matrix": "a Matrix account",
    "adapters.model": "a language model",
    "nio": "a Matrix account",
    "matplotlib": "a picture",
    "bot.services.phrasing": "a message to post",
    "prompt_toolkit": "a terminal",
    "rich": "something to show",
}
"""Modules that are slow to load, and what they wait for."""


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    """Return what a process has loaded that is about to run."""
    program = "from bot.cli import loaded; loaded('bot.commandline.running:run'); import sys\n"
    program += "import adapters.console.chat, feeds.source, storage; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return frozenset(ran.stdout.split())


@pytest.mark.parametrize(("module", "use"), LATER.items())
def test_what_is_slow_to_load_waits_for_its_first_use(loaded: frozenset[str], module: str, use: str) -> None:
    assert module not in loaded, f"{module} is to be loaded with {use}"
