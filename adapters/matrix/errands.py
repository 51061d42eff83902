"""What is to be done about rooms, each until it is done: joining, greeting, following, closing."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import aiohttp
import structlog

from adapters.matrix.errors import PATIENCE, refusal, unreachable
from adapters.matrix.journal import Errand, Journal, Task
from adapters.matrix.login import OK, ask
from adapters.matrix.posting import Posting
from adapters.matrix.settings import Allowed, room
from bot.domain.document import Document, Paragraph, Style, Text, says
from bot.domain.errors import ChatDown, ChatError, RateLimited, Undeliverable
from bot.domain.ports import Clock, Desk

if TYPE_CHECKING:
    from nio import AsyncClient

GRACE = timedelta(seconds=60)
"""How long a message may stay unreadable before people are told."""
KEPT = timedelta(days=60)
log = structlog.get_logger(__name__)


class Errands:
    """Does what the journal says is to be done; what cannot be done now is tried again."""

    def __init__(
        self, client: "AsyncClient", journal: Journal, posting: Posting, *, desk: Desk, allowed: Allowed, clock: Clock
    ) -> None:
        self._client = client
        self._journal = journal
        self._posting = posting
        self._desk = desk
        self._allowed = allowed
        self._clock = clock
        self._due = asyncio.Event()

    def wake(self) -> None:
        """Look into the journal now."""
        self._due.set()

    async def run(self) -> None:
        """Do errands until cancelled."""
        await self._journal.prune((self._clock.now() - KEPT).timestamp())
        while True:
            self._due.clear()
            try:
                pause = await self.once()
            except Exception:
                log.exception("matrix.errands_broke")
                pause = GRACE
            await self._nap(pause)

    async def _nap(self, pause: timedelta | None) -> None:
        """Sleep until somebody wakes us, or for a while."""
        waiting: set[asyncio.Task[object]] = {asyncio.create_task(self._due.wait())}
        if pause is not None:
            waiting.add(asyncio.create_task(self._clock.sleep_until(self._clock.now() + pause)))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()

    async def once(self) -> timedelta | None:
        """Do what is due; return after how long what is left may be tried again, None if nothing is left."""
        pause: timedelta | None = None
        for errand in await self._journal.errands():
            try:
                then = await self._done(errand)
            except RateLimited as error:
                pause = error.retry_after
            except ChatDown:
                pause = PATIENCE
            except ChatError as error:
                log.warning("matrix.errand_failed", errand=errand.kind, room=errand.room, why=str(error))
                await self._journal.run(errand)
            else:
                await self._journal.run(errand, then)
                if then:
                    self._due.set()
        return await self._explain() or pause

    async def _done(self, errand: Errand) -> Sequence[Errand]:
        where = room(errand.room)
        match errand.kind:
            case Task.JOIN:
                return await self._join(errand)
            case Task.REFUSE:
                log.warning("matrix.invitation_refused", room=errand.room, by=errand.detail)
                await self._asked("leave", errand.room)
            case Task.CLOSED:
                await self._desk.closed(where, errand.detail)
            case Task.VOICED:
                await self._desk.reopened(where)
            case Task.REOPENED:
                await self._desk.reopened(where)
                if errand.room in (await self._journal.moves()).values():
                    return ()  # it is greeted when everything is there
                return (Errand(kind=Task.GREET, room=errand.room, detail=errand.detail),)
            case Task.MOVE:
                await self._desk.moved(where, room(errand.detail))
                await self._journal.moved(errand.room)
                return (Errand(kind=Task.GREET, room=errand.detail, detail=f"{FOLLOWED}{errand.room}"),)
            case Task.GREET:
                await self._greet(errand)
        return ()

    async def _join(self, errand: Errand) -> Sequence[Errand]:
        """Go into a room, by way of the server of whoever invited us; one that we may not enter is not tried again."""
        via = errand.detail.partition(":")[2]
        try:
            await self._asked("join", errand.room, f"?via={quote(via)}" if via else "")
        except Undeliverable as error:
            log.warning("matrix.cannot_join", room=errand.room, why=str(error))
            return await self._left_behind(errand.room)
        return ()

    async def _asked(self, what: str, room_id: str, more: str = "") -> None:
        place = quote(room_id, safe="")
        path = (
            f"/_matrix/client/v3/join/{place}{more}" if what == "join" else f"/_matrix/client/v3/rooms/{place}/{what}"
        )
        try:
            status, answer = await ask(self._client, "POST", path, {})
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise unreachable(error) from error
        if status != OK:
            raise refusal(status, answer)

    async def _left_behind(self, new: str) -> Sequence[Errand]:
        """Say of the room that a closed one replaced that an invitation is wanted."""
        old = [one for one, successor in (await self._journal.moves()).items() if successor == new]
        why = f"The room was replaced by {new}; invite the bot there, and everything that stands here follows."
        return [Errand(kind=Task.CLOSED, room=one, detail=why) for one in old]

    async def _greet(self, errand: Errand) -> None:
        if errand.room not in self._client.rooms:
            raise ChatDown("The room has not come yet.")
        what = FOLLOWING if errand.detail.startswith(FOLLOWED) else GREETING
        await self._posting.post(errand.room, what, None, f"hello-{errand.room}-{errand.detail}")

    async def _explain(self) -> timedelta | None:
        """Tell rooms of messages that could not be read, once a key; come back while some are young."""
        before = (self._clock.now() - GRACE).timestamp()
        for event in await self._journal.unexplained(before):
            sender = str(event.raw.get("sender", ""))
            session = event.session or ""
            if event.room in self._client.rooms and self._allowed.may_speak(sender):
                log.warning("matrix.unreadable", room=event.room, user=sender)
                name = sender.removeprefix("@").partition(":")[0]
                what = says(
                    f"A message from {name} could not be read here: its key has not come.",
                    "If it was for me, please type it again.",
                )
                try:
                    await self._posting.post(event.room, what, None, f"unread-{session}")
                except (ChatDown, RateLimited):
                    return PATIENCE
                except ChatError:
                    pass  # whoever keeps us from writing there need not be told
            await self._journal.explained(session)
        return GRACE if await self._journal.unexplained(self._clock.now().timestamp()) else None


FOLLOWED = "from "
FOLLOWING = says("Rapporteur followed you: what stood in the old room stands here now. New threads begin here.")
GREETING: Document = says(
    Paragraph(
        (
            Text("Rapporteur is here. ", Style.STRONG),
            Text("Type "),
            Text("!watch facial recognition", Style.CODE),
            Text(" to be told of news, "),
            Text("!help", Style.CODE),
            Text(" for everything else."),
        )
    ),
    "Where several people talk, I hear only lines that begin with ! or with my name.",
)
