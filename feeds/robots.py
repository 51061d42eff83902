"""robots.txt (RFC 9309), read by Protego, remembered per origin for a day."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from yarl import URL

from bot.domain.errors import FetchError
from bot.domain.ports import Clock
from feeds.guard import shown

if TYPE_CHECKING:
    from protego import Protego

KEPT_FOR = timedelta(hours=24)
"""RFC 9309 §2.4: a copy is not used for longer, unless the file cannot be reached."""

ASKED_AGAIN_AFTER = timedelta(minutes=10)
SIZE = 500 * 1024
"""RFC 9309 §2.5: at least 500 KiB are read, the rest is ignored."""

LIGHT = 16 * 1024
"""Files up to this size are judged on the loop; larger ones, with thousands of wildcards perhaps, in a thread."""

LONGEST_DELAY = timedelta(seconds=60)
ORIGINS_KEPT = 1024
LINES_KEPT = 10_000

LONG_AGO = datetime.min.replace(tzinfo=UTC)
_AGENT_LINE = re.compile(r"user[\s-]*agent\b[\s:]*(.*)", re.IGNORECASE)

Read = Callable[[URL], Awaitable[str]]
"""Fetches a robots.txt: its text, "" where there is none (4xx); FetchError where nobody can tell (5xx, no answer)."""


@dataclass(slots=True)
class _Record:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    rules: "Protego | None" = None
    heavy: bool = False
    trouble: FetchError | None = None
    until: datetime = LONG_AGO


class Robots:
    """Tells whether a page may be fetched, and how slowly."""

    def __init__(self, read: Read, *, token: str, clock: Clock) -> None:
        self._read = read
        self._token = token
        self._clock = clock
        self._records: dict[str, _Record] = {}

    def __len__(self) -> int:
        return len(self._records)

    async def permit(self, url: URL) -> timedelta | None:
        """Return the crawl delay asked for, if any (at most 60 s).

        Raise FetchError: permanent if robots.txt forbids the address, transient if it cannot be
        read (§2.3.1.4: then everything is forbidden for now).
        """
        record = await self._known(url.origin())
        rules = _rules(record, url.origin())
        judge = partial(rules.can_fetch, str(url), self._token)
        if not (await asyncio.to_thread(judge) if record.heavy else judge()):
            raise FetchError(
                f"{shown(url)} is closed to robots by the site's robots.txt; ask its operator to admit {self._token}.",
                permanent=True,
            )
        delay = rules.crawl_delay(self._token)
        return None if not delay else min(timedelta(seconds=min(delay, 3600)), LONGEST_DELAY)

    async def _known(self, origin: URL) -> _Record:
        record = self._record(str(origin))
        if self._clock.now() >= record.until:
            async with record.lock:
                if self._clock.now() >= record.until:
                    await self._refresh(record, origin)
        return record

    async def _refresh(self, record: _Record, origin: URL) -> None:
        try:
            text = await self._read(origin.with_path("/robots.txt"))
        except FetchError as error:
            record.trouble = error
            pause = error.retry_after or ASKED_AGAIN_AFTER
        else:
            record.heavy = len(text) > LIGHT
            read = partial(read_rules, text, self._token)
            record.rules = await asyncio.to_thread(read) if record.heavy else read()
            pause = KEPT_FOR
        record.until = self._clock.now() + min(pause, KEPT_FOR)

    def _record(self, origin: str) -> _Record:
        record = self._records.get(origin)
        if record is None:
            while len(self._records) >= ORIGINS_KEPT:
                del self._records[next(iter(self._records))]
            record = self._records[origin] = _Record()
        return record


def _rules(record: _Record, origin: URL) -> "Protego":
    if record.rules is not None:
        return record.rules
    trouble = record.trouble or FetchError(f"The robots.txt of {origin} cannot be read; it is asked for again later.")
    raise FetchError(
        str(trouble), permanent=trouble.permanent, retry_after=trouble.retry_after, blocked=trouble.blocked
    ) from trouble


def read_rules(text: str, token: str) -> "Protego":
    """Parse what concerns `token` (matched exactly but for case, §2.2.1), in time linear in the file's length."""
    from protego import Protego

    kept = (_ours(line.strip(), token.lower()) for line in text.splitlines()[:LINES_KEPT])
    return Protego.parse("\n".join(kept))


def _ours(line: str, token: str) -> str:
    """Rename the groups of other robots to one: a thousand groups must not cost a thousand times the rules."""
    found = _AGENT_LINE.match(line)
    if found is None:
        return line
    name = re.split(r"[/\s#]", found[1].strip().lower(), maxsplit=1)[0]
    return f"User-agent: {name if name in {token, '*'} else '~'}"
