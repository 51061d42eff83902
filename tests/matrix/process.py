"""The whole bot as its own process, as an operator starts it, and feeds for it to read."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from aiohttp import web

from bot.clock import SystemClock
from tests.matrix.homeserver import Login

CONFIG = """\
[store]
url = "sqlite:///{folder}/rapporteur.db"
[http]
listen = "127.0.0.1:0"
[console]
enabled = false
[catalogue]
enabled = false
[fetch]
allow_private = ["127.0.0.1"]
per_host_interval = "0.1s"
min_interval = "1s"
[alerts]
zone = "Europe/Zurich"
burst = {burst}
[matrix]
homeserver = "{homeserver}"
user_id = "{user}"
{login}
store = "{folder}/matrix"
[[sources]]
id = "feed"
url = "{feed}"
format = "feed"
interval = "1s"
full_text = false
name = "A newsroom"
[[sources]]
id = "dates"
url = "{calendar}"
format = "ical"
interval = "1s"
name = "A calendar"
"""
CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//A test//EN
{meetings}END:VCALENDAR
"""
MEETING = """\
BEGIN:VEVENT
UID:{name}@example.org
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:{day:%Y%m%d}
DTEND;VALUE=DATE:{end:%Y%m%d}
SUMMARY:SG17 meeting on {name}
LOCATION:Geneva
END:VEVENT
"""


@dataclass(slots=True, kw_only=True)
class Bot:
    """`rapporteur run` with a folder of its own."""

    folder: Path
    config: Path
    _process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        command = [sys.executable, "-m", "bot", "run", "--config", str(self.config)]
        with (self.folder / "bot.log").open("ab") as log:
            null = asyncio.subprocess.DEVNULL
            self._process = await asyncio.create_subprocess_exec(*command, stdin=null, stdout=log, stderr=log)

    async def kill(self) -> None:
        """End it as a power failure would."""
        await self._end(hard=True)

    async def stop(self) -> None:
        """End it as an operator does."""
        await self._end(hard=False)

    async def _end(self, *, hard: bool) -> None:
        if self._process is not None and self._process.returncode is None:
            (self._process.kill if hard else self._process.terminate)()
            await self._process.wait()
        self._process = None

    @property
    def log(self) -> str:
        return (self.folder / "bot.log").read_text("utf-8", "replace")


def bot(folder: Path, homeserver: str, login: Login, *, feed: str, burst: int = 5, password: bool = False) -> Bot:
    """Write a configuration; the login is the user's device, or their password."""
    folder.mkdir(parents=True, exist_ok=True)
    token = f'access_token = "{login.access_token}"\ndevice_id = "{login.device_id}"'
    config = folder / "rapporteur.toml"
    config.write_text(
        CONFIG.format(
            folder=folder,
            homeserver=homeserver,
            user=login.user_id,
            login=f'password = "{login.password}"' if password else token,
            feed=feed,
            calendar=feed.replace("feed.xml", "dates.ics"),
            burst=burst,
        )
    )
    return Bot(folder=folder, config=config)


@dataclass(slots=True)
class Feed:
    """A feed that grows when a test says so, and a calendar.

    Attributes:
        meetings: in how many days each is.

    """

    url: str = ""
    items: list[str] = field(default_factory=lambda: [item("old", "Old news")])
    meetings: dict[str, int] = field(default_factory=lambda: {"identity": 30})
    asked: int = 0
    read: asyncio.Event = field(default_factory=asyncio.Event)

    async def grow(self, *items: str) -> None:
        """Show more items, once what was there before has surely been read."""
        asked = self.asked
        while self.asked < asked + 2:
            self.read.clear()
            await self.read.wait()
        self.items += items

    async def dates(self, _request: web.Request) -> web.Response:
        today = SystemClock().now().date()
        meetings = "".join(
            MEETING.format(name=name, day=today + timedelta(days=days), end=today + timedelta(days=days + 3))
            for name, days in self.meetings.items()
        )
        body = CALENDAR.format(meetings=meetings).replace("\n", "\r\n")
        return web.Response(text=body, content_type="text/calendar")

    async def answer(self, _request: web.Request) -> web.Response:
        self.asked += 1
        self.read.set()
        body = f"<rss version='2.0'><channel><title>News</title>{''.join(reversed(self.items))}</channel></rss>"
        return web.Response(body=body.encode(), content_type="application/rss+xml")


def item(guid: str, title: str, text: str = "") -> str:
    """Write an entry of a feed; what is given stands in it as it is."""
    link = f"<link>https://example.org/{guid}</link>"
    return f"<item><guid>{guid}</guid>{link}<title>{title}</title><description>{text}</description></item>"


@asynccontextmanager
async def feeding() -> AsyncIterator[Feed]:
    """Serve a feed on loopback."""
    feed = Feed()
    app = web.Application()
    app.router.add_get("/feed.xml", feed.answer)
    app.router.add_get("/dates.ics", feed.dates)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    feed.url = f"http://127.0.0.1:{runner.addresses[0][1]}/feed.xml"
    try:
        yield feed
    finally:
        await runner.cleanup()
