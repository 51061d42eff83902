"""No search reads a table from end to end."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from storage import indexing, migrate, search, tags
from storage.sqlite import opened


@pytest.fixture
def connection(url: str) -> Iterator[sqlite3.Connection]:
    migrate(url)
    with closing(opened(Path(url.removeprefix("sqlite:///")))) as one:
        yield one


@pytest.mark.parametrize(
    ("sql", "way"),
    [
        (search.NEWEST_OPEN, "USING INDEX entries_open"),
        (search.NEXT_OPEN, "USING INDEX entries_open"),
        (indexing.ANY_OPEN, "USING INDEX entries_open"),
        (indexing.OLDEST_OPEN, "USING INDEX entries_open"),
        (search.INDEXED, "SEARCH e USING INDEX entries_indexed"),
        (search.FOUND, "SEARCH e USING INDEX entries_indexed"),
        (search.OLDER, "PRIMARY KEY"),
        (indexing.LAST_MARK, "SCAN search_marks"),
        (search.BEGINNING, "search_words_1"),
        (search.HOLDING, "PRIMARY KEY"),
        (indexing.ADDED, "entries_1"),
        (tags.BEGINNINGS.format(list="$1"), "PRIMARY KEY"),
        (tags.INSIDE, "PRIMARY KEY"),
        (tags.NEEDED.format(list="$1"), "tag_needs_word"),
    ],
)
def test_a_search_goes_along_an_index(connection: sqlite3.Connection, sql: str, way: str) -> None:
    text = re.sub(r"\$(\d)", r"?\1", sql)
    count = max((int(number) for number in re.findall(r"\?(\d)", text)), default=0)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", ["x"] * count)]
    assert any(way in step for step in plan), plan
    assert not any("TEMP B-TREE" in step for step in plan), plan
