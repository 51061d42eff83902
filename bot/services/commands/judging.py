"""`useful` and `irrelevant`: say what an alert was worth; three in vain propose a narrower watch."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence

from bot.domain.alerts import Alert, Outcome
from bot.domain.analysis import tokens
from bot.domain.document import Block, Bullets, Document, Line, Paragraph, Style, Text
from bot.domain.entries import Entry, EntryId
from bot.domain.errors import CommandError
from bot.domain.query import Not, Phrase, Query, all_of
from bot.domain.terms import FUNCTION_WORDS
from bot.domain.watches import Hit, Watch
from bot.services.commands.arguments import clipped
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.paging import counted
from bot.services.commands.pointing import spoken_of
from bot.services.commands.quoting import field_text
from bot.services.commands.recounting import variants
from bot.services.commands.replaying import Found, Replay, firsts
from bot.services.commands.watching import replayed
from bot.services.lexicons import readable

ENOUGH = 3
"""Marks from which an edit is proposed."""
PROPOSED = 3
LONGEST_OFFER = 300
"""Characters of an edit that is offered as a line to type."""
WORDS_TRIED = 4
SHORTEST_WORD = 4
MOST_TEXT = 2_000
"""Characters of a text that are searched for what sets it apart."""


async def useful(request: Request) -> Document:
    """Record that what the command points at was worth it."""
    found = await _alerts(request)
    for alert, watch in found:
        await _mark(request, alert, watch, relevant=True)
    return Document((Paragraph((Text(f"Noted as useful: {_titles(found)}"),)),))


async def irrelevant(request: Request) -> Document:
    """Record that it was not; from the third of a watch on, propose how to narrow it."""
    found = await _alerts(request)
    vain = {watch.id: (watch, await _mark(request, alert, watch, relevant=False)) for alert, watch in found}
    head = Paragraph((Text(f"Noted as not relevant: {_titles(found)}"),))
    watch, most = max(vain.values(), key=lambda row: (len(row[1]), -row[0].id))
    if len(most) < ENOUGH:
        return Document((head,))
    return Document((head, *(await _proposal(request, watch, frozenset(most)))))


def _titles(found: Sequence[tuple[Alert, Watch]]) -> str:
    first = clipped(found[0][0].now.entry.title, 120)
    return first if len(found) == 1 else f"{first} and {len(found) - 1} more"


async def _alerts(request: Request) -> Sequence[tuple[Alert, Watch]]:
    """Return the alerts that are meant, one a story, with the watches that asked; CommandError if there is none."""
    link, where = request.rest.strip().strip("<>"), request.command.conversation
    store = request.context.store
    if link:
        known = await store.entries.by_link(link)
        decided = [alert for one in known for alert, _ in await store.outbox.alerts_for(one.id, where)]
        spoken = [alert for alert in decided if alert.outcome is not Outcome.SILENT and alert.watch is not None]
        if not spoken:
            raise CommandError("No alert here speaks of that.", usage="why LINK")
        alerts = spoken[-1:]
    else:
        alerts = list(await spoken_of(request, usage="why LINK"))
    _, every = await store.watches.all()
    watches = {one.id: one for one in every}
    asked = [alert for alert in alerts if alert.watch in watches]
    stories = {alert.story: (alert, watches[alert.watch]) for alert in reversed(asked) if alert.watch is not None}
    if not stories:
        raise CommandError("No watch that still stands asked for that.", usage="watches")
    return list(stories.values())[::-1]


async def _mark(request: Request, alert: Alert, watch: Watch, *, relevant: bool) -> Sequence[EntryId]:
    command, context = request.command, request.context
    return await context.store.watches.mark(
        command.conversation, alert.entry, watch.id, owner=command.user, relevant=relevant, now=context.clock.now()
    )


async def _proposal(request: Request, watch: Watch, vain: frozenset[EntryId]) -> tuple[Block, ...]:
    """Offer edits that would have spared what was marked, those first that lose least else."""
    lexicon = await request.lexicon()
    query = readable(watch.query, lexicon)
    if query is None:
        return _by_hand(watch, len(vain))
    (now,) = await replayed(request, [query], lexicon)
    words = await asyncio.to_thread(_telling, now.found, vain)
    narrower = [*variants(query, lexicon), *(all_of([query, Not(word)]) for word in words)]
    rows = zip(narrower, await replayed(request, narrower, lexicon, quoted=0), strict=True)
    first = firsts(known for known, _ in now.found)
    ranked = sorted(
        (len(vain & _ids(replay)), *_lost(now, replay, first, vain), str(other))
        for other, replay in rows
        if _ids(replay) < _ids(now) and len(str(other)) <= LONGEST_OFFER
    )
    if not ranked:
        return _by_hand(watch, len(vain))
    head = f"Watch {watch.id} brought {len(vain)} in vain. Narrower, over the last {counted(now.days, 'day')}:"
    lines: list[Line] = [
        (Text(f"edit {watch.id} {other}", Style.CODE), Text(f" +0 / −{lost}, {unmarked} of them unmarked"))
        for _, unmarked, lost, other in ranked[:PROPOSED]
    ]
    return Paragraph((Text(head),)), Bullets(tuple(lines))


def _lost(now: Replay, replay: Replay, first: Mapping[EntryId, EntryId], vain: frozenset[EntryId]) -> tuple[int, int]:
    """Return how many posts would be missed that nobody marked, and how many in all; a story is one."""
    lost = {first[entry] for entry in _ids(now)} - {first[entry] for entry in _ids(replay)}
    return len(lost - {first[entry] for entry in vain & first.keys()}), len(lost)


def _by_hand(watch: Watch, count: int) -> tuple[Block, ...]:
    hint = (Text(f"That is {count} in vain. To narrow the watch: "), Text(f"edit {watch.id} QUERY", Style.CODE))
    return (Paragraph(hint),)


def _ids(replay: Replay) -> frozenset[EntryId]:
    return frozenset(known.id for known, _ in replay.found)


def _telling(found: Sequence[Found], vain: frozenset[EntryId]) -> list[Query]:
    """Return words that all the marked entries have and the fewest others; none of those that the watch found."""
    asked = {one.word for known, hits in found for hit in hits for one in tokens(_said(known.entry, hit))}
    marked = [_words(known.entry) for known, _ in found if known.id in vain]
    others = Counter(word for known, _ in found if known.id not in vain for word in _words(known.entry))
    shared = frozenset.intersection(*marked) if marked else frozenset()
    best = sorted(shared - asked, key=lambda word: (others[word], -len(word), word))
    return [Phrase(word) for word in best[:WORDS_TRIED] if others[word] < len(found) - len(marked)]


def _said(entry: Entry, hit: Hit) -> str:
    return field_text(entry, hit.field)[hit.start : hit.end]


def _words(entry: Entry) -> frozenset[str]:
    words = (one.word for one in tokens(f"{entry.title}\n{entry.text[:MOST_TEXT]}") if not one.lone)
    return frozenset(word for word in words if len(word) >= SHORTEST_WORD and word not in FUNCTION_WORDS)


USEFUL = CommandSpec(
    name="useful",
    usage="useful [LINK]",
    summary="Say that an alert was worth it.",
    handler=useful,
    group=Group.WATCHING,
    examples=("useful",),
)
IRRELEVANT = CommandSpec(
    name="irrelevant",
    usage="irrelevant [LINK]",
    summary="Say that an alert was not; three of a watch bring proposals to narrow it.",
    handler=irrelevant,
    group=Group.WATCHING,
    examples=("irrelevant", "irrelevant https://www.example.org/story"),
    aliases=("not-relevant",),
)
