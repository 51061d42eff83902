"""Slack's text: what we write so that nothing in it comes alive, and what people typed so that it is plain."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

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
    Text,
    Verbatim,
)

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DATE_FORMAT = "{date_short_pretty} {time}"
"""docs.slack.dev/messaging/formatting-message-text, "Date formatting"."""
LONGEST_ADDRESS = 3000
# Controls, bidirectional and invisible ones, and lone surrogates: they show nothing or reorder what is around them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_BREAKS = re.compile("[\r\n\t\x0b\x0c\x85\u2028\u2029]+")
_ADDRESS = re.compile(r"https?://[^\s<>|\x00-\x20\x7f-\x9f\ud800-\udfff]+", re.IGNORECASE)
_TOKEN = re.compile(r"<([^<>]*)>")


def seen(text: str) -> str:
    """Return text without what cannot be seen, on the lines it had."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\t", " "))


def in_line(text: str) -> str:
    """Return text on one line, without what cannot be seen."""
    return _UNSEEN.sub("", _BREAKS.sub(" ", text))


def escaped(text: str) -> str:
    """Write text so that mrkdwn sees no mention, link or command in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def address(url: str) -> str | None:
    """Return an address that a link may have, None if it is none."""
    url = url.replace("|", "%7C").replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")
    return url if len(url) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(url) else None


def day(when: date) -> str:
    """Write a day as the day that it is."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def plainly(when: datetime) -> str:
    """Write an instant for readers whose client cannot show it in their zone."""
    if when.tzinfo is None:
        return f"{day(when.date())}, {when:%H:%M} (local time)"
    there = when.astimezone(UTC)
    return f"{day(there.date())}, {there:%H:%M} UTC"


def timestamp(when: datetime) -> int | None:
    """Return what date tokens take, None for a time without zone or before 1970."""
    seconds = int(when.timestamp()) if when.tzinfo is not None else 0
    return seconds if seconds > 0 else None


def written(line: Line) -> str:
    """Write a line in mrkdwn: text dead, links and moments alive."""
    return "".join(map(_span, line))


def _span(span: Text | Link | Moment) -> str:
    match span:
        case Link(text, url):
            target = address(url)
            label = escaped(in_line(text)).replace("|", "¦")
            return f"<{escaped(target)}|{label}>" if target and label.strip() else label
        case Moment(when):
            seconds = timestamp(when) if isinstance(when, datetime) else None
            if seconds is None or not isinstance(when, datetime):
                return plainly(when) if isinstance(when, datetime) else day(when)
            return f"<!date^{seconds}^{DATE_FORMAT}|{plainly(when)}>"
        case Text(text):
            return escaped(in_line(text))


def fallback(document: Document, limit: int) -> str:
    """Write a message for notifications and screen readers; never empty, at most `limit` characters."""
    said: list[str] = []
    left = limit - 2
    for line in _lines(document):
        if len(line) + 1 > left:
            said += ["…"] if said else []
            break
        said.append(line)
        left -= len(line) + 1
    if said:
        return "\n".join(said)
    first = next(iter(_lines(Document(document.blocks))), "")
    return escaped(_TOKEN.sub("", first)[: limit // 6]) + "…" if first else "(no text)"


def _lines(document: Document) -> Iterator[str]:
    for block in document:
        for line in _block(block):
            if line.strip():
                yield line


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(line) | Paragraph(line):
            yield written(line)
        case Quote(line):
            yield f"&gt; {written(line)}"
        case Facts(rows):
            yield from (f"{escaped(in_line(label))}: {written(line)}" for label, line in rows)
        case Bullets(lines, numbered, start):
            yield from (
                f"{f'{number}.' if numbered else '•'} {written(line)}" for number, line in enumerate(lines, start)
            )
        case Verbatim(text):
            yield escaped(seen(text))


def typed(text: str) -> str:
    """Read what a person typed: links as addresses, channels and people as names, entities as characters."""
    plain = _TOKEN.sub(_meant, text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("\xa0", " ").strip()


def _meant(found: re.Match[str]) -> str:
    target, _, label = found[1].partition("|")
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("@"):
        return f"@{label.removeprefix('@') or target[1:]}"
    if target.startswith("!"):
        return label or target.partition("^")[0].replace("!", "@")
    return target.removeprefix("mailto:")


def addresses(text: str) -> Iterator[str]:
    """Give the web addresses in a message's text."""
    for found in _TOKEN.finditer(text):
        target = found[1].partition("|")[0]
        if _ADDRESS.fullmatch(target):
            yield target.replace("&amp;", "&")
