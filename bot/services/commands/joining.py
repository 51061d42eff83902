"""`not this story` and `same as`: mend what was recognised wrongly; it is remembered."""

from bot.domain.alerts import Alert, Reason
from bot.domain.changes import Known
from bot.domain.document import Document, Paragraph, Style, Text
from bot.domain.entries import Kind
from bot.domain.errors import CommandError
from bot.services.commands.arguments import clipped
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.pointing import spoken_of
from bot.services.mending import Mender

PART_USAGE, SAME_USAGE = "not this story LINK", "same as LINK"
VERSIONS = frozenset({Reason.SAME_STORY, Reason.ADDS})


async def not_this_story(request: Request) -> Document:
    """Take a report out of the story it was put in: that of a link, or the last that joined this thread."""
    word, _, link = request.rest.strip().partition(" ")
    if word.casefold() != "story":
        raise CommandError("Say which report does not belong here.", usage=PART_USAGE)
    alert = await (_linked(request, link.strip()) if link.strip() else _joined_last(request))
    context = request.context
    posted = await _mender(request).part(alert.now, alert.story, now=context.clock.now())
    follows = "It gets a thread of its own." if posted else "No watch here asks for it, so it is not posted by itself."
    said = f"“{clipped(alert.now.entry.title, 120)}” is not of this story any more, nor what tells the same. {follows}"
    return Document((Paragraph((Text(said),)),))


async def same_as(request: Request) -> Document:
    """Let what a link leads to, and all that is told with it, belong to the story of this thread."""
    if not request.rest.strip():
        raise CommandError("Say which report tells the same.", usage=SAME_USAGE)
    other = await _known(request, request.rest.strip())
    here = await spoken_of(request, usage=SAME_USAGE)
    story = here[0].story
    rows = [alert.now for alert in here if alert.story == story]
    await _mender(request).join(rows, story, other, now=request.context.clock.now())
    said = f"“{clipped(other.entry.title, 120)}” belongs to “{clipped(rows[0].entry.title, 120)}” from now on."
    undo = Text(f"not this story {other.entry.link or other.entry.key}", Style.CODE)
    return Document((Paragraph((Text(said),)), Paragraph((Text("To undo it: ", Style.QUIET), undo))))


def _mender(request: Request) -> Mender:
    return Mender(store=request.context.store, teller=request.context.teller)


async def _known(request: Request, link: str) -> Known:
    found = await request.context.store.entries.by_link(link.strip("<>"))
    if not found:
        raise CommandError(f"No source that I poll has shown {clipped(link, 200)}.", usage=SAME_USAGE)
    return found[0]


async def _linked(request: Request, link: str) -> Alert:
    """Return the last decision about what a link leads to, in a story that was told here."""
    store, where = request.context.store, request.command.conversation
    for row in await store.entries.by_link(link.strip("<>")):
        decided = [alert for alert, _ in await store.outbox.alerts_for(row.id, where)]
        if decided:
            return decided[-1]
    raise CommandError("No alert here speaks of that.", usage="why LINK")


async def _joined_last(request: Request) -> Alert:
    here = await spoken_of(request, usage=PART_USAGE)
    joined = [alert for alert in here if alert.reason in VERSIONS or alert.now.entry.kind is not Kind.NEWS]
    if not joined:
        raise CommandError("No other report has joined this story. To take out a certain one:", usage=PART_USAGE)
    return joined[-1]


NOT_THIS = CommandSpec(
    name="not this",
    usage="not this story [LINK]",
    summary="Take a report out of a story it was wrongly put in; the last that joined, or a link's.",
    handler=not_this_story,
    group=Group.WATCHING,
    examples=("not this story", "not this story https://www.example.org/another-thing"),
    changes=True,
)
SAME_AS = CommandSpec(
    name="same as",
    usage="same as LINK",
    summary="Put a report, and all that is told with it, into the story of this thread.",
    handler=same_as,
    group=Group.WATCHING,
    examples=("same as https://www.example.org/the-same-story",),
    changes=True,
)
