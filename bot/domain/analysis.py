"""A text as tokens: words of alphabets, single characters of scripts that are written without spaces."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, cached_property
from typing import NamedTuple

from bot.domain.folding import INVISIBLE, MARKS, fold, visible

UNSEGMENTED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9d"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # ideographs
)
"""Scripts without spaces between words, as the inside of a character class."""

LONGEST_TOKEN = 256
"""Characters of a token that are compared; nothing longer is a word."""

_VOICING = "\u3099\u309a\uff9e\uff9f\ufe00-\ufe0f\U000e0100-\U000e01ef"
VOWELS = "\u0900-\u0963\u0966-\u0df3\u0f71-\u0f84"
"""Signs of Indic and Tibetan scripts, no letters to Python: as the inside of a character class."""
_APOSTROPHE = "ʼ"
"""The apostrophe of Ukrainian, which is a letter to Python but no other apostrophe is: обʼєкт is read as об'єкт."""
_LETTER = f"[^\\W_{_APOSTROPHE}{UNSEGMENTED}]"
_FOLLOWER = f"(?:{_LETTER}|[{MARKS}{VOWELS}ـ])"
_CLITICS = re.compile("[وف]?(?:[بكل]?ال|لل|[بكل])?")
_ARABIC = re.compile("[\u0620-\u06ff]")
_HEBREW_CLITICS = re.compile("ו?ש?[בכלמ]?ה?")
_HEBREW = re.compile("[\u05d0-\u05ea]")

_JOINED = re.compile(f"[\\s・{INVISIBLE}]*")
_GLUE = re.compile(f"[\\s\\-\u2010-\u2015\u2212/_'’‘ʼ`´·\"«»“”„{INVISIBLE}]{{0,4}}")
_COMMAS = frozenset(",،、，")
_QUOTES = "\"'‘’«»“”„「」"


# Classes this wide take milliseconds to compile, and whoever matches nothing never needs them.
@cache
def _token_pattern() -> re.Pattern[str]:
    return re.compile(
        f"[{UNSEGMENTED}][{_VOICING}]*"
        # U.S. and A.I. are words; the full stop after a single letter ends no sentence
        r"|(?<![^\W_])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W_]))?"
        # Face++ and C# are not face and c
        rf"|{_LETTER}(?:[{INVISIBLE}]*{_FOLLOWER})*(?:\+\+|\#(?![^\W_]))?"
    )


@cache
def _one_character() -> re.Pattern[str]:
    return re.compile(f"[{UNSEGMENTED}]")


@cache
def _unplain() -> re.Pattern[str]:
    """Characters for which runs of letters and digits are not the tokens."""
    return re.compile(f"[{UNSEGMENTED}{INVISIBLE}{MARKS}{VOWELS}ـ{_APOSTROPHE}]")


_ASCII_WORD = re.compile("[0-9A-Za-z]+")
_PLAIN_WORD = re.compile(r"[^\W_]+")
_INITIAL = re.compile(r"\.[^\W\d_]\.")


def raws(text: str) -> list[str]:
    """Cut a text into tokens as `read` does, as they are written; most texts take a simpler pattern."""
    return cut(text)[0]


def cut(text: str) -> tuple[list[str], bool]:
    """Cut a text into tokens, and tell whether some may be characters of an unsegmented script."""
    if text.isascii():
        plain = "++" not in text and "#" not in text and not _INITIAL.search(text)
        return (_ASCII_WORD if plain else _token_pattern()).findall(text), False
    western = _western(text)
    if not western and _unplain().search(text):
        return _token_pattern().findall(text), True
    if "++" in text or "#" in text or _INITIAL.search(text):
        return _token_pattern().findall(text), False
    return (_western_word() if western else _PLAIN_WORD).findall(text), False


def _western(text: str) -> bool:
    """Tell whether a text has letters of Western Europe and typographic signs only: the quickest way to know."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return "\u00ad" not in text


@cache
def _western_word() -> re.Pattern[str]:
    letters = "".join(filter(_PLAIN_WORD.fullmatch, bytes(range(256)).decode("cp1252", "ignore")))
    return re.compile(f"[{letters}]+")


class Gap(IntEnum):
    """What stands between two tokens."""

    JOINED = 0
    GLUE = 1
    BREAK = 2


class Token(NamedTuple):
    """A distinct token, however often it occurs.

    Attributes:
        word: folded.
        written: as the source writes it, invisible characters aside.
        readings: `word`, and for Arabic and Hebrew also without the particles written together with it.
        lone: a single character of an unsegmented script.

    """

    word: str
    written: str
    readings: tuple[str, ...]
    lone: bool


def token(raw: str) -> Token:
    """Read one token of a text."""
    if len(raw) <= LONGEST_TOKEN and raw.isascii() and raw.isalnum():
        word = raw.lower()
        if word == raw:
            word = raw  # most are kept as both
        return Token(word, raw, (word,), lone=False)
    written = visible(raw[:LONGEST_TOKEN])
    lone = is_lone(raw)
    word = fold(raw[:LONGEST_TOKEN]).replace(".", "")
    return Token(word, written, _readings(word) if not lone else (word,), lone)


def is_lone(raw: str) -> bool:
    """Tell whether a token is a character of an unsegmented script."""
    return not raw.isascii() and _one_character().match(raw) is not None


def _readings(word: str) -> tuple[str, ...]:
    if word.isascii():
        return (word,)
    for script, clitics, left in ((_ARABIC, _CLITICS, 2), (_HEBREW, _HEBREW_CLITICS, 3)):
        if script.match(word):
            ends = range(1, min(5, len(word) - left + 1))
            return (word, *sorted(word[end:] for end in ends if clitics.fullmatch(word, 0, end)))
    return (word,)


@dataclass(frozen=True)
class Passage:
    """A text cut into tokens; `spans` are offsets into it."""

    text: str
    raws: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """What precedes each token; a break before the first."""
        between = (self.between(index) for index in range(1, len(self.spans)))
        return (Gap.BREAK, *map(gap, between)) if self.spans else ()

    def between(self, index: int) -> str:
        """Return what stands between the token and the one before it."""
        return self.text[self.spans[index - 1][1] : self.spans[index][0]]


def gap(text: str) -> Gap:
    """Tell whether words on both sides of `text` belong together.

    Commas, full stops, brackets, blank lines part them; spaces, hyphens, slashes and quotes do not.
    """
    if text in {"", " "}:
        return Gap.JOINED
    if text.count("\n") > 1:
        return Gap.BREAK
    if _JOINED.fullmatch(text):
        return Gap.JOINED
    return Gap.GLUE if _GLUE.fullmatch(text) else Gap.BREAK


def is_comma(text: str) -> bool:
    """Tell whether what stands between two tokens is one comma of any script, white space and quotes aside."""
    return "".join(text.split()).strip(_QUOTES) in _COMMAS


def read(text: str) -> Passage:
    """Cut a text into tokens."""
    found = tuple(raws(text))
    return Passage(text, found, spans(text, found))


def spans(text: str, found: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Return where the tokens of a text stand; between them stands no letter, so each is the next such run."""
    places = []
    end = 0
    for raw in found:
        start = text.index(raw, end)
        end = start + len(raw)
        places.append((start, end))
    return tuple(places)


def holds_words(text: str) -> bool:
    """Tell whether there is a token in a text."""
    return _token_pattern().search(text) is not None


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a short text, such as a term."""
    return (token(match[0]) for match in _token_pattern().finditer(text))
