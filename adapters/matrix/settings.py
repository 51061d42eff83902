"""What the Matrix adapter is told."""

import re
from dataclasses import field
from fnmatch import translate
from functools import cached_property
from pathlib import Path

from bot.domain.chat import Conversation
from bot.domain.values import by_value

PLATFORM = "matrix"


def room(room_id: str) -> Conversation:
    """Return a room as a conversation."""
    return Conversation(PLATFORM, room_id)


@by_value
class Account:
    """A login: nothing that is worth keeping secret is shown."""

    user_id: str
    device_id: str
    access_token: str = field(repr=False)


@by_value
class MatrixSettings:
    """How the homeserver is reached and who may speak to the bot.

    Attributes:
        homeserver: address without a slash at its end.
        store: folder of login, keys and journal.
        store_key: seals the keys there; None makes a key file inside.
        allow: patterns of user ids; empty is everybody of the bot's own homeserver.
        moderators: patterns of user ids that count as moderators everywhere.
        reset_identity: replace a cross-signing identity that is not ours.
        zone: IANA name of the zone in which moments are shown.
        timeline: how many events of a room one answer of the server may hold.
        patience: seconds that one request may take.

    """

    homeserver: str
    user_id: str
    password: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    device_id: str | None = None
    store: Path
    store_key: str | None = field(default=None, repr=False)
    allow: tuple[str, ...] = ()
    moderators: tuple[str, ...] = ()
    reset_identity: bool = False
    zone: str = "UTC"
    timeline: int = 100
    patience: float = 30.0


class Allowed:
    """Tells who may invite and command the bot, and who counts as a moderator anywhere."""

    def __init__(self, settings: MatrixSettings) -> None:
        self._settings = settings

    def may_speak(self, user: str) -> bool:
        """Tell whether a user may invite and command."""
        return bool(self._speakers.fullmatch(user))

    def moderates(self, user: str) -> bool:
        """Tell whether a user is listed as a moderator."""
        return bool(self._moderators.fullmatch(user))

    @cached_property
    def _speakers(self) -> re.Pattern[str]:
        own = self._settings.user_id.partition(":")[2]
        return _any_of(self._settings.allow or (f"@*:{own}",))

    @cached_property
    def _moderators(self) -> re.Pattern[str]:
        return _any_of(self._settings.moderators)


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(pattern) for pattern in patterns) or r"(?!)")
