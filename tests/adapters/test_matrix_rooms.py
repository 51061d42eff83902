"""Who is still in a room."""

from pathlib import Path

from nio import AsyncClient, MatrixRoom

from adapters.matrix.rooms import Rooms
from adapters.matrix.settings import Allowed, MatrixSettings

ME, ROOM = "@rapporteur:example.org", "!room:example.org"


async def test_who_is_not_in_the_room_has_left_it(tmp_path: Path) -> None:
    client = AsyncClient("https://example.org", ME)
    room = client.rooms[ROOM] = MatrixRoom(ROOM, ME)
    room.members_synced = True
    for user in (ME, "@anna:example.org"):
        room.add_member(user, None, None)
    rooms = Rooms(client, Allowed(MatrixSettings(homeserver="https://example.org", user_id=ME, store=tmp_path)))
    people = {"@anna:example.org", "@bob:example.org", "import"}
    assert await rooms.left(ROOM, people) == {"@bob:example.org"}
    assert await rooms.left("!another:example.org", people) == set()
