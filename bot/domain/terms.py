"""Terms of watches as tests on single tokens, kept so that a token finds its tests without asking each."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

from bot.domain.analysis import Gap, Token, gap, read, token
from bot.domain.inflection import Form, forms, languages
from bot.domain.ports import Stem

_FUNCTION_WORDS = (
    "of the in an a and on for to de du des d l la le les el los las del do da dos das di dei della delle al aux au "
    "par por pour para en em e y et von der dem den die das und fur zur im van het een og av i til och pa и в на по с о"
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""Folded words that may stand between those of a phrase, and that bare words need not bring."""

LONGEST_ACRONYM = 5
_KEY = 4
_HYPHENS = re.compile("[-\u2010-\u2015]")
_LETTERS_DIGITS = re.compile(r"([^\W\d_]+)(\d+)")
_JOINT = re.compile(r"([^\W\d_])[\s.-]*(\d)")
REMEMBERED = 50_000
"""Distinct tokens whose tests are remembered."""


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


def phrase(text: str, stem: Stem, *, codes: bool = False) -> Sequence:
    """Read a phrase; with `codes`, punctuation and case mean nothing ("Q.7/21", "sg17")."""
    passage = read(text)
    langs = languages(text)
    acronyms = not codes and not _shouted(passage.raws)
    parts: list[Part] = []
    for index, raw in enumerate(passage.raws):
        between = passage.between(index) if index else ""
        word = token(raw)
        parted = gap(between) is Gap.BREAK
        skips = bool(between) and not parted and not word.lone and bool(parts) and not parts[-1].lone
        parts.append(
            Part(
                _test(word, langs, stem, acronyms=acronyms),
                lone=word.lone and bool(parts) and parts[-1].lone,
                loose=parted or codes,
                skips=skips and not codes,
            )
        )
    return tuple(parts)


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
    content = [word for word in single if token(word).word not in FUNCTION_WORDS]
    shouting = _shouted(tuple(single))
    langs = languages(" ".join(single))
    wanted = content if len(content) > 1 else single
    return tuple(dict.fromkeys(_alternatives(word, stem, langs, acronyms=not shouting) for word in wanted))


def _alternatives(word: str, stem: Stem, langs: tuple[str, ...], *, acronyms: bool) -> tuple[Sequence, ...]:
    raws = read(word).raws
    if len(raws) > 1:
        return (phrase(word, stem),)
    plain = (Part(_test(token(raws[0]), langs, stem, acronyms=acronyms)),)
    code = _LETTERS_DIGITS.fullmatch(word)
    return (plain, phrase(f"{code[1]}.{code[2]}", stem, codes=True)) if code else (plain,)


def _unhyphened(word: str) -> list[str]:
    parts = _HYPHENS.split(word)
    return parts if all(len(part) > 2 and part.isalpha() for part in parts) else [word]  # noqa: PLR2004


def _shouted(raws: tuple[str, ...]) -> bool:
    """Tell whether capitals mean nothing because a whole term is typed in them."""
    cased = [raw for raw in raws if raw.upper() != raw.lower()]
    return all(map(str.isupper, cased)) and any(len(raw) > LONGEST_ACRONYM for raw in cased)


def _test(word: Token, langs: tuple[str, ...], stem: Stem, *, acronyms: bool) -> Test:
    if word.lone:
        return Test((Form(word.word),))
    plain = acronym_of(word)
    if acronyms and 1 < len(plain) <= LONGEST_ACRONYM and plain.isalpha() and plain.isupper():
        return Test(acronym=plain)
    return Test(forms(word.written, langs, stem) if "." not in word.written else (Form(word.word),))


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is known of a distinct token: the tests it passes, by number."""

    tests: tuple[int, ...]
    function: bool


@dataclass(slots=True)
class Tests:
    """All tests of all watches; each distinct token is tried once and remembered."""

    numbers: dict[Test, int] = field(default_factory=dict)
    _users: Counter[int] = field(default_factory=Counter)
    _by_number: dict[int, Test] = field(default_factory=dict)
    _by_key: dict[str, dict[int, None]] = field(default_factory=dict)
    _inside: dict[int, None] = field(default_factory=dict)
    _seen: dict[str, Sighting] = field(default_factory=dict)
    _next: int = 0

    def add(self, test: Test) -> int:
        """Return the number of a test; every `add` needs its `drop`."""
        number = self.numbers.get(test)
        if number is None:
            number = self._next
            self._next += 1
            self.numbers[test] = number
            self._by_number[number] = test
            for bucket in self._buckets(test):
                bucket[number] = None
            self._seen.clear()
        self._users[number] += 1
        return number

    def drop(self, number: int) -> None:
        """Forget one use of a test, and the test with the last one."""
        self._users[number] -= 1
        if self._users[number]:
            return
        test = self._by_number.pop(number)
        del self._users[number], self.numbers[test]
        for bucket in self._buckets(test):
            bucket.pop(number, None)
        self._seen.clear()

    def _buckets(self, test: Test) -> list[dict[int, None]]:
        if test.written or test.acronym:
            keys = [test.written] if test.written else [test.acronym, f"{test.acronym}s"]
            return [self._by_key.setdefault(f"={key}", {}) for key in keys]
        buckets = [self._by_key.setdefault(form.stem[:_KEY], {}) for form in test.forms if not form.inside]
        return buckets + ([self._inside] if any(form.inside for form in test.forms) else [])

    def sight(self, raw: str) -> Sighting:
        """Return the tests that a token of a text passes."""
        known = self._seen.get(raw)
        if known is None:
            if len(self._seen) >= REMEMBERED:
                self._seen.clear()
            known = self._seen[raw] = self._try(token(raw))
        return known

    def _try(self, word: Token) -> Sighting:
        keys = {reading[:length] for reading in word.readings for length in range(1, _KEY + 1)}
        keys |= {f"={word.written}", f"={acronym_of(word)}"}
        candidates = set(self._inside).union(*(self._by_key.get(key, ()) for key in keys))
        passed = sorted(number for number in candidates if self._by_number[number].accepts(word))
        return Sighting(tuple(passed), word.word in FUNCTION_WORDS)
