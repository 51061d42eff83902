"""A document as lines of styled text for a terminal: pure, and deaf to control characters in what it shows."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import StringIO
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain.document import (
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

if TYPE_CHECKING:  # rich takes 60 ms to import; only a console that shows something needs it
    from rich.text import Text as RichText

NARROWEST = 24
LEAST_ROOM = 8
STYLES = {
    Style.PLAIN: "",
    Style.STRONG: "bold",
    Style.CODE: "cyan",
    Style.HIT: "bold yellow",
    Style.QUIET: "dim",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Bidirectional controls reorder what is around them (UAX #9 §2); tags and interlinear marks are invisible.
_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]")
_SPACES = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SAFE_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20\x7f-\x9f\ud800-\udfff]+", re.IGNORECASE)


@by_value
class Look:
    """What the reader's terminal is like.

    Attributes:
        width: in columns.
        zone: IANA name; instants are shown in it.
        links: addresses may hide behind their text (OSC 8).

    """

    width: int = 80
    zone: str = "UTC"
    links: bool = False


def clean(text: str) -> str:
    """Return `text` on one line with every control shown as a picture (␛) and none obeyed.

    Covers C0 and C1 (ECMA-48), bidirectional controls and invisible tags, line ends, and lone surrogates,
    which no stream can encode. Joiners stay: Persian, Indic scripts and emoji need them.
    """
    return _CONTROLS.sub(_picture, _SPACES.sub(" ", _UNSEEN.sub("", text)))


def _picture(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x20:  # noqa: PLR2004  # the C0 set
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"  # noqa: PLR2004  # DEL


def moment(when: datetime | date, zone: str) -> str:
    """Write an instant in the reader's zone with its name, a day as the day that it is."""
    if not isinstance(when, datetime):
        return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"
    if when.tzinfo is None:
        return f"{moment(when.date(), zone)}, {when:%H:%M} (local time)"
    there = when.astimezone(UTC if zone == "UTC" else ZoneInfo(zone))
    return f"{moment(there.date(), zone)}, {there:%H:%M} ({zone})"


def span_of(first: datetime, last: datetime, zone: str) -> str:
    """Write two instants as one span: the zone is named once, and the day if it is the same."""
    start, end = moment(first, zone), moment(last, zone)
    named = f" ({zone})"
    if not (start.endswith(named) and end.endswith(named)):
        return f"{start} – {end}"
    day, _, time = end.partition(", ")
    return f"{start.removesuffix(named)} – {time if start.startswith(day) else end}"


def with_spans_joined(line: Line, zone: str) -> Line:
    """Replace "moment – moment" by its short form."""
    joined: list[Span] = []
    for span in line:
        match (*joined[-2:], span):
            case (Moment(datetime() as first), Text(" – "), Moment(datetime() as last)):
                joined[-2:] = [Text(span_of(first, last, zone))]
            case _:
                joined.append(span)
    return tuple(joined)


def lines(document: Document, look: Look) -> list["RichText"]:
    """Return the document as lines no wider than the look; only a bare address may be wider."""
    found: list[RichText] = []
    for block in document:
        found += _block(block, look)
    return found


def _block(block: Block, look: Look) -> list["RichText"]:
    match block:
        case Heading(line):
            return _wrapped(line, look, style="bold")
        case Paragraph(line):
            return _wrapped(line, look)
        case Quote(line):
            return _wrapped(line, look, first="│ ", rest="│ ", style="italic")
        case Facts(rows):
            return _facts(rows, look)
        case Bullets(items, numbered, start):
            marks = [f"{n}. " if numbered else "• " for n in range(start, start + len(items))]
            column = max((len(mark) for mark in marks), default=0)
            pairs = zip(marks, items, strict=True)
            return [
                row for mark, item in pairs for row in _wrapped(item, look, first=mark.rjust(column), rest=" " * column)
            ]
        case Verbatim(text):
            from rich.text import Text as RichText

            return [RichText(f"  {clean_columns(row)}", style="cyan") for row in text.split("\n")]


def clean_columns(row: str) -> str:
    """Clean a line whose columns matter: what has no width anyway may go, everything else keeps its column."""
    return _CONTROLS.sub(_picture, _UNSEEN.sub("", row.replace("\t", " ")))


def _facts(rows: tuple[tuple[str, Line], ...], look: Look) -> list["RichText"]:
    from rich.cells import cell_len

    labels = [clean(label) for label, _ in rows]
    column = min(max((cell_len(label) for label in labels), default=0), look.width // 3)
    found: list[RichText] = []
    for label, (_, line) in zip(labels, rows, strict=True):
        first = label + " " * max(0, column - cell_len(label)) + "  "
        found += _wrapped(line, look, first=first, rest=" " * (column + 2))
    return found


def _wrapped(line: Line, look: Look, *, first: str = "", rest: str = "", style: str = "") -> list["RichText"]:
    """Wrap a line by columns (wide characters take two), hanging below its first prefix, addresses below it."""
    from rich.cells import cell_len
    from rich.console import Console
    from rich.text import Text as RichText

    body, addresses = _spans(line, look)
    body.stylize_before(style)
    room = max(LEAST_ROOM, look.width - max(cell_len(first), cell_len(rest)))
    ruler = Console(width=room, color_system=None, force_terminal=False, legacy_windows=False, _environ={})
    rows = list(body.wrap(ruler, room)) or [RichText()]
    for row in rows:
        row.rstrip()
    prefixes = [first] + [rest] * len(rows)
    found = [beside(prefix, row) for prefix, row in zip(prefixes, rows, strict=False)]
    return found + [beside(rest, RichText(address, style="blue")) for address in addresses]


def beside(prefix: str, row: "RichText", style: str = "dim") -> "RichText":
    """Return `row` to the right of a prefix, each in its own style."""
    from rich.text import Text as RichText

    return RichText.assemble((prefix, style), row)


def _spans(line: Line, look: Look) -> tuple["RichText", list[str]]:
    """Return the line's text, and the addresses that must be shown below it because they cannot hide behind it."""
    from rich.style import Style as RichStyle
    from rich.text import Text as RichText

    body, below = RichText(), list[str]()
    for span in with_spans_joined(line, look.zone):
        match span:
            case Text(text, style):
                body.append(clean(text), style=STYLES[style])
            case Moment(when):
                body.append(moment(when, look.zone))
            case Link(text, url):
                address = url if _SAFE_ADDRESS.fullmatch(url) and url == clean(url) else None
                if look.links and address is not None:
                    body.append(clean(text), style=RichStyle(underline=True, link=address))
                elif address is None or clean(text) == address:
                    body.append(clean(text))
                else:
                    body.append(clean(text), style="underline")
                    below.append(address)
    return body, below


def inked(rows: Sequence["RichText"], *, colour: bool) -> str:
    """Return rows as the text that a terminal takes, with escape sequences only if `colour`."""
    from rich.console import Console

    out = StringIO()
    ink = Console(
        file=out,
        width=100_000,
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        _environ={},
    )
    for row in rows:
        ink.print(row, soft_wrap=True)
    return out.getvalue()
