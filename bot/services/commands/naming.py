"""`vocabulary`: what the bot calls things, and what the team does."""

import asyncio
import re
from collections.abc import Mapping, Sequence

from bot.domain.document import Block, Document, Facts, Heading, Line, Paragraph, Style, Text
from bot.domain.errors import CommandError, QueryError
from bot.domain.query import Query, Words, concepts
from bot.domain.query_parser import parse
from bot.domain.suggest import did_you_mean
from bot.domain.understanding import Lexicon, recognised
from bot.domain.vocabulary import NAME, Confidence, TermSet, key
from bot.domain.watches import Watch
from bot.services.commands.arguments import clipped, page_number
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.paging import counted, paged
from bot.services.lexicons import MOST_WORDINGS, checked

ADD_USAGE = "vocabulary add NAME TERM, TERM…"
SHOW_USAGE = "vocabulary show NAME [LANGUAGE]"
REMOVE_USAGE = "vocabulary remove NAME [TERM, TERM…]"
MOST_SETS = 200
PAGE_OF_WORDINGS = 2_500
"""Characters of wordings in one answer."""
SHORT_LINE = 60
MOST_TOLD = 10
YOURS = "yours"
"""Stands for a language where a team's own wordings are shown."""
Languages = Mapping[str, Sequence[str]]
"""Wordings by language."""
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”')


async def vocabulary(request: Request) -> Document:
    """List the team's own sets, then the shipped ones by group."""
    number = page_number(request.rest, usage="vocabulary [PAGE]")
    known = await request.lexicon()
    own: list[Line] = [_own_row(name, held) for name, held in known.own.items()]
    groups: dict[str, list[str]] = {}
    for one in known.shipped.sets.values():
        groups.setdefault("companies" if one.company else one.group, []).append(one.name)
    shipped: list[Line] = [
        (Text(f"{group}: ", Style.STRONG), Text(" ".join(f"@{name}" for name in names)))
        for group, names in sorted(groups.items())
    ]
    shown = paged([*own, *shipped], number, command="vocabulary")
    total = counted(len(own), "set", "sets")
    head = (
        f"{total} of your own, {len(known.shipped.sets)} shipped. A typed word that one of them holds means all of it."
    )
    return Document((Paragraph((Text(head),)), *map(Paragraph, shown.rows), *shown.more))


def _own_row(name: str, held: TermSet) -> Line:
    words = ", ".join(one.text for one in held.wordings)
    return Text(f"@{name} ", Style.STRONG), Text("(yours) ", Style.QUIET), Text(clipped(words, 200))


async def show(request: Request) -> Document:
    """Show what a set is called: some of it in every language, or all in one."""
    known = await request.lexicon()
    name, lang, page = _asked(request.rest, known)
    shipped, said = known.shipped.sets.get(name), _by_language(name, known)
    label = shipped.label if shipped else name
    head = Heading((Text(f"@{name}", Style.STRONG), Text(f" {label}" if label != name else "")))
    if lang is not None or len(said) == 1:
        return Document((head, *_all_of(name, lang or next(iter(said)), said, page)))
    blocks: list[Block] = [head, *_overview(name, said)]
    if shipped:
        blocks += _rules(shipped)
    using = await _using(request, name, known)
    if using:
        blocks.append(Paragraph((Text(f"Used by {using}.", Style.QUIET),)))
    return Document(tuple(blocks))


def _asked(rest: str, known: Lexicon) -> tuple[str, str | None, int]:
    """Read the name of a set, or what it is called, then perhaps a language and a page."""
    words = rest.split()
    for end in range(len(words), max(0, len(words) - 3), -1):
        name = _set_called(" ".join(words[:end]), known)
        if name is not None:
            return name, *_part(name, words[end:], _by_language(name, known))
    return _named(rest, known, usage=SHOW_USAGE), None, 1


