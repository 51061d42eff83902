"""Who should hear of a change, how, and why: pure, and every outcome has its named reason."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType

from bot.domain.alerts import (
    Alert,
    AlertId,
    Delivery,
    DeliveryKey,
    Outcome,
    Reason,
    Story,
    StoryId,
    Thread,
    Verb,
    is_planned,
)
from bot.domain.cadence import Cadence
from bot.domain.changes import Added, Change, Known, Updated, Withdrawn
from bot.domain.chat import Conversation
from bot.domain.concurring import before_of, detail_of, reason_of, told_fields
from bot.domain.entries import Entry, Kind
from bot.domain.identity_graph import belongs
from bot.domain.ids import digest
from bot.domain.novelty import MOST
from bot.domain.outgoing import Plan, keep, post_or_fold, say
from bot.domain.stories import begun, identities, series
from bot.domain.storing.sources import Surroundings
from bot.domain.subscriptions import wants
from bot.domain.telling import NOTHING, Telling, Tellings, detail
from bot.domain.tying import Tied
from bot.domain.values import by_value
from bot.domain.watches import Hit, Match, Watch, WatchId, asleep

VERSIONS = frozenset({Reason.SAME_STORY, Reason.ADDS})
UNSPOKEN = frozenset({Reason.BASELINE, Reason.COSMETIC, Reason.UNASKED})


MatchEntry = Callable[[Known], Sequence[Match]]
ZoneOf = Callable[[Conversation], tzinfo]
IsBaseline = Callable[[Known], bool]
"""Tells what was there before anybody could have been told of it."""


@by_value
class _Circumstances:
    """What holds for the whole page."""

    around: Surroundings
    match: MatchEntry
    watches: Mapping[WatchId, Watch]
    now: datetime
    zone_of: ZoneOf
    baseline: IsBaseline
    stories: dict[StoryId, Story]
    tellings: Tellings
    tied: Tied
    standing: dict[StoryId, set[Conversation]]
    asleep: frozenset[Conversation]
    twins: frozenset[str]
    copies: frozenset[tuple[str, str]]
    series: frozenset[str]


@by_value
class _Wish:
    """One conversation's part in one change."""

    conversation: Conversation
    reason: Reason
    watch: WatchId | None
    hits: tuple[Hit, ...]
    muted: bool
    cadence: Cadence | None


def plan(
    changes: Sequence[Change],
    around: Surroundings,
    match: MatchEntry,
    watches: Mapping[WatchId, Watch],
    *,
    now: datetime,
    baseline: IsBaseline,
    burst: int,
    zone_of: ZoneOf = lambda _where: UTC,
    tellings: Tellings = MappingProxyType({}),
) -> Plan:
    """Decide on every change: a root card, a reply, an edit, a fold into a digest, or recorded silence.

    `zone_of` gives a conversation's zone: digests come by its clock. `tellings` says what the news among them tells.
    """
    made = Plan(threads={(thread.conversation, thread.story): thread for thread in around.threads})
    tied = Tied(around.stories, around.tracked.source.body, (change.now for change in changes), around.apart)
    here = _circumstances(around, match, watches, baseline, tellings, tied=tied, now=now, zone_of=zone_of)
    roots: list[tuple[Alert, Thread]] = []
    for change in changes:
        matches = {match_.watch: match_.hits for match_ in match(change.now)}
        before = _standing_story(change.now, here)
        story = _story_of(change, before, here, made, matched=bool(matches))
        if story is None:
            continue
        standing = here.standing.setdefault(story.id, set())
        new = _added(change.now, before, here)
        for wish in list(_wishes(change, matches, story, here, new)):
            alert = _alert(change, wish, story.id, here)
            if alert.reason in VERSIONS:
                telling = here.tellings.get(change.now.id, Telling())
                alert = replace(alert, detail=detail(telling.because, new))
            thread = made.threads.get((wish.conversation, story.id))
            if alert.outcome is Outcome.SILENT:
                made.alerts.append(alert)
            elif digest_ := _digest_for(wish, thread, here):
                keep(made, alert, thread, digest_)
            else:
                say(made, roots, alert, thread, now, due=_hour_of(wish, here))
            if alert.outcome is not Outcome.SILENT:
                standing.add(wish.conversation)
    post_or_fold(made, roots, around.recent, now=now, burst=burst)
    return made


