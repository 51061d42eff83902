"""The watch language as a tree; `bot.domain.query_parser.parse` reads it, `str` writes it.

Comma, new line, OR and | bind loosest, then AND (and mere juxtaposition), then NOT; NEAR binds tightest.
Every node is a value. `str` is canonical: it parses to an equal query.
"""

import re
from collections.abc import Iterator

from bot.domain.values import by_value

LONGEST = 2_000
"""Characters of a query."""
MOST_TERMS = 200
DEEPEST = 50
WITHIN = 8
"""Words within which bare words must stand."""
LONGEST_PHRASE = 100
"""Words or unsegmented characters of a phrase."""
MOST_LINKS = 10
"""NEAR within each other."""
FARTHEST = 50
"""Largest distance of NEAR."""

TEXT_FIELDS = ("title", "text", "source", "body", "group", "question", "company", "stage", "place")
"""Fields that are searched for words and phrases."""
VALUE_FIELDS = ("kind", "number", "lang", "since", "until")
"""Fields that are compared."""

_BARE_VALUE = re.compile(r"(?!(?:AND|OR|NOT|(?i:NEAR)(?:/.*)?)$|.*[\uff01-\uff5e])[^\W_][\w./*-]*")
"""What a field's value may be without quotes: no operator, and full width is kept in quotes only."""


@by_value(kw_only=False)
class Words:
    """Bare words: all of them, in any order, within 8 words of each other, each inflected."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join(self.words)


@by_value(kw_only=False)
class Phrase:
    """Those words in that order, each inflected."""

    text: str

    def __str__(self) -> str:
        return f'"{self.text}"'


@by_value(kw_only=False)
class Exact:
    """Those very characters as whole words: no inflection, no folding of case or accents."""

    text: str

    def __str__(self) -> str:
        return f'="{self.text}"'


@by_value(kw_only=False)
class Prefix:
    """Words that begin so."""

    text: str

    def __str__(self) -> str:
        return f"{self.text}*"


@by_value(kw_only=False)
class Inside:
    """Words that hold this anywhere: parts of compounds."""

    text: str

    def __str__(self) -> str:
        return f"*{self.text}*"


@by_value(kw_only=False)
class Concept:
    """A named set of the vocabulary."""

    name: str

    def __str__(self) -> str:
        return f"@{self.name}"


@by_value(kw_only=False)
class Near:
    """Both, at most `distance` words apart, in either order."""

    left: "Query"
    right: "Query"
    distance: int = WITHIN

    def __str__(self) -> str:
        right = f"({self.right})" if isinstance(self.right, Near) else _tight(self.right)
        left = str(self.left) if isinstance(self.left, Near) else _tight(self.left)
        return f"{left} NEAR/{self.distance} {right}"


@by_value(kw_only=False)
class Not:
    """Anything that does not match."""

    part: "Query"

    def __str__(self) -> str:
        return f"NOT {self.part if isinstance(self.part, Near) else _tight(self.part)}"


@by_value(kw_only=False)
class And:
    """All parts, anywhere in the entry."""

    parts: tuple["Query", ...]

    def __str__(self) -> str:
        first, *rest = self.parts
        joined = "".join(f" {part}" if isinstance(part, Not) else f" AND {_loose(part)}" for part in rest)
        return f"{_loose(first)}{joined}"


@by_value(kw_only=False)
class Or:
    """Any of the parts."""

    parts: tuple["Query", ...]

    def __str__(self) -> str:
        return ", ".join(map(str, self.parts))


@by_value(kw_only=False)
class Within:
    """A query that one field must satisfy; `field` is one of TEXT_FIELDS."""

    field: str
    part: "Query"

    def __str__(self) -> str:
        single = isinstance(self.part, Phrase | Exact | Prefix | Inside | Concept)
        single = single or (isinstance(self.part, Words) and len(self.part.words) == 1)
        return f"{self.field}:{self.part if single else f'({self.part})'}"


@by_value(kw_only=False)
class Is:
    """A field that must have one of these values; `field` is one of VALUE_FIELDS.

    Numbers may end in `*`; dates are written YYYY-MM-DD and have one value.
    """

    field: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        written = [value if _BARE_VALUE.fullmatch(value) else f'"{value}"' for value in self.values]
        return f"{self.field}:{written[0] if len(written) == 1 else '({})'.format(', '.join(written))}"


Leaf = Words | Phrase | Exact | Prefix | Inside | Concept
Query = Leaf | Near | Not | And | Or | Within | Is


def all_of(parts: list[Query]) -> Query:
    """Join by AND; what is joined by AND already is taken apart."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(parts: list[Query]) -> Query:
    """Join by OR; alternatives of alternatives are alternatives."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def none_of(part: Query) -> Query:
    """Negate; what is negated twice is said plainly."""
    return part.part if isinstance(part, Not) else Not(part)


def children(query: Query) -> tuple[Query, ...]:
    """Return the parts of a node, none for a leaf."""
    match query:
        case And(parts) | Or(parts):
            return parts
        case Not(part) | Within(_, part):
            return (part,)
        case Near(left, right):
            return (left, right)
        case _:
            return ()


def rebuilt(query: Query, parts: list[Query]) -> Query:
    """Return the node with other parts; a leaf as it is."""
    match query:
        case And():
            return all_of(parts)
        case Or():
            return any_of(parts)
        case Not():
            return none_of(parts[0])
        case Within(field):
            return Within(field, parts[0])
        case Near(_, _, distance):
            return Near(parts[0], parts[1], distance)
        case _:
            return query


def positive(query: Query) -> bool:
    """Tell whether every way to satisfy the query needs something to be there."""
    match query:
        case Not():
            return False
        case And(parts):
            return any(map(positive, parts))
        case _:
            return all(map(positive, children(query)))


def walk(query: Query) -> Iterator[Query]:
    """Yield the query and every node below it."""
    waiting = [query]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def concepts(query: Query) -> tuple[str, ...]:
    """Return the names of the concepts a query uses, in order."""
    return tuple(dict.fromkeys(node.name for node in walk(query) if isinstance(node, Concept)))


def _tight(part: Query) -> str:
    return f"({part})" if isinstance(part, And | Or | Not | Near) else str(part)


def _loose(part: Query) -> str:
    return f"({part})" if isinstance(part, Or) else str(part)
