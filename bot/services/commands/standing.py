"""`watches`, `unwatch`, `mute`, `unmute`: care for the watches of a conversation."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import MAXYEAR, UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.document import Document, Line, Moment, Paragraph, Style, Text
from bot.domain.entries import instant
from bot.domain.errors import CommandError, QueryError
from bot.domain.ports import Period
from bot.domain.query_parser import parse
from bot.domain.understanding import Lexicon
from bot.domain.watches import Scope, Watch, WatchId
from bot.services.actions import MUTED_FOR
from bot.services.commands.arguments import clipped, duration, page_number
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.paging import counted, paged
from bot.services.commands.recounting import rhythm
from bot.services.commands.replaying import together
from bot.services.commands.watching import replayed
from bot.services.lexicons import readable

MONTH = timedelta(days=30)
MUTE_USAGE = "mute N|here until WHEN  or  mute N|here for 2h|3d|1w"
_MUTE = re.compile(r"(?:(\S+)\s+)?(until|till|for)\s+(.+)", re.IGNORECASE | re.DOTALL)
MOST_REPLAYED = 10
"""Watches that a mute replays: it is an answer that people wait for."""
LONGEST_QUERY, LONGEST_NOTE = 160, 80
"""Characters of each that a list shows."""
Hits = Mapping[WatchId, tuple[int, datetime | None]]


async def _here(request: Request) -> Sequence[Watch]:
    _, every = await request.context.store.watches.all()
    return [watch for watch in every if watch.conversation == request.command.conversation]


async def watches(request: Request) -> Document:
    """List the conversation's watches by number, with note, mute, owner and how much they brought."""
    number = page_number(request.rest, usage="watches [PAGE]")
    every = await _here(request)
    here = [watch for watch in every if watch.scope is Scope.WATCH]
    beside = _beside(len(every) - len(here))
    if not here:
        hint = (Text("No watch stands here yet. Try "), Text("watch facial recognition", Style.CODE), Text("."))
        return Document((Paragraph(hint), *beside))
    now = request.context.clock.now()
    hits = await request.context.store.watches.hits(request.command.conversation, since=now - MONTH)
    shown = paged(here, number, command="watches")
    lexicon = await request.lexicon()
    rows = [Paragraph((*watch_line(watch, hits, now), *_doubt(watch, lexicon))) for watch in shown.rows]
    return Document(
        (Paragraph((Text(f"{counted(len(here), 'watch', 'watches')} here:"),)), *rows, *shown.more, *beside)
    )


def _beside(count: int) -> tuple[Paragraph, ...]:
    """Lead to what is subscribed to, which has a list of its own."""
    if not count:
        return ()
    return (
        Paragraph((Text(f"And {counted(count, 'subscription')}: ", Style.QUIET), Text("subscriptions", Style.CODE))),
    )


def watch_line(watch: Watch, hits: Hits, now: datetime, said: Text | None = None) -> Line:
    """Write a watch with its number, note, mute, owner and how much it brought; `said` stands for its query."""
    count, last = hits.get(watch.id, (0, None))
    said = said or Text(clipped(watch.query, LONGEST_QUERY), Style.CODE)
    line: Line = (Text(f"{watch.id}. ", Style.STRONG), said)
    if watch.note:
        line += (Text(f" — {clipped(watch.note, LONGEST_NOTE)}"),)
    if watch.cadence is not None:
        line += (Text(f" · {watch.cadence.words}", Style.QUIET),)
    line += (Text(f" · {counted(count, 'hit')} in 30 days", Style.QUIET),)
    if last is not None:
        line += (Text(", last ", Style.QUIET), Moment(last))
    line += (Text(f" · by {watch.owner}", Style.QUIET),)
    if watch.muted(now) and watch.muted_until is not None:
        line += (Text(" · muted until "), Moment(watch.muted_until))
    return line


def _doubt(watch: Watch, lexicon: Lexicon) -> Line:
    """Say that a watch finds nothing because it cannot be read, or names a set that is no more."""
    if readable(watch.query, lexicon) is not None:
        return ()
    return Text(" · not understood any more: ", Style.STRONG), Text(f"edit {watch.id} QUERY", Style.CODE)


async def unwatch(request: Request) -> Document:
    """Remove a watch by its number or its query."""
    found = await chosen_watch(request, request.rest, usage="unwatch N|QUERY")
    await request.context.store.watches.remove(found.id)
    await request.context.watches_changed()
    gone = (Text(f"Watch {found.id} is gone: "), Text(clipped(found.query, 300), Style.CODE), Text("."))
    return Document((Paragraph(gone),))


async def mute(request: Request) -> Document:
    """Silence one watch, all of the conversation or those of a thread for a while; matches are still recorded."""
    in_thread = request.command.thread is not None
    found = _MUTE.fullmatch(request.rest or (f"for {MUTED_FOR}" if in_thread else ""))
    if found is None or not (found[1] or in_thread):
        raise CommandError("Say which watch, and for how long.", usage=MUTE_USAGE)
    chosen = await _chosen(request, found[1] or "", usage=MUTE_USAGE)
    until = await _end(request, found[2].lower(), found[3])
    await request.context.store.watches.mute([watch.id for watch in chosen], until)
    await request.context.watches_changed()
    muted = Paragraph((Text(f"{_named(chosen)} muted until "), Moment(until), Text(".")))
    undo = Text(f"unmute {found[1] or ''}".strip(), Style.CODE)
    kept_back = await _kept_back(request, chosen)
    return Document(
        (muted, kept_back, Paragraph((Text("What matches meanwhile is recorded, not posted. To end it: "), undo)))
    )


