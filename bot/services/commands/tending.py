"""`source add|test|pause|resume|remove`: change the list of what is polled."""

import re
from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from urllib.parse import urlsplit

from bot.domain.document import Block, Bullets, Document, Line, Link, Moment, Paragraph, Style, Text
from bot.domain.entries import Entry, SourceId
from bot.domain.errors import CommandError
from bot.domain.ports import Candidate
from bot.domain.sources import Origin, Source, Tracked
from bot.domain.suggest import did_you_mean
from bot.services.commands.arguments import clipped
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.paging import counted

PREVIEW = 5
LONGEST_ADDRESS = 2_000
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_PRESET = re.compile(r"(?:itu|w3c|3gpp)[/\s]+[\w-]+(?:[/\s]+[\w-]+)?", re.IGNORECASE)
"""A group of a body in short, for which discovery knows the addresses: `itu SG17`, `w3c wg/webauthn`."""


async def add(request: Request) -> Document:
    """Find what an address holds and poll it from now on; several finds are listed to choose from."""
    url = _address(request.rest, usage="source add URL")
    found = await request.context.prospector.discover(url)
    chosen = [candidate for candidate in found if candidate.url == url] or found
    if not chosen:
        raise CommandError(f"I found no feed, calendar or list at {url}.", usage="source test URL")
    if all(candidate.source is not None for candidate in chosen):
        return await _add_preset(request, chosen)
    if len(chosen) > 1:
        return _choice(url, chosen)
    candidate = chosen[0]
    source = _source(candidate, await request.context.store.sources.listing())
    await request.context.store.sources.add(source, now=request.context.clock.now())
    what = f" ({source.id}, {source.format}): {counted(candidate.count, 'entry', 'entries')} now. "
    quiet = "What is there already is not posted; new entries that a watch matches are."
    added: Line = (Text("Added "), Text(source.name, Style.STRONG), Text(what + quiet))
    return Document((Paragraph(added), *_notes(candidate)))


async def _add_preset(request: Request, chosen: Sequence[Candidate]) -> Document:
    """Poll all that belongs to a group of a body; what is polled already stays as it is."""
    sources, now = request.context.store.sources, request.context.clock.now()
    there = {tracked.source.id for tracked in await sources.listing()}
    fresh = [one.source for one in chosen if one.source is not None and one.source.id not in there]
    for source in fresh:
        await sources.add(replace(source, origin=Origin.PERSON), now=now)
    if not fresh:
        raise CommandError("All of it is polled already.", usage="sources")
    names = Bullets(tuple((Text(source.name), Text(f" ({source.id})", Style.QUIET)) for source in fresh))
    quiet = "What is there already is not posted; new entries that a watch matches are."
    return Document((Paragraph((Text(f"Added {counted(len(fresh), 'source')}. {quiet}"),)), names))


def _choice(url: str, found: Sequence[Candidate]) -> Document:
    lines = tuple((Text(f"{clipped(one.name, 80)} ({one.format}): "), Link(one.url, one.url)) for one in found[:10])
    first = (Text(f"{url} leads to {counted(len(found), 'source')}:"),)
    then = (Text("Choose one: "), Text(f"source add {found[0].url}", Style.CODE))
    return Document((Paragraph(first), Bullets(lines, numbered=True), Paragraph(then)))


def _source(candidate: Candidate, listing: Sequence[Tracked]) -> Source:
    return Source(
        id=_new_id(candidate.url, {tracked.source.id for tracked in listing}),
        url=candidate.url,
        format=candidate.format,
        name=clipped(candidate.name, 120) or candidate.url,
        lang=candidate.lang,
        origin=Origin.PERSON,
    )


