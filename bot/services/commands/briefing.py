"""`brief`: one page on a topic: work, meetings and deadlines ahead, recent documents and stories."""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TypeVar

from bot.domain.alerts import StoryId
from bot.domain.changes import Known
from bot.domain.document import Block, Bullets, Document, Heading, Line, Paragraph, Style, Text
from bot.domain.entries import EntryId, Kind, day
from bot.domain.errors import CommandError
from bot.services.commands.arguments import clipped
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.items import merged
from bot.services.commands.listing import (
    document_line,
    due_line,
    is_open,
    item_line,
    meeting_line,
    news_line,
    story_line,
    unfinished,
)
from bot.services.commands.replaying import firsts, told_at
from bot.services.commands.seeking import Findings, Topic, findings, topic
from bot.services.dating import one_day
from bot.services.duties import ahead, said
from bot.services.merging import once_each

USAGE = "brief TOPIC [since WHEN]"
WINDOW = timedelta(days=90)
MOST = 5
"""Lines of a section: the page is one page."""
Row = TypeVar("Row")
_SINCE = re.compile(r"\s+(since|seit|depuis|desde|с|自|from)\s+\S.*$", re.IGNORECASE)


async def brief(request: Request) -> Document:
    """Say on one page what is going on about a topic, and what lately happened."""
    text, since = await _asked(request)
    lexicon = await request.lexicon()
    asked = topic(text, lexicon)
    if asked.query is None:
        raise CommandError("Say on what topic.", usage="brief facial recognition since January")
    found = await findings(request, asked.query, lexicon)
    today = request.context.clock.now().date()
    told = await request.context.store.stories.told([known.id for known in found.of(Kind.NEWS)])
    sections = await asyncio.to_thread(lambda: list(_sections(asked, found, told, since=since, today=today)))
    head = Heading((Text(f"{clipped(text, 120)}, since {one_day(since)}", Style.STRONG),))
    if not sections:
        hint = (Text("Nothing stored is about it. To hear of what comes: "), Text(f"watch {text}", Style.CODE))
        return Document((head, Paragraph(hint)))
    return Document((head, *sections, *unfinished(found.complete)))


async def _asked(request: Request) -> tuple[str, date]:
    """Split the line into the topic and the day since when; 90 days if none is said."""
    text, context = " ".join(request.rest.split()), request.context
    now = context.clock.now()
    said = _SINCE.search(text)
    if said is None:
        return text, day(now - WINDOW, UTC)
    reading = await asyncio.to_thread(context.calendar.read, said[0].strip(), now=now, zone=request.zone)
    if reading.period is None or reading.period.first is None:
        return text, day(now - WINDOW, UTC)
    return text[: said.start()], reading.period.first


def _sections(
    asked: Topic, found: Findings, told: Mapping[EntryId, StoryId], *, since: date, today: date
) -> Iterable[Block]:
    items = [known for known in merged(found.of(Kind.WORK_ITEM)) if is_open(known.entry)]
    yield from _section("Open work items", items, item_line, f"items {asked.text}")
    coming = once_each(known for known in found.of(Kind.MEETING) if _ends(known) >= today)
    coming.sort(key=lambda known: (_ends(known), known.id))
    yield from _section("Meetings ahead", coming, meeting_line, f"meetings {asked.text}")
    due = ahead(once_each(found.known), today)
    yield from _section("Deadlines", due, lambda row: due_line(row[0].due, said(row[0]), row[1]), "")
    recent = [known for known in found.known if _told(known) >= since]
    papers = [known for known in recent if known.entry.kind is Kind.DOCUMENT]
    yield from _section("Recent documents", papers, document_line, f"docs {asked.group}" if asked.group else "")
    texts = [known for known in recent if known.entry.kind is Kind.PUBLICATION]
    yield from _section("Recommendations and standards", texts, partial(news_line, sources=found.sources), "")
    yield from _section("Stories", _stories(recent, told), partial(story_line, sources=found.sources), "")


def _section(title: str, rows: Sequence[Row], line: Callable[[Row], Line], all_of_them: str) -> Iterable[Block]:
    """Give the first few rows, and the line that shows all of them."""
    if not rows:
        return
    yield Paragraph((Text(f"{title} ({len(rows):,})", Style.STRONG),))
    yield Bullets(tuple(map(line, rows[:MOST])))
    if len(rows) > MOST and all_of_them:
        yield Paragraph((Text(f"{len(rows) - MOST:,} more: ", Style.QUIET), Text(all_of_them, Style.CODE)))


def _stories(recent: Sequence[Known], told: Mapping[EntryId, StoryId]) -> list[list[Known]]:
    """Return the articles of each story from its first version on, the story told last first."""
    news = sorted((known for known in recent if known.entry.kind is Kind.NEWS), key=told_at)
    first = firsts(news)
    stories: dict[str, list[Known]] = {}
    for known in news:
        stories.setdefault(told.get(known.id) or told.get(first[known.id]) or first[known.id], []).append(known)
    return sorted(stories.values(), key=lambda versions: told_at(versions[-1]), reverse=True)


def _ends(known: Known) -> date:
    last = known.entry.starts if known.entry.ends is None else known.entry.ends
    return date.min if last is None else day(last)


def _told(known: Known) -> date:
    told: datetime = told_at(known)
    return told.date()


BRIEF = CommandSpec(
    name="brief",
    usage=USAGE,
    summary="One page on a topic: work items, meetings, deadlines, documents, stories.",
    handler=brief,
    group=Group.LOOKING,
    examples=("brief facial recognition", "brief SG17 since January", "brief Dahua"),
)
