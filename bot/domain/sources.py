"""What is polled, what is remembered of it, and what a poll brings."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.entries import Entry, SourceId
from bot.domain.values import by_value


class Origin(StrEnum):
    """Who put a source on the list."""

    CATALOGUE = "catalogue"
    CONFIG = "config"
    PERSON = "person"


@by_value
class Source:
    """Something polled.

    Attributes:
        url: where; a permanent redirect changes it in the store.
        format: a name in the registry of formats: `feed`, `ical`, `itu-meetings` …
        body: the standards body it speaks for ("ITU-T", "IETF"), if any.
        lang: BCP 47 tag of its language, if known.
        interval: the shortest time between two polls that its operator would like.
        about: what it is for, one line.
        full_text: whether whole articles are read for summaries; None reads them where it shows teasers.

    """

    id: SourceId
    url: str
    format: str
    name: str
    body: str | None = None
    lang: str | None = None
    interval: timedelta = timedelta(hours=1)
    about: str = ""
    origin: Origin = Origin.CATALOGUE
    full_text: bool | None = None


@by_value
class Memory:
    """What the last good answer left behind, to ask politely and to parse little.

    Attributes:
        etag, last_modified: validators for a conditional GET (RFC 9110 §13), as sent by the server.
        body_hash: hash of the last good body.
        items: 8-byte hashes of the items of the last good page, end to end; opaque to all but the format.
        count: entries on the last good page.

    """

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    items: bytes = b""
    count: int = 0


NOTHING_REMEMBERED = Memory()


@by_value
class Hints:
    """What a server asked of its pollers: Cache-Control max-age, RSS ttl, sy:updatePeriod."""

    at_least: timedelta | None = None
    moved_to: str | None = None


@by_value
class Unchanged:
    """The source holds what it held at the last poll (304, same body, or nothing but known items)."""

    memory: Memory
    hints: Hints = Hints()


@by_value
class Polled:
    """A page was read.

    Attributes:
        entries: those that may be new or changed; known ones may be left out (trimmed).
        count: all entries on the page, trimmed ones included.
        complete: the page lists everything the source holds (a calendar, not a sliding window),
            and nothing was trimmed, so absence means something.
        body_hash, url, fetched_at: the evidence.
        notes: oddities worth an operator's look ("2 events without a start were skipped").

    """

    entries: Sequence[Entry]
    count: int
    complete: bool
    memory: Memory
    body_hash: str
    url: str
    fetched_at: datetime
    hints: Hints = Hints()
    title: str | None = None
    lang: str | None = None
    notes: Sequence[str] = ()


@by_value
class Health:
    """How a source has been doing.

    Attributes:
        failures: failed polls since the last good one.
        suspect: polls in a row whose answer was quarantined.
        last_error: one plain sentence, or None when all is well.
        newest: when its newest entry was first seen.
        gaps: seconds between the times at which it had something new, newest last (bot/domain/rhythm.py).
        told: the trouble that operators were last told of (its first words), "" when all was well.

    """

    failures: int = 0
    suspect: int = 0
    last_ok: datetime | None = None
    last_poll: datetime | None = None
    last_error: str | None = None
    newest: datetime | None = None
    polls: int = 0
    gaps: tuple[int, ...] = ()
    told: str = ""


@by_value
class Tracked:
    """A source as the store keeps it.

    Attributes:
        next_poll: when it is asked again, aware UTC.
        baseline: no good answer was stored yet, so the next one alerts nobody.
        paused: a person stopped it.
        retired: the server said 410, or the source was removed.

    """

    source: Source
    memory: Memory = NOTHING_REMEMBERED
    health: Health = Health()
    next_poll: datetime
    baseline: bool = True
    paused: bool = False
    retired: bool = False
