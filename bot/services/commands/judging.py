"""`useful` and `irrelevant`: say what an alert was worth; three in vain propose a narrower watch."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from bot.domain.alerts import Alert, Outcome
from bot.domain.analysis import tokens
from bot.domain.document import Block, Bullets, Document, Line, Paragraph, Style, Text
from bot.domain.entries import Entry, EntryId
from bot.domain.errors import CommandError
from bot.domain.query import Not, Phrase, Query, all_of
from bot.domain.terms import FUNCTION_WORDS
from bot.domain.watches import Watch
from bot.services.commands.arguments import clipped
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.paging import counted
from bot.services.commands.recounting import variants
from bot.services.commands.replaying import Found, Replay
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
    """Record that the last alert here, or that of a link, was worth it."""
    alert, _ = await _alert(request)
    await _mark(request, alert, relevant=True)
    return Document((Paragraph((Text(f"Noted as useful: {clipped(alert.now.entry.title, 120)}"),)),))


async def irrelevant(request: Request) -> Document:
    """Record that it was not; from the third of a watch on, propose how to narrow it."""
    alert, watch = await _alert(request)
    vain = await _mark(request, alert, relevant=False)
    head = Paragraph((Text(f"Noted as not relevant: {clipped(alert.now.entry.title, 120)}"),))
    if len(vain) < ENOUGH:
        return Document((head,))
    return Document((head, *(await _proposal(request, watch, frozenset(vain)))))


async def _alert(request: Request) -> tuple[Alert, Watch]:
    """Return the alert that is meant and the watch that asked for it; CommandError if there is none."""
    link, where = request.rest.strip().strip("<>"), request.command.conversation
    store = request.context.store
    if link:
        known = await store.entries.by_link(link)
        decided = [alert for one in known for alert, _ in await store.outbox.alerts_for(one.id, where)]
        spoken = [alert for alert in decided if alert.outcome is not Outcome.SILENT and alert.watch is not None]
        alert = spoken[-1] if spoken else None
    else:
        alert = await store.outbox.last_alert(where)
    if alert is None:
        message = "No alert here speaks of that." if link else "Nothing was posted here yet."
        raise CommandError(message, usage="why LINK")
    _, every = await store.watches.all()
    watch = next((one for one in every if one.id == alert.watch), None)
    if watch is None:
        raise CommandError("No watch that still stands asked for that.", usage="watches")
    return alert, watch


async def _mark(request: Request, alert: Alert, *, relevant: bool) -> Sequence[EntryId]:
    assert alert.watch is not None  # noqa: S101  # _alert gives none without
    command, context = request.command, request.context
    return await context.store.watches.mark(
        command.conversation, alert.entry, alert.watch, owner=command.user, relevant=relevant, now=context.clock.now()
    )


async def _proposal(request: Request, watch: Watch, vain: frozenset[EntryId]) -> tuple[Block, ...]:
    """Offer edits that would have spared what was marked, those first that lose least else."""
    lexicon = await request.lexicon()
    query = readable(watch.query, lexicon)
    if query is None:
        return _by_hand(watch, len(vain))
    (now,) = await replayed(request, [query], lexicon, quoted=0)
    words = await asyncio.to_thread(_telling, now.found, vain)
    narrower = [*variants(query, lexicon), *(all_of([query, Not(word)]) for word in words)]
    rows = zip(narrower, await replayed(request, narrower, lexicon, quoted=0), strict=True)
    kept = _ids(now) - vain
    ranked = sorted(
        (
            (len(vain & _ids(replay)), len(kept - _ids(replay)), str(other), replay)
            for other, replay in rows
            if _ids(replay) < _ids(now) and len(str(other)) <= LONGEST_OFFER
        ),
        key=lambda row: row[:3],
    )
    if not ranked:
        return _by_hand(watch, len(vain))
    head = f"Watch {watch.id} brought {len(vain)} in vain. Narrower, over the last {counted(now.days, 'day')}:"
    lines: list[Line] = [
        (
            Text(f"edit {watch.id} {other}", Style.CODE),
            Text(f" +0 / −{now.posts - replay.posts}, {lost} of them unmarked"),
        )
        for _, lost, other, replay in ranked[:PROPOSED]
    ]
    return Paragraph((Text(head),)), Bullets(tuple(lines))


def _by_hand(watch: Watch, count: int) -> tuple[Block, ...]:
    hint = (Text(f"That is {count} in vain. To narrow the watch: "), Text(f"edit {watch.id} QUERY", Style.CODE))
    return (Paragraph(hint),)


def _ids(replay: Replay) -> frozenset[EntryId]:
    return frozenset(known.id for known, _ in replay.found)


def _telling(found: Sequence[Found], vain: frozenset[EntryId]) -> list[Query]:
    """Return words that all the marked entries have and the fewest others."""
    marked = [_words(known.entry) for known, _ in found if known.id in vain]
    others = Counter(word for known, _ in found if known.id not in vain for word in _words(known.entry))
    shared = frozenset.intersection(*marked) if marked else frozenset()
    best = sorted(shared, key=lambda word: (others[word], -len(word), word))
    return [Phrase(word) for word in best[:WORDS_TRIED] if others[word] < len(found) - len(marked)]


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
