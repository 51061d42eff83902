"""One line for each thing that a lookup finds, always with the link to where it stands."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from bot.domain.changes import Known
from bot.domain.document import Line, Link, Paragraph, Span, Style, Text
from bot.domain.entries import Entry, Kind, SourceId, day, fact, facts
from bot.domain.sources import Source
from bot.domain.stages import height, stage_of
from bot.services.commands.arguments import clipped
from bot.services.dating import days, one_day
from bot.services.outlets import outlet, outlets

LONGEST_TITLE = 160
MOST_MEMBERS = 4


def titled(known: Known, title: str | None = None) -> Span:
    """Return the title as a link to where a person reads it, at the least to what it was read from."""
    text = clipped(title or known.entry.title, LONGEST_TITLE)
    url = known.entry.link or (known.url if known.url.startswith(("http://", "https://")) else "")
    return Link(text, url) if url else Text(text)


def is_open(entry: Entry) -> bool:
    """Tell whether work goes on."""
    return height(stage_of(entry)) < height("approved")


def item_line(known: Known) -> Line:
    """Write a work item: name, title, Question, status, timing, supporters."""
    entry = known.entry
    name = fact(entry, "number")
    said = [
        " ".join(part for part in (entry.group or "", fact(entry, "question")) if part),
        entry.status or fact(entry, "stage"),
        f"timing {timing}" if (timing := fact(entry, "timing")) else "",
        members(facts(entry, "supporters")),
    ]
    head: Line = (Text(f"{name}: ", Style.STRONG),) if name and name != entry.title else ()
    return (*head, titled(known), *_joined(said), *_gone(known))


def document_line(known: Known) -> Line:
    """Write a document: number, title, source, Questions, day."""
    entry = known.entry
    number = fact(entry, "number")
    when = entry.published
    said = [
        members(facts(entry, "companies")) or clipped(fact(entry, "source"), 80),
        fact(entry, "question"),
        one_day(when.date()) if when is not None else "",
    ]
    head: Line = (Text(f"{number}: ", Style.STRONG),) if number else ()
    return (*head, titled(known), *_joined(said), *_gone(known))


def meeting_line(known: Known) -> Line:
    """Write a meeting: days, title, place, what is not as planned."""
    entry = known.entry
    when = (
        "no date" if entry.starts is None else days(day(entry.starts), None if entry.ends is None else day(entry.ends))
    )
    place = entry.place if entry.place and entry.place.casefold() not in entry.title.casefold() else ""
    status = entry.status if entry.status not in {None, "", "confirmed", "planned", "scheduled"} else ""
    return (Text(f"{when}: "), titled(known), *_joined([place or "", status or ""]), *_gone(known))


def news_line(known: Known, sources: Mapping[SourceId, Source]) -> Line:
    """Write an article or a publication: title, number or outlet, day."""
    entry = known.entry
    source = sources.get(known.source)
    when = entry.published or known.first_seen
    said = [fact(entry, "number"), fact(entry, "stage"), source.name if source else known.source, one_day(when.date())]
    return (titled(known), *_joined(said), *_gone(known))


def story_line(versions: Sequence[Known], sources: Mapping[SourceId, Source]) -> Line:
    """Write a story as digests do: its first version, and each further outlet that tells it, with its language."""
    first, *others = versions
    found: dict[str, str | None] = {}
    for known in others:
        source = sources.get(known.source)
        found.setdefault(outlet(source.name if source else known.source, known.entry.lang), known.entry.link)
    also: Line = (Text(" · also: ", Style.QUIET), *outlets(found)) if found else ()
    return (*news_line(first, sources), *also)


def due_line(due: date, what: str, known: Known) -> Line:
    """Write a deadline, and what it belongs to."""
    name = "" if known.entry.kind is Kind.MEETING else fact(known.entry, "number")
    return (Text(f"{one_day(due)}: ", Style.STRONG), Text(f"{what}, {name}{' ' if name else ''}"), titled(known))


def members(names: Sequence[str]) -> str:
    """Name the first few, and say how many more there are."""
    more = f" and {len(names) - MOST_MEMBERS} more" if len(names) > MOST_MEMBERS else ""
    return ", ".join(clipped(name, 60) for name in names[:MOST_MEMBERS]) + more


def _joined(said: Iterable[str]) -> Line:
    return tuple(Text(f" · {part}", Style.QUIET) for part in said if part)


def _gone(known: Known) -> Line:
    return (Text(" · no longer listed", Style.STRONG),) if known.gone else ()


def unfinished(complete: bool) -> tuple[Paragraph, ...]:  # noqa: FBT001  # what it is about
    """Say that there is more than was looked at."""
    note = "There is more than I looked through; name a group, a company or further words."
    return () if complete else (Paragraph((Text(note, Style.QUIET),)),)
