"""The baseline of `percolation`: a regular expression for every leaf of every watch."""

import re
from collections.abc import Callable, Sequence

from bench.invented import CHINESE
from bot.domain import terms
from bot.domain.entries import Entry
from bot.domain.folding import fold
from bot.domain.inflection import ANY_LENGTH, Form
from bot.domain.ports import Stem
from bot.domain.query import And, Near, Not, Or, Phrase, Prefix, Query, Within, Words, children

GAP = "[^\\w\x00]+"


class Naive:
    """Every watch is asked of every entry; its leaves are compiled expressions over the folded text."""

    def __init__(self, watches: Sequence[Query], stem: Stem) -> None:
        self._stem = stem
        self._compiled: dict[str, re.Pattern[str]] = {}
        self.watches = [self.compiled(query) for query in watches]

    def match(self, entry: Entry) -> list[int]:
        """Return the numbers of the watches that the entry satisfies."""
        title = fold(entry.title)
        whole = f"{title} \0 {fold(entry.text)}"
        return [number for number, holds in enumerate(self.watches) if holds(title, whole)]

    def compiled(self, query: Query) -> Callable[[str, str], bool]:
        """Return a function of the folded title and the folded whole."""
        match query:
            case And():
                parts = [self.compiled(part) for part in children(query)]
                return lambda title, whole: all(part(title, whole) for part in parts)
            case Or():
                parts = [self.compiled(part) for part in children(query)]
                return lambda title, whole: any(part(title, whole) for part in parts)
            case Not(part):
                unwanted = self.compiled(part)
                return lambda title, whole: not unwanted(title, whole)
            case Within(_, part):
                inner = self.compiled(part)
                return lambda title, _: inner(title, title)
            case _:
                search = self._pattern(query).search
                return lambda _, whole: search(whole) is not None

    def _pattern(self, leaf: Query) -> re.Pattern[str]:
        written = expression(leaf, self._stem)
        if written not in self._compiled:
            self._compiled[written] = re.compile(written)
        return self._compiled[written]


def expression(leaf: Query, stem: Stem) -> str:
    """Return a leaf as a regular expression over folded text."""
    match leaf:
        case Words((word,)):
            return rf"\b{_word(word, stem)}\b"
        case Phrase(text) if text[0] in CHINESE:
            return text
        case Phrase(text):
            return "\\b" + "[ “”’–-]{1,3}".join(_word(word, stem) for word in text.split()) + "\\b"
        case Prefix(text):
            return rf"\b{text}"
        case Near(left, right, distance):
            one, other = (expression(side, stem) for side in (left, right))
            between = rf"{GAP}(?:\w+{GAP}){{0,{distance - 1}}}"
            return f"{one}{between}{other}|{other}{between}{one}"
        case _:
            raise AssertionError(leaf)


def _word(written: str, stem: Stem) -> str:
    test = terms.words((written,), stem)[0][0][0].test
    return f"(?:{'|'.join(map(_form, test.forms))})"


def _form(form: Form) -> str:
    if form.endings is not None:
        return f"{form.stem}(?:{'|'.join(sorted(form.endings, reverse=True))})\\b"
    return form.stem + (r"\w*" if form.tail == ANY_LENGTH else rf"\w{{0,{form.tail}}}\b")
