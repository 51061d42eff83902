"""Leaving known items out changes the cost of a page, and nothing else."""

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import feedparsing
from feeds.feed import parse
from feeds.page import Page, Parsed
from feeds.trim import HASH_SIZE, trim

BASE = "https://example.org/feed.xml"
RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><ttl>30</ttl><language>de</language>'
    "{}</channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title type="html">&lt;b&gt;T&lt;/b&gt;</title>{}</feed>'
)
IDS = ["", "1", "2", "tag:e.org,1", "https://example.org/1", "/1", " 1 ", "é", "a&amp;b", "item"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An item as a publisher may write it."""

    id: str
    title: str
    link: str
    permalink: str

    @property
    def rss(self) -> str:
        guid = f"<guid{self.permalink}>{self.id}</guid>" if self.id else ""
        link = f"<link>{self.link}</link>" if self.link else ""
        return (
            f"<item>{guid}{link}<title>{escape(self.title)}</title><description><![CDATA[<item>]]></description></item>"
        )

    @property
    def plain_rss(self) -> str:
        return self.rss.replace("<![CDATA[<item>]]>", "words")

    @property
    def atom(self) -> str:
        named = f"<id>{self.id}</id>" if self.id else ""
        return f"<entry>{named}<link href='{self.link}'/><title>{escape(self.title)}</title></entry>"


ITEMS = st.lists(
    st.builds(
        Written,
        id=st.sampled_from(IDS),
        title=st.text(alphabet="ab <&é", max_size=4),
        link=st.sampled_from(["", "/1", "/2", "https://example.org/1"]),
        permalink=st.sampled_from(["", ' isPermaLink="true"', ' isPermaLink="false"']),
    ),
    max_size=6,
)
DISTINCT = st.lists(st.integers(0, 99), min_size=1, max_size=8, unique=True)


def read(body: str, known: bytes = b"") -> Parsed:
    return parse(Page(body=body.encode(), url=BASE, fetched_at=datetime(2026, 3, 2, tzinfo=UTC), known=known))


def hashes(parsed: Parsed) -> list[bytes]:
    return [parsed.items[at : at + HASH_SIZE] for at in range(0, len(parsed.items), HASH_SIZE)]


def page(*numbers: int) -> str:
    return RSS.format("".join(f"<item><guid>{n}</guid><title>Number {n}</title></item>" for n in numbers))


@settings(deadline=None, max_examples=300)
@given(ITEMS, st.sampled_from(["rss", "plain_rss", "atom"]), st.sets(st.integers(0, 5)))
def test_entries_are_the_same_with_and_without_trimming(items: list[Written], form: str, known: set[int]) -> None:
    frame = ATOM if form == "atom" else RSS
    body = frame.format("".join(getattr(item, form) for item in items))
    whole = read(body)
    found = hashes(whole)
    part = read(body, b"".join(found[n] for n in known if n < len(found)))
    assert part.count == whole.count == len(items)
    assert part.items == whole.items
    left = [entry for n, entry in enumerate(whole.entries) if not (found and n in known)]
    assert list(part.entries) == left
    assert (part.title, part.lang, part.every) == (whole.title, whole.lang, whole.every)


@settings(deadline=None)
@given(DISTINCT, DISTINCT)
def test_a_poll_brings_exactly_what_the_page_before_did_not_hold(before: list[int], now: list[int]) -> None:
    remembered = read(page(*before)).items
    parsed = read(page(*now), remembered)
    assert [entry.key for entry in parsed.entries] == [str(n) for n in now if n not in before]
    assert parsed.count == len(now)


def test_an_edited_item_is_read_again() -> None:
    before = read(page(1, 2))
    after = read(page(1, 2).replace("Number 2", "Number two"), before.items)
    assert [entry.title for entry in after.entries] == ["Number two"]


def test_feedparser_is_not_called_when_nothing_is_new() -> None:
    body = page(1, 2, 3)
    remembered = read(body).items
    with patch.object(feedparsing, "read", side_effect=AssertionError("called")):
        parsed = read(body.replace("<ttl>30</ttl>", "<ttl>31</ttl><lastBuildDate>now</lastBuildDate>"), remembered)
    assert (parsed.entries, parsed.count, parsed.items, parsed.title, parsed.lang) == ((), 3, remembered, "T", "de")
    assert parsed.every is not None
    assert parsed.every.total_seconds() == 31 * 60


@pytest.mark.parametrize(
    "body",
    [
        page(1, 1),
        RSS.format("<item><title>no id</title></item>"),
        RSS.format("<item><guid>1</guid><guid>2</guid></item>"),
        RSS.format("<item><guid>é</guid></item>"),
        RSS.format("<item><guid>1</guid><description><![CDATA[<item><guid>2</guid></item>]]></description></item>"),
        RSS.format("<description><![CDATA[<item>]]></description><item><guid>1</guid></item>"),
        RSS.format("<!-- <item><guid>2</guid></item> --><item><guid>1</guid></item>"),
        RSS.format("<item><guid>1</guid><title>Fish & chips</title></item>"),
        '<!DOCTYPE rss [<!ENTITY a "1">]>' + RSS.format("<item><guid>&a;</guid></item>").partition("?>")[2],
        '<rss xmlns:r="urn:r"><channel><r:item><guid>1</guid></r:item></channel></rss>',
        RSS.format("<x:item><guid>1</guid></x:item>"),
        '<entry xmlns="http://www.w3.org/2005/Atom"><id>1</id></entry>',
        page(),
    ],
)
def test_a_page_that_cannot_be_trimmed_safely_is_left_whole(body: str) -> None:
    assert trim(body.encode(), b"", BASE) is None


def test_an_address_as_id_counts_as_the_page_it_leads_to() -> None:
    one, other = '<guid isPermaLink="true">/1</guid>', "<guid>https://example.org/1</guid>"
    assert trim(RSS.format(f"<item>{one}</item><item>{other}</item>").encode(), b"", BASE) is None


def test_bytes_that_are_no_hashes_of_ours_only_cost_time() -> None:
    body = page(1, 2)
    assert read(body, b"other parser's memory").entries == read(body).entries


def test_a_new_item_under_another_prefix_is_seen_among_known_ones() -> None:
    remembered = read(page(1, 2)).items
    body = page(1, 2).replace(
        "</channel>", "<r:item xmlns:r='http://purl.org/rss/1.0/'><guid>3</guid></r:item></channel>"
    )
    assert [entry.key for entry in read(body, remembered).entries] == ["1", "2", "3"]


def test_a_page_whose_frame_broke_is_read_whole() -> None:
    remembered = read(page(1, 2)).items
    assert read(page(1, 2).replace("</channel>", "<b></channel>"), remembered).count == 2
