"""A message before any platform has rendered it."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from bot.domain.values import by_value


class Style(StrEnum):
    """How a run of text is set."""

    PLAIN = "plain"
    STRONG = "strong"
    CODE = "code"
    HIT = "hit"
    QUIET = "quiet"


@by_value(kw_only=False)
class Text:
    """A run of text; never markup, whatever it contains."""

    text: str
    style: Style = Style.PLAIN


@by_value(kw_only=False)
class Link:
    """Text that leads to an absolute http(s) address."""

    text: str
    url: str


@by_value(kw_only=False)
class Moment:
    """An instant or a day, shown in the reader's zone where the platform can."""

    when: datetime | date


Span = Text | Link | Moment
Line = tuple[Span, ...]


@by_value(kw_only=False)
class Heading:
    """The first line of a card."""

    line: Line


@by_value(kw_only=False)
class Paragraph:
    """Running text."""

    line: Line


@by_value(kw_only=False)
class Quote:
    """A source's own words."""

    line: Line


@by_value(kw_only=False)
class Facts:
    """Label and value pairs."""

    rows: tuple[tuple[str, Line], ...]


@by_value(kw_only=False)
class Bullets:
    """A list; numbered where the reader will refer to the numbers."""

    lines: tuple[Line, ...]
    numbered: bool = False
    start: int = 1


@by_value(kw_only=False)
class Verbatim:
    """Lines whose columns matter: a query with a caret below."""

    text: str


Block = Heading | Paragraph | Quote | Facts | Bullets | Verbatim


@by_value(kw_only=False)
class Action:
    """A button below a message, a reaction where there are none: a command that one press types in its thread.

    Attributes:
        label: one or two words.
        emoji: what stands for it where only reactions can be pressed.
        command: the line that is carried out, as if the person who pressed had typed it under the message.

    """

    label: str
    emoji: str
    command: str


@by_value(kw_only=False)
class Attachment:
    """A file that goes with a message: a calendar, a chart.

    Attributes:
        about: what it shows, for those who cannot see it.

    """

    name: str
    media_type: str
    data: bytes
    about: str = ""


@by_value(kw_only=False)
class Document:
    """A whole message.

    Attributes:
        audience: the only person who should see it, where the platform can do that.
        echo: a reply that is said in the conversation too, not in its thread alone.
        zone: IANA name of the zone in which moments are shown where readers' own is not known; None is the platform's.

    """

    blocks: tuple[Block, ...]
    actions: tuple[Action, ...] = ()
    files: tuple[Attachment, ...] = ()
    audience: str | None = None
    echo: bool = False
    zone: str | None = None

    def __iter__(self) -> Iterator[Block]:
        return iter(self.blocks)

    @property
    def plain(self) -> str:
        """The message as plain text, one block a paragraph."""
        return "\n".join(_plain(block) for block in self.blocks)


def _plain(block: Block) -> str:
    match block:
        case Heading(line) | Paragraph(line) | Quote(line):
            return line_text(line)
        case Facts(rows):
            return "\n".join(f"{label}: {line_text(line)}" for label, line in rows)
        case Bullets(lines, numbered, start):
            marks = (f"{n}." if numbered else "-" for n in range(start, start + len(lines)))
            return "\n".join(f"{mark} {line_text(line)}" for mark, line in zip(marks, lines, strict=True))
        case Verbatim(text):
            return text


def line_text(line: Line) -> str:
    """Return a line as plain text."""
    return "".join(span.when.isoformat() if isinstance(span, Moment) else span.text for span in line)


def says(*parts: str | Span | Block) -> Document:
    """Build a message: a string or span is a paragraph of its own."""
    blocks: list[Block] = []
    for part in parts:
        if isinstance(part, str):
            blocks.append(Paragraph((Text(part),)))
        elif isinstance(part, Text | Link | Moment):
            blocks.append(Paragraph((part,)))
        else:
            blocks.append(part)
    return Document(tuple(blocks))
