"""What happened to an entry between two polls."""

from datetime import datetime

from bot.domain.entries import Entry, EntryId, SourceId
from bot.domain.values import by_value


@by_value
class Known:
    """An entry as the store keeps it.

    Attributes:
        first_seen: when its source first showed it, aware UTC.
        versions: how often its content changed since.
        missing: good polls in a row that did not list it (complete sources only).
        gone: it was reported as no longer listed.
        evidence: hash of the body it was last read from, with `url` and `fetched_at`.

    """

    id: EntryId
    source: SourceId
    entry: Entry
    fingerprint: str
    first_seen: datetime
    versions: int = 0
    missing: int = 0
    gone: bool = False
    body_hash: str = ""
    url: str = ""
    fetched_at: datetime


@by_value
class Added:
    """Never seen before."""

    now: Known


@by_value
class Updated:
    """Seen before, and a reader would notice the difference.

    Attributes:
        fields: names of what differs: `title`, `starts`, `place`, `facts.timing` …
        moved: it is a meeting whose dates changed, perhaps under another key.
        counted_out: the entry changed so often that this is the last change told (design §5: 24).

    """

    before: Known
    now: Known
    fields: tuple[str, ...]
    counted_out: bool = False

    @property
    def moved(self) -> bool:
        """Tell whether the dates changed."""
        return "starts" in self.fields or "ends" in self.fields


@by_value
class Missing:
    """No longer listed after three good polls; nobody said cancelled."""

    now: Known


@by_value
class Withdrawn:
    """The source itself says cancelled or withdrawn."""

    before: Known
    now: Known


Change = Added | Updated | Missing | Withdrawn
