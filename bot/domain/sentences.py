"""Where the sentences of a text begin and end, in any language.

Offsets into the text, so that what is quoted is what the source wrote. A full stop ends a sentence unless it
belongs to an abbreviation, an initial, an ordinal, or is followed by a small letter; a new line ends one unless
the text is wrapped.
"""

import re
from collections.abc import Iterator

from bot.domain.analysis import UNSEGMENTED

Span = tuple[int, int]
"""Offsets of a passage."""

LONGEST = 1_000
"""Characters: what is longer without a mark is no sentence, and is parted at commas or spaces."""
WRAPPED = 0.2
"""Share of new lines before a small letter from which on they only fold long lines."""
_FEW_LINES = 3
_BEFORE = 16
"""Characters before a full stop that are looked at for an abbreviation."""

_ABBREVIATED = (
    "mr mrs ms dr prof sr sra srs jr st no nos vol fig figs art arts approx dept inc ltd corp co cf vs etc e.g i.e "
    "a.m p.m u.s u.k u.n e.u d.c gen gov sen rep col lt sgt rev hon jan feb mar apr jun jul aug sep sept oct nov "
    "dec est al eq sec ch para paras rec recs "
    "m mm mme mlle dra ee.uu pág núm p pp ed eds bzw z.b d.h u.a ca nr hr fr bd abs ggf inkl evtl usw vgl "
    "т.е т.д т.п т.к им г гг ул руб млн млрд тыс стр см рис вб yy doç örn bkz enz bijv dvs osv nn tel"
)
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
_MONTHS = re.compile(
    r"(?:Jan|Feb|Mär|Mrz|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)(?:\w{0,7})\b", re.IGNORECASE
)  # German ordinals: "am 3. März"
_OPENING = "\"'«“‘„‹([¿¡「『（"
_CLOSING = "\"'»”’›)\\]」』）"
_STOP = ".!?\u2026\u061f\u06d4\u0964\u0965\u0589\u1362\u104b\u17d4"
_END = re.compile(
    rf"(?<![{_STOP}])(?P<stop>[{_STOP}]++)[{_CLOSING}]*+"
    # the second: a paragraph glued to the one before it, as tags are taken out
    r"(?:\s+|(?<=[^\W\d_]{4}\.)(?=[A-ZÀ-ÞА-Я][^\W\d_]*[\s,’']))"
    rf"|(?P<wide>[\u3002\uff01\uff1f\uff1b\uff61]+[{_CLOSING}]*)"
    r"|(?P<line>[\n\u2028\u2029]\s*)"
)
_CLAUSE = re.compile(r"[,;:\u060c\u061b][\s]+|[、，；：]|\s+[\-\u2013\u2014]\s+|\u2014")
_SPACE = re.compile(r"\s+")
_ANYWHERE = re.compile(rf"(?<=[{UNSEGMENTED}])|(?=[{UNSEGMENTED}])")
_LINE = re.compile(r"\n[ \t]{0,8}[^\W\d_]")
_LINES = 20_000
"""Characters that are looked at to tell whether a text is wrapped."""


def sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Yield the sentences between two offsets, without the white space around them."""
    end = len(text) if end is None else end
    wrapped = _wrapped(text, start, end)
    begun = start
    for mark in _END.finditer(text, start, end):
        if mark.end() == end or not _ends(text, begun, mark, wrapped=wrapped):
            continue
        yield from _parts(text, begun, mark.end())
        begun = mark.end()
    yield from _parts(text, begun, end)


def fitting(text: str, span: Span, most: int, around: Span) -> Span:
    """Return a part of a sentence, at most `most` characters, that holds `around` if that fits.

    It is cut at commas and dashes if they are near enough, else between words, else anywhere.
    """
    start, end = max(span[0], around[1] - most), min(span[1], around[0] + most)
    for border in (_CLAUSE, _SPACE, _ANYWHERE):
        borders = {mark.end() for mark in border.finditer(text, start, end)}
        edges = sorted(borders.union(edge for edge in span if start <= edge <= end))
        first = max((edge for edge in edges if edge <= around[0]), default=None)
        last = min((edge for edge in edges if edge >= max(around[1], around[0] + 1)), default=None)
        if first is not None and last is not None and last - first <= most:
            return _stripped(text, *_widened(edges, first, last, most))
    return _stripped(text, around[0], min(span[1], around[0] + most))


def _widened(edges: list[int], first: int, last: int, most: int) -> Span:
    """Take in what fits: first what follows, then what goes before."""
    last = max(edge for edge in edges if last <= edge <= first + most)
    first = min(edge for edge in edges if last - most <= edge <= first)
    return first, last


def _ends(text: str, begun: int, mark: re.Match[str], *, wrapped: bool) -> bool:
    """Tell whether a mark ends the sentence that has begun."""
    if mark["wide"]:
        return True
    following = text[mark.end() : mark.end() + _BEFORE].lstrip(_OPENING)
    if mark["line"] is not None:
        return not wrapped or mark["line"].count("\n") > 1
    if following[:1].islower():
        return False
    return mark["stop"] != "." or not _belongs(text[max(begun, mark.start() - _BEFORE) : mark.start()], following)


def _belongs(before: str, following: str) -> bool:
    """Tell whether the full stop between these belongs to the word before it."""
    words = before.split()
    last = words[-1].lower().lstrip(_OPENING) if words else ""
    if last.isdecimal() and len(last) <= 2:  # noqa: PLR2004  # a day
        return not following[:1].isupper() or _MONTHS.match(following) is not None
    return last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha() and last.isascii())


def _wrapped(text: str, start: int, end: int) -> bool:
    """Tell whether new lines only fold long lines."""
    following = [mark[0][-1] for mark in _LINE.finditer(text, start, min(end, start + _LINES))]
    small = sum(map(str.islower, following))
    return len(following) >= _FEW_LINES and small > WRAPPED * len(following)


def _parts(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield a sentence, in parts if it is too long to be one."""
    start, end = _stripped(text, start, end)
    while end - start > LONGEST:
        part = fitting(text, (start, end), LONGEST, (start, start))
        yield part
        start, end = _stripped(text, part[1], end)
    if start < end:
        yield start, end


def _stripped(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
