"""The vocabulary's files: tab-separated rows of set, role, marks and text.

`sets.tsv` names the sets in order: name, `topic` or `company`, group or country, label. The other files
are called by the language of their rows (`any.tsv`: of none). Roles:

- `term`: a wording; marks are its confidence, then any of `exact`, `ambiguous`, `seen`;
- `near`: `a|b* ~3 c|d`: a word of the left within three of one of the right; the mark is its confidence;
  `a|b* ~3 c|d ~8 e|f`: and one of the last between them, or within eight of them;
- `not`: a phrase that cancels what is found inside it;
- `off`: a wording of something else: within twenty words of it, in its language, medium `near` rules do not hold.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from sys import intern

from bot.domain.errors import ConfigError
from bot.domain.vocabulary import NAME, Confidence, Nearby, TermSet, Vocabulary, Wording

SETS, ANY = "sets.tsv", "any"
_COLUMNS = 4
_NEAR = re.compile(r"(\S[^~]*?)\s+~(\d{1,2})\s+(\S[^~]*?)(?:\s+~(\d{1,2})\s+(\S[^~]*))?")
_LEVELS = {str(level): level for level in Confidence}
_FLAGS = frozenset({"exact", "ambiguous", "seen"})

Where = tuple[str, int]
"""A file and its line."""


@dataclass(slots=True)
class _Open:
    """A set while its rows are collected."""

    kind: str
    group: str
    label: str
    wordings: list[Wording] = field(default_factory=list)
    nearby: list[Nearby] = field(default_factory=list)
    unless: list[str] = field(default_factory=list)
    off: list[Wording] = field(default_factory=list)


@cache
def shipped() -> Vocabulary:
    """Return the vocabulary that comes with the bot; read once, as it cannot change.

    Takes half a second, what looks wordings up included: call it off the loop.
    """
    vocabulary = read(files("bot.vocabulary") / "data")
    vocabulary.known("")
    return vocabulary


def read(folder: Traversable) -> Vocabulary:
    """Read a folder of vocabulary files; ConfigError names the file and line that is wrong."""
    found: dict[str, _Open] = {}
    for where, (name, kind, group, label) in _rows(folder / SETS):
        if kind not in {"topic", "company"} or not NAME.fullmatch(name) or name in found:
            raise _wrong(where, "a new name, topic or company, a group and a label")
        found[name] = _Open(kind, group, label)
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".tsv") and file.name != SETS:
            lang = file.name.removesuffix(".tsv")
            _collect(found, "" if lang == ANY else lang, _rows(file))
    return Vocabulary({name: _closed(name, one) for name, one in found.items()}, _version(folder))


def _version(folder: Traversable) -> str:
    """Return what differs between any two vocabularies."""
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".tsv")), key=lambda one: one.name)
    return sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _rows(file: Traversable) -> Iterator[tuple[Where, list[str]]]:
    name = file.name
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        if not line or line[0] == "#" or line.isspace():
            continue
        columns = [column.strip() for column in line.split("\t")]
        if len(columns) != _COLUMNS:
            raise _wrong((name, number), "four columns parted by tabs")
        yield (name, number), columns


def _collect(found: Mapping[str, _Open], lang: str, rows: Iterable[tuple[Where, list[str]]]) -> None:
    for where, (name, role, marks, text) in rows:
        if name not in found or not text:
            raise _wrong(where, "a set that sets.tsv names, and a text")
        match role:
            case "term":
                found[name].wordings.append(_wording(where, lang, marks, text))
            case "near":
                found[name].nearby.append(_nearby(where, lang, marks, text))
            case "not":
                found[name].unless.append(text)
            case "off":
                found[name].off.append(Wording(text=text, lang=lang))
            case _:
                raise _wrong(where, "the role term, near, not or off")


def _wording(where: Where, lang: str, marks: str, text: str) -> Wording:
    known = _marked(marks)
    if known is None:
        raise _wrong(where, "high, medium or low, then exact, ambiguous or seen")
    confidence, exact, ambiguous, seen = known
    return Wording(text=text, lang=lang, confidence=confidence, exact=exact, ambiguous=ambiguous, seen=seen)


@lru_cache(maxsize=64)
def _marked(marks: str) -> tuple[Confidence, bool, bool, bool] | None:
    confidence, *flags = marks.split() or [""]
    if confidence not in _LEVELS or not _FLAGS.issuperset(flags):
        return None
    return _LEVELS[confidence], "exact" in flags, "ambiguous" in flags, "seen" in flags


def _side(text: str | None) -> tuple[str, ...]:
    """Return the words of a side; rules repeat them, so that each is kept once."""
    return tuple([intern(word) for word in (text or "").split("|") if word])


def _nearby(where: Where, lang: str, marks: str, text: str) -> Nearby:
    rule = _NEAR.fullmatch(text)
    if rule is None or marks not in _LEVELS:
        raise _wrong(where, "high, medium or low, and a rule like “a|b* ~3 c|d”")
    left, right, beside = map(_side, rule.group(1, 3, 5))
    if not left or not right or (rule[5] and not beside):
        raise _wrong(where, "words on both sides of the distance")
    return Nearby(
        left=left,
        right=right,
        within=int(rule[2]),
        lang=lang,
        confidence=_LEVELS[marks],
        beside=beside,
        reach=int(rule[4] or 0),
    )


def _closed(name: str, one: _Open) -> TermSet:
    return TermSet(
        name=name,
        label=one.label,
        group=one.group,
        company=one.kind == "company",
        wordings=tuple(one.wordings),
        nearby=tuple(one.nearby),
        unless=tuple(one.unless),
        off=tuple(one.off),
    )


def _wrong(where: Where, expected: str) -> ConfigError:
    file, number = where
    return ConfigError([f"The vocabulary's {file} line {number} needs {expected}."])
