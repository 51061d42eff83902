"""`vocabulary`: what the bot calls things, and what the team does."""

import re
from collections.abc import Sequence

from bot.domain.document import Block, Document, Facts, Heading, Line, Paragraph, Style, Text
from bot.domain.errors import CommandError, QueryError
from bot.domain.query import Phrase, Query, Words, concepts
from bot.domain.query_parser import parse
from bot.domain.suggest import did_you_mean
from bot.domain.understanding import Lexicon, recognised
from bot.domain.vocabulary import NAME, Confidence, TermSet, Wording, key
from bot.domain.watches import Watch
from bot.services.commands.arguments import clipped, page_number
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.paging import counted, paged

ADD_USAGE = "vocabulary add NAME TERM, TERM…"
SHOW_USAGE = "vocabulary show NAME"
REMOVE_USAGE = "vocabulary remove NAME [TERM, TERM…]"
MOST_SETS = 200
MOST_WORDINGS = 200
LONGEST_WORDING = 100
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
    """Show all that a set is called, by language, what cancels it, and which watches here use it."""
    known = await request.lexicon()
    name = _named(request.rest, known, usage=SHOW_USAGE)
    blocks: list[Block] = []
    shipped, own = known.shipped.sets.get(name), known.own.get(name)
    label = shipped.label if shipped else name
    blocks.append(Heading((Text(f"@{name}", Style.STRONG), Text(f" {label}" if label != name else ""))))
    if own:
        blocks.append(Paragraph((Text("Yours: ", Style.STRONG), Text(", ".join(one.text for one in own.wordings)))))
    if shipped:
        blocks.append(Facts(tuple(_by_language(shipped.wordings))))
        blocks += _rules(shipped)
    using = [watch for watch in await _team_watches(request) if name in _used(watch, known)]
    here = [str(watch.id) for watch in using if watch.conversation == request.command.conversation]
    if here:
        blocks.append(Paragraph((Text(f"Used by watch {', '.join(here[:20])} here.", Style.QUIET),)))
    return Document(tuple(blocks))


def _by_language(wordings: Sequence[Wording]) -> list[tuple[str, Line]]:
    said: dict[str, list[str]] = {}
    for one in wordings:
        if one.confidence is not Confidence.LOW:
            said.setdefault(one.lang, []).append(f"{one.text} (with more of it)" if one.ambiguous else one.text)
    return [(lang or "any", (Text(", ".join(texts)),)) for lang, texts in said.items()]


def _rules(held: TermSet) -> list[Block]:
    blocks: list[Block] = []
    languages = list(dict.fromkeys(rule.lang for rule in held.nearby))
    if languages:
        said = f"Also words of both kinds near each other, as “recognise … faces” ({', '.join(languages)})."
        blocks.append(Paragraph((Text(said, Style.QUIET),)))
    if held.unless:
        blocks.append(Paragraph((Text(f"Not where it says: {', '.join(held.unless)}.", Style.QUIET),)))
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
    checked = [_checked(wording) for wording in wordings]
    command, context = request.command, request.context
    new = await context.store.vocabularies.add(
        command.conversation.team, name, checked, owner=command.user, now=context.clock.now()
    )
    if new:
        await context.watches_changed()
    extends = " Here it stands beside what is shipped." if name in known.shipped.sets else ""
    said = f" now also means {', '.join(f'“{one}”' for one in checked)}, in every watch of this team that uses it."
    line = (Text(f"@{name}", Style.STRONG), Text(f"{said if new else ' has all of that already.'}{extends}"))
    return Document((Paragraph(line), *_taken_over(name, checked, known)))


def _taken_over(name: str, wordings: Sequence[str], known: Lexicon) -> tuple[Block, ...]:
    """Say which wordings meant another set when typed without quotes."""
    before = {one: known.known(one) for one in wordings}
    moved = [f"“{one}” meant @{other}" for one, other in before.items() if other not in (None, name)]
    return (Paragraph((Text(f"Typed alone, {', '.join(moved)} so far.", Style.QUIET),)),) if moved else ()


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
    if len(gone) == len(held.wordings) and name not in known.shipped.sets:
        using = [str(watch.id) for watch in await _team_watches(request) if name in concepts(_read(watch))]
        if using:
            named = ", ".join(using[:20])
            raise CommandError(f"Watch {named} names @{name}; edit or remove it first.", usage=f"edit {using[0]} QUERY")
    await request.context.store.vocabularies.remove(request.command.conversation.team, name, gone)
    await request.context.watches_changed()
    said = "is gone" if len(gone) == len(held.wordings) else f"no longer means {', '.join(gone)}"
    return Document((Paragraph((Text(f"@{name}", Style.STRONG), Text(f" {said}."))),))


def _name_and_wordings(rest: str, *, usage: str) -> tuple[str, list[str]]:
    name, _, text = rest.strip().partition(" ") if "\n" not in rest.strip() else rest.strip().partition("\n")
    name = name.strip(" ,").removeprefix("@").lower()
    if not NAME.fullmatch(name):
        raise CommandError("A set's name is letters, digits and hyphens.", usage=usage)
    return name, wordings_in(text)


def wordings_in(text: str) -> list[str]:
    """Read wordings parted by commas, new lines or quotation marks; without any of them it is one."""
    quoted = [found[0][1:-1] for found in _QUOTED.finditer(text)]
    rest = _QUOTED.sub("\n", text)
    parts = [*quoted, *re.split(r"[,،、，;\n]+", rest)]
    return list(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))


def _checked(wording: str) -> str:
    """Return a wording that can stand in quotes; CommandError if it cannot."""
    if len(wording) > LONGEST_WORDING:
        raise CommandError(f"“{clipped(wording, 60)}” is longer than {LONGEST_WORDING} characters.", usage=ADD_USAGE)
    try:
        query = parse(f'"{wording}"')
    except QueryError as error:
        raise CommandError(f"“{clipped(wording, 60)}” holds no word that could be found.", usage=ADD_USAGE) from error
    return query.text if isinstance(query, Phrase) else wording


def _named(text: str, known: Lexicon, *, usage: str) -> str:
    """Return the set that a person names, by its name or by what it is called."""
    wanted = text.strip().removeprefix("@").lower()
    if not wanted:
        raise CommandError("Say which set.", usage=usage)
    found = wanted if wanted in known.names else known.known(wanted)
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


def _used(watch: Watch, known: Lexicon) -> Sequence[str]:
    return recognised(_read(watch), known)


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
    summary="All that a set is called, in every language.",
    handler=show,
    group=Group.WATCHING,
    examples=("vocabulary show facial-recognition",),
)
ADD = CommandSpec(
    name="vocabulary add",
    usage=ADD_USAGE,
    summary="Give a set of your own, or a shipped one, further terms.",
    handler=add,
    group=Group.WATCHING,
    examples=("vocabulary add lamps smart lamp, 智慧灯杆",),
)
REMOVE = CommandSpec(
    name="vocabulary remove",
    usage=REMOVE_USAGE,
    summary="Take terms out of a set of yours, or all of it.",
    handler=remove,
    group=Group.WATCHING,
    examples=("vocabulary remove lamps smart lamp",),
)
