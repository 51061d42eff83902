"""The steps that are made again come to what feedparser's own steps come to, element by element."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from xml.parsers import expat

import pytest
from feedparser.api import LooseFeedParser, StrictFeedParser
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.feed_parsers import BROKEN, Loose, Strict

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples" / "feeds"
ELEMENTS = """
item entry title link guid id description summary content content:encoded body div p b svg math author name email uri
category image url width source textInput updated pubDate dc:creator dc:date media:description media:title media:group
itunes:keywords date items language generator foo x:bar enclosure media:thumbnail subtitle rights tags
"""
ATTRIBUTES = (
    *('xml:base="http://b.org/c/d"', 'base="e/"', 'base="mailto:x"', 'xml:lang="de_CH"', 'xml:lang=""', 'lang="fr"'),
    *('type="text/html"', 'TYPE="XHTML"', 'type="text"', 'type="text/plain"', 'type="image/png"', 'mode="base64"'),
    *('href="h"', 'url="http:////u.org//v"', 'rel="ALTERNATE"', 'rel="self"', 'isPermaLink="true"', 'term="t"'),
    *('x:y="1"', 'rdf:about="q"', 'xmlns="http://www.w3.org/1999/xhtml"', 'xmlns:x="http://purl.org/dc/terms/"'),
    *('xmlns:dc="urn:other"', 'xlink:href="k"', 'xmlns:xlink="http://www.w3.org/1999/xlink"', 'lastmod="2020-01-01"'),
    *('xmlns="http://www.w3.org/2000/svg"', 'xmlns:z="http://search.yahoo.com/mrss"', 'z="&amp;&lt;"', 'src="s"'),
)
TEXTS = (
    *(
        "a",
        " ",
        "\n b \n",
        "caf\u00e9",
        "caf\u00c3\u00a9",
        "it\u0092s",
        "&#146;",
        "&amp;amp;",
        "a?b=1&amp;amp;c;=2",
        "1 &lt; 2",
    ),
    *(
        "&lt;p&gt;x&lt;/p&gt;",
        "<![CDATA[<b>y</b> & z]]>",
        "aGVsbG8=",
        "http:////h.org//p",
        "../up",
        "\u65e5\u672c",
        "a,b",
    ),
)
FRAMES = (
    ('<rss version="2.0"{}><channel>', "</channel></rss>"),
    ('<feed xmlns="http://www.w3.org/2005/Atom"{}>', "</feed>"),
    ('<feed version="0.3" xmlns="http://purl.org/atom/ns#"{}>', "</feed>"),
    ('<rdf:RDF xmlns="http://purl.org/rss/1.0/"{}>', "</rdf:RDF>"),
)
PREFIXES = "".join(
    f' xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "dc": "http://purl.org/dc/elements/1.1/",
        "content": "http://purl.org/rss/1.0/modules/content/",
        "media": "http://search.yahoo.com/mrss/",
        "itunes": "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
        "xlink": "http://www.w3.org/1999/xlink",
        "x": "urn:x",
    }.items()
)


TheirStrict: Any = StrictFeedParser
TheirLoose: Any = LooseFeedParser


class OwnSteps(Strict):
    """Our handlers of elements, feedparser's own steps between them."""

    pop, push_content = TheirStrict.pop, TheirStrict.push_content
    resolve_uri, track_namespace = TheirStrict.resolve_uri, TheirStrict.track_namespace

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        self.tags.clear()
        tag = self.tag(name)
        if " " in name and tag.endswith(("svg", "math")):
            self.decls["xmlns"] = name.partition(" ")[0]
        given, self.decls = self.decls | self.named(attributes), {}
        self.unknown_starttag(tag, list(given.items()))

    def finish(self, name: str) -> None:
        self.tags.clear()
        self.unknown_endtag(self.tag(name))


class OwnLooseSteps(Loose):
    pop, push_content, resolve_uri = TheirLoose.pop, TheirLoose.push_content, TheirLoose.resolve_uri


