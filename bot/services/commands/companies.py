"""`who`: what a company has tabled, supports and edits, and what names it without saying what it has to do with it."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from bot.domain.analysis import holds_words
from bot.domain.changes import Known
from bot.domain.document import Attachment, Bullets, Document, Heading, Line, Paragraph, Style, Text
from bot.domain.entries import Kind, facts
from bot.domain.errors import CommandError
from bot.domain.folding import fold
from bot.domain.picture import Columns
from bot.domain.ports import Period
from bot.domain.query import Concept, Or, Phrase, Query, Within
from bot.domain.successions import succession
from bot.domain.understanding import Lexicon, understood
from bot.domain.values import by_value
from bot.services.commands.arguments import clipped, split_options
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.items import merged
from bot.services.commands.listing import document_line, is_open, item_line, meeting_line, news_line, unfinished
from bot.services.commands.meetings import period_in_words
from bot.services.commands.paging import counted, page_asked, paged
from bot.services.commands.seeking import Findings, findings, of_kinds
from bot.services.dating import MONTHS

USAGE = "who COMPANY [WHEN] [--chart] [page N]"
FEW = 3
MOST_MONTHS = 24
"""Months shown on a chart; more become quarters."""


@by_value
class Company:
    """A company that somebody asks about: as typed, and as the vocabulary knows it."""

    name: str
    label: str
    called: Query

    @property
    def taking_part(self) -> Query:
        """What a source says that it supports, or tabled."""
        return of_kinds(Within("company", self.called), Kind.WORK_ITEM, Kind.DOCUMENT, Kind.PUBLICATION)

    @property
    def in_words(self) -> Query:
        """What names it in its title or text."""
        return Or((Within("title", self.called), Within("text", self.called)))


@by_value(kw_only=False)
class Named:
    """An entry that names a company in its text; what part the company has in it, if any, is not said."""

    known: Known


async def who(request: Request) -> Document:
    """List the work items that a company supports or edits, and the documents it tabled."""
    text, options = split_options(request.rest, takes={"chart": False}, usage=USAGE)
    text, page = page_asked(text)
    context = request.context
    reading = await asyncio.to_thread(context.calendar.read, text, now=context.clock.now(), zone=request.zone)
    name = " ".join(reading.rest.split()).strip(" ,;?")
    if not holds_words(name):
        raise CommandError("Say which company.", usage="who Dahua since January")
    lexicon = await request.lexicon()
    company = company_of(name, lexicon)
    found = await findings(request, understood(company.taking_part, lexicon), lexicon)
    naming = await findings(request, understood(company.in_words, lexicon), lexicon)
    document = await asyncio.to_thread(_told, company, found, naming, (text, reading.period, page))
    if "chart" not in options:
        return document
    papers = [known for known in found.of(Kind.DOCUMENT) if within(known, reading.period)]
    return replace(document, files=(await _chart(request, company, papers),))


def _told(company: Company, found: Findings, naming: Findings, asked: tuple[str, Period | None, int]) -> Document:
    """Write one page of what a company does, and what names it; `asked` is the line, the period in it, and the page."""
    text, period, page = asked
    items = sorted(merged(found.of(Kind.WORK_ITEM)), key=lambda known: not is_open(known.entry))
    papers = [known for known in found.of(Kind.DOCUMENT) if within(known, period)]
    texts = [known for known in found.of(Kind.PUBLICATION) if within(known, period)]
    title = " · ".join(part for part in (company.label, period_in_words(period)) if part)
    head = Heading((Text(title, Style.STRONG),))
    partaking = {known.id for known in found.known}
    named = [Named(known) for known in naming.known if known.id not in partaking and within(known, period)]
    if not (items or papers or texts or named):
        return Document((head, _nothing(company)))
    rows: list[Known | Named] = [*items, *papers, *texts, *named]
    shown = paged(rows, page, command=f"who {text} page")
    lines = tuple(_line(row, naming if isinstance(row, Named) else found) for row in shown.rows)
    listed = Bullets(lines, numbered=True, start=shown.start)
    summary = _summary(company, items, papers, texts, named)
    return Document((head, summary, listed, *shown.more, *unfinished(found.complete and naming.complete)))


def _line(row: Known | Named, found: Findings) -> Line:
    if isinstance(row, Named):
        return (Text("named in the text: ", Style.QUIET), *_line(row.known, found))
    known = row
    match known.entry.kind:
        case Kind.WORK_ITEM:
            return item_line(known)
        case Kind.DOCUMENT:
            return document_line(known)
        case Kind.MEETING:
            return meeting_line(known)
        case _:
            return news_line(known, found.sources)


def company_of(name: str, lexicon: Lexicon) -> Company:
    """Return the company of that name: every name that the vocabulary knows of it, or the words alone."""
    known = lexicon.known(name.removeprefix("@"))
    if known is None and name.startswith("@"):
        raise CommandError(f"The vocabulary has no “{clipped(name, 40)}”.", usage="vocabulary")
    if known is None:
        return Company(name=name, label=clipped(name, 80), called=Phrase(name.replace('"', "")))
    held = lexicon.shipped.sets.get(known) or lexicon.own[known]
    return Company(name=name, label=held.label, called=Concept(known))


def within(known: Known, period: Period | None) -> bool:
    """Tell whether something was published, or at the least first seen, in a period."""
    if period is None:
        return True
    when = _day(known)
    return (period.first is None or when >= period.first) and (period.last is None or when <= period.last)


def _day(known: Known) -> date:
    return (known.entry.published or known.first_seen).date()


def _summary(
    company: Company,
    items: Sequence[Known],
    papers: Sequence[Known],
    texts: Sequence[Known],
    named: Sequence[Named],
) -> Paragraph:
    going = sum(is_open(known.entry) for known in items)
    edited = sum(_edits(known, company) for known in items)
    said = [f"supports {counted(len(items), 'work item')} ({going} open)"] if items else []
    said += [f"edits {edited:,}"] if edited else []
    said += [f"tabled {counted(len(papers), 'document')}"] if papers else []
    said += [f"has authors of {counted(len(texts), 'text')}"] if texts else []
    said += (
        [f"is named in the text of {f'{len(named):,} more' if said else counted(len(named), 'text')}"] if named else []
    )
    asked = Counter(question for known in papers for question in facts(known.entry, "question"))
    most = ", ".join(f"{question} ({count:,}){_goes_on(question)}" for question, count in asked.most_common(FEW))
    about = f" Most for {most}." if most else ""
    return Paragraph((Text(f"{company.label} {', '.join(said)}.{about}"),))


def _goes_on(question: str) -> str:
    found = succession(question)
    return "" if found is None else f", which {str(found).removeprefix(found.old).strip()}"


def _edits(known: Known, company: Company) -> bool:
    named = fold(company.name)
    return any(named in fold(editor) for editor in facts(known.entry, "editors"))


def _nothing(company: Company) -> Paragraph:
    return Paragraph((Text(f"Nothing stored names {company.label}, as supporter or source or in its text."),))


async def _chart(request: Request, company: Company, papers: Sequence[Known]) -> Attachment:
    columns = by_period(f"Documents of {company.label}", papers)
    if columns is None:
        raise CommandError(f"No document of {company.label} is stored, so there is nothing to draw.", usage=USAGE)
    data = await request.context.drawn(columns)
    totals = [sum(values) for values in zip(*columns.series.values(), strict=True)]
    told = ", ".join(f"{label}: {total}" for label, total in zip(columns.labels, totals, strict=True) if total)
    return Attachment("documents.png", "image/png", data, f"{columns.title} by period. {told}")


def by_period(title: str, papers: Iterable[Known]) -> Columns | None:
    """Count documents by month, or by quarter where that is too many, a series for each group that is named most."""
    dated = sorted((_day(known), known.entry.group or "other") for known in papers)
    if not dated:
        return None
    first, last = dated[0][0], dated[-1][0]
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    step = 1 if months <= MOST_MONTHS else 3
    start = (first.year * 12 + first.month - 1) // step
    spans = range(start, (last.year * 12 + last.month - 1) // step + 1)
    groups = [group for group, _ in Counter(group for _, group in dated).most_common(FEW)]
    counts = Counter(
        ((when.year * 12 + when.month - 1) // step, group if group in groups else "other") for when, group in dated
    )
    named = [*groups, *(["other"] if any(group not in groups for _, group in dated) else [])]
    series = {group: [counts[span, group] for span in spans] for group in dict.fromkeys(named)}
    return Columns(title=title, labels=[_label(span, step) for span in spans], series=series)


def _label(span: int, step: int) -> str:
    year, month = divmod(span * step, 12)
    return f"{MONTHS[month]} {year}" if step == 1 else f"Q{month // 3 + 1} {year}"


WHO = CommandSpec(
    name="who",
    usage=USAGE,
    summary="What a company tabled, supports and edits.",
    handler=who,
    group=Group.LOOKING,
    examples=("who Dahua", "who China Telecom since January", "who ZTE in 2026 --chart"),
)
