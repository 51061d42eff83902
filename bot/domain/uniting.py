"""Which stories turn out to be one: those that a body's own ids tie together, though they began apart.

A work item and a Recommendation are two threads until a page says that the one became the other. Then the elder is the
story; the younger ends with one reply that says where it goes on. Days and titles bring an entry into a story, but
prove nothing of stories that stand; what a person parted stays two.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.alerts import Alert, Delivery, DeliveryKey, Story, StoryId, Thread, Verb, is_digest
from bot.domain.changes import Known
from bot.domain.document import Document, Paragraph, Text
from bot.domain.entries import Entry, Kind
from bot.domain.identity_graph import NOTHING, Ties, bonds
from bot.domain.ids import digest
from bot.domain.storing.sources import Surroundings
from bot.domain.storing.stories import Union

if TYPE_CHECKING:
    from bot.domain.chat import Conversation

MOST_UNITED = 8
"""Stories that a page makes one: if it ties more together, its ids mean something else."""
LONGEST_TITLE = 200
_WEAK = ("on ", "named ", "documents ", "series ")

Apart = frozenset[tuple[StoryId, StoryId]]
"""Stories that a person said are two, each way round."""


def proofs(entry: Entry, body: str | None) -> Ties:
    """Return those ids of an entry that prove whatever has one of them to be the same thing."""
    if entry.kind in (Kind.NEWS, Kind.DOCUMENT):
        return NOTHING
    return frozenset(tie for tie in bonds(entry, body).own if not tie.startswith(_WEAK))


def bound(entries: Iterable[Entry], body: str | None) -> Mapping[str, Ties]:
    """Return for each id all those that entries of a page say are of the same thing, one leading to the other."""
    found: dict[str, Ties] = {}
    for entry in entries:
        mine = proofs(entry, body)
        whole = mine.union(*(found.get(tie, NOTHING) for tie in mine))
        found.update(dict.fromkeys(whole, whole))
    return found


def united(rows: Sequence[Known], around: Surroundings) -> list[Union]:
    """Return which standing stories the entries of a page make one."""
    body, of = around.tracked.source.body, around.entry_stories
    standing = {story.id: story for story in around.stories}
    ties = bound((row.entry for row in rows), body)
    by_tie: dict[str, set[StoryId]] = {}
    for story in standing.values():
        for tie in story.identities:
            by_tie.setdefault(tie, set()).add(story.id)
    groups: dict[StoryId, frozenset[StoryId]] = {}
    for row in rows:
        mine = NOTHING.union(*(ties[tie] for tie in proofs(row.entry, body)))
        met = {of[row.id]} & standing.keys() if mine and row.id in of else set()
        met |= {id_ for tie in mine for id_ in by_tie.get(tie, ())}
        group = frozenset(met).union(*(groups.get(id_, ()) for id_ in met))
        groups.update(dict.fromkeys(group, group))
    several = [group for group in dict.fromkeys(groups.values()) if 1 < len(group) <= MOST_UNITED]
    return [union for group in several if (union := _one([standing[id_] for id_ in group], around.apart)) is not None]


def _one(several: Sequence[Story], apart: Apart) -> Union | None:
    """Unite what may be: with the eldest, and whatever joins it, from the elder to the younger."""
    eldest, *others = sorted(several, key=lambda story: (story.first_at, story.id))
    joined: list[Story] = []
    for story in others:
        if not any((one.id, story.id) in apart for one in (eldest, *joined)):
            joined.append(story)
    if not joined:
        return None
    whole = replace(
        eldest,
        identities=eldest.identities.union(*(story.identities for story in joined)),
        said=eldest.said.union(*(story.said for story in joined)),
        last_at=max(story.last_at for story in (eldest, *joined)),
    )
    return Union(story=whole, ended=joined)


def endings(union: Union, threads: Iterable[Thread], now: datetime, revision: int) -> list[Delivery]:
    """Say under the cards that end where it goes on, and bring the others up to date; only where both were posted."""
    order = {story.id: number for number, story in enumerate((union.story, *union.ended))}
    goes_on: dict[Conversation, Thread] = {}
    ending: list[Thread] = []
    for thread in sorted((one for one in threads if one.story in order), key=lambda one: order[one.story]):
        kept = goes_on.setdefault(thread.conversation, thread)
        if kept.receipt is not None and thread.receipt not in (None, kept.receipt):
            ending.append(thread)
    told = {thread.conversation for thread in ending}
    cards = [thread for where, thread in goes_on.items() if where in told]
    titles = {story.id: story.title for story in union.ended}
    return [*ends(ending, union.story, now, titles), *edits(cards, union.story.id, now, revision)]


def ends(
    threads: Iterable[Thread], kept: Story, now: datetime, titles: Mapping[StoryId, str] = MappingProxyType({})
) -> list[Delivery]:
    """Say under cards whose story ends where it goes on; under a digest, which speaks of many, what."""
    found = []
    for one in threads:
        what = f"“{titles[one.story][:LONGEST_TITLE]}”" if is_digest(one.root) and one.story in titles else "This"
        said = Text(f"{what} goes on in the thread of “{kept.title[:LONGEST_TITLE]}”.")
        told = Delivery(
            key=DeliveryKey(f"ends-{digest('ends', one.conversation, one.story, kept.id)}"),
            conversation=one.conversation,
            verb=Verb.ANSWER,
            due=now,
            document=Document((Paragraph((said,)),)),
            thread=one.receipt,
        )
        if one.receipt is not None:
            found.append(told)
    return found


def edits(
    threads: Iterable[Thread], story: StoryId, now: datetime, revision: int, alerts: Iterable[Alert] = ()
) -> list[Delivery]:
    """Bring the cards of a story up to date; a digest stays as it was posted, so there it is a reply."""
    told = {alert.conversation: alert.id for alert in alerts}
    found = []
    for one in threads:
        verb = Verb.REPLY if is_digest(one.root) else Verb.EDIT
        alert = told.get(one.conversation)
        if verb is Verb.EDIT or alert is not None:
            key = DeliveryKey(f"{verb}-{digest('mended', one.conversation, story, revision)}")
            found.append(Delivery(key=key, conversation=one.conversation, verb=verb, due=now, alert=alert, story=story))
    return found