def _part(name: str, typed: Sequence[str], said: Languages) -> tuple[str | None, int]:
    if not typed:
        return None, 1
    lang, *page = typed
    if lang.lower() not in said:
        usage = f"vocabulary show {name} {next(iter(said))}"
        raise CommandError(f"@{name} has nothing in “{clipped(lang, 40)}”; it has {', '.join(said)}.", usage=usage)
    return lang.lower(), page_number(" ".join(page), usage=SHOW_USAGE)


def _by_language(name: str, known: Lexicon) -> Languages:
    """Return the wordings that are looked for, the team's own first; those that need company say so."""
    said: dict[str, list[str]] = {}
    if name in known.own:
        said[YOURS] = [one.text for one in known.own[name].wordings]
    shipped = known.shipped.sets.get(name)
    for one in shipped.wordings if shipped else ():
        if one.confidence is not Confidence.LOW:
            text = f"{one.text} (with more of it)" if one.ambiguous else one.text
            said.setdefault(one.lang or "any", []).append(text)
    return said


def _overview(name: str, said: Languages) -> tuple[Block, ...]:
    """Show all wordings if they are few, else the first of every language."""
    rows = {lang: ", ".join(texts) for lang, texts in said.items()}
    if sum(map(len, rows.values())) <= PAGE_OF_WORDINGS:
        return (_facts(rows),)
    short = {lang: _first(texts) for lang, texts in said.items()}
    lang = "en" if "en" in said else next(iter(said))
    more = (Text("All in one language: ", Style.QUIET), Text(f"vocabulary show {name} {lang}", Style.CODE))
    return _facts(short), Paragraph(more)


def _facts(rows: Mapping[str, str]) -> Facts:
    labels = {YOURS: "Yours"}
    return Facts(tuple((labels.get(lang, lang), (Text(text),)) for lang, text in rows.items()))


def _first(texts: Sequence[str]) -> str:
    """Return as many wordings as a line takes, at least one, and how many more there are."""
    shown = [clipped(texts[0], SHORT_LINE)]
    for text in texts[1:]:
        if len(", ".join([*shown, text])) > SHORT_LINE:
            break
        shown.append(text)
    left = len(texts) - len(shown)
    return ", ".join(shown) + (f" and {left:,} more" if left else "")


def _all_of(name: str, lang: str, said: Languages, number: int) -> tuple[Block, ...]:
    """Show a page of the wordings of one language."""
    pages: list[list[str]] = [[]]
    for text in said[lang]:
        if len(", ".join([*pages[-1], text])) > PAGE_OF_WORDINGS:
            pages.append([])
        pages[-1].append(text)
    if number > len(pages):
        command = f"vocabulary show {name} {lang}"
        raise CommandError(f"There is no page {number}: this list ends on page {len(pages)}.", usage=command)
    shown = _facts({lang: ", ".join(pages[number - 1])})
    left = sum(map(len, pages[number:]))
    if not left:
        return (shown,)
    line = (Text(f"{left:,} more: ", Style.QUIET), Text(f"vocabulary show {name} {lang} {number + 1}", Style.CODE))
    return shown, Paragraph(line)


def _rules(held: TermSet) -> list[Block]:
    blocks: list[Block] = []
    languages = list(dict.fromkeys(rule.lang for rule in held.nearby))
    if languages:
        rule = next((one for one in held.nearby if one.lang == "en"), held.nearby[0])
        example = f"“{rule.left[0]} … {rule.right[0]}”"
        said = f"Also words of both kinds near each other, as {example} ({', '.join(languages)})."
        blocks.append(Paragraph((Text(said, Style.QUIET),)))
    if held.unless:
        blocks.append(Paragraph((Text(f"Not where it says {_listed(held.unless)}.", Style.QUIET),)))
    return blocks


