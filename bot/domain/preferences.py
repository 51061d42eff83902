"""How a conversation wants to be spoken to, and who may decide that."""

from collections.abc import Mapping
from datetime import time
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
        """The zone by which the conversation lives."""
        return ZoneInfo(self.zone)

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
