"""Which story an entry of a body belongs to: the one that has one of its ties."""

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.alerts import Story, StoryId
from bot.domain.changes import Change, Known, Updated
from bot.domain.entries import Kind
from bot.domain.identity_graph import bonds, passing


class Tied:
    """Stories by what they are known by, growing with them."""

    def __init__(self, stories: Iterable[Story], body: str | None) -> None:
        self._body = body
        self._by_tie: dict[str, dict[StoryId, Story]] = {}
        for story in stories:
            self.put(story)

    def put(self, story: Story) -> None:
        """Add a story, or a grown version of one that is there."""
        for tie in story.identities:
            self._by_tie.setdefault(tie, {})[story.id] = story

    def find(self, row: Known, series: str) -> Story | None:
        """Return the oldest story of the strongest ties that an entry has; of a recurring meeting, its own."""
        tiers = (frozenset({series} - {""}), *bonds(row.entry, self._body).tiers)
        return next(filter(None, map(self._oldest, tiers)), None)

    def _oldest(self, ties: Iterable[str]) -> Story | None:
        found = (story for tie in ties for story in self._by_tie.get(tie, {}).values())
        return min(found, key=lambda story: (story.first_at, story.id), default=None)

    def grown(self, story: Story, change: Change, *, begins: bool) -> Story:
        """Return a story with the ties that its entry gives it; days on which a meeting no longer is are let go.

        A document gives its ties only to a story that it begins.
        """
        kind = change.now.entry.kind
        if kind is Kind.NEWS or (kind is Kind.DOCUMENT and not begins):
            return story
        moved = isinstance(change, Updated) and change.moved
        gone = passing(change.before.entry, self._body) if isinstance(change, Updated) and moved else frozenset()
        own = bonds(change.now.entry, self._body).own
        return replace(story, identities=(story.identities - gone) | own)
