"""A poll, from asking a source to one committed transaction (design §7)."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from functools import partial
from itertools import chain
from time import perf_counter

import structlog

from bot.domain.changes import Change, Known, Updated, Withdrawn
from bot.domain.chat import Conversation
from bot.domain.diff import Quarantined, Recognise, as_it_is, compare
from bot.domain.errors import FetchError, QueryError, SourceError, StoreConflict
from bot.domain.matching import Context, WatchIndex
from bot.domain.outgoing import Plan
from bot.domain.planning import plan
from bot.domain.ports import Clock, Meter, Poller, Stem
from bot.domain.preferences import Preferences
from bot.domain.query_parser import parse
from bot.domain.quiet import with_urgency
from bot.domain.rhythm import learn
from bot.domain.rounds import Turn, is_round
from bot.domain.schedule import after_failure, after_success
from bot.domain.sources import Health, Hints, Memory, Polled, Source, Tracked, Unchanged
from bot.domain.storing.sources import Outcomes, Surroundings
from bot.domain.storing.store import Store
from bot.domain.storing.stories import Uniting
from bot.domain.telling import Tellings
from bot.domain.understanding import Lexicon, understood
from bot.domain.uniting import endings, united
from bot.domain.values import by_value
from bot.domain.vocabulary import NO_VOCABULARY, Vocabulary
from bot.domain.watches import Match, Watch, WatchId
from bot.services.lexicons import Shipped, nothing_shipped, own_sets
from bot.services.telling import Teller

TRIES = 5
DATED_BACK = timedelta(days=2)
"""How far a publisher's date may lie before we could have seen the entry, for it to be news all the same."""
LONG = 10_000
"""Characters of text from which matching could hold the loop for longer than it may."""
TURN = 0.005
"""Seconds of matching after which others get the loop."""
Matches = dict[tuple[str, str], Sequence[Match]]
log = structlog.get_logger(__name__)


@by_value
class Rhythm:
    """How eagerly sources are asked, how much is posted at once, and how those live who have decided nothing."""

    least: timedelta = timedelta(minutes=5)
    burst: int = 5
    defaults: Preferences = Preferences()


@dataclass(slots=True)
class Standing:
    """The watches of one revision, compiled; a copy of the store's, renewed when the revision moves.

    Attributes:
        shipped: gives the vocabulary that comes with the bot; `vocabulary` is what it gave.
        lexicons: what each team may name; another object as soon as its words change.
        recognise: finds companies of the vocabulary in texts.
        wanted: how conversations want to be spoken to, those that have decided it.
        compiled: what each watch in the index was made of: it stays true if a renewal ends halfway.
        quick: the last match was; one that reads much of a set for the first time takes a tenth of a second.

    """

    stem: Stem
    shipped: Shipped = nothing_shipped
    vocabulary: Vocabulary = NO_VOCABULARY
    revision: int = -1
    watches: Mapping[WatchId, Watch] = field(default_factory=dict)
    lexicons: dict[str, Lexicon] = field(default_factory=dict)
    wanted: Mapping[Conversation, Preferences] = field(default_factory=dict)
    compiled: dict[WatchId, tuple[str, Lexicon]] = field(default_factory=dict)
    index: WatchIndex = field(init=False)
    recognise: Recognise = as_it_is
    quick: bool = False

    def __post_init__(self) -> None:
        self.index = WatchIndex(self.stem)

    async def renew(self, store: Store) -> None:
        """Bring the index to the store's revision; only watches that changed, or whose words did, are compiled.

        Not while something is matched: it gives the loop its turn between watches.
        """
        revision, watches = await store.watches.all()
        words = await store.vocabularies.all()
        self.wanted = await store.preferences.all()
        if self.revision < 0:
            self.vocabulary = await asyncio.to_thread(self.shipped)
            self.index = WatchIndex(self.stem, self.vocabulary)
            self.recognise = await asyncio.to_thread(_recogniser, self.vocabulary, self.stem)
            self.compiled.clear()
        fresh = {watch.id: watch for watch in watches}
        for id_ in self.compiled.keys() - fresh.keys():
            self.index.drop(id_)
            del self.compiled[id_]
        for team in {watch.conversation.team for watch in watches}:
            known = Lexicon(self.vocabulary, own_sets(words.get(team, {})))
            if self.lexicons.get(team) != known:
                self.lexicons[team] = known
        for id_, watch in fresh.items():
            query, lexicon = self.compiled.get(id_, (None, None))
            if query != watch.query or lexicon is not self.lexicons[watch.conversation.team]:
                # A concept takes up to 0.2 s the first time.
                await asyncio.to_thread(self._put, watch)
                self.quick = False
        self.watches, self.revision = fresh, revision

    def _put(self, watch: Watch) -> None:
        """Compile a watch; one that cannot be is reported, and keeps no other from being matched."""
        lexicon = self.lexicons[watch.conversation.team]
        self.compiled.pop(watch.id, None)
        try:
            self.index.put(watch.id, understood(parse(watch.query), lexicon))
        except QueryError as error:
            self.index.drop(watch.id)
            log.error("watch.not_understood", watch=watch.id, query=watch.query, why=str(error))  # noqa: TRY400
        except Exception:
            self.index.drop(watch.id)
            log.exception("watch.broke", watch=watch.id, query=watch.query)
        self.compiled[watch.id] = watch.query, lexicon


