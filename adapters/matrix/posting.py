"""Documents as events: threads, parts, files, echoes, edits."""

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import aiohttp

from adapters.matrix.errors import Unrelated, chat_error, refusal, unreachable
from adapters.matrix.journal import Journal
from adapters.matrix.login import OK, ask
from adapters.matrix.render import Part, first_words, parts
from adapters.matrix.sending import Sender
from adapters.matrix.text import dead, markup
from bot.domain.document import Attachment, Document
from bot.domain.errors import Undeliverable

if TYPE_CHECKING:
    from nio import AsyncClient

GONE = Part("(This part is no longer needed.)", "<p><em>(This part is no longer needed.)</em></p>")
LONGEST_ECHO = 300
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
NOT_FOUND = 404
PNG = b"\x89PNG\r\n\x1a\n"
Relation = dict[str, Any]


class Posting:
    """Says documents in rooms; the same key says the same events."""

    def __init__(self, client: "AsyncClient", journal: Journal, sender: Sender, zone: str) -> None:
        self._client = client
        self._journal = journal
        self._sender = sender
        self._zone = zone

    async def post(self, room: str, what: Document, thread: str | None, key: str) -> str:
        """Post, under `thread` if given, and return the first event; raise a ChatError."""
        first, *more = parts(what, what.zone or self._zone)
        try:
            said = await self._say(room, key, first, thread)
        except Unrelated:  # a room that was upgraded has none of the old one's threads
            key, thread = f"{key}.anew", None
            said = await self._say(room, key, first, None)
        for number, part in enumerate(more, 2):
            await self._say(room, f"{key}.{number}", part, thread or said)
        for number, file in enumerate(what.files, 1):
            await self._attach(room, f"{key}.file{number}", file, thread)
        if what.echo and thread is not None:
            await self._echo(room, f"{key}.echo", what, said)
        await self._journal.offer(room, said, what.actions, thread or said)
        return said

    async def edit(self, room: str, message: str, what: Document, key: str) -> str:
        """Replace a message; post anew and return that event if it is gone."""
        if await self._is_gone(room, message):
            return await self.post(room, what, None, key)
        first, *more = parts(what, what.zone or self._zone)
        base = await self._journal.txn_of(message)
        await self._replace(room, f"{key}.edit", message, first)
        number = 1
        for number, part in enumerate(more, 2):
            before = await self._journal.event_of(f"{base}.{number}")
            if before is None:
                await self._say(room, f"{base}.{number}", part, message)
            else:
                await self._replace(room, f"{key}.edit{number}", before, part)
        while base and (before := await self._journal.event_of(f"{base}.{(number := number + 1)}")):
            await self._replace(room, f"{key}.edit{number}", before, GONE)
        await self._journal.offer(room, message, what.actions, message)
        return message

    async def _say(self, room: str, txn: str, part: Part, thread: str | None) -> str:
        return await self._send(room, txn, {**notice(part), **related(thread)})

    async def _replace(self, room: str, txn: str, message: str, part: Part) -> str:
        new = notice(part)
        relation = {"rel_type": "m.replace", "event_id": message}
        shown = notice(Part(f"* {part.body}", f"* {part.html}"))
        return await self._send(room, txn, {**shown, "m.new_content": new, "m.relates_to": relation})

    async def _echo(self, room: str, txn: str, what: Document, said: str) -> None:
        """Say in the room's timeline that something was said in a thread, with a link to it."""
        words = first_words(what, what.zone or self._zone)
        words = words if len(words) <= LONGEST_ECHO else f"{words[:LONGEST_ECHO]} …"
        link = permalink(room, said, self._client.user_id)
        html = f'<p>{markup(words)} · <a href="{link}">in its thread</a></p>'
        await self._send(room, txn, notice(Part(f"{words} · {link}", html)))

    async def _send(self, room: str, txn: str, content: dict[str, Any]) -> str:
        async def made() -> dict[str, Any]:
            return content

        return await self._sender.send(room, txn, made)

    async def _attach(self, room: str, txn: str, file: Attachment, thread: str | None) -> None:
        async def made() -> dict[str, Any]:
            return {**await self._uploaded(room, file), **related(thread)}

        try:
            await self._sender.send(room, txn, made)
        except Undeliverable as error:
            if error.closed:
                raise
            words = f"{dead(file.name)} could not be attached: {dead(str(error))}"
            await self._say(room, f"{txn}.not", Part(words, f"<p>{markup(words)}</p>"), thread)

    async def _uploaded(self, room: str, file: Attachment) -> dict[str, Any]:
        """Upload a file, encrypted for an encrypted room, and return what an event says of it."""
        from nio import UploadResponse

        encrypted = self._client.rooms[room].encrypted
        answer, secrets = await self._client.upload(
            io.BytesIO(file.data), content_type=file.media_type, encrypt=encrypted, filesize=len(file.data)
        )
        if not isinstance(answer, UploadResponse):
            raise chat_error(answer)
        where = {"file": {**(secrets or {}), "url": answer.content_uri}} if encrypted else {"url": answer.content_uri}
        bare = file.media_type.partition(";")[0].strip()
        return {
            "msgtype": "m.image" if bare in PICTURES else "m.file",
            "body": dead(file.about or file.name),
            "filename": dead(file.name),
            "info": {"mimetype": bare, "size": len(file.data), **measures(file.data)},
            "m.mentions": {},
            **where,
        }

    async def _is_gone(self, room: str, message: str) -> bool:
        """Tell whether a message was deleted; servers take edits of those as well."""
        path = f"/_matrix/client/v3/rooms/{quote(room, safe='')}/event/{quote(message, safe='')}"
        try:
            status, event = await ask(self._client, "GET", path)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise unreachable(error) from error
        if status == OK:
            return not event.get("content")
        if status == NOT_FOUND and event.get("errcode") == "M_NOT_FOUND":
            return True
        refused = refusal(status, event)
        if isinstance(refused, Undeliverable):  # a server that does not say
            return False
        raise refused


def notice(part: Part) -> dict[str, Any]:
    """Return an event's content that mentions nobody; a notice, which no bot answers."""
    html = {"format": "org.matrix.custom.html", "formatted_body": part.html} if part.html else {}
    return {"msgtype": "m.notice", "body": part.body, **html, "m.mentions": {}}


def related(thread: str | None) -> Relation:
    """Return what places an event in a thread; clients without threads show it as a reply to the root."""
    if thread is None:
        return {}
    reply = {"m.in_reply_to": {"event_id": thread}, "is_falling_back": True}
    return {"m.relates_to": {"rel_type": "m.thread", "event_id": thread, **reply}}


def permalink(room: str, event: str, user: str) -> str:
    """Return an address that Matrix clients open as an event of a room."""
    via = quote(user.partition(":")[2], safe=":")
    return f"https://matrix.to/#/{quote(room, safe='!:')}/{quote(event, safe='$:')}?via={via}"


def measures(data: bytes) -> dict[str, int]:
    """Return the width and height of a PNG, of its first chunk (RFC 2083 §4.1.1); nothing of another file."""
    if not data.startswith(PNG) or len(data) < 24:  # noqa: PLR2004  # the chunk's end
        return {}
    return {"w": int.from_bytes(data[16:20], "big"), "h": int.from_bytes(data[20:24], "big")}


def names_of(user: str, display: Iterable[str | None]) -> tuple[str, ...]:
    """Return what people call the bot, longest first."""
    local = user.removeprefix("@").partition(":")[0]
    return tuple(sorted({local, *(name for name in display if name)}, key=len, reverse=True))
