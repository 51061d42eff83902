"""Tokens at rest."""

import stat
from pathlib import Path

import pytest

from adapters.slack.seal import Seal, seal
from bot.domain.errors import ConfigError


def test_what_is_sealed_tells_nothing_and_opens_with_its_key_alone(tmp_path: Path) -> None:
    made = seal(None, tmp_path / "bot.db")
    closed = made.close({"token": "xoxb-secret"})
    assert "xoxb" not in closed
    assert seal(None, tmp_path / "bot.db").open(closed) == {"token": "xoxb-secret"}
    assert seal(None, tmp_path / "other.db").open(closed) is None
    assert made.open(closed[:-4] + "AAAA") is None


def test_only_its_owner_may_read_the_key(tmp_path: Path) -> None:
    seal(None, tmp_path / "bot.db")
    path = tmp_path / "bot.db.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        seal(None, tmp_path / "bot.db")


def test_a_configured_key_is_used_and_a_wrong_one_is_said(tmp_path: Path) -> None:
    key = "a" * 43 + "="
    assert seal(key, tmp_path / "bot.db") == Seal(key.encode())
    assert not (tmp_path / "bot.db.key").exists()
    with pytest.raises(ConfigError, match="token_key"):
        seal("short", None)
