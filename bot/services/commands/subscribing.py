"""`subscribe`, `unsubscribe`, `subscriptions`: everything of a source, body or group, without words."""

import re
from collections.abc import Mapping, Sequence

from bot.domain import itu
from bot.domain.analysis import holds_words
from bot.domain.document import Block, Document, Line, Paragraph, Style, Text
from bot.domain.entries import Kind
from bot.domain.errors import CommandError
from bot.domain.query import And, Is, Phrase, Query, Within, all_of
from bot.domain.query_parser import parse
from bot.domain.sources import Source
from bot.domain.successions import brought_in
from bot.domain.suggest import did_you_mean
from bot.domain.values import by_value
from bot.domain.vocabulary import key
from bot.domain.watches import Scope, Watch
from bot.services.commands.arguments import clipped, page_number, split_options
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.paging import counted, paged
from bot.services.commands.recounting import NOISY, rhythm
from bot.services.commands.standing import MONTH, watch_line
from bot.services.commands.watching import LONGEST_NOTE, cadence_of, replayed
from bot.services.lookup import named_group

USAGE = "subscribe SOURCE|BODY|GROUP [KIND …] [stage-only] [--daily|--weekly [DAY] [TIME]] [--note TEXT]"
EXAMPLE = "subscribe itu-t sg17 meetings"
_STAGES = re.compile(r"(?<!\S)(?:--|[—–])?(?:stages?[ -]only|only[ -]stages)(?!\S)", re.IGNORECASE)
KINDS: Mapping[str, Kind] = {
    "meeting": Kind.MEETING,
    "meetings": Kind.MEETING,
    "work item": Kind.WORK_ITEM,
    "work items": Kind.WORK_ITEM,
    "items": Kind.WORK_ITEM,
    "document": Kind.DOCUMENT,
    "documents": Kind.DOCUMENT,
    "docs": Kind.DOCUMENT,
    "news": Kind.NEWS,
    "publication": Kind.PUBLICATION,
    "publications": Kind.PUBLICATION,
    "recommendations": Kind.PUBLICATION,
    "standards": Kind.PUBLICATION,
    "drafts": Kind.PUBLICATION,
}
_NAMES = "|".join(sorted((word.replace(" ", "[ -]") for word in KINDS), key=len, reverse=True))
_KIND = re.compile(rf"(?:^|[\s,])(?:and\s+|kind:)?({_NAMES})\s*$", re.IGNORECASE)
BODIES = (
    "ITU",
    "ITU-T",
    "ITU-R",
    "ITU-D",
    "IETF",
    "W3C",
    "ETSI",
    "3GPP",
    "ISO",
    "IEEE",
    "OASIS",
    "GSMA",
    "ATIS",
    "NIST",
)


@by_value
class Wanted:
    """What somebody subscribes to: in words, and as the query that finds it."""

    words: str
    query: Query
    scope: Scope


async def subscribe(request: Request) -> Document:
    """Let everything of a source, body or group come from now on, of some kinds or passed stages alone if asked."""
    takes = {"note": True, "daily": True, "weekly": True, "stage-only": False, "stages-only": False}
    text, options = split_options(request.rest, takes=takes, usage=USAGE)
    context, command = request.context, request.command
    wanted = await _wanted(request, f"{text} stage-only" if options.keys() & {"stage-only", "stages-only"} else text)
    await _refuse_known(request, wanted)
    stored = await context.store.watches.add(
        command.conversation,
        str(wanted.query),
        owner=command.user,
        note=clipped(options.get("note", ""), LONGEST_NOTE),
        now=context.clock.now(),
        cadence=cadence_of(options, request.digest_at),
        scope=wanted.scope,
    )
    await context.watches_changed()
    often = f" ({stored.cadence.words})" if stored.cadence else ""
    head: Line = (Text(f"Subscription {stored.id}", Style.STRONG), Text(f": {wanted.words}{often}."))
    undo = (Text("To end it: ", Style.QUIET), Text(f"unsubscribe {stored.id}", Style.CODE))
    later = [Paragraph((Text(f"{one}: both are found.", Style.QUIET),)) for one in brought_in(wanted.query)]
    return Document((Paragraph(head), *later, *(await _expected(request, stored)), Paragraph(undo)))


