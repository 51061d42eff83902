"""Values that are compared, not searched: kinds, numbers, languages, days."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches

from bot.domain.entries import Kind
from bot.domain.errors import QueryError
from bot.domain.query import Is

_LANG = re.compile("[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[^\W_][^*\"]*\*?")


def read_values(field: str, values: list[tuple[str, int]], query: str) -> Is:
    """Check the values of a field (BCP 47 tags, ISO 8601 days); QueryError names the one that cannot be."""
    if field in {"since", "until"} and len(values) > 1:
        raise QueryError(
            f"{field}: takes one day.", query=query, position=values[1][1], remedy=f"For example: {field}:2026-01-31"
        )
    checked = []
    for value, at in values:
        good, remedy = _CHECKS[field](value)
        if good is None:
            raise QueryError(f"“{value}” is no value for {field}:.", query=query, position=at, remedy=remedy)
        checked.append(good)
    return Is(field, tuple(dict.fromkeys(checked)))


def _kind(value: str) -> tuple[str | None, str]:
    kinds = [kind.value for kind in Kind]
    given = value.lower().replace(" ", "-")
    given = given if given in kinds else given.removesuffix("s")
    close = get_close_matches(given, kinds, n=1)
    hint = f"Did you mean kind:{close[0]}?" if close else f"Kinds are {', '.join(kinds)}."
    return (given if given in kinds else None), hint


def _number(value: str) -> tuple[str | None, str]:
    return (value if _NUMBER.fullmatch(value) else None), "For example: number:F.743.1, or number:F.743.* for all parts"


def _lang(value: str) -> tuple[str | None, str]:
    given = value.lower()
    return (given if _LANG.fullmatch(given) else None), "Languages are tags of two or three letters: lang:fr"


def _day(value: str) -> tuple[str | None, str]:
    try:
        day = date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        day = None
    return (day.isoformat() if day else None), "Days are written year-month-day: since:2026-01-31"


_CHECKS: Mapping[str, Callable[[str], tuple[str | None, str]]] = {
    "kind": _kind,
    "number": _number,
    "lang": _lang,
    "since": _day,
    "until": _day,
}
