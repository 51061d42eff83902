"""Feeds made to fill the memory or to be slow."""

import gzip
from time import process_time

import pytest

from bot.domain.errors import ParseError
from feeds.body import LARGEST
from feeds.feed import MOST_ITEMS
from tests.feeds.test_feed import FRAME, assert_one_sentence, read


def test_a_compression_bomb_is_refused_quickly() -> None:
    bomb = gzip.compress(b"<rss>" + b" " * (LARGEST + 10), mtime=0)
    begun = process_time()
    with pytest.raises(ParseError, match="larger than 20 MB"):
        read(bomb)
    assert process_time() - begun < 5


def laughs(depth: int) -> str:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, depth))
    return f'<!DOCTYPE rss [<!ENTITY l0 "lol">{entities}]>' + FRAME % f"<item><title>&l{depth - 1};</title></item>"


@pytest.mark.parametrize(
    "bomb",
    [
        laughs(10),
        '<!DOCTYPE rss [<!ENTITY a "'
        + "a" * 100_000
        + '">]>'
        + FRAME % f"<item><title>{'&a;' * 30_000}</title></item>",
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + FRAME % "<item><title>&x;</title></item>",
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">' + FRAME % "<item><title>x</title></item>",
    ],
    ids=["billion laughs", "quadratic", "external entity", "external DTD"],
)
def test_an_entity_bomb_is_harmless(bomb: str) -> None:
    begun = process_time()
    try:
        parsed = read(bomb)
    except ParseError:
        parsed = None
    assert process_time() - begun < 5
    for entry in parsed.entries if parsed else ():
        assert len(entry.title) <= 500
        assert "root:" not in entry.title


@pytest.mark.parametrize(
    "body",
    [
        FRAME % ("<item>" * 5_000),
        FRAME % ("<item><title>" + "<b>" * 20_000),
        "<rss><channel>" + "<" * 200_000,
        "<rss><channel><item>" + "&#x;" * 50_000 + "&" * 50_000,
        "<rss><channel><item>" + "<![CDATA[" * 30_000,
        "<rss><channel><item>" + "<!--" * 30_000,
        "<!" * 100_000 + "<rss>",
        "<?" * 100_000 + "<rss>",
        "<!DOCTYPE " * 20_000 + "<rss>",
        "<!ENTITY " * 20_000 + "<rss>",
        "<rss><channel><item><title>&#99999999999;</title></item>",
    ],
    ids=[
        "items",
        "tags",
        "brackets",
        "references",
        "cdata",
        "comments",
        "declarations",
        "instructions",
        "doctypes",
        "entities",
        "character",
    ],
)
def test_a_body_made_to_be_slow_ends_soon(body: str) -> None:
    begun = process_time()
    try:
        read(body)
    except ParseError as refusal:
        assert_one_sentence(refusal)
    assert process_time() - begun < 10


def test_a_page_of_more_items_than_any_feed_has_is_refused() -> None:
    with pytest.raises(ParseError, match="more than 20000 items"):
        read(FRAME % ("<item/>" * (MOST_ITEMS + 1)))
