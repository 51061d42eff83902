"""What Slack knows of people: the zone they live in."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import asked
from bot.domain.errors import ChatError
from bot.domain.ports import Clock

FRESH, STALE = timedelta(hours=24), timedelta(minutes=10)
"""How long an answer is good, and how long none is asked for again."""
PATIENCE = 0.5
"""Seconds that an acknowledgement, which has three, may wait for it."""
MOST = 5_000
log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class People:
    """Remembers people's zones for a day."""

    clock: Clock
    _zones: dict[tuple[str, str], tuple[str | None, datetime]] = field(default_factory=dict)
    _asking: dict[tuple[str, str], "asyncio.Task[str | None]"] = field(default_factory=dict)

    async def zone(self, client: AsyncWebClient, team: str, user: str) -> str | None:
        """Return the IANA name of a person's zone, None if Slack does not say it at once."""
        known = self._zones.get((team, user))
        if known is not None and known[1] > self.clock.now():
            return known[0]
        asking = self._asking.get((team, user))
        if asking is None:
            asking = self._asking[team, user] = asyncio.create_task(self._ask(client, team, user))
        done, _ = await asyncio.wait([asking], timeout=PATIENCE)
        return asking.result() if done else None

    async def _ask(self, client: AsyncWebClient, team: str, user: str) -> str | None:
        zone: str | None = None
        try:
            said = await asked(client.users_info, user=user)
            zone = str((said.get("user") or {}).get("tz") or "") or None
        except ChatError as error:
            log.info("slack.no_zone", why=str(error))
        finally:
            self._asking.pop((team, user), None)
        if len(self._zones) >= MOST:
            self._zones.pop(next(iter(self._zones)))
        self._zones[team, user] = (zone, self.clock.now() + (FRESH if zone else STALE))
        return zone

    async def close(self) -> None:
        """Ask nobody any more."""
        asking = list(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
