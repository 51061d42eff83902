"""Which stored entries may satisfy a query, newest first, by way of SQLite's FTS5 (sqlite.org/fts5.html).

The index holds words, not texts: an entry's keys (`bot.domain.covering.keys`) in one row, whose number is
`entries.indexed`. Numbers grow as entries come, so the newest are found first without a look at the others.
What is not in it yet (`storage.indexing`) is looked at as it is. Sets of the vocabulary are asked for by their tags
in the rows that hold them (`storage.tags`), and by their words in those below, unless these are few.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.domain.covering import All, Cover, Everything, Named, Some, Word, spelt_out, without_sets, words_of
from bot.domain.entries import EntryId
from bot.domain.inflection import Form
from bot.domain.storing.entries import Page, Place
from storage.database import Plan, Row, select, within
from storage.rows import KNOWN, micros, moment, to_known
from storage.spelling import spelt, spelt_key
from storage.tags import TOP, many, reach

OPEN = "coalesce(e.indexed, -1) < 0"
NEWEST_OPEN = f"""
SELECT {KNOWN} FROM entries e WHERE {OPEN} AND e.first_seen >= $2
ORDER BY e.first_seen DESC, e.id DESC LIMIT $1
"""
NEXT_OPEN = f"""
SELECT {KNOWN} FROM entries e WHERE {OPEN} AND e.first_seen >= $2 AND (e.first_seen, e.id) < ($3, $4)
ORDER BY e.first_seen DESC, e.id DESC LIMIT $1
"""
# The pluses keep SQLite from going through entries by time, and from comparing as other types than the index does.
INDEXED = f"""
SELECT {KNOWN}, abs(e.indexed) FROM entries e
WHERE e.indexed IS NOT NULL AND abs(e.indexed) > $3 AND abs(e.indexed) < $4 AND +e.first_seen >= $2
ORDER BY abs(e.indexed) DESC LIMIT $1
"""
FOUND = f"""
SELECT {KNOWN}, s.rowid FROM search s CROSS JOIN entries e ON e.indexed IS NOT NULL AND abs(e.indexed) = +s.rowid
WHERE s.search MATCH $5 AND s.rowid > $3 AND s.rowid < $4 AND +e.first_seen >= $2
ORDER BY s.rowid DESC LIMIT $1
"""
OLDER = "SELECT row FROM search_marks WHERE newest < $1 ORDER BY newest DESC LIMIT 1"
PRESENT = "SELECT word FROM search_words WHERE word IN ({list})"
BEGINNING = "SELECT word FROM search_words WHERE word >= $1 AND word < $2 AND length(word) <= $3 LIMIT $4"
HOLDING = """
SELECT w.word FROM search_parts p CROSS JOIN search_words w ON w.number = p.rowid
WHERE p.search_parts MATCH $1 AND instr(w.word, $2) > 0 LIMIT $3
"""

BEGINNING_WITH, HOLDING_IT = 48, 400
"""Words that one beginning, or one part of compounds, is taken for; each costs the search some 0.05 ms."""
PREFIX, TRIGRAM = 3, 3
"""Letters of the beginnings and of the parts that the index knows (0002_search.sql)."""
NOTHING, ANYTHING = "", "*"
"""Expressions that FTS5 need not be asked."""


def search(cover: Cover, since: datetime | None, after: Place | None, limit: int) -> Plan[Page]:
    """Plan a page: first of the entries that are not indexed, then of those that are."""
    oldest = _oldest(since)
    place = after or Place()
    fresh: list[Row] = []
    if place.row is None:
        fresh = yield from _fresh(oldest, place.seen, limit)
    if len(fresh) == limit:
        last = fresh[-1]
        return Page(known=[to_known(row) for row in fresh], further=Place(seen=(moment(last[3]), EntryId(last[0]))))
    left = limit - len(fresh)
    indexed, further = yield from _indexed(cover, oldest, place, left)
    return Page(known=[to_known(row) for row in (*fresh, *indexed)], further=further)


def _oldest(since: datetime | None) -> int:
    return -TOP if since is None else micros(since)


def _fresh(oldest: int, seen: tuple[datetime, EntryId] | None, limit: int) -> Plan[list[Row]]:
    if seen is None:
        return (yield from select(NEWEST_OPEN, limit, oldest))
    return (yield from select(NEXT_OPEN, limit, oldest, micros(seen[0]), seen[1]))


def _indexed(cover: Cover, oldest: int, place: Place, limit: int) -> Plan[tuple[list[Row], Place | None]]:
    """Plan rows of the index: those above the mark of the tags by tags, then the others."""
    row = _row(place)
    mark = yield from reach(cover)
    floor = yield from _floor(oldest)
    tagged = row > mark + 1
    asked = place.asked if place.tagged == tagged else None
    if asked is None:
        wanted = cover if tagged else (yield from _untagged(cover, floor, row))
        asked = yield from expression(wanted)
    rows = yield from _rows(asked, oldest, max(floor, mark) if tagged else floor, row, limit)
    if len(rows) == limit:
        return rows, Place(row=rows[-1][-1], asked=asked, tagged=tagged)
    return rows, Place(row=mark + 1) if tagged and mark > floor else None


def _row(place: Place) -> int:
    return TOP if place.row is None else place.row


def _floor(oldest: int) -> Plan[int]:
    """Plan the last row of the index that was first seen before this."""
    older = yield from select(OLDER, oldest)
    return older[0][0] if older else 0


def _untagged(cover: Cover, floor: int, row: int) -> Plan[Cover]:
    """Plan what is asked of rows without tags: the words of sets, which take a second, only among many."""
    return spelt_out(cover) if (yield from many(floor, row)) else without_sets(cover)


def by_words(cover: Cover, since: datetime | None, after: Place | None) -> Plan[bool]:
    """Plan whether the page at a place asks for sets by their words."""
    row = _row(after or Place())
    mark = yield from reach(cover)
    if mark == 0 or row > mark + 1:
        return False
    floor = yield from _floor(_oldest(since))
    return (yield from many(floor, row))


def _rows(asked: str, oldest: int, floor: int, row: int, limit: int) -> Plan[list[Row]]:
    if asked == NOTHING:
        return []
    if asked == ANYTHING:
        return (yield from select(INDEXED, limit, oldest, floor, row))
    return (yield from select(FOUND, limit, oldest, floor, row, asked))


def expression(cover: Cover) -> Plan[str]:
    """Plan a cover as FTS5's query: forms are replaced by those words that there are, sets by their tags."""
    forms = dict.fromkeys(form for word in words_of(cover) for form in word.forms)
    spellings = {form: spelt(form) for form in forms}
    rows = yield from within(PRESENT, (plain.stem for plain in spellings.values() if _is_whole(plain)))
    present = {word for (word,) in rows}
    words: dict[Form, str] = {}
    for form, plain in spellings.items():
        if _is_whole(plain):
            words[form] = f'"{plain.stem}"' if plain.stem in present else NOTHING
        else:
            words[form] = yield from (_holding(plain.stem) if plain.inside else _beginning(plain))
    return _built(cover, words)


