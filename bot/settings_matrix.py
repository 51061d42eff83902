"""The section `[matrix]` of the configuration (README, "Matrix")."""

import re
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import Annotated

from bot import config_values as values
from bot.domain.values import by_value

_USER = re.compile(r"@[^\s:@]{1,200}:[A-Za-z0-9.\[\]:-]{1,200}")
_PATTERN = re.compile(r"@[^\s:@]{1,200}:[A-Za-z0-9.*?\[\]:-]{1,200}")


def _user(value: object) -> str:
    if not isinstance(value, str) or not _USER.fullmatch(value):
        raise ValueError('must be a whole user id, such as "@rapporteur:example.org"')
    return value


def _patterns(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [None]
    for item in listed:
        if not isinstance(item, str) or not _PATTERN.fullmatch(item):
            raise ValueError('must be a list of user ids, * for any part, such as ["@*:example.org"]')
    return tuple(listed)


def _folder(value: object) -> Path:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError('must name a folder, such as "matrix"')
    return Path(value)


USER = values.Kind(read=_user)
PATTERNS = values.Kind(
    read=_patterns, from_text=lambda text: [part.strip() for part in text.split(",") if part.strip()]
)
FOLDER = values.Kind(read=_folder)


@by_value
class MatrixSettings:
    """How the homeserver is reached: a password (used once) or an access token with its device.

    Attributes:
        store: folder of login, keys and journal; belongs into the backup with the store.
        store_key: seals the keys in that folder; None makes a key file inside.
        allow: who may invite and command the bot, `*` for any part; None is everybody of its own homeserver.
        moderators: who may change what is protected, besides those with power in the room.
        reset_identity: replace a signing identity that the account has and this folder does not; needs the password.

    """

    homeserver: Annotated[str | None, values.PUBLIC_ADDRESS] = None
    user_id: Annotated[str | None, USER] = None
    password: Annotated[str | None, values.NAME] = field(default=None, repr=False)
    access_token: Annotated[str | None, values.NAME] = field(default=None, repr=False)
    device_id: Annotated[str | None, values.NAME] = None
    store: Annotated[Path, FOLDER] = Path("matrix")
    store_key: Annotated[str | None, values.NAME] = field(default=None, repr=False)
    allow: Annotated[tuple[str, ...] | None, PATTERNS] = None
    moderators: Annotated[tuple[str, ...], PATTERNS] = ()
    reset_identity: Annotated[bool, values.TRUTH] = False

    @property
    def enabled(self) -> bool:
        """Whether there is a homeserver to talk to."""
        return bool(self.homeserver and self.user_id)

    @property
    def problems(self) -> Iterator[str]:
        """What is missing, one sentence each."""
        if not (self.homeserver or self.user_id or self.password or self.access_token):
            return
        if not self.homeserver:
            yield 'matrix.homeserver is missing; write its address, such as "https://matrix.example.org".'
        if not self.user_id:
            yield 'matrix.user_id is missing; write the bot\'s whole id, such as "@rapporteur:example.org".'
        if not self.password and not self.access_token:
            yield "matrix.password is missing; set it (it is used once), or access_token and device_id."
        if bool(self.access_token) != bool(self.device_id):
            yield "matrix.access_token and matrix.device_id go together; set both, or the password alone."
        if self.reset_identity and not self.password:
            yield "matrix.reset_identity needs matrix.password, which proves that the account is yours."
