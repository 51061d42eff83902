"""Which stored entries may satisfy a query, newest first, by way of SQLite's FTS5 (sqlite.org/fts5.html).

The index holds words, not texts: an entry's keys (`bot.domain.covering.keys`) in one row, whose number is
`entries.indexed`. Numbers grow as entries come, so the newest are found first without a look at the others.
It is written after the entries, in batches of its own; what is not in it yet is looked at as it is.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter

from bot.domain.changes import Known
from bot.domain.covering import All, Cover, Everything, Keys, Some, Word, keys
from bot.domain.entries import EntryId
from bot.domain.inflection import Form
from bot.domain.storing.entries import Page, Place
from storage.database import Plan, Row, each, run, select, within
from storage.rows import KNOWN, micros, moment, to_known

OPEN = "coalesce(e.indexed, -1) < 0"
NEWEST_OPEN = f"""
SELECT {KNOWN} FROM entries e WHERE {OPEN} AND e.first_seen >= $2
ORDER BY e.first_seen DESC, e.id DESC LIMIT $1
"""
NEXT_OPEN = f"""
SELECT {KNOWN} FROM entries e WHERE {OPEN} AND e.first_seen >= $2 AND (e.first_seen, e.id) < ($3, $4)
ORDER BY e.first_seen DESC, e.id DESC LIMIT $1
"""
ANY_OPEN = f"SELECT 1 FROM entries e WHERE {OPEN} LIMIT 1"
OLDEST_OPEN = f"SELECT {KNOWN}, e.indexed FROM entries e WHERE {OPEN} ORDER BY e.first_seen, e.id LIMIT $1"
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
LAST_MARK = "SELECT row, newest FROM search_marks ORDER BY newest DESC LIMIT 1"
MARK = """
INSERT INTO search_marks (newest, row) VALUES ($1, $2) ON CONFLICT (newest) DO UPDATE SET row = excluded.row
"""
PRESENT = "SELECT word FROM search_words WHERE word IN ({list})"
BEGINNING = "SELECT word FROM search_words WHERE word >= $1 AND word < $2 AND length(word) <= $3 LIMIT $4"
HOLDING = """
SELECT w.word FROM search_parts p CROSS JOIN search_words w ON w.number = p.rowid
WHERE p.search_parts MATCH $1 AND instr(w.word, $2) > 0 LIMIT $3
"""
ADD_WORD = "INSERT INTO search_words (word) VALUES ($1) ON CONFLICT DO NOTHING"
LAST_WORD = "SELECT coalesce(max(number), 0) FROM search_words"
ADD_PARTS = "INSERT INTO search_parts (rowid, word) SELECT number, word FROM search_words WHERE number > $1"
ADD = "INSERT INTO search (rowid, keys) VALUES ($1, $2)"
ADDED = "UPDATE entries SET indexed = $2 WHERE id = $1"
MERGE = "INSERT INTO search (search, rank) VALUES ('merge', $1)"

PART = 4
"""Entries read at once, so that long ones make a batch short."""
BATCH_TEXT = 40_000
"""Characters after which a transaction ends: some 50 ms, of one text as long as texts may be 0.1 s."""
PAGES = 40
"""Pages of the index that are merged at once."""
BEGINNING_WITH, HOLDING_IT = 48, 400
"""Words that one beginning, or one part of compounds, is taken for; each costs the search some 0.05 ms."""
PREFIX, TRIGRAM = 3, 3
"""Letters of the beginnings and of the parts that the index knows (0002_search.sql)."""
TOP = (1 << 63) - 1

NOTHING, ANYTHING = "", "*"
"""Expressions that FTS5 need not be asked."""
_UNSPEAKABLE = re.compile("[\x00-\x2f\x3a-\x60\x7b-\x7f\ud800-\udfff]")


def search(cover: Cover, since: datetime | None, after: Place | None, limit: int) -> Plan[Page]:
    """Plan a page: first of the entries that are not indexed, then of those that are."""
    oldest = -TOP if since is None else micros(since)
    place = after or Place()
    fresh: list[Row] = []
    if place.row is None:
        fresh = yield from _fresh(oldest, place.seen, limit)
    if len(fresh) == limit:
        last = fresh[-1]
        return Page(known=[to_known(row) for row in fresh], further=Place(seen=(moment(last[3]), EntryId(last[0]))))
    asked = place.asked
    if asked is None:
        asked = yield from expression(cover)
    left = limit - len(fresh)
    indexed = yield from _indexed(asked, oldest, TOP if place.row is None else place.row, left)
    further = Place(row=indexed[-1][-1], asked=asked) if len(indexed) == left else None
    return Page(known=[to_known(row) for row in (*fresh, *indexed)], further=further)


def _fresh(oldest: int, seen: tuple[datetime, EntryId] | None, limit: int) -> Plan[list[Row]]:
    if seen is None:
        return (yield from select(NEWEST_OPEN, limit, oldest))
    return (yield from select(NEXT_OPEN, limit, oldest, micros(seen[0]), seen[1]))


def _indexed(asked: str, oldest: int, row: int, limit: int) -> Plan[list[Row]]:
    if asked == NOTHING:
        return []
    older = yield from select(OLDER, oldest)
    floor = older[0][0] if older else 0
    if asked == ANYTHING:
        return (yield from select(INDEXED, limit, oldest, floor, row))
    return (yield from select(FOUND, limit, oldest, floor, row, asked))


def expression(cover: Cover) -> Plan[str]:
    """Plan a cover as FTS5's query: forms are replaced by those words that there are."""
    forms = dict.fromkeys(form for word in _leaves(cover) for form in word.forms)
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


