"""`edit` and `note`: change a watch, seeing first what that adds and loses."""

import asyncio
import re
from collections.abc import Mapping, Sequence

from bot.domain.document import Block, Bullets, Document, Paragraph, Style, Text
from bot.domain.entries import EntryId
from bot.domain.errors import CommandError
from bot.domain.query import Query
from bot.domain.query_parser import parse
from bot.domain.understanding import Lexicon, understood
from bot.domain.watches import Draft, Watch
from bot.services.commands.arguments import clipped, split_options
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.paging import counted
from bot.services.commands.recounting import example, past
from bot.services.commands.replaying import Found, Replay, firsts
from bot.services.commands.standing import chosen_watch
from bot.services.commands.watching import LONGEST_NOTE, LONGEST_QUERY, cadence_of, meaning, refuse_known, replayed
from bot.services.lexicons import readable

EDIT_USAGE = "edit N QUERY [--yes]  or  edit N --daily|--weekly|--now [DAY] [TIME]"
NOTE_USAGE = "note N TEXT"
SHOWN = 3
_OPTIONS = {"yes": False, "now": False, "daily": True, "weekly": True}
_PACES = frozenset({"now", "daily", "weekly"})
_NUMBER = re.compile(r"#?(\d{1,9})(?:\s+(.*))?", re.DOTALL)


async def edit(request: Request) -> Document:
    """Show what another query would add and lose, and keep it as a draft; `--yes` changes the watch at once."""
    text, options = split_options(request.rest, takes=_OPTIONS, usage=EDIT_USAGE)
    watch, wanted = await _numbered(request, text, usage=EDIT_USAGE)
    if _PACES & options.keys():
        return await _pace(request, watch, wanted, options)
    if not wanted:
        raise CommandError(
            f"Say what watch {watch.id} is to ask for.", usage=f"edit {watch.id} {clipped(watch.query, 200)}"
        )
    query, lexicon = parse(wanted), await request.lexicon()
    if str(query) == watch.query:
        raise CommandError(f"Watch {watch.id} asks for that already.", usage="watches")
    await refuse_known(request, str(query))
    said = (*meaning(query, lexicon), *(await _changes(request, watch, query, lexicon)))
    store, command = request.context.store, request.command
    if "yes" in options:
        await store.watches.edit(watch.id, str(query))
        await store.watches.discard(command.conversation, command.user)
        await request.context.watches_changed()
        return Document((_head(f"Watch {watch.id}", " now: ", query), *said))
    draft = Draft(
        conversation=command.conversation,
        owner=command.user,
        query=str(query),
        at=request.context.clock.now(),
        watch=watch.id,
    )
    await store.watches.draft(draft)
    way_on = Paragraph((Text("To change it: "), Text("save", Style.CODE), Text(".")))
    return Document((_head(f"Watch {watch.id}, not changed yet: ", "", query), *said, way_on))


def _head(name: str, says: str, query: Query) -> Block:
    shown = Text(clipped(str(query), LONGEST_QUERY), Style.CODE)
    return Paragraph((Text(name, Style.STRONG), *((Text(says),) if says else ()), shown))


async def _changes(request: Request, watch: Watch, query: Query, lexicon: Lexicon) -> tuple[Block, ...]:
    """Say what a new query adds and loses; if the old one cannot be read any more, what the new one finds."""
    old = readable(watch.query, lexicon)
    if old is None:
        (after,) = await replayed(request, [query], lexicon)
        return past(after, understood(query, lexicon))
    before, after = await replayed(request, [old, query], lexicon)
    return await asyncio.to_thread(_difference, before, after)


async def _pace(request: Request, watch: Watch, wanted: str, options: dict[str, str]) -> Document:
    """Change when a watch speaks, and nothing else."""
    if wanted:
        message = "What a watch asks for and when it speaks are changed one after the other."
        raise CommandError(message, usage=f"edit {watch.id} {clipped(wanted, 200)}")
    cadence = cadence_of(options, request.digest_at)
    await request.context.store.watches.pace(watch.id, cadence)
    await request.context.watches_changed()
    said = f" now comes as a {cadence.words}." if cadence else " now speaks as things arrive."
    return Document((Paragraph((Text(f"Watch {watch.id}", Style.STRONG), Text(said))),))


def _difference(before: Replay, after: Replay) -> tuple[Block, ...]:
    """Say what would have been posted more and less: “+3 / −14”. A story counts once, whichever version matches."""
    first = firsts([known for one in (before, after) for known, _ in one.found])
    old, new = (_openings(one.found, first) for one in (before, after))
    more = [new[story] for story in reversed(new) if story not in old]
    less = [old[story] for story in reversed(old) if story not in new]
    posts = counted(len(new), "post")
    said = f"+{len(more):,} / −{len(less):,} in {counted(after.days, 'day')}: {posts} instead of {len(old):,}."
    return (Paragraph((Text(said, Style.STRONG),)), *_some("New", more), *_some("Lost", less))


def _openings(found: Sequence[Found], first: Mapping[EntryId, EntryId]) -> dict[EntryId, Found]:
    """Return the oldest match of each story."""
    openings: dict[EntryId, Found] = {}
    for match in reversed(found):
        openings.setdefault(first[match[0].id], match)
    return openings


def _some(what: str, found: Sequence[Found]) -> tuple[Block, ...]:
    if not found:
        return ()
    of = f" ({SHOWN} of {len(found):,})" if len(found) > SHOWN else ""
    return Paragraph((Text(f"{what}{of}:"),)), Bullets(tuple(example(one) for one in found[:SHOWN]))


async def note(request: Request) -> Document:
    """Give a watch a note, or take it away."""
    watch, text = await _numbered(request, request.rest, usage=NOTE_USAGE)
    kept = clipped(text, LONGEST_NOTE)
    await request.context.store.watches.annotate(watch.id, kept)
    await request.context.watches_changed()
    said = f"Watch {watch.id} — {kept}" if kept else f"Watch {watch.id} has no note now."
    return Document((Paragraph((Text(said),)),))


async def _numbered(request: Request, text: str, *, usage: str) -> tuple[Watch, str]:
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise CommandError("Say which watch, by its number.", usage=usage)
    return await chosen_watch(request, found[1], usage=usage), (found[2] or "").strip()


EDIT = CommandSpec(
    name="edit",
    usage=EDIT_USAGE,
    summary="Change a watch; shows what that adds and loses first.",
    handler=edit,
    group=Group.WATCHING,
    examples=("edit 3 facial recognition NOT kind:news", "edit 3 --weekly Monday 9:00"),
    changes=True,
)
NOTE = CommandSpec(
    name="note",
    usage=NOTE_USAGE,
    summary="Give a watch a note.",
    handler=note,
    group=Group.WATCHING,
    examples=("note 3 for the SG17 brief",),
    changes=True,
)
