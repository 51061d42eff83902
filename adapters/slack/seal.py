"""Tokens at rest: sealed with a key that is not in the store."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.domain.errors import ConfigError

MAKE_KEY = "openssl rand -base64 32 | tr '+/' '-_'"


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals and opens texts with one key (Fernet: AES-128-CBC and HMAC-SHA256, github.com/fernet/spec)."""

    key: bytes

    def close(self, data: Mapping[str, object]) -> str:
        """Return data as text that tells nothing."""
        from cryptography.fernet import Fernet

        return Fernet(self.key).encrypt(json.dumps(data).encode()).decode()

    def open(self, sealed: str) -> Mapping[str, object] | None:
        """Return the data; None if it was sealed with another key or tampered with."""
        from cryptography.fernet import Fernet, InvalidToken

        try:
            found: Mapping[str, object] = json.loads(Fernet(self.key).decrypt(sealed.encode()))
        except InvalidToken:
            return None
        return found


def seal(key: str | None, beside: Path | None) -> Seal:
    """Return the seal of a configured key, or of the key file beside the store, made if there is none.

    Raise ConfigError for a key that is none, or a file that others may read.
    """
    made = Seal(key.encode() if key else _kept(beside))
    try:
        made.close({})
    except ValueError as error:
        raise ConfigError([f"slack.token_key is no key; make one with: {MAKE_KEY}."]) from error
    return made


def _kept(beside: Path | None) -> bytes:
    from cryptography.fernet import Fernet

    if beside is None:
        return Fernet.generate_key()
    path = beside.with_name(f"{beside.name}.key")
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(Fernet.generate_key())
    except FileExistsError:
        pass
    if path.stat().st_mode & 0o077:
        raise ConfigError([f"{path} may be read by others; take that right away with: chmod 600 {path}."])
    return path.read_bytes().strip()