def strictly(kind: type[Strict], body: bytes, base: str) -> tuple[Any, ...]:
    """Return all that a parser has read, up to where it broke."""
    parser, reader = kind(base, None, "UTF-8"), expat.ParserCreate("utf-8", " ")
    parser.listen(reader)
    try:
        reader.Parse(body, True)  # noqa: FBT003  # positional in the C module
        broken = ""
    except (expat.ExpatError, *BROKEN) as error:
        broken = type(error).__name__
    return parser.version, parser.feeddata, parser.entries, parser.namespaces_in_use, parser.depth, broken


def loosely(kind: type[Loose], text: str, base: str) -> tuple[Any, ...]:
    parser = kind(base, None, "UTF-8", {})
    try:
        parser.feed(text)
        parser.close()
        broken = ""
    except Exception as error:  # noqa: BLE001  # sgmllib raises whatever it likes
        broken = type(error).__name__
    return parser.version, parser.feeddata, parser.entries, parser.depth, broken


def samples() -> list[Path]:
    return sorted(path for path in SAMPLES.glob("*/*") if path.is_file() and path.stat().st_size < 20_000)


def element(name: str, attributes: list[str], inside: list[str]) -> str:
    given = {attribute.partition("=")[0].lower(): attribute for attribute in attributes}
    return f"<{' '.join([name, *given.values()])}>{''.join(inside)}</{name}>"


texts = st.sampled_from(TEXTS)
elements = st.recursive(
    texts,
    lambda inside: st.builds(
        element,
        st.sampled_from(ELEMENTS.split()),
        st.lists(st.sampled_from(ATTRIBUTES), max_size=2),
        st.lists(inside, max_size=4),
    ),
    max_leaves=30,
)
items = st.builds(partial(element, "item"), st.just([]), st.lists(elements, max_size=6))


def page(frame: tuple[str, str], inside: list[str]) -> str:
    return frame[0].format(PREFIXES) + "".join(inside) + frame[1]


pages = st.builds(page, st.sampled_from(FRAMES), st.lists(st.one_of(items, elements), max_size=4))


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are beside the repository, and not here")
@pytest.mark.parametrize("base", ["", "https://example.org/d/feed"])
def test_every_sample_reads_as_by_feedparsers_own_steps(base: str) -> None:
    for path in samples():
        body = path.read_bytes()
        assert strictly(Strict, body, base) == strictly(OwnSteps, body, base), path.name
        text = body.decode("utf-8", "replace")
        assert loosely(Loose, text, base) == loosely(OwnLooseSteps, text, base), path.name


@settings(deadline=None, max_examples=200)
@given(body=pages, base=st.sampled_from(["", "https://example.org/d/feed"]))
def test_any_nesting_of_what_feeds_hold_reads_as_by_feedparsers_own_steps(body: str, base: str) -> None:
    assert strictly(Strict, body.encode(), base) == strictly(OwnSteps, body.encode(), base)
    assert loosely(Loose, body, base) == loosely(OwnLooseSteps, body, base)


def test_a_prefix_that_is_declared_anew_means_what_it_says_last() -> None:
    body = (
        b'<rss><channel xmlns:a="urn:a"><item><a:creator>one</a:creator>'
        b'<x xmlns:a="http://purl.org/dc/elements/1.1/"><a:creator>two</a:creator></x></item></channel></rss>'
    )
    read = strictly(Strict, body, "")
    assert read == strictly(OwnSteps, body, "")
    assert read[2][0]["a_creator"] == "one"
    assert read[2][0]["authors"] == [{"name": "two"}]


def test_characters_of_windows_1252_come_out_as_they_were_meant() -> None:
    body = "<rss><channel><item><title>it\u0092s &#151; caf\u00e9</title></item></channel></rss>"
    assert strictly(Strict, body.encode(), "")[2][0]["title"] == "it\u2019s \u2014 caf\u00e9"
