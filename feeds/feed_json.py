"""JSON Feed 1.0 and 1.1 (jsonfeed.org), and RSS written as JSON (scripting.com, 2012)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.errors import ParseError
from feeds.feed_items import Feed, Item, Text


def read(data: bytes) -> Feed:
    """Return what a JSON feed says; values of the wrong type count as absent.

    Raise ParseError if the body is not JSON, or JSON of another kind.
    """
    try:
        document = json.loads(data)
    except RecursionError as error:
        raise ParseError("The body is JSON nested too deep to be a feed.") from error
    except ValueError as error:
        raise ParseError(f"The body begins like JSON and is not: {str(error)[:100]}.") from error
    top = _mapping(document)
    if isinstance(top.get("items"), list) and _is_json_feed(top):
        return _json_feed(top)
    channel = _mapping(_mapping(top.get("rss")).get("channel"))
    if channel:
        return _rss(channel)
    raise ParseError("The body is JSON, but not a JSON Feed; perhaps the address is that of an API.")


def _is_json_feed(top: Mapping[str, Any]) -> bool:
    """Tell whether it says so, or is made like one: some forget all that is around the items."""
    if "jsonfeed" in _string(top.get("version")) or any(name in top for name in ("home_page_url", "feed_url")):
        return True
    return any(name in item for item in _mappings(top["items"]) for name in ("content_text", "content_html"))


def _json_feed(top: Mapping[str, Any]) -> Feed:
    authors = _people(top)
    return Feed(
        title=Text(value=_string(top.get("title"))),
        lang=_string(top.get("language")),
        items=tuple(_item(item, authors) for item in _mappings(top["items"])),
    )


def _item(item: Mapping[str, Any], feed_authors: tuple[str, ...]) -> Item:
    attachments = [_string(one.get("url")) for one in _mappings(item.get("attachments"))]
    other = _string(item.get("external_url"))
    link = _string(item.get("url")) or other
    return Item(
        id=_string(item.get("id")),
        link=link,
        links=tuple(filter(None, [other, *attachments])),
        title=Text(value=_string(item.get("title"))),
        texts=(
            Text(value=_string(item.get("content_html")), html=True),
            Text(value=_string(item.get("content_text")), html=False),
            *(
                []
                if item.get("content_html") or item.get("content_text")
                else [Text(value=_string(item.get("summary")))]
            ),
        ),
        published=_string(item.get("date_published")),
        updated=_string(item.get("date_modified")),
        lang=_string(item.get("language")),
        authors=_people(item) or feed_authors,
        categories=tuple(filter(None, map(_string, _list(item.get("tags"))))),
        enclosures=len(attachments),
    )


def _people(context: Mapping[str, Any]) -> tuple[str, ...]:
    """Return names from `authors` (1.1) or `author` (1.0)."""
    authors = context.get("authors")
    people = _mappings(authors if isinstance(authors, list) else [authors]) or _mappings([context.get("author")])
    return tuple(filter(None, (_string(person.get("name") or person.get("url")) for person in people)))


def _rss(channel: Mapping[str, Any]) -> Feed:
    items = channel.get("item")
    return Feed(
        title=Text(value=_string(channel.get("title"))),
        lang=_string(channel.get("language")),
        items=tuple(_rss_item(item) for item in _mappings(items if isinstance(items, list) else [items])),
    )


def _rss_item(item: Mapping[str, Any]) -> Item:
    guid = item.get("guid")
    enclosures = item.get("enclosure")
    enclosed = [
        _string(one.get("url")) for one in _mappings(enclosures if isinstance(enclosures, list) else [enclosures])
    ]
    return Item(
        id=_string(_mapping(guid).get("#value")) or _string(guid),
        link=_string(item.get("link")),
        links=tuple(filter(None, enclosed)),
        title=Text(value=_string(item.get("title"))),
        texts=(Text(value=_string(item.get("description")), html=True),),
        published=_string(item.get("pubDate")),
        authors=tuple(filter(None, [_string(item.get("author"))])),
        enclosures=len(enclosed),
    )


def _string(value: object) -> str:
    """Return a string, or a number as one (ids often are); anything else is absent."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [one for one in _list(value) if isinstance(one, dict)]
