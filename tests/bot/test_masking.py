"""No secret is printed or logged."""

import json
import logging

import pytest
import structlog

from bot.masking import masked
from bot.telemetry import configure_logging


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://user:hunter2@example.org/x", "https://…@example.org/x"),
        (
            "https://example.org/x?feed=rss&access_token=abc&n=2#a",
            "https://example.org/x?feed=rss&access_token=…&n=2#a",
        ),
        ("https://example.org/@someone/feed?page=2", "https://example.org/@someone/feed?page=2"),
        ("sqlite:////data/a.db", "sqlite:////data/a.db"),
        ("A colon: and someone@example.org", "A colon: and someone@example.org"),
    ],
)
def test_users_passwords_and_keys_of_addresses_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_log_line_shows_no_secret_of_an_address(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        configure_logging(level=logging.INFO)
        structlog.get_logger().warning("poll.failed", url="https://u:hunter2@example.org/?key=hunter3", tries=1)
    finally:
        structlog.reset_defaults()
    line = capsys.readouterr().err
    assert json.loads(line)["url"] == "https://…@example.org/?key=…"
    assert "hunter" not in line