def _recogniser(vocabulary: Vocabulary, stem: Stem) -> Recognise:
    from bot.domain.recognising import Companies  # not needed before the first poll

    return Companies(vocabulary, stem).recognised


@by_value
class Ingest:
    """Polls sources and commits what follows."""

    poller: Poller
    store: Store
    clock: Clock
    standing: Standing
    meter: Meter
    owner: str
    rhythm: Rhythm = Rhythm()
    teller: Teller = field(default_factory=Teller)

    async def poll(self, tracked: Tracked) -> bool:
        """Ask one leased source and record the answer; return whether anything is to be delivered."""
        if is_round(tracked.source.url):
            return await self._poll_in_turn(tracked)
        return await self._poll(tracked, None)

    async def _poll_in_turn(self, tracked: Tracked) -> bool:
        """Ask for the next page of a source of many; one that has none to read is asked again later."""
        now = self.clock.now()
        turn = await self.store.sources.turn(tracked.source, now=now)
        if turn is None:
            await self._settle(tracked, tracked.health, Unchanged(memory=tracked.memory))
            return False
        return await self._poll(turn.of(tracked), turn)

    async def _poll(self, tracked: Tracked, turn: Turn | None) -> bool:
        source = tracked.source
        try:
            asked = source if turn is None else replace(source, url=turn.url)
            result = await self.poller.poll(asked, tracked.memory)
        except SourceError as error:
            await self._failed(tracked, error)
            return False
        if turn is not None:
            await self.store.sources.turned(source.id, turn.key, now=self.clock.now())
            result = replace(result, hints=replace(result.hints, moved_to=None))  # it is the page that moved
        if isinstance(result, Unchanged):
            self.meter.count("polls", result="unchanged")
            await self._settle(tracked, self._well(tracked), result)
            return False
        for _ in range(TRIES):
            try:
                # Two sources may bring one story at once: the second must see what the first began.
                async with self.teller.deciding:
                    return await self._commit(tracked, result, turn)
            except StoreConflict as conflict:
                log.info("poll.decided_again", source=source.id, why=str(conflict))
        raise StoreConflict(f"The decision about {source.id} was overtaken {TRIES} times; it is polled again.")

    async def _commit(self, tracked: Tracked, page: Polled, turn: Turn | None) -> bool:
        around = await self.store.sources.surroundings(tracked.source.id, page.entries, now=page.fetched_at)
        if turn is not None:
            around = replace(around, tracked=turn.of(around.tracked))
        if around.revision != self.standing.revision:
            await self.standing.renew(self.store)
        diff = await asyncio.to_thread(compare, page, around.tracked, around.known, self.standing.recognise)
        if isinstance(diff, Quarantined):
            await self._quarantine(around.tracked, diff)
            return False
        if await self._united(diff.changes, around, page.fetched_at):
            return await self._commit(tracked, page, turn)
        matches = await self._matches(diff.changes, around.tracked.source)
        around, tellings = await self._told(diff.changes, around, matches)
        made = await asyncio.to_thread(self._plan, diff.changes, around, page, matches, tellings)
        health = _heard(around.tracked, self._well(around.tracked), page.fetched_at) if diff.added else None
        after = self._next(around.tracked, health or self._well(around.tracked), page.hints)
        after = replace(after, memory=_memory(page, diff.updated), baseline=around.tracked.baseline and page.count == 0)
        grown = self.teller.grown if tellings else None
        await self.store.sources.commit(
            Outcomes(
                tracked=after,
                owner=self.owner,
                revision=self.standing.revision,
                stories_revision=around.stories_revision,
                added=diff.added,
                updated=diff.updated,
                stories=list(made.stories.values()),
                joined=made.joined,
                grown=grown,
                threads=made.opened,
                alerts=made.alerts,
                deliveries=with_urgency(made.deliveries, made.alerts, self._zone_of),
                digests=list(made.digests.values()),
            )
        )
        self.teller.written(around.stories_revision + (1 if made.stories or grown else 0))
        self._count(diff.added, made)
        for note in page.notes:
            log.info("poll.oddity", source=tracked.source.id, note=note)
        return bool(made.deliveries)

    async def _united(self, changes: Sequence[Change], around: Surroundings, now: datetime) -> bool:
        """Let stories that the ids of this page tie together be one before anything is decided about it."""
        rows = [change.now for change in changes]
        unions = await asyncio.to_thread(united, rows, around) if len(around.stories) > 1 else ()
        if not unions:
            return False
        revision = around.stories_revision
        await self.teller.renew(self.store, revision)
        said = [one for union in unions for one in endings(union, around.threads, now, revision)]
        await self.store.stories.unite(Uniting(revision=revision, unions=unions, deliveries=said))
        self.teller.written(revision + 1)
        log.info("stories.united", stories=[[one.id for one in (union.story, *union.ended)] for union in unions])
        return True

    async def _told(
        self, changes: Sequence[Change], around: Surroundings, matches: Matches
    ) -> tuple[Surroundings, Tellings]:
        """Find out which stories the news among the changes tells, and who follows these."""
        await self.teller.renew(self.store, around.stories_revision)
        matched = (change.now.id for change in changes if matches[change.now.id, change.now.fingerprint])
        tellings = await self.teller.tell(changes, around.tracked.source, told=around.entry_stories, matched=matched)
        here = {story.id for story in around.stories}
        further = {telling.story for telling in tellings.values() if telling.story is not None} - here
        if not further:
            return around, tellings
        stories, threads = await self.store.stories.standing(sorted(further))
        return replace(around, stories=[*around.stories, *stories], threads=[*around.threads, *threads]), tellings

    def _count(self, added: Sequence[Known], made: Plan) -> None:
        self.meter.count("polls", result="changed" if added or made.alerts else "nothing new")
        self.meter.count("entries", len(added))
        decided = Counter((alert.outcome, alert.reason) for alert in made.alerts)
        for (outcome, reason), amount in decided.items():
            self.meter.count("alerts", amount, outcome=outcome, reason=reason)

    async def _matches(self, changes: Sequence[Change], source: Source) -> Matches:
        """Match every changed entry, as it is and as it was, giving the loop its turn every few milliseconds."""
        found: Matches = {}
        turn = perf_counter()
        for row in chain.from_iterable(map(_rows, changes)):
            surface, begun = self.surface(source, row), perf_counter()
            if self.standing.quick and len(row.entry.text) <= LONG:
                match = self.standing.index.match(row.entry, surface)
            else:
                match = await asyncio.to_thread(self.standing.index.match, row.entry, surface)
            self.standing.quick = perf_counter() - begun < TURN
            found[row.id, row.fingerprint] = match
            if perf_counter() - turn > TURN:
                await asyncio.sleep(0)
                turn = perf_counter()
        return found

    def _plan(
        self, changes: Sequence[Change], around: Surroundings, page: Polled, matches: Matches, tellings: Tellings
    ) -> Plan:
        return plan(
            changes,
            around,
            lambda row: matches[row.id, row.fingerprint],
            self.standing.watches,
            now=page.fetched_at,
            baseline=partial(_is_baseline, around.tracked),
            burst=self.rhythm.burst,
            zone_of=self._zone_of,
            tellings=tellings,
        )

    def _zone_of(self, where: Conversation) -> tzinfo:
        return self.standing.wanted.get(where, self.rhythm.defaults).clock

    @staticmethod
    def surface(source: Source, row: Known) -> Context:
        """Return what a query may ask about an entry from outside."""
        return Context(
            source_id=source.id,
            source_name=source.name,
            body=source.body,
            lang=source.lang,
            first_seen=row.first_seen,
        )

    def _well(self, tracked: Tracked) -> Health:
        health, now = tracked.health, self.clock.now()
        return replace(
            health, failures=0, suspect=0, last_ok=now, last_poll=now, last_error=None, polls=health.polls + 1
        )

    def _next(self, tracked: Tracked, health: Health, hints: Hints) -> Tracked:
        tracked = replace(tracked, health=health)
        source = replace(tracked.source, url=hints.moved_to or tracked.source.url)
        due = after_success(tracked, hints, now=self.clock.now(), least=self.rhythm.least)
        return replace(tracked, source=source, next_poll=due)

    async def _settle(self, tracked: Tracked, health: Health, result: Unchanged) -> None:
        after = self._next(tracked, health, result.hints)
        await self.store.sources.settle(
            tracked.source.id,
            owner=self.owner,
            memory=result.memory,
            health=health,
            next_poll=after.next_poll,
            url=result.hints.moved_to,
        )

    async def _failed(self, tracked: Tracked, error: SourceError) -> None:
        """Keep the last good state and ask again later; log when a source breaks, not each time."""
        health, now = tracked.health, self.clock.now()
        health = replace(
            health, failures=health.failures + 1, last_poll=now, last_error=str(error), polls=health.polls + 1
        )
        self.meter.count("polls", result="failed")
        tell = log.warning if tracked.health.failures == 0 else log.debug
        tell("poll.failed", source=tracked.source.id, url=tracked.source.url, why=str(error))
        gone = isinstance(error, FetchError) and error.gone
        retry_after = error.retry_after if isinstance(error, FetchError) else None
        after = replace(tracked, health=health)
        due = after_failure(after, now=now, least=self.rhythm.least, retry_after=retry_after)
        await self.store.sources.settle(
            tracked.source.id, owner=self.owner, memory=None, health=health, next_poll=due, retired=gone
        )

    async def _quarantine(self, tracked: Tracked, doubt: Quarantined) -> None:
        """Change nothing, remember the doubt, and ask again soon."""
        health, now = tracked.health, self.clock.now()
        health = replace(
            health, suspect=health.suspect + 1, last_poll=now, last_error=doubt.why, polls=health.polls + 1, failures=0
        )
        self.meter.count("polls", result="quarantined")
        tell = log.warning if tracked.health.suspect == 0 else log.debug
        tell("poll.quarantined", source=tracked.source.id, why=doubt.why)
        after = self._next(tracked, health, Hints())
        await self.store.sources.settle(
            tracked.source.id, owner=self.owner, memory=None, health=health, next_poll=after.next_poll
        )


def _is_baseline(tracked: Tracked, row: Known) -> bool:
    """Tell whether an entry belongs to a source's past: all of the first page that holds anything.

    A source that was empty when it was first asked has no past, but for what it dates back.
    """
    if not tracked.baseline or tracked.health.last_ok is None:
        return tracked.baseline
    published = row.entry.published
    return published is not None and published < tracked.health.last_ok - DATED_BACK


def _heard(tracked: Tracked, health: Health, now: datetime) -> Health:
    """Note that a source has something new; what stood in its first answer says nothing of its rhythm."""
    newest = tracked.health.newest
    gaps = learn(health, now - newest) if newest is not None and not tracked.baseline else health.gaps
    return replace(health, newest=now, gaps=gaps)


def _rows(change: Change) -> tuple[Known, ...]:
    """Return the entry as it is, and as it was if that is known."""
    return (change.now, change.before) if isinstance(change, Updated | Withdrawn) else (change.now,)


def _memory(page: Polled, updated: Sequence[Known]) -> Memory:
    """Return what to remember of a page; while absences are being counted, the same page must be read again."""
    counting = any(row.missing and not row.gone for row in updated)
    return replace(page.memory, etag=None, last_modified=None, body_hash=None) if counting else page.memory