async def add(request: Request) -> Document:
    """Add wordings to one of the team's sets; one that is shipped is thereby extended for the team."""
    name, wordings = _name_and_wordings(request.rest, usage=ADD_USAGE)
    if not wordings:
        raise CommandError("Say what it is called.", usage=f"vocabulary add {name} smart lamp, 智慧灯杆")
    known = await request.lexicon()
    held = known.own.get(name)
    if held is None and len(known.own) >= MOST_SETS:
        raise CommandError(f"A team can have {MOST_SETS} sets; remove one first.", usage=REMOVE_USAGE)
    if len(wordings) + (len(held.wordings) if held else 0) > MOST_WORDINGS:
        raise CommandError(f"A set can hold {MOST_WORDINGS} wordings; make it several.", usage=ADD_USAGE)
    spelt = [checked(wording, usage=ADD_USAGE) for wording in wordings]
    command, context = request.command, request.context
    new = await context.store.vocabularies.add(
        command.conversation.team, name, spelt, owner=command.user, now=context.clock.now()
    )
    if new:
        await context.watches_changed()
    extends = " Here it stands beside what is shipped." if name in known.shipped.sets else ""
    means = "now also means" if name in known.names else "now means"
    said = f" {means} {_listed(spelt)}, in every watch of this team that uses it."
    line = (Text(f"@{name}", Style.STRONG), Text(f"{said if new else ' has all of that already.'}{extends}"))
    return Document((Paragraph(line), *_taken_over(name, spelt, known)))


def _listed(wordings: Sequence[str]) -> str:
    left = f" and {len(wordings) - MOST_TOLD} more" if len(wordings) > MOST_TOLD else ""
    return ", ".join(f"“{one}”" for one in wordings[:MOST_TOLD]) + left


def _taken_over(name: str, wordings: Sequence[str], known: Lexicon) -> tuple[Block, ...]:
    """Say which wordings meant another set when typed without quotes."""
    before = {one: known.known(one) for one in wordings}
    moved = [f"“{one}” meant @{other}" for one, other in before.items() if other not in (None, name)]
    named = ", ".join(moved[:MOST_TOLD])
    return (Paragraph((Text(f"Typed alone, {named} so far.", Style.QUIET),)),) if moved else ()


async def remove(request: Request) -> Document:
    """Take wordings out of a team's set, or the whole set, unless a watch names it."""
    name, wordings = _name_and_wordings(request.rest, usage=REMOVE_USAGE)
    known = await request.lexicon()
    held = known.own.get(name)
    if held is None:
        shipped = " It is shipped, and stays as it is." if name in known.shipped.sets else ""
        raise CommandError(f"There is no set @{name} of your own.{shipped}", usage="vocabulary")
    wanted = {key(one) for one in wordings}
    gone = [one.text for one in held.wordings if not wanted or key(one.text) in wanted]
    if not gone:
        raise CommandError(f"@{name} holds none of these.", usage=f"vocabulary show {name}")
    ends = len(gone) == len(held.wordings)
    if ends and name not in known.shipped.sets:
        await _refuse_named(request, name)
    using = await _using(request, name, known)
    await request.context.store.vocabularies.remove(request.command.conversation.team, name, gone)
    await request.context.watches_changed()
    said = f"no longer means {_listed(gone)}."
    if ends:
        said = "means what is shipped again." if name in known.shipped.sets else "is gone."
    concerned = f" That concerns {using}." if using else ""
    return Document((Paragraph((Text(f"@{name}", Style.STRONG), Text(f" {said}{concerned}"))),))


async def _refuse_named(request: Request, name: str) -> None:
    """Raise CommandError if a watch of the team would be left with a name that means nothing."""
    here = request.command.conversation
    naming = [watch for watch in await _team_watches(request) if name in concepts(_read(watch))]
    if naming:
        first = min(naming, key=lambda watch: (watch.conversation != here, watch.id))
        where = "" if first.conversation == here else " in another conversation"
        message = f"Watch {first.id}{where} names @{name}; edit or remove it first."
        raise CommandError(message, usage="watches" if where else f"edit {first.id} QUERY")