def _is_whole(form: Form) -> bool:
    return not (form.tail or form.endings or form.inside)


def _built(cover: Cover, words: Mapping[Form, str]) -> str:
    match cover:
        case Everything():
            return ANYTHING
        case Named():
            return f'"{spelt_key(cover.tag)}"'
        case Word(forms):
            return _either(words[form] for form in forms)
        case Some(parts):
            built = [
                [_built(need, words) for need in (part.parts if isinstance(part, All) else (part,))] for part in parts
            ]
            return _factored([frozenset(needs) - {ANYTHING} for needs in built if NOTHING not in needs])
        case All(parts):
            return _both(_built(part, words) for part in parts)


def _either(several: Iterable[str]) -> str:
    asking = [one for one in dict.fromkeys(several) if one != NOTHING]
    if ANYTHING in asking:
        return ANYTHING
    return asking[0] if len(asking) == 1 else f"({' OR '.join(asking)})" if asking else NOTHING


def _both(several: Iterable[str]) -> str:
    asking = [one for one in dict.fromkeys(several) if one != ANYTHING]
    if NOTHING in asking:
        return NOTHING
    return asking[0] if len(asking) == 1 else f"({' AND '.join(asking)})" if asking else ANYTHING


def _factored(alternatives: Sequence[frozenset[str]]) -> str:
    """Join alternatives by OR, what several of them ask for said once: each word said costs FTS5 the same again."""
    left = dict.fromkeys(alternatives)
    several: list[str] = []
    for shared, count in Counter(itertools.chain.from_iterable(left)).most_common():
        sharing = [needs for needs in left if shared in needs] if count > 1 else []
        if len(sharing) > 1:
            for needs in sharing:
                del left[needs]
            several.append(_both((shared, _factored([needs - {shared} for needs in sharing]))))
    return _either([*several, *(_both(sorted(needs)) for needs in left)])


def _beginning(plain: Form) -> Plan[str]:
    """Plan the words that a form accepts; if they are too many, what they have in common."""
    longest = len(plain.stem) + max(plain.tail, *map(len, plain.endings or ("",)))
    rows = yield from select(BEGINNING, plain.stem, plain.stem + chr(0x10FFFF), longest, BEGINNING_WITH + 1)
    if len(rows) > BEGINNING_WITH:
        return f'"{plain.stem[:PREFIX]}"*'
    return _either(f'"{word}"' for (word,) in rows if plain.accepts(word))


def _holding(part: str) -> Plan[str]:
    if len(part) < TRIGRAM:
        return ANYTHING
    threes = " AND ".join(f'"{part[at : at + TRIGRAM]}"' for at in range(len(part) - TRIGRAM + 1))
    rows = yield from select(HOLDING, threes, part, HOLDING_IT + 1)
    return ANYTHING if len(rows) > HOLDING_IT else _either(f'"{word}"' for (word,) in rows)