async def _refuse_known(request: Request, wanted: Wanted) -> None:
    """Raise CommandError if the conversation has asked for that, in whatever scope."""
    for watch in await _here(request):
        if watch.query == str(wanted.query):
            said = f"Subscription {watch.id} here is {in_words(watch)} already; to change it, end it first."
            raise CommandError(said, usage=f"unsubscribe {watch.id}")


async def _expected(request: Request, stored: Watch) -> Sequence[Block]:
    """Say how much that will be, going by what is stored."""
    replay, *_ = await replayed(request, [parse(stored.query)], await request.lexicon(), quoted=0)
    if not replay.posts:
        none = "Nothing stored is of it so far; what is polled: "
        return (Paragraph((Text(none), Text("sources", Style.CODE))),)
    if stored.scope is Scope.STAGES:
        said = (
            f"It follows {counted(replay.posts, 'thing')} of the last {counted(replay.days, 'day')}, and what is new."
        )
        return (Paragraph((Text(said),)),)
    would = f"Would have posted {replay.posts:,} in {counted(replay.days, 'day')}, {rhythm(replay)}."
    if replay.a_day <= NOISY or stored.cadence is not None:
        return (Paragraph((Text(would),)),)
    better = (Text(f"{would} Better as one digest a day: "), Text(f"edit {stored.id} --daily", Style.CODE))
    return (Paragraph(better),)


async def _wanted(request: Request, text: str) -> Wanted:
    """Read what to subscribe to; CommandError, with the nearest names, for what there is not."""
    bare = " ".join(_STAGES.sub(" ", text).split())
    scope = Scope.STAGES if _STAGES.search(text) else Scope.ALL
    subject, kinds = _kinds(bare)
    if not subject:
        raise CommandError("Say what to subscribe to: a source, a body or a group.", usage=EXAMPLE)
    sources = [tracked.source for tracked in await request.context.store.sources.listing()]
    words, parts = _subject(subject, sources)
    if kinds:
        parts = [*parts, Is("kind", tuple(kinds))]
    of_kinds = f", only {_plural(kinds)}" if kinds else ""
    stages = ", passed stages only" if scope is Scope.STAGES else ""
    return Wanted(words=f"everything of {words}{of_kinds}{stages}", query=all_of(parts), scope=scope)


def _kinds(text: str) -> tuple[str, list[str]]:
    """Take the kinds off the end of a line."""
    found: list[str] = []
    while match := _KIND.search(text):
        kind = KINDS[match[1].casefold().replace("-", " ")]
        found.insert(0, str(kind))
        text = text[: match.start()].rstrip(" ,")
    return text, list(dict.fromkeys(found))


def _subject(text: str, sources: Sequence[Source]) -> tuple[str, list[Query]]:
    """Return what a line names, in words and as conditions: a source by number, id or name, else body and group."""
    numbered = dict(enumerate(sources, 1))
    named = {key(name): source for source in reversed(sources) for name in (source.name, source.id)}
    source = numbered.get(int(text[:6])) if text.isdecimal() else named.get(key(text))
    if source is not None:
        return source.name, [Within("source", Phrase(_telling(source, sources)))]
    bodies = {key(body): body for body in (*BODIES, *(source.body for source in sources if source.body))}
    body, rest = _body(text, bodies)
    group, questions, left = named_group(rest)
    left = left.replace("·", " ").strip(" ,")
    if left and (group is not None or not holds_words(left)):
        raise _unknown(left, text, [*KINDS, "stage-only"])
    if group is None and body and left:
        group = left
    if group is None and not body:
        raise _unknown(text, text, [*bodies.values(), *(source.id for source in sources)])
    sector = itu.sector(text)
    body = body or (f"ITU-{sector}" if sector else "")
    parts: list[Query] = [Within("body", Phrase(body))] if body else []
    if questions:
        parts += [Within("question", Phrase(question)) for question in questions]
    elif group is not None:
        parts.append(Within("group", Phrase(group.replace('"', ""))))
    return " ".join(part for part in (body, *(questions or (group or "",))) if part), parts


def _body(text: str, bodies: Mapping[str, str]) -> tuple[str, str]:
    """Return the body that a line begins with, and what follows; the longest name wins."""
    words = text.split()
    for size in range(min(3, len(words)), 0, -1):
        found = bodies.get(key(" ".join(words[:size])))
        if found is not None:
            return found, " ".join(words[size:])
    return "", text


def _telling(source: Source, sources: Sequence[Source]) -> str:
    """Return the id or name of a source that no other source's id or name holds too, its id if both are held."""
    for name in (source.id, source.name):
        held = [one for one in sources if any(key(name) in key(other) for other in (one.id, one.name))]
        if len(held) == 1:
            return name.replace('"', "")
    return source.id


