"""Every command there is. A new one is a module and a line here."""

from bot.domain.document import Document
from bot.services.commands import (
    explaining,
    help_,
    judging,
    meetings,
    naming,
    revising,
    settings,
    sources,
    standing,
    status,
    tending,
    watching,
)
from bot.services.commands.context import CommandSpec, Group, Request


async def show_help(request: Request) -> Document:
    """List the commands, or explain one."""
    return help_.page(REGISTRY, request.rest) if request.rest.strip() else help_.overview(REGISTRY)


HELP = CommandSpec(
    name="help",
    usage="help [COMMAND]",
    summary="This list, or one command with examples.",
    handler=show_help,
    group=Group.BOT,
    examples=("help", "help watch"),
    aliases=("?", "commands"),
)

REGISTRY: tuple[CommandSpec, ...] = (
    watching.WATCH,
    watching.SAVE,
    standing.WATCHES,
    standing.UNWATCH,
    revising.EDIT,
    revising.NOTE,
    standing.MUTE,
    standing.UNMUTE,
    judging.USEFUL,
    judging.IRRELEVANT,
    naming.VOCABULARY,
    naming.SHOW,
    naming.ADD,
    naming.REMOVE,
    meetings.MEETINGS,
    explaining.WHY,
    sources.SOURCES,
    tending.ADD,
    tending.TEST,
    tending.PAUSE,
    tending.RESUME,
    tending.REMOVE,
    settings.SETTINGS,
    status.STATUS,
    HELP,
)

PLANNED = frozenset(
    {"subscribe", "unsubscribe", "subscriptions", "meeting", "items", "item", "docs", "who"} | {"brief"}
)
"""Commands of the design that this version does not have: answered so, and not as if they were typing errors."""


def names() -> tuple[str, ...]:
    """Return the names of all commands, for completion."""
    return tuple(spec.name for spec in REGISTRY)
