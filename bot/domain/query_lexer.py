"""Cuts a query into marks and words, each with its place."""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum

from bot.domain.errors import QueryError
from bot.domain.query import FARTHEST
from bot.domain.values import by_value

_FULL_WIDTH = 0xFEE0
"""From a character of ASCII to the same in full width."""
_SAME = str.maketrans(
    {chr(code + _FULL_WIDTH): chr(code) for code in range(ord("!"), ord("~"))}
    | dict.fromkeys("“”„‟«»", '"')
    | {"、": ",", "،": ",", "؛": ";"}
)
"""Marks that keyboards and word processors write for ours; one character for one, so that places stay true."""

_CLOSING = {'"': '"', "「": "」", "『": "』"}
_MINUS = "-\u2010\u2011\u2013\u2212\ufe63"
"""Hyphens, the minus sign, and the dash that word processors make of it."""

_FIELD = re.compile(r"([A-Za-z]+):")
_WORD = re.compile(r'[^\s"(),;|「『]+')
_NEAR = re.compile(r"NEAR(?:/(.*))?|(?i:near)/(\d+)")
_SPACE = re.compile(r"[^\S\n]+")


class Mark(StrEnum):
    """What a piece of a query is."""

    OPEN = "("
    CLOSE = ")"
    OR = "OR"
    COMMA = ","
    AND = "AND"
    NOT = "NOT"
    NEAR = "NEAR"
    FIELD = "field"
    EXACT = "="
    QUOTED = "quoted"
    WORD = "word"
    END = "end"


@by_value(kw_only=False)
class Piece:
    """A mark or word; `at` is its offset in the query as typed."""

    mark: Mark
    at: int
    text: str = ""
    distance: int = 0


_OPERATORS = {"AND": Mark.AND, "OR": Mark.OR, "NOT": Mark.NOT}
_SIGNS = {"(": Mark.OPEN, ")": Mark.CLOSE, ",": Mark.COMMA, ";": Mark.COMMA, "\n": Mark.COMMA, "|": Mark.OR}
_LONGEST_NUMBER = 9


def is_plain(word: str) -> bool:
    """Tell whether a word, alone, is read as just that word."""
    if _WORD.fullmatch(word) is None or word[0] in f"=@{_MINUS}" or "*" in word:
        return False
    return word not in _OPERATORS and _NEAR.fullmatch(word) is None and _FIELD.match(word) is None


def lex(query: str) -> list[Piece]:
    """Cut a query into pieces, the last of which is END; QueryError for control characters and open quotes."""
    _refuse_controls(query)
    return [*_Lexer(query).pieces(), Piece(Mark.END, len(query))]


def _refuse_controls(query: str) -> None:
    for at, character in enumerate(query):
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t\r":
            raise QueryError(
                "A query cannot hold control characters.",
                query=query,
                position=at,
                remedy="Type the words again instead of pasting them: facial recognition",
            )


class _Lexer:
    def __init__(self, query: str) -> None:
        self.query = query
        self.text = query.translate(_SAME).replace("\r", " ")
        self.at = 0

    def pieces(self) -> Iterator[Piece]:
        while self.at < len(self.text):
            if space := _SPACE.match(self.text, self.at):
                self.at = space.end()
                continue
            yield from self._next()

    def _next(self) -> Iterator[Piece]:
        start, character = self.at, self.text[self.at]
        if character in _SIGNS:
            self.at += 1
            yield Piece(_SIGNS[character], start)
        elif character in _CLOSING:
            yield self._quoted(_CLOSING[character])
        elif character in f"={_MINUS}" and self._joined(start + 1):
            self.at += 1
            yield Piece(Mark.EXACT, start) if character == "=" else Piece(Mark.NOT, start, "-")
        elif field := _FIELD.match(self.text, start):
            self.at = field.end()
            yield Piece(Mark.FIELD, start, field[1])
        else:
            yield self._word()

    def _joined(self, at: int) -> bool:
        """Tell whether something follows that a sign can belong to."""
        return at < len(self.text) and not self.text[at].isspace() and self.text[at] not in "),;|"

    def _quoted(self, closing: str) -> Piece:
        """Take what stands in quotes as it was typed, but for further quotes, which no phrase can hold."""
        start = self.at
        end = self.text.find(closing, start + 1)
        if end < 0:
            raise QueryError(
                "This quotation mark is never closed.",
                query=self.query,
                position=start,
                remedy='Close it after the last word: "facial recognition"',
            )
        self.at = end + 1
        typed = zip(self.query[start + 1 : end], self.text[start + 1 : end], strict=True)
        return Piece(Mark.QUOTED, start, "".join(" " if mark == '"' else character for character, mark in typed))

    def _word(self) -> Piece:
        found = _WORD.match(self.text, self.at)
        if found is None:  # cannot be: every other character was taken care of
            raise AssertionError(self.text[self.at])
        start, self.at = self.at, found.end()
        if found[0] in _OPERATORS:
            return Piece(_OPERATORS[found[0]], start)
        if near := _NEAR.fullmatch(found[0]):
            return self._near(start, near[1] or near[2] or "")
        return Piece(Mark.WORD, start, found[0])

    def _near(self, start: int, number: str) -> Piece:
        distance = int(number) if number.isdecimal() and len(number) <= _LONGEST_NUMBER else 0
        if not 1 <= distance <= FARTHEST:
            raise QueryError(
                f"NEAR needs a distance from 1 to {FARTHEST} words.",
                query=self.query,
                position=start,
                remedy="Write the distance after a slash: camera NEAR/8 police",
            )
        return Piece(Mark.NEAR, start, distance=distance)
