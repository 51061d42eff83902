"""The recorded week that the demo plays."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from bot.domain.ports import Clock

if TYPE_CHECKING:
    from feeds.recording import Recording


def recording() -> "Recording":
    """Return the recorded week of the demo."""
    from feeds.recording import Recording

    return Recording.load()


def recorded_server(recorded: "Recording", clock: Clock) -> AbstractAsyncContextManager[str]:
    """Serve the recorded week on loopback; gives its address."""
    from feeds.recording import serve

    return serve(recorded, clock)
