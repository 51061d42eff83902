"""A fetched body, and what a format makes of it: plain values that cross a process boundary."""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime, timedelta

from bot.domain.entries import Entry
from bot.domain.values import by_value


@by_value
class Page:
    """One answer of a server, content encoding removed.

    Attributes:
        url: the address it came from, after redirects; relative links are resolved against it.
        headers: of the answer, names in lower case.
        known: 8-byte hashes of the items of the last good page, end to end (`Memory.items`).
        zone: IANA name of the zone in which floating times of this source are meant, if configured.
        lang: of the source, if configured.

    """

    body: bytes
    url: str
    fetched_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    known: bytes = b""
    zone: str | None = None
    lang: str | None = None


@by_value
class Parsed:
    """What a page holds.

    Attributes:
        entries: in the page's order; known items may be left out if `count` tells how many there are.
        count: items on the page, those left out included.
        complete: the page lists all that the source holds and nothing was left out.
        items: hashes for the next poll's `Page.known`; empty where the format does not trim.
        every: how often the page asks to be polled (RSS ttl, sy:updatePeriod).
        notes: oddities for the operator, one sentence each.

    """

    entries: tuple[Entry, ...]
    count: int
    complete: bool = False
    items: bytes = b""
    title: str | None = None
    lang: str | None = None
    every: timedelta | None = None
    notes: tuple[str, ...] = ()


Parse = Callable[[Page], Parsed]
"""A format: pure, raises ParseError with one sentence, never fetches anything."""

Keep = Callable[[bytes], bool]
"""Tells whether a line of a body, without its end, is wanted."""
