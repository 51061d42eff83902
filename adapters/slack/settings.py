"""The Slack adapter's own settings, and what it calls places."""

from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import timedelta

from bot.domain.chat import Conversation
from bot.domain.values import by_value

SLACK = "slack"
EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"


@by_value
class SlackSettings:
    """How Slack is reached and how patient we are.

    Attributes:
        api_url: ends in a slash.
        public_url: how Slack and people reach our port; without slash at the end.
        commands: gives the names that may follow `!` in a channel.
        every: one message per conversation in that time (docs.slack.dev/apis/web-api/rate-limits: 1 per second).
        edit_every: one edit of a message in that time.
        patience: for one call.
        ping: between two pings of a socket, in seconds; one that is silent four times as long is replaced.
        sockets: how many connections are kept.

    """

    bot_token: str | None = field(default=None, repr=False)
    app_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    http: bool = False
    api_url: str = "https://slack.com/api/"
    authorize_url: str = "https://slack.com/oauth/v2/authorize"
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    public_url: str | None = None
    commands: Callable[[], Sequence[str]] = tuple
    every: timedelta = timedelta(seconds=1)
    edit_every: timedelta = timedelta(seconds=45)
    patience: timedelta = timedelta(seconds=20)
    ping: float = 5.0
    sockets: int = 2


def conversation(team: str, channel: str) -> Conversation:
    """Name a channel or direct message of a workspace."""
    return Conversation(SLACK, f"{team}/{channel}")


def team_of(where: Conversation) -> str:
    """Return the id of a conversation's workspace."""
    return where.id.partition("/")[0]


def channel_of(where: Conversation) -> str:
    """Return the id of a conversation's channel."""
    return where.id.partition("/")[2]


def is_direct(where: Conversation) -> bool:
    """Tell whether nobody else reads there: ids of direct messages begin with D."""
    return channel_of(where).startswith("D")
