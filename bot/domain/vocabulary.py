"""Named sets of terms in many languages: what a concept or a company is called.

The shipped ones are data (`bot.vocabulary`); a team adds its own. A typed word that a set holds
means the whole set (`bot.domain.understanding`); the index matches sets (`bot.domain.matching`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from bot.domain.folding import fold
from bot.domain.values import by_value

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
"""What a set may be called, after the @."""

_APART = str.maketrans(dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014\u2015_·'’", " "))


class Confidence(StrEnum):
    """How surely a wording means its set; low ones are not looked for."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@by_value
class Wording:
    """What a set is called in one language.

    Attributes:
        lang: BCP 47 primary tag; empty if unknown, as in a team's own sets.
        exact: a whole word in its written case, never inflected: an acronym.
        ambiguous: means the set only if the entry names the set otherwise too, or any topic.
        seen: attested in public text.

    """

    text: str
    lang: str = ""
    confidence: Confidence = Confidence.HIGH
    exact: bool = False
    ambiguous: bool = False
    seen: bool = False


@by_value
class Nearby:
    """A word of one side within so many words of a word of the other, in either order; `*` ends a beginning.

    Both stand in one sentence; no comma parts them, unless they may stand six words or more apart: then one may.
    In Chinese, Japanese and Thai, which part no words, the distance counts characters.

    Attributes:
        beside: if there are any, one of these must stand between both, or within `reach` words of them.

    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    within: int
    lang: str = ""
    confidence: Confidence = Confidence.HIGH
    beside: tuple[str, ...] = ()
    reach: int = 0

    @property
    def sides(self) -> tuple[tuple[str, ...], ...]:
        """What an entry must have one of each of."""
        return (self.left, self.right, self.beside) if self.beside else (self.left, self.right)


@by_value
class TermSet:
    """A concept or company.

    Attributes:
        name: after the @, in lower case with hyphens.
        group: what topics or countries it belongs with.
        company: its wordings are names: written in any case, never inflected but for case endings.
        unless: phrases that cancel a hit inside them, and an acronym's hit anywhere in the same text.
        off: wordings of something else: near them, in entries of their language, medium rules do not hold.

    """

    name: str
    label: str
    group: str = ""
    company: bool = False
    wordings: tuple[Wording, ...] = ()
    nearby: tuple[Nearby, ...] = ()
    unless: tuple[str, ...] = ()
    off: tuple[Wording, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """All sets by name; of wordings that several sets hold, the surer wins, then the first.

    Attributes:
        version: differs between vocabularies that ship; empty for others.

    """

    sets: Mapping[str, TermSet]
    version: str = ""

    def known(self, text: str) -> str | None:
        """Return the name of the set that is called so in any language; hyphens, case and a plural s are alike."""
        return self.keyed(key(text))

    def perhaps(self, text: str) -> str | None:
        """Return the set that may be called so, as a street, a fruit or a king is too."""
        return self._ambiguous.get(key(text))

    def keyed(self, wanted: str) -> str | None:
        """Return the name of the set that is called so, for what was made a key already."""
        singular = wanted[:-1] if wanted.endswith("s") else f"{wanted}s"
        return self._by_wording.get(wanted) or self._by_wording.get(singular)

    @cached_property
    def _ambiguous(self) -> Mapping[str, str]:
        several = ((name, wording) for name, one in self.sets.items() for wording in one.wordings if wording.ambiguous)
        return {key(one.text): name for name, one in several if one.confidence is not Confidence.LOW}

    @cached_property
    def longest(self) -> int:
        """The most words that a wording has."""
        return max((wording.count(" ") + 1 for wording in self._by_wording), default=0)

    @cached_property
    def _by_wording(self) -> Mapping[str, str]:
        found: dict[str, tuple[Confidence, str]] = {}
        for name, one in self.sets.items():
            for wording in spoken(one.wordings):
                text = key(wording.text)
                held = found.get(text)
                if held is None or (held[0] is Confidence.MEDIUM and wording.confidence is Confidence.HIGH):
                    found[text] = wording.confidence, name
        return {wording: name for wording, (_, name) in found.items()}


NO_VOCABULARY = Vocabulary({})


def spoken(wordings: Iterable[Wording]) -> Iterator[Wording]:
    """Yield the wordings that stand for their set by themselves, in entries and in queries."""
    return (one for one in wordings if one.confidence is not Confidence.LOW and not one.ambiguous)


def key(text: str) -> str:
    """Return the form under which a wording is looked up: folded, words parted by single spaces."""
    return " ".join(fold(text).translate(_APART).split())
