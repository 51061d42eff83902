"""What a decision about a page needs to know, in one snapshot."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.domain.alerts import Story, StoryId, Thread
from bot.domain.changes import Known
from bot.domain.chat import Conversation
from bot.domain.entries import Entry, EntryId, Kind
from bot.domain.identity_graph import bonds
from bot.domain.sources import Tracked
from bot.domain.storing.sources import Surroundings
from bot.domain.watches import WatchId
from storage.database import Plan, Row, select, within
from storage.rows import KNOWN, STORY, THREAD, micros, storable, to_known, to_story, to_thread

BURST = timedelta(minutes=1)

BY_KEY = f"SELECT {KNOWN}, e.story FROM entries e WHERE e.source = $1 AND e.key IN ({{list}})"
BY_TWIN = f"SELECT {KNOWN}, e.story FROM entries e WHERE e.source = $1 AND e.twin IN ({{list}})"
OPEN_MEETINGS = f"""
SELECT {KNOWN}, e.story FROM meetings m JOIN entries e ON e.id = m.entry
WHERE m.source = $1 AND m.ends_at >= $2
"""
TIED = "SELECT t.story FROM ties t WHERE t.tie IN ({list})"
# What is said of the same meeting or text elsewhere; documents are many and say nothing of it.
SIBLINGS = f"""
SELECT {KNOWN}, e.story FROM entries e
WHERE e.kind IN ('meeting', 'work-item', 'publication') AND e.story IN ({{list}})
"""
STORIES = f"SELECT {STORY} FROM stories s WHERE s.id IN ({{list}})"
THREADS = f"SELECT {THREAD} FROM threads t WHERE t.story IN ({{list}})"
# A watch that was edited since has not been told of what it asks for now.
TOLD = """
SELECT DISTINCT a.entry, a.conversation, a.watch FROM alerts a WHERE a.entry IN ({list}) AND a.reason <> 'muted'
    AND NOT EXISTS (SELECT 1 FROM watches w WHERE w.id = a.watch AND a.seq <= w.told_after)
"""
# What still waits will be posted together with what is planned now.
RECENT_ROOTS = """
SELECT t.conversation, t.root FROM threads t JOIN deliveries d ON d.key = t.root AND d.verb = 'root'
WHERE t.opened > $1
UNION SELECT d.conversation, d.key FROM deliveries d WHERE d.state = 'pending' AND d.verb = 'root'
"""
PARTINGS = "SELECT p.one, p.other FROM partings p WHERE p.one IN ({list})"
REVISIONS = "SELECT name, value FROM counters"


def surroundings(tracked: Tracked, entries: Sequence[Entry], now: datetime) -> Plan[Surroundings]:
    """Plan the reading of it all."""
    known = yield from _known(tracked, entries, now)
    belongs = {EntryId(row[0]): row[-1] for row in known if row[-1] is not None}
    tied = yield from _tied(tracked, entries, known)
    of_bodies = dict.fromkeys((*tied, *(row[-1] for row in known if row[-1] is not None and row[11] != Kind.NEWS)))
    siblings = yield from within(SIBLINGS, of_bodies)
    stories, threads = yield from standing(dict.fromkeys((*belongs.values(), *tied)))
    apart = yield from within(PARTINGS, of_bodies)
    told = yield from within(TOLD, (row[0] for row in known))
    roots = yield from select(RECENT_ROOTS, micros(now - BURST))
    revisions: dict[str, int] = dict((yield from select(REVISIONS)))
    return Surroundings(
        tracked=tracked,
        known=[to_known(row) for row in known],
        stories=stories,
        entry_stories=belongs,
        threads=threads,
        told=_told(told),
        recent=Counter(Conversation.parse(conversation) for conversation, _ in roots),
        revision=revisions["watches"],
        stories_revision=revisions["stories"],
        siblings=_by_story(siblings),
        apart=frozenset((StoryId(one), StoryId(other)) for one, other in apart),
    )


def _tied(tracked: Tracked, entries: Sequence[Entry], known: Sequence[Row]) -> Plan[list[StoryId]]:
    """Find the stories to which the bodies' own ids tie those entries that are new or changed."""
    same = {row[10]: row[2] for row in known}
    body = tracked.source.body
    changed = (
        entry for entry in entries if entry.kind is not Kind.NEWS and same.get(storable(entry.key)) != entry.fingerprint
    )
    wanted = {tie for entry in changed for tier in bonds(entry, body).tiers for tie in tier}
    rows = yield from within(TIED, map(storable, sorted(wanted)))
    return [StoryId(story) for (story,) in rows]


def _by_story(rows: Sequence[Row]) -> dict[StoryId, list[Known]]:
    found: defaultdict[StoryId, list[Known]] = defaultdict(list)
    for row in rows:
        found[StoryId(row[-1])].append(to_known(row))
    return dict(found)


def standing(ids: Iterable[StoryId]) -> Plan[tuple[list[Story], list[Thread]]]:
    """Plan the reading of stories and of where they are followed."""
    wanted = list(ids)
    stories = yield from within(STORIES, wanted)
    threads = yield from within(THREADS, wanted)
    return [to_story(row) for row in stories], [to_thread(row) for row in threads]


def _known(tracked: Tracked, entries: Sequence[Entry], now: datetime) -> Plan[list[Row]]:
    source = tracked.source.id
    by_key = yield from within(BY_KEY, (storable(entry.key) for entry in entries), source)
    by_twin = yield from within(BY_TWIN, (entry.twin for entry in entries), source)
    meetings = yield from select(OPEN_MEETINGS, source, micros(now))
    rows = {row[0]: row for row in (*by_key, *by_twin, *meetings)}
    return sorted(rows.values(), key=lambda row: (row[3], row[0]))


def _told(rows: Sequence[Row]) -> dict[EntryId, frozenset[tuple[Conversation, WatchId | None]]]:
    told: defaultdict[EntryId, set[tuple[Conversation, WatchId | None]]] = defaultdict(set)
    for entry, conversation, watch in rows:
        told[EntryId(entry)].add((Conversation.parse(conversation), None if watch is None else WatchId(watch)))
    return {entry: frozenset(pairs) for entry, pairs in told.items()}
