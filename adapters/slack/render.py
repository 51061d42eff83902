"""A document as Slack messages: pure, within every limit, and deaf to markup in what it shows.

Text goes into rich text, where nothing is markup, and not into mrkdwn, where `*`, `_` and backticks cannot be escaped.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from adapters.slack.mrkdwn import DATE_FORMAT, address, day, escaped, fallback, in_line, plainly, seen, timestamp
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

Json = dict[str, Any]
MOST_BLOCKS = 50
MOST_CHARACTERS = 12_000
"""Of text in a message: more is refused near 13,200 (slackapi/bolt-js #2509)."""
LONGEST_FALLBACK = 2_800
ROOM = MOST_CHARACTERS - LONGEST_FALLBACK - 200
LONGEST_SECTION = 2_900
LONGEST_HEADER = 150
LONGEST_CONTEXT = 2_000
MOST_BUTTONS, LONGEST_LABEL, LONGEST_VALUE = 25, 75, 2_000
PRESS = "press-"
"""What the ids of our buttons begin with; their value is the line that they type."""
UNCOUNTED = frozenset({"type", "action_id", "value", "style", "accessibility_label"})
_STYLES = {Style.STRONG: "bold", Style.HIT: "bold", Style.CODE: "code"}


@by_value
class Message:
    """One message: blocks, and the text for notifications and screen readers."""

    text: str
    blocks: tuple[Json, ...]


def messages(document: Document) -> Sequence[Message]:
    """Return the document as one message, or as several that follow each other; never none."""
    about = next((said for _, said in laid_out(document) if said.strip()), "") if document.actions else ""
    bars = [_buttons(document.actions, about)] if document.actions else []
    parts: list[list[tuple[Json, str]]] = [[]]
    sizes = [sum(_size(bar) for bar in bars)]
    for block, said in laid_out(document):
        size = _size(block)
        room = MOST_BLOCKS - len(parts[-1]) - (len(bars) if len(parts) == 1 else 0)
        if parts[-1] and (room <= 0 or sizes[-1] + size > ROOM):
            parts.append([])
            sizes.append(0)
        parts[-1].append((block, said))
        sizes[-1] += size
    first = Message(
        text=fallback(document, LONGEST_FALLBACK),
        blocks=(*(block for block, _ in parts[0]), *(bar for bar in bars if bar)),
    )
    more = [
        Message(text=_text_of([said for _, said in part]), blocks=tuple(block for block, _ in part))
        for part in parts[1:]
    ]
    return (first, *more)


def blocks(document: Document, *, most: int) -> list[Json]:
    """Return a document's blocks for a modal or a home tab, without buttons, at most so many."""
    found = [block for block, _ in laid_out(document)]
    return found if len(found) <= most else [*found[: most - 1], note("…")]


def laid_out(document: Document) -> Iterator[tuple[Json, str]]:
    """Give blocks that are each small enough, with what they say."""
    for block in document:
        for made in _block(block):
            yield made, _said(made)


def note(text: str) -> Json:
    """Return a small grey line."""
    shown = {"type": "plain_text", "text": in_line(text)[:LONGEST_CONTEXT] or " ", "emoji": False}
    return {"type": "context", "elements": [shown]}


def title(text: str) -> Json:
    """Return a headline."""
    return {
        "type": "header",
        "text": {"type": "plain_text", "text": clip(in_line(text), LONGEST_HEADER), "emoji": False},
    }


def clip(text: str, limit: int) -> str:
    """Cut a text to so many characters, marking that it was."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _block(block: Block) -> Iterator[Json]:
    match block:
        case Heading(line):
            yield from _heading(line)
        case Paragraph(line) if line and all(isinstance(span, Text) and span.style is Style.QUIET for span in line):
            yield from (note(piece) for piece in _pieces(_plain(line), LONGEST_CONTEXT))
        case Paragraph(line):
            yield from _sections("rich_text_section", _cut(line))
        case Quote(line):
            yield from _sections("rich_text_quote", _cut(line))
        case Facts(rows):
            yield from _sections("rich_text_section", _facts(rows))
        case Bullets(lines, numbered, start):
            yield from _lists(lines, start=start if numbered else None)
        case Verbatim(text):
            for piece in _pieces(seen(text), LONGEST_SECTION):
                yield _rich({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": piece}]})


def _heading(line: Line) -> Iterator[Json]:
    words = _plain(line)
    if words.strip() and len(words) <= LONGEST_HEADER and all(isinstance(span, Text) for span in line):
        yield title(words)
        return
    bold = tuple(Text(span.text, Style.STRONG) if isinstance(span, Text) else span for span in line)
    yield from _sections("rich_text_section", _cut(bold), bold=True)


def _sections(kind: str, lines: Iterator[Line], *, bold: bool = False) -> Iterator[Json]:
    for line in lines:
        elements = _elements(line, bold=bold)
        if elements:
            yield _rich({"type": kind, "elements": elements})


def _rich(element: Json) -> Json:
    return {"type": "rich_text", "elements": [element]}


def _facts(rows: Sequence[tuple[str, Line]]) -> Iterator[Line]:
    """Give rows as lines below each other, as many together as a section holds."""
    kept: list[Span] = []
    for label, line in rows:
        row: Line = (Text(f"{label}: ", Style.STRONG), *line)
        for piece in _cut(row):
            if kept and _length(kept) + _length(piece) > LONGEST_SECTION:
                yield tuple(kept)
                kept = []
            kept += [_NEW_LINE, *piece] if kept else piece
    if kept:
        yield tuple(kept)


_NEW_LINE = Text("\n", Style.PLAIN)


def _lists(lines: Sequence[Line], *, start: int | None) -> Iterator[Json]:
    """Give a list, in pieces; one that does not begin with 1 is numbered by hand, for Slack's lists all do."""
    items: list[Json] = []
    size, ordered = 0, start == 1
    for number, line in enumerate(lines, start or 1):
        by_hand = (Text(f"{number}. "),) if start is not None and not ordered else ()
        cut = (*by_hand, *next(_cut(line), ()))
        elements = _elements(cut)
        if not elements:
            continue
        if items and size + _length(cut) > LONGEST_SECTION:
            yield _list(items, start, ordered=ordered)
            size, items = 0, []
            if ordered:
                ordered = False
                elements = _elements((Text(f"{number}. "), *cut))
        items.append({"type": "rich_text_section", "elements": elements})
        size += _length(cut)
    if items:
        yield _list(items, start, ordered=ordered)


def _list(items: list[Json], start: int | None, *, ordered: bool) -> Json:
    if start is not None and not ordered:
        broken = [item["elements"] for item in items]
        joined = [one for number, row in enumerate(broken) for one in ([_BREAK, *row] if number else row)]
        return _rich({"type": "rich_text_section", "elements": joined})
    return _rich({"type": "rich_text_list", "style": "ordered" if ordered else "bullet", "elements": items})


_BREAK: Json = {"type": "text", "text": "\n"}


def _elements(line: Line, *, bold: bool = False) -> list[Json]:
    found = [made for span in line if (made := _element(span, bold=bold)) is not None]
    return found if any(made.get("text", " ").strip() or made["type"] == "date" for made in found) else []


def _element(span: Span, *, bold: bool) -> Json | None:
    match span:
        case Link(text, url):
            label, target = in_line(text), address(url)
            made: Json = {"type": "text", "text": label} if target is None else {"type": "link", "url": target}
            if target is not None and label.strip():
                made["text"] = label
            elif target is None and not label:
                return None
            return {**made, "style": {"bold": True}} if bold else made
        case Moment(when):
            return _moment(when)
        case Text(text, style):
            shown = text if span is _NEW_LINE else in_line(text)
            if not shown:
                return None
            marked = _STYLES.get(style)
            return {"type": "text", "text": shown, **({"style": {marked: True}} if marked else {})}


def _moment(when: Any) -> Json:
    if not isinstance(when, datetime):
        return {"type": "text", "text": day(when)}
    seconds = timestamp(when)
    if seconds is None:
        return {"type": "text", "text": plainly(when)}
    return {"type": "date", "timestamp": seconds, "format": DATE_FORMAT, "fallback": plainly(when)}


def _cut(line: Line) -> Iterator[Line]:
    """Cut a line into lines of at most so many characters, links whole."""
    kept: list[Span] = []
    size = 0
    for span in line:
        pieces: Sequence[Span] = (
            [Text(piece, span.style) for piece in _pieces(span.text, LONGEST_SECTION)] or [span]
            if isinstance(span, Text)
            else [Link(clip(span.text, LONGEST_SECTION // 2), span.url)]
            if isinstance(span, Link)
            else [span]
        )
        for piece in pieces:
            length = _length([piece])
            if kept and size + length > LONGEST_SECTION:
                yield tuple(kept)
                kept, size = [], 0
            kept.append(piece)
            size += length
    if kept:
        yield tuple(kept)


def _pieces(text: str, limit: int) -> Iterator[str]:
    """Cut a text, at spaces where there are any."""
    while len(text) > limit:
        at = max(text.rfind(" ", limit // 2, limit), text.rfind("\n", limit // 2, limit))
        at = at if at > 0 else limit
        yield text[:at]
        text = text[at:]
    if text.strip():
        yield text


def _length(line: Sequence[Span]) -> int:
    return sum(20 if isinstance(span, Moment) else len(span.text) for span in line)


def _plain(line: Line) -> str:
    return in_line("".join(span.text for span in line if not isinstance(span, Moment)))


def _buttons(actions: Sequence[Action], about: str) -> Json:
    """Return a bar of buttons; who hears them read out hears which message each is of."""
    elements = [
        {
            "type": "button",
            "action_id": f"{PRESS}{number}",
            "text": {"type": "plain_text", "text": clip(in_line(action.label), LONGEST_LABEL), "emoji": False},
            "value": action.command,
            "accessibility_label": clip(in_line(f"{action.label}: {about}" if about else action.label), LONGEST_LABEL),
        }
        for number, action in enumerate(actions[:MOST_BUTTONS])
        if 0 < len(action.command) <= LONGEST_VALUE and action.label.strip()
    ]
    return {"type": "actions", "elements": elements} if elements else {}


def _size(value: Any) -> int:
    """Count the characters of text in a block."""
    if isinstance(value, dict):
        return sum(_size(held) for name, held in value.items() if name not in UNCOUNTED)
    if isinstance(value, list | tuple):
        return sum(map(_size, value))
    return len(value) if isinstance(value, str) else 0


def _said(value: Any) -> str:
    """Return the text in a block."""
    if isinstance(value, dict):
        if value.get("type") == "date":
            return str(value["fallback"])
        text = value.get("text")
        own = text if isinstance(text, str) else _said(text) if text else ""
        return own or _said(value.get("elements", []))
    return "".join(map(_said, value)) if isinstance(value, list | tuple) else ""


def _text_of(said: Sequence[str]) -> str:
    return escaped(clip(" ".join(said), LONGEST_FALLBACK // 2))[:LONGEST_FALLBACK] or "(continued)"
