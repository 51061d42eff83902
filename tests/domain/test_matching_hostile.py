"""Queries and texts made to take time, or to break what reads them."""

from time import process_time

import pytest

from adapters.language.stems import snowball
from bot.domain.entries import Entry, Kind
from bot.domain.errors import QueryError
from bot.domain.matching import MOST_WORDINGS, WatchIndex
from bot.domain.query_parser import parse
from bot.domain.watches import WatchId
from bot.vocabulary.reading import shipped

STEM = snowball()
LONGEST = 0.05
"""Seconds of the processor's time that nothing may take on the event loop."""
SLACK = 6
"""A busy machine and a cold cache."""

QUERIES = {
    "long word": "a" * 2_000,
    "two thousand letters": " ".join("abcdefghij" for _ in range(180)),
    "terms": ", ".join(f"word{n}" for n in range(200)),
    "conjunction": " AND ".join(f"word{n}" for n in range(150)),
    "near": " NEAR/50 ".join(["ab"] * 200),
    "near ten": " NEAR/50 ".join(["ab"] * 11),
    "near alternatives": f"({', '.join('ab' for _ in range(90))}) NEAR/50 ({', '.join('ab*' for _ in range(90))})",
    "nesting": "(" * 900 + "ab" + ")" * 900,
    "nested not": "ab AND " + "NOT (" * 49 + "cd" + ")" * 49,
    "bare words": " ".join(f"w{n % 9}" for n in range(200)),
    "same bare words": " ".join(["ab"] * 190),
    "phrase": '"' + " ".join(["ab"] * 100) + '"',
    "phrase of function words": '"ab ' + "of " * 90 + 'ab"',
    "Chinese": "人" * 99,
    "Chinese and nearly": '"' + "人" * 99 + '脸"',
    "marks": "\u202eab\u202c \u200fcd\u200e",
    "emoji": "👩\u200d💻 AND ab",
    "nul": "ab\x00cd",
    "combining": "a" + "\u0301" * 1_900,
    "ligatures": "ﷺ" * 200,
    "stars": "*abcd* " * 150,
    "exact": '="' + "ab " * 300 + '"',
    "umlauts": " ".join("Überwachungsmaßnahmenkatalog" for _ in range(60)),
}
TEXTS = {
    "words": "ab " * 1_333,
    "mixed": "ab of cd, ef. " * 285,
    "Chinese": "人" * 4_000,
    "no spaces": "a" * 4_000,
    "marks": "a\u0301\u202e" * 1_333,
    "dots": "a." * 2_000,
    "bare words": " ".join(f"w{n % 9}" for n in range(1_300)),
    "gaps": "ab" + " -" * 1_900 + "ab",
    "emoji": "👩\u200d💻\u200f ab\x00" * 500,
    "ligatures": "ﷺ " * 2_000,
}


def spent(query: str, text: str) -> float:
    """Return the seconds that a query and a text take together."""
    index = WatchIndex(STEM)
    entry = Entry(key="1", kind=Kind.NEWS, title="t", text=text)
    begun = process_time()
    try:
        index.put(WatchId(1), parse(query))
    except QueryError:
        return process_time() - begun
    for match in index.match(entry):
        assert all(0 <= hit.start < hit.end <= len(text) for hit in match.hits)
    return process_time() - begun


@pytest.mark.parametrize("query", QUERIES)
def test_a_hostile_query_is_refused_or_answered_at_once(query: str) -> None:
    for text in TEXTS.values():
        times = [spent(QUERIES[query], text) for _ in range(2)]
        assert min(times) < LONGEST * SLACK, text[:10]


def test_a_book_is_matched_against_a_thousand_watches_in_about_a_second() -> None:
    index = WatchIndex(STEM)
    for number in range(1_000):
        index.put(WatchId(number), parse(f'word{number}x AND "some words{number} here", w{number} NEAR/3 other'))
    text = " ".join(f"w{n * n % 20_011} some word{n % 977}x here." for n in range(34_000))
    begun = process_time()
    found = index.match(Entry(key="1", kind=Kind.NEWS, title="t", text=text))
    assert process_time() - begun < 1 * SLACK
    assert found == []


def test_more_concepts_than_can_be_compiled_quickly_are_refused_at_once_and_where() -> None:
    index = WatchIndex(STEM, shipped())
    query = parse(", ".join(f"@{name}" for name in list(shipped().sets)[:120]))
    begun = process_time()
    with pytest.raises(QueryError, match="wordings in all languages") as refused:
        index.put(WatchId(1), query)
    assert process_time() - begun < LONGEST
    assert str(query)[refused.value.position] == "@"
    assert "Split it" in refused.value.remedy
    assert sum(len(one.wordings) for one in shipped().sets.values()) > MOST_WORDINGS


def test_a_shipped_set_is_read_once_and_compiled_once_an_index() -> None:
    query = parse("@facial-recognition, @video-surveillance, @biometric-identification")
    WatchIndex(STEM, shipped()).put(WatchId(1), query)
    index = WatchIndex(STEM, shipped())
    begun = process_time()
    index.put(WatchId(1), query)
    compiled = process_time()
    index.put(WatchId(2), query)
    assert compiled - begun < LONGEST * SLACK
    assert process_time() - compiled < LONGEST / 10
