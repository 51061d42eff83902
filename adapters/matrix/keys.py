"""The device's keys: kept in supply, shared before a message goes out, tried again when they come late."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import structlog

from adapters.matrix.errors import LoggedOut, refusal
from adapters.matrix.journal import Event, Journal
from adapters.matrix.login import OK, ask
from bot.domain.errors import ChatDown

if TYPE_CHECKING:
    from nio import AsyncClient, SyncResponse

WITHHELD = "m.room_key.withheld"
TAKEN = "already exists"
UPLOAD = "/_matrix/client/v3/keys/upload"
Vouch = Callable[[dict[str, Any]], Awaitable[dict[str, str]]]
log = structlog.get_logger(__name__)


class Keys:
    """What a nio client must be reminded of.

    Attributes:
        withheld: users whose clients keep their keys from the bot, and the code they gave.

    """

    def __init__(self, client: "AsyncClient", journal: Journal, vouch: Vouch) -> None:
        from nio import ForwardedRoomKeyEvent, RoomKeyEvent, UnknownToDeviceEvent

        self._client = client
        self._olm: Any = client.olm
        self._journal = journal
        self._vouch = vouch
        self._came: set[str] = set()
        self._asking = asyncio.Lock()
        self.withheld: dict[str, str] = {}
        client.add_to_device_callback(self._key_came, (RoomKeyEvent, ForwardedRoomKeyEvent))  # type: ignore[arg-type]
        client.add_to_device_callback(self._other_came, (UnknownToDeviceEvent,))  # type: ignore[arg-type]

    async def _key_came(self, event: Any) -> None:
        self._came.add(event.session_id)
        self.withheld.pop(event.sender, None)

    async def _other_came(self, event: Any) -> None:
        if event.type == WITHHELD:
            code = str(event.source.get("content", {}).get("code", ""))[:60]
            self.withheld[event.sender] = code
            log.warning(
                "matrix.key_withheld",
                user=event.sender,
                code=code,
                why="Their client does not trust the bot's device; `rapporteur check` says whether it is signed.",
            )

    async def maintain(self, answer: "SyncResponse") -> None:
        """Upload, query and claim what the server says is due after a sync."""
        count = answer.device_key_count.signed_curve25519
        if count is not None:
            self._olm.uploaded_key_count = count  # nio takes no notice of 0, and would never upload again
        elif self._olm.uploaded_key_count is None and self._olm.account.shared:
            self._olm.uploaded_key_count = await self._counted()
        if self._client.should_upload_keys:
            await self._upload()
        await self.query()
        if self._client.should_claim_keys:
            await self._client.keys_claim(self._client.get_users_for_key_claiming())
        await self._client.send_to_device_messages()

    async def _counted(self) -> int | None:
        """Ask how many keys are left: some servers tell of changes only, and not of none."""
        status, answer = await ask(self._client, "POST", UPLOAD, {})
        counts = answer.get("one_time_key_counts")
        count = counts.get("signed_curve25519", 0) if isinstance(counts, dict) and status == OK else None
        return count if isinstance(count, int) else None

    async def _upload(self) -> None:
        """Publish keys that are due; the device itself with its owner's signature."""
        from nio import KeysUploadResponse

        wanted = self._olm.share_keys()
        self._olm.save_account()  # a bot that is killed when the server has them must know them
        device = wanted.get("device_keys")
        if device is not None:
            device["signatures"][self._client.user_id] |= await self._vouch(device)
        status, answer = await ask(self._client, "POST", UPLOAD, wanted)
        said = str(answer.get("error", ""))
        if TAKEN in said:
            raise LoggedOut(
                "The folder matrix.store does not hold the keys of the bot's device: put the folder back from a "
                "backup, or set matrix.password (or a new access_token and device_id) and start again."
            )
        uploaded = KeysUploadResponse.from_dict(answer)
        if status == OK and isinstance(uploaded, KeysUploadResponse):
            self._olm.handle_response(uploaded)
        else:
            log.warning("matrix.keys_not_uploaded", why=f"HTTP {status}: {said}")

    async def query(self) -> None:
        """Ask for devices that changed; a message must not go out without those it is for."""
        async with self._asking:
            if self._client.should_query_keys:
                await self._client.keys_query()

    async def share(self, room_id: str) -> None:
        """Give an encrypted room's devices the key of the next message; a ChatError if one did not get it."""
        room = self._client.rooms[room_id]
        if not room.members_synced:
            await self._client.joined_members(room_id)
        if not room.members_synced:
            raise ChatDown("The homeserver does not say who is in the room.")
        await self.query()
        if self._client.should_query_keys:
            raise ChatDown("The homeserver does not show the keys of the people in the room.")
        if self._olm.should_share_group_session(room_id):
            await self._pass_on(room_id, list(room.users))

    async def _pass_on(self, room_id: str, users: list[str]) -> None:
        """Send the key to every device that can be sent to.

        nio's own way takes an answer that is no JSON for a success, and waits for ever after a cancellation.
        """
        from nio import KeysClaimResponse

        missing = self._client.get_missing_sessions(room_id)
        if missing and not isinstance(await self._client.keys_claim(missing), KeysClaimResponse):
            raise ChatDown("The homeserver does not hand out keys of the people in the room.")
        shares = self._olm.share_group_session_parallel(room_id, users, ignore_unverified_devices=True)
        for devices, messages in shares:
            path = f"/_matrix/client/v3/sendToDevice/m.room.encrypted/{uuid4().hex}"
            status, answer = await ask(self._client, "PUT", path, messages)
            if status != OK:
                raise refusal(status, answer)
            self._olm.outbound_group_sessions[room_id].users_shared_with.update(devices)
        self._olm.outbound_group_sessions[room_id].shared = True

    def opened(self, event: Any) -> Any:
        """Return an encrypted event decrypted, or as it is if its key is not here."""
        from nio import EncryptionError, Event

        try:
            found = self._client.decrypt_event(event)
        except (EncryptionError, AssertionError, ValueError):
            return event
        return found if isinstance(found, Event) else event

    async def unlock(self, *, every: bool = False) -> None:
        """Decrypt what waits for the keys that came, or for any."""
        came, self._came = self._came, set()
        waiting = await self._journal.locked() if every else []
        for session in came:
            waiting += await self._journal.locked(session)
        for event in waiting:
            raw = self._decrypted(event)
            if raw is not None:
                await self._journal.unlock(event, raw)

    def _decrypted(self, event: Event) -> dict[str, Any] | None:
        from nio import MegolmEvent

        sealed = MegolmEvent.from_dict(dict(event.raw))
        if not isinstance(sealed, MegolmEvent):
            return None
        sealed.room_id = event.room
        opened = self.opened(sealed)
        return None if opened is sealed else opened.source
