"""Deliveries as rows and back, with messages that were written before they are sent."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from bot.domain.alerts import AlertId, Delivery, DeliveryKey, StoryId
from bot.domain.chat import Receipt
from bot.domain.document import (
    Action,
    Attachment,
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
from storage.database import Row
from storage.rows import (
    VERBS,
    as_was,
    conversation_of,
    dumped,
    loaded,
    maybe_micros,
    maybe_moment,
    micros,
    moment,
    storable,
)

DELIVERY = "key, conversation, verb, due, alert, story, text, attempts, urgent, held"
LINES: Mapping[str, Callable[[Line], Block]] = {"heading": Heading, "paragraph": Paragraph, "quote": Quote}


def delivery_row(delivery: Delivery) -> Row:
    """Return the columns `DELIVERY`."""
    answer = delivery.document
    text = delivery.text if answer is None else dumped([document_data(answer), delivery.thread])
    return (
        delivery.key,
        str(delivery.conversation),
        delivery.verb,
        micros(delivery.due),
        delivery.alert,
        delivery.story,
        storable(text),
        delivery.attempts,
        int(delivery.urgent),
        maybe_micros(delivery.held),
    )


def to_delivery(row: Row) -> Delivery:
    """Read the columns `DELIVERY`."""
    verb, text = VERBS[row[2]], as_was(row[6])
    data, thread = loaded(text) if verb == "answer" else (None, None)
    return Delivery(
        key=DeliveryKey(row[0]),
        conversation=conversation_of(row[1]),
        verb=verb,
        due=moment(row[3]),
        alert=None if row[4] is None else AlertId(row[4]),
        story=None if row[5] is None else StoryId(row[5]),
        text="" if data else text,
        attempts=row[7],
        document=None if data is None else to_document(data),
        thread=None if thread is None else Receipt(thread),
        urgent=bool(row[8]),
        held=maybe_moment(row[9]),
    )


def document_data(what: Document) -> dict[str, Any]:
    """Return a message as JSON can hold it."""
    return {
        "blocks": [_block(block) for block in what.blocks],
        "actions": [[action.label, action.emoji, action.command] for action in what.actions],
        "files": [[file.name, file.media_type, b64encode(file.data).decode(), file.about] for file in what.files],
        "audience": what.audience,
        "echo": what.echo,
        "zone": what.zone,
    }


def to_document(data: Mapping[str, Any]) -> Document:
    """Read what `document_data` gave."""
    return Document(
        tuple(map(_to_block, data["blocks"])),
        actions=tuple(Action(*action) for action in data["actions"]),
        files=tuple(Attachment(name, kind, b64decode(body), about) for name, kind, body, about in data["files"]),
        audience=data["audience"],
        echo=data["echo"],
        zone=data.get("zone"),
    )


def _block(block: Block) -> list[Any]:
    match block:
        case Heading(line) | Paragraph(line) | Quote(line):
            return [type(block).__name__.lower(), _line(line)]
        case Facts(rows):
            return ["facts", [[label, _line(line)] for label, line in rows]]
        case Bullets(lines, numbered, start):
            return ["bullets", [_line(line) for line in lines], numbered, start]
        case Verbatim(text):
            return ["verbatim", text]


def _to_block(data: list[Any]) -> Block:
    match data:
        case ["facts", rows]:
            return Facts(tuple((label, _to_line(line)) for label, line in rows))
        case ["bullets", lines, numbered, start]:
            return Bullets(tuple(map(_to_line, lines)), numbered, start)
        case ["verbatim", text]:
            return Verbatim(text)
        case [kind, line]:
            return LINES[kind](_to_line(line))
        case _:
            raise ValueError(data)


def _line(line: Line) -> list[list[str]]:
    return [_span(span) for span in line]


def _span(span: Span) -> list[str]:
    match span:
        case Text(text, style):
            return [style, text]
        case Link(text, url):
            return ["link", text, url]
        case Moment(when):
            return ["instant" if isinstance(when, datetime) else "day", when.isoformat()]


def _to_line(data: list[list[str]]) -> Line:
    return tuple(map(_to_span, data))


def _to_span(data: list[str]) -> Span:
    match data:
        case ["link", text, url]:
            return Link(text, url)
        case ["instant", when]:
            return Moment(datetime.fromisoformat(when))
        case ["day", when]:
            return Moment(date.fromisoformat(when))
        case [style, text]:
            return Text(text, Style(style))
        case _:
            raise ValueError(data)
