"""Who is spoken to and what they say, on any platform."""

from dataclasses import dataclass
from typing import NewType, Self

from bot.domain.values import by_value

Receipt = NewType("Receipt", str)
"""What a platform gave for a posted message; opaque, enough to thread on it or to edit it."""


@dataclass(frozen=True, slots=True, order=True)
class Conversation:
    """A Slack channel, a Matrix room, the console: where watches stand and alerts go."""

    platform: str
    id: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.id}"

    @property
    def team(self) -> str:
        """Whose conversation it is: the platform's, or of a platform with many teams, that before the id's slash."""
        team, slash, _ = self.id.partition("/")
        return f"{self.platform}:{team}" if slash else self.platform

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the form that `str` writes."""
        platform, _, id_ = text.partition(":")
        return cls(platform, id_)


@by_value
class Command:
    """A line that somebody typed at the bot, platform markup removed.

    Attributes:
        text: the command without its mark: `watch facial recognition`.
        thread: the message it was typed under, if any.
        zone: IANA name of the person's zone, if the platform knows it.
        id: the platform's own id of the line, for deduplication.
        private: only the person who typed it should see the answer.
        moderator: whether the platform says that this person looks after the conversation; None if it does not say.

    """

    conversation: Conversation
    user: str
    text: str
    thread: Receipt | None = None
    zone: str | None = None
    id: str | None = None
    private: bool = False
    moderator: bool | None = None
