"""The format `feed`: RSS 0.9x to 2.0, RSS 1.0, Atom 0.3 and 1.0, CDF, JSON Feed, RSS in JSON."""

import re

from bot.domain.errors import ParseError
from feeds import feed_json, feedparsing, verdicts
from feeds.body import utf8
from feeds.feed_items import Feed, entries, spoken, title
from feeds.page import Page, Parsed
from feeds.trim import Trimmed, trim

MOST_ITEMS = 20_000
"""A page of more is not a feed; the tolerant parser would take minutes over it."""

_ROOTS = {
    "opml": "an OPML list of feeds; add the feeds it lists instead",
    "urlset": "a sitemap",
    "sitemapindex": "a sitemap",
    "svg": "an SVG picture",
    "error": "an error message",
}
_HTML = frozenset({"html", "head", "body"})
_FEEDS = frozenset({"rss", "rdf:rdf", "rdf", "feed", "channel", "entry"})
_NAME = re.compile(rb"<([A-Za-z_][\w.:-]*)")
_FRAME = re.compile(rb"<(?:\?xml|rss|feed|rdf:RDF)[\s>]")
_WRAPPED = re.compile(rb"<(feed(?=\s[^<>]*xmlns)|rss(?=\s[^<>]*version))")
"""A feed inside an HTML page, where its publisher's tools put it; not an example, whose markup would be escaped."""
_PREAMBLE = 20_000


def parse(page: Page) -> Parsed:
    """Read a feed of any kind.

    Items that the last good page held are left out where that is safe (`feeds.trim`). Raise ParseError, with a
    sentence that says what the body looks like, if it is no feed; a feed without items is one.
    """
    if what := verdicts.file_kind(page.body):
        raise ParseError(f"The body is {what}, not a feed.")
    data = utf8(page.body, page.headers, page.lang)
    if data[:1] in (b"{", b"["):
        return _parsed(feed_json.read(data), page, None)
    return _xml(_framed(data), page)


def _xml(data: bytes, page: Page) -> Parsed:
    trimmed = trim(data, page.known, page.url)
    if trimmed is not None and not trimmed.rest:
        return _parsed(trimmed.head, page, trimmed)
    if data.count(b"<item") + data.count(b"<entry") > MOST_ITEMS:
        raise ParseError(f"The body holds more than {MOST_ITEMS} items, which no feed does.")
    feed = feedparsing.read(trimmed.rest if trimmed else data, page.url)
    root = _root(data)
    if not feed.version and not feed.items and root not in _FEEDS:
        what = _ROOTS.get(root, f"XML with the root element <{root[:40]}>" if root else "text without any XML")
        raise ParseError(f"The body is {what}, not a feed.")
    if feed.notes and not feed.items and f"</{root}".encode() not in data.lower():
        raise ParseError("The feed breaks off before its first item; ask again later.")
    return _parsed(feed, page, trimmed)


def _parsed(feed: Feed, page: Page, trimmed: Trimmed | None) -> Parsed:
    return Parsed(
        entries=entries(feed, page),
        count=trimmed.count if trimmed else len(feed.items),
        items=trimmed.items if trimmed else b"",
        title=title(feed),
        lang=spoken(feed, page),
        every=feed.every,
        notes=feed.notes,
    )


def _framed(data: bytes) -> bytes:
    """Return the body from where the feed begins: servers print warnings before it. Raise ParseError for HTML."""
    root = _root(data)
    if found := _WRAPPED.search(data[:_PREAMBLE]) if root in _HTML else None:
        end = data.rfind(b"</" + found[1])
        return data[found.start() : data.find(b">", end) + 1 if end > 0 else None]
    if root in _HTML or data[:200].lower().startswith(b"<!doctype html"):
        raise ParseError(
            "The server answered with a page that blocks robots, not with a feed; slow down or ask its operator."
            if verdicts.is_block_page(data)
            else "The body is an HTML page, not a feed; use the address of the feed that the page links to."
        )
    if root not in _FEEDS and (found := _FRAME.search(data[:_PREAMBLE])):
        return data[found.start() :]
    return data


def _root(data: bytes) -> str:
    """Return the name of the first element in lower case, empty if there is none (XML 1.0 §2.8: prolog)."""
    position = 0
    while (start := data.find(b"<", position)) >= 0:
        if found := _NAME.match(data, start):
            return found[1].decode("ascii", "replace").lower()
        if data.startswith(b"<!--", start):
            end = data.find(b"-->", start)
        elif data.startswith(b"<?", start):
            end = data.find(b"?>", start)
        else:
            subset = data[start : start + 200].find(b"[")
            end = data.find(b"]>" if subset >= 0 else b">", start)
        if end < 0:
            break
        position = end + 1
    return ""
