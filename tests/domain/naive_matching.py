"""The rules of the watch language read without an index, on lists of tokens: what the index must agree with.

Shares with it how a word is inflected, folded and cut out of a text, and how a term is read; nothing else.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from bot.domain import terms
from bot.domain.analysis import Gap, Passage, Token, holds_words, is_lone, raws, read, token
from bot.domain.comparing import compare
from bot.domain.entries import Entry
from bot.domain.language import SAMPLE, spoken_in
from bot.domain.ports import Stem
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
from bot.domain.sheets import ANYWHERE, Context, texts
from bot.domain.vocabulary import Confidence, Nearby, TermSet, Vocabulary, Wording

Place = tuple[int, int]
"""First and last token."""


@dataclass(eq=False)
class Naive:
    """Asks queries of one entry, each by itself."""

    stem: Stem
    vocabulary: Vocabulary
    entry: Entry
    context: Context
    known: dict[tuple[str, ...], set[Place]] = field(default_factory=dict)

    def remembered(self, key: tuple[str, ...], work: Callable[[], set[Place]]) -> set[Place]:
        """Return what was found before under a key: the work is done once for an entry."""
        if key not in self.known:
            self.known[key] = work()
        return self.known[key]

    def matches(self, query: Query, fields: tuple[str, ...] = ANYWHERE) -> bool:
        """Tell whether the entry satisfies a query."""
        match query:
            case And(parts):
                return all(self.matches(part, fields) for part in parts)
            case Or(parts):
                return any(self.matches(part, fields) for part in parts)
            case Not(part):
                return not self.matches(part, fields)
            case Within(field, part):
                return self.matches(part, (field,))
            case Is():
                return compare(query, self.entry, self.context)
            case _:
                codes = set(fields) <= {"group", "question"}
                return any(self.places(query, text, codes=codes) for text in self.passages(fields))

    def passages(self, fields: tuple[str, ...]) -> list[str]:
        """Return the texts of these fields."""
        return [text for field, text in texts(self.entry, self.context) if field in fields and text]

    def places(self, query: Query, text: str, *, codes: bool = False) -> set[Place]:  # noqa: PLR0911  # a case each
        """Return where a term stands in a passage."""
        match query:
            case Concept(name):
                return self.concept(self.vocabulary.sets[name], text)
            case Words() | Phrase() if codes:
                return union(follow(text, parts) for parts in terms.codes(str(query).strip('"'), self.stem))
            case Words(words):
                several = [union(follow(text, parts) for parts in each) for each in terms.words(words, self.stem)]
                return several[0] if len(several) == 1 else together(several)
            case Phrase(phrase):
                return follow(text, terms.phrase(phrase, self.stem))
            case Exact(exact):
                return follow(text, terms.exact(exact))
            case Prefix(begin):
                return tokens(text, lambda words: any(word.startswith(token(begin).word) for word in words))
            case Inside(inside):
                return tokens(text, lambda words: any(token(inside).word in word for word in words))
            case Near(left, right, distance):
                lefts, rights = self.places(left, text, codes=codes), self.places(right, text, codes=codes)
                return {span(a, b) for a in lefts for b in rights if 0 < apart(a, b) <= distance}
            case Or(parts):
                return union(self.places(part, text, codes=codes) for part in parts)
            case _:
                raise AssertionError(query)

    def concept(self, termset: TermSet, text: str) -> set[Place]:
        """Return where a set stands: its ambiguous wordings too, if something else supports them."""
        sure = self.surely(termset, text)
        doubtful = self.wordings(termset, text, ambiguous=True)
        return sure | doubtful if sure or self.named(termset) or self.topics() else sure

    def named(self, termset: TermSet) -> bool:
        """Tell whether a set is named unambiguously on the card."""
        return any(self.surely(termset, text) for text in self.passages(ANYWHERE))

    def surely(self, termset: TermSet, text: str) -> set[Place]:
        """Return where a set is named unambiguously."""
        return self.remembered(("sure", termset.name, text), lambda: self.sure(termset, text))

    def topics(self) -> bool:
        """Tell whether any topic is."""
        return any(self.named(one) for one in self.vocabulary.sets.values() if not one.company)

    def sure(self, termset: TermSet, text: str) -> set[Place]:
        """Return where unambiguous wordings stand, and words near each other."""
        cancelled = self.remembered(("not", termset.name, text), lambda: self.cancelled(termset, text))
        found = self.wordings(termset, text, ambiguous=False)
        off = union(
            self.wording(termset, one, text) for one in termset.off if not one.lang or self.language() in {"", one.lang}
        )
        for rule in termset.nearby:
            if rule.confidence is not Confidence.LOW:
                near = self.nearby(rule, text, cancelled)
                if rule.confidence is Confidence.MEDIUM:
                    near = {place for place in near if all(apart(place, one) > 20 for one in off)}
                found |= near
        return found

    def wordings(self, termset: TermSet, text: str, *, ambiguous: bool) -> set[Place]:
        """Return where wordings stand that are ambiguous or not."""
        cancelled = self.remembered(("not", termset.name, text), lambda: self.cancelled(termset, text))
        found: set[Place] = set()
        for wording in termset.wordings:
            if wording.confidence is Confidence.LOW or wording.ambiguous != ambiguous or not holds_words(wording.text):
                continue
            if not (wording.exact and cancelled) and self.spoken(termset, wording):
                found |= {place for place in self.wording(termset, wording, text) if not inside(place, cancelled)}
        return found

    def wording(self, termset: TermSet, wording: Wording, text: str) -> set[Place]:
        """Return where one wording stands."""
        if wording.exact:
            return follow(text, terms.acronym(wording.text).sequence())
        if termset.company:
            return union(follow(text, one.sequence()) for one in terms.name(wording.text, wording.lang))
        return follow(text, terms.wording(wording.text, wording.lang, self.stem).sequence())

    def spoken(self, termset: TermSet, wording: Wording) -> bool:
        """Tell whether a wording is looked for in the entry's language."""
        content = [raw for raw in raws(wording.text) if not terms.is_function(raw)]
        short = len(content) == 1 and len(content[0]) < 11 and not is_lone(content[0])
        if wording.exact or termset.company or not short or wording.lang in {"", "en"}:
            return True
        return self.language() in {"", wording.lang}

    def language(self) -> str:
        """Return the entry's language; empty if nothing tells."""
        sample = " ".join(text[:SAMPLE] for text in self.passages(ANYWHERE)[:2])
        return spoken_in(sample, self.entry.lang or self.context.lang or "")

    def cancelled(self, termset: TermSet, text: str) -> set[Place]:
        """Return where phrases stand that cancel."""
        return union(follow(text, terms.phrase(one, self.stem)) for one in termset.unless if holds_words(one))

    def nearby(self, rule: Nearby, text: str, cancelled: set[Place]) -> set[Place]:
        """Return where the sides of a rule stand in one sentence."""
        lefts, rights, *others = (
            {
                place
                for one in side
                if holds_words(one)
                for place in follow(text, terms.side(one).sequence())
                if not inside(place, cancelled)
            }
            for side in rule.sides
        )
        spans = [span(a, b) for a in lefts for b in rights if 0 < apart(a, b) <= rule.within + 1]
        found = {place for place in spans if unparted(text, place, commas=1 if rule.within >= 6 else 0)}
        for beside in others:
            spans = [span(a, b) for a in found for b in beside if apart(a, b) <= rule.reach + 1]
            found = {place for place in spans if unparted(text, place, commas=1 if rule.reach >= 6 else 0)}
        return found


