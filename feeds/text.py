"""The one gate for what publishers write: HTML or plain text goes in, plain text comes out.

No value from outside reaches an entry by another way. The output is text, never markup, so there is nothing
to sanitise later; renderers still escape it. Every step is linear in its input: building a tree the HTML5 way
takes minutes for some hostile megabytes of nested tags.
"""

import re
from functools import lru_cache
from html import unescape

TITLE_LIMIT = 500
TEXT_LIMIT = 100_000
SOURCE_LIMIT = 500_000
"""Characters of markup that are looked at; what follows is cut."""

_BLOCKS = """
address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure
footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup option p pre section summary
table tbody tfoot thead tr ul
"""
_UNSEEN = """
annotation annotation-xml applet audio canvas iframe noembed noframes noscript script select style svg template textarea
title video xmp
"""
_INLINE = """
a abbr acronym b bdi bdo big blink button cite code data del dfn em embed font head i img input ins kbd label
link mark marquee math meta meter nobr object output param picture progress q rp rt ruby s samp small source span strike
strong sub sup time track tt u var wbr
"""
BLOCKS = frozenset(_BLOCKS.split())
"""Elements that begin and end a line (HTML Living Standard §15.3: block-level, list items, rows)."""
CELLS = frozenset({"td", "th"})
UNSEEN = frozenset(_UNSEEN.split())
"""Elements whose content is not prose: dropped with all that is in them.

What object holds is kept: it is for those who cannot see the object, as readers of an alert.
"""
LONGEST_NAME = 64
"""Characters of an element's name that are looked at; no element has a longer one."""
ELEMENTS = BLOCKS | CELLS | UNSEEN | frozenset(_INLINE.split())

