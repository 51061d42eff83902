"""Reads single settings: what each kind of value may look like, and a value that works when it does not.

Every reader takes what TOML gave and returns the value, or raises ValueError with the half
sentence that follows the setting's name. Addresses never appear in messages: they may hold secrets.
"""

import re
from collections.abc import Callable, Iterable
from datetime import time, timedelta
from difflib import get_close_matches
from functools import partial
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from bot.domain.preferences import Echo
from bot.domain.quiet import QuietHours
from bot.domain.values import by_value

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
LONGEST = timedelta(days=366)
LAST_PORT = 65_535
ECHOED = tuple(map(str, Echo))

_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([smhd])")
_HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(?:\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_LANG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_PORT = re.compile(r"[0-9]{1,5}")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@by_value
class Kind:
    """A kind of value.

    Attributes:
        read: makes the value of what TOML holds.
        from_text: makes of an environment variable's text what TOML would hold.

    """

    read: Callable[[object], Any]
    from_text: Callable[[str], object] = str


@by_value(kw_only=False)
class Listen:
    """Where a server listens; port 0 lets the system choose."""

    host: str
    port: int


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean "…"?` for the known word most like `word`, or nothing."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""


def _words(value: object, example: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f'must be text in quotes, such as "{example}"')
    return value.strip()


def _line(example: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        text = _words(value, example)
        if not text.isprintable():
            raise ValueError(f'must be one line without control characters, such as "{example}"')
        return text

    return read


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")  # noqa: TRY004 - every reader fails the same way
    return value


def _truth_word(text: str) -> object:
    return {
        "true": True,
        "yes": True,
        "on": True,
        "1": True,
        "false": False,
        "no": False,
        "off": False,
        "0": False,
    }.get(text.strip().lower())


def _whole(value: object, *, most: int, example: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError(f"must be a whole number from 1 to {most} without quotes, such as {example}")
    return value


def _digits(text: str) -> object:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text.strip()) else text


def _duration(value: object) -> timedelta:
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError('must be a duration in quotes: a number and s, m, h or d, such as "90s", "5m" or "1h"')
    span = timedelta(**{UNITS[found[2]]: float(found[1])})
    if span > LONGEST:
        raise ValueError('is longer than a year; a value that works is "24h"')
    return span


def _interval(value: object) -> timedelta:
    span = _duration(value)
    if not span:
        raise ValueError('must be longer than nothing, such as "1h"')
    return span


def _web_address(value: object) -> str:
    text = _words(value, "https://example.org/feed.xml")
    try:
        parts = urlsplit(text)
        sound = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not text.isprintable() or " " in text:
        raise ValueError('must be an absolute http or https address, such as "https://example.org/feed.xml"')
    if "@" in urlsplit(text).netloc:
        raise ValueError("carries a user name or password, which would be stored and shown; use an address without")
    return text


def _public_address(value: object) -> str:
    return _web_address(value).rstrip("/")


def _store_address(value: object) -> str:
    text = _words(value, "sqlite:///rapporteur.db")
    if text.lower().startswith(("postgres:", "postgresql:", "postgresql+")):
        raise ValueError('cannot be PostgreSQL in this version; a value that works is "sqlite:///rapporteur.db"')
    if not text.startswith("sqlite:///") or text == "sqlite:///":
        raise ValueError('must name a file, such as "sqlite:///rapporteur.db" or "sqlite:////data/rapporteur.db"')
    return text


def _listen(value: object) -> Listen:
    remedy = 'must be an address and a port, such as "127.0.0.1:8080" or "[::1]:8080"'
    host, colon, port = _words(value, "127.0.0.1:8080").rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not colon or not bare or (":" in bare and bare == host) or not _PORT.fullmatch(port):
        raise ValueError(remedy)
    if int(port) > LAST_PORT:
        raise ValueError(f"{remedy}; ports end at {LAST_PORT}")
    return Listen(bare, int(port))


def _zone(value: object) -> str:
    name = _words(value, "Europe/Zurich")
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        hint = nearest(name, available_timezones()) or '; a value that works is "Europe/Zurich"'
        raise ValueError(f'names no time zone: "{name[:60]}"{hint}') from None
    return name


def _time(value: object) -> time:
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError('must be a time of day in quotes, such as "09:00"')
    return time(int(found[1]), int(found[2]))


def _quiet_hours(value: object) -> QuietHours:
    try:
        start, end = (_time(part) for part in str(value).split("-"))
    except ValueError:
        start = end = time()
    if start == end:
        raise ValueError('must be two different times of day, such as "22:00-07:00"')
    return QuietHours(start, end)


def _items(value: object, example: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise ValueError(f"must be a list of texts, such as {example}")
    return [item.strip() for item in value]


def _hosts(value: object) -> tuple[str, ...]:
    hosts = _items(value, '["127.0.0.1"]')
    for host in hosts:
        if not _HOST.fullmatch(host) and not _is_network(host):
            raise ValueError(f'holds "{host[:60]}", which is no host, address or network; such as ["10.0.0.0/8"]')
    return tuple(hosts)


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _echo(value: object) -> tuple[str, ...]:
    asked = _items(value, '["moved", "cancelled"]')
    for word in asked:
        if word not in ECHOED:
            hint = nearest(word, ECHOED) or f"; choose among {', '.join(ECHOED)}"
            raise ValueError(f'holds "{word[:60]}", which is never echoed{hint}')
    return tuple(asked)


def _comma_list(text: str) -> object:
    return [item for item in (part.strip() for part in text.split(",")) if item]


def _shaped(pattern: re.Pattern[str], rule: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError(rule)
        return value

    return read


def one_of(names: Iterable[str], noun: str) -> Kind:
    """Return the kind of text that is one of `names`."""
    known = sorted(names)

    def read(value: object) -> str:
        if value not in known:
            hint = nearest(str(value), known) or f"; choose among {', '.join(known)}"
            raise ValueError(f'names no {noun}: "{str(value)[:60]}"{hint}')
        return str(value)

    return Kind(read=read)


TRUTH = Kind(read=_truth, from_text=_truth_word)
COUNT = Kind(read=partial(_whole, most=1000, example=5), from_text=_digits)
TOKENS = Kind(read=partial(_whole, most=100_000_000, example=200_000), from_text=_digits)
DURATION = Kind(read=_duration)
INTERVAL = Kind(read=_interval)
WEB_ADDRESS = Kind(read=_web_address)
PUBLIC_ADDRESS = Kind(read=_public_address)
STORE_ADDRESS = Kind(read=_store_address)
LISTEN = Kind(read=_listen)
ZONE = Kind(read=_zone)
TIME = Kind(read=_time)
QUIET_HOURS = Kind(read=_quiet_hours)
HOSTS = Kind(read=_hosts, from_text=_comma_list)
ECHO = Kind(read=_echo, from_text=_comma_list)
NAME = Kind(read=_line("ITU-T"))
AGENT = Kind(read=_line("Rapporteur/0.1"))
CONTACT = Kind(read=_line("mailto:team@example.org"))
SOURCE_ID = Kind(read=_shaped(_ID, 'must be small letters, digits and hyphens, at most 64, such as "our-feed"'))
LANGUAGE = Kind(read=_shaped(_LANG, 'must be a language tag, such as "en" or "pt-BR"'))
