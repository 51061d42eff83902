"""`parse`, `poll`, `match`: what a body, a source or a watch gives, without storing anything."""

import asyncio
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import TextIO

from bot.clock import SystemClock
from bot.commandline.configured import settings
from bot.config import Settings
from bot.domain.document import line_text
from bot.domain.entries import Entry
from bot.domain.errors import CommandError, ParseError, QueryError
from bot.domain.matching import Context, WatchIndex
from bot.domain.query_parser import parse as parse_query
from bot.domain.sources import NOTHING_REMEMBERED, Polled, Source, Unchanged
from bot.domain.understanding import Lexicon, understood
from bot.domain.watches import Match, WatchId
from bot.records import dumps, entry_record, records, to_entry
from bot.services.dating import one_day, when
from bot.wiring.language import stem, vocabulary
from bot.wiring.sources import catalogue, formats, occurrences, open_sources, read_body

WRONG, USAGE = 1, 2
FAR = timedelta(days=366)


def parse(arguments: Namespace) -> int:
    """Read a file as a format and print its entries; 1 with one line if it cannot be read."""
    if arguments.format not in formats():
        print(f"There is no format “{arguments.format}”; there are {', '.join(formats())}.", file=sys.stderr)
        return USAGE
    body = _body(arguments.file)
    headers = dict(arguments.header)
    now = SystemClock().now()
    if arguments.first or arguments.last:
        if arguments.format != "ical":
            print("--from and --to are for the format ical.", file=sys.stderr)
            return USAGE
        first, last = arguments.first or arguments.last - FAR, arguments.last or arguments.first + FAR
        parsed = occurrences(body, url=arguments.url, headers=headers, first=first, last=last, now=now)
    else:
        parsed = read_body(arguments.format, body, url=arguments.url, headers=headers, now=now)
    for note in parsed.notes:
        print(note, file=sys.stderr)
    for entry in parsed.entries:
        print(dumps(entry_record(entry)))
    return 0


def _body(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise ParseError(f"{name} cannot be read ({error.strerror}); name a file that can.") from error


def poll(arguments: Namespace) -> int:
    """Fetch one source and print what it gives; nothing is stored and nobody is told."""
    chosen = settings(arguments)
    source = _source(arguments.source, chosen)
    page = asyncio.run(_poll(source, arguments.source, chosen))
    if arguments.json:
        for entry in page:
            print(dumps(entry_record(entry)))
        return 0
    print(f"{len(page)} entries")
    for entry in page:
        print("  " + _line(entry))
    return 0


def _source(name: str, chosen: Settings) -> Source | None:
    known = {source.id: source for source in (*catalogue(), *chosen.sources)}
    if name in known:
        return known[name]  # type: ignore[index]  # a str that is a key is a SourceId
    if "://" in name or "." in name:
        return None
    near = ", ".join(sorted(id_ for id_ in known if name.casefold() in id_.casefold())[:5])
    hint = f" Near: {near}." if near else " `rapporteur check` lists them."
    raise CommandError(f"There is no source “{name}”.{hint}")


async def _poll(source: Source | None, address: str, chosen: Settings) -> list[Entry]:
    async with open_sources(chosen, SystemClock()) as reader:
        if source is None:
            candidates = await reader.prospector.discover(address)
            for candidate in candidates:
                print(f"{candidate.name}: {candidate.format}, {candidate.url}", file=sys.stderr)
            return list(candidates[0].entries)
        page = await reader.poller.poll(source, NOTHING_REMEMBERED)
        match page:
            case Polled():
                for note in page.notes:
                    print(note, file=sys.stderr)
                return list(page.entries)
            case Unchanged():
                return []


def _line(entry: Entry) -> str:
    moment = line_text(when(entry)) if entry.starts else (one_day(entry.published.date()) if entry.published else "")
    return " · ".join(part for part in (moment, entry.title, entry.place, entry.link) if part)


def match(arguments: Namespace) -> int:
    """Match entries with watches in the order given; watches that cannot be read are named, and the others matched."""
    lexicon = Lexicon(vocabulary())
    index = WatchIndex(stem(), lexicon.shipped)
    names: list[object] = []
    refused = 0
    with opened(str(arguments.watches)) as lines:
        for record in records(lines, str(arguments.watches)):
            names.append(record.get("id"))
            refused += not _put(index, lexicon, len(names) - 1, record)
    with opened(arguments.entries) as lines:
        for record in records(lines, arguments.entries):
            entry = to_entry(record)
            found = index.match(entry, _context(record))
            print(dumps({"id": record.get("id"), "matches": [_match(row, names) for row in found]}))
    return WRONG if refused else 0


def _put(index: WatchIndex, lexicon: Lexicon, number: int, record: dict[str, object]) -> bool:
    """Add a watch and tell whether that was possible; if not, say why on the standard error stream."""
    try:
        index.put(WatchId(number), understood(parse_query(str(record.get("query") or "")), lexicon))
    except QueryError as error:
        print(f"Watch {record.get('id')!r}: {error}", file=sys.stderr)
        return False
    return True


def _context(record: dict[str, object]) -> Context:
    source, body, lang = (record.get(name) for name in ("source", "body", "lang"))
    return Context(
        source_id=str(source or ""),
        source_name=str(source or ""),
        body=str(body) if body else None,
        lang=str(lang) if lang else None,
    )


def _match(row: Match, names: list[object]) -> dict[str, object]:
    hits = [{"field": hit.field, "start": hit.start, "end": hit.end, "term": hit.term} for hit in row.hits]
    return {"watch": names[row.watch], "hits": hits}


@contextmanager
def opened(name: str) -> Iterator[TextIO]:
    """Open a file of records, or standard input for -; ParseError if it cannot be read as UTF-8."""
    try:
        with nullcontext(sys.stdin) if name == "-" else Path(name).open(encoding="utf-8") as lines:
            yield lines
    except UnicodeDecodeError as error:
        raise ParseError(f"{name} is not UTF-8 text; save it as UTF-8.") from error
    except OSError as error:
        raise ParseError(f"{name} cannot be read ({error.strerror}); name a file that can.") from error
