"""What an answer means: status codes, patience asked for, freshness, block pages."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from bot.domain.errors import FetchError

LONGEST = timedelta(hours=24)
"""No server is left alone for longer because of one header."""

OK = frozenset({HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION})
REDIRECTS = frozenset(map(HTTPStatus, (301, 302, 303, 307, 308)))
PERMANENT_REDIRECTS = frozenset(map(HTTPStatus, (301, 308)))
COOLS = frozenset(map(HTTPStatus, (429, 503)))

_SOFT_MISSING = re.compile(r"/notfound\.aspx$", re.IGNORECASE)
_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_UNFRESH = re.compile(r"(?:^|,)\s*(?:no-cache|no-store)\s*(?:,|$)", re.IGNORECASE)
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
"""Possessive, so that a page of nothing but comments costs no more than its length."""

_BLOCK_WORDS = re.compile(
    rb"access denied|request rejected|requested url was rejected|just a moment|attention required|cf-chl-|"
    rb"checking your browser|captcha|incapsula|pardon our interruption|ddos-guard|are you a robot|"
    rb"unusual traffic|you have been blocked|security check|enable javascript and cookies|are you (?:a )?human",
    re.IGNORECASE,
)
_HEAD = 8192

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a picture, sound or film"),
    (b"ID3", "a sound recording"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)

_SENTENCES: Mapping[int, str] = {
    400: "calls the request faulty (400); check the address.",
    401: "asks for a login (401); only public addresses can be followed.",
    402: "asks for payment (402).",
    403: "refuses us (403 Forbidden); its operator may allow our User-Agent, or the page is not public.",
    404: "is not there (404 Not Found); check the address.",
    406: "has no version that we could read (406).",
    410: "is gone for good (410 Gone).",
    429: "says that we ask too often (429); it is left alone for a while.",
    451: "is withheld for legal reasons (451).",
    503: "is overloaded or keeps us out (503); it is left alone for a while.",
}
_PERMANENT = frozenset({400, 401, 402, 403, 406, 410, 451})


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Read Retry-After (RFC 9110 §10.2.3): seconds or a date; at most 24 h, None if there is nothing to read."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(timedelta(seconds=int(value[:9])), LONGEST)
    until = _date(value)
    return None if until is None else min(max(until - now, timedelta()), LONGEST)


def freshness(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Read for how long the answer stays fresh (RFC 9111 §4.2.1): max-age, else Expires; at most 24 h."""
    control = headers.get("cache-control", "")
    if _UNFRESH.search(control):
        return None
    found = _MAX_AGE.search(control)
    if found:
        age = headers.get("age", "").strip()
        spent = int(age) if age.isascii() and age.isdigit() and len(age) < 10 else 0  # noqa: PLR2004
        left = timedelta(seconds=int(found[1]) - spent)
    else:
        expires = _date(headers.get("expires", ""))
        if expires is None:
            return None
        left = expires - (_date(headers.get("date", "")) or now)
    return min(left, LONGEST) if left > timedelta() else None


def _date(value: str) -> datetime | None:
    if not value:
        return None
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    try:
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except OverflowError:
        return None


def refusal(status: int, headers: Mapping[str, str], where: str, now: datetime) -> FetchError:
    """Return what a status means that brings no answer (neither `OK` nor 304)."""
    sentence = _SENTENCES.get(status)
    if sentence is None:
        kind = "is in trouble" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "gives an answer we cannot use"
        sentence = f"{kind} ({status}); it is asked again later."
    return FetchError(
        f"{where} {sentence}",
        permanent=status in _PERMANENT,
        retry_after=retry_after(headers, now),
        blocked=status == HTTPStatus.FORBIDDEN,
        gone=status == HTTPStatus.GONE,
    )


def is_soft_missing(path: str) -> bool:
    """Tell ITU's silent refusal, a redirect to `…/notfound.aspx` that answers 200."""
    return _SOFT_MISSING.search(path) is not None


def file_kind(body: bytes) -> str | None:
    """Return what kind of file a body begins like, None if it may be text."""
    return next((what for magic, what in _MAGIC if body.startswith(magic)), None)


def is_html(body: bytes) -> bool:
    """Tell whether a body begins like a web page."""
    return _HTML.match(body[:_HEAD]) is not None


def is_block_page(body: bytes) -> bool:
    """Tell whether a body is a firewall's page: HTML that says "Access Denied" or asks for a captcha."""
    return is_html(body) and _BLOCK_WORDS.search(body[:_HEAD]) is not None
