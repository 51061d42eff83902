"""From text to signs: folding that remembers where each character stood, and a scanner that knows the lexicon."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from adapters.language.times_words import (
    COUNTS,
    DAYS,
    DOUBTFUL_MONTHS,
    MONTHS,
    ORDINALS,
    PARTICLES,
    RELATIVES,
    SEASONS,
    TOGETHER,
    UNITS,
    WEEKDAYS,
    Meaning,
    Unit,
)

CJK = r"\u3005-\u3007\u3040-\u30ff\u3400-\u9fff"

_ALIKE = {"ى": "ي", "ة": "ه", "ـ": "", "ı": "i"} | dict.fromkeys("‐‑‒–—―−〜～", "-")

_LONGEST_PIECE = 4

_SIGNS = re.compile(
    rf"""
      (?P<aside>\([月火水木金土日一二三四五六]\))
    | (?P<reference>[a-z]+\d+/\d{{1,3}}(?!\d))
    | (?P<ymd>\d{{4}}(?P<s>[-/.])\d{{1,2}}(?P=s)\d{{1,2}}(?:t[\d:.]*(?:z|[+-]\d\d:?\d\d)?)?(?!\d))
    | (?P<ym>\d{{4}}[-/]\d{{1,2}}(?![\d/-]))
    | (?P<dmy>\d{{1,2}}(?P<p>[./-])\d{{1,2}}(?P=p)\d{{4}}(?!\d))
    | (?P<dmyy>\d{{1,2}}\.\d{{1,2}}\.\d\d(?![\d.]))
    | (?P<dm>\d{{1,2}}\.\d{{1,2}}\.(?!\d))
    | (?P<compact>(?:19|20|21)\d{{6}}(?![^\W_]))
    | (?P<code>[a-z][a-z0-9]*(?:[.-]\d[a-z0-9.]*)+)
    | (?P<han>[{CJK}]+)
    | (?P<word>(?:(?![{CJK}])[^\W_])+)
    | (?P<mark>[-~,.、/;，])
    | (?P<other>[^\s'"’`()\[\]«»“”„「」_]|:)
    """,
    re.VERBOSE,
)
_NUMERALS = re.compile(r"[〇零一二三四五六七八九十两兩]+(?=[年月日号號天周週个個季星礼禮か四])")
_NUMERAL = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_HAN_WEEKDAY = {c: i % 7 for i, c in enumerate("一二三四五六日月火水木金土")} | {"天": 6}
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|ere|eme|e|o|a|го|ого|е|ое|и|я|ии)")
_MARKS = {"-": "-", "~": "-", ",": ",", "，": ",", "、": ",", ";": ",", ".": ".", "/": "/"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A stretch of text with one meaning.

    Attributes:
        kind: a letter of `times_words.KINDS`; also `n` number, `y` year, `D` numeric date, `x` anything else,
            and the marks `-` `,` `.` `/`.
        value: what the kind says; for `D` year * 10000 + month * 100 + day, 0 where not said.
        start, end: offsets into the folded text.

    """

    kind: str
    value: int = 0
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """Text without case, accents and widths, and where its characters came from."""

    text: str
    origin: tuple[int, ...]


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    alike = _ALIKE.get(character)
    if alike is not None:
        return alike
    parts = unicodedata.normalize("NFKD", character).casefold()
    kept = (c for c in unicodedata.normalize("NFKD", parts) if unicodedata.category(c) not in {"Mn", "Cf"})
    folded = "".join(str(unicodedata.digit(c)) if c.isdecimal() else _ALIKE.get(c, c) for c in kept)
    return folded if len(folded) <= _LONGEST_PIECE else "\ufffd"  # a whole sentence in one sign, such as ﷺ


def fold(text: str) -> Folded:
    """Fold case, accents, widths, digits of any script, dashes, Arabic letter variants; drop invisible marks."""
    pieces = [_fold_character(character) for character in text]
    origin = tuple(i for i, piece in enumerate(pieces) for _ in piece)
    return Folded(text="".join(pieces), origin=origin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Forms by their first word, longest first; forms in unsegmented scripts apart.

    Attributes:
        words: first word to (all words, meaning).
        han: form to meaning.
        longest: the length of the longest such form.

    """

    words: Mapping[str, tuple[tuple[tuple[str, ...], Meaning], ...]]
    han: Mapping[str, Meaning]
    longest: int


def _entries() -> Iterator[tuple[str, Meaning]]:
    tables: tuple[tuple[str, Mapping[int, str]], ...] = (
        ("m", MONTHS),
        ("M", DOUBTFUL_MONTHS),
        ("w", WEEKDAYS),
        ("u", UNITS),
        ("c", COUNTS),
        ("k", ORDINALS),
        ("e", SEASONS),
        ("d", DAYS),
        ("r", RELATIVES),
    )
    for kind, forms in PARTICLES.items():
        yield from ((form, ((kind, 0),)) for form in forms.split(", "))
    for kind, table in tables:
        for value, forms in table.items():
            yield from ((form, ((kind, value),)) for form in forms.split(", "))
    for meaning, forms in TOGETHER.items():
        yield from ((form, meaning) for form in forms.split(", "))


@cache
def lexicon() -> Lexicon:
    """Build the lexicon, once; where two tables have the same form the later one stands."""
    words: dict[str, dict[tuple[str, ...], Meaning]] = {}
    han: dict[str, Meaning] = {}
    for form, meaning in _entries():
        folded = fold(form).text
        if re.fullmatch(f"[{CJK}]+", folded):
            han[folded] = meaning
        else:
            parts = tuple(match.group() for match in _SIGNS.finditer(folded))
            words.setdefault(parts[0], {})[parts] = meaning
    return Lexicon(
        words={first: tuple(sorted(m.items(), key=lambda e: -len(e[0]))) for first, m in words.items()},
        han=han,
        longest=max(map(len, han)),
    )


def scan(text: str) -> list[Sign]:
    """Turn folded text into signs; what means nothing here becomes `x`."""
    signs: list[Sign] = []
    matches = list(_pieces(text))
    i = 0
    while i < len(matches):
        group, piece, start = matches[i]
        if group == "han":
            signs += _scan_han(piece, start)
        elif group == "word":
            used, meaning = _longest(matches, i)
            end = matches[i + used - 1][2] + len(matches[i + used - 1][1])
            signs += _spread(meaning, start, end)
            i += used - 1
        elif group == "mark":
            signs.append(Sign(kind=_MARKS[piece], start=start, end=start + 1))
        elif group == "aside":
            signs.append(Sign(kind="w", value=_HAN_WEEKDAY[piece[1]], start=start, end=start + 3))
        else:
            kind, value = _numeric(group, piece)
            signs.append(Sign(kind=kind, value=value, start=start, end=start + len(piece)))
        i += 1
    return signs


def _pieces(text: str) -> Iterator[tuple[str, str, int]]:
    known = lexicon().words
    at = 0
    while match := _SIGNS.search(text, at):
        group, piece = match.lastgroup or "other", match.group()
        if group == "code":
            head = re.split(r"[.-]", piece, maxsplit=1)[0]
            if head in known or _word(head)[0][0] != "x":
                group, piece = "word", head
        yield group, piece, match.start()
        at = match.start() + len(piece)


def _spread(meaning: Meaning, start: int, end: int) -> list[Sign]:
    """Give a form of several meanings to several signs; the first covers the text."""
    head, *tail = meaning
    signs = [Sign(kind=head[0], value=head[1], start=start, end=end)]
    return signs + [Sign(kind=kind, value=value, start=end, end=end) for kind, value in tail]


def _longest(matches: list[tuple[str, str, int]], i: int) -> tuple[int, Meaning]:
    word = matches[i][1]
    for parts, meaning in lexicon().words.get(word, ()):
        if all(i + k < len(matches) and matches[i + k][1] == part for k, part in enumerate(parts)):
            return len(parts), meaning
    return 1, _word(word)


def _word(word: str) -> Meaning:
    """Read a word that the lexicon does not have: a number, a quarter, a prefixed Arabic “and”."""
    if word.isdecimal():
        return (_number(word),)
    if ordinal := _ORDINAL.fullmatch(word):
        return (("n", int(ordinal[1])),)
    if len(word) == 2 and word[0] in "qth" and word[1] in "1234":  # noqa: PLR2004
        return (("h" if word[0] == "h" else "q", int(word[1])),)
    if word[0] == "و" and len(word) > 1:
        rest = word[1:]
        known = [meaning for parts, meaning in lexicon().words.get(rest, ()) if len(parts) == 1]
        if known or rest.isdecimal():
            return (("a", 0), *(known[0] if known else (_number(rest),)))
    return (("x", 0),)


def _number(digits: str) -> tuple[str, int]:
    if len(digits) <= 3:  # noqa: PLR2004
        return "n", int(digits)
    if len(digits) == 4 and "1900" <= digits <= "2199":  # noqa: PLR2004
        return "y", int(digits)
    return "x", 0


def _scan_han(run: str, start: int) -> Iterator[Sign]:
    at, known = 0, lexicon()
    while at < len(run):
        if numerals := _NUMERALS.match(run, at):
            kind, value = _number(_han_number(numerals[0]))
            yield Sign(kind=kind, value=value, start=start + at, end=start + numerals.end())
            at = numerals.end()
            continue
        size = next((n for n in range(min(known.longest, len(run) - at), 0, -1) if run[at : at + n] in known.han), 0)
        meaning: Meaning = known.han[run[at : at + size]] if size else (("x", 0),)
        end = at + max(size, 1)
        yield from _spread(meaning, start + at, start + end)
        at = end
        if meaning[-1] == ("u", Unit.WEEK) and at < len(run) and run[at] in _HAN_WEEKDAY:
            yield Sign(kind="w", value=_HAN_WEEKDAY[run[at]], start=start + at, end=start + at + 1)
            at += 1


def _han_number(numerals: str) -> str:
    """Write 一 to 九十九, or digit by digit (二〇二七), in figures."""
    tens, ten, ones = numerals.partition("十")
    if ten and len(tens) <= 1 and len(ones) <= 1:
        return f"{_NUMERAL.get(tens, 1)}{_NUMERAL.get(ones, 0)}"
    return "".join(str(_NUMERAL.get(c, 0)) for c in numerals)


def _numeric(group: str, piece: str) -> tuple[str, int]:
    """Read a date in figures: the sign's kind and value."""
    numbers = [int(part) for part in re.findall(r"\d+", piece.partition("t")[0])]
    if group == "ymd":
        return "D", _packed(*numbers[:3])
    if group in {"dmy", "dmyy"}:
        day, month, year = numbers
        if month > 12 >= day and "/" in piece:  # noqa: PLR2004 -- 11/23/2026 can only be month first
            day, month = month, day
        return "D", _packed(year if year > 99 else 2000 + year, month, day)  # noqa: PLR2004
    if group == "dm":
        return "D", _packed(0, numbers[1], numbers[0])
    if group == "compact":
        year, month, day = int(piece[:4]), int(piece[4:6]), int(piece[6:])
        plausible = 1 <= month <= 12 and 1 <= day <= 31  # noqa: PLR2004
        return ("D", _packed(year, month, day)) if plausible else ("x", 0)
    if group == "ym":
        return ("T", _packed(numbers[0], numbers[1], 0)) if 1900 <= numbers[0] < 2200 else ("x", 0)  # noqa: PLR2004
    return "x", 0


def _packed(year: int, month: int, day: int) -> int:
    return year * 10_000 + month * 100 + day
