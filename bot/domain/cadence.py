"""How often a watch speaks: at once, or in a digest at an hour of the day or week (design §3)."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from bot.domain.errors import CommandError
from bot.domain.values import by_value

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?")
_NOON = 12


@by_value
class Cadence:
    """When the digest of a watch comes, by the clock of the conversation's zone.

    Attributes:
        weekday: 0 is Monday; None is every day.

    """

    weekday: int | None
    hour: int
    minute: int = 0

    def __str__(self) -> str:
        often = "daily" if self.weekday is None else f"weekly {DAYS[self.weekday]}"
        return f"{often} {self.hour:02}:{self.minute:02}"

    @property
    def words(self) -> str:
        """As people say it: “daily digest at 08:00”, “weekly digest, Monday 08:00”."""
        at = f"{self.hour:02}:{self.minute:02}"
        return f"daily digest at {at}" if self.weekday is None else f"weekly digest, {NAMES[self.weekday]} {at}"

    def next_after(self, now: datetime, zone: tzinfo) -> datetime:
        """Return the first digest after `now`, in UTC; an hour that a zone skips comes when its clock has moved on."""
        local = now.astimezone(zone)
        day = local.date()
        if self.weekday is not None:
            day += timedelta(days=(self.weekday - day.weekday()) % 7)
        step = timedelta(days=1 if self.weekday is None else 7)
        while True:
            at = datetime(day.year, day.month, day.day, self.hour, self.minute, tzinfo=zone).astimezone(UTC)
            if at > now:
                return at
            day += step


def parse(text: str) -> Cadence | None:
    """Read what `str` writes; None for the empty text of a watch that speaks at once. CommandError for all else."""
    often, _, rest = text.partition(" ")
    if text and often not in ("daily", "weekly"):
        raise CommandError(f"“{text}” is no cadence.", usage="weekly mon 09:00")
    return wanted(often, rest, hour="09:00") if text else None


def wanted(often: str, text: str, *, hour: str) -> Cadence:
    """Read what follows `--daily` or `--weekly`: a day and a time, both optional; CommandError if it is neither.

    Without a day it is Monday; without a time, `hour` (HH:MM).
    """
    words = text.lower().replace(",", " ").split()
    weekday = None if often == "daily" else 0
    if (
        often == "weekly"
        and words
        and words[0][:3] in DAYS
        and NAMES[DAYS.index(words[0][:3])].lower().startswith(words[0])
    ):
        weekday = DAYS.index(words.pop(0)[:3])
    if words and words[0] == "at":
        words.pop(0)
    at = _time(" ".join(words) or hour)
    if at is None:
        example = f"watch QUERY --{often} {'Monday ' if often == 'weekly' else ''}9:00"
        raise CommandError(f"“{text.strip()}” is no time for a {often} digest.", usage=example)
    return Cadence(weekday=weekday, hour=at[0], minute=at[1])


def _time(text: str) -> tuple[int, int] | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if found[3] == "pm" else 0)
    return (hour, minute) if hour < 24 and minute < 60 else None  # noqa: PLR2004  # a day's hours, an hour's minutes
