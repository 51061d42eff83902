"""`edit` and `note`: change a watch, seeing first what that adds and loses."""

import re
from collections.abc import Sequence

from bot.domain.document import Block, Bullets, Document, Paragraph, Style, Text
from bot.domain.errors import CommandError
from bot.domain.query_parser import parse
from bot.domain.watches import Draft, Watch
from bot.services.commands.arguments import clipped, split_options
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.recounting import example
from bot.services.commands.replaying import Found, Replay, openings
from bot.services.commands.standing import chosen_watch
from bot.services.commands.watching import LONGEST_NOTE, cadence_of, meaning, replayed

EDIT_USAGE = "edit N QUERY [--yes]  or  edit N --daily|--weekly|--now [DAY] [TIME]"
NOTE_USAGE = "note N TEXT"
SHOWN = 3
_OPTIONS = {"yes": False, "now": False, "daily": True, "weekly": True}
_PACES = frozenset({"now", "daily", "weekly"})
_NUMBER = re.compile(r"#?(\d{1,9})\s*(.*)", re.DOTALL)


async def edit(request: Request) -> Document:
    """Show what another query would add and lose, and keep it as a draft; `--yes` changes the watch at once."""
    text, options = split_options(request.rest, takes=_OPTIONS, usage=EDIT_USAGE)
    watch, wanted = await _numbered(request, text, usage=EDIT_USAGE)
    if _PACES & options.keys():
        await _pace(request, watch, options)
    if not wanted and _PACES & options.keys():
        return await _paced(request, watch)
    if not wanted:
        raise CommandError(f"Say what watch {watch.id} is to ask for.", usage=f"edit {watch.id} {watch.query}")
    query, lexicon = parse(wanted), await request.lexicon()
    if str(query) == watch.query:
        raise CommandError(f"Watch {watch.id} asks for that already.", usage="watches")
    before, after = await replayed(request, [parse(watch.query), query], lexicon)
    context, command = request.context, request.command
    if "yes" in options:
        await context.store.watches.edit(watch.id, str(query))
        await context.watches_changed()
        head = Paragraph((Text(f"Watch {watch.id}", Style.STRONG), Text(" now: "), Text(str(query), Style.CODE)))
        return Document((head, *meaning(query, lexicon), *_difference(before, after)))
    draft = Draft(
        conversation=command.conversation,
        owner=command.user,
        query=str(query),
        at=context.clock.now(),
        watch=watch.id,
    )
    await context.store.watches.draft(draft)
    head = Paragraph((Text(f"Watch {watch.id}, not changed yet: ", Style.STRONG), Text(draft.query, Style.CODE)))
    way_on = Paragraph((Text("To change it: "), Text("save", Style.CODE), Text(".")))
    return Document((head, *meaning(query, lexicon), *_difference(before, after), way_on))


async def _pace(request: Request, watch: Watch, options: dict[str, str]) -> None:
    await request.context.store.watches.pace(watch.id, cadence_of(options, request.context.digest_at))
    await request.context.watches_changed()


async def _paced(request: Request, watch: Watch) -> Document:
    now = await chosen_watch(request, str(watch.id), usage=EDIT_USAGE)
    said = f" now comes as a {now.cadence.words}." if now.cadence else " now speaks as things arrive."
    return Document((Paragraph((Text(f"Watch {watch.id}", Style.STRONG), Text(said))),))


def _difference(before: Replay, after: Replay) -> tuple[Block, ...]:
    """Say what would have been posted more and less: “+3 / −14”."""
    old, new = ({known.id for known, _ in one.found} for one in (before, after))
    more = openings([match for match in after.found if match[0].id not in old])
    less = openings([match for match in before.found if match[0].id not in new])
    said = f"+{len(more):,} / −{len(less):,} in {after.days} days: {after.posts:,} posts instead of {before.posts:,}."
    blocks: list[Block] = [Paragraph((Text(said, Style.STRONG),))]
    return (*blocks, *_some("New", more), *_some("Lost", less))


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
    return await chosen_watch(request, found[1], usage=usage), found[2].strip()


EDIT = CommandSpec(
    name="edit",
    usage=EDIT_USAGE,
    summary="Change a watch; shows what that adds and loses first.",
    handler=edit,
    group=Group.WATCHING,
    examples=("edit 3 facial recognition NOT kind:news", "edit 3 --weekly Monday 9:00"),
)
NOTE = CommandSpec(
    name="note",
    usage=NOTE_USAGE,
    summary="Give a watch a note.",
    handler=note,
    group=Group.WATCHING,
    examples=("note 3 for the SG17 brief",),
)
