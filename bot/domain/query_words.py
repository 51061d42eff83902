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
    walk,
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

_AFTER = frozenset({"title", "text", "source"})
"""Fields whose place is said after what stands there."""


_OR = frozenset(["or", "oder", "ou", "или", "або", "veya", "lub", "albo", "eller"])
_NOT = frozenset(["not", "nicht", "pas", "не", "değil"])


def mistaken(query: Query) -> str:
    """Say that a bare word is looked for although who typed it may have meant an operator; empty if there is none."""
    words = [word for node in walk(query) if isinstance(node, Words) and len(node.words) > 1 for word in node.words]
    for word in words:
        if word.lower() in _OR:
            return f"“{word}” is looked for as a word: a comma, or OR in capitals, parts alternatives."
        if word.lower() in _NOT:
            return f"“{word}” is looked for as a word: NOT in capitals leaves out what follows."
    return ""


def describe(query: Query) -> str:
    """Return a query in plain words: “camera”, and (“a”, or “b”) in the title, and not “toy”."""
    match query:
        case And(parts):
            said = ", and ".join(_enclosed(part) for part in parts)
        case Or(parts):
            said = ", or ".join(_enclosed(part) for part in parts)
        case Not(part):
            said = f"not {_enclosed(part)}"
        case Near(left, right, distance):
            said = f"{_enclosed(left)} within {_count(distance)} of {_enclosed(right)}"
        case Within(field, part) if field in _AFTER:
            said = f"{_enclosed(part)} {_PLACES[field]}"
        case Within(field, part):
            said = f"{_PLACES[field]} {_enclosed(part)}"
        case Is(field, values):
            said = f"{_PLACES[field]} {' or '.join(_name(field, value) for value in values)}"
        case _:
            said = _leaf(query)
    return said


def _leaf(query: Query) -> str:
    match query:
        case Words(words) if len(words) > 1:
            said = f"“{query}” (all within {_count(max(WITHIN, len(words)))}, in any order)"
        case Phrase(text):
            said = f"the phrase “{text}”"
        case Exact(text):
            said = f"exactly “{text}”"
        case Prefix(text):
            said = f"words beginning with “{text}”"
        case Inside(text):
            said = f"words that contain “{text}”"
        case Concept(name):
            said = f"the concept @{name}"
        case _:
            said = f"“{query}”"
    return said


def _name(field: str, value: str) -> str:
    if field == "kind":
        return value if value == "news" else f"{value.replace('-', ' ')}s"
    if field == "number" and value.endswith("*"):
        return f"{value[:-1]}…"
    return value


def _count(words: int) -> str:
    return "one word" if words == 1 else f"{words} words"


def _enclosed(part: Query) -> str:
    return f"({describe(part)})" if isinstance(part, And | Or | Near) else describe(part)
