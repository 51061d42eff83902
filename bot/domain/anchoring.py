"""What an entry must hold for a query to match: sought at once, before the query is compiled.

Of a conjunction the part that is likely the rarest is enough, of a phrase its longest word, of
alternatives all of them; a negation and a compared value ask for nothing.
"""

from collections.abc import Iterable

from bot.domain import terms
from bot.domain.analysis import is_lone, raws
from bot.domain.compiling import CODES
from bot.domain.ports import Stem
from bot.domain.query import (
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
    children,
)
from bot.domain.sheets import ANYWHERE
from bot.domain.terms import PAIR, Reading, Test

Anchors = dict[Test | str, bool]
"""Tests of a token, pairs of characters and names of sets, one of which must be there; true if it proves the match."""

SET_WEIGHT = 9
"""A set of the vocabulary is about as rare as a word of so many letters."""
_OPEN = 2
"""Letters that a word without its end counts less."""


def anchors(query: Query, stem: Stem, fields: tuple[str, ...] = ANYWHERE) -> Anchors | None:
    """Return what an entry must have one of to match; None if any may."""
    match query:
        case And(parts):
            rarest = sorted(parts, key=weight, reverse=True)
            found = (anchors(part, stem, fields) for part in rarest)
            return _unproven(next((each for each in found if each is not None), None))
        case Or(parts):
            return _joined(anchors(part, stem, fields) for part in parts)
        case Not() | Is():
            return None
        case Within(field, part):
            return _unproven(anchors(part, stem, (field,)))
        case _:
            return _leaf(query, stem, codes=CODES.issuperset(fields))


def weight(query: Query) -> int:  # noqa: PLR0911  # a case each
    """Return a guess at how rare the matches of a query are: the letters of its longest word."""
    match query:
        case Words(words):
            return max(map(len, words))
        case Phrase(text) | Exact(text):
            return _longest(raws(text))
        case Prefix(text) | Inside(text):
            return len(text) - _OPEN
        case Concept():
            return SET_WEIGHT
        case Not() | Is():
            return -1
        case Or(parts):
            return min(map(weight, parts), default=0)
        case _:
            return max(map(weight, children(query)))


def _longest(found: list[str]) -> int:
    paired = len(found) > 1 and any(map(is_lone, found))
    return max(PAIR if paired else 0, *map(len, found))


def _leaf(query: Query, stem: Stem, *, codes: bool) -> Anchors | None:
    match query:
        case Words() | Phrase() if codes:
            return _first(terms.codes_read(str(query).strip('"'), stem))
        case Words((word,)) if word.isascii() and word.isalpha():
            return {terms.plain(word, stem): True}
        case Words(words):
            wanted = terms.wanted(words)
            found = _first(terms.alternatives(max(wanted, key=len), terms.inflecting(words, stem), stem))
            return found if len(wanted) == 1 else _unproven(found)
        case Near(left, right):
            return _unproven(anchors(max(left, right, key=weight), stem, ("group",) if codes else ANYWHERE))
        case Concept(name):
            return {f"@{name}": True}
        case _:
            return _first((terms.read_leaf(query, stem),))


def _first(readings: Iterable[Reading]) -> Anchors:
    """Return the keys of alternatives; a reading of one token is proved by it."""
    return {reading.key(): len(reading.kept) == 1 for reading in readings}


def _joined(several: Iterable[Anchors | None]) -> Anchors | None:
    joined: Anchors = {}
    for found in several:
        if found is None:
            return None
        for key, proof in found.items():
            joined[key] = proof or joined.get(key, False)
    return joined


def _unproven(found: Anchors | None) -> Anchors | None:
    return None if found is None else dict.fromkeys(found, False)
