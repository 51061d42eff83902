"""`why`: the recorded reasons for a post, or the stage at which one was stopped."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from bot.domain.alerts import Alert, Outcome, Reason, is_planned
from bot.domain.changes import Known
from bot.domain.document import Block, Document, Facts, Heading, Line, Link, Moment, Paragraph, Quote, Style, Text
from bot.domain.entries import SourceId
from bot.domain.matching import WatchIndex
from bot.domain.query import And, Not, Or, Query, all_of
from bot.domain.quiet import breaks_through
from bot.domain.sources import Source
from bot.domain.telling import BY_HAND, because_of
from bot.domain.understanding import understood
from bot.domain.watches import Watch, WatchId
from bot.services.commands.arguments import clipped
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.paging import counted
from bot.services.commands.pointing import spoken_of
from bot.services.commands.quoting import matched, quoted
from bot.services.commands.replaying import surface
from bot.services.lexicons import readable

MOST_ENTRIES = 3
MOST_DECISIONS = 5
LONGEST_QUERY = 160

REASONS: Mapping[Reason, str] = {
    Reason.NEW: "new, and a watch matches it",
    Reason.NEWLY_MATCHES: "an edit made it match",
    Reason.SAME_STORY: "it tells a story that has a thread here",
    Reason.ADDS: "it says something new of a story that has a thread here",
    Reason.EDITED: "it was edited; the card was brought up to date",
    Reason.MOVED: "its dates changed",
    Reason.CHANGED: "its details changed",
    Reason.WITHDRAWN: "its source says cancelled or withdrawn",
    Reason.MISSING: "its source no longer lists it",
    Reason.BACK: "its source lists it again",
    Reason.REMINDER: "a date is near",
    Reason.BASELINE: "it stood in the first answer of its source, which never posts",
    Reason.MUTED: "the watch was muted",
    Reason.BURST: "too many at once; it went into a digest",
    Reason.COSMETIC: "nothing that a reader would notice had changed",
    Reason.COUNTED_OUT: "it changes without end; this was the last change told",
    Reason.UNASKED: "only passed stages are subscribed to here, and it passed none",
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.SPOKEN: "posted",
    Outcome.FOLDED: "folded into a digest",
    Outcome.SILENT: "not posted, on purpose",
}


async def why(request: Request) -> Document:
    """Explain the last alert of this conversation, or what became of a link or key here."""
    link = request.rest.strip().strip("<>")
    if link:
        return await _of_link(request, link)
    told = await spoken_of(request, usage="why https://www.example.org/story")
    entries = {alert.entry: alert.now for alert in told}
    shown = list(entries.values())
    blocks: list[Block] = []
    for known in [*shown[:1], *shown[1:][1 - MOST_ENTRIES :]]:
        blocks += await _entry(request, known)
    if len(shown) > MOST_ENTRIES:
        blocks.append(Paragraph((Text(f"It speaks of {len(shown)}; to explain another: why LINK", Style.QUIET),)))
    return Document(tuple(blocks))


async def _of_link(request: Request, link: str) -> Document:
    found = await request.context.store.entries.by_link(link)
    if not found:
        return await _unknown(request, link)
    blocks: list[Block] = []
    for known in found[:MOST_ENTRIES]:
        blocks += await _entry(request, known)
    if len(found) > MOST_ENTRIES:
        blocks.append(Paragraph((Text(f"{len(found) - MOST_ENTRIES} more entries have this address.", Style.QUIET),)))
    return Document(tuple(blocks))


async def _unknown(request: Request, link: str) -> Document:
    """Say that no source ever showed the link, and which sources of its site are polled."""
    first = Paragraph((Text(f"No source that I poll has shown {clipped(link, 300)} so far."),))
    host = _host(link)
    near = [one for one in await request.context.store.sources.listing() if host and _host(one.source.url) == host]
    if near:
        names = ", ".join(clipped(one.source.name, 60) for one in near[:5])
        rest = (Text(f"I do poll {counted(len(near), 'source')} of {host}: {names}. See "), Text("sources", Style.CODE))
        return Document((first, Paragraph(rest)))
    hint = f"source test {host}" if host else "sources"
    none = f"I poll nothing of {host}. To see what it offers: " if host else "What I poll: "
    return Document((first, Paragraph((Text(none), Text(hint, Style.CODE)))))


def _host(link: str) -> str:
    try:
        return (urlsplit(link).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


async def _entry(request: Request, known: Known) -> list[Block]:
    """Explain one entry: its evidence, and every decision about it here."""
    context, where = request.context, request.command.conversation
    sources = {one.source.id: one.source for one in await context.store.sources.listing()}
    _, every = await context.store.watches.all()
    decisions = await context.store.outbox.alerts_for(known.id, where)
    blocks: list[Block] = [Heading((Text(clipped(known.entry.title, 200), Style.STRONG),))]
    if decisions:
        watches = {watch.id: watch for watch in every}
        for alert, posted in decisions[-MOST_DECISIONS:]:
            blocks += _decision(alert, posted, watches, request)
    else:
        here = [watch for watch in every if watch.conversation == where]
        blocks.append(Paragraph(await _not_decided(request, known, here, sources)))
    return [*blocks, _evidence(known, sources)]


def _decision(alert: Alert, posted: datetime | None, watches: Mapping[WatchId, Watch], request: Request) -> list[Block]:
    outcome, held = OUTCOMES[alert.outcome], _held(alert, posted, request)
    if alert.outcome is not Outcome.SILENT and posted is None:
        waiting = "decided, and still waiting to be posted (see status)"
        outcome = "kept for the digest" if is_planned(alert.digest) else held or waiting
    said: Line = (Text(f"{outcome[0].upper()}{outcome[1:]}", Style.STRONG), Text(f": {REASONS[alert.reason]}. "))
    when: Line = (Text("Decided "), Moment(alert.at))
    if posted is not None:
        when += (*((Text(f", {held}"),) if held else ()), Text(", posted "), Moment(posted))
    blocks: list[Block] = [Paragraph((*said, *when))]
    if alert.watch is not None:
        blocks.append(Paragraph(_watch_line(alert, alert.watch, watches)))
    because = because_of(alert.detail) if alert.reason in {Reason.SAME_STORY, Reason.ADDS, Reason.NEW} else ()
    if because:
        blocks.append(Paragraph(_recognised(because, alert)))
    if alert.hits:
        blocks.append(Quote(quoted(alert.now.entry, alert.hits)))
    return blocks


def _recognised(because: Sequence[str], alert: Alert) -> Line:
    """Say by what an entry was recognised as a version of its story, and how to mend that."""
    if because == (BY_HAND,):
        return (Text("Somebody said here whether it is of this story."),)
    same = [name.removeprefix("=") for name in because if name.startswith("=")]
    words = [f"“{name.lstrip('@#')}”" for name in because if not name.startswith("=")]
    common = f"it has the same {' and '.join(same)}" if same else f"both say {', '.join(words)}"
    undo = Text(f"not this story {alert.now.entry.link or ''}".strip(), Style.CODE)
    return (Text(f"Recognised as this story because {common}. If it is another: "), undo)


def _held(alert: Alert, posted: datetime | None, request: Request) -> str:
    """Say that quiet hours hold an alert back, or did."""
    until, wanted = alert.held, request.wanted
    if posted is None and not breaks_through(alert, wanted.clock):
        until = wanted.quiet_until(request.context.clock.now())
    return f"held by quiet hours until {until.astimezone(wanted.clock):%H:%M}" if until is not None else ""


def _watch_line(alert: Alert, watch: WatchId, watches: Mapping[WatchId, Watch]) -> Line:
    standing = watches.get(watch)
    line: Line = (Text(f"Watch {watch}"),)
    line += (
        (Text(" (removed since)"),)
        if standing is None
        else (Text(": "), Text(clipped(standing.query, LONGEST_QUERY), Style.CODE))
    )
    words = matched(alert.now.entry, alert.hits)
    return (*line, Text(f" matched {', '.join(words[:5])}")) if words else line


async def _not_decided(
    request: Request, known: Known, here: Sequence[Watch], sources: Mapping[SourceId, Source]
) -> Line:
    """Say which stage stopped an entry about which nothing was decided here."""
    if not here:
        return (Text("I know it, but no watch stands here, so nothing is posted. To get it: "), Text("watch QUERY"))
    lexicon = await request.lexicon()
    typed = [(watch, query) for watch in here if (query := readable(watch.query, lexicon)) is not None]
    meant = [(watch, understood(query, lexicon)) for watch, query in typed]

    def matching(queries: Sequence[Query]) -> frozenset[int]:
        """Return which of the queries the entry satisfies, by their places."""
        index = WatchIndex(request.context.stem, lexicon.shipped)
        for number, query in enumerate(queries):
            index.put(WatchId(number), query)
        return frozenset(match.watch for match in index.match(known.entry, surface(known, sources)))

    return await asyncio.to_thread(_stopped, known, meant, matching)


def _stopped(
    known: Known, meant: Sequence[tuple[Watch, Query]], matching: Callable[[Sequence[Query]], frozenset[int]]
) -> Line:
    """Find a watch that matches after all, or one that would but for what it excludes."""
    for number in sorted(matching([query for _, query in meant])):
        return _unspoken(meant[number][0], known)
    for watch, query in meant:
        for alternative in query.parts if isinstance(query, Or) else (query,):
            wanted, unwanted = _without(alternative)
            standing = matching([wanted, *unwanted]) if unwanted else frozenset()
            barred = [str(one) for number, one in enumerate(unwanted, start=1) if number in standing]
            if barred and 0 in standing:
                return _excluded(watch, barred)
    none = (
        "The watch here does not match it." if len(meant) == 1 else f"None of the {len(meant)} watches here matches it."
    )
    return (Text(f"I know it. {none}"),)


def _unspoken(watch: Watch, known: Known) -> Line:
    name: Line = (
        Text(f"Watch {watch.id} ("),
        Text(clipped(watch.query, LONGEST_QUERY), Style.CODE),
        Text(") matches it, but "),
    )
    if known.first_seen < watch.created_at:
        return (*name, Text("is younger: it was made "), Moment(watch.created_at), Text(", after this was first seen."))
    return (*name, Text("no decision is recorded: nothing in it has changed since the watch could first see it."))


def _excluded(watch: Watch, barred: Sequence[str]) -> Line:
    name: Line = (
        Text(f"Watch {watch.id} ("),
        Text(clipped(watch.query, LONGEST_QUERY), Style.CODE),
        Text(") asks for it, but excludes "),
    )
    return (*name, Text(" and ".join(f"“{clipped(one, 60)}”" for one in barred[:5])), Text(", which it says."))


def _without(query: Query) -> tuple[Query, tuple[Query, ...]]:
    """Return a query without what must not be there, and that."""
    if not isinstance(query, And):
        return query, ()
    wanted: list[Query] = [part for part in query.parts if not isinstance(part, Not)]
    return all_of(wanted), tuple(part.part for part in query.parts if isinstance(part, Not))


def _evidence(known: Known, sources: Mapping[SourceId, Source]) -> Facts:
    """Show where the bot has it from: what a doubter needs to check."""
    source = sources.get(known.source)
    rows: list[tuple[str, Line]] = [("Source", (Text(f"{source.name if source else 'removed'} ({known.source})"),))]
    if known.url:
        rows.append(("Read from", (Link(known.url, known.url),)))
    rows.append(("Fetched", (Moment(known.fetched_at),)))
    rows.append(("First seen", (Moment(known.first_seen),)))
    if known.body_hash:
        rows.append(("Body hash", (Text(known.body_hash, Style.CODE),)))
    if known.gone:
        rows.append(("Listed", (Text("no longer"),)))
    return Facts(tuple(rows))


WHY = CommandSpec(
    name="why",
    usage="why [LINK]",
    summary="Why something was posted here, or why not.",
    handler=why,
    group=Group.LOOKING,
    examples=("why", "why https://www.eff.org/deeplinks/2026/03/some-story"),
)
