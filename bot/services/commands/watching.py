"""`watch` and `save`: show what a query would have brought, then let it stand."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.cadence import Cadence, wanted
from bot.domain.document import Block, Document, Line, Paragraph, Style, Text
from bot.domain.errors import CommandError
from bot.domain.query import Query, concepts
from bot.domain.query_parser import parse
from bot.domain.query_words import describe, mistaken
from bot.domain.successions import brought_in
from bot.domain.understanding import Lexicon, recognised, understood
from bot.domain.vocabulary import Confidence, TermSet
from bot.domain.watches import Draft, WatchId
from bot.services.commands.arguments import clipped, split_options
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.recounting import NOISY, choices, past, variants
from bot.services.commands.replaying import Replay, replay

USAGE = "watch QUERY [--daily|--weekly [DAY] [TIME]] [--note TEXT] [--yes]"
SAVE_USAGE = "save [--daily|--weekly [DAY] [TIME]] [--note TEXT]"
LONGEST_NOTE = 200
LONGEST_QUERY = 300
"""Characters of a query that an answer repeats: a longer one is known to who typed it."""
MOST_FORMS, MOST_SETS = 8, 3
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
        cadence=cadence_of(options, request.digest_at),
    )
    if "yes" in options:
        request.must_be_allowed()
        return await request.changed(Document((*(await _stand(request, draft)), *meaning(query, lexicon))))
    await refuse_known(request, draft.query)
    await context.store.watches.draft(draft)
    other = variants(query, lexicon)
    first, *others = await replayed(request, [query, *other], lexicon, quoted=1)
    found = await asyncio.to_thread(past, first, meant)
    return Document(
        (
            Paragraph((Text("Not watched yet: ", Style.STRONG), _shown(draft.query))),
            *((Paragraph((Text(f"Note: {note}"),)),) if note else ()),
            *((Paragraph((Text(f"As a {draft.cadence.words}"),)),) if draft.cadence else ()),
            *meaning(query, lexicon),
            *found,
            *choices(first, list(zip(other, others, strict=True)), "watch"),
            *_ways_on(first, draft),
        )
    )


async def save(request: Request) -> Document:
    """Let the draft of the person who says so stand, or change the watch that it was made for."""
    text, options = split_options(request.rest, takes={"note": True, "daily": True, "weekly": True}, usage=SAVE_USAGE)
    if text:
        raise CommandError(f"I save what was shown last, and do not know “{clipped(text, 40)}”.", usage=SAVE_USAGE)
    store, command = request.context.store, request.command
    draft = await store.watches.drafted(command.conversation, command.user)
    if draft is None:
        raise CommandError("There is nothing to save; first say what to watch for.", usage=USAGE)
    cadence = cadence_of(options, request.digest_at)
    understood(parse(draft.query), await request.lexicon())  # a set that it names may be gone since
    if "note" in options:
        draft = replace(draft, note=clipped(options["note"], LONGEST_NOTE))
    if draft.watch is None:
        return Document(await _stand(request, draft if cadence is None else replace(draft, cadence=cadence)))
    await store.watches.edit(draft.watch, draft.query)
    if cadence is not None:
        await store.watches.pace(draft.watch, cadence)
    if draft.note:
        await store.watches.annotate(draft.watch, draft.note)
    await store.watches.discard(command.conversation, command.user)
    await request.context.watches_changed()
    return Document((_line(draft.watch, " now: ", draft.query, f" — {draft.note}" if draft.note else ""),))


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
    return (_line(stored.id, ": ", stored.query, note),)


def _line(watch_: WatchId, says: str, query: str, after: str) -> Block:
    return Paragraph((Text(f"Watch {watch_}", Style.STRONG), Text(says), _shown(query), Text(after)))


def _shown(query: str) -> Text:
    return Text(clipped(query, LONGEST_QUERY), Style.CODE)


async def refuse_known(request: Request, query: str) -> None:
    """Raise CommandError if the conversation has a watch that asks for that."""
    _, every = await request.context.store.watches.all()
    for watch_ in every:
        if (watch_.conversation, watch_.query) == (request.command.conversation, query):
            said = f"This conversation watches {clipped(query, LONGEST_QUERY)} already, as watch {watch_.id}."
            raise CommandError(said, usage="watches")


def cadence_of(options: Mapping[str, str], hour: str) -> Cadence | None:
    """Return the cadence that options ask for; CommandError for two, or for what is no time."""
    asked = [often for often in ("daily", "weekly") if often in options]
    if len(asked) > 1:
        raise CommandError("A digest is daily or weekly, not both.", usage=USAGE)
    return wanted(asked[0], options[asked[0]], hour=hour) if asked else None


async def replayed(
    request: Request, queries: Sequence[Query], lexicon: Lexicon, *, quoted: int | None = None
) -> Sequence[Replay]:
    """Replay typed queries over what is stored; where they hit is worked out for the first `quoted`, or all."""
    context = request.context
    meant = [understood(query, lexicon) for query in queries]
    now = context.clock.now()
    return await replay(meant, context.store, context.stem, lexicon.shipped, now=now, quoted=quoted)


def meaning(query: Query, lexicon: Lexicon) -> tuple[Block, ...]:
    """Say how a typed query was understood, and what its concepts stand for."""
    read = understood(query, lexicon)
    blocks: list[Block] = [Paragraph((Text(f"Understood as: {clipped(describe(read), LONGEST_QUERY)}"),))]
    if doubt := mistaken(read):
        blocks.append(Paragraph((Text(clipped(doubt, LONGEST_QUERY)),)))
    meant = recognised(query, lexicon)
    sets = [lexicon.shipped.sets[name] for name in meant if name in lexicon.shipped.sets]
    blocks += [Paragraph(_expansion(held)) for held in sets[:MOST_SETS]]
    if len(sets) > MOST_SETS:
        named = ", ".join(f"@{held.name}" for held in sets[MOST_SETS:])
        blocks.append(Paragraph((Text(f"Likewise {clipped(named, LONGEST_QUERY)}.", Style.QUIET),)))
    for name in meant:
        if name in lexicon.own:
            blocks.append(Paragraph((Text(f"@{name} holds your own words: ", Style.QUIET), _way_to(name))))
    blocks += [Paragraph((Text(f"{one}: both are found.", Style.QUIET),)) for one in brought_in(query)]
    if set(meant) - set(concepts(query)):
        blocks.append(Paragraph((Text("In quotes, words mean themselves and no other language.", Style.QUIET),)))
    return tuple(blocks)


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
        line += (Text(f" and {more:,} more: ", Style.QUIET), _way_to(held.name))
    return line


def _way_to(name: str) -> Text:
    return Text(f"vocabulary show {name}", Style.CODE)


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
    changes=True,
)
