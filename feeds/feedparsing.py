"""Bytes of XML in, what the publisher wrote out: by feedparser, without its `parse`.

So nothing here can be taken for an address or a file name, no global of the library is changed, and its sanitiser and
resolver of links in HTML, two thirds of its time, stay off: every value passes `feeds.text` and `feeds.urls` later, and
only what is new. expat calls the strict parser (`feeds.feed_parsers`) without xml.sax between, and joins character
data before it calls (`buffer_text`).
"""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import chain
from typing import Any, Protocol
from xml.parsers import expat

from feedparser.sanitizer import replace_doctype

from bot.domain.errors import ParseError
from feeds.feed_items import Feed, Item, Text, every
from feeds.feed_parsers import BROKEN, Loose, Strict

LARGEST_LOOSE = 5_000_000
"""Bytes of XML that is not well-formed: the tolerant parser is slow, and nobody writes that much by mistake."""

MOST_TAGS_LOOSE = 100_000
"""What the tolerant parser reads in some seconds."""

_ENCODING = "UTF-8"
"""Upper case keeps feedparser from taking every text that may be UTF-8 twice over for that: "à »" is Latin-1, too."""
_TWICE = re.compile(
    "[\u00c2\u00c3][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]|\u00e2\u20ac"
)
"""What UTF-8 looks like when it was read as Windows-1252 and written as UTF-8 again: Ã© for é."""
_MARKS = ("\u00c2", "\u00c3", "\u00e2\u20ac")
"""One of these begins each: looked for first, for most texts have none."""
_FORBIDDEN = bytes(sorted(set(range(0x20)) - {0x09, 0x0A, 0x0D}))
"""Control characters that XML 1.0 §2.2 excludes, and that many a database holds."""
_HTML = frozenset({"text/html", "application/xhtml+xml"})


_INSTEAD = ("media_description", "subtitle")
"""What serves as the text of an item that has none."""


class _Read(Protocol):
    """What a feedparser parser holds when it is done."""

    version: str
    feeddata: dict[str, Any]
    entries: list[dict[str, Any]]


def read(data: bytes, base: str) -> Feed:
    """Return what a feed in UTF-8 says; links are joined to xml:base, else to `base`.

    Raise ParseError for a large body that is not well-formed.
    """
    version, data, entities = replace_doctype(data)  # type: ignore[no-untyped-call]
    base = base if b"base=" in data else ""  # without xml:base, links are resolved where entries are made
    parser = _strictly(data, base) or _strictly(data.translate(None, _FORBIDDEN), base)
    notes: tuple[str, ...] = ()
    if parser is None:
        if len(data) > LARGEST_LOOSE or data.count(b"<") > MOST_TAGS_LOOSE:
            raise ParseError("The feed is not well-formed XML, and too large to be read in spite of it.")
        parser, notes = _loosely(data, base, entities), ("The feed is not well-formed XML; it was read as it came.",)
    return _feed(parser, version or parser.version or "", notes)


def _strictly(data: bytes, base: str) -> _Read | None:
    parser = Strict(base, None, _ENCODING)
    reader = expat.ParserCreate("utf-8", " ")
    parser.listen(reader)
    try:
        reader.Parse(data, True)  # noqa: FBT003  # positional in the C module
    except (expat.ExpatError, *BROKEN):
        return None
    return parser


def _loosely(data: bytes, base: str, entities: Mapping[str, str]) -> _Read:
    parser = Loose(base, None, _ENCODING, entities)
    parser.namespacemap.update({"rss": "", "atom": ""})  # prefixes that people forget to declare
    try:
        parser.feed(data.decode("utf-8", "replace"))
        parser.close()
    except Exception as error:  # sgmllib and its users raise whatever a hostile body provokes
        raise ParseError("The feed is so malformed that no parser reads it; ask its operator.") from error
    return parser