def _circumstances(
    around: Surroundings,
    match: MatchEntry,
    watches: Mapping[WatchId, Watch],
    baseline: IsBaseline,
    tellings: Tellings,
    *,
    tied: Tied,
    now: datetime,
    zone_of: ZoneOf,
) -> _Circumstances:
    standing: dict[StoryId, set[Conversation]] = {}
    for thread in around.threads:
        standing.setdefault(thread.story, set()).add(thread.conversation)
    return _Circumstances(
        around=around,
        match=match,
        watches=watches,
        now=now,
        zone_of=zone_of,
        baseline=baseline,
        stories={story.id: story for story in around.stories},
        tellings=tellings,
        tied=tied,
        standing=standing,
        asleep=asleep(watches.values(), now),
        twins=frozenset(known.entry.twin for known in around.known),
        copies=frozenset((known.entry.twin, known.entry.text) for known in around.known if _is_telling(known.entry)),
        series=frozenset(map(series, around.known)),
    )


def _standing_story(row: Known, here: _Circumstances) -> Story | None:
    """Return the story that an entry is in, or that it joins; None if it begins one."""
    told = here.around.entry_stories.get(row.id)
    if told is not None and told in here.stories:
        return here.stories[told]
    telling = here.tellings.get(row.id)
    if telling is not None and telling.story is not None:
        return here.stories.get(telling.story)
    return None if row.entry.kind is Kind.NEWS else here.tied.find(row, series(row))


def _story_of(change: Change, before: Story | None, here: _Circumstances, made: Plan, *, matched: bool) -> Story | None:
    """Return the entry's story as it is with it; None if nobody watches and there is none that it belongs into."""
    row = change.now
    if not matched and (before is None or not belongs(row.entry, before.identities)):
        return None
    telling = here.tellings.get(row.id, Telling())
    story = before or begun(row, here.now, telling.story)
    joins = here.around.entry_stories.get(row.id) != story.id
    tied = here.tied.grown(story, change, begins=before is None)
    if joins or not telling.said <= story.said or tied != story:
        said = story.said if len(story.said) >= MOST else story.said | telling.said
        story = replace(tied, said=said, last_at=here.now)
        made.stories[story.id] = story
        here.tied.put(story)
    if joins:
        made.joined[row.id] = story.id
    here.stories[story.id] = story
    return story


def _added(row: Known, before: Story | None, here: _Circumstances) -> frozenset[str]:
    """Return what an entry says that its story did not; nothing any more of one that has said much."""
    if before is None or len(before.said) >= MOST:
        return NOTHING
    return here.tellings.get(row.id, Telling()).said - before.said


def _wishes(
    change: Change,
    matches: Mapping[WatchId, tuple[Hit, ...]],
    story: Story,
    here: _Circumstances,
    new: frozenset[str],
) -> Iterable[_Wish]:
    """Give one wish for each conversation that watches the entry, or has a thread into which it belongs."""
    standing = here.standing[story.id]
    concerned = sorted(standing) if belongs(change.now.entry, story.identities) else ()
    asking: dict[Conversation, list[WatchId]] = {where: [] for where in concerned}
    for watch_id in sorted(matches):
        if watch_id in here.watches:
            asking.setdefault(here.watches[watch_id].conversation, []).append(watch_id)
    for where, every in asking.items():
        ids = [id_ for id_ in every if wants(here.watches[id_], change)]
        if every and not ids:
            yield _unasked(where, every[0], matches)
            continue
        awake = [id_ for id_ in ids if not here.watches[id_].muted(here.now)]
        prompt = [id_ for id_ in awake if here.watches[id_].cadence is None]
        watch = next(iter(prompt or awake or ids), None)
        threaded = where in standing
        yield _Wish(
            conversation=where,
            reason=_reason(change, where, here, story=story.id, threaded=threaded, watch=watch, new=new),
            watch=watch,
            hits=matches.get(watch, ()) if watch is not None else (),
            muted=not awake if ids else where in here.asleep,
            cadence=here.watches[watch].cadence if watch is not None else None,
        )


def _unasked(where: Conversation, watch: WatchId, matches: Mapping[WatchId, tuple[Hit, ...]]) -> _Wish:
    """Record a change that a conversation subscribed to without this sort of change, also where a thread stands."""
    return _Wish(conversation=where, reason=Reason.UNASKED, watch=watch, hits=matches[watch], muted=False, cadence=None)


def _reason(
    change: Change,
    where: Conversation,
    here: _Circumstances,
    *,
    story: StoryId,
    threaded: bool,
    watch: WatchId | None,
    new: frozenset[str],
) -> Reason:
    if here.baseline(change.now):
        return Reason.BASELINE
    said = reason_of(change, here.around.siblings.get(story, ())) if threaded and not series(change.now) else None
    if said is not None:
        return said
    match change:
        case Added():
            return _reason_to_add(change.now, here, threaded=threaded, new=bool(new))
        case Updated():
            return _reason_to_update(change, where, here, threaded=threaded, watch=watch, new=new)
        case _:
            return Reason.WITHDRAWN if isinstance(change, Withdrawn) else Reason.MISSING


