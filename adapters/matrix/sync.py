"""From the server into the journal: the loop that loses nothing (issues of nio's own: it saves its token first)."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import structlog

from adapters.matrix.errors import chat_error
from adapters.matrix.intake import after_own_join, farewell, membership
from adapters.matrix.journal import Batch, Errand, Event, Journal, Task
from adapters.matrix.keys import Keys
from adapters.matrix.rooms import Rooms
from adapters.matrix.settings import Allowed, MatrixSettings
from adapters.matrix.verifying import Verifying
from bot.domain.errors import ChatDown, Undeliverable
from bot.domain.ports import Clock

if TYPE_CHECKING:
    from nio import AsyncClient, SyncResponse

WAIT = 30_000
"""Milliseconds the server may hold a sync in which nothing happens."""
PAGE = 100
BAD_REQUEST = 400
TOMBSTONE = "m.room.tombstone"
SAID = frozenset({"m.room.message", "m.reaction"})
log = structlog.get_logger(__name__)


class Sync:
    """Asks the server what is new and keeps it, with the token, in one transaction."""

    def __init__(
        self,
        client: "AsyncClient",
        journal: Journal,
        keys: Keys,
        *,
        rooms: Rooms,
        verifying: Verifying,
        settings: MatrixSettings,
        clock: Clock,
    ) -> None:
        self._client = client
        self._journal = journal
        self._keys = keys
        self._rooms = rooms
        self._verifying = verifying
        self._settings = settings
        self._allowed = Allowed(settings)
        self._clock = clock

    async def once(self, *, first: bool) -> None:
        """Take one answer; ChatDown and RateLimited to come again with the same token, Unauthorised to stop."""
        since = await self._journal.since()
        answer = await self._asked(since, first=first)
        batch = await self._batch(since, answer)
        await self._journal.keep(batch, now=self._clock.now().timestamp())
        await self._keys.unlock(every=first)
        await self._keys.maintain(answer)

    async def _asked(self, since: str | None, *, first: bool) -> "SyncResponse":
        from nio import SyncResponse

        self._client.next_batch = ""  # nio skips an answer it has seen, also one that could not be kept
        async with asyncio.timeout(WAIT / 1000 + 4 * self._settings.patience):
            answer = await self._client.sync(
                timeout=0 if first else WAIT,
                since=since,
                sync_filter=self._filter(),
                full_state=True if first else None,  # after a start nio knows no rooms
            )
        if isinstance(answer, SyncResponse):
            return answer
        if since is not None and _refuses_token(answer):
            await self._journal.forget_token()
            log.error(
                "matrix.token_lost", why="The homeserver forgot the bot's place; what was said since is not read."
            )
            raise ChatDown("The homeserver does not know the sync token; the bot begins anew.")
        raise chat_error(answer)

    def _filter(self) -> dict[str, Any]:
        # Members come when they are needed; encryption and power must never be filtered out.
        nothing: dict[str, Any] = {"types": []}
        return {
            "presence": nothing,
            "account_data": nothing,
            "room": {
                "timeline": {"limit": self._settings.timeline},
                "ephemeral": nothing,
                "account_data": nothing,
                "state": {"lazy_load_members": True},
            },
        }

    async def _batch(self, since: str | None, answer: "SyncResponse") -> Batch:
        known = await self._journal.rooms()
        moves = await self._journal.moves()
        fresh: dict[str, str] = {}
        events: list[Event] = []
        errands = self._invitations(answer)
        for room_id, info in answer.rooms.join.items():
            come = await self._come(room_id, info, since)
            state = [event.source for event in info.state]
            raws = [event.source for event in come]
            self._rooms.note(room_id, [*state, *raws])
            if room_id not in moves:
                fresh.update(_replacement(room_id, [*state, *raws]))
            if since is not None:
                new = not known.get(room_id)
                start = after_own_join(raws, self._client.user_id) if new else 0
                events += [kept for event in come[start:] if (kept := self._kept(room_id, event)) is not None]
                errands += self._opening(room_id, raws, answer.next_batch, new=new)
        gone = {room: info for room, info in answer.rooms.leave.items() if known.get(room)}
        errands += [Errand(kind=Task.CLOSED, room=room, detail=self._farewell(info)) for room, info in gone.items()]
        joined = {**dict.fromkeys(answer.rooms.join, True), **dict.fromkeys(gone, False)}
        errands += _following(moves, fresh, {**known, **joined})
        return Batch(since=answer.next_batch, events=events, errands=errands, joined=joined, moves=fresh)

    def _opening(self, room_id: str, raws: Sequence[Mapping[str, Any]], at: str, *, new: bool) -> list[Errand]:
        """Deliver to a room that the bot came into, or in which it may have been given a voice."""
        if new:
            return [Errand(kind=Task.REOPENED, room=room_id, detail=at)]
        voiced = any(raw.get("type") == "m.room.power_levels" for raw in raws)
        return [Errand(kind=Task.VOICED, room=room_id)] if voiced else []

    def _invitations(self, answer: "SyncResponse") -> list[Errand]:
        from nio import InviteMemberEvent

        found = []
        for room_id, info in answer.rooms.invite.items():
            # nio takes the content out of these events' source.
            members = [event for event in info.invite_state if isinstance(event, InviteMemberEvent)]
            mine = [event for event in members if event.state_key == self._client.user_id]
            by = [event.sender for event in mine if event.membership == "invite"]
            if by:
                kind = Task.JOIN if self._allowed.may_speak(by[-1]) else Task.REFUSE
                found.append(Errand(kind=kind, room=room_id, detail=by[-1]))
        return found

    def _farewell(self, info: Any) -> str:
        raws = [event.source for event in (*info.state, *info.timeline.events)]
        mine = [raw for raw in raws if membership(raw, self._client.user_id) is not None]
        return farewell(mine[-1], self._client.user_id) if mine else "The bot is not in this room; invite it again."

    async def _come(self, room_id: str, info: Any, since: str | None) -> list[Any]:
        """Return a room's new events, oldest first, with those that the answer left out."""
        if not info.timeline.limited:
            return list(info.timeline.events)
        self._client.rooms[room_id].members_synced = False
        before = [] if since is None else await self._gap(room_id, since, info.timeline)
        return [*before, *info.timeline.events]

    async def _gap(self, room_id: str, since: str, timeline: Any) -> list[Any]:
        """Return what a timeline left out: everything from the last token up to its first event."""
        from nio import MessageDirection, RoomMessagesResponse

        shown = {getattr(event, "event_id", "") for event in timeline.events}
        found: list[Any] = []
        start: str | None = since
        while start:
            page = await self._client.room_messages(
                room_id, start=start, end=timeline.prev_batch, direction=MessageDirection.front, limit=PAGE
            )
            if not isinstance(page, RoomMessagesResponse):
                error = chat_error(page)
                if not isinstance(error, Undeliverable):
                    raise error
                log.error("matrix.gap", room=room_id, why=f"What was said in a long pause is not read: {error}")
                break
            new = [event for event in page.chunk if getattr(event, "event_id", None) not in shown]
            found += new
            there = not timeline.prev_batch and len(new) < len(page.chunk)
            start = page.end if page.chunk and page.end != start and not there else None
        return found

    def _kept(self, room_id: str, event: Any) -> Event | None:
        """Return what is worth keeping of an event: what others said, readable or not yet."""
        from nio import MegolmEvent

        raw = event.source
        if not isinstance(raw, dict) or raw.get("sender") == self._client.user_id:
            return None
        if isinstance(event, MegolmEvent):
            event.room_id = room_id
            opened = self._keys.opened(event)
            if opened is event:
                return Event(id=event.event_id, room=room_id, raw=raw, session=event.session_id)
            event, raw = opened, opened.source
        if self._verifying.hear(raw, room_id) or raw.get("type") not in SAID:
            return None
        return Event(id=raw["event_id"], room=room_id, raw=raw, decrypted=getattr(event, "decrypted", False))


def _refuses_token(answer: Any) -> bool:
    """Tell whether a sync failed for its token's sake: nothing else in what is asked differs from the last time."""
    response = answer.transport_response
    return answer.status_code is not None and response is not None and response.status == BAD_REQUEST


def _following(moves: Mapping[str, str], fresh: Mapping[str, str], joined: Mapping[str, bool]) -> list[Errand]:
    """Go after rooms that were replaced: into the new one first, then with everything that stands in the old."""
    here = {old: new for old, new in {**moves, **fresh}.items() if joined.get(new)}
    after = [Errand(kind=Task.MOVE, room=old, detail=new) for old, new in here.items()]
    into = [(old, new) for old, new in fresh.items() if old not in here]
    return after + [Errand(kind=Task.JOIN, room=new, detail=f"@:{old.partition(':')[2]}") for old, new in into]


def _replacement(room_id: str, raws: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the room that a tombstone names."""
    contents = [raw.get("content") for raw in raws if raw.get("type") == TOMBSTONE and raw.get("state_key") == ""]
    named = [content.get("replacement_room") for content in contents if isinstance(content, Mapping)]
    found = [room for room in named if isinstance(room, str) and room.startswith("!") and room != room_id]
    return {room_id: found[-1]} if found else {}
