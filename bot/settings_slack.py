"""The section `[slack]` of the configuration (README, "Slack")."""

from collections.abc import Iterator
from dataclasses import field
from typing import Annotated

from bot import config_values as values
from bot.domain.values import by_value

TRANSPORTS = ("socket", "http")


@by_value
class SlackSettings:
    """How Slack is reached: one workspace by `bot_token`, many by `client_id` and `client_secret`.

    Attributes:
        transport: "socket" needs no address of ours, "http" is asked at `http.public_url`.
        api_url, authorize_url: Slack's own, unless something stands in for it.
        token_key: seals the tokens of many workspaces; None makes a key file beside the store.

    """

    bot_token: Annotated[str | None, values.NAME] = field(default=None, repr=False)
    app_token: Annotated[str | None, values.NAME] = field(default=None, repr=False)
    signing_secret: Annotated[str | None, values.NAME] = field(default=None, repr=False)
    transport: Annotated[str, values.one_of(TRANSPORTS, "transport")] = "socket"
    api_url: Annotated[str, values.WEB_ADDRESS] = "https://slack.com/api/"
    authorize_url: Annotated[str, values.WEB_ADDRESS] = "https://slack.com/oauth/v2/authorize"
    client_id: Annotated[str | None, values.NAME] = None
    client_secret: Annotated[str | None, values.NAME] = field(default=None, repr=False)
    token_key: Annotated[str | None, values.NAME] = field(default=None, repr=False)

    @property
    def enabled(self) -> bool:
        """Whether there is a workspace to talk to, or a way for one to install the app."""
        return bool(self.bot_token or self.client_id)

    @property
    def problems(self) -> Iterator[str]:
        """What is missing, one sentence each."""
        if not self.enabled and (self.app_token or self.signing_secret or self.client_secret):
            yield 'slack.bot_token is missing; copy it from "OAuth & Permissions", it begins with xoxb-.'
        if (self.bot_token or "").startswith("xapp-"):
            yield 'slack.bot_token is an app token; copy the one from "OAuth & Permissions", it begins with xoxb-.'
        if (self.app_token or "").startswith(("xoxb-", "xoxp-", "xoxe")):
            yield (
                "slack.app_token is no app token; make one with connections:write "
                'under "Basic Information", it begins with xapp-.'
            )
        if bool(self.client_id) != bool(self.client_secret):
            yield 'slack.client_id and slack.client_secret go together; copy both from "Basic Information".'
        if self.enabled and self.transport == "socket" and not self.app_token:
            yield (
                'slack.app_token is missing; make one with connections:write under "Basic Information", '
                'it begins with xapp-, or set slack.transport = "http".'
            )
        if self.enabled and self.transport == "http" and not self.signing_secret:
            yield 'slack.signing_secret is missing; copy it from "Basic Information".'
