"""Where terms stand in a text: as they are written if they do, else inflected or by another name of theirs."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from bot.domain.analysis import holds_words, is_lone
from bot.domain.entries import Entry, Kind
from bot.domain.matching import Context, WatchIndex
from bot.domain.ports import Stem
from bot.domain.query import Concept, Phrase, Query, any_of
from bot.domain.sentences import Span
from bot.domain.vocabulary import Vocabulary
from bot.domain.watches import WatchId

MOST_PLACES = 64
"""Places of one term that are told."""
MOST_TERMS = 500
"""Terms whose other forms are remembered."""
SEARCHED = 200_000
"""Characters that are searched for other forms."""


class Standing:
    """Finds terms in texts; what a term may look like is worked out once. Not for several threads at a time."""

    def __init__(self, stem: Stem, vocabulary: Callable[[], Vocabulary]) -> None:
        self._stem = stem
        self._vocabulary = vocabulary
        self._index: WatchIndex | None = None
        self._known: dict[str, WatchId] = {}

    def places(self, terms: Sequence[str], text: str, lang: str = "") -> list[list[Span]]:
        """Return for each term where it stands in a text, nothing where it does not."""
        found = {term: list(islice(_verbatim(term, text), MOST_PLACES)) for term in terms}
        hidden = [term for term, places in found.items() if not places and holds_words(term)]
        if hidden:
            found |= self._otherwise(hidden, text, lang)
        return [found[term] for term in terms]

    def _otherwise(self, terms: Sequence[str], text: str, lang: str) -> dict[str, list[Span]]:
        """Find terms by their inflections, and by what else the vocabulary calls them."""
        index, wanted = self._standing(terms), {self._known[term]: term for term in terms}
        entry = Entry(key="", kind=Kind.NEWS, title="", text=text[:SEARCHED])
        return {
            wanted[match.watch]: [(hit.start, hit.end) for hit in match.hits]
            for match in index.match(entry, Context(lang=lang))
            if match.watch in wanted
        }

    def _standing(self, terms: Sequence[str]) -> WatchIndex:
        """Return the index that all of these terms stand in."""
        if self._index is None or len(self._known) + len(terms) > MOST_TERMS:
            self._index, self._known = WatchIndex(self._stem, self._vocabulary()), {}
        for term in terms:
            if term not in self._known:
                self._known[term] = WatchId(len(self._known))
                self._index.put(self._known[term], _meant(term, self._index.vocabulary))
        return self._index


def _verbatim(term: str, text: str) -> Iterator[Span]:
    """Yield where a term stands as whole words, in any case; scripts without spaces have no whole words."""
    words = term.split()
    if not words:
        return
    before, after = ("" if is_lone(edge) else r"\w" for edge in (words[0][0], words[-1][-1]))
    written = r"\s+".join(map(re.escape, words))
    pattern = (f"(?<!{before})" if before else "") + written + (f"(?!{after})" if after else "")
    yield from (place.span() for place in re.finditer(pattern, text, re.IGNORECASE))


def _meant(term: str, vocabulary: Vocabulary) -> Query:
    name = vocabulary.known(term)
    return any_of([Phrase(term), Concept(name)]) if name else Phrase(term)
