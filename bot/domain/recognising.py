"""Which companies a text names, by the wordings of the vocabulary that mean one for sure.

What is found stands in an entry's fact `named`: named in the text, which makes no company its source or supporter.
Few texts name any, so a text is first asked for the beginnings of names, and only then read as watches read it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, cached_property, lru_cache
from threading import Lock
from unicodedata import normalize

from bot.domain import terms
from bot.domain.analysis import VOWELS
from bot.domain.entries import Entry, Fact, Kind
from bot.domain.folding import INVISIBLE, MARKS, fold
from bot.domain.matching import WatchIndex
from bot.domain.ports import Stem
from bot.domain.query import Concept
from bot.domain.stories import LEAD
from bot.domain.vocabulary import TermSet, Vocabulary, Wording, spoken
from bot.domain.watches import WatchId

MOST = 2_000
"""Characters of a text that are looked through; of news its lead, as names further down are context."""
BODIES = "INT"
"""Group of the sets that are bodies, no companies."""
HEAD = 4
"""Letters by which names are filed."""
LONGEST_ENDING = 3
LAST_ASCII = "\x7f"
ROLES = ("companies", "supporters", "source", "company")
"""Facts in which a source itself says what a company has to do with an entry."""
_LATIN = re.compile("[0-9A-Za-z]+")


class Companies:
    """The companies of a vocabulary; compiled when a text first seems to name one, 0.3 s. For several threads."""

    def __init__(self, vocabulary: Vocabulary, stem: Stem) -> None:
        self.sets = {
            name: replace(one, wordings=tuple(spoken(one.wordings)))
            for name, one in vocabulary.sets.items()
            if one.company and one.group != BODIES
        }
        self._stem = stem
        self._names = list(self.sets)
        self._one_at_a_time = Lock()

    def recognised(self, entry: Entry) -> Entry:
        """Return the entry with the fact `named`: the companies that its title or text names and no fact of it does."""
        text = entry.text[: LEAD if entry.kind is Kind.NEWS else MOST]
        named = self.named(f"{entry.title[:LEAD]}\n{text}")
        if named:
            said = self.named(", ".join(_joined(entry.facts.get(name, "")) for name in ROLES))
            named = tuple(one for one in named if one not in said)
        return replace(entry, facts={**entry.facts, "named": named}) if named else entry

    def named(self, text: str) -> tuple[str, ...]:
        """Return the labels of the companies that a text names, in the order of the vocabulary."""
        if not self.sets or not self._may_name(text):
            return ()
        with self._one_at_a_time:
            found = self._index.match(Entry(key="", kind=Kind.NEWS, title="", text=text))
        return tuple(self.sets[self._names[match.watch]].label for match in found)

    def _may_name(self, text: str) -> bool:
        """Tell whether all parts of some wording stand in a text, wherever: cheaper than to read it."""
        plain = text if text.isascii() else normalize("NFKC", text)
        if "." in plain:
            plain = f"{plain} {plain.replace('.', '')}"
        written = set(_LATIN.findall(plain))  # also what is written against characters: 的IBM的
        if not plain.isascii():
            written.update(_word().findall(plain))
        if not self._acronyms.isdisjoint(written):
            return True
        folded, begun = plain.lower(), {word.lower() for word in written}
        if not plain.isascii():
            folded = " ".join((folded, *map(_folded, written)))
            begun = {letter for letter in set(folded) if letter > LAST_ASCII}.union(_LATIN.findall(folded))
        words = begun
        begun = words | {word[:HEAD] for word in words}
        likely = (parts for filed in self._parts.keys() & begun for parts in self._parts[filed])
        likely = (parts for parts in likely if all(_filed(part) in begun and part in folded for part in parts))
        return any(all(_stands(part, words) for part in parts) for parts in likely)

    @cached_property
    def _index(self) -> WatchIndex:
        index = WatchIndex(self._stem, Vocabulary(self.sets))
        for number, name in enumerate(self._names):
            index.put(WatchId(number), Concept(name))
        return index

    @cached_property
    def _parts(self) -> Mapping[str, list[tuple[str, ...]]]:
        """What a text must hold that has a wording, by the beginning of its longest part, or its first character."""
        found: dict[str, list[tuple[str, ...]]] = {}
        for parts in dict.fromkeys(parts for one in self.sets.values() for parts in _needed(one)):
            found.setdefault(_filed(parts[0]), []).append(parts)
        return found

    @cached_property
    def _acronyms(self) -> frozenset[str]:
        wordings = (wording for one in self.sets.values() for wording in one.wordings if wording.exact)
        parts = (terms.acronym(wording.text).sequence() for wording in wordings)
        longest = {max((part.test.acronym for part in sequence), key=len) for sequence in parts} - {""}
        return frozenset(longest | {f"{acronym}s" for acronym in longest})


@cache
def _word() -> re.Pattern[str]:
    """Whatever may be a word; so wide a class takes a millisecond to compile."""
    return re.compile(f"[\\w{INVISIBLE}{MARKS}{VOWELS}]+")


@lru_cache(maxsize=8_192)
def _folded(word: str) -> str:
    return fold(word)


def _stands(part: str, words: set[str]) -> bool:
    """Tell whether a part of a name is a word, case endings aside: Intel is not in "intelligent"."""
    bare = part.rstrip("+#")
    longest = len(bare) + LONGEST_ENDING
    return not part.isascii() or any(word.startswith(bare) and len(word) <= longest for word in words)


def _filed(part: str) -> str:
    return part[:HEAD] if part.isascii() else next(letter for letter in part if letter > LAST_ASCII)


def _needed(one: TermSet) -> Iterator[tuple[str, ...]]:
    for wording in one.wordings:
        for sequence in _sequences(wording):
            parts = {part.test.forms[0].stem if part.test.forms else "" for part in sequence}  # a name has one form
            ordered = tuple(sorted(filter(None, parts), key=lambda part: (-len(part), part)))
            if ordered:
                yield ordered


def _sequences(wording: Wording) -> Iterator[terms.Sequence]:
    if wording.exact:
        yield terms.acronym(wording.text).sequence()
    else:
        yield from (reading.sequence() for reading in terms.name(wording.text, wording.lang))


def _joined(value: Fact) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
