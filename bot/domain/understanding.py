"""What a typed query means: bare words that the vocabulary knows are its sets, in every language.

The watch keeps what was typed; this is applied when it is compiled, so a vocabulary that grows
serves the watches that stand already. Quoted and exact forms mean themselves (design §4).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from bot.domain.analysis import holds_words, is_lone, raws
from bot.domain.errors import QueryError
from bot.domain.query import (
    Concept,
    Near,
    Phrase,
    Query,
    Within,
    Words,
    all_of,
    any_of,
    children,
    concepts,
    rebuilt,
    walk,
)
from bot.domain.query_parser import check
from bot.domain.successions import followed
from bot.domain.terms import FUNCTION_WORDS
from bot.domain.vocabulary import NO_VOCABULARY, TermSet, Vocabulary, key

_SPOKEN_FIELDS = frozenset({"title", "text", "company"})
"""Fields that hold words of a language; the others hold codes and names of places."""

MOST_WORDINGS = 4_000
"""Wordings of own sets that a query may be spelt out to: what some 20 sets hold."""
LONGEST_WORDING = 200
"""Characters: nothing longer is looked up."""
SHORT_MARK = 3
"""Letters before the number of a document or group, if they are no capitals."""


@dataclass(frozen=True)
class Lexicon:
    """What a team's queries may name: the shipped sets, and its own, which may add to a shipped one."""

    shipped: Vocabulary = NO_VOCABULARY
    own: Mapping[str, TermSet] = field(default_factory=dict)

    @cached_property
    def _own(self) -> Vocabulary:
        return Vocabulary(self.own)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all sets."""
        return frozenset(self.shipped.sets) | frozenset(self.own)

    def known(self, text: str) -> str | None:
        """Return the set that is called so; a team's own goes first."""
        return self.keyed(key(text)) if len(text) <= LONGEST_WORDING else None

    def keyed(self, wanted: str) -> str | None:
        """Return the set that is called so, for a key; characters of scripts that part no words may stand apart."""
        if " " in wanted and is_lone(wanted) and all(map(is_lone, raws(wanted))):
            wanted = wanted.replace(" ", "")
        return (self._own.keyed(wanted) if self.own else None) or self.shipped.keyed(wanted)

    @cached_property
    def longest(self) -> int:
        """The most words that a wording has."""
        return max(self._own.longest, self.shipped.longest)


def understood(query: Query, lexicon: Lexicon) -> Query:
    """Return the query with known bare words as sets, own sets spelt out, and groups with their successors.

    What is left names shipped sets only. Raise QueryError for a name that nobody defined, and for too many wordings.
    """
    check(query, lexicon.names)
    meant = _meant(query, lexicon)
    named = [node.name for node in walk(meant) if isinstance(node, Concept) and node.name in lexicon.own]
    if sum(len(lexicon.own[name].wordings) for name in named) > MOST_WORDINGS:
        raise QueryError(
            f"Spelt out, the query has more than {MOST_WORDINGS:,} wordings of your own sets.",
            query=str(query),
            position=0,
            remedy="Name fewer sets, or each once.",
        )
    return followed(_spelt_out(meant, lexicon))


def recognised(query: Query, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the sets that a query means, typed by name or by one of their wordings, in order."""
    return concepts(_meant(query, lexicon))


def _meant(query: Query, lexicon: Lexicon) -> Query:
    match query:
        case Words(words):
            return _units(words, lexicon)
        case Within(field_, _) if field_ not in _SPOKEN_FIELDS:
            return query
        case Near(left, right, distance):
            return Near(_one_unit(left, lexicon), _one_unit(right, lexicon), distance)
        case _:
            # What is said twice is looked for once: a set may hold hundreds of wordings.
            return rebuilt(query, [*dict.fromkeys(_meant(part, lexicon) for part in children(query))])


def _one_unit(query: Query, lexicon: Lexicon) -> Query:
    """Read a side of NEAR, which stands at one place: words are a set there only as a whole."""
    if isinstance(query, Words):
        name = lexicon.known(str(query))
        return Concept(name) if name else _themselves(query.words, lexicon)
    if isinstance(query, Near):
        return _meant(query, lexicon)
    return rebuilt(query, [_one_unit(part, lexicon) for part in children(query)])


def _units(words: tuple[str, ...], lexicon: Lexicon) -> Query:
    """Take the longest known terms out of bare words; those that are left stay together."""
    keys = tuple(key(word) if len(word) <= LONGEST_WORDING else "" for word in words)
    found, left = _taken(keys, 0, len(keys), lexicon, lexicon.longest)
    rest = tuple(words[at] for at in left)
    if found and all(word.lower() in FUNCTION_WORDS for word in rest):
        rest = ()
    named = [Concept(name) for name in dict.fromkeys(found)]
    return all_of([*named, _themselves(rest, lexicon)] if rest else [*named])


def _themselves(words: tuple[str, ...], lexicon: Lexicon) -> Query:
    """Read words that are no unit: as they are, as the set that they may mean, and "RFC 9110" as "RFC9110" too."""
    called = " ".join(words)
    name = lexicon.shipped.perhaps(called) if len(called) <= LONGEST_WORDING else None
    named = [Concept(name)] if name else []
    together = _together(words)
    return any_of([*named, Words(words), *([Words(together)] if together != words else [])])


@cache
def _marked() -> re.Pattern[str]:
    return re.compile(r"(?<![^\W_])([A-Za-z]{1,5}) (\d[\d.]*)(?![^\s/])")


def _together(words: tuple[str, ...]) -> tuple[str, ...]:
    """Join letters with the number after them, as documents and groups are called: "JTC 1/SC 37" is "JTC1/SC37"."""
    return tuple(_marked().sub(_joined, " ".join(words)).split())


def _joined(found: re.Match[str]) -> str:
    mark = found[1]
    called = mark.isupper() or (len(mark) <= SHORT_MARK and mark.lower() not in FUNCTION_WORDS)
    return f"{mark}{found[2]}" if called else found[0]


def _taken(keys: tuple[str, ...], first: int, last: int, lexicon: Lexicon, longest: int) -> tuple[list[str], list[int]]:
    """Return the sets that the words from `first` up to `last` name, the longest first, and the words left over."""
    for length in range(min(longest, last - first), 0, -1):
        for start in range(first, last - length + 1):
            end = start + length
            name = lexicon.keyed(" ".join(keys[start:end]))
            if name is not None:
                before, left = _taken(keys, first, start, lexicon, length)
                after, right = _taken(keys, end, last, lexicon, length)
                return [*before, name, *after], [*left, *right]
    return [], list(range(first, last))


def _spelt_out(query: Query, lexicon: Lexicon) -> Query:
    if isinstance(query, Concept) and query.name in lexicon.own:
        wordings = [Phrase(one.text) for one in lexicon.own[query.name].wordings if holds_words(one.text)]
        shipped: list[Query] = [query] if query.name in lexicon.shipped.sets else []
        return any_of([*shipped, *wordings])
    return rebuilt(query, [_spelt_out(part, lexicon) for part in children(query)])
