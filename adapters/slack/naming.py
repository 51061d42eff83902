"""People's ids as their names, in what the bot says: a mention would call them each time."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.domain.document import Block, Bullets, Document, Facts, Heading, Line, Paragraph, Quote, Span, Text, Verbatim

_OWNER = re.compile(r"\b[Bb]y ([UW][A-Z0-9]{4,20})(?=\.?$)")
"""How commands name who made something; docs.slack.dev: ids of people begin with U or W."""


def people(document: Document) -> frozenset[str]:
    """Return the ids of people that a message names."""
    spans = (span for block in document for line in _lines(block) for span in line)
    found = (_OWNER.search(span.text) for span in spans if isinstance(span, Text))
    return frozenset(one[1] for one in found if one is not None)


def named(document: Document, names: Mapping[str, str]) -> Document:
    """Return the message with names in the place of ids."""
    return replace(document, blocks=tuple(_block(block, names) for block in document)) if names else document


def _lines(block: Block) -> Iterator[Line]:
    match block:
        case Heading(line) | Paragraph(line) | Quote(line):
            yield line
        case Facts(rows):
            yield from (line for _, line in rows)
        case Bullets(lines):
            yield from lines
        case Verbatim():
            pass


def _block(block: Block, names: Mapping[str, str]) -> Block:
    match block:
        case Heading(line) | Paragraph(line) | Quote(line):
            return type(block)(_line(line, names))
        case Facts(rows):
            return Facts(tuple((label, _line(line, names)) for label, line in rows))
        case Bullets(lines, numbered, start):
            return Bullets(tuple(_line(line, names) for line in lines), numbered, start)
        case Verbatim():
            return block


def _line(line: Line, names: Mapping[str, str]) -> Line:
    return tuple(_span(span, names) for span in line)


def _span(span: Span, names: Mapping[str, str]) -> Span:
    found = _OWNER.search(span.text) if isinstance(span, Text) else None
    if found is None or not isinstance(span, Text) or found[1] not in names:
        return span
    return Text(f"{span.text[: found.start(1)]}{names[found[1]]}{span.text[found.end(1) :]}", span.style)
