"""JSON answers: read with a bound on their depth, values of the wrong type counting as absent."""

import json
from collections.abc import Mapping
from typing import Any

from bot.domain.errors import ParseError
from feeds.itu_dates import clean

LONGEST_INTEGER = 15
"""Digits; a longer number is no id, and Python refuses very long ones."""


def load(data: bytes, what: str) -> object:
    """Return the value that the body holds; raise ParseError, naming `what`, if it is not JSON."""
    try:
        return json.loads(data, parse_int=_integer, parse_constant=lambda _: None)
    except RecursionError as error:
        raise ParseError(f"{what} is JSON nested too deep to be read.") from error
    except ValueError as error:
        raise ParseError(
            f"{what} was expected as JSON and is cut short or of another kind ({str(error)[:80]})."
        ) from error


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= LONGEST_INTEGER else None


def mapping(value: object) -> Mapping[str, Any]:
    """Return an object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[Mapping[str, Any]]:
    """Return those of an array's elements that are objects."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """Return a string without invisible characters, or a whole number as one; anything else is empty."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
