"""Writes the search index (`storage.search` reads it) after the entries, in batches of its own."""

import itertools
from collections.abc import Mapping

from bot.domain.changes import Known
from bot.domain.covering import keys
from storage.database import Plan, each, run, select
from storage.rows import KNOWN, micros, to_known
from storage.search import INDEXED, OPEN
from storage.spelling import spelt_keys
from storage.tags import TOP, Learnt, left, tags

ANY_OPEN = f"SELECT 1 FROM entries e WHERE {OPEN} LIMIT 1"
OLDEST_OPEN = f"""
SELECT {KNOWN}, e.indexed FROM entries e WHERE {OPEN} ORDER BY e.first_seen, e.id LIMIT $1 OFFSET $2
"""
LAST_MARK = "SELECT row, newest FROM search_marks ORDER BY newest DESC LIMIT 1"
SET_MARK = """
INSERT INTO search_marks (newest, row) VALUES ($1, $2) ON CONFLICT (newest) DO UPDATE SET row = excluded.row
"""
LOWER_TAG_MARK = "UPDATE tag_marks SET row = $1"
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


def indexing(limit: int, learnt: Learnt) -> Plan[int]:
    """Plan the indexing of the oldest entries that are not indexed, until they are many or long enough."""
    marks = yield from select(LAST_MARK)
    last, newest = marks[0] if marks else (0, -TOP)
    numbers = itertools.count(last + 1)
    batch: dict[int, Known] = {}
    while _goes_on(batch, limit):
        rows = yield from select(OLDEST_OPEN, min(PART, limit - len(batch)), len(batch))
        if not rows:
            break
        batch |= {abs(row[-1]) if row[-1] else next(numbers): to_known(row) for row in rows}
    yield from _put(dict(sorted(batch.items())), learnt)
    row = max(batch, default=last)
    if row > last:
        yield from run(SET_MARK, max(newest, *(micros(known.first_seen) for known in batch.values())), row)
    return len(batch)


def _goes_on(batch: Mapping[int, Known], limit: int) -> bool:
    return len(batch) < limit and sum(len(known.entry.text) for known in batch.values()) < BATCH_TEXT


def _put(batch: Mapping[int, Known], learnt: Learnt) -> Plan[None]:
    """Plan the indexing of entries under their numbers, which ascend."""
    found = [spelt_keys(keys(known.entry)) for known in batch.values()]
    tagged = yield from tags(found, learnt)
    lines = (" ".join((*held, *more)) for held, more in zip(found, tagged, strict=True))
    yield from each(ADD, zip(batch, lines, strict=True))
    yield from each(ADDED, ((known.id, number) for number, known in batch.items()))
    last = yield from select(LAST_WORD)
    yield from each(ADD_WORD, ((word,) for word in sorted(frozenset[str]().union(*found))))
    yield from run(ADD_PARTS, last[0][0])


def tagging(limit: int, learnt: Learnt) -> Plan[int]:
    """Plan the tagging of the newest rows below the mark; what they held before stays."""
    row = yield from left()
    batch: dict[int, Known] = {}
    while row and _goes_on(batch, limit):
        rows = yield from select(INDEXED, min(PART, limit - len(batch)), -TOP, 0, min(batch, default=row + 1))
        if not rows:
            break
        batch |= {one[-1]: to_known(one) for one in rows}
    tagged = yield from tags([spelt_keys(keys(known.entry)) for known in batch.values()], learnt)
    lines = sorted((number, " ".join(held)) for number, held in zip(batch, tagged, strict=True) if held)
    yield from each(ADD, lines)
    if row:
        yield from run(LOWER_TAG_MARK, min(batch) - 1 if batch else 0)
    return len(batch)


def merging() -> Plan[None]:
    """Plan a step towards fewer, larger pieces of the index."""
    yield from run(MERGE, PAGES)
