"""Queries and texts in more than twenty languages, with what the contract says of them (design §4, nlp.md §3)."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.language.stems import snowball
from bot.domain.entries import Entry, Kind
from bot.domain.matching import Context, WatchIndex
from bot.domain.query_parser import parse
from bot.domain.understanding import Lexicon, understood
from bot.domain.watches import WatchId
from bot.vocabulary.reading import shipped

ROWS = [
    line.split("\t")
    for line in Path(__file__).with_name("by_hand.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
FACTS = ("company", "companies", "question", "stage", "number")


def read(row: list[str]) -> tuple[Entry, Context]:
    """Return the entry of a line, and what is known of it from outside."""
    fields: dict[str, Any] = {"title": "t", "text": row[2], **json.loads(row[3] if len(row) > 3 else "{}")}
    published = fields.get("published")
    entry = Entry(
        key="1",
        kind=Kind(fields.get("kind", "news")),
        title=fields["title"],
        text=fields["text"],
        published=datetime.fromisoformat(published) if published else None,
        starts=date.fromisoformat(fields["starts"]) if "starts" in fields else None,
        place=fields.get("place"),
        group=fields.get("group"),
        lang=fields.get("lang"),
        facts={
            name: tuple(fields[name]) if isinstance(fields[name], list) else fields[name]
            for name in fields.keys() & set(FACTS)
        },
    )
    return entry, Context(source_name=fields.get("source", ""), body=fields.get("body"))


@pytest.mark.slow
def test_queries_find_what_a_reader_expects_and_show_where() -> None:
    index, lexicon = WatchIndex(snowball(), shipped()), Lexicon(shipped())
    for number, (query, *_) in enumerate(ROWS):
        index.put(WatchId(number), understood(parse(query), lexicon))
    wrong = []
    for number, row in enumerate(ROWS):
        entry, context = read(row)
        hits = {match.watch: match.hits for match in index.match(entry, context)}
        if (row[1] == "finds") != (number in hits):
            wrong.append(row)
        shown = {"title": entry.title, "text": entry.text}
        assert all(shown[hit.field][hit.start : hit.end] for hit in hits.get(WatchId(number), ()) if hit.field in shown)
    assert wrong == []
    assert len(ROWS) > 500
