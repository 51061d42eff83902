"""The one place that knows feedparser: bytes of XML in, what the publisher wrote out.

feedparser's parsers are driven directly, without its `parse`: nothing here can be taken for an address or a file
name, no global of the library is changed, and its sanitiser and resolver of links in HTML, two thirds of its time,
stay off: every value passes `feeds.text` and `feeds.urls` later, and only what is new. The expat reader joins
character data before it calls back (`buffer_text`), which the standard library leaves off in Python 3.11.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any, Protocol
from xml.sax import SAXException
from xml.sax.expatreader import ExpatParser
from xml.sax.handler import feature_external_ges, feature_namespaces
from xml.sax.xmlreader import InputSource

from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.exceptions import UndeclaredNamespace
from feedparser.sanitizer import replace_doctype

from bot.domain.errors import ParseError
from feeds.feed_items import Feed, Item, Text, every

LARGEST_LOOSE = 5_000_000
"""Bytes of XML that is not well-formed: the tolerant parser is slow, and nobody writes that much by mistake."""

_HTML = frozenset({"text/html", "application/xhtml+xml"})


class _Read(Protocol):
    """What a feedparser parser holds when it is done."""

    version: str
    feeddata: dict[str, Any]
    entries: list[dict[str, Any]]


class _Reader(ExpatParser):
    """The standard expat reader, handing over character data in one piece."""

    def reset(self) -> None:
        super().reset()
        self._parser.buffer_text = True  # type: ignore[attr-defined]
        self._parser.buffer_size = 65536  # type: ignore[attr-defined]


class _LiteralIds:
    """Ids stay as written: they are resolved, if at all, where keys are made (`feeds.feed_items.identity`)."""

    def _start_guid(self, attributes: dict[str, str]) -> None:
        permalink = attributes.get("ispermalink") == "true"
        super()._start_guid(attributes | {"ispermalink": "false"})  # type: ignore[misc]
        self._get_context()["permalink"] = permalink  # type: ignore[attr-defined]

    _start_id = _start_guid


class _Strict(_LiteralIds, StrictFeedParser):  # type: ignore[misc]
    resolve_relative_uris = False
    sanitize_html = False


class _Loose(_LiteralIds, LooseFeedParser):  # type: ignore[misc]
    resolve_relative_uris = False
    sanitize_html = False


def read(data: bytes, base: str) -> Feed:
    """Return what a feed in UTF-8 says; links are joined to xml:base, else to `base`.

    Raise ParseError for a large body that is not well-formed.
    """
    version, data, entities = replace_doctype(_declared(data))  # type: ignore[no-untyped-call]
    parser = _strictly(data, base)
    notes: tuple[str, ...] = ()
    if parser is None:
        if len(data) > LARGEST_LOOSE:
            raise ParseError("The feed is not well-formed XML, and too large to be read in spite of it.")
        parser, notes = _loosely(data, base, entities), ("The feed is not well-formed XML; it was read as it came.",)
    return _feed(parser, version or parser.version or "", notes)


def _declared(data: bytes) -> bytes:
    """Replace the XML declaration, whose encoding no longer holds."""
    if data.startswith(b"<?xml"):
        data = data.partition(b"?>")[2].lstrip()
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + data


def _strictly(data: bytes, base: str) -> _Read | None:
    parser = _Strict(base, None, "utf-8")
    reader = _Reader()
    reader.setFeature(feature_namespaces, state=True)
    reader.setFeature(feature_external_ges, state=False)
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    source = InputSource()
    source.setByteStream(BytesIO(data))
    try:
        reader.parse(source)
    except (SAXException, UndeclaredNamespace):
        return None
    return parser


def _loosely(data: bytes, base: str, entities: Mapping[str, str]) -> _Read:
    parser = _Loose(base, None, "utf-8", entities)
    parser.namespacemap.update({"rss": "", "atom": ""})  # prefixes that people forget to declare
    parser.feed(data.decode("utf-8", "replace"))
    parser.close()
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
    contents = [_content(content) for content in entry.get("content", ())]
    return Item(
        id=_string(entry.get("id")),
        permalink=entry.get("permalink") is True,
        link=_string(entry.get("link")) or _first_page(links),
        links=tuple(filter(None, others)),
        title=_text(entry, "title"),
        texts=(*contents, _text(entry, "summary")),
        published=published,
        updated=updated,
        lang=_string(entry.get("language")) or _string(dict(entry.get("title_detail", {})).get("language")),
        authors=_authors(entry) or feed_authors,
        categories=tuple(_string(tag.get("label") or tag.get("term")) for tag in map(dict, entry.get("tags", ()))),
        enclosures=sum(link.get("rel") == "enclosure" for link in links),
    )


def _first_page(links: Iterable[Mapping[str, Any]]) -> str:
    """Return the first alternate link, whatever type it names (RFC 4287 §4.2.7.2)."""
    return next((_string(link.get("href")) for link in links if link.get("rel") == "alternate"), "")


def _authors(context: Mapping[str, Any]) -> tuple[str, ...]:
    people = [dict(person) for person in context.get("authors", ())]
    names = [_string(person.get("name") or person.get("email")) for person in people]
    return tuple(filter(None, names)) or tuple(filter(None, [_string(context.get("author"))]))


def _text(context: Mapping[str, Any], name: str) -> Text:
    return _content({"value": context.get(name), **dict(context.get(f"{name}_detail", {}))})


def _content(content: Mapping[str, Any]) -> Text:
    kind = _string(content.get("type"))
    value = _string(content.get("value"))
    if kind.startswith(("audio/", "image/", "video/")) or (kind == "application/octet-stream" and " " not in value):
        return Text()  # a recording, or base64 that decoded to no prose
    return Text(value=value, html=True if kind in _HTML else None)


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _every(about: Mapping[str, Any]) -> timedelta | None:
    ttl, period, frequency = (_string(about.get(name)) for name in ("ttl", "sy_updateperiod", "sy_updatefrequency"))
    return every(ttl, period, frequency)
