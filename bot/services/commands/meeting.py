"""`meeting`: the card of one meeting, with its deadlines and documents."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain.changes import Known
from bot.domain.document import Block, Bullets, Document, Facts, Heading, Line, Link, Paragraph, Quote, Style, Text
from bot.domain.entries import Entry, Kind, fact
from bot.domain.errors import CommandError
from bot.domain.ladder import ladder
from bot.domain.storing.entries import MOST_COUNTED
from bot.services.commands.arguments import clipped
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.listing import document_line, titled
from bot.services.commands.papers import of_meeting, tally
from bot.services.commands.timelines import changes
from bot.services.dating import one_day, when
from bot.services.duties import said
from bot.services.lookup import find, next_or_last, understand

USAGE = "meeting ID|GROUP [PLACE] [WHEN]"
MOST_DOCUMENTS, MOST_CHANGES = 5, 8
LONGEST_TEXT = 400
RUNGS = {
    "letter": "Collective letter",
    "registration": "Registration closes",
    "contributions": "Contributions due",
    "documents": "Documents available",
    "reply": "Answers due",
}
LABELS = {"question": "Question", "working_party": "Working party", "study_period": "Study period", "sg_title": "About"}


async def meeting(request: Request) -> Document:
    """Show a meeting by its id or link, or the next one that fits the words."""
    text = request.rest.strip().strip("<>")
    if not text:
        raise CommandError("Say which meeting: its id, its link, or a group.", usage="meeting SG17")
    known, others = await named_meeting(request, text)
    papers = await of_meeting(request, known)
    past = await request.context.store.history.of(known.id)
    return Document((*_card(request, known, papers), *_history(past, known), *_others(text, others)))


async def named_meeting(request: Request, text: str) -> tuple[Known, int]:
    """Return the meeting of that id or link, else the next (or last) that fits; and how many others fit."""
    entries = request.context.store.entries
    for spelt in dict.fromkeys((text, text.upper(), f"event {text}", f"rgm {text}", f"mtg {text}")):
        for known in await entries.by_link(spelt):
            if known.entry.kind is Kind.MEETING:
                return known, 0
    context = request.context
    understood = await asyncio.to_thread(understand, text, context.calendar, context.clock.now(), request.zone)
    found = await next_or_last(entries, understood)
    if not found:
        usage = f"meetings {clipped(text, 60)}"
        raise CommandError(f"No meeting “{clipped(text, 60)}” is stored.", usage=usage)
    total, _ = await find(entries, understood, offset=0, limit=1)
    return found[0], max(0, total - 1)


def _card(request: Request, known: Known, papers: Sequence[Known]) -> Iterable[Block]:
    entry = known.entry
    yield Heading((Text(" · ".join(part for part in ("Meeting", entry.group) if part) + ": "), titled(known)))
    yield Facts(tuple(_facts(request, known)))
    if entry.text:
        yield Quote((Text(clipped(entry.text, LONGEST_TEXT)),))
    if papers:
        yield Paragraph((Text(f"{tally(papers)}: ", Style.STRONG), Text(f"docs {entry.key}", Style.CODE)))
        yield Bullets(tuple(document_line(one) for one in papers[:MOST_DOCUMENTS]))
    read = (Text("Read from ", Style.QUIET), Link(clipped(known.url, 120), known.url), Text(", "))
    yield Paragraph((*read, Text(f"{one_day(known.fetched_at.date())} · id {entry.key}", Style.QUIET)))


def _facts(request: Request, known: Known) -> Iterable[tuple[str, Line]]:
    entry = known.entry
    if entry.starts is not None:
        yield "When", when(entry)
    if entry.place:
        yield "Where", (Text(entry.place),)
    if entry.status and entry.status != "confirmed":
        yield "Status", (Text(entry.status, Style.STRONG),)
    if known.gone:
        yield "Listed", (Text("no longer; its source does not say that it is cancelled", Style.STRONG),)
    yield from _deadlines(request, entry)
    for name, label in LABELS.items():
        if value := fact(entry, name):
            yield label, (Text(clipped(value, 200)),)


def _deadlines(request: Request, entry: Entry) -> Iterable[tuple[str, Line]]:
    today = request.context.clock.now().date()
    for rung in ladder(entry):
        line: Line = (Text(f"{'about ' if rung.rule.about else ''}{one_day(rung.due)}"),)
        line += (Text(f" ({rung.rule.source})", Style.QUIET),)
        if rung.due < today:
            line += (Text(", past", Style.QUIET),)
        elif rung.rule.outsider:
            line += (Text(f". {rung.rule.outsider}"),)
        yield RUNGS.get(rung.rule.name) or said(rung), line


def _history(past: Sequence[tuple[datetime, Entry]], known: Known) -> tuple[Block, ...]:
    told = list(changes(past, known))
    if not told:
        return ()
    lines = tuple((Text(f"{one_day(step.at)}: ", Style.STRONG), Text(step.what)) for step in told[-MOST_CHANGES:])
    return Paragraph((Text("Changes", Style.STRONG),)), Bullets(lines)


def _others(text: str, others: int) -> tuple[Block, ...]:
    if not others:
        return ()
    many = f"{others:,} more" if others < MOST_COUNTED else f"More than {MOST_COUNTED:,}"
    said = f"{many} fit: " if others > 1 else "One more fits: "
    return (Paragraph((Text(said, Style.QUIET), Text(f"meetings {clipped(text, 80)}", Style.CODE))),)


MEETING = CommandSpec(
    name="meeting",
    usage=USAGE,
    summary="One meeting: dates, place, deadlines, documents, changes.",
    handler=meeting,
    group=Group.LOOKING,
    examples=("meeting SG17", "meeting T25-SG17-260601", "meeting SG21 in Geneva next year"),
)
