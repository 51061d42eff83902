"""Matrix, where it is configured."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.domain.ports import Chat, Clock

if TYPE_CHECKING:
    from adapters.matrix.settings import MatrixSettings


def open_matrix(settings: Settings, clock: Clock) -> Chat:
    """Open Matrix; ConfigError if what it needs is not there."""
    from adapters.matrix.chat import MatrixChat

    return MatrixChat(matrix_settings(settings), clock)


def matrix_settings(settings: Settings) -> "MatrixSettings":
    """Return what the Matrix adapter is told."""
    from adapters.matrix.settings import MatrixSettings

    chosen = settings.matrix
    return MatrixSettings(
        homeserver=chosen.homeserver or "",
        user_id=chosen.user_id or "",
        password=chosen.password,
        access_token=chosen.access_token,
        device_id=chosen.device_id,
        store=chosen.store,
        store_key=chosen.store_key,
        allow=chosen.allow or (),
        moderators=chosen.moderators,
        reset_identity=chosen.reset_identity,
        zone=settings.alerts.zone,
    )


def check_matrix(settings: Settings) -> tuple[Sequence[str], Sequence[str]]:
    """Ask the homeserver whether everything is there; return what is well and what is missing."""
    from adapters.matrix.checking import check

    return asyncio.run(check(matrix_settings(settings)))
