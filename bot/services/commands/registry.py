"""Every command there is. A new one is a module and a line here."""

from bot.domain.document import Document
from bot.services.commands import (
    briefing,
    calendars,
    companies,
    explaining,
    help_,
    items,
    joining,
    judging,
    meeting,
    meetings,
    naming,
    papers,
    revising,
    settings,
    sources,
    standing,
    status,
    subscribing,
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
    subscribing.SUBSCRIBE,
    subscribing.UNSUBSCRIBE,
    subscribing.SUBSCRIPTIONS,
    judging.USEFUL,
    judging.IRRELEVANT,
    joining.NOT_THIS,
    joining.SAME_AS,
    naming.VOCABULARY,
    naming.SHOW,
    naming.ADD,
    naming.REMOVE,
    meetings.MEETINGS,
    meeting.MEETING,
    calendars.CALENDAR,
    items.ITEMS,
    items.ITEM,
    papers.DOCS,
    companies.WHO,
    briefing.BRIEF,
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


def names() -> tuple[str, ...]:
    """Return the names of all commands, for completion."""
    return tuple(spec.name for spec in REGISTRY)
