"""A document as Matrix messages: plain text beside the allowed HTML, in parts that fit into an event. Pure."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from adapters.console.render import moment, with_spans_joined
from adapters.matrix.text import address, dead, dead_columns, markup
from bot.domain.document import (
    Action,
    Block,
    Bullets,
    Document,
    Facts,
    Heading,
    Line,
    Link,
    Moment,
    Paragraph,
    Quote,
    Span,
    Style,
    Text,
    Verbatim,
)
from bot.domain.values import by_value

MOST = 10_000
"""Bytes of both forms of one part, as JSON: an edit says them twice, encryption adds a third, 65,536 is the end."""
HEAVIEST_ROW, HEAVIEST_PIECE = 4_000, 2_000
"""Bytes of both forms of one row, and of one run of text in it; what is longer goes on in the next."""
STYLES = {Style.STRONG: "strong", Style.CODE: "code", Style.HIT: "strong", Style.QUIET: "em"}


@by_value(kw_only=False)
class Part:
    """What one event says: plain text, and HTML of the subset that clients show (spec 1.18, §11.2.1)."""

    body: str
    html: str


@by_value(kw_only=False)
class _Row:
    """A piece that is never split; rows of the same kind that follow each other share its frame."""

    body: str
    html: str
    frame: str = ""
    start: int = 1


FRAMES = {
    "table": ("<table><tbody>", "</tbody></table>"),
    "ul": ("<ul>", "</ul>"),
    "ol": ("<ol>", "</ol>"),
    "quote": ("<blockquote>", "</blockquote>"),
    "pre": ("<pre><code>", "</code></pre>"),
    "": ("", ""),
}
BETWEEN = {"pre": "\n", "quote": "<br>"}


def parts(document: Document, zone: str) -> list[Part]:
    """Return the messages of a document, each small enough; one that says nothing has one empty part."""
    rows = [row for block in document for row in _rows(block, zone)]
    rows += _framed(_legend(document.actions), zone, "<p>", "</p>") if document.actions else ()
    found: list[Part] = []
    held: list[_Row] = []
    for row in rows:
        if held and size(_joined([*held, row])) > MOST:
            found.append(_joined(held))
            held = []
        held.append(row)
    return [*found, _joined(held)] if held or not found else found


def first_words(document: Document, zone: str) -> str:
    """Return the first row as plain text: what a notice elsewhere calls the message."""
    return next((row.body for block in document for row in _rows(block, zone) if row.body.strip()), "")


def size(part: Part) -> int:
    """Return the bytes of a part as JSON, escapes included."""
    return len(json.dumps([part.body, part.html]))


def _joined(rows: Sequence[_Row]) -> Part:
    html: list[str] = []
    frame = ""
    for row in rows:
        if row.frame != frame:
            html += [FRAMES[frame][1], _opening(row)]
            frame = row.frame
        else:
            html.append(BETWEEN.get(frame, ""))
        html.append(row.html)
    html.append(FRAMES[frame][1])
    return Part("\n".join(row.body for row in rows), "".join(html))


def _opening(row: _Row) -> str:
    return f'<ol start="{row.start}">' if row.frame == "ol" and row.start != 1 else FRAMES[row.frame][0]


def _legend(actions: Sequence[Action]) -> Line:
    told = "  ".join(f"{action.emoji} {action.label}" for action in actions)
    return (Text(f"React: {told}", Style.QUIET),)


def _rows(block: Block, zone: str) -> Iterator[_Row]:
    match block:
        case Heading(line):
            return _framed(_unstressed(line), zone, "<p><strong>", "</strong></p>")
        case Paragraph(line):
            return _framed(line, zone, "<p>", "</p>")
        case Quote(line):
            return _framed(line, zone, "", "", mark="> ", frame="quote")
        case Facts(facts):
            return chain.from_iterable(_fact(label, line, zone) for label, line in facts)
        case Bullets():
            return _bullets(block, zone)
        case Verbatim(text):
            pieces = chain.from_iterable(map(_pieces, dead_columns(text).split("\n")))
            return (_Row(piece, markup(piece), "pre") for piece in pieces)


def _unstressed(line: Line) -> Line:
    """Return a line that stands in bold as a whole."""
    bold = {Style.STRONG, Style.HIT}
    return tuple(Text(span.text) if isinstance(span, Text) and span.style in bold else span for span in line)


def _bullets(block: Bullets, zone: str) -> Iterator[_Row]:
    for number, line in enumerate(block.lines, block.start):
        mark, frame = (f"{number}. ", "ol") if block.numbered else ("• ", "ul")
        yield from _framed(line, zone, "<li>", "</li>", mark=mark, frame=frame, start=number)


def _fact(label: str, line: Line, zone: str) -> Iterator[_Row]:
    name = _pieces(dead(label))[0]
    for plain, html in _lines(line, zone):
        yield _Row(f"{name}: {plain}", f"<tr><td><strong>{markup(name)}</strong></td><td>{html}</td></tr>", "table")


def _framed(
    line: Line, zone: str, before: str, after: str, *, mark: str = "", frame: str = "", start: int = 1
) -> Iterator[_Row]:
    for plain, html in _lines(line, zone):
        yield _Row(f"{mark}{plain}", f"{before}{html}{after}", frame, start)


def _lines(line: Line, zone: str) -> Iterator[tuple[str, str]]:
    """Return a line in both forms; one that is too long comes in pieces."""
    plain, html, held = "", "", 0
    for text, inner in _spans(with_spans_joined(line, zone), zone):
        weight = size(Part(text, inner))
        if held and held + weight > HEAVIEST_ROW:
            yield plain, html
            plain, html, held = "", "", 0
        plain, html, held = plain + text, html + inner, held + weight
    yield plain, html


def _spans(line: Iterable[Span], zone: str) -> Iterator[tuple[str, str]]:
    for span in line:
        match span:
            case Text(text, style):
                for piece in _pieces(dead(text)):
                    yield piece, _styled(piece, style)
            case Moment(when):
                told = dead(moment(when, zone))
                yield told, markup(told)
            case Link(text, url):
                yield from _link(dead(text), address(url))


def _link(text: str, url: str | None) -> Iterator[tuple[str, str]]:
    *rest, last = _pieces(text or (url or ""))
    for piece in rest:
        yield piece, markup(piece)
    if url is None or len(url) > HEAVIEST_PIECE // 2:
        yield last, markup(last)
        return
    href = markup(url).replace('"', "&quot;")
    plain = last if last == url else f"{last} ({url})"
    yield plain, f'<a href="{href}">{markup(last)}</a>'


def _styled(text: str, style: Style) -> str:
    tag = STYLES.get(style)
    return f"<{tag}>{markup(text)}</{tag}>" if tag and text.strip() else markup(text)


def _pieces(text: str) -> list[str]:
    """Cut a text in halves until each is light enough; characters differ by a factor of twelve."""
    if len(text) < 2 or size(Part(text, markup(text))) <= HEAVIEST_PIECE:  # noqa: PLR2004  # nothing to cut
        return [text]
    half = len(text) // 2
    return [*_pieces(text[:half]), *_pieces(text[half:])]
