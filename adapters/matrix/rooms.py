"""Who is who in the bot's rooms."""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from adapters.matrix.errors import chat_error
from adapters.matrix.intake import MODERATOR, creators
from adapters.matrix.posting import names_of
from adapters.matrix.settings import Allowed

if TYPE_CHECKING:
    from nio import AsyncClient

PAIR = 2


class Rooms:
    """What the client knows of rooms, and what it does not: creators, the bot's own name."""

    def __init__(self, client: "AsyncClient", allowed: Allowed) -> None:
        self._client = client
        self._allowed = allowed
        self._creators: dict[str, frozenset[str]] = {}
        self._display: str | None = None

    def note(self, room_id: str, raws: Iterable[Mapping[str, Any]]) -> None:
        """Take from a room's events who made it."""
        for raw in raws:
            if raw.get("type") == "m.room.create":
                self._creators[room_id] = creators(raw)

    async def learn_name(self) -> None:
        """Ask what the bot is called; a server that does not say leaves it with its user id."""
        from nio import ProfileGetDisplayNameResponse

        answer = await self._client.get_displayname()
        if isinstance(answer, ProfileGetDisplayNameResponse):
            self._display = answer.displayname

    def names(self, room_id: str) -> tuple[str, ...]:
        """Return what people in a room call the bot."""
        room = self._client.rooms[room_id]
        return names_of(self._client.user_id, (self._display, room.user_name(self._client.user_id)))

    async def alone(self, room_id: str) -> bool:
        """Tell whether a room holds one person and the bot; raise a ChatError if the server does not say."""
        return len(await self._people(room_id)) == PAIR

    async def left(self, room_id: str, users: Collection[str]) -> Collection[str]:
        """Return the users who are not in a room any more; raise a ChatError if the server does not say."""
        there = await self._people(room_id) if room_id in self._client.rooms else users
        return {user for user in users if user.startswith("@") and user not in there}

    async def _people(self, room_id: str) -> Collection[str]:
        room = self._client.rooms[room_id]
        if not room.members_synced:
            answer = await self._client.joined_members(room_id)
            if not room.members_synced:
                raise chat_error(answer)
        return room.users

    def moderates(self, room_id: str, user: str) -> bool:
        """Tell whether a user looks after a room: by list, as its creator, or by power (spec 1.18 §11.2.4)."""
        levels = self._client.rooms[room_id].power_levels
        return (
            self._allowed.moderates(user)
            or user in self._creators.get(room_id, frozenset())
            or levels.get_user_level(user) >= MODERATOR
        )
