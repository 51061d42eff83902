"""What a person named, as a query, and what is stored of it: for the commands that look things up."""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.domain.changes import Known
from bot.domain.entries import Kind, SourceId
from bot.domain.query import Is, Phrase, Query, Within, all_of
from bot.domain.query_parser import parse
from bot.domain.sources import Source
from bot.domain.successions import followed
from bot.domain.understanding import Lexicon, understood
from bot.domain.values import by_value
from bot.services.commands.context import Request
from bot.services.commands.replaying import surface
from bot.services.lookup import named_group
from bot.services.searching import Search

MOST = 5_000
"""Entries that a lookup takes in."""
MOST_TEXT = 8_000_000
_SYNTAX = re.compile(r'[":|()*@]|\b(?:OR|AND|NOT|NEAR)\b')
"""What only somebody types who knows the watch language."""
_GAP = " ·,;?"


@by_value
class Topic:
    """What somebody wants to know about.

    Attributes:
        query: None if nothing was said.
        group: "SG17"; it is part of the query.
        words: what is left beside group and Questions, as typed.

    """

    text: str
    query: Query | None
    group: str | None = None
    words: str = ""


def topic(text: str, lexicon: Lexicon) -> Topic:
    """Read group, Question and words ("SG17 de-identification"), or a query of the watch language.

    Raise CommandError for two groups, QueryError for what is no query.
    """
    if _SYNTAX.search(text):
        return Topic(text=text, query=understood(parse(text), lexicon), words=text)
    group, questions, rest = named_group(text)
    parts: list[Query] = [Within("question", Phrase(question)) for question in questions]
    if group is not None and not questions:
        parts.append(Within("group", Phrase(group)))
    words = " ".join(rest.replace("·", " ").split()).strip(_GAP)
    if words:
        parts.append(understood(parse(words), lexicon))
    return Topic(text=text, query=followed(all_of(parts)) if parts else None, group=group, words=words)


def of_kinds(query: Query | None, *kinds: Kind) -> Query:
    """Return a query narrowed to some kinds of entries."""
    only = Is("kind", tuple(kinds))
    return only if query is None else all_of([only, query])


@by_value
class Findings:
    """What is stored of a topic, newest first.

    Attributes:
        complete: everything that may match was looked at.

    """

    known: Sequence[Known]
    sources: dict[SourceId, Source]
    complete: bool = True

    def of(self, *kinds: Kind) -> list[Known]:
        """Return those of some kinds."""
        return [known for known in self.known if known.entry.kind in kinds]


async def findings(
    request: Request,
    query: Query,
    lexicon: Lexicon,
    *,
    since: datetime | None = None,
    among: Sequence[Known] | None = None,
) -> Findings:
    """Search what is stored for a query, understood already: all, what was first seen since then, or some entries."""
    context = request.context
    sources = {tracked.source.id: tracked.source for tracked in await context.store.sources.listing()}
    search = Search(
        queries=[query],
        store=context.store,
        stem=context.stem,
        vocabulary=lexicon.shipped,
        surface=lambda known: surface(known, sources),
        since=since,
        among=among,
        most=MOST,
        most_text=MOST_TEXT,
    )
    found = [known async for known, _ in search.found()]
    return Findings(known=found, sources=sources, complete=search.complete)