def _unknown(word: str, text: str, names: Sequence[str]) -> CommandError:
    near = did_you_mean(word, names)
    meant = f" Did you mean {' or '.join(near)}?" if near else " See sources for what is polled."
    usage = f"subscribe {text.replace(word, near[0])}" if near else EXAMPLE
    return CommandError(f"I know no source, body, group or kind “{clipped(word, 60)}”.{meant}", usage=usage)


async def unsubscribe(request: Request) -> Document:
    """End a subscription, by its number or by what it was made for."""
    text = request.rest.strip().removeprefix("#")
    if not text:
        raise CommandError("Say which subscription.", usage="unsubscribe 3")
    here = await _here(request)
    if text.isdecimal():
        found = [watch for watch in here if str(watch.id) == text.lstrip("0")]
    else:
        query = str((await _wanted(request, text)).query)
        found = [watch for watch in here if watch.query == query]
    if not found:
        numbers = ", ".join(str(watch.id) for watch in here[:20])
        standing = f"Here stand: {numbers}." if here else "None stands here."
        raise CommandError(f"There is no subscription “{clipped(text, 80)}” here. {standing}", usage="subscriptions")
    await request.context.store.watches.remove(found[0].id)
    await request.context.watches_changed()
    return Document((Paragraph((Text(f"Subscription {found[0].id} is gone: {in_words(found[0])}."),)),))


async def subscriptions(request: Request) -> Document:
    """List the conversation's subscriptions by number."""
    number = page_number(request.rest, usage="subscriptions [PAGE]")
    here = await _here(request)
    if not here:
        hint = (Text("Nothing is subscribed to here yet. Try "), Text(EXAMPLE, Style.CODE), Text("."))
        return Document((Paragraph(hint),))
    now = request.context.clock.now()
    hits = await request.context.store.watches.hits(request.command.conversation, since=now - MONTH)
    shown = paged(here, number, command="subscriptions")
    rows = [Paragraph(watch_line(watch, hits, now, said=Text(in_words(watch)))) for watch in shown.rows]
    head = Paragraph((Text(f"{counted(len(here), 'subscription')} here:"),))
    return Document((head, *rows, *shown.more))


async def _here(request: Request) -> list[Watch]:
    _, every = await request.context.store.watches.all()
    here = request.command.conversation
    return [watch for watch in every if watch.conversation == here and watch.scope is not Scope.WATCH]


def in_words(watch: Watch) -> str:
    """Say what a subscription is for: “ITU-T SG17, only meetings, passed stages only”."""
    query = parse(watch.query)
    parts = query.parts if isinstance(query, And) else (query,)
    of = [
        part.part.text if isinstance(part.part, Phrase) else str(part.part)
        for part in parts
        if isinstance(part, Within)
    ]
    kinds = [value for part in parts if isinstance(part, Is) for value in part.values]
    said = [" ".join(of) or watch.query, f"only {_plural(kinds)}" if kinds else ""]
    return ", ".join(part for part in (*said, "passed stages only" if watch.scope is Scope.STAGES else "") if part)


def _plural(kinds: Sequence[str]) -> str:
    return " and ".join(kind if kind == Kind.NEWS else f"{kind.replace('-', ' ')}s" for kind in kinds)


SUBSCRIBE = CommandSpec(
    name="subscribe",
    usage=USAGE,
    summary="Everything of a source, body or group; some kinds, or passed stages alone.",
    handler=subscribe,
    group=Group.WATCHING,
    changes=True,
    examples=(
        "subscribe itu-t sg17",
        "subscribe SG21 meetings",
        "subscribe ITU-T SG17 stage-only",
        "subscribe eff --daily",
    ),
)
UNSUBSCRIBE = CommandSpec(
    name="unsubscribe",
    usage="unsubscribe N|SOURCE|GROUP",
    summary="End a subscription.",
    handler=unsubscribe,
    group=Group.WATCHING,
    changes=True,
    examples=("unsubscribe 3", "unsubscribe itu-t sg17"),
)
SUBSCRIPTIONS = CommandSpec(
    name="subscriptions",
    usage="subscriptions [PAGE]",
    summary="List what is subscribed to here.",
    handler=subscriptions,
    group=Group.WATCHING,
    examples=("subscriptions",),
)
