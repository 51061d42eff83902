"""`check`, `health`, `version`: what an operator asks before and after."""

import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from bot.commandline.configured import settings
from bot.config import Settings
from bot.domain.sources import Source
from bot.masking import masked
from bot.release import release
from bot.wiring.matrix import check_matrix
from bot.wiring.slack import check_slack
from bot.wiring.sources import catalogue

LOCAL = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # what to ask when the bot listens everywhere
DAY = 86_400
BUSIEST = 3
"""Hosts of which the polling plan is told."""
Check = Callable[[Settings], tuple[Sequence[str], Sequence[str]]]
"""Asks a platform; returns what is well and what is missing."""


def check(arguments: Namespace) -> int:
    """Explain the configuration: where things are kept, what is polled, how often."""
    chosen = settings(arguments)
    sources = (*(catalogue() if chosen.catalogue.enabled else ()), *chosen.sources)
    print(f"Store: {masked(chosen.store.url)}")
    print(f"Health and metrics: http://{chosen.http.listen.host}:{chosen.http.listen.port}/healthz, /readyz, /metrics")
    on = {"console": chosen.console.enabled, "slack": chosen.slack.enabled, "matrix": chosen.matrix.enabled}
    chats = [name for name, enabled in on.items() if enabled]
    print(f"Chats: {', '.join(chats) or 'none'}")
    print(
        f"Days and hours are those of {chosen.alerts.zone}; more than {chosen.alerts.burst} posts a minute are folded."
    )
    print(f"Quiet hours: {chosen.alerts.quiet_hours or 'none'}; conversations may decide otherwise (settings).")
    print(f"Language model: {f'{chosen.llm.model}, {chosen.llm.mode}' if chosen.llm.enabled else 'none'}")
    print(f"Sources: {len(sources)}, {_requests(sources)} requests a day at most.")
    for line in _hosts(sources, chosen.fetch.per_host_interval.total_seconds()):
        print(line)
    for source in sorted(sources, key=lambda source: source.id):
        print(f"  {source.id:28} {source.format:13} {_every(source.interval):12} {masked(source.url)}")
    missing = _asked(check_slack, chosen) if chosen.slack.enabled else 0
    missing += _asked(check_matrix, chosen) if chosen.matrix.enabled else 0
    print("The configuration is fine." if not missing else "The configuration can be read; see what is missing above.")
    return min(missing, 1)


def _every(interval: timedelta) -> str:
    minutes = interval.total_seconds() / 60
    return f"every {minutes:g} min" if minutes % 60 else f"every {minutes / 60:g} h"


def _asked(check: Check, chosen: Settings) -> int:
    """Say what a platform says of logins, rights and limits; return how much is missing."""
    well, missing = check(chosen)
    for line in (*well, *missing):
        print(line)
    return len(missing)


def _hosts(sources: tuple[Source, ...], pause: float) -> list[str]:
    """Say how much is asked of the hosts that are asked most; ITU's firewall wants at most one request a second."""
    hosts: dict[str, list[Source]] = {}
    for source in sources:
        hosts.setdefault(urlsplit(source.url).hostname or "", []).append(source)
    busiest = sorted(hosts.items(), key=lambda pair: -_requests(tuple(pair[1])))[:BUSIEST]
    return [
        f"  {host}: {len(mine)} sources, {_requests(tuple(mine))} requests a day, one in {pause:g} s at most"
        for host, mine in busiest
        if host
    ]


def _requests(sources: tuple[Source, ...]) -> int:
    return round(sum(DAY / source.interval.total_seconds() for source in sources))


def health(arguments: Namespace) -> int:
    """Ask the running bot; 0 when it answers that it is well."""
    listen = settings(arguments).http.listen
    host = LOCAL.get(listen.host, listen.host)
    connection = HTTPConnection(host, listen.port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        why = getattr(error, "strerror", None) or error
        print(f"No bot answers at {host}:{listen.port} ({why}); start one with: rapporteur run", file=sys.stderr)
        return 1
    finally:
        connection.close()
    if status != 200:  # noqa: PLR2004  # RFC 9110 §15.3.1
        print(f"What answers at {host}:{listen.port} is no healthy bot (HTTP {status}).", file=sys.stderr)
        return 1
    print("The bot is well.")
    return 0


def version(_arguments: Namespace) -> int:
    """Print the version."""
    print(release())
    return 0
