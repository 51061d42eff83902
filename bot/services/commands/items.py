"""`items` and `item`: work items with status and supporters, and how one came about."""

import asyncio
from collections.abc import Iterable, Sequence

from bot.domain.changes import Known
from bot.domain.document import Block, Bullets, Document, Facts, Heading, Line, Link, Paragraph, Quote, Style, Text
from bot.domain.entries import Entry, Kind, fact, facts
from bot.domain.errors import CommandError
from bot.domain.query import Is, Or, Phrase, Query, Within
from bot.domain.successions import succession
from bot.services.commands.arguments import clipped
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.listing import document_line, is_open, item_line, news_line, titled, unfinished
from bot.services.commands.paging import counted, page_asked, paged
from bot.services.commands.seeking import Findings, findings, of_kinds, topic
from bot.services.commands.timelines import Step, changes, steps
from bot.services.dating import one_day

USAGE = "items [GROUP] [WORDS] [page N]"
ITEM_USAGE = "item ID"
MOST_RELATED = 5
LONGEST_SUMMARY = 400
LABELS = {
    "question": "Question",
    "status": "Status",
    "process": "Process",
    "timing": "Timing",
    "supporters": "Supporters",
    "editors": "Editors",
    "named": "Named in the text",
    "references": "Base texts",
    "liaison": "Liaisons",
    "study_period": "Study period",
}


async def items(request: Request) -> Document:
    """List the work items of a group, Question or topic, open ones first."""
    text, page = page_asked(request.rest.strip())
    lexicon = await request.lexicon()
    asked = topic(text, lexicon)
    found = await findings(request, of_kinds(asked.query, Kind.WORK_ITEM), lexicon)
    return await asyncio.to_thread(_listed, text, page, found)


def _listed(text: str, page: int, found: Findings) -> Document:
    rows = sorted(merged(found.known), key=lambda known: not is_open(known.entry))
    about = f" of “{clipped(text, 80)}”" if text else ""
    if not rows:
        hint = (Text(f"No work item{about} is stored. What is read: "), Text("sources itu", Style.CODE))
        return Document((Paragraph(hint),))
    shown = paged(rows, page, command=" ".join(part for part in ("items", text, "page") if part))
    going = sum(is_open(known.entry) for known in rows)
    head = Heading((Text(f"{counted(len(rows), 'work item')}{about}, {going} open", Style.STRONG),))
    listed = Bullets(tuple(map(item_line, shown.rows)), numbered=True, start=shown.start)
    more = Paragraph((Text("Status, supporters and history: ", Style.QUIET), Text(_example(rows[0]), Style.CODE)))
    return Document((head, listed, *shown.more, *unfinished(found.complete), more))


def _example(known: Known) -> str:
    return f"item {names(known.entry)[0]}"


def names(entry: Entry) -> list[str]:
    """Return what an item is called, shortest first: its acronym, its number, its key."""
    found = [*facts(entry, "acronym"), *facts(entry, "recommendation"), *facts(entry, "number"), entry.key]
    return [name for name in dict.fromkeys(found) if name]


def merged(found: Iterable[Known]) -> list[Known]:
    """Keep one entry for each item: of the item and its approval record, the item."""
    kept: dict[str, Known] = {}
    for known in found:
        name = names(known.entry)[0].casefold()
        before = kept.get(name)
        if before is None or ("isn" in known.entry.facts and "isn" not in before.entry.facts):
            kept[name] = known
    return list(kept.values())


async def item(request: Request) -> Document:
    """Show one work item: status, supporters, deadlines, history, documents and the Recommendation it became."""
    name = request.rest.strip().strip("<>")
    if not name:
        raise CommandError("Say which work item: its name, number or isn.", usage="item F.MACVS")
    lexicon = await request.lexicon()
    known = await _named(request, name)
    if known is None:
        wider = await findings(request, of_kinds(topic(name, lexicon).query, Kind.WORK_ITEM), lexicon)
        return _several(name, merged(wider.known))
    related = await findings(request, _about(known.entry), lexicon)
    past = await request.context.store.history.of(known.id)
    return Document(tuple(_card(known, related, [*changes(past, known), *steps([known, *related.known])])))