def unparted(text: str, place: Place, *, commas: int) -> bool:
    """Tell whether nothing parts these tokens but so many commas."""
    passage, _, gaps = _read(text)
    breaks = [passage.between(at) for at in range(place[0] + 1, place[1] + 1) if gaps[at] is Gap.BREAK]
    return len(breaks) <= commas and all(
        re.fullmatch(r"[\s\"'‘’«»“”„「」]*[,،、，][\s\"'‘’«»“”„「」]*", one) for one in breaks
    )


def union(several: Iterable[set[Place]]) -> set[Place]:
    """Return all places."""
    return set().union(*several)


def apart(one: Place, other: Place) -> int:
    """Return how many tokens lie from the end of one place to the start of the other; not positive if they overlap."""
    return max(other[0] - one[1], one[0] - other[1])


def span(one: Place, other: Place) -> Place:
    """Return the place that both make."""
    return min(one[0], other[0]), max(one[1], other[1])


def inside(place: Place, others: set[Place]) -> bool:
    """Tell whether a place lies inside another."""
    return any(first <= place[0] and place[1] <= last for first, last in others)


def together(several: list[set[Place]]) -> set[Place]:
    """Return places that have one of each, all within 8 words."""
    room = max(WITHIN, len(several))
    everywhere = [(place, number) for number, places in enumerate(several) for place in places]
    found = set()
    for first, opening in everywhere:
        for last, closing in everywhere:
            if opening == closing or last < first or last[0] - first[1] > room:
                continue
            between = [(place, number) for place, number in everywhere if first <= place <= last]
            members = {opening, closing} | {number for _, number in between}
            if len(members) == len(several):
                found.add((first[0], max(last[1], first[1])))
    return found


def tokens(text: str, passes: Callable[[tuple[str, ...]], bool]) -> set[Place]:
    """Return the tokens of which a reading passes."""
    return {(at, at) for at, word in enumerate(_read(text)[1]) if passes(word.readings)}


@lru_cache(maxsize=20)
def _read(text: str) -> tuple[Passage, list[Token], tuple[Gap, ...]]:
    passage = read(text)
    return passage, [token(raw) for raw in passage.raws], passage.gaps


def follow(text: str, parts: terms.Sequence) -> set[Place]:
    """Return where tokens follow each other as the parts say."""
    passage, words, gaps = _read(text)

    def ends(at: int, left: terms.Sequence) -> Iterator[int]:
        if not left:
            yield at
            return
        part = left[0]
        for after in range(at + 1, min(at + (4 if part.skips else 2), len(words))):
            gap, between = gaps[after], passage.between(after)
            joined = gap is Gap.JOINED or (gap is Gap.GLUE and not part.lone) or part.loose
            if part.between is not None:
                joined = terms.spaced(between) == part.between
            if not joined:
                return
            if part.test.accepts(words[after]):
                yield from ends(after, left[1:])
                return
            if not terms.is_function(passage.raws[after]):
                return

    starts = [at for at, word in enumerate(words) if parts and parts[0].test.accepts(word)]
    return {(at, end) for at in starts for end in ends(at, parts[1:])}
