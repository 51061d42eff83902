"""`watch` and `save`: show what a query would have brought, then let it stand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.cadence import Cadence, wanted
from bot.domain.document import Block, Document, Line, Paragraph, Style, Text
from bot.domain.errors import CommandError
from bot.domain.query import Query, concepts
from bot.domain.query_parser import parse
from bot.domain.query_words import describe
from bot.domain.understanding import Lexicon, recognised, understood
from bot.domain.vocabulary import Confidence, TermSet
from bot.domain.watches import Draft
from bot.services.commands.arguments import clipped, split_options
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.recounting import NOISY, choices, past, variants
from bot.services.commands.replaying import Replay, replay

USAGE = "watch QUERY [--daily|--weekly [DAY] [TIME]] [--note TEXT] [--yes]"
SAVE_USAGE = "save [--daily|--weekly [DAY] [TIME]]"
LONGEST_NOTE = 200
MOST_FORMS = 8
_OPTIONS = {"note": True, "yes": False, "daily": True, "weekly": True}
_LANGUAGES = ("zh", "fr", "es", "ru", "ar", "en", "de", "ja", "pt", "tr")
"""Whose wordings stand first where only some are shown: the other UN languages, then those of many readers."""


async def watch(request: Request) -> Document:
    """Show what the query means and would have posted, and keep it as a draft; `--yes` lets it stand at once."""
    text, options = split_options(request.rest, takes=_OPTIONS, usage=USAGE)
    if not text:
        raise CommandError("Say what to watch for.", usage=USAGE)
    query, lexicon = parse(text), await request.lexicon()
    meant = understood(query, lexicon)
    note = clipped(options.get("note", ""), LONGEST_NOTE)
    context, command = request.context, request.command
    draft = Draft(
        conversation=command.conversation,
        owner=command.user,
        query=str(query),
        note=note,
        at=context.clock.now(),
        cadence=cadence_of(options, context.digest_at),
    )
    if "yes" in options:
        return Document((*(await _stand(request, draft)), *meaning(query, lexicon)))
    await _refuse_known(request, draft)
    await context.store.watches.draft(draft)
    first, *others = await replayed(request, [query, *variants(query, lexicon)], lexicon)
    return Document(
        (
            Paragraph((Text("Not watched yet: ", Style.STRONG), Text(draft.query, Style.CODE))),
            *((Paragraph((Text(f"Note: {note}"),)),) if note else ()),
            *((Paragraph((Text(f"As a {draft.cadence.words}"),)),) if draft.cadence else ()),
            *meaning(query, lexicon),
            *past(first, meant),
            *choices(first, list(zip(variants(query, lexicon), others, strict=True)), "watch"),
            *_ways_on(first, draft),
        )
    )


async def save(request: Request) -> Document:
    """Let the draft of the person who says so stand, or change the watch that it was made for."""
    text, options = split_options(request.rest, takes={"daily": True, "weekly": True}, usage=SAVE_USAGE)
    if text:
        raise CommandError(f"I save what was shown last, and do not know “{clipped(text, 40)}”.", usage=SAVE_USAGE)
    store, command = request.context.store, request.command
    draft = await store.watches.drafted(command.conversation, command.user)
    if draft is None:
        raise CommandError("There is nothing to save; first say what to watch for.", usage=USAGE)
    cadence = cadence_of(options, request.context.digest_at)
    if draft.watch is None:
        return Document(await _stand(request, draft if cadence is None else replace(draft, cadence=cadence)))
    await store.watches.edit(draft.watch, draft.query)
    if cadence is not None:
        await store.watches.pace(draft.watch, cadence)
    await store.watches.discard(command.conversation, command.user)
    await request.context.watches_changed()
    line = (Text(f"Watch {draft.watch}", Style.STRONG), Text(" now: "), Text(draft.query, Style.CODE))
    return Document((Paragraph(line),))


async def _stand(request: Request, draft: Draft) -> tuple[Block, ...]:
    context = request.context
    stored = await context.store.watches.add(
        draft.conversation,
        draft.query,
        owner=draft.owner,
        note=draft.note,
        now=context.clock.now(),
        cadence=draft.cadence,
    )
    await context.store.watches.discard(draft.conversation, draft.owner)
    await context.watches_changed()
    note = f" — {stored.note}" if stored.note else ""
    note += f" ({stored.cadence.words})" if stored.cadence else ""
    line = (Text(f"Watch {stored.id}", Style.STRONG), Text(": "), Text(stored.query, Style.CODE), Text(note))
    return (Paragraph(line),)


async def _refuse_known(request: Request, draft: Draft) -> None:
    _, every = await request.context.store.watches.all()
    for watch_ in every:
        if (watch_.conversation, watch_.query) == (draft.conversation, draft.query):
            raise CommandError(f"This conversation watches {draft.query} already.", usage="watches")


def cadence_of(options: Mapping[str, str], hour: str) -> Cadence | None:
    """Return the cadence that options ask for; CommandError for two, or for what is no time."""
    asked = [often for often in ("daily", "weekly") if often in options]
    if len(asked) > 1:
        raise CommandError("A digest is daily or weekly, not both.", usage=USAGE)
    return wanted(asked[0], options[asked[0]], hour=hour) if asked else None


async def replayed(request: Request, queries: Sequence[Query], lexicon: Lexicon) -> Sequence[Replay]:
    """Replay typed queries over what is stored."""
    context = request.context
    meant = [understood(query, lexicon) for query in queries]
    return await replay(meant, context.store, context.stem, lexicon.shipped, now=context.clock.now())


def meaning(query: Query, lexicon: Lexicon) -> tuple[Block, ...]:
    """Say how a typed query was understood, and what its concepts stand for."""
    blocks: list[Block] = [Paragraph((Text(f"Understood as: {describe(understood(query, lexicon))}"),))]
    blocks += [Paragraph(_expansion(lexicon.shipped.sets[name])) for name in _expanded(query, lexicon)]
    if set(recognised(query, lexicon)) - set(concepts(query)):
        blocks.append(Paragraph((Text("In quotes, words mean themselves and no other language.", Style.QUIET),)))
    return tuple(blocks)


def _expanded(query: Query, lexicon: Lexicon) -> Sequence[str]:
    return [name for name in recognised(query, lexicon) if name in lexicon.shipped.sets]


def _expansion(held: TermSet) -> Line:
    """Show some of what a set is called: one wording a language, the best known languages first."""
    by_language: dict[str, str] = {}
    for wording in held.wordings:
        if wording.confidence is Confidence.HIGH and not wording.ambiguous:
            by_language.setdefault(wording.lang, wording.text)
    order = sorted(by_language, key=lambda lang: (_LANGUAGES.index(lang) if lang in _LANGUAGES else 99, lang))
    shown = list(dict.fromkeys(by_language[lang] for lang in order))
    more = sum(wording.confidence is not Confidence.LOW for wording in held.wordings) - len(shown[:MOST_FORMS])
    said = f"@{held.name} also finds {', '.join(shown[:MOST_FORMS])}"
    line: Line = (Text(said, Style.QUIET),)
    if more > 0:
        line += (Text(f" and {more:,} more: ", Style.QUIET), Text(f"vocabulary show {held.name}", Style.CODE))
    return line


def _ways_on(replay_: Replay, draft: Draft) -> tuple[Block, ...]:
    """Offer to save it, as a digest if it would post much, or narrower."""
    loud = replay_.a_day > NOISY and draft.cadence is None
    often: Line = (Text("save --daily" if loud else "save --weekly", Style.CODE),)
    if draft.cadence is not None:
        return (Paragraph((Text("To watch it: "), Text("save", Style.CODE), Text("."))),)
    if loud:
        head = Text(f"That is over {NOISY} a day: better as one digest a day, or narrower. ", Style.STRONG)
        return (Paragraph((head, *often, Text(", or as it is: "), Text("save", Style.CODE), Text("."))),)
    return (Paragraph((Text("To watch it: "), Text("save", Style.CODE), Text(", as a digest: "), *often, Text("."))),)


WATCH = CommandSpec(
    name="watch",
    usage=USAGE,
    summary="Show what QUERY would have posted here; then save lets it stand.",
    handler=watch,
    group=Group.WATCHING,
    examples=(
        "watch facial recognition",
        'watch "video surveillance" OR biometric* --note for the SG17 brief',
        "watch title:(smart city) NOT kind:news --yes",
    ),
)
SAVE = CommandSpec(
    name="save",
    usage=SAVE_USAGE,
    summary="Let the query stand that was last shown to you here.",
    handler=save,
    group=Group.WATCHING,
    examples=("save", "save --weekly Monday 9:00"),
    aliases=("yes",),
)