async def _using(request: Request, name: str, known: Lexicon) -> str:
    """Name the watches here that mean a set, and count those elsewhere; nothing if there are none."""
    every = await _team_watches(request)
    using = await asyncio.to_thread(lambda: [watch for watch in every if name in recognised(_read(watch), known)])
    here = [str(watch.id) for watch in using if watch.conversation == request.command.conversation]
    left = f" and {len(here) - MOST_TOLD} more" if len(here) > MOST_TOLD else ""
    named = [f"{'watch' if len(here) == 1 else 'watches'} {', '.join(here[:MOST_TOLD])}{left} here"] if here else []
    elsewhere = len(using) - len(here)
    if elsewhere:
        named.append(f"{counted(elsewhere, 'watch', 'watches')} elsewhere")
    return " and ".join(named)


def _name_and_wordings(rest: str, *, usage: str) -> tuple[str, list[str]]:
    name, _, text = rest.strip().partition(" ") if "\n" not in rest.strip() else rest.strip().partition("\n")
    name = name.strip(" ,").removeprefix("@").lower()
    if not NAME.fullmatch(name):
        raise CommandError("A set's name is letters from a to z, digits and hyphens.", usage=usage)
    return name, wordings_in(text)


def wordings_in(text: str) -> list[str]:
    """Read wordings parted by commas, new lines or quotation marks; without any of them it is one."""
    quoted = [found[0][1:-1] for found in _QUOTED.finditer(text)]
    rest = _QUOTED.sub("\n", text)
    parts = [*quoted, *re.split(r"[,،、，;\n]+", rest)]
    return list(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))


def _set_called(text: str, known: Lexicon) -> str | None:
    """Return the set that a person names, by its name or by what it is called."""
    wanted = text.strip().removeprefix("@").lower()
    return wanted if wanted in known.names else known.known(wanted)


def _named(text: str, known: Lexicon, *, usage: str) -> str:
    """Return the set that a person names; CommandError if there is none."""
    wanted = text.strip().removeprefix("@").lower()
    if not wanted:
        raise CommandError("Say which set.", usage=usage)
    found = _set_called(wanted, known)
    if found is None:
        near = did_you_mean(wanted, sorted(known.names))
        meant = f" Did you mean {' or '.join(f'@{one}' for one in near)}?" if near else ""
        raise CommandError(f"There is no set @{clipped(wanted, 60)}.{meant}", usage="vocabulary")
    return found


async def _team_watches(request: Request) -> Sequence[Watch]:
    _, every = await request.context.store.watches.all()
    return [watch for watch in every if watch.conversation.team == request.command.conversation.team]


def _read(watch: Watch) -> Query:
    """Return a watch's query; one that this version cannot read names no set."""
    try:
        return parse(watch.query)
    except QueryError:
        return Words(())


VOCABULARY = CommandSpec(
    name="vocabulary",
    usage="vocabulary [PAGE]",
    summary="The named sets of terms: yours and those that come with the bot.",
    handler=vocabulary,
    group=Group.WATCHING,
    examples=("vocabulary",),
)
SHOW = CommandSpec(
    name="vocabulary show",
    usage=SHOW_USAGE,
    summary="What a set is called, in every language.",
    handler=show,
    group=Group.WATCHING,
    examples=("vocabulary show facial-recognition", "vocabulary show facial-recognition fr"),
)
ADD = CommandSpec(
    name="vocabulary add",
    usage=ADD_USAGE,
    summary="Give a set of your own, or a shipped one, further terms.",
    handler=add,
    group=Group.WATCHING,
    examples=("vocabulary add lamps smart lamp, 智慧灯杆",),
    changes=True,
)
REMOVE = CommandSpec(
    name="vocabulary remove",
    usage=REMOVE_USAGE,
    summary="Take terms out of a set of yours, or all of it.",
    handler=remove,
    group=Group.WATCHING,
    examples=("vocabulary remove lamps smart lamp",),
    changes=True,
)
