"""The terms that a text is compared by: words cut to their beginnings, names of one thing in any language as one term.

Names are looked up by the beginnings of their words, so inflected forms are found too; the longest name wins.
Telling stories apart is all this is for: watches are matched by `bot.domain.matching`, which is stricter.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from bot.domain.analysis import is_lone, raws, token
from bot.domain.gist import BEGINNING, FUNCTION, SHORTEST
from bot.domain.places import BODIES, PLACES
from bot.domain.values import by_value
from bot.domain.vocabulary import Vocabulary, spoken

SHORT_NAME = 5
"""Letters up to which a single word of another language than English is too likely to mean something else there."""

_THOUSANDS = re.compile(r"(?<=\d)[.,'’\u00a0\u202f ](?=\d{3}(?!\d))")
_AMOUNT = re.compile(
    r"(?<![\d.,])(\d{1,12}(?:[.,]\d{1,6})?)\s?(?:(万|萬|만)|(млн|миллион\w*|milli?on\w*|millones|milh\w+|mio\b|مليون|milyon)"
    r"|(亿|億|억)|(млрд|миллиард\w*|billion|milliard\w*|miliard\w*|mrd\b|mil millones|bilh\w+|مليار|milyar))",
    re.IGNORECASE,
)
_SCALES = (10**4, 10**6, 10**8, 10**9)
_PLURAL = re.compile(r"(?<=[a-z]{3}[^\Ws])s")


@by_value(kw_only=False)
class _Word:
    """A token: as written, the beginnings it may be looked up by, and what it counts as ("" for nothing)."""

    written: str
    keys: tuple[str, ...]
    counts: str
    lone: bool


@by_value(kw_only=False)
class _Name:
    """A way to write a name; `exact` is the only case it may have, if there is one."""

    rest: tuple[str, ...]
    term: str
    exact: str


class Aliases:
    """Names by their beginnings."""

    def __init__(self, names: Iterable[tuple[str, str, bool]] = ()) -> None:
        """Take names: how each is written, the term it stands for, and whether its case counts."""
        self._by_first: dict[str, list[_Name]] = {}
        for written, term, exact in dict.fromkeys(names):
            words = [_read(raw) for raw in raws(written)]
            if words:
                first, *rest = (word.keys[0] for word in words)
                name = _Name(tuple(rest), term, words[0].written if exact and len(words) == 1 else "")
                self._by_first.setdefault(first, []).append(name)
        for filed in self._by_first.values():
            filed.sort(key=lambda name: (-len(name.rest), name.rest, not name.exact, name.term))

    def terms(self, text: str) -> list[str]:
        """Return the terms of a text in order.

        Names begin with @, places with #; unsegmented scripts come in pairs of letters.
        """
        words = [_read(raw) for raw in raws(in_figures(text))]
        found: list[str] = []
        at = 0
        while at < len(words):
            name = self._named(words, at)
            if name is not None:
                found += name.term.split()
                at += len(name.rest) + 1
                continue
            word = words[at]
            at += 1
            if not word.lone:
                found += [word.counts] if word.counts else []
            elif at < len(words) and words[at].lone:
                found.append(word.keys[0] + words[at].keys[0])
        return found

    def _named(self, words: Sequence[_Word], at: int) -> _Name | None:
        """Return the longest name that begins at a word."""
        for key in words[at].keys:
            for name in self._by_first.get(key, ()):
                following = words[at + 1 : at + 1 + len(name.rest)]
                if len(following) < len(name.rest) or (name.exact and name.exact != words[at].written):
                    continue
                if all(one in word.keys for one, word in zip(name.rest, following, strict=True)):
                    return name
        return None


def known_names(vocabulary: Vocabulary) -> Iterator[tuple[str, str, bool]]:
    """Yield the names of topics, companies and places, for `Aliases`."""
    for name, one in sorted(vocabulary.sets.items()):
        for wording in spoken(one.wordings):
            found = raws(wording.text)
            foreign = not one.company and wording.lang not in {"", "en"}
            if foreign and len(found) == 1 and len(found[0]) <= SHORT_NAME and found[0].isascii():
                continue
            yield wording.text, f"@{name}", wording.exact
    for mark, table in (("#", PLACES), ("@", BODIES)):
        for line in table.strip().rstrip(";").split(";"):
            yield from _line(mark, " ".join(line.split()))


def _line(mark: str, line: str) -> Iterator[tuple[str, str, bool]]:
    """Read a line of a table; a town stands for its country too."""
    country, _, names = line.rpartition(" > ")
    first, *others = names.split(", ")
    term = " ".join(mark + one.replace(" ", "-") for one in (country, first) if one)
    for written in (first, *others):
        yield written, term, written.isupper() and written.isascii()


def in_figures(text: str) -> str:
    """Return a text with its amounts in figures, without signs between them: 2,3 Mrd. and 2.3 billion are one."""
    return _AMOUNT.sub(_amount, _THOUSANDS.sub("", text))


def _amount(found: re.Match[str]) -> str:
    number, *scales = found.groups()
    scale = next(scale for scale, given in zip(_SCALES, scales, strict=True) if given)
    return f"{round(float(number.replace(',', '.')) * scale)} "


@lru_cache(maxsize=65_536)
def _read(raw: str) -> _Word:
    one = token(raw)
    keys = tuple(dict.fromkeys(_beginning(reading) for reading in one.readings))
    bare = min((reading for reading in one.readings if len(reading) > SHORTEST), key=len, default=one.word)
    telling = len(one.word) >= SHORTEST or one.word.isdecimal()  # part 2 is not part 3
    says = telling and one.word not in FUNCTION and not one.lone
    return _Word(one.written.replace(".", ""), keys, _beginning(bare) if says else "", lone=is_lone(raw))


def _beginning(word: str) -> str:
    """Cut a folded word so that its inflections are alike."""
    if len(word) <= BEGINNING + 1 and _PLURAL.fullmatch(word, len(word) - 1):
        return word[:-1]
    return word if word.isdecimal() else word[:BEGINNING]
