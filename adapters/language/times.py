"""Times that people type, read in ten languages by own tables, and in some more by dateparser.

The one place that imports dateparser: it is asked last, about one short span that looks like a date, always with
languages (without any it takes seconds at first and 9 ms a call on what is no date), and never about ranges
(it reads “3-7 Nov 2026” as 3 November).
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from adapters.language.times_days import EXAMPLE, Part, part, period, settle
from adapters.language.times_phrases import Found, choose, times_in
from adapters.language.times_text import Folded, fold
from adapters.language.times_words import FALLBACK_LANGUAGES
from bot.domain.errors import CommandError
from bot.domain.ports import Reading

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

LONGEST = 500
"""Characters of a line that are read: a lookup is a line, and this bounds what a hostile one costs."""

LastResort = Callable[[str], Part | None]

_LIKE_A_DATE = re.compile(r"(?<![\w./-])\d{1,2}\.? [^\W\d_]{3,12}(?: \d{4})?(?![\w/-])")


_SETTINGS = {
    "TIMEZONE": "UTC",
    "PREFER_DATES_FROM": "future",
    "RELATIVE_BASE": datetime(2000, 1, 1),  # noqa: DTZ001 -- fixed: our own rules give the year that is not said
    "REQUIRE_PARTS": ["day", "month"],
    "PARSERS": ["absolute-time"],
}


class Times:
    """Reads times; implements the port `Calendar`."""

    def __init__(self, *, languages: Sequence[str] = FALLBACK_LANGUAGES) -> None:
        """Leave to dateparser what is in `languages` (its own codes); none: it is never loaded."""
        self._last_resort = _dateparser(tuple(languages)) if languages else None

    def read(self, text: str, *, now: datetime, zone: str) -> Reading:
        """Find one time in `text` ("SG17 next month"); days are days in `zone` (IANA name).

        Raise CommandError for a time that cannot be (30 February), for several times, a text over 500 characters
        or an unknown zone. The first call builds the tables (some ms); the first that needs dateparser takes 0.2 s.
        """
        if len(text) > LONGEST:
            raise CommandError(f"That is longer than {LONGEST:,} characters; shorten it.", usage=EXAMPLE)
        today = now.astimezone(_zone(zone)).date()
        folded = fold(text)
        seen = times_in(folded.text, today)
        unsure = all(time.bare for time in seen)
        found = (self._other_languages(text, folded, today) if unsure else ()) or choose(seen, today)
        return Reading(period=found[0].period if found else None, rest=_without(text, folded, found))

    def warm(self) -> None:
        """Load everything that `read` may need, dateparser included; takes up to a second, so call it off the loop."""
        start = datetime(2000, 1, 1, tzinfo=UTC)
        for text in ("next month", "3 foobar 2026", "3 푸바 2026"):
            self.read(text, now=start, zone="UTC")

    def _other_languages(self, text: str, folded: Folded, today: date) -> Sequence[Found]:
        span = _LIKE_A_DATE.search(folded.text)
        if span is None or self._last_resort is None:
            return ()
        point = self._last_resort(text[folded.origin[span.start()] : folded.origin[span.end() - 1] + 1])
        if point is None:
            return ()
        return (Found(period=period(settle(point, today)), start=span.start(), end=span.end(), point=point),)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise CommandError(f"There is no time zone “{name}”; give one such as Europe/Zurich.") from error


def _without(text: str, folded: Folded, found: Sequence[Found]) -> str:
    pieces, at = [], 0
    for time in sorted(found, key=lambda time: time.start):
        pieces.append(text[at : folded.origin[time.start]])
        at = folded.origin[time.end - 1] + 1
    pieces.append(text[at:])
    return re.sub(r"\s+", " ", " ".join(pieces)).strip(" ,;")


def _dateparser(languages: tuple[str, ...]) -> LastResort:
    """Return a reader of single dates in these languages; dateparser is loaded when it is first needed."""

    @cache
    def parser() -> "DateDataParser":
        from dateparser.date import DateDataParser

        return DateDataParser(languages=list(languages), settings=dict(_SETTINGS))

    def read(span: str) -> Part | None:
        try:
            got = parser().get_date_data(span).date_obj
        except Exception:  # noqa: BLE001 -- whatever a hostile span breaks in there, it was no date
            return None
        year = re.search(r"\d{4}$", span)
        return None if got is None else part(month=got.month, day=got.day, year=int(year[0]) if year else None)

    return read
