"""Terms of watches and wordings of the vocabulary as tests on single tokens."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from typing import NamedTuple

from bot.domain.analysis import Gap, Passage, Token, gap, is_lone, raws, read, spans, token
from bot.domain.folding import fold
from bot.domain.inflection import ANY_LENGTH, PLAIN, Form, forms, inflected_as, languages, name_forms
from bot.domain.ports import Stem
from bot.domain.query import Exact, Inside, Phrase, Prefix, Query
from bot.domain.successions import code
from bot.domain.values import by_value

_FUNCTION_WORDS = (
    "of the in an a and on for to de du des d l la le les el los las del do da dos das di dei della delle al aux au "
    "par por pour para en em e y et von der dem den die das und fur zur im van het een og av i til och pa и в на по с о"
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""Folded words that may stand between those of a phrase, and that bare words need not bring."""

_LONGEST_FUNCTION = 8
LONGEST_ACRONYM = 5
WORDS = 1_024
"""Words whose forms are remembered: those of a query are asked for twice."""
PAIR = 4
"""Two characters in a row are about as rare as a word of so many letters."""
_HYPHENS = re.compile("[-\u2010-\u2015]")
_LETTERS_DIGITS = re.compile(r"([^\W\d_]+)(\d+)")
_JOINT = re.compile(r"([^\W\d_])[\s.-]*(\d)")
_LENGTHENED = 4
"""Characters of a Japanese word from which on its last vowel may be written short: サーバー, サーバ (JIS Z 8301)."""


class Test(NamedTuple):
    """What a token must be: one of the forms, or written just so, or an acronym in its own case."""

    forms: tuple[Form, ...] = ()
    written: str = ""
    acronym: str = ""

    def accepts(self, word: Token) -> bool:
        """Tell whether a token passes."""
        if self.written:
            return word.written == self.written
        if self.acronym:
            return acronym_of(word) in {self.acronym, f"{self.acronym}s"}
        return any(form.accepts(reading) for form in self.forms for reading in word.readings)


def acronym_of(word: Token) -> str:
    """Return the token as written, full width and full stops aside."""
    return word.written if word.written.isascii() and word.written.isalnum() else _plain(word.written)


def _plain(written: str) -> str:
    return unicodedata.normalize("NFKC", written).replace(".", "")


@by_value(kw_only=False)
class Part:
    """One token of a term.

    Attributes:
        lone: a character of an unsegmented script: nothing but white space may precede it.
        loose: anything may precede it, because something did in the term ("F.743").
        skips: two function words may precede it.
        between: for exact forms, what must precede it, white space made equal.

    """

    test: Test
    lone: bool = False
    loose: bool = False
    skips: bool = False
    between: str | None = None


Sequence = tuple[Part, ...]


