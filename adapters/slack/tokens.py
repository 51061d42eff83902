"""The app in a workspace, and its token's renewal where Slack lets tokens expire.

docs.slack.dev/authentication/using-token-rotation: an access token lives twelve hours, a refresh token works once.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta

from adapters.slack.api import Web, asked
from adapters.slack.settings import SlackSettings
from bot.domain.errors import ChatDown, Undeliverable
from bot.domain.values import by_value

AHEAD = timedelta(hours=2)
"""How long before a token ends it is renewed, as Bolt does."""


@by_value
class Install:
    """The app in a workspace.

    Attributes:
        refresh: what renews the token, None if it does not end.
        ends: when the token ends.

    """

    team: str
    token: str = field(repr=False)
    bot_user: str | None = None
    bot: str | None = None
    scopes: tuple[str, ...] = ()
    refresh: str | None = field(default=None, repr=False)
    ends: datetime | None = None

    @property
    def data(self) -> Mapping[str, object]:
        """Return what `install` reads."""
        return {
            "token": self.token,
            "bot_user": self.bot_user,
            "bot": self.bot,
            "scopes": ",".join(self.scopes),
            "refresh": self.refresh,
            "ends": int(self.ends.timestamp()) if self.ends else None,
        }

    def due(self, now: datetime) -> bool:
        """Tell whether the token is to be renewed."""
        return self.refresh is not None and self.ends is not None and self.ends - AHEAD <= now


def install(team: str, data: Mapping[str, object]) -> Install | None:
    """Read an installation; None without a token."""
    if not data.get("token"):
        return None
    ends = data.get("ends")
    return Install(
        team=team,
        token=str(data["token"]),
        bot_user=text(data.get("bot_user")),
        bot=text(data.get("bot")),
        scopes=tuple(str(data.get("scopes") or "").split(",")),
        refresh=text(data.get("refresh")),
        ends=datetime.fromtimestamp(ends, UTC) if isinstance(ends, int) else None,
    )


async def renewed(web: Web, settings: SlackSettings, old: Install, *, now: datetime) -> Install:
    """Exchange a refresh token; raise a ChatError, Unauthorised if it is worth nothing any more."""
    try:
        said = await asked(
            web.client(None).oauth_v2_access,
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            grant_type="refresh_token",
            refresh_token=old.refresh,
        )
    except Undeliverable as error:
        raise ChatDown(f"The workspace's token cannot be renewed: {error}") from error
    token = text(said.get("access_token"))
    if token is None:
        raise ChatDown("Slack's answer to the renewal of a token holds none.")
    ends = now + timedelta(seconds=_seconds(said.get("expires_in")))
    return replace(old, token=token, refresh=text(said.get("refresh_token")) or old.refresh, ends=ends)


def _seconds(value: object) -> int:
    try:
        return max(int(str(value)), 0)
    except ValueError:
        return int(timedelta(hours=12).total_seconds())


def text(value: object) -> str | None:
    """Return a text, None for nothing."""
    return str(value) if value else None
