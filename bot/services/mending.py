"""A person's word on which reports belong together: carried out in what is remembered, the store and the threads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

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
)
from bot.domain.changes import Known
from bot.domain.entries import Kind
from bot.domain.errors import CommandError
from bot.domain.ids import digest
from bot.domain.likeness import ClusterId
from bot.domain.stories import begun
from bot.domain.storing.store import Store
from bot.domain.storing.stories import Mending
from bot.domain.telling import BY_HAND, NOTHING, detail, story_of
from bot.domain.uniting import edits, ends
from bot.services.telling import Teller

ONLY_NEWS = "Only news is told by several; a meeting, document or work item has its own thread for ever."
NOT_UNITED = "This thread was always one: its lists are tied by the body's own ids."


@dataclass(frozen=True, slots=True, kw_only=True)
class Mender:
    """Parts and joins stories."""

    store: Store
    teller: Teller

    async def part(self, row: Known, story: StoryId, *, now: datetime) -> bool:
        """Take an entry out of a story, for good; return whether it is posted by itself, because watches match it.

        CommandError if it is all that the story has.
        """
        if row.entry.kind is not Kind.NEWS:
            return await self._undo(row, story, now)
        async with self.teller.deciding:
            revision = await self._renewed()
            stories, threads = await self.store.stories.standing([story])
            if not stories:
                raise CommandError("That is in no story that is followed.", usage="why LINK")
            if await self._is_all(row, threads):
                raise CommandError("Its story has no other report, so it stands by itself already.", usage="why")
            alone = begun(row, now, self._parted(row, story))
            alerts = [alert for thread in threads for alert in await self._by_itself(row, thread, alone, now)]
            opened = [_opened(alert) for alert in alerts]
            roots = [_root(alert) for alert in alerts]
            cards = edits(threads, story, now, revision)
            await self._mend(
                Mending(
                    revision=revision,
                    story=alone,
                    entry=row.id,
                    other=story,
                    grown=self.teller.clusters.grown,
                    alerts=alerts,
                    threads=opened,
                    deliveries=[*roots, *cards],
                )
            )
            return bool(alerts)

    async def _undo(self, row: Known, story: StoryId, now: datetime) -> bool:
        """Part what a later id made one; what was posted before has its thread again."""
        async with self.teller.deciding:
            revision = await self._renewed()
            alone = await self.store.stories.parted(row.id)
            if alone is None:
                raise CommandError(NOT_UNITED, usage="why")
            self.teller.written(revision + 1)
            _, threads = await self.store.stories.standing([story, alone])
            cards = [card for one in (story, alone) for card in edits(_of(threads, one), one, now, revision)]
            await self.store.outbox.enqueue(cards)
            return any(thread.story == alone for thread in threads)

    async def join(self, rows: Sequence[Known], into: StoryId, other: Known, *, now: datetime) -> None:
        """Let an entry, and all that is told with it, belong to the story `into` that these rows are in, for good."""
        _must_be_news(other)
        _must_be_news(rows[0])
        async with self.teller.deciding:
            revision = await self._renewed()
            told = (await self.store.stories.told([other.id])).get(other.id)
            if told == into:
                raise CommandError("It is in this story already.", usage="why")
            self._merged(rows, other)
            stories, threads = await self.store.stories.standing([into, *([told] if told else [])])
            if into not in {one.id for one in stories}:
                raise CommandError("That is in no story that is followed.", usage="why LINK")
            kept = next(one for one in stories if one.id == into)
            follow = [thread for thread in threads if thread.story == into]
            both = {thread.conversation for thread in follow}
            ending = [one for one in threads if one.story == told and one.conversation in both]
            alone = [] if told else [_by_hand(other, thread, now) for thread in follow]
            await self._mend(
                Mending(
                    revision=revision,
                    story=kept,
                    entry=None if told else other.id,
                    other=told,
                    grown=self.teller.clusters.grown,
                    alerts=alone,
                    deliveries=[*ends(ending, kept, now), *edits(follow, into, now, revision, alone)],
                )
            )

    async def _renewed(self) -> int:
        revision = await self.store.stories.revision()
        await self.teller.renew(self.store, revision)
        return revision

    async def _mend(self, mending: Mending) -> None:
        self.teller.unwritten()
        await self.store.stories.mend(mending)
        self.teller.written(mending.revision + 1)

    def _parted(self, row: Known, story: StoryId) -> StoryId:
        """Part what is remembered; the id of the story that the entry is by itself."""
        clusters, item = self.teller.clusters, self.teller.item(row, None)
        found = clusters.identified(item)
        if found is None or story_of(found.id) != story or found.size < 2:  # noqa: PLR2004  # nothing to part
            return StoryId(digest("story", "parted", row.id, story))
        self.teller.unwritten()
        return story_of(clusters.part(item, found.id)[1].id)

    def _merged(self, rows: Sequence[Known], other: Known) -> None:
        """Merge what is remembered of both, if it is."""
        clusters = self.teller.clusters
        mine, theirs = self._cluster(rows), self._cluster([other])
        if mine is not None and theirs is not None and mine != theirs:
            self.teller.unwritten()
            clusters.merge(mine, theirs)

    def _cluster(self, rows: Sequence[Known]) -> ClusterId | None:
        found = (self.teller.clusters.identified(self.teller.item(row, None)) for row in rows)
        return next((one.id for one in found if one is not None), None)

    async def _is_all(self, row: Known, threads: Sequence[Thread]) -> bool:
        """Tell whether no followed thread of the story holds another entry."""
        told = [await self.store.stories.under(one.conversation, one.receipt) for one in threads if one.receipt]
        mine = next((alert.story for alerts in told for alert in alerts if alert.entry == row.id), None)
        return not any(alert.entry != row.id and alert.story == mine for alerts in told for alert in alerts)

    async def _by_itself(self, row: Known, thread: Thread, alone: Story, now: datetime) -> Iterable[Alert]:
        """Return the alert that posts an entry by itself, in a conversation with a watch that matched it."""
        decided = await self.store.outbox.alerts_for(row.id, thread.conversation)
        asked = [one for one, _ in decided if one.watch is not None and one.outcome is not Outcome.SILENT]
        if not asked:
            return ()
        last = asked[-1]
        return (_alert(row, thread, alone.id, now, Reason.NEW, watch=last),)


def _alert(
    row: Known, thread: Thread, story: StoryId, now: datetime, reason: Reason, *, watch: Alert | None = None
) -> Alert:
    return Alert(
        id=AlertId(digest("mended", thread.conversation, row.id, story, now)),
        conversation=thread.conversation,
        story=story,
        entry=row.id,
        outcome=Outcome.SPOKEN,
        reason=reason,
        at=now,
        now=row,
        watch=watch.watch if watch else None,
        hits=watch.hits if watch else (),
        detail=detail((BY_HAND,), NOTHING),
    )


def _by_hand(row: Known, thread: Thread, now: datetime) -> Alert:
    return _alert(row, thread, thread.story, now, Reason.SAME_STORY)


def _root(alert: Alert) -> Delivery:
    return Delivery(
        key=DeliveryKey(f"{Verb.ROOT}-{digest(Verb.ROOT, alert.id)}"),
        conversation=alert.conversation,
        verb=Verb.ROOT,
        due=alert.at,
        alert=alert.id,
        story=alert.story,
    )


def _opened(alert: Alert) -> Thread:
    return Thread(conversation=alert.conversation, story=alert.story, root=_root(alert).key, opened=alert.at)


def _of(threads: Iterable[Thread], story: StoryId) -> list[Thread]:
    return [thread for thread in threads if thread.story == story]


def _must_be_news(row: Known) -> None:
    if row.entry.kind is not Kind.NEWS:
        raise CommandError(ONLY_NEWS, usage="why")
