"""Files into a thread: an address to upload to, the bytes, and the word that they are complete."""

from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import Web, asked
from adapters.slack.errors import NOT_TAKEN, NOT_THERE, Unanswered, translated
from adapters.slack.notes import Notes
from bot.domain.document import Attachment
from bot.domain.errors import ChatDown, ChatError, RateLimited, Undeliverable
from bot.domain.ports import Clock

OK, REDIRECTED, LONGEST_ALT = 200, 300, 1_000
log = structlog.get_logger(__name__)


async def attach(
    client: AsyncWebClient,
    web: Web,
    notes: Notes,
    clock: Clock,
    file: Attachment,
    *,
    place: tuple[str, str | None],
    key: str,
) -> None:
    """Share a file once in a channel and thread; one that Slack refuses is left out, and the log says so.

    Raise ChatDown or RateLimited if it may be tried again.
    """
    channel, thread = place
    known = await notes.begin(key, now=clock.now())
    if known is not None and known[0] is not None:
        return
    try:
        if known is not None and await _shared(client, channel, thread, file.name):
            await notes.posted(key, "shared")
            return
        await notes.posted(key, await _upload(client, web, file, channel=channel, thread=thread))
    except Unanswered:
        raise
    except (ChatDown, RateLimited):
        await notes.dropped(key)
        raise
    except ChatError as error:
        log.warning("slack.file_refused", file=file.name, why=str(error))
        await notes.posted(key, "refused")


async def _upload(client: AsyncWebClient, web: Web, file: Attachment, *, channel: str, thread: str | None) -> str:
    place = await asked(
        client.files_getUploadURLExternal,
        filename=file.name,
        length=len(file.data),
        alt_txt=file.about[:LONGEST_ALT] or None,
    )
    url, id_ = str(place.get("upload_url") or ""), str(place.get("file_id") or "")
    if not url or not id_:
        raise Undeliverable("Slack named no place to upload to.")
    try:
        # The address is Slack's answer to us; it is not of the outside.
        async with web.session.post(url, data=file.data, headers={"Content-Type": file.media_type}) as answer:
            status = answer.status
    except Exception as error:
        # Nothing is shared before it is said to be complete.
        raise ChatDown(str(translated(error, "the upload of a file"))) from error
    if status in NOT_THERE | NOT_TAKEN:
        raise Undeliverable(f"Slack refused a file (HTTP {status}).")
    if not OK <= status < REDIRECTED:
        raise ChatDown(f"Slack did not take a file (HTTP {status}).")
    await asked(
        client.files_completeUploadExternal,
        files=[{"id": id_, "title": file.about[:100] or file.name}],
        channel_id=channel,
        thread_ts=thread,
    )
    return id_


async def _shared(client: AsyncWebClient, channel: str, thread: str | None, name: str) -> bool:
    """Tell whether the thread has a file of that name."""
    if thread is None:
        return False
    answer = await asked(client.conversations_replies, channel=channel, ts=thread, limit=100)
    found: list[Any] = [file for message in answer.get("messages") or () for file in message.get("files") or ()]
    return any(isinstance(file, dict) and file.get("name") == name for file in found)
