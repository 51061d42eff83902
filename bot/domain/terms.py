"""Terms of watches and wordings of the vocabulary as tests on single tokens."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.analysis import Gap, Passage, Token, gap, is_lone, read, token
from bot.domain.folding import fold
from bot.domain.inflection import ANY_LENGTH, Form, forms, inflected_as, languages, name_forms
from bot.domain.ports import Stem

_FUNCTION_WORDS = (
    "of the in an a and on for to de du des d l la le les el los las del do da dos das di dei della delle al aux au "
    "par por pour para en em e y et von der dem den die das und fur zur im van het een og av i til och pa и в на по с о"
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""Folded words that may stand between those of a phrase, and that bare words need not bring."""

LONGEST_ACRONYM = 5
_HYPHENS = re.compile("[-\u2010-\u2015]")
_LETTERS_DIGITS = re.compile(r"([^\W\d_]+)(\d+)")
_JOINT = re.compile(r"([^\W\d_])[\s.-]*(\d)")


@dataclass(frozen=True, slots=True)
class Test:
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the words of a term are inflected."""

    langs: tuple[str, ...]
    stem: Stem
    acronyms: bool

    def test(self, raw: str) -> Test:
        """Read a token of the term."""
        word = token(raw)
        if word.lone:
            return Test((Form(word.word),))
        plain = acronym_of(word)
        if self.acronyms and 1 < len(plain) <= LONGEST_ACRONYM and plain.isalpha() and plain.isupper():
            return Test(acronym=plain)
        return Test(forms(word.written, self.langs, self.stem) if "." not in word.written else (Form(word.word),))


def phrase(text: str, stem: Stem, *, codes: bool = False) -> Sequence:
    """Read a phrase; with `codes`, punctuation and case mean nothing ("Q.7/21", "sg17")."""
    passage = read(text)
    read_as = _Reading(languages(text), stem, acronyms=not codes and not _shouted(passage.raws))
    tests = [(at, read_as.test(raw)) for at, raw in enumerate(passage.raws)]
    return _parts(passage, tests, loose=codes, skips=not codes)


def wording(text: str, lang: str, stem: Stem) -> Sequence:
    """Read a topic's wording as a phrase in its language; function words in it need not be there if two others are."""
    passage = read(text)
    content = [at for at, raw in enumerate(passage.raws) if not is_function(raw)]
    kept = content if len(content) > 1 else list(range(len(passage.raws)))
    read_as = _Reading(inflected_as(lang, text), stem, acronyms=len(kept) == 1)
    return _parts(passage, [(at, read_as.test(passage.raws[at])) for at in kept], skips=True)


def name(text: str, lang: str) -> tuple[Sequence, ...]:
    """Read a company's name: as it is, but for case endings; what is written apart may be written together."""
    passage = read(text)
    words = [token(raw).word for raw in passage.raws]
    tests = [(at, Test(name_forms(word, ""))) for at, word in enumerate(words)]
    tests[-1:] = [(len(tests) - 1, Test(name_forms(words[-1], lang)))]
    apart = _parts(passage, tests)
    if len(apart) == 1 or any(part.lone or part.loose for part in apart):
        return (apart,)
    return apart, (Part(Test(name_forms("".join(words), lang))),)


def acronym(text: str) -> Sequence:
    """Read words that must be written in this case, plural aside."""
    passage = read(text)
    return _parts(passage, [(at, _acronym(raw)) for at, raw in enumerate(passage.raws)])


def side(text: str) -> Sequence:
    """Read one alternative of a side of a nearby rule: as it is, or any word that begins so ("recogni*")."""
    passage = read(text.rstrip("*"))
    tests = [(at, Test((Form(token(raw).word),))) for at, raw in enumerate(passage.raws)]
    if text.endswith("*"):
        tests[-1:] = [(len(tests) - 1, Test((Form(token(passage.raws[-1]).word, ANY_LENGTH),)))]
    return _parts(passage, tests)


def _parts(
    passage: Passage, tests: Iterable[tuple[int, Test]], *, loose: bool = False, skips: bool = False
) -> Sequence:
    """Read those tokens of a term that have a test, by position."""
    parts: list[Part] = []
    before = -1
    for at, test in tests:
        first = before < 0
        between = "" if first else passage.text[passage.spans[before][1] : passage.spans[at][0]]
        parted = not first and any(gap(passage.between(n)) is Gap.BREAK for n in range(before + 1, at + 1))
        lone = is_lone(passage.raws[at])
        after_lone = not first and is_lone(passage.raws[before])
        parts.append(
            Part(
                test,
                lone=lone and after_lone,
                loose=parted or loose,
                skips=skips and bool(between) and not parted and not lone and not after_lone,
            )
        )
        before = at
    return tuple(parts)


def is_function(raw: str) -> bool:
    """Tell whether a token is a function word."""
    return fold(raw) in FUNCTION_WORDS


def codes(text: str, stem: Stem) -> tuple[Sequence, ...]:
    """Read a code as of a group or question: letters and digits may be written together or apart."""
    apart, together = _JOINT.sub(r"\1 \2", text), _JOINT.sub(r"\1\2", text)
    return tuple(phrase(form, stem, codes=True) for form in dict.fromkeys((text, apart, together)))


def exact(text: str) -> Sequence:
    """Read an exact form."""
    passage = read(text)
    return tuple(
        Part(Test(written=token(raw).written), between=spaced(passage.between(index)) if index else None)
        for index, raw in enumerate(passage.raws)
    )


def spaced(text: str) -> str:
    """Make white space and apostrophes of a gap comparable."""
    return re.sub(r"\s+", " ", text).replace("’", "'")


def words(written: tuple[str, ...], stem: Stem) -> tuple[tuple[Sequence, ...], ...]:
    """Read bare words: for each that must be there, its alternatives.

    Hyphened words are words of their own where all are long; function words need not be there
    if two others are; "SG17" is also "SG 17".
    """
    single = [part for word in written for part in _unhyphened(word)]
    content = [word for word in single if not is_function(word)]
    read_as = _Reading(languages(" ".join(single)), stem, acronyms=not _shouted(tuple(single)))
    wanted = content if len(content) > 1 else single
    return tuple(dict.fromkeys(_alternatives(word, read_as) for word in wanted))


def _alternatives(word: str, read_as: _Reading) -> tuple[Sequence, ...]:
    raws = read(word).raws
    if len(raws) > 1:
        return (phrase(word, read_as.stem),)
    plain = (Part(read_as.test(raws[0])),)
    code = _LETTERS_DIGITS.fullmatch(word)
    return (plain, phrase(f"{code[1]}.{code[2]}", read_as.stem, codes=True)) if code else (plain,)


def _unhyphened(word: str) -> list[str]:
    parts = _HYPHENS.split(word)
    return parts if all(len(part) > 2 and part.isalpha() for part in parts) else [word]  # noqa: PLR2004


def _shouted(raws: tuple[str, ...]) -> bool:
    """Tell whether capitals mean nothing because a whole term is typed in them."""
    cased = [raw for raw in raws if raw.upper() != raw.lower()]
    return all(map(str.isupper, cased)) and any(len(raw) > LONGEST_ACRONYM for raw in cased)


def _acronym(raw: str) -> Test:
    word = token(raw)
    return Test((Form(word.word),)) if word.lone else Test(acronym=acronym_of(word))
