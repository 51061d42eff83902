"""Reads the watch language (design §4); every refusal names the place and a line that works."""

import re
import unicodedata
from collections.abc import Collection
from difflib import get_close_matches

from bot.domain.analysis import holds_words, is_lone, read
from bot.domain.errors import QueryError
from bot.domain.folding import fold
from bot.domain.query import (
    DEEPEST,
    LONGEST,
    LONGEST_PHRASE,
    MOST_LINKS,
    MOST_TERMS,
    TEXT_FIELDS,
    VALUE_FIELDS,
    Concept,
    Exact,
    Inside,
    Near,
    Or,
    Phrase,
    Prefix,
    Query,
    Within,
    Words,
    all_of,
    any_of,
    concepts,
    none_of,
    positive,
    walk,
)
from bot.domain.query_lexer import Mark, Piece, is_plain, lex
from bot.domain.query_values import read_values

EXAMPLE = 'facial recognition, "smart lamp posts" AND title:camera NOT toy'
SHORTEST_PREFIX = 3
SHORTEST_PART = 4

_CONCEPT = re.compile(r"[^\W_][\w.-]*")
_OPERAND = frozenset({Mark.OPEN, Mark.NOT, Mark.FIELD, Mark.EXACT, Mark.QUOTED, Mark.WORD})
_LEFTWARD = frozenset({Mark.AND, Mark.OR, Mark.NEAR})
_RIGHTWARD = frozenset({Mark.AND, Mark.OR, Mark.NEAR, Mark.NOT, Mark.EXACT, Mark.FIELD})


def parse(text: str) -> Query:
    """Read a query; raise QueryError, which names the position and a remedy, if it cannot be one."""
    if len(text) > LONGEST:
        raise QueryError(
            f"The query has {len(text):,} characters; {LONGEST:,} are possible.",
            query=text[:LONGEST],
            position=0,
            remedy="Split it into several watches.",
        )
    query = _Parser(text).parse()
    if len(str(query)) > LONGEST:
        raise QueryError(
            f"Written out, the query has more than {LONGEST:,} characters.",
            query=text,
            position=0,
            remedy="Split it into several watches.",
        )
    return query


def check(query: Query, known_names: Collection[str]) -> None:
    """Raise QueryError if the query uses a concept that the vocabulary does not have."""
    text = str(query)
    for name in concepts(query):
        if name not in known_names:
            close = get_close_matches(name, known_names, n=1)
            raise QueryError(
                f"There is no concept @{name}.",
                query=text,
                position=max(text.find(f"@{name}"), 0),
                remedy=f"Did you mean @{close[0]}?"
                if close
                else f"Write the words themselves: {name.replace('-', ' ')}",
            )


