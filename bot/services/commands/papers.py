"""`docs`: the documents of a meeting, by source or topic."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC

from bot.domain import itu
from bot.domain.changes import Known
from bot.domain.document import Bullets, Document, Heading, Paragraph, Style, Text
from bot.domain.entries import Entry, Kind, day, fact, facts
from bot.domain.errors import CommandError
from bot.services.commands.arguments import clipped
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.listing import document_line, titled
from bot.services.commands.paging import counted, page_asked, paged
from bot.services.commands.seeking import findings, topic
from bot.services.lookup import Understood, named_group, next_or_last

USAGE = "docs MEETING|GROUP [WORDS] [page N]"
MOST_SOURCES = 8


async def docs(request: Request) -> Document:
    """List the documents of a meeting, the newest first, and who tabled how many."""
    text, page = page_asked(request.rest.strip())
    if not text:
        raise CommandError(
            "Say of which meeting: its id or group, then words if you like.", usage="docs SG17 biometrics"
        )
    known, words, found = await _meeting(request, text)
    if words or not found:
        found = await of_meeting(request, known, words)
    return await asyncio.to_thread(_listed, known, found, (text, words, page))


def _listed(known: Known, found: Sequence[Known], asked: tuple[str, str, int]) -> Document:
    """Write one page of the documents; `asked` is the line, the words in it, and the page."""
    text, words, page = asked
    about = f" about “{clipped(words, 60)}”" if words else ""
    head = Heading((Text(f"{tally(found)}{about}, ", Style.STRONG), titled(known)))
    if not found:
        wider = f"docs {known.entry.key}" if words else f"meeting {known.entry.key}"
        hint = (Text("None is stored yet. Try: ", Style.QUIET), Text(wider, Style.CODE))
        return Document((head, Paragraph(hint)))
    shown = paged(found, page, command=f"docs {text} page")
    by_source = Paragraph((Text(f"By source: {sources(found)}."),))
    listed = Bullets(tuple(map(document_line, shown.rows)), numbered=True, start=shown.start)
    return Document((head, by_source, listed, *shown.more))


async def _meeting(request: Request, text: str) -> tuple[Known, str, Sequence[Known]]:
    """Return the meeting that a line names first, by id or link or group and time, and the words after it.

    Its documents come with it where they were looked at to choose it.
    """
    first, _, rest = text.partition(" ")
    entries = request.context.store.entries
    for spelt in dict.fromkeys((first.strip("<>"), first.upper())):
        for known in await entries.by_link(spelt):
            if known.entry.kind is Kind.MEETING:
                return known, rest.strip(), ()
    group, questions, left = named_group(text)
    if group is None:
        raise CommandError(
            f"No meeting “{clipped(first, 60)}” is stored; name its group.", usage="docs SG17 biometrics"
        )
    context = request.context
    now = context.clock.now()
    reading = await asyncio.to_thread(context.calendar.read, left.replace("·", " "), now=now, zone=request.zone)
    today = day(now, UTC)
    asked = Understood(period=reading.period, group=group, place=None, words=(), today=today, text=text)
    words = " ".join((*questions, *reading.rest.split()))
    found = await next_or_last(entries, asked)
    if not found:
        raise CommandError(f"No meeting of {group} is stored.", usage=f"meetings {group}")
    for known in found:
        if papers := await of_meeting(request, known):
            return known, words, papers
    return found[0], words, ()


async def of_meeting(request: Request, known: Known, words: str = "") -> Sequence[Known]:
    """Return the stored documents of a meeting that fit the words, newest first."""
    entry = known.entry
    if entry.group is None or entry.starts is None:
        return ()
    papers = await request.context.store.entries.papers(called(entry))
    lexicon = await request.lexicon()
    asked = topic(words, lexicon).query
    return papers if asked is None else (await findings(request, asked, lexicon, among=papers)).known


def called(entry: Entry) -> frozenset[str]:
    """Return what a meeting's documents may call it: its key, and ITU's id made of group and first day."""
    if entry.starts is None or not entry.group:
        return frozenset({entry.key})
    first = day(entry.starts)
    period = itu.period_of(first)
    made = {itu.meeting_key("T", period.code, entry.group, f"{first:%y%m%d}")} if period else set()
    return frozenset({entry.key, *made})


def tally(found: Sequence[Known]) -> str:
    """Say how many documents of which type there are: "14 contributions, 45 temporary documents"."""
    types = Counter(fact(one.entry, "type") or "document" for one in found)
    return ", ".join(counted(count, kind) for kind, count in types.most_common()) or "No documents"


def sources(found: Sequence[Known]) -> str:
    """Say who tabled how many, most first."""
    tabled = Counter(name for one in found for name in facts(one.entry, "companies") or ("no member",))
    said = [f"{clipped(name, 50)} {count:,}" for name, count in tabled.most_common(MOST_SOURCES)]
    more = len(tabled) - len(said)
    return ", ".join([*said, *([f"{more:,} others"] if more else [])])


DOCS = CommandSpec(
    name="docs",
    usage=USAGE,
    summary="Documents of a meeting, by source or topic.",
    handler=docs,
    group=Group.LOOKING,
    examples=("docs SG17", "docs T25-SG17-260601 biometrics", "docs SG21 China Telecom"),
)
