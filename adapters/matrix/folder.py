"""The folder with the bot's login and keys: readable by nobody else, sealed by a key of its own."""

import json
import os
from base64 import urlsafe_b64encode
from hashlib import blake2b
from pathlib import Path
from secrets import token_urlsafe

from adapters.matrix.settings import Account, MatrixSettings
from bot.domain.errors import ConfigError

JOURNAL = "journal.db"
LOGIN, SEEDS, KEY = "login", "signing", "key"


class Folder:
    """What is kept of an account besides its journal; every file is complete or not there."""

    def __init__(self, path: Path, key: str | None = None) -> None:
        self.path = path
        self._given = key

    def prepare(self) -> None:
        """Make the folder, closed to others; ConfigError if that cannot be."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.chmod(0o700)
        except OSError as error:
            raise ConfigError(
                [f"matrix.store cannot be used ({error.strerror}); name a folder of the bot's."]
            ) from error

    @property
    def secret(self) -> str:
        """What seals the keys: the operator's, or one made at the first start."""
        if self._given:
            return self._given
        found = self._text(KEY)
        if not found:
            found = token_urlsafe(32)
            self._put(KEY, found.encode())
        return found

    def account(self) -> Account | None:
        """Return the login that is kept."""
        data = self._opened(LOGIN)
        return Account(**json.loads(data)) if data is not None else None

    def keep_account(self, account: Account) -> None:
        """Keep a login for the next start."""
        data = {"user_id": account.user_id, "device_id": account.device_id, "access_token": account.access_token}
        self._seal(LOGIN, json.dumps(data).encode())

    def forget_account(self) -> None:
        """Log in anew at the next start."""
        (self.path / LOGIN).unlink(missing_ok=True)

    def seeds(self) -> dict[str, str] | None:
        """Return the seeds of the signing keys, in hexadecimal."""
        data = self._opened(SEEDS)
        return json.loads(data) if data is not None else None

    def keep_seeds(self, seeds: dict[str, str]) -> None:
        """Keep the seeds; they are on the disk when this returns."""
        self._seal(SEEDS, json.dumps(seeds).encode())

    def _seal(self, name: str, data: bytes) -> None:
        from cryptography.fernet import Fernet

        self._put(name, Fernet(self._fernet_key()).encrypt(data))

    def _opened(self, name: str) -> bytes | None:
        from cryptography.fernet import Fernet, InvalidToken

        text = self._text(name)
        if not text:
            return None
        try:
            return Fernet(self._fernet_key()).decrypt(text)
        except InvalidToken:
            raise ConfigError(
                [f"{self.path / name} was sealed with another key; set the matrix.store_key it was made with."]
            ) from None

    def _fernet_key(self) -> bytes:
        return urlsafe_b64encode(blake2b(self.secret.encode(), digest_size=32, person=b"rapporteur").digest())

    def _text(self, name: str) -> str:
        try:
            return (self.path / name).read_text("ascii")
        except FileNotFoundError:
            return ""

    def _put(self, name: str, data: bytes) -> None:
        """Write a file in one step."""
        new = self.path / f"{name}.new"
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.rename(self.path / name)


def folder(settings: MatrixSettings) -> Folder:
    """Return the folder that the settings name."""
    return Folder(settings.store, settings.store_key)
