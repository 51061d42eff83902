"""How a conversation wants to be spoken to, and who may decide that."""

from collections.abc import Mapping
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.alerts import Alert, Reason
from bot.domain.chat import Command
from bot.domain.entries import Entry
from bot.domain.quiet import QuietHours, deadlines
from bot.domain.values import by_value


class Echo(StrEnum):
    """What a reply in a thread can tell that deserves to be said in the channel too."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    STAGE = "stage"
    DEADLINE = "deadline"
    NEWS = "news"


EVERYONE, MODERATORS = "everyone", "moderators"


@by_value
class Preferences:
    """What a conversation decided, or was given when it began: a later default never changes it.

    Attributes:
        zone: IANA name; of digests, reminders, quiet hours and days.
        language: BCP 47 tag that a language model writes in; empty leaves texts in their own.
        digest_at: the hour of digests for which none is said.
        quiet: when nothing is posted; None posts at any hour.
        changes: who may change watches, sources and settings: "everyone", "moderators", or people, parted by spaces.
        recap: whether a line tells each Monday what was matched and delivered.

    """

    zone: str = "UTC"
    language: str = ""
    digest_at: time = time(9)
    quiet: QuietHours | None = None
    echo: frozenset[Echo] = frozenset(Echo)
    changes: str = EVERYONE
    recap: bool = True

    @property
    def clock(self) -> ZoneInfo:
        """The zone by which the conversation lives; UTC on a machine that does not know it."""
        try:
            return ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):
            return ZoneInfo("UTC")

    def quiet_until(self, now: datetime) -> datetime | None:
        """Return when the quiet hours end that hold at `now`, in UTC; None if there are none."""
        return None if self.quiet is None else self.quiet.until(now, self.clock)

    @property
    def who(self) -> str:
        """Who may change what stands here, as people say it."""
        named = self.changes in (EVERYONE, MODERATORS)
        return self.changes if named else ", ".join(f"@{name}" for name in self.changes.split())

    def may_change(self, command: Command) -> bool:
        """Tell whether the one who typed it may change what stands here; moderators always may."""
        if command.moderator or self.changes == EVERYONE:
            return True
        return self.changes != MODERATORS and person(command.user) in self.changes.split()


def person(name: str) -> str:
    """Return how a person is told from others: as the platform names them, without the mark of a mention."""
    return name.strip().removeprefix("<").removesuffix(">").removeprefix("@").casefold()


def echo_of(alert: Alert) -> Echo | None:
    """Return what a reply about this alert would be said aloud for; None if its thread is enough."""
    if alert.reason is Reason.WITHDRAWN:
        return Echo.CANCELLED
    if alert.reason is Reason.MOVED:
        return Echo.MOVED
    if alert.reason is Reason.ADDS:
        return Echo.NEWS
    if alert.reason is not Reason.CHANGED or alert.before is None:
        return None
    return _echo_of_change(alert.before, alert.now.entry)


def _echo_of_change(before: Entry, now: Entry) -> Echo | None:
    """A stage was passed, or a deadline comes earlier than it was."""
    earlier, was = deadlines(now), deadlines(before)
    if earlier and was and min(earlier) < min(was):
        return Echo.DEADLINE
    return Echo.STAGE if _stage(now.facts) != _stage(before.facts) else None


def _stage(facts: Mapping[str, object]) -> object:
    return facts.get("stage") or facts.get("status")
