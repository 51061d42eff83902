"""Which story an entry of a body belongs to: the one that has one of its ties."""

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.alerts import Story, StoryId
from bot.domain.changes import Change, Known, Updated
from bot.domain.entries import Kind
from bot.domain.identity_graph import NOTHING, bonds, passing
from bot.domain.uniting import Apart, bound


class Tied:
    """Stories by what they are known by, growing with them.

    `rows` are all of a page: what one of them says of two others ties these. `apart` are stories that stay two.
    """

    def __init__(
        self, stories: Iterable[Story], body: str | None, rows: Iterable[Known] = (), apart: Apart = frozenset()
    ) -> None:
        self._body = body
        self._bound = bound((row.entry for row in rows), body)
        self._apart = apart
        self._by_tie: dict[str, dict[StoryId, Story]] = {}
        for story in stories:
            self.put(story)

    def put(self, story: Story) -> None:
        """Add a story, or a grown version of one that is there."""
        for tie in story.identities:
            self._by_tie.setdefault(tie, {})[story.id] = story

    def find(self, row: Known, series: str) -> Story | None:
        """Return the oldest story of the strongest ties that an entry has; of a recurring meeting, its own."""
        first, *others = bonds(row.entry, self._body).tiers or (NOTHING,)
        further = NOTHING.union(*(self._bound.get(tie, NOTHING) for tie in first))
        tiers = (frozenset({series} - {""}), first, further, *others)
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
        own = {tie for tie in bonds(change.now.entry, self._body).own if not self._is_of_another(tie, story)}
        return replace(story, identities=(story.identities - gone) | own)

    def _is_of_another(self, tie: str, story: Story) -> bool:
        """Tell whether a tie is one of a story that is to stay apart from this one."""
        return bool(self._apart) and any((story.id, id_) in self._apart for id_ in self._by_tie.get(tie, ()))
