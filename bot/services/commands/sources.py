"""`sources`: what is polled and how each source is doing, in plain words."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from bot.domain.document import Document, Line, Moment, Paragraph, Style, Text
from bot.domain.sources import Tracked
from bot.services.commands.arguments import clipped
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.paging import counted, counts, paged


class State(StrEnum):
    """How a source is doing, in one word; problems in the order in which they want looking at."""

    QUARANTINED = "quarantined"
    FAILING = "failing"
    RETIRED = "retired"
    PAUSED = "paused"
    BASELINE = "not read yet"
    FINE = "fine"


_ORDER = tuple(State)


def state(tracked: Tracked) -> State:
    """Return how a source is doing."""
    health = tracked.health
    if tracked.retired:
        return State.RETIRED
    if tracked.paused:
        return State.PAUSED
    if health.suspect:
        return State.QUARANTINED
    if health.failures:
        return State.FAILING
    return State.BASELINE if tracked.baseline else State.FINE


def summary(listing: Sequence[Tracked]) -> str:
    """Return "52 sources: 49 fine, 2 failing, 1 paused"."""
    tally = Counter(state(tracked) for tracked in listing)
    parts = counts({str(kind): tally[kind] for kind in reversed(_ORDER)})
    return f"{counted(len(listing), 'source')}: {parts}." if listing else "No source is polled."


async def sources(request: Request) -> Document:
    """List sources, problems first; the numbers are those that `source pause N` takes."""
    listing = await request.context.store.sources.listing()
    word, _, last = request.rest.rpartition(" ")
    if request.rest.isdecimal():
        word, number = "", int(request.rest[:6])
    elif word and last.isdecimal():
        number = int(last[:6])
    else:
        word, number = request.rest, 1
    numbered = [(n, tracked) for n, tracked in enumerate(listing, 1) if _about(tracked, word)]
    if not numbered:
        where = f"No source has “{clipped(word, 60)}” in its name, id, body or address." if word else "No source yet."
        add = (Text(f"{where} To add one: "), Text("source add https://www.eff.org", Style.CODE))
        return Document((Paragraph(add),))
    numbered.sort(key=lambda row: (_ORDER.index(state(row[1])), row[0]))
    shown = paged(numbered, max(number, 1), command=f"sources {clipped(word, 60)}".strip())
    heading = Paragraph((Text(summary([tracked for _, tracked in numbered]), Style.STRONG),))
    return Document((heading, *(Paragraph(_row(n, tracked)) for n, tracked in shown.rows), *shown.more))


def _about(tracked: Tracked, word: str) -> bool:
    source = tracked.source
    about = " ".join((source.id, source.name, source.url, source.body or "", state(tracked))).casefold()
    return word.casefold() in about


def _row(number: int, tracked: Tracked) -> Line:
    source = tracked.source
    name: Line = (
        Text(f"{number}. ", Style.STRONG),
        Text(clipped(source.name, 80)),
        Text(f" ({source.id})", Style.QUIET),
    )
    return (*name, Text(": "), *health_line(tracked))


def health_line(tracked: Tracked) -> Line:
    """Say how a source is doing: what is wrong, when it last answered well, when it is asked again."""
    health, how = tracked.health, state(tracked)
    error = f" ({clipped(health.last_error, 200)})" if health.last_error else ""
    answers = counted(health.suspect, "answer")
    said = {
        State.RETIRED: "retired; it is no longer polled",
        State.PAUSED: "paused by a person",
        State.QUARANTINED: f"quarantined: its last {answers} looked wrong{error}, so nothing was changed",
        State.FAILING: f"failing, {counted(health.failures, 'try', 'tries')} since it last worked{error}",
        State.BASELINE: "not read yet; its first answer posts nothing",
        State.FINE: "fine",
    }[how]
    line: Line = (Text(said, Style.PLAIN if how is State.FINE else Style.STRONG),)
    if health.last_ok is not None:
        line += (Text("; last good "), Moment(health.last_ok))
    elif how is not State.BASELINE:
        line += (Text("; never answered well yet"),)
    if how not in {State.RETIRED, State.PAUSED}:
        line += (Text("; next poll "), Moment(tracked.next_poll))
    return line


SOURCES = CommandSpec(
    name="sources",
    usage="sources [WORD] [PAGE]",
    summary="How every source is doing, problems first.",
    handler=sources,
    group=Group.SOURCES,
    examples=("sources", "sources itu", "sources failing"),
)
