"""Reading what stands after a command's name: options, pages, numbers, durations."""

import re
from collections.abc import Mapping
from datetime import timedelta

from bot.domain.errors import CommandError

# Quoted runs stay whole, so that an option inside quotes is a word of the query.
_PIECE = re.compile(r'"[^"]*"?|“[^”]*”?|\s+|[^\s"“]+')
# Phones and word processors turn a typed double hyphen into a dash.
_OPTION = re.compile(r"(--|[—–])([a-z][a-z-]*)", re.IGNORECASE)
_DURATION = re.compile(r"(\d{1,4})\s*(m|min|h|d|w|minutes?|hours?|days?|weeks?)", re.IGNORECASE)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_QUOTES = {'"': '"', "“": "”", "'": "'"}


def split_options(rest: str, *, takes: Mapping[str, bool], usage: str) -> tuple[str, dict[str, str]]:
    """Split `rest` into its words and its options; an option that takes text runs to the next one or the end.

    `takes` names the options, and whether each takes text. Raise CommandError for another one.
    """
    words: list[str] = []
    options: dict[str, list[str]] = {}
    into = words
    for piece in _PIECE.findall(rest):
        option = _OPTION.fullmatch(piece)
        name = "" if option is None else option[2].lower()
        if option is None or (option[1] != "--" and name not in takes):
            into.append(piece)
            continue
        if name not in takes:
            raise CommandError(f"“--{name}” is not an option of this command.", usage=usage)
        options[name] = []
        into = options[name] if takes[name] else words
    return "".join(words).strip(), {name: unquoted("".join(text)) for name, text in options.items()}


def unquoted(text: str) -> str:
    """Return `text` on one line, without spaces and one pair of quotes around it."""
    text = " ".join(text.split())
    if len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        return text[1:-1].strip()
    return text


def page_number(rest: str, *, usage: str) -> int:
    """Return the page that was asked for, 1 if none; CommandError for anything else."""
    if not rest:
        return 1
    if rest.isdecimal() and int(rest[:6]) > 0:
        return int(rest[:6])
    raise CommandError(f"“{clipped(rest, 40)}” is not a page number.", usage=usage)


def duration(text: str) -> timedelta | None:
    """Read "90m", "2h", "3 days" or "1w"; None if it is something else."""
    found = _DURATION.fullmatch(text.strip())
    return None if found is None else int(found[1]) * _UNITS[found[2][0].lower()]


def clipped(text: str, limit: int) -> str:
    """Return `text` on one line and no longer than `limit` characters."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
