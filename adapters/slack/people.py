"""What Slack knows of people: the zone they live in, what they are called, whether they look after the workspace."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import asked
from bot.domain.errors import ChatError
from bot.domain.ports import Clock
from bot.domain.values import by_value

FRESH, STALE = timedelta(hours=24), timedelta(minutes=10)
"""How long an answer is good, and how long none is asked for again."""
PATIENCE = 0.5
"""Seconds that an acknowledgement, which has three, may wait for it."""
MOST = 5_000
MOST_NAMES = 20
log = structlog.get_logger(__name__)


@by_value
class Profile:
    """A person, as far as Slack says.

    Attributes:
        zone: IANA name.
        admin: whether they look after the workspace.
        gone: whether their account is closed.

    """

    zone: str | None = None
    name: str | None = None
    admin: bool | None = None
    gone: bool = False


NOBODY = Profile()


@dataclass(slots=True, kw_only=True)
class People:
    """Remembers people for a day."""

    clock: Clock
    _known: dict[tuple[str, str], tuple[Profile, datetime]] = field(default_factory=dict)
    _asking: dict[tuple[str, str], "asyncio.Task[Profile]"] = field(default_factory=dict)

    async def profile(self, client: AsyncWebClient, team: str, user: str) -> Profile:
        """Return what is known of a person, nothing if Slack does not say it at once."""
        known = self._known.get((team, user))
        if known is not None and known[1] > self.clock.now():
            return known[0]
        asking = self._asking.get((team, user))
        if asking is None:
            asking = self._asking[team, user] = asyncio.create_task(self._ask(client, team, user))
        done, _ = await asyncio.wait([asking], timeout=PATIENCE)
        return asking.result() if done else NOBODY

    async def names(self, client: AsyncWebClient, team: str, users: Iterable[str]) -> Mapping[str, str]:
        """Return what people are called, of those whom Slack names."""
        asked_for = sorted(set(users))[:MOST_NAMES]
        found = await asyncio.gather(*(self.profile(client, team, user) for user in asked_for))
        return {user: profile.name for user, profile in zip(asked_for, found, strict=True) if profile.name}

    async def left(self, client: AsyncWebClient, team: str, users: Iterable[str]) -> Collection[str]:
        """Return those whose accounts Slack says are closed."""
        asked_for = sorted(set(users))[:MOST_NAMES]
        found = await asyncio.gather(*(self.profile(client, team, user) for user in asked_for))
        return {user for user, profile in zip(asked_for, found, strict=True) if profile.gone}

    async def _ask(self, client: AsyncWebClient, team: str, user: str) -> Profile:
        found = NOBODY
        try:
            found = _read((await asked(client.users_info, user=user)).get("user") or {})
        except ChatError as error:
            log.info("slack.person_unknown", why=str(error))
        finally:
            self._asking.pop((team, user), None)
        if len(self._known) >= MOST:
            self._known.pop(next(iter(self._known)))
        self._known[team, user] = (found, self.clock.now() + (STALE if found == NOBODY else FRESH))
        return found

    async def close(self) -> None:
        """Ask nobody any more."""
        asking = list(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)


def _read(user: Mapping[str, Any]) -> Profile:
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    roles = [user[name] for name in ("is_admin", "is_owner") if name in user]
    return Profile(
        zone=str(user.get("tz") or "") or None,
        name=next((str(name) for name in names if name), None),
        admin=any(roles) if roles else None,
        gone=bool(user.get("deleted")),
    )
