"""Text from feeds and queries, made so that no client takes it for anything but text."""

import re
from html import escape
from urllib.parse import urlsplit

from adapters.console.render import clean

# Clients make mentions and pills of these wherever they stand: @room, @user:server, #room:server, !room:server.
_ROOM = re.compile(r"@(?=room)", re.IGNORECASE)
_IDENTIFIER = re.compile(r"(?<![\w/])([@#!])(?=[^\s:]{1,255}:[^\s:])")
_PERMALINK = re.compile(r"(?<=matrix)(\.)(?=to\b)|(?<=matrix)(:)(?=(?:u|r|roomid|e)/)", re.IGNORECASE)
JOINER = "\u2060"
"""WORD JOINER: invisible, and breaks what a client would recognise."""
_SAFE_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20\x7f-\x9f\ud800-\udfff\"<>\\^`{|}]+", re.IGNORECASE)


def dead(text: str) -> str:
    """Return a line that mentions nobody and obeys no control character."""
    return _broken(clean(text))


def dead_columns(text: str) -> str:
    """Return lines whose columns matter, made dead one by one."""
    return "\n".join(_broken(clean(row.replace("\t", " "))) for row in text.split("\n"))


def _broken(line: str) -> str:
    line = _ROOM.sub(f"@{JOINER}", line)
    line = _IDENTIFIER.sub(rf"\1{JOINER}", line)
    return _PERMALINK.sub(lambda found: f"{JOINER}{found.group()}", line)


def markup(text: str) -> str:
    """Return a dead line as it stands in HTML."""
    return escape(text, quote=False)


def address(url: str) -> str | None:
    """Return an address if a client may follow it: web or mail, and none that makes a pill."""
    if not _SAFE_ADDRESS.fullmatch(url) or url != clean(url):
        return None
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    return None if host.lower().rstrip(".").removeprefix("www.") == "matrix.to" else url