def _leaves(cover: Cover) -> Iterator[Word]:
    if isinstance(cover, Word):
        yield cover
    elif isinstance(cover, All | Some):
        for part in cover.parts:
            yield from _leaves(part)


def _is_whole(form: Form) -> bool:
    return not (form.tail or form.endings or form.inside)


def _built(cover: Cover, words: Mapping[Form, str]) -> str:
    match cover:
        case Everything():
            return ANYTHING
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


def spelt(form: Form) -> Form:
    """Return the form as the index spells it: one stand-in for whatever FTS5 would part words at."""
    endings = None if form.endings is None else frozenset(map(_spelt, form.endings))
    return Form(_spelt(form.stem), form.tail, endings, form.inside)


def _spelt(key: str) -> str:
    return key if key.isalnum() else _UNSPEAKABLE.sub("·", key)


def indexing(limit: int) -> Plan[int]:
    """Plan the indexing of the oldest entries that are not indexed, until they are many or long enough."""
    marks = yield from select(LAST_MARK)
    row, newest = marks[0] if marks else (0, -TOP)
    words: set[str] = set()
    begun, count, length = row, 0, 0
    while count < limit and length < BATCH_TEXT:
        rows = yield from select(OLDEST_OPEN, min(PART, limit - count))
        numbers = itertools.count(row + 1)
        batch = [(abs(one[-1]) if one[-1] else next(numbers), to_known(one)) for one in rows]
        if not batch:
            break
        words |= yield from _put(sorted(batch, key=itemgetter(0)))
        row = max(row, *(number for number, _ in batch))
        newest = max(newest, *(micros(known.first_seen) for _, known in batch))
        count += len(batch)
        length += sum(len(known.entry.text) for _, known in batch)
    yield from _add_words(words)
    if row > begun:
        yield from run(MARK, newest, row)
    return count


def _put(batch: Sequence[tuple[int, Known]]) -> Plan[frozenset[str]]:
    """Plan the indexing of entries under their numbers; return all their keys."""
    found = [keys(known.entry) for _, known in batch]
    yield from each(ADD, ((number, _line(one)) for (number, _), one in zip(batch, found, strict=True)))
    yield from each(ADDED, ((known.id, number) for number, known in batch))
    return frozenset[str]().union(*(one.words | one.pairs for one in found))


def _add_words(words: Iterable[str]) -> Plan[None]:
    last = yield from select(LAST_WORD)
    yield from each(ADD_WORD, ((_spelt(word),) for word in sorted(words)))
    yield from run(ADD_PARTS, last[0][0])


def _line(found: Keys) -> str:
    return " ".join(map(_spelt, (*found.words, *found.pairs)))


def merging() -> Plan[None]:
    """Plan a step towards fewer, larger pieces of the index."""
    yield from run(MERGE, PAGES)