def _reason_to_update(
    change: Updated,
    where: Conversation,
    here: _Circumstances,
    *,
    threaded: bool,
    watch: WatchId | None,
    new: frozenset[str],
) -> Reason:
    news = _news_of_update(change)
    if threaded and news is None:
        kept = Reason.EDITED if change.now.id in here.around.entry_stories else Reason.SAME_STORY
        return Reason.ADDS if new else kept
    quiet = news is None and _heard_before(change, where, here, watch)
    return Reason.COSMETIC if quiet else news or Reason.NEWLY_MATCHES


def _heard_before(change: Updated, where: Conversation, here: _Circumstances, watch: WatchId | None) -> bool:
    """Tell whether the watch was told of an entry before, or its conversation was asked; a muted one does not count."""
    if (where, watch) in here.around.told.get(change.now.id, ()):
        return True
    awake = watch is not None and not here.watches[watch].muted(here.now)
    asked = [here.watches[found.watch] for found in here.match(change.before) if found.watch in here.watches]
    return any(one.conversation == where and not (awake and one.muted(here.now)) for one in asked)


def _is_telling(entry: Entry) -> bool:
    """Tell whether address and headline say enough for the same again to be no news: "Weekly digest" does not."""
    return (
        entry.kind is Kind.NEWS and any(found.startswith("title ") for found in identities(entry)) and bool(entry.link)
    )


def _reason_to_add(row: Known, here: _Circumstances, *, threaded: bool, new: bool) -> Reason:
    """Tell a first version from a further one, and from the same outlet showing the same page again.

    A further repetition of a meeting is none of these: a calendar shows one more every week.
    """
    if series(row) and (threaded or series(row) in here.series):
        return Reason.COSMETIC
    if not threaded:
        return Reason.COSMETIC if (row.entry.twin, row.entry.text) in here.copies else Reason.NEW
    if row.entry.twin in here.twins:
        return Reason.COSMETIC
    return Reason.ADDS if new else Reason.SAME_STORY


def _news_of_update(change: Updated) -> Reason | None:
    """Return why an update is worth a line in the thread, None if it only corrects the card."""
    fields = set(change.fields)
    if change.counted_out:
        return Reason.COUNTED_OUT
    if change.now.entry.kind is Kind.NEWS:
        return None
    if change.now.entry.kind is Kind.MEETING and change.moved:
        return Reason.MOVED
    if "listed" in fields:
        return Reason.BACK
    return Reason.CHANGED if told_fields(change) & fields else None


def _alert(change: Change, wish: _Wish, story: StoryId, here: _Circumstances) -> Alert:
    now, siblings = here.now, here.around.siblings.get(story, ())
    silent = wish.muted or wish.reason in UNSPOKEN
    return Alert(
        id=AlertId(digest("alert", wish.conversation, change.now.id, change.now.versions, type(change).__name__, now)),
        conversation=wish.conversation,
        story=story,
        entry=change.now.id,
        outcome=Outcome.SILENT if silent else Outcome.SPOKEN,
        reason=Reason.MUTED if wish.muted and wish.reason is not Reason.BASELINE else wish.reason,
        at=now,
        now=change.now,
        before=before_of(change, siblings),
        detail=detail_of(change, siblings),
        watch=wish.watch,
        hits=wish.hits,
    )


def _hour_of(wish: _Wish, here: _Circumstances) -> datetime | None:
    """Return when a watch with a cadence speaks next; None for one that speaks at once."""
    return wish.cadence.next_after(here.now, here.zone_of(wish.conversation)) if wish.cadence is not None else None


def _digest_for(wish: _Wish, thread: Thread | None, here: _Circumstances) -> Delivery | None:
    """Return the planned digest that a change belongs into: the one its story waits for, or its watch's next one.

    None if it is told at once: in a thread that stands, or for a watch without cadence.
    """
    if thread is not None:
        waits = thread.receipt is None and is_planned(thread.root)
        if not waits or (wish.watch is not None and wish.cadence is None):
            return None
        return Delivery(key=thread.root, conversation=wish.conversation, verb=Verb.DIGEST, due=here.now)
    if wish.cadence is None:
        return None
    due = wish.cadence.next_after(here.now, here.zone_of(wish.conversation))
    often = str(wish.cadence).partition(" ")[0]
    key = DeliveryKey(f"{Verb.DIGEST}-{often}-{digest('digest', wish.conversation, wish.cadence, due)}")
    return Delivery(key=key, conversation=wish.conversation, verb=Verb.DIGEST, due=due)
