"""feedparser's two parsers: its handlers of elements stay, the steps between them are made again.

For every element feedparser joins the base anew, looks for a handler by name, and guesses, sanitises and translates
what it says. Here a step is left out where it changes nothing: without xml:base and xml:lang, within an item, in text
without controls. All else goes feedparser's own way; `tests/feeds/test_feed_parsers.py` holds the two ways against
each other, for whatever version is installed.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self
from xml.parsers import expat

from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.html import _cp1252
from feedparser.urls import make_safe_absolute_uri

BROKEN = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What feedparser raises where elements it knows hold what it does not expect; such an element says nothing."""

XHTML = "application/xhtml+xml"

_SCOPED = frozenset({"xml:base", "base", "xml:lang", "lang"})
"""Attributes that hold for what is inside as well."""
_ROOTS = frozenset({"feed", "rss"})
_EMBEDDED = ("svg", "math")
_WRAPPERS = ("xhtml:div", "div")
_LISTED = frozenset({"category", "tags", "itunes_keywords"})
_IN_TEXT_INPUT = frozenset({"title", "link", "description", "name"})
_IN_IMAGE = frozenset({"title", "link", "description", "url", "href", "width", "height"})
_CONTROLS = re.compile("[\x80-\x9f]")
_UNESCAPED = re.compile("&([A-Za-z0-9_]+);")


