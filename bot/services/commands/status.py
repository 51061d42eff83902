"""`status`: the bot at a glance."""

from collections.abc import Mapping

from bot.domain.document import Document, Facts, Heading, Line, Moment, Style, Text
from bot.domain.entries import Kind
from bot.domain.errors import StoreError
from bot.domain.storing.outbox import Backlog
from bot.services.commands.arguments import clipped
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.paging import counted
from bot.services.commands.sources import summary

_NAMES: Mapping[Kind, tuple[str, str]] = {
    Kind.NEWS: ("news item", "news items"),
    Kind.MEETING: ("meeting", "meetings"),
    Kind.WORK_ITEM: ("work item", "work items"),
    Kind.DOCUMENT: ("document", "documents"),
    Kind.PUBLICATION: ("publication", "publications"),
}


async def status(request: Request) -> Document:
    """Show version, store, sources, what is stored, what waits to be posted and what cannot be."""
    context = request.context
    heading = Heading((Text(f"Rapporteur {context.version}".strip(), Style.STRONG),))
    own: list[tuple[str, Line]] = [(label, (Text(words),)) for label, words in context.bot_status().items()]
    try:
        await context.store.ping()
    except StoreError as error:
        return Document((heading, Facts((*own, ("Store", (Text(f"not answering: {error}"),))))))
    store = context.store
    rows: list[tuple[str, Line]] = [
        *own,
        ("Store", (Text("fine"),)),
        ("Sources", (Text(summary(await store.sources.listing())),)),
        ("Entries", (Text(_entries(await store.entries.count())),)),
        *_backlog(await store.outbox.backlog()),
    ]
    return Document((heading, Facts(tuple(rows))))


def _entries(count: Mapping[Kind, int]) -> str:
    parts = [counted(number, *_NAMES[kind]) for kind, number in count.items() if number]
    return ", ".join(parts) or "none yet"


def _backlog(backlog: Backlog) -> list[tuple[str, Line]]:
    waiting: Line = (
        Text("nothing waits" if not backlog.waiting else f"{counted(backlog.waiting, 'message')} waiting"),
    )
    if backlog.oldest is not None and backlog.waiting:
        waiting += (Text(", the oldest since "), Moment(backlog.oldest))
    rows: list[tuple[str, Line]] = [("To be posted", waiting)]
    if backlog.failed:
        rows.append(("Given up", (Text(counted(backlog.failed, "message")),)))
    for where, reason in backlog.parked.items():
        rows.append(("Held", (Text(f"{where}: {clipped(reason, 200)}"),)))
    return rows


STATUS = CommandSpec(
    name="status",
    usage="status",
    summary="Queue, sources, store and version at a glance.",
    handler=status,
    group=Group.BOT,
    examples=("status",),
)