@dataclass(slots=True, eq=False)
class Reading:
    """How a term is read: its tokens, which of them must be there, and what each must be.

    Attributes:
        kept: positions of the tokens that must be there.
        last: what the last token must be, where that is another matter.

    """

    text: str
    raws: list[str]
    kept: tuple[int, ...]
    test: Callable[[str], Test]
    last: Callable[[str], Test] | None = None
    loose: bool = False
    skips: bool = False

    def sequence(self) -> Sequence:
        """Return the tokens that must follow each other."""
        passage = Passage(self.text, tuple(self.raws), spans(self.text, self.raws))
        parts: list[Part] = []
        before = -1
        punctuated = not self.text.replace(" ", "").isalnum()
        for at in self.kept:
            first = before < 0
            between = "" if first else self.text[passage.spans[before][1] : passage.spans[at][0]]
            parted = punctuated and not first and _parted(passage, before, at)
            lone = is_lone(self.raws[at])
            after_lone = not first and is_lone(self.raws[before])
            parts.append(
                Part(
                    self._test(at),
                    lone=lone and after_lone,
                    loose=parted or self.loose,
                    skips=self.skips and bool(between) and not parted and not lone and not after_lone,
                )
            )
            before = at
        return tuple(parts)

    def key(self) -> Test | str:
        """Return what any such sequence holds and few texts do: its longest word, or two characters in its middle."""
        longest = max(self.kept, key=lambda at: len(self.raws[at]))
        if len(self.raws[longest]) <= PAIR and not self.text.isascii():
            kept = [self.raws[at] for at in self.kept]
            pairs = [fold(one) + fold(other) for one, other in pairwise(kept) if is_lone(one) and is_lone(other)]
            if pairs:
                return pairs[(len(pairs) - 1) // 2]
        return self._test(longest)

    def _test(self, at: int) -> Test:
        return self.last(self.raws[at]) if self.last and at == len(self.raws) - 1 else self.test(self.raws[at])


def _parted(passage: Passage, before: int, at: int) -> bool:
    return any(gap(passage.between(n)) is Gap.BREAK for n in range(before + 1, at + 1))


def _whole(text: str, test: Callable[[str], Test], last: Callable[[str], Test] | None = None, **how: bool) -> Reading:
    found = raws(text)
    return Reading(text, found, tuple(range(len(found))), test, last, **how)


@lru_cache(maxsize=WORDS)
def inflected(raw: str, langs: tuple[str, ...], stem: Stem, *, acronyms: bool) -> Test:
    """Return the test for a word of these languages, in all its forms; with `acronyms`, capitals mean themselves."""
    word = token(raw)
    if word.lone:
        return Test((Form(word.word),))
    plain = acronym_of(word)
    if acronyms and 1 < len(plain) <= LONGEST_ACRONYM and plain.isalpha() and plain.isupper():
        return Test(acronym=plain)
    return Test(forms(word.written, langs, stem) if "." not in word.written else (Form(word.word),))


def _inflecting(langs: tuple[str, ...], stem: Stem, *, acronyms: bool) -> Callable[[str], Test]:
    return partial(inflected, langs=langs, stem=stem, acronyms=acronyms)  # type: ignore[arg-type]  # functions hash


def phrase(text: str, stem: Stem, *, codes: bool = False) -> Sequence:
    """Read a phrase as its tokens."""
    return quoted(text, stem, codes=codes).sequence()


def quoted(text: str, stem: Stem, *, codes: bool = False) -> Reading:
    """Read a phrase; with `codes`, punctuation and case mean nothing ("Q.7/21", "sg17")."""
    acronyms = not codes and not _shouted(raws(text))
    test = _inflecting(langs=languages(text), stem=stem, acronyms=acronyms)
    return _shortened(_whole(text, test, loose=codes, skips=not codes))


def _shortened(reading: Reading) -> Reading:
    """Ask for no long vowel at the end."""
    if len(reading.raws) >= _LENGTHENED and reading.raws[-1] in {"ー", "ｰ"}:
        reading.kept = reading.kept[:-1]
    return reading


def wording(text: str, lang: str, stem: Stem) -> Reading:
    """Read a topic's wording as a phrase in its language; function words in it need not be there if two others are."""
    found = raws(text)
    content = tuple(at for at, raw in enumerate(found) if not is_function(raw))
    kept = content if len(content) > 1 else tuple(range(len(found)))
    test = _inflecting(langs=inflected_as(lang, text), stem=stem, acronyms=len(kept) == 1)
    return Reading(text, found, kept, test, skips=True)


def name(text: str, lang: str) -> tuple[Reading, ...]:
    """Read a company's name: as it is, but for case endings; what is written apart may be written together."""

    def last(raw: str) -> Test:
        return Test(name_forms(token(raw).word, lang))

    apart = _whole(text, _as_it_is, last)
    joined = "".join(token(raw).word for raw in apart.raws)
    return (apart, _whole(joined, last)) if len(apart.raws) > 1 and len(raws(joined)) == 1 else (apart,)


def acronym(text: str) -> Reading:
    """Read words that must be written in this case, plural aside."""
    return _whole(text, _acronym)


def side(text: str) -> Reading:
    """Read one alternative of a side of a nearby rule: as it is, or any word that begins so ("recogni*")."""
    return _whole(text.rstrip("*"), _as_it_is, _beginning if text.endswith("*") else None)


def _as_it_is(raw: str) -> Test:
    return Test((Form(token(raw).word),))


def _beginning(raw: str) -> Test:
    return Test((Form(token(raw).word, ANY_LENGTH),))


def _acronym(raw: str) -> Test:
    word = token(raw)
    return Test((Form(word.word),)) if word.lone else Test(acronym=acronym_of(word))


@lru_cache(maxsize=WORDS)
def is_function(raw: str) -> bool:
    """Tell whether a token is a function word."""
    return len(raw) <= _LONGEST_FUNCTION and fold(raw) in FUNCTION_WORDS


def codes(text: str, stem: Stem) -> tuple[Sequence, ...]:
    """Read a code as of a group or question: letters and digits may be written together or apart."""
    return tuple(reading.sequence() for reading in codes_read(text, stem))


def codes_read(text: str, stem: Stem) -> tuple[Reading, ...]:
    """Read the ways to write a code; "Question 7/21" is Q7/21 and 7/21, "ITU-T Study Group 17" SG17."""
    apart, together = _JOINT.sub(r"\1 \2", text), _JOINT.sub(r"\1\2", text)
    called = code(text if text[:1].isalpha() else f"Q{text}")
    plain = () if called is None else (called, called[1:] if "/" in called else called.replace("SG", "SG "))
    return tuple(quoted(form, stem, codes=True) for form in dict.fromkeys((text, apart, together, *plain)))


def read_leaf(leaf: Query, stem: Stem) -> Reading:
    """Read a leaf that is neither bare words nor a set."""
    match leaf:
        case Exact(text):
            return _whole(text, _written)
        case Prefix(text):
            return Reading(text, [text], (0,), _beginning)
        case Inside(text):
            return Reading(text, [text], (0,), lambda raw: Test((Form(token(raw).word, inside=True),)))
        case Phrase(text):
            return quoted(text, stem)
        case _:
            raise AssertionError(leaf)


def exact(text: str) -> Sequence:
    """Read an exact form."""
    passage = read(text)
    return tuple(
        Part(_written(raw), between=spaced(passage.between(index)) if index else None)
        for index, raw in enumerate(passage.raws)
    )


def _written(raw: str) -> Test:
    return Test(written=token(raw).written)


def spaced(text: str) -> str:
    """Make white space and apostrophes of a gap comparable."""
    return re.sub(r"\s+", " ", text).replace("’", "'")


def plain(word: str, stem: Stem) -> Test:
    """Read a word of unaccented letters that stands alone: as `words` does, at once."""
    return inflected(word, PLAIN, stem, acronyms=not _shouted((word,)))  # type: ignore[arg-type]  # functions hash


def words(written: tuple[str, ...], stem: Stem) -> tuple[tuple[Sequence, ...], ...]:
    """Read bare words: for each that must be there, its alternatives."""
    test = inflecting(written, stem)
    several = (alternatives(word, test, stem) for word in wanted(written))
    return tuple(dict.fromkeys(tuple(reading.sequence() for reading in readings) for readings in several))


def wanted(written: tuple[str, ...]) -> list[str]:
    """Return the words that must be there: function words only if fewer than two others are.

    Hyphened words are words of their own where all are long.
    """
    single = [part for word in written for part in _unhyphened(word)]
    content = [word for word in single if not is_function(word)]
    return content if len(content) > 1 else single


def inflecting(written: tuple[str, ...], stem: Stem) -> Callable[[str], Test]:
    """Return how bare words are inflected: their languages are guessed together."""
    single = [part for word in written for part in _unhyphened(word)]
    return _inflecting(languages(" ".join(single)), stem, acronyms=not _shouted(single))


def alternatives(word: str, test: Callable[[str], Test], stem: Stem) -> tuple[Reading, ...]:
    """Read one of several bare words: "SG17" is also "SG 17"."""
    if len(raws(word)) > 1:
        return (quoted(word, stem),)
    plain = _whole(word, test)
    code = _LETTERS_DIGITS.fullmatch(word)
    return (plain, quoted(f"{code[1]}.{code[2]}", stem, codes=True)) if code else (plain,)


def _unhyphened(word: str) -> list[str]:
    if word.isalpha():
        return [word]
    parts = _HYPHENS.split(word)
    return parts if all(len(part) > 2 and part.isalpha() for part in parts) else [word]  # noqa: PLR2004


def _shouted(found: Iterable[str]) -> bool:
    """Tell whether capitals mean nothing because a whole term is typed in them."""
    cased = [raw for raw in found if raw.upper() != raw.lower()]
    return all(map(str.isupper, cased)) and any(len(raw) > LONGEST_ACRONYM for raw in cased)
