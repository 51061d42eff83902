"""Outlets in words: how one is called, and who tells a story."""

from collections.abc import Mapping

from bot.domain.document import Line, Link, Span, Text

MOST_OUTLETS = 12
"""Outlets of a story that are named."""


def outlet(name: str, lang: str | None) -> str:
    """Return how an outlet is called: with its language, unless it is English."""
    return f"{name} ({lang})" if lang and not lang.startswith("en") else name


def outlets(found: Mapping[str, str | None]) -> Line:
    """Name the outlets that tell a story, each leading to its version: Guardian, heise (de), Solidot (zh)."""
    line: list[Span] = []
    for name, link in list(found.items())[:MOST_OUTLETS]:
        line += [Text(", ")] if line else []
        line.append(Link(name, link) if link else Text(name))
    left = len(found) - MOST_OUTLETS
    return (*line, Text(f" and {left} more")) if left > 0 else tuple(line)