def _feed(parser: _Read, version: str, notes: tuple[str, ...]) -> Feed:
    about = dict(parser.feeddata)
    atom = parser.version.startswith("atom")
    authors = _authors(about)
    return Feed(
        version=version,
        title=_text(about, "title"),
        lang=_string(about.get("language")) or _string(dict(about.get("title_detail", {})).get("language")),
        every=_every(about),
        items=tuple(_item(dict(entry), authors, atom=atom) for entry in parser.entries),
        notes=notes,
    )


def _item(entry: dict[str, Any], feed_authors: tuple[str, ...], *, atom: bool) -> Item:
    links = [dict(link) for link in entry.get("links", ())]
    others = [_string(link.get("href")) for link in links]
    published = _string(entry.get("published") or entry.get("created"))
    updated = _string(entry.get("updated"))
    if not published and not atom:  # RSS 1.0 and many of 2.0 have dc:date alone
        published, updated = updated, ""
    texts = (*map(_content, entry.get("content", ())), _text(entry, "summary"))
    link = _string(entry.get("feedburner_origlink")).strip() or _string(entry.get("link")) or _first_page(links)
    player = _string(dict(entry.get("media_player", {})).get("url"))
    return Item(
        id=_string(entry.get("id")),
        permalink=entry.get("permalink") is True,
        link=link or player,
        links=tuple(filter(None, others)),
        title=_text(entry, "title"),
        texts=texts if any(text.value for text in texts) else tuple(_text(entry, name) for name in _INSTEAD),
        published=published,
        updated=updated,
        lang=_string(entry.get("language")) or _spoken(entry),
        authors=_authors(entry) or _authors(dict(entry.get("source", {}))) or feed_authors,  # RFC 4287 §4.2.1
        categories=tuple(_string(tag.get("label") or tag.get("term")) for tag in map(dict, entry.get("tags", ()))),
        enclosures=sum(link.get("rel") == "enclosure" for link in links),
    )


def _spoken(entry: Mapping[str, Any]) -> str:
    """Return the language of an item's title, else of its text (xml:lang on either, or further up)."""
    for detail in (entry.get("title_detail"), entry.get("summary_detail"), *entry.get("content", ())):
        if detail and (tag := detail.get("language")):
            return _string(tag)
    return ""


def _first_page(links: Iterable[Mapping[str, Any]]) -> str:
    """Return the first alternate link, whatever type it names (RFC 4287 §4.2.7.2), else the first page.

    A page is what is of type HTML and of a relation that is nobody's but the publisher's (§4.2.7.2: an IRI).
    """
    pages = (link for link in links if link.get("type") in _HTML and "://" in link.get("rel", ""))
    alternates = (link for link in links if link.get("rel") == "alternate")
    return next((_string(link.get("href")) for link in chain(alternates, pages)), "")


def _authors(context: Mapping[str, Any]) -> tuple[str, ...]:
    people = [dict(person) for person in context.get("authors", ())]
    names = [_string(person.get("name") or person.get("email")) for person in people]
    return tuple(filter(None, names)) or tuple(filter(None, [_string(context.get("author"))]))


def _text(context: Mapping[str, Any], name: str) -> Text:
    """Return a text with its type; the type is forgotten if it is that of an element deeper down (an image's title)."""
    value, detail = context.get(name), dict(context.get(f"{name}_detail", {}))
    return _content(detail if detail.get("value") == value else {"value": value})


def _content(content: Mapping[str, Any]) -> Text:
    kind = _string(content.get("type"))
    value = _string(content.get("value"))
    if kind.startswith(("audio/", "image/", "video/")) or (kind == "application/octet-stream" and " " not in value):
        return Text()  # a recording, or base64 that decoded to no prose
    return Text(value=_once(value), html=True if kind in _HTML else None)


def _once(value: str) -> str:
    """Undo an encoding done twice, where the text shows the marks of it."""
    if not any(mark in value for mark in _MARKS) or not _TWICE.search(value):
        return value
    try:
        return value.encode("cp1252").decode()
    except UnicodeError:
        return value


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _every(about: Mapping[str, Any]) -> timedelta | None:
    ttl, period, frequency = (_string(about.get(name)) for name in ("ttl", "sy_updateperiod", "sy_updatefrequency"))
    return every(ttl, period, frequency)
