"""People who want to be sure that the bot's device is the bot's: their clients ask, in a room or device to device."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import aiohttp
import structlog

from adapters.matrix.emoji import Said, Verification
from adapters.matrix.login import ask
from adapters.matrix.sending import Sender
from adapters.matrix.settings import Allowed
from adapters.matrix.signing import Signing
from bot.domain.errors import ChatError
from bot.domain.ports import Clock

if TYPE_CHECKING:
    from nio import AsyncClient

PREFIX = "m.key.verification."
REQUEST = f"{PREFIX}request"
KINDS = frozenset({"request", "start", "key", "mac", "done", "cancel"})
FRESH = timedelta(minutes=10)
"""How long a request may be answered (spec 1.18, "m.key.verification.request")."""
MOST, WAITING = 20, 100
"""Conversations held at once, of which the oldest is forgotten; messages that wait to be answered."""
log = structlog.get_logger(__name__)
Heard = tuple[str | None, str, str, str, Mapping[str, Any]]


class Verifying:
    """Answers verifications of allowed users; what both sides show stands in the log."""

    def __init__(
        self, client: "AsyncClient", sender: Sender, signing: Signing, *, allowed: Allowed, clock: Clock
    ) -> None:
        from nio import KeyVerificationEvent, UnknownToDeviceEvent

        self._client: Any = client
        self._olm: Any = client.olm
        _unanswered(self._olm)
        self._sender = sender
        self._signing = signing
        self._allowed = allowed
        self._clock = clock
        self._heard: asyncio.Queue[Heard] = asyncio.Queue(WAITING)
        self._talks: dict[tuple[str, str], Verification] = {}
        client.add_to_device_callback(self._came, (KeyVerificationEvent, UnknownToDeviceEvent))  # type: ignore[arg-type]

    async def _came(self, event: Any) -> None:
        self.hear(event.source, None)

    def hear(self, raw: Mapping[str, Any], room: str | None) -> bool:
        """Take an event, of a room or sent to the device; tell whether it was one of a verification."""
        content, sender = raw.get("content"), raw.get("sender")
        if not isinstance(content, Mapping) or not isinstance(sender, str):
            return False
        kind = str(content.get("msgtype") if raw.get("type") == "m.room.message" else raw.get("type"))
        if not kind.startswith(PREFIX):
            return False
        at = raw.get("origin_server_ts") if room else content.get("timestamp", raw.get("origin_server_ts"))
        now = self._clock.now().timestamp()
        old = isinstance(at, int | float) and now - at / 1000 > FRESH.total_seconds()
        name = raw.get("event_id") if room and kind == REQUEST else _referred(content, room)
        mine = room is None or kind != REQUEST or content.get("to") == self._client.user_id
        short = kind.removeprefix(PREFIX)
        known = isinstance(name, str) and short in KINDS and self._allowed.may_speak(sender)
        if known and mine and not old and not self._heard.full():
            self._heard.put_nowait((room, sender, str(name), short, content))
        return True

    async def run(self) -> None:
        """Answer until cancelled; what cannot be sent ends that verification, and a person asks again."""
        while True:
            room, user, name, kind, content = await self._heard.get()
            talk = self._talk(user, name, kind)
            if talk is None:
                continue
            try:
                await self._answer(talk, room, talk.hear(kind, content))
            except (ChatError, aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("matrix.verification_failed", user=user, why=str(error))
                talk.over = True
            except Exception:
                log.exception("matrix.verification_broke")
                talk.over = True
            if talk.over:
                self._talks.pop((user, name), None)

    def _talk(self, user: str, name: str, kind: str) -> Verification | None:
        """Return the conversation that a message belongs to; one begins with a request or, without, a start."""
        talk = self._talks.get((user, name))
        if talk is None and kind in {"request", "start"}:
            devices = self._olm.device_store.active_user_devices(user)
            talk = self._talks[user, name] = Verification(
                id=name,
                user=user,
                me=self._client.user_id,
                device=self._client.device_id,
                keys={f"ed25519:{self._client.device_id}": self._olm.account.identity_keys["ed25519"]}
                | self._signing.identity,
                known={f"ed25519:{device.id}": device.ed25519 for device in devices},
            )
            if len(self._talks) > MOST:
                del self._talks[next(iter(self._talks))]
        return talk

    async def _answer(self, talk: Verification, room: str | None, answers: Sequence[Said]) -> None:
        for said in answers:
            if said[0] == "key":
                log.info(
                    "matrix.verification", user=talk.user, emoji=talk.emoji, why="Compare with what their client shows."
                )
            await self._say(talk, room, said)

    async def _say(self, talk: Verification, room: str | None, said: Said) -> None:
        kind, content = said
        if room is None:
            path = f"/_matrix/client/v3/sendToDevice/{PREFIX}{kind}/{uuid4().hex}"
            whole = {**content, "transaction_id": talk.id}
            await ask(self._client, "PUT", path, {"messages": {talk.user: {talk.their_device or "*": whole}}})
            return

        async def made() -> dict[str, Any]:
            return {**content, "m.relates_to": {"rel_type": "m.reference", "event_id": talk.id}}

        await self._sender.send(room, f"verify-{kind}-{talk.id}", made, kind=f"{PREFIX}{kind}")


def _unanswered(olm: Any) -> None:
    """Keep nio from answering beside us."""
    olm.handle_key_verification = lambda _event: None


def _referred(content: Mapping[str, Any], room: str | None) -> object:
    relation = content.get("m.relates_to")
    if room is None:
        return content.get("transaction_id")
    return relation.get("event_id") if isinstance(relation, Mapping) else None