class _Parameters(dict[str, Any]):
    """What feedparser notes of a text element: a plain dictionary, copied flat a thousand times a page."""

    def __deepcopy__(self, memo: object) -> Self:
        return type(self)(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Element:
    """What feedparser does with an element of some name.

    Attributes:
        tag: the name by which feedparser knows it.
        known_as: its name in the item.
        start, end: its handlers; None if it has none, and is kept under its name.
        apart: it changes how what is inside is read.
        ends_text_input, ends_image: it cannot be inside of these, which were never closed.

    """

    tag: str
    known_as: str
    start: Callable[[Any, dict[str, str]], None] | None
    end: Callable[[Any], None] | None
    apart: bool
    ends_text_input: bool
    ends_image: bool


def _unkept(name: str) -> Callable[[Any, dict[str, str]], None]:
    """Return what begins an element of no meaning that is named like a list of feedparser's own."""

    def start(parser: Any, _: dict[str, str]) -> None:
        parser.push(name, 0)

    return start


class _Publisher:
    """What both parsers do otherwise than feedparser's own: less, and nothing on behalf of the gate."""

    resolve_relative_uris = False
    sanitize_html = False
    baseuri: str
    can_be_relative_uri: frozenset[str]
    decls: dict[str, str]
    decode_entities: Callable[[str, str], str]
    depth: int
    elementstack: list[Any]
    entries: list[Any]
    incontent: int
    inentry: int
    inimage: int
    insource: int
    lang: str | None
    looks_like_html: Callable[[str], bool]
    property_depth_map: dict[Any, dict[str, int]]
    push: Callable[[str, int], None]
    title_depth: int
    version: str

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.contentparams = _Parameters()

    def pop(self, element: str, strip_whitespace: int = 1) -> str | None:
        """Take the innermost element off, and keep what it says if it belongs to an item."""
        if not self.elementstack or self.elementstack[-1][0] != element:
            return None
        if not self.inentry or self.insource or self.contentparams.get("base64"):
            return super().pop(element, strip_whitespace)  # type: ignore[misc,no-any-return]
        kind, expecting_text = self.contentparams.get("type"), self.elementstack[-1][1]
        said = self.taken(element, kind)
        if strip_whitespace:
            said = said.strip()
        if not expecting_text:
            return said
        if said and element in self.can_be_relative_uri and (element != "id" or self.guidislink):
            said = self.resolve_uri(said)
        said = self.decode_entities(element, said)
        if kind == "text/plain" and self.marked_up(said):
            self.contentparams["type"] = "text/html"
        self.contentparams.pop("base64", None)
        if not said.isascii() and _CONTROLS.search(said):
            said = said.translate(_cp1252)
        if element not in _LISTED and not (element == "title" and -1 < self.title_depth <= self.depth):
            self.keep(element, said)
        return said

    def taken(self, element: str, kind: str | None) -> str:
        """Take the innermost element off and return what is in it; in XHTML of Atom 1.0, what is in its <div>."""
        if kind == XHTML and self.version == "atom10":
            self.elementstack[-1][1] = 0  # feedparser takes the <div> off, and stops
            return super().pop(element, 0)  # type: ignore[misc,no-any-return]
        pieces = self.elementstack.pop()[2]
        try:
            return "".join(pieces)
        except TypeError:  # the tolerant parser notes references as bytes
            return "".join(piece if isinstance(piece, str) else piece.decode() for piece in pieces)

    def marked_up(self, said: str) -> bool:
        """Tell whether what is declared plain is taken for HTML."""
        return ("<" in said or "&" in said) and not self.version.startswith("atom") and self.looks_like_html(said)

    def keep(self, element: str, said: str) -> None:
        """Note what an element says in the item it belongs to; what lies deeper counts less."""
        entry = self.entries[-1]
        if element == "content":
            entry.setdefault(element, []).append(_Parameters(self.contentparams, value=said))
        elif element == "link":
            if not self.inimage:
                if "&" in said:
                    said = _UNESCAPED.sub(r"&\g<1>", said.replace("&amp;", "&"))
                entry[element] = said
                if said:
                    entry["links"][-1]["href"] = said
        else:
            name = "summary" if element == "description" else element
            depths = self.property_depth_map.setdefault(entry, {})
            if self.depth <= depths.get(name, self.depth):
                depths[name] = self.depth
                entry[name] = said
            if self.incontent:
                entry[f"{name}_detail"] = _Parameters(self.contentparams, value=said)

    def resolve_uri(self, uri: str) -> str:
        """Join a link to the base; without one, only a surplus of slashes after the scheme is taken out."""
        if not self.baseuri and ":///" not in uri:
            return uri
        return super().resolve_uri(uri)  # type: ignore[misc,no-any-return]

    def _start_guid(self, attributes: dict[str, str]) -> None:
        """Leave ids as written; they are resolved, if at all, where keys are made (`feeds.feed_items.identity`)."""
        self.guidislink = False
        self.push("id", 1)
        self._get_context()["permalink"] = attributes.get("ispermalink") == "true"  # type: ignore[attr-defined]

    def _end_guid(self) -> None:
        self.pop("id")

    def _start_link(self, attributes: dict[str, str]) -> None:
        """Pass over the links of what is in an item (its author, an image) once the item has one of its own.

        A link's `uri` is its address only if it can be followed: at:// goes beside the address.
        """
        if self.inentry and not self.insource:
            depths = self.property_depth_map.setdefault(self.entries[-1], {})
            if self.depth > depths.get("link", self.depth):
                self.push("link", 0)
                return
            depths["link"] = self.depth
        if not attributes.get("uri", "http").startswith("http"):
            attributes = {name: value for name, value in attributes.items() if name != "uri"}
        super()._start_link(attributes)  # type: ignore[misc]

    def _end_published(self) -> None:
        """Leave dates as written, here and below; `feeds.dates` reads those that matter."""
        self.pop("published")

    def _end_updated(self) -> None:
        self.pop("updated")

    def _end_created(self) -> None:
        self.pop("created")

    def push_content(self, tag: str, attributes: dict[str, str], default_type: str, expecting_text: int) -> None:
        """Begin a text."""
        self.incontent += 1
        self.lang = self.lang.replace("_", "-") if self.lang else self.lang
        kind = self.map_content_type(attributes.get("type", default_type))  # type: ignore[attr-defined]
        self.contentparams = parameters = _Parameters(type=kind, language=self.lang, base=self.baseuri)
        parameters["base64"] = self._is_base64(attributes, parameters)  # type: ignore[attr-defined]
        self.push(tag, expecting_text)

    def _start_media_description(self, _: dict[str, str]) -> None:
        """Keep what a picture or film shows apart from what the item says."""
        self.push("media_description", 1)

    def _end_media_description(self) -> None:
        self.pop("media_description")

    def _end_width(self) -> None:
        """Leave sizes alone, here and below: feedparser reads them as numbers, and breaks where they are none."""
        self.pop("width")

    def _end_height(self) -> None:
        self.pop("height")

    _start_links, _start_authors, _start_contributors = map(_unkept, ("links", "authors", "contributors"))
    _start_title_detail, _start_summary_detail = map(_unkept, ("title_detail", "summary_detail"))
    _start_subtitle_detail, _start_author_detail = map(_unkept, ("subtitle_detail", "author_detail"))
    _start_id, _end_id = _start_guid, _end_guid
    _end_pubdate = _end_issued = _end_published
    _end_lastbuilddate = _end_modified = _end_updated


class Strict(_Publisher, StrictFeedParser):  # type: ignore[misc]
    """feedparser's strict parser, called by expat itself instead of through xml.sax."""

    def listen(self, reader: expat.XMLParserType) -> None:
        """Take part in the parsing; names come as "uri local prefix"."""
        self.tags: dict[str, str] = {}
        self.elements: dict[str, _Element] = {}
        self.settled = "", ""  # a base, and what becomes of it where an element leaves it as it is
        reader.namespace_prefixes = True
        reader.buffer_text = True
        reader.StartNamespaceDeclHandler = self.startPrefixMapping
        reader.StartElementHandler = self.begin
        reader.EndElementHandler = self.finish
        reader.CharacterDataHandler = self.handle_data

    def track_namespace(self, prefix: str | None, uri: str) -> None:
        """Forget how names are read if the declaration is another than that in force."""
        known, used = self._matchnamespaces.get(uri.lower(), ""), self.namespaces_in_use
        before = len(used), used.get(known), used.get(prefix or ""), self.namespacemap.get(prefix)
        super().track_namespace(prefix, uri)
        if before != (len(used), used.get(known), used.get(prefix or ""), self.namespacemap.get(prefix)):
            self.tags.clear()
            self.elements.clear()

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        element = self.elements.get(name) or self.element(name)
        given = self.named(attributes) if attributes else {}
        if element.apart or self.decls or not _SCOPED.isdisjoint(given):
            namespace = {"xmlns": name.partition(" ")[0]} if " " in name and element.tag.endswith(_EMBEDDED) else {}
            given, self.decls = self.decls | namespace | given, {}
            self.unknown_starttag(element.tag, list(given.items()))
            return
        self.depth += 1
        if self.baseuri != self.settled[0]:
            joined: str = make_safe_absolute_uri(self.baseuri, self.baseuri)  # type: ignore[no-untyped-call]
            self.settled = self.baseuri, joined or self.baseuri
        self.baseuri = self.settled[1]
        self.basestack.append(self.baseuri)
        self.langstack.append(self.lang)
        inside = self.inside(element.tag) if self.incontent else ""
        if inside == XHTML:
            self.handle_data(f"<{element.tag[element.tag.find(':') + 1 :]}{self.strattrs(given.items())}>", escape=0)
        elif not inside:
            self.start(element, given)

    def start(self, element: _Element, given: dict[str, str]) -> None:
        if element.ends_text_input:
            self.intextinput = 0
        if element.ends_image:
            self.inimage = 0
        if element.start:
            try:
                element.start(self, given)
                return
            except AttributeError:
                pass
        if given:
            self._get_context()[element.known_as] = given
        else:
            self.push(element.known_as, 1)

    def finish(self, name: str) -> None:
        element = self.elements.get(name) or self.element(name)
        if element.apart or self.svgOK:
            self.unknown_endtag(element.tag)
            return
        if element.end is None:
            self.pop(element.known_as)
        else:
            try:
                element.end(self)
            except AttributeError:
                self.pop(element.known_as)
        inside = self.inside(element.tag) if self.incontent else ""
        if inside == XHTML:
            self.handle_data(f"</{element.tag[element.tag.rfind(':') + 1 :]}>", escape=0)
        elif inside:
            return
        self.leave()

    def leave(self) -> None:
        """Return to the base and the language of what is around, as far as they are known."""
        if self.basestack:
            self.basestack.pop()
            if self.basestack and self.basestack[-1]:
                self.baseuri = self.basestack[-1]
        if self.langstack:
            self.langstack.pop()
            if self.langstack:
                self.lang = self.langstack[-1]
        self.depth -= 1

    def inside(self, tag: str) -> str:
        """Return what an element inside of a text is: XHTML, a wrapper to be passed over, or nothing special.

        A text that was declared to be something else, and holds elements, is XHTML.
        """
        kind = self.contentparams.get("type", "xml")
        if not kind.endswith("xml"):
            if tag in _WRAPPERS:
                return tag
            kind = self.contentparams["type"] = XHTML
        return kind if kind == XHTML else ""

    def named(self, attributes: Mapping[str, str]) -> dict[str, str]:
        """Return attributes by the names that feedparser knows, and by those that were written."""
        given: dict[str, str] = {}
        for key, value in attributes.items():
            if " " in key:
                given[self.tags.get(key) or self.tag(key)] = value
                _, local, *prefix = key.split(" ")
                given[":".join((*prefix, local)).lower()] = value
            else:
                given[key.lower()] = value
        for key in ("rel", "type"):
            if key in given:
                given[key] = given[key].lower()
        return given

    def element(self, name: str) -> _Element:
        """Return what to do with an element."""
        tag = self.tags.get(name) or self.tag(name)
        prefix, colon, suffix = tag.partition(":")
        prefix = self.namespacemap.get(prefix, prefix) if colon else ""
        known_as = f"{prefix}_{suffix}" if prefix else suffix if colon else tag
        found = self.elements[name] = _Element(
            tag=tag,
            known_as=known_as,
            start=getattr(type(self), f"_start_{known_as}", None),
            end=getattr(type(self), f"_end_{known_as}", None),
            apart=tag in _ROOTS or tag.endswith(_EMBEDDED),
            ends_text_input=not prefix and tag not in _IN_TEXT_INPUT,
            ends_image=not prefix and tag not in _IN_IMAGE,
        )
        return found

    def tag(self, name: str) -> str:
        """Return the name by which feedparser knows an element: its own prefix for the namespace, and lower case."""
        uri, _, rest = name.rpartition(" ")[0].partition(" ") if name.count(" ") > 1 else name.partition(" ")
        local = rest or uri
        namespace = uri.strip() if rest else ""
        known_as = "" if "backend.userland.com/rss" in namespace else self._matchnamespaces.get(namespace.lower())
        if not known_as and namespace:
            declared = self.namespaces_in_use.items()
            known_as = next((prefix for prefix, its in declared if prefix and its.strip() == namespace), "")
        found = self.tags[name] = f"{known_as}:{local}".lower() if known_as else local.lower()
        return found


class Loose(_Publisher, LooseFeedParser):  # type: ignore[misc]
    """feedparser's tolerant parser, for what is not well-formed."""

    def unknown_starttag(self, tag: str, attributes: list[tuple[str, str]]) -> None:
        with suppress(*BROKEN):
            super().unknown_starttag(tag, attributes)

    def unknown_endtag(self, tag: str) -> None:
        try:
            super().unknown_endtag(tag)
        except BROKEN:
            super().unknown_endtag("")  # the tag counts as closed all the same