def _new_id(url: str, taken: set[SourceId]) -> SourceId:
    """Make a short id of host and path that no other source has."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    words = re.findall(r"[a-z0-9]+", f"{host}/{parts.path}".lower())
    slug = "-".join(words)[:40].strip("-") or "source"
    if slug not in taken:
        return SourceId(slug)
    return SourceId(f"{slug}-{blake2b(url.encode(), digest_size=3).hexdigest()}")


def _address(text: str, *, usage: str) -> str:
    """Return a typed address with its scheme; chat programs may have put it in angle brackets."""
    url = text.strip().strip("<>")
    if _PRESET.fullmatch(url):
        return "/".join(url.split())
    if not url:
        raise CommandError("Give an address.", usage=usage)
    if any(char.isspace() for char in url) or len(url) > LONGEST_ADDRESS:
        raise CommandError(f"“{clipped(url, 80)}” is not one address.", usage=usage)
    return url if _SCHEME.match(url) else f"https://{url}"


async def test(request: Request) -> Document:
    """Show what an address would give, and store nothing."""
    url = _address(request.rest, usage="source test URL")
    found = await request.context.prospector.discover(url)
    if not found:
        raise CommandError(f"I found no feed, calendar or list at {url}.", usage="source test URL")
    if len(found) > 1 and all(candidate.url != url for candidate in found):
        return _choice(url, found)
    candidate = next((one for one in found if one.url == url), found[0])
    head: Line = (
        Text(clipped(candidate.name, 120), Style.STRONG),
        Text(f": {candidate.format}, {counted(candidate.count, 'entry', 'entries')}. "),
        Text("Nothing was stored.", Style.QUIET),
    )
    rows = Bullets(tuple(_preview(entry) for entry in candidate.entries[:PREVIEW]))
    address = Paragraph((Link(candidate.url, candidate.url),))
    return Document((Paragraph(head), address, *((rows,) if rows.lines else ()), *_notes(candidate)))


def _preview(entry: Entry) -> Line:
    title: Line = (Text(f"{entry.kind}: {clipped(entry.title, 120)}"),)
    when = entry.starts or entry.published
    return title if when is None else (*title, Text(", "), Moment(when))


def _notes(candidate: Candidate) -> tuple[Block, ...]:
    return tuple(Paragraph((Text(f"Note: {clipped(note, 200)}", Style.QUIET),)) for note in candidate.notes[:PREVIEW])


async def pause(request: Request) -> Document:
    """Stop polling a source until it is resumed."""
    found = await _named(request, usage="source pause N|ID|NAME")
    await request.context.store.sources.pause(found.source.id, paused=True)
    undo = Text(f"source resume {found.source.id}", Style.CODE)
    return Document((Paragraph((Text(f"{found.source.name} is paused. To poll it again: "), undo)),))


async def resume(request: Request) -> Document:
    """Poll a paused source again."""
    found = await _named(request, usage="source resume N|ID|NAME")
    await request.context.store.sources.pause(found.source.id, paused=False)
    return Document((Paragraph((Text(f"{found.source.name} is polled again."),)),))


async def remove(request: Request) -> Document:
    """Stop tracking a source, at later starts too; its entries stay."""
    found = await _named(request, usage="source remove N|ID|NAME")
    source = found.source
    await request.context.store.sources.remove(source.id)
    gone: Line = (Text(f"{source.name} is no longer polled; what it brought stays stored. To have it back: "),)
    return Document((Paragraph((*gone, Text(f"source add {source.url}", Style.CODE))),))


async def _named(request: Request, *, usage: str) -> Tracked:
    """Return the source of that number (as `sources` shows it), id or name."""
    listing = await request.context.store.sources.listing()
    typed = request.rest.strip()
    if not typed:
        raise CommandError("Say which source.", usage=usage)
    if typed.isdecimal() and 0 < int(typed[:6]) <= len(listing):
        return listing[int(typed[:6]) - 1]
    folded = typed.casefold()
    exact = [one for one in listing if folded in {one.source.id.casefold(), one.source.name.casefold()}]
    found = exact or [one for one in listing if folded in one.source.name.casefold() or one.source.url == typed]
    if len(found) == 1:
        return found[0]
    ids = [one.source.id for one in found] or did_you_mean(typed, [one.source.id for one in listing])
    which = f" Did you mean {' or '.join(ids[:3])}?" if ids else ""
    several = f"{len(found)} sources are" if found else "No source is"
    raise CommandError(f"{several} called “{clipped(typed, 60)}”.{which}", usage=usage)


ADD = CommandSpec(
    name="source add",
    usage="source add URL",
    summary="Poll a feed, a calendar, what a web page links to, or the lists of a group of ITU, W3C or 3GPP.",
    handler=add,
    group=Group.SOURCES,
    examples=("source add https://www.eff.org", "source add itu SG13", "source add w3c wg/webauthn"),
    changes=True,
)
TEST = CommandSpec(
    name="source test",
    usage="source test URL",
    summary="Show what an address would give, without adding it.",
    handler=test,
    group=Group.SOURCES,
    examples=("source test https://www.eff.org/rss/updates.xml",),
)
PAUSE = CommandSpec(
    name="source pause",
    usage="source pause N|ID|NAME",
    summary="Stop polling a source for now.",
    handler=pause,
    group=Group.SOURCES,
    examples=("source pause 3",),
    changes=True,
)
RESUME = CommandSpec(
    name="source resume",
    usage="source resume N|ID|NAME",
    summary="Poll a paused source again.",
    handler=resume,
    group=Group.SOURCES,
    examples=("source resume 3",),
    changes=True,
)
REMOVE = CommandSpec(
    name="source remove",
    usage="source remove N|ID|NAME",
    summary="Stop tracking a source for good.",
    handler=remove,
    group=Group.SOURCES,
    examples=("source remove 12",),
    changes=True,
)
