"""What stands in a calendar that other programs read (RFC 5545)."""

from datetime import date, datetime

from bot.domain.ids import digest
from bot.domain.values import by_value


@by_value
class Event:
    """A meeting or a deadline.

    Attributes:
        uid: its identity, the same whatever changes.
        starts, ends: days (`ends` is the last one) or aware instants; a naive time is the clock's at the place.
        cancelled: its source says so.
        tentative: its source does not confirm it, or no longer lists it.
        changed: when its source was last seen to say something else; aware UTC.

    """

    uid: str
    title: str
    starts: date | datetime
    changed: datetime
    ends: date | datetime | None = None
    place: str = ""
    link: str | None = None
    text: str = ""
    cancelled: bool = False
    tentative: bool = False
    categories: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """Hash of all that a subscriber sees."""
        return digest(
            self.title,
            self.starts.isoformat(),
            "" if self.ends is None else self.ends.isoformat(),
            self.place,
            self.link or "",
            self.text,
            self.cancelled,
            self.tentative,
            *self.categories,
        )


@by_value
class Dated:
    """An event with how often it has changed since it was first given out, and when last (aware UTC)."""

    event: Event
    sequence: int = 0
    modified: datetime