_TAG = re.compile(r"<(?:(/?)([A-Za-z][A-Za-z0-9:-]*)(?=[\s/>]|$)|[!?]|/(?=[^\s]))")
_WHOLE_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]*)(?:[\s/](?:[^<>\"]++|\"[^<>\"]*\")*+)?>")
_END = re.compile('[>"]')
_REFERENCE = re.compile(r"&(?:#\d{2,7}|#x[0-9a-f]{2,6}|[a-z]{2,8});", re.IGNORECASE)
_HUGE_REFERENCE = re.compile(r"&#\d{9,};?")
_CLOSING = re.compile(
    r"</([A-Za-z][A-Za-z0-9]*)\s*>|<([A-Za-z][A-Za-z0-9]*)[^<>]*/>|<(br|hr|img|p)(?:\s[^<>]*)?>", re.IGNORECASE
)
_UNWANTED = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # controls
    "\u200b\u2028\u2029\u2060-\u2064\ufeff\ufff9-\uffff"  # invisible, or not characters
    "\u202a-\u202e\u2066-\u2069"  # bidi embeddings, overrides and isolates (UTR 36 §2.5): they reorder what follows
    "\ud800-\udfff\U000e0000-\U000e007f]"  # lone surrogates; tag characters, which hide text from people
)


def one_line(value: str, *, html: bool = False, limit: int = TITLE_LIMIT) -> str:
    """Return a value as one line of plain text, at most `limit` characters."""
    value = value[:SOURCE_LIMIT]
    return shorten(_fold(_unmark(value) if html else value), limit)


def paragraphs(value: str, *, html: bool = True, limit: int = TEXT_LIMIT) -> str:
    """Return a value as plain text: each block of HTML, or each paragraph of plain text, ends a line."""
    value = value[:SOURCE_LIMIT]
    if html and "<" in value:
        lines = _unmark(value.replace("\n", " ").replace("\r", " ")).split("\n")
    else:
        lines = _blank_separated(_decoded(value) if html else value)
    folded = [" ".join(line.split()) for line in lines]
    if not "".join(folded).isprintable():
        folded = [_fold(line) for line in folded]
    return "\n".join(filter(None, folded))[:limit].rstrip()


def looks_like_html(value: str) -> bool:
    """Tell whether a value that was declared plain is marked up all the same.

    A closing (or empty) tag of a real element decides ("History of the <blink> tag" is prose), or an entity where
    there is no tag at all: "AT&amp;T" was escaped once too often.
    """
    if "<" not in value:
        return "&" in value and _REFERENCE.search(value) is not None
    return any(next(filter(None, found), "").lower() in ELEMENTS for found in _CLOSING.findall(value[:SOURCE_LIMIT]))


def shorten(line: str, limit: int) -> str:
    """Cut a line to `limit` characters, at a word's end where there is one, and mark the cut."""
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > limit // 2 else cut).rstrip() + "…"


def _fold(line: str) -> str:
    """Fold white space to single spaces and remove what has no place in a line of text."""
    line = " ".join(line.split())
    if line.isprintable():
        return line
    return " ".join(_UNWANTED.sub("", line).split())


def _blank_separated(value: str) -> list[str]:
    lines = [""]
    for line in value.splitlines():
        if line.strip():
            lines[-1] = f"{lines[-1]} {line}" if lines[-1] else line
        elif lines[-1]:
            lines.append("")
    return lines


def _unmark(html: str) -> str:
    """Take the tags out of HTML, put line ends where blocks begin and end, and decode entities once."""
    if "<" in html:
        if "<![CDATA[" in html:
            html = html.replace("<![CDATA[", "").replace("]]>", "")
        plainly = _plainly_kept(html)
        html = "".join(_kept(html)) if plainly is None else plainly
    return _decoded(html)


def _decoded(html: str) -> str:
    if "&" not in html:
        return html
    return unescape(_HUGE_REFERENCE.sub("", html))  # Python refuses integers of thousands of digits


def _plainly_kept(html: str) -> str | None:
    """Return what `_kept` would, in one step, where each `<` begins a whole tag of what is seen; else None."""
    pieces = _WHOLE_TAG.split(html)
    if len(pieces) != 3 * html.count("<") + 1:  # text, and slash, name and text for each tag
        return None
    del pieces[1::3]
    breaks = {name: _break(name[:LONGEST_NAME]) for name in set(pieces[1::2])}
    if None in breaks.values():
        return None
    pieces[1::2] = [breaks[name] for name in pieces[1::2]]
    return "".join(pieces)


@lru_cache(maxsize=1024)
def _break(name: str) -> str | None:
    """Return what a tag leaves behind; None if it takes more than itself away."""
    local = _local(name)
    if not local or local in UNSEEN:
        return None
    return "\n" if local in BLOCKS else " " if local in CELLS else ""


def _kept(html: str) -> list[str]:
    """Return the text between tags, and a line end or a space where a tag implies one.

    A tag that never ends swallows the rest, as in a browser; so each step moves on, or is the last. A comment that
    never ends does not: it ends with its tag.
    """
    last_quote, last_end, last_comment = html.rfind('"'), html.rfind(">"), html.rfind("-->")
    kept: list[str] = []
    position = 0
    while (start := html.find("<", position)) >= 0:
        if start > position:
            kept.append(html[position:start])
        whole = _WHOLE_TAG.match(html, start)
        tag = whole or _TAG.match(html, start)
        name = "" if tag is None or tag[2] is None else _local(tag[2][:LONGEST_NAME])
        if tag is None or (start > last_end and name not in ELEMENTS and not html.startswith("<!--", start)):
            kept.append("<")  # "a < b" and "<someone@example.org>" are prose
            position = start + 1
        elif not name:
            commented = html.startswith("<!--", start) and start < last_comment
            position = _past(html, "-->" if commented else ">", start + 2)
        else:
            ended = whole is not None and html[whole.end() - 1] == ">"
            position = tag.end() if ended else _end_of_tag(html, tag.end(), last_quote)
            if name in UNSEEN and not tag[1] and not html.startswith("/>", position - 2):
                position = _end_of_element(html, name, position)
            if name in BLOCKS:
                kept.append("\n")
            elif name in CELLS:
                kept.append(" ")
    kept.append(html[position:])
    return kept


@lru_cache(maxsize=1024)
def _local(name: str) -> str:
    """Return an element's name without its prefix, in small letters."""
    return name.lower().rpartition(":")[2]


def _past(html: str, end: str, start: int) -> int:
    found = html.find(end, start)
    return len(html) if found < 0 else found + len(end)


def _end_of_tag(html: str, position: int, last_quote: int) -> int:
    """Return where the text after a tag begins; a `>` between double quotes does not end it."""
    while (found := _END.search(html, position)) is not None:
        position = found.end()
        if found[0] == ">":
            return position
        if found.start() < last_quote:
            position = html.index('"', position) + 1
    return len(html)


def _end_of_element(html: str, name: str, position: int) -> int:
    closing = re.compile(rf"</(?:\w+:)?{name}(?=[\s/>])", re.IGNORECASE | re.ASCII).search(html, position)
    return len(html) if closing is None else _past(html, ">", closing.end())
