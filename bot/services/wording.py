"""Words that all messages share: titles, outlets, quotations, where something comes from."""

from bot.domain.alerts import Alert, Parcel
from bot.domain.document import Block, Document, Line, Link, Paragraph, Quote, Style, Text
from bot.domain.entries import Entry, Fact, Kind
from bot.services.commands.quoting import matched, quoted
from bot.services.outlets import outlet

KINDS = {
    Kind.NEWS: "News",
    Kind.MEETING: "Meeting",
    Kind.WORK_ITEM: "Work item",
    Kind.DOCUMENT: "Document",
    Kind.PUBLICATION: "Publication",
}
LEAD = 240
LONGEST_QUERY, SHORT_QUERY = 80, 40


def label(entry: Entry) -> str:
    """Return kind and group: "Meeting · SG17"."""
    return " · ".join(part for part in (KINDS[entry.kind], entry.group) if part)


def title(entry: Entry) -> Line:
    """Return the title, linked where there is an address."""
    return (Link(entry.title, entry.link),) if entry.link else (Text(entry.title, Style.STRONG),)


def words(alert: Alert, entry: Entry) -> Line:
    """Quote the sentence that matched; without one, the beginning of an article."""
    if any(hit.field == "text" for hit in alert.hits):
        return quoted(alert.now.entry, alert.hits)
    text = entry.text.strip().split("\n", 1)[0]
    if not text or text == entry.title or entry.kind is Kind.MEETING:
        return ()
    return (Text(text if len(text) <= LEAD else text[:LEAD].rsplit(" ", 1)[0] + " …"),)


def provenance(parcel: Parcel, first: Alert) -> Line:
    """Say which source told it, which watch asked, and who else has it."""
    names = list(dict.fromkeys(outlet_of(alert, parcel) for alert in parcel.alerts))
    line: list[Text] = [Text(names[0], Style.QUIET)]
    if first.watch is not None:
        asked = short(parcel.watches.get(first.watch, ""), limit=SHORT_QUERY)
        found = ", ".join(matched(first.now.entry, first.hits)[:2])
        line.append(Text(f" · watch {first.watch}: {asked}{' matched ' if found else ''}{found}", Style.QUIET))
    if len(names) > 1:
        line.append(Text(f" · also in: {', '.join(names[1:])} · {len(names)} sources", Style.QUIET))
    return tuple(line)


def outlet_of(alert: Alert, parcel: Parcel) -> str:
    """Return how the outlet of an alert is called."""
    return outlet(parcel.sources.get(alert.now.source, alert.now.source), alert.now.entry.lang)


def short(query: str, *, limit: int = LONGEST_QUERY) -> str:
    """Return a query, cut at a word."""
    return query if len(query) <= limit else f"{query[:limit].rsplit(' ', 1)[0]} …"


def paragraphs(*lines: Line, head: Line = (), quote: Line = ()) -> Document:
    """Build a message of lines, under a heading line and above a quotation if there are any."""
    blocks: list[Block] = [Paragraph(head)] if head else []
    blocks += [Paragraph(line) for line in lines if line]
    blocks += [Quote(quote)] if quote else []
    return Document(tuple(blocks))


def spoken(value: Fact | None) -> str:
    """Return a fact in words; what is not said says so."""
    return ", ".join(value) if isinstance(value, tuple) and value else str(value or "not said")