async def _named(request: Request, name: str) -> Known | None:
    """Find an item by link, key, isn, acronym or number."""
    entries = request.context.store.entries
    for spelt in (name, f"isn {name}", f"aap {name}", f"work item {name}"):
        for known in await entries.by_link(spelt):
            if known.entry.kind is Kind.WORK_ITEM:
                return known
    if any(character.isspace() for character in name):
        return None
    lexicon = await request.lexicon()
    found = await findings(request, of_kinds(Is("number", (name.strip('"*'),)), Kind.WORK_ITEM), lexicon)
    rows = merged(found.known)
    return rows[0] if rows else None


def _several(name: str, rows: Sequence[Known]) -> Document:
    """Offer the items whose words fit, or say that there is none."""
    if not rows:
        raise CommandError(f"No work item “{clipped(name, 60)}” is stored. To see what is: items", usage="items SG21")
    head = Paragraph((Text(f"No item is called “{clipped(name, 60)}”; these are about it:"),))
    more = Paragraph((Text("All: ", Style.QUIET), Text(f"items {clipped(name, 60)}", Style.CODE)))
    return Document((head, Bullets(tuple(item_line(known) for known in rows[:MOST_RELATED])), more))


def _about(entry: Entry) -> Query:
    """Ask for whatever names the item: documents, its approval record, the Recommendation."""
    called = [name for name in names(entry) if not name.startswith(("isn ", "aap "))]
    parts: list[Query] = []
    for name in called[:4]:
        parts += [Is("number", (name.replace('"', ""),)), Within("title", Phrase(name.replace('"', "")))]
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def _card(known: Known, related: Findings, history: Sequence[Step]) -> Iterable[Block]:
    entry = known.entry
    number = fact(entry, "number")
    head = " · ".join(
        part for part in ("Work item", entry.group or "", number if number != entry.title else "") if part
    )
    yield Heading((Text(f"{head}: "), titled(known)))
    yield Facts(tuple(_facts(known)))
    if entry.text:
        yield Quote((Text(clipped(entry.text, LONGEST_SUMMARY)),))
    if history:
        yield Paragraph((Text("History", Style.STRONG),))
        ordered = sorted(dict.fromkeys(history), key=lambda step: step.at)
        yield Bullets(tuple(_step(step) for step in ordered))
    others = [one for one in related.known if one.id != known.id]
    yield from _section("Documents", [document_line(one) for one in others if one.entry.kind is Kind.DOCUMENT])
    yield from _section(
        "Also listed as",
        [
            item_line(one) if one.entry.kind is Kind.WORK_ITEM else news_line(one, related.sources)
            for one in others
            if one.entry.kind in {Kind.WORK_ITEM, Kind.PUBLICATION}
        ],
    )
    read = (Text("Read from ", Style.QUIET), Link(clipped(known.url, 120), known.url), Text(", "))
    yield Paragraph((*read, Text(one_day(known.fetched_at.date()), Style.QUIET)))


def _section(title: str, lines: Sequence[Line]) -> Iterable[Block]:
    if lines:
        yield Paragraph((Text(f"{title} ({len(lines)})", Style.STRONG),))
        yield Bullets(tuple(lines[:MOST_RELATED]))


def _facts(known: Known) -> Iterable[tuple[str, Line]]:
    entry = known.entry
    said = {name: fact(entry, name) for name in LABELS} | {"status": entry.status or fact(entry, "stage")}
    yield from ((label, (Text(clipped(said[name], 300)),)) for name, label in LABELS.items() if said[name])
    for one in dict.fromkeys(filter(None, map(succession, (entry.group or "", *facts(entry, "question"))))):
        yield "Goes on", (Text(str(one)),)
    if known.gone:
        yield "Listed", (Text("no longer", Style.STRONG),)


def _step(step: Step) -> Line:
    head: Line = (Text(f"{one_day(step.at)}: ", Style.STRONG),)
    return (*head, Link(step.what, step.link)) if step.link else (*head, Text(step.what))


ITEMS = CommandSpec(
    name="items",
    usage=USAGE,
    summary="Work items by group, Question or topic, with status and supporters.",
    handler=items,
    group=Group.LOOKING,
    examples=("items SG21 video surveillance", "items Q7/21", "items dahua"),
)
ITEM = CommandSpec(
    name="item",
    usage=ITEM_USAGE,
    summary="One work item: status, supporters, editors, history, documents.",
    handler=item,
    group=Group.LOOKING,
    examples=("item F.MACVS", "item 23653", "item X.1096"),
)
