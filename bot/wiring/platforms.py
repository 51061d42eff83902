"""The chat platforms that are configured; only those are loaded."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.domain.ports import Chat, Clock, Roster

if TYPE_CHECKING:
    from aiohttp.web import RouteDef

    from storage.store import Stored


@asynccontextmanager
async def open_platforms(settings: Settings, store: "Stored", clock: Clock) -> AsyncIterator[Mapping[str, Chat]]:
    """Open the chat platforms that are configured, by name; ConfigError if what they need is not there."""
    async with AsyncExitStack() as stack:
        found: dict[str, Chat] = {}
        if settings.slack.enabled:
            from bot.wiring.slack import open_slack

            found["slack"] = await stack.enter_async_context(open_slack(settings, store, clock))
        if settings.matrix.enabled:
            from bot.wiring.matrix import open_matrix

            found["matrix"] = open_matrix(settings, clock)
        yield found


def routes_of(chats: Mapping[str, Chat]) -> "Sequence[RouteDef]":
    """Return what chat platforms answer on the HTTP port."""
    return [route for chat in chats.values() for route in getattr(chat, "routes", tuple)()]


def rosters(chats: Mapping[str, Chat]) -> Mapping[str, Roster]:
    """Return the platforms that know who is still there, by name."""
    return {name: chat for name, chat in chats.items() if isinstance(chat, Roster)}


def states(chats: Mapping[str, Chat]) -> Mapping[str, str]:
    """Return how the lines to the platforms are, by name."""
    told = {name: getattr(chat, "state", str)() for name, chat in chats.items()}
    return {name.capitalize(): state for name, state in told.items() if state}
