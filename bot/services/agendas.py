"""Meetings and deadlines as calendar entries, and the calendar of a conversation, found by a secret."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from bot.domain.agenda import Dated, Event
from bot.domain.changes import Known
from bot.domain.chat import Conversation
from bot.domain.diff import called_off
from bot.domain.entries import Entry, Kind, day, instant
from bot.domain.ports import Clock, Period, Stem
from bot.domain.query import Is, Query, all_of
from bot.domain.sheets import Context
from bot.domain.sources import Source
from bot.domain.storing.entries import MeetingFilter
from bot.domain.storing.store import Store
from bot.domain.understanding import understood
from bot.services.duties import duties, said
from bot.services.lexicons import Shipped, lexicon, readable
from bot.services.merging import once_each
from bot.services.searching import Search

KEPT = timedelta(days=90)
"""How long what is past, or cancelled, stays in a calendar."""
MOST = 1_000
"""Meetings and other things in one calendar."""
FRESH = timedelta(seconds=1)
"""How long a calendar is given out again as it was: programs that ask without end cost nothing."""
SECRET_BYTES = 16
DATED = (Kind.MEETING, Kind.WORK_ITEM, Kind.PUBLICATION, Kind.DOCUMENT)
UNSURE = frozenset({"tentative", "planned", "tbc", "to be confirmed", "postponed"})
Write = Callable[[str, Sequence[Dated]], bytes]


def hashed(secret: str) -> str:
    """Return what the store keeps of a secret; 128 random bits need neither salt nor slowness."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_secret() -> str:
    """Return a secret of 128 random bits that fits into an address."""
    return token_urlsafe(SECRET_BYTES)


def events(found: Iterable[Known]) -> Iterator[Event]:
    """Yield the meetings among what was found, and what is due for each entry, as a day of its own.

    A meeting that several lists have is in a calendar once.
    """
    for known in once_each(found):
        if known.entry.kind is Kind.MEETING and known.entry.starts is not None:
            yield _meeting(known, known.entry.starts)
        yield from _deadlines(known)


def _meeting(known: Known, starts: date | datetime) -> Event:
    entry = known.entry
    due = [f"{said(rung)}: {rung.due.isoformat()}" for rung in duties(entry)]
    gone = ["No longer listed by its source, which does not say that it is cancelled."] if known.gone else []
    return Event(
        uid=f"{known.id}@rapporteur",
        title=entry.title,
        starts=starts,
        ends=entry.ends,
        changed=known.fetched_at,
        place=entry.place or "",
        link=entry.link,
        text="\n".join([*gone, *due, *([f"Status: {entry.status}"] if entry.status else []), f"Source: {known.url}"]),
        cancelled=called_off(entry),
        tentative=known.gone or (entry.status or "") in UNSURE,
        categories=tuple(part for part in (entry.group,) if part),
    )


def _deadlines(known: Known) -> Iterator[Event]:
    entry = known.entry
    for rung in duties(entry):
        rule = "".join(f"\n{part}" for part in (rung.rule.source, rung.rule.outsider) if part)
        yield Event(
            uid=f"{known.id}-{rung.rule.name}@rapporteur",
            title=f"{said(rung)}: {entry.title}",
            starts=rung.due,
            changed=known.fetched_at,
            link=entry.link,
            text=f"{entry.title}{rule}\nSource: {known.url}",
            cancelled=called_off(entry),
            tentative=known.gone,
            categories=tuple(part for part in (entry.group, "deadline") if part),
        )


async def dated(store: Store, found: Iterable[Known], now: datetime) -> Sequence[Dated]:
    """Return what a calendar shows of what was found: nothing that was over or cancelled 90 days ago."""
    made = await store.calendars.dated(list(events(found)), now=now)
    return [
        one
        for one in made
        if _last(one.event) >= now - KEPT and (not one.event.cancelled or one.modified >= now - KEPT)
    ]


def _last(event: Event) -> datetime:
    return instant(event.starts if event.ends is None else event.ends, end=True)


@dataclass(slots=True, kw_only=True)
class Agendas:
    """Gives out the calendars of conversations."""

    store: Store
    clock: Clock
    stem: Stem
    shipped: Shipped
    write: Write
    _given: dict[Conversation, tuple[datetime, bytes]] = field(default_factory=dict)
    _alone: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def published(self, secret: str) -> bytes | None:
        """Return the calendar that a secret opens, None if it opens none.

        What is compared is its hash, in an index: how long that takes says nothing about the secrets there are.
        """
        where = await self.store.calendars.whose(hashed(secret))
        if where is None:
            return None
        async with self._alone:
            now = self.clock.now()
            self._given = {one: given for one, given in self._given.items() if now - given[0] < FRESH}
            if where not in self._given:
                found = await dated(self.store, await self._known(where, now), now)
                self._given[where] = now, await asyncio.to_thread(self.write, "Rapporteur", found)
            return self._given[where][1]

    async def _known(self, where: Conversation, now: datetime) -> Sequence[Known]:
        """Return what the conversation's watches find that has a date; without watches, all meetings."""
        shipped = await asyncio.to_thread(self.shipped)
        words = await lexicon(self.store, shipped, where.team)
        _, every = await self.store.watches.all()
        typed = [readable(watch.query, words) for watch in every if watch.conversation == where]
        asked: list[Query] = [
            all_of([Is("kind", DATED), understood(query, words)]) for query in typed if query is not None
        ]
        if not asked:
            _, found = await self.store.entries.meetings(
                MeetingFilter(period=Period(first=day(now - KEPT))), offset=0, limit=MOST
            )
            return found
        sources = {tracked.source.id: tracked.source for tracked in await self.store.sources.listing()}
        search = Search(
            queries=asked,
            store=self.store,
            stem=self.stem,
            vocabulary=shipped,
            surface=lambda known: _surface(known, sources.get(known.source)),
        )
        found = [known async for known, _ in search.found() if _is_current(known.entry, now - KEPT)]
        return sorted(found, key=lambda known: known.id)[:MOST]


def _surface(known: Known, source: Source | None) -> Context:
    return Context(
        source_id=known.source,
        source_name=source.name if source else known.source,
        body=source.body if source else None,
        lang=source.lang if source else None,
        first_seen=known.first_seen,
    )


def _is_current(entry: Entry, since: datetime) -> bool:
    """Tell whether an entry has a date that a calendar shows."""
    days = [rung.due for rung in duties(entry)]
    last = entry.starts if entry.ends is None else entry.ends
    if entry.kind is Kind.MEETING and last is not None:
        days.append(day(last))
    return any(when >= since.date() for when in days)