async def _kept_back(request: Request, chosen: Sequence[Watch]) -> Paragraph:
    """Say how much such watches post: what they would have, had they stood all along; of many, what they found."""
    lexicon = await request.lexicon()
    queries = [query for watch in chosen if (query := readable(watch.query, lexicon)) is not None]
    if queries and len(chosen) <= MOST_REPLAYED:
        posts = together(await replayed(request, queries, lexicon, quoted=0))
        said = f"{posts.posts:,} in {counted(posts.days, 'day')}, {rhythm(posts)}" if posts.posts else "nothing"
        return Paragraph((Text(f"What is stored would have brought {said}."),))
    since = request.context.clock.now() - MONTH
    hits = await request.context.store.watches.hits(request.command.conversation, since=since)
    count = sum(hits.get(watch.id, (0, None))[0] for watch in chosen)
    return Paragraph((Text(f"Found in the last 30 days: {count:,}."),))


async def unmute(request: Request) -> Document:
    """Let one watch or all of the conversation speak again."""
    chosen = await _chosen(request, request.rest, usage="unmute N|here")
    await request.context.store.watches.mute([watch.id for watch in chosen], None)
    await request.context.watches_changed()
    return Document((Paragraph((Text(f"{_named(chosen)} no longer muted."),)),))


def _named(chosen: Sequence[Watch]) -> str:
    if len(chosen) == 1:
        return f"Watch {chosen[0].id} ({clipped(chosen[0].query, 80)}) is"
    return f"{counted(len(chosen), 'watch', 'watches')} are"


async def _chosen(request: Request, which: str, *, usage: str) -> Sequence[Watch]:
    here = await _here(request)
    if which.strip().casefold() in {"here", "all"}:
        if not here:
            raise CommandError("No watch stands here.", usage="watch QUERY")
        return here
    if not which.strip() and request.command.thread is not None:
        under = await request.context.store.stories.under(request.command.conversation, request.command.thread)
        asked = {alert.watch for alert in under}
        meant = [watch for watch in here if watch.id in asked]
        if not meant:
            raise CommandError("No watch that still stands asked for this thread.", usage="watches")
        return meant
    return [_find(here, which, usage=usage)]


async def chosen_watch(request: Request, which: str, *, usage: str) -> Watch:
    """Return the conversation's watch of that number or query; CommandError if there is none."""
    return _find(await _here(request), which, usage=usage)


def _find(here: Sequence[Watch], which: str, *, usage: str) -> Watch:
    """Return the conversation's watch of that number or query; one of another conversation is not found."""
    which = which.strip()
    if not which:
        raise CommandError("Say which watch.", usage=usage)
    number = which.removeprefix("#")
    if number.isdecimal():
        chosen = [watch for watch in here if str(watch.id) == number.lstrip("0")]
    else:
        chosen = [watch for watch in here if watch.query in {which, _canonical(which)}]
    if chosen:
        return chosen[0]
    numbers = ", ".join(str(watch.id) for watch in here[:20])
    standing = f"Here stand: {numbers}." if here else "None stands here."
    raise CommandError(f"There is no watch “{clipped(which, 80)}” here. {standing}", usage=usage)


def _canonical(text: str) -> str | None:
    try:
        return str(parse(text))
    except QueryError:
        return None


async def _end(request: Request, word: str, text: str) -> datetime:
    """Return when a mute ends: so long from now, or at the end of a day in the person's zone."""
    now = request.context.clock.now()
    length = duration(text)
    if length is not None:
        return now + length
    if word == "for":
        raise CommandError(f"“{clipped(text, 40)}” is not a length of time.", usage="mute 3 for 2h")
    reading = await asyncio.to_thread(request.context.calendar.read, text, now=now, zone=request.zone)
    if reading.period is None or reading.rest.strip():
        raise CommandError(f"I do not know when “{clipped(text, 60)}” is.", usage="mute 3 until Friday")
    until = _after(reading.period, now, ZoneInfo(request.zone))
    if until is None or until <= now:
        raise CommandError(f"“{clipped(text, 60)}” is past or has no end.", usage="mute 3 until Friday")
    return until


def _after(period: Period, now: datetime, zone: ZoneInfo) -> datetime | None:
    """End of a single day; of a longer period its beginning, if that is still to come ("until next week")."""
    first, last = period.first, period.last or period.first
    if first is not None and first != last and instant(first, zone) > now:
        return instant(first, zone).astimezone(UTC)
    if last is None or last.year == MAXYEAR:
        return None
    return instant(last + timedelta(days=1), zone).astimezone(UTC)


WATCHES = CommandSpec(
    name="watches",
    usage="watches [PAGE]",
    summary="List what is watched here, by number.",
    handler=watches,
    group=Group.WATCHING,
    examples=("watches", "watches 2"),
)
UNWATCH = CommandSpec(
    name="unwatch",
    usage="unwatch N|QUERY",
    summary="Stop a watch, by its number or its query.",
    handler=unwatch,
    group=Group.WATCHING,
    examples=("unwatch 3", "unwatch facial recognition"),
    changes=True,
)
MUTE = CommandSpec(
    name="mute",
    usage="mute N|here until WHEN | for 2h",
    summary="Silence a watch, or all here, for a while; in a thread, its own if none is named.",
    handler=mute,
    group=Group.WATCHING,
    examples=("mute 3 until Friday", "mute here for 2h", "mute"),
    changes=True,
)
UNMUTE = CommandSpec(
    name="unmute",
    usage="unmute N|here",
    summary="End a mute early.",
    handler=unmute,
    group=Group.WATCHING,
    examples=("unmute 3", "unmute here"),
    changes=True,
)
