"""`watch`: let a query stand in a conversation, and show what it would have brought."""

from collections.abc import Sequence

from bot.domain.changes import Known
from bot.domain.document import Block, Bullets, Document, Line, Moment, Paragraph, Style, Text
from bot.domain.errors import CommandError
from bot.domain.query_parser import parse
from bot.domain.query_words import describe
from bot.domain.watches import Hit, Watch
from bot.services.commands.arguments import clipped, split_options
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.paging import counted
from bot.services.commands.quoting import quoted
from bot.services.commands.replaying import WINDOW, Replay, replay, told_at

USAGE = "watch QUERY [--note TEXT] [--yes]"
NOISY = 5
"""Posts a day over which a watch is worth narrowing (design §3)."""
LONGEST_NOTE = 200
_OPTIONS = {"note": True, "yes": False, "daily": True, "weekly": True}


async def watch(request: Request) -> Document:
    """Store the query in canonical form and answer with its replay; `--yes` leaves the replay out."""
    text, options = split_options(request.rest, takes=_OPTIONS, usage=USAGE)
    for cadence in ("daily", "weekly"):
        if cadence in options:
            message = f"“--{cadence}” is not available in this version; a watch posts as things arrive."
            raise CommandError(message, usage=USAGE)
    if not text:
        raise CommandError("Say what to watch for.", usage=USAGE)
    query = parse(text)
    context, command = request.context, request.command
    stored = await context.store.watches.add(
        command.conversation,
        str(query),
        owner=command.user,
        note=clipped(options.get("note", ""), LONGEST_NOTE),
        now=context.clock.now(),
    )
    await context.watches_changed()
    confirmation = _confirmation(stored, describe(query))
    if "yes" in options:
        return Document(confirmation)
    past = await replay(query, context.store, context.stem, now=context.clock.now())
    return Document((*confirmation, *_past(past, stored)))


def _confirmation(stored: Watch, meaning: str) -> tuple[Block, ...]:
    note = f" — {stored.note}" if stored.note else ""
    number = (Text(f"Watch {stored.id}", Style.STRONG), Text(": "), Text(stored.query, Style.CODE), Text(note))
    return Paragraph(number), Paragraph((Text(f"Understood as: {meaning}"),))


def _past(past: Replay, stored: Watch) -> tuple[Block, ...]:
    if not past.posts:
        silence = f"Nothing stored from the last {counted(past.days, 'day')} matches; you hear of the first that does."
        return (Paragraph((Text(silence),)),)
    assert past.last is not None  # noqa: S101  # it has matches
    would = f"Would have posted {past.posts:,} in {counted(past.days, 'day')}, {_rhythm(past)}; last match "
    noisiest = f"; noisiest term “{past.terms[0][0]}” ({past.terms[0][1]:,})" if len(past.terms) > 1 else ""
    blocks: list[Block] = [
        Paragraph((Text(would), Moment(past.last), Text(f"{noisiest}."))),
        Bullets(tuple(_example(known, hits) for known, hits in past.examples)),
    ]
    if past.a_day > NOISY:
        loud = f"That is over {NOISY} a day. Narrow it with AND, a phrase in quotes or title:, then "
        blocks.append(Paragraph((Text(loud, Style.STRONG), Text(f"unwatch {stored.id}", Style.CODE), Text("."))))
    return tuple(blocks)


def _rhythm(past: Replay) -> str:
    """Say how often that is, in the unit that a person would choose."""
    if past.days < WINDOW.days and past.days < 7:  # noqa: PLR2004  # days of a week
        return "all that is stored so far"
    if past.a_day >= 1:
        return f"about {round(past.a_day)} a day"
    a_week = round(past.a_day * 7)
    return f"about {a_week} a week" if a_week else "less than one a week"


def _example(known: Known, hits: Sequence[Hit]) -> Line:
    entry = known.entry
    title: Line = (Text(clipped(entry.title, 100), Style.STRONG), Text(", "), Moment(told_at(known)))
    return title if not hits else (*title, Text(": "), *quoted(entry, hits))


WATCH = CommandSpec(
    name="watch",
    usage=USAGE,
    summary="Post here whatever matches QUERY, and show what already does.",
    handler=watch,
    group=Group.WATCHING,
    examples=(
        "watch facial recognition",
        'watch "video surveillance" OR biometric* --note for the SG17 brief',
        "watch title:(smart city) NOT kind:news",
    ),
)