class _Parser:
    """Recursive descent; depth is bounded by DEEPEST."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pieces = self._tidy(lex(text))
        self.at = 0
        self.depth = 0
        self.terms = 0
        self.field: str | None = None

    def parse(self) -> Query:
        if all(piece.mark in {Mark.COMMA, Mark.END} for piece in self.pieces):
            raise self.error("The query holds no words.", 0, f"Say what to look for: {EXAMPLE}")
        query = self.alternatives()
        if self.sees(Mark.CLOSE):
            raise self.error(
                "This parenthesis closes nothing.", self.here.at, "Take it away, or open one before: (a, b)"
            )
        if not positive(query):
            place = next((piece.at for piece in self.pieces if piece.mark is Mark.NOT), 0)
            raise self.error(
                "An alternative that only says what is not wanted would match nearly everything.",
                place,
                "Say what is wanted as well: camera NOT toy",
            )
        return query

    @property
    def here(self) -> Piece:
        return self.pieces[self.at]

    def sees(self, *marks: Mark) -> bool:
        return self.pieces[self.at].mark in marks

    def take(self) -> Piece:
        piece = self.pieces[self.at]
        self.at += piece.mark is not Mark.END
        return piece

    def error(self, message: str, position: int, remedy: str) -> QueryError:
        return QueryError(message, query=self.text, position=position, remedy=remedy)

    def _tidy(self, pieces: list[Piece]) -> list[Piece]:
        """Drop stray punctuation and line breaks beside an operator; a colon after no field's name is punctuation."""
        kept: list[Piece] = []
        for piece in (self._named(piece) for piece in pieces):
            if piece.mark is Mark.WORD and piece.text[0] != "@" and not holds_words(piece.text):
                continue
            broken = kept and kept[-1].mark is Mark.COMMA and self.text[kept[-1].at] == "\n"
            if broken and piece.mark in _LEFTWARD:
                kept.pop()
            after_operator = bool(kept) and kept[-1].mark in _RIGHTWARD
            if piece.mark is Mark.COMMA and self.text[piece.at] == "\n" and after_operator:
                continue
            kept.append(piece)
        return kept

    def _named(self, piece: Piece) -> Piece:
        if piece.mark is not Mark.FIELD or piece.text.lower() in {*TEXT_FIELDS, *VALUE_FIELDS}:
            return piece
        close = get_close_matches(piece.text.lower(), [*TEXT_FIELDS, *VALUE_FIELDS], n=1)
        following = self.text[piece.at + len(piece.text) + 1 :][:1]
        if not close and (not following or following.isspace()):
            return Piece(Mark.WORD, piece.at, piece.text)
        remedy = f"Did you mean {close[0]}: ?" if close else f"Fields are {', '.join((*TEXT_FIELDS, *VALUE_FIELDS))}."
        raise self.error(
            f"There is no field “{piece.text}:”.",
            piece.at,
            f'{remedy} Words with a colon go in quotes: "{piece.text}: …"',
        )

    def alternatives(self) -> Query:
        parts: list[Query] = []
        while True:
            while self.sees(Mark.COMMA):
                self.take()
            if parts and self.sees(Mark.END, Mark.CLOSE):
                break
            parts.append(self.conjunction())
            if self.sees(Mark.OR):
                self.take()
                if not self.sees(*_OPERAND):
                    raise self.misplaced()
            elif not self.sees(Mark.COMMA):
                break
        return any_of(parts)

    def conjunction(self) -> Query:
        parts = [self.negation()]
        while self.sees(Mark.AND) or self.sees(*_OPERAND):
            if self.sees(Mark.AND):
                self.take()
            parts.append(self.negation())
        return all_of(parts)

    def negation(self) -> Query:
        negative = False
        while self.sees(Mark.NOT):
            self.take()
            negative = not negative
        part = self.nearness()
        return none_of(part) if negative else part

    def nearness(self) -> Query:
        left = self.operand()
        while self.sees(Mark.NEAR):
            near = self.take()
            right = self.operand()
            links = 1 + sum(isinstance(node, Near) for side in (left, right) for node in walk(side))
            if links > MOST_LINKS:
                raise self.error(f"More than {MOST_LINKS} NEAR in a row.", near.at, "Join some of the words by AND.")
            if not (_has_place(left) and _has_place(right)):
                raise self.error(
                    "NEAR joins words and phrases, or alternatives of them.",
                    near.at,
                    "For example: (camera, lens) NEAR/8 police, or in a field: title:(camera NEAR/8 police)",
                )
            left = Near(left, right, near.distance)
        return left

    def operand(self) -> Query:
        match self.here.mark:
            case Mark.OPEN:
                return self.group()
            case Mark.FIELD:
                return self.in_field()
            case Mark.EXACT:
                self.take()
                return self.exact()
            case Mark.QUOTED:
                return Phrase(self.quoted(self.take()))
            case Mark.WORD:
                return self.bare(self.take())
            case _:
                raise self.misplaced()

    def misplaced(self) -> QueryError:
        """Blame the operator that stands beside the gap where something should be."""
        before = self.pieces[self.at - 1] if self.at else None
        if before and before.mark in _RIGHTWARD:
            name = f"{before.text}:" if before.mark is Mark.FIELD else before.mark.value
            return self.error(f"{name} needs something after it.", before.at, f"For example: {EXAMPLE}")
        if self.sees(Mark.CLOSE, Mark.END):
            opened = before.at if before else self.here.at
            return self.error("There is nothing in these parentheses.", opened, f"For example: {EXAMPLE}")
        return self.error(f"{self.here.mark.value} needs something before it.", self.here.at, f"For example: {EXAMPLE}")

    def too_deep(self, piece: Piece) -> QueryError:
        return self.error(f"The query is nested more than {DEEPEST} deep.", piece.at, "Split it into several watches.")

    def group(self) -> Query:
        opened = self.take()
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.too_deep(opened)
        query = self.alternatives()
        if not self.sees(Mark.CLOSE):
            raise self.error("This parenthesis is never closed.", opened.at, "Close it: (camera, lens) AND police")
        self.take()
        self.depth -= 1
        return query

    def in_field(self) -> Query:
        named = self.take()
        name = named.text.lower()
        if self.field is not None:
            raise self.error(
                "A field cannot stand inside a field.", named.at, "Join them by AND: title:camera AND place:Geneva"
            )
        if name in VALUE_FIELDS:
            return read_values(name, self.values(named), self.text)
        if self.sees(Mark.WORD) and self.here.text[0] not in "*@" and self.here.text[-1] != "*":
            return Within(name, self.single(self.take()))
        if not self.sees(Mark.OPEN, Mark.QUOTED, Mark.EXACT, Mark.WORD):
            raise self.misplaced()
        self.field = name
        part = self.operand()
        self.field = None
        return Within(name, part)

    def values(self, named: Piece) -> list[tuple[str, int]]:
        """Take one value, or those in parentheses, with their places."""
        several = self.sees(Mark.OPEN)
        wanted = {Mark.WORD, Mark.QUOTED}
        if several:
            self.take()
            wanted |= {Mark.COMMA, Mark.OR}
        found: list[tuple[str, int]] = []
        joined = False
        while self.sees(*wanted) and (several or not found):
            piece = self.take()
            if piece.mark not in {Mark.WORD, Mark.QUOTED}:
                joined = False
                continue
            self.count(1, piece)
            value = " ".join(unicodedata.normalize("NFC", piece.text).split())
            found.append((f"{found.pop()[0]} {value}" if joined else value, piece.at))
            joined = True
        if not found:
            raise self.error(f"{named.text}: needs a value.", named.at, "For example: kind:meeting, since:2026-01-31")
        if several and self.take().mark is not Mark.CLOSE:
            raise self.error(
                f"The values of {named.text}: are never closed.", named.at, "For example: kind:(news, meeting)"
            )
        return found

    def count(self, terms: int, piece: Piece) -> None:
        self.terms += terms
        if self.terms > MOST_TERMS:
            raise self.error(
                f"The query holds more than {MOST_TERMS} terms.", piece.at, "Split it into several watches."
            )

    def quoted(self, piece: Piece) -> str:
        text = " ".join(unicodedata.normalize("NFC", piece.text).split())
        if not holds_words(text):
            raise self.error("These quotes hold no words.", piece.at, 'Put words between them: "facial recognition"')
        self.short_enough(text, piece)
        self.count(1, piece)
        return text

    def short_enough(self, text: str, piece: Piece) -> None:
        if len(read(text).raws) > LONGEST_PHRASE:
            message = f"A phrase has at most {LONGEST_PHRASE} words, or characters of Chinese, Japanese or Thai."
            raise self.error(message, piece.at, "Keep the words that matter.")

    def exact(self) -> Query:
        if not self.sees(Mark.WORD, Mark.QUOTED):
            raise self.misplaced()
        piece = self.take()
        if piece.mark is Mark.WORD:  # as typed, in whatever width
            piece = Piece(piece.mark, piece.at, self.text[piece.at : piece.at + len(piece.text)])
        return Exact(self.quoted(piece))

    def bare(self, first: Piece) -> Query:
        """Take the words that follow each other as one leaf."""
        if special := self.special(first):
            return special
        before = self.pieces[self.at - 2] if self.at > 1 else None
        minus = before is not None and before.mark is Mark.NOT and before.text == "-"  # -toy camera wants the camera
        words = [self.single(first)]
        while not minus and self.sees(Mark.WORD) and _ordinary(self.here.text):
            words.append(self.single(self.take()))
        if all(isinstance(word, Words) for word in words):
            return Words(tuple(str(word) for word in words))
        return all_of(list(words))

    def special(self, piece: Piece) -> Query | None:
        if piece.text[0] == "@":
            return self.concept(piece)
        return None if _ordinary(piece.text) else self.starred(piece)

    def single(self, piece: Piece) -> Words | Phrase:
        """Return a word without the punctuation around it, in quotes where it would be read as something else."""
        self.count(1, piece)
        text = unicodedata.normalize("NFC", piece.text.strip("*"))
        word = _trimmed(text)
        self.short_enough(word, piece)
        return Words((word,)) if is_plain(word) else Phrase(word)

    def concept(self, piece: Piece) -> Query:
        name = unicodedata.normalize("NFC", piece.text[1:]).casefold()
        if not _CONCEPT.fullmatch(name):
            raise self.error("After @ stands the name of a concept.", piece.at, "For example: @facial-recognition")
        self.count(1, piece)
        return Concept(name)

    def starred(self, piece: Piece) -> Query:
        text = unicodedata.normalize("NFC", piece.text)
        inside = text.startswith("*")
        core = text.strip("*")
        if "*" in core or not text.endswith("*") or len(text) - len(core) != 1 + inside:
            raise self.error(
                "A star stands at the end of a word, or at both ends.", piece.at, "For example: surveil* or *kamera*"
            )
        if len(read(core).raws) != 1 or _trimmed(core) != core:
            raise self.error(
                "A star goes with a single word.", piece.at, "For example: surveil*, and for numbers number:F.743.*"
            )
        shortest = SHORTEST_PART if inside else SHORTEST_PREFIX
        if sum(character.isalnum() for character in fold(core)) < shortest:
            needs = "A part of a word" if inside else "The beginning of a word"
            example = "*kamera*" if inside else "surveil*"
            raise self.error(f"{needs} needs at least {shortest} letters.", piece.at, f"For example: {example}")
        self.count(1, piece)
        return Inside(core) if inside else Prefix(core)


def _trimmed(text: str) -> str:
    spans = read(text).spans
    return text[spans[0][0] : spans[-1][1]]


def _ordinary(word: str) -> bool:
    """Tell whether a word has no sign of its own; stars mean nothing to scripts without spaces."""
    if word[0] == "@" or "*" not in word:
        return word[0] != "@"
    return "*" not in word.strip("*") and all(map(is_lone, read(word).raws))


def _has_place(query: Query) -> bool:
    """Tell whether a query says where in a text it matched."""
    match query:
        case Or(parts):
            return all(map(_has_place, parts))
        case Words() | Phrase() | Exact() | Prefix() | Inside() | Concept() | Near():
            return True
        case _:
            return False
