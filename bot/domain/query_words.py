"""A query in plain words, for "this is how I understood it"."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.query import (
    WITHIN,
    And,
    Concept,
    Exact,
    Inside,
    Is,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Within,
    Words,
)

_PLACES: Mapping[str, str] = MappingProxyType(
    {
        "title": "in the title",
        "text": "in the text",
        "source": "in the source's name",
        "body": "from the body",
        "group": "of the group",
        "question": "of the question",
        "company": "from the company",
        "stage": "at the stage",
        "place": "at the place",
        "kind": "only",
        "number": "numbered",
        "lang": "in the language",
        "since": "since",
        "until": "until",
    }
)


def describe(query: Query) -> str:
    """Return one plain sentence part: “facial recognition” within 8 words, and not “toy” in the title."""
    match query:
        case And(parts):
            return ", and ".join(_enclosed(part) for part in parts)
        case Or(parts):
            return ", or ".join(describe(part) for part in parts)
        case Not(part):
            return f"not {_enclosed(part)}"
        case Near(left, right, distance):
            return f"{_enclosed(left)} within {_count(distance)} of {_enclosed(right)}"
        case Within(field, part):
            return f"{_enclosed(part)} {_PLACES[field]}" if field in {"title", "text", "source"} else _stated(query)
        case Is(field, values):
            return f"{_PLACES[field]} {' or '.join(_name(field, value) for value in values)}"
        case _:
            return _leaf(query)


def _leaf(query: Query) -> str:
    match query:
        case Words(words) if len(words) > 1:
            return f"“{query}” (all within {_count(max(WITHIN, len(words)))}, in any order)"
        case Phrase(text):
            return f"the phrase “{text}”"
        case Exact(text):
            return f"exactly “{text}”"
        case Prefix(text):
            return f"words beginning with “{text}”"
        case Inside(text):
            return f"words that contain “{text}”"
        case Concept(name):
            return f"the concept @{name}"
        case _:
            return f"“{query}”"


def _stated(query: Within) -> str:
    return f"{_PLACES[query.field]} {_enclosed(query.part)}"


def _name(field: str, value: str) -> str:
    if field == "kind":
        return value if value == "news" else f"{value.replace('-', ' ')}s"
    if field == "number" and value.endswith("*"):
        return f"{value[:-1]}…"
    return value


def _count(words: int) -> str:
    return "one word" if words == 1 else f"{words} words"


def _enclosed(part: Query) -> str:
    return f"({describe(part)})" if isinstance(part, And | Or) else describe(part)
