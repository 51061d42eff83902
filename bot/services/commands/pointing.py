"""What a command is about: a link, the message it was typed under, or the last alert here."""

from collections.abc import Sequence

from bot.domain.alerts import Alert
from bot.domain.errors import CommandError
from bot.services.commands.context import Request


async def spoken_of(request: Request, *, usage: str) -> Sequence[Alert]:
    """Return what the message speaks of under which the command was typed, else the last alert here.

    CommandError if there is neither.
    """
    command, store = request.command, request.context.store
    if command.thread is not None:
        found = await store.stories.under(command.conversation, command.thread)
        if found:
            return found
    last = await store.outbox.last_alert(command.conversation)
    if last is None:
        raise CommandError("Nothing was posted here yet.", usage=usage)
    return [last]
