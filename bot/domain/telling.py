"""What an entry tells: which story, why that one, and what of it may be new to those who follow the story."""

from collections.abc import Mapping

from bot.domain.alerts import StoryId
from bot.domain.entries import EntryId
from bot.domain.ids import digest
from bot.domain.likeness import ClusterId
from bot.domain.values import by_value

NOTHING: frozenset[str] = frozenset()
BY_HAND = "=said"
"""The reason why an entry is in a story that a person put it in."""


@by_value
class Telling:
    """One entry's part in a story.

    Attributes:
        story: None for an entry that is in a story already.
        because: what it has in common with the story (`Told.because`).
        said: facts of it (`bot.domain.novelty`).

    """

    story: StoryId | None = None
    because: tuple[str, ...] = ()
    said: frozenset[str] = NOTHING


Tellings = Mapping[EntryId, Telling]


def story_of(cluster: ClusterId) -> StoryId:
    """Return the story that entries of a cluster tell; the same for ever."""
    return StoryId(digest("story", "cluster", cluster))


def detail(because: tuple[str, ...], new: frozenset[str]) -> str:
    """Write why an entry joined a story and what it adds, as an alert keeps it."""
    return "; ".join(because) + "\n" + "; ".join(sorted(new))


def because_of(text: str) -> tuple[str, ...]:
    """Read why an entry joined from what `detail` wrote."""
    return tuple(text.partition("\n")[0].split("; ")) if text.partition("\n")[0] else ()


def added_by(text: str) -> tuple[str, ...]:
    """Read what an entry adds from what `detail` wrote."""
    return tuple(text.partition("\n")[2].split("; ")) if text.partition("\n")[2] else ()
