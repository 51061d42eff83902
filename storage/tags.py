"""Tags: words of the search index that say which sets of the vocabulary an entry may name.

The largest sets are looked for by 20,000 words, which takes FTS5 a second and more among a million entries; a tag is
one word. What the store is taught of the sets (`bot.domain.tagging`) stands in tables, as it is large and an entry
needs little of it. Entries are tagged when they are indexed, and those that were indexed before are tagged later,
newest first; rows up to the mark are searched by words until then, unless they are few.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from itertools import accumulate, islice
from typing import TYPE_CHECKING

from bot.domain.covering import Cover, Word, sets_of, tag_key
from bot.domain.inflection import Form
from storage.database import Plan, Row, each, run, select, within
from storage.spelling import spelt, spelt_key

if TYPE_CHECKING:
    from bot.domain.tagging import Needs

MARK = "SELECT version, row FROM tag_marks"
UNMARK = "DELETE FROM tag_marks"
SET_MARK = "INSERT INTO tag_marks (version, row) VALUES ($1, $2)"
FORGET = (UNMARK, "DELETE FROM tag_forms", "DELETE FROM tag_needs")
ADD_FORM = "INSERT INTO tag_forms (stem, word, rest) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
ADD_NEEDS = "INSERT INTO tag_needs (word, others, name) VALUES ($1, $2, $3)"
BEGINNINGS = "SELECT stem, word, rest FROM tag_forms WHERE stem IN ({list})"
STEMS = "SELECT DISTINCT stem FROM tag_forms WHERE NOT (stem > '*' AND stem < '+')"
INSIDE = "SELECT stem, word FROM tag_forms WHERE stem > '*' AND stem < '+'"
NEEDED = "SELECT word, others, name FROM tag_needs WHERE word IN ({list})"
LAST_ROW = "SELECT coalesce((SELECT row FROM search_marks ORDER BY newest DESC LIMIT 1), 0)"

FEW = 500
"""Rows that are looked at one by one, in half a second; among more there are tags."""
ANY = 0
"""A word that every entry holds."""
MANY = 50
"""Forms from which on a word is likely in any text: those of a side of a rule."""
REMEMBERED = 20_000
"""Keys whose words are remembered, the newest: to forget all at once would make one batch long."""
TOP = (1 << 63) - 1


def reach(cover: Cover) -> Plan[int]:
    """Plan up to which row of the index a cover must be asked for by the words of its sets."""
    versions = {one.version for one in sets_of(cover)}
    if not versions:
        return 0
    marks = yield from select(MARK)
    return marks[0][1] if marks and versions == {marks[0][0]} else TOP


def many(above: int, below: int) -> Plan[bool]:
    """Plan whether there are more rows between these than are looked at one by one."""
    [(last,)] = yield from select(LAST_ROW)
    found: bool = min(below - 1, last) - above > FEW
    return found


def left() -> Plan[int]:
    """Plan up to which row of the index older entries are still to be tagged."""
    marks = yield from select(MARK)
    return marks[0][1] if marks else 0


def version() -> Plan[str | None]:
    """Plan the version that entries are tagged with, empty if none; None while there are few."""
    [(last,)] = yield from select(LAST_ROW)
    if last <= FEW:
        return None
    marks = yield from select(MARK)
    return marks[0][0] if marks else ""


def forget() -> Plan[None]:
    """Plan to begin anew: until all sets of a version are taught, all is searched by words."""
    for sql in FORGET:
        yield from run(sql)


def teach(name: str, several: "Iterable[Needs]") -> Plan[None]:
    """Plan to learn what a set is tagged by."""
    words: dict[int, Word] = {}
    rows: list[Row] = []
    for needs in several:
        numbered = {_number(word): word for word in needs}
        words |= numbered
        first, *others = sorted(numbered, key=lambda number: _commonness(numbered[number])) or [ANY]
        rows.append((first, " ".join(map(str, others)), name))
    yield from each(ADD_FORM, (_form_row(form, number) for number, word in words.items() for form in word.forms))
    yield from each(ADD_NEEDS, rows)


def taught(known: str) -> Plan[None]:
    """Plan to tag with this version from now on."""
    [(last,)] = yield from select(LAST_ROW)
    yield from run(UNMARK)
    yield from run(SET_MARK, known, last)


def _number(word: Word) -> int:
    """Return the number of a word, always the same: sets share the words that they have in common."""
    said = repr([(form.stem, form.tail, sorted(form.endings or ()), form.inside) for form in word.forms])
    return int.from_bytes(blake2b(said.encode("utf-8", "replace"), digest_size=7).digest()) + 1


def _commonness(word: Word) -> tuple[bool, int]:
    return len(word.forms) > MANY, -min((len(form.stem) for form in word.forms), default=0)


def _form_row(form: Form, number: int) -> Row:
    stem, tail, endings, inside = spelt(form)
    rest = str(tail) if endings is None else "".join(f"/{ending}" for ending in sorted(endings))
    return f"*{stem}" if inside else stem, number, rest


class Learnt:
    """What is kept in memory of what the store was taught: some 6 MB, of stores with many entries only.

    Attributes:
        stems: beginnings of words that sets ask for.
        inside: parts of such words, with the words' numbers.
        words: the numbers of the keys met lately.

    """

    def __init__(self, version: str = "") -> None:
        self.version = version
        self.stems: frozenset[str] = frozenset()
        self.inside: Sequence[tuple[str, int]] = ()
        self.words: dict[str, frozenset[int]] = {}

    def read(self, version: str) -> Plan[None]:
        """Plan to read it anew, if another version was taught."""
        if version != self.version:
            rows = yield from select(STEMS)
            self.stems = frozenset(stem for (stem,) in rows)
            self.inside = [(stem[1:], word) for stem, word in (yield from select(INSIDE))]
            self.words.clear()
            self.version = version
        for key in list(islice(self.words, max(0, len(self.words) - REMEMBERED))):
            del self.words[key]


def tags(entries: Sequence[AbstractSet[str]], learnt: Learnt) -> Plan[list[list[str]]]:
    """Plan the tags, as the index spells them, of entries of which these are all keys."""
    marks = yield from select(MARK)
    if not marks:
        return [[] for _ in entries]
    version = marks[0][0]
    yield from learnt.read(version)
    learnt.words |= yield from _words(frozenset[str]().union(*entries) - learnt.words.keys(), learnt)
    held = [frozenset((ANY,)).union(*map(learnt.words.__getitem__, keys)) for keys in entries]
    asking: dict[int, list[tuple[frozenset[int], str]]] = defaultdict(list)
    for word, others, name in (yield from within(NEEDED, frozenset[int]().union(*held))):
        asking[word].append((frozenset(map(int, others.split())), spelt_key(tag_key(version, name))))
    return [sorted(_named(words, asking)) for words in held]


def _named(words: frozenset[int], asking: Mapping[int, Sequence[tuple[frozenset[int], str]]]) -> set[str]:
    return {tag for word in words & asking.keys() for others, tag in asking[word] if others <= words}


def _words(keys: AbstractSet[str], learnt: Learnt) -> Plan[dict[str, frozenset[int]]]:
    """Plan which words of sets each of these keys is."""
    begun = {key: found for key in keys if (found := learnt.stems.intersection(accumulate(key)))}
    forms: dict[str, list[tuple[Form, int]]] = defaultdict(list)
    for stem, word, rest in (yield from within(BEGINNINGS, frozenset[str]().union(*begun.values()))):
        forms[stem].append((_form(stem, rest), word))
    words = dict.fromkeys(keys, frozenset[int]())
    for key, stems in begun.items():
        words[key] = frozenset(word for stem in stems for form, word in forms[stem] if form.accepts(key))
    joined = " ".join(keys)
    for part, word in learnt.inside:
        if part in joined:
            words |= {key: words[key] | {word} for key in keys if part in key}
    return words


def _form(stem: str, rest: str) -> Form:
    return Form(stem, endings=frozenset(rest[1:].split("/"))) if rest.startswith("/") else Form(stem, int(rest))
