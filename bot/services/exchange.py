"""All watches and own words as one text that people can read, compare and carry to another bot: TOML."""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.cadence import Cadence
from bot.domain.cadence import parse as parse_cadence
from bot.domain.chat import Conversation
from bot.domain.errors import CommandError, ParseError
from bot.domain.query import concepts
from bot.domain.query_parser import parse
from bot.domain.storing.store import Store
from bot.domain.vocabulary import NAME, Vocabulary
from bot.domain.watches import Scope, Watch
from bot.services.lexicons import MOST_WORDINGS, checked

HEAD = (
    "# Watches and vocabulary of a Rapporteur, in stable order. Import adds what is missing and changes nothing else.\n"
)
_WATCH_KEYS = {
    "conversation": True,
    "query": True,
    "owner": True,
    "created": False,
    "note": False,
    "cadence": False,
    "muted_until": False,
    "scope": False,
}
_SET_KEYS = {"team": True, "name": True, "wordings": True, "owner": False}
SHOWN = 10
Words = Mapping[str, Mapping[str, Sequence[str]]]
"""Wordings by team and name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A watch as a file has it, its query in canonical form."""

    conversation: Conversation
    query: str
    owner: str
    created: datetime | None
    note: str
    cadence: Cadence | None
    muted_until: datetime | None
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """What a file holds."""

    watches: Sequence[Wanted]
    words: Words


def written(watches: Iterable[Watch], words: Words) -> str:
    """Write watches by conversation and query, sets by team and name, all in order: equal contents give equal texts."""
    blocks = [HEAD]
    for team, sets in sorted(words.items()):
        for name, wordings in sorted(sets.items()):
            rows = [("team", _text(team)), ("name", _text(name)), ("wordings", _list(sorted(wordings)))]
            blocks.append(_block("vocabulary", rows))
    ordered = sorted(watches, key=lambda one: (one.conversation, one.query))
    blocks += [_block("watch", _rows(watch)) for watch in ordered]
    return "\n".join(blocks)


def _rows(watch: Watch) -> Iterator[tuple[str, str]]:
    yield "conversation", _text(str(watch.conversation))
    yield "query", _text(watch.query)
    yield "owner", _text(watch.owner)
    yield "created", watch.created_at.astimezone(UTC).isoformat()
    if watch.note:
        yield "note", _text(watch.note)
    if watch.cadence is not None:
        yield "cadence", _text(str(watch.cadence))
    if watch.scope:
        yield "scope", _text(watch.scope)
    if watch.muted_until is not None:
        yield "muted_until", watch.muted_until.astimezone(UTC).isoformat()


def _block(kind: str, rows: Iterable[tuple[str, str]]) -> str:
    return f"[[{kind}]]\n" + "".join(f"{name} = {value}\n" for name, value in rows)


def _text(value: str) -> str:
    """Write a TOML basic string: JSON's escapes are TOML's, which also forbids DEL and lone surrogates."""
    kept = value.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(kept, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def read(text: str) -> Exchanged:
    """Read what `written` wrote, or somebody by hand; ParseError names every problem."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParseError(f"The file is not TOML ({error}); export one to see how it looks.") from error
    problems: list[str] = [f"There is no section [[{name}]]." for name in tables.keys() - {"watch", "vocabulary"}]
    watches = [found for where, row in _tables(tables, "watch") if (found := _wanted(where, row, problems))]
    words: dict[str, dict[str, list[str]]] = {}
    for where, row in _tables(tables, "vocabulary"):
        for team, name, wordings in _sets(where, row, problems):
            held = words.setdefault(team, {}).setdefault(name, [])
            held += [one for one in dict.fromkeys(wordings) if one not in held]
    _refuse(problems)
    return Exchanged(watches=watches, words=words)


def _tables(tables: Mapping[str, object], kind: str) -> Iterator[tuple[str, dict[str, object]]]:
    rows = tables.get(kind, [])
    for number, row in enumerate(rows if isinstance(rows, list) else [rows], start=1):
        yield f"{kind} {number}", row if isinstance(row, dict) else {}


def _complete(where: str, row: Mapping[str, object], keys: Mapping[str, bool], problems: list[str]) -> bool:
    """Tell whether a table has all that it needs and nothing else."""
    missing = [name for name, needed in keys.items() if needed and not row.get(name)]
    strange = [name for name in row if name not in keys]
    problems += [f"In {where}, {name} is missing." for name in missing]
    problems += [f"In {where}, {name} means nothing." for name in strange]
    return not missing and not strange


def _wanted(where: str, row: dict[str, object], problems: list[str]) -> Wanted | None:
    if not _complete(where, row, _WATCH_KEYS, problems):
        return None
    moments = [row.get("created"), row.get("muted_until")]
    if not all(one is None or (isinstance(one, datetime) and one.tzinfo is not None) for one in moments):
        problems.append(f"In {where}, created and muted_until are instants with a zone.")
        return None
    texts = {name: row.get(name, "") for name in ("conversation", "query", "owner", "note", "cadence")}
    if not all(isinstance(one, str) for one in texts.values()) or ":" not in str(texts["conversation"]):
        problems.append(f"In {where}, conversation (platform:id), query, owner and note are texts.")
        return None
    scope = row.get("scope", "")
    if not isinstance(scope, str) or scope not in set(Scope):
        problems.append(f"In {where}, scope is {' or '.join(repr(str(one)) for one in Scope if one)}.")
        return None
    try:
        query = str(parse(str(texts["query"])))
        cadence = parse_cadence(str(texts["cadence"]))
    except CommandError as error:
        problems.append(f"In {where}: {error}")
        return None
    created, muted = (one if isinstance(one, datetime) else None for one in moments)
    return Wanted(
        conversation=Conversation.parse(str(texts["conversation"])),
        query=query,
        owner=str(texts["owner"]),
        created=created,
        note=str(texts["note"]),
        cadence=cadence,
        muted_until=muted,
        scope=Scope(scope),
    )


def _sets(where: str, row: Mapping[str, object], problems: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Give the table's team, name and wordings, if it has them."""
    if not _complete(where, row, _SET_KEYS, problems):
        return
    team, name, wordings = row["team"], row["name"], row["wordings"]
    texts = [one for one in wordings if isinstance(one, str) and one.strip()] if isinstance(wordings, list) else []
    if not (isinstance(team, str) and isinstance(name, str) and NAME.fullmatch(name) and texts == wordings):
        problems.append(f"In {where}, team and name are texts, wordings a list of texts.")
        return
    if len(texts) > MOST_WORDINGS:
        problems.append(f"In {where} are more than {MOST_WORDINGS} wordings; make it several sets.")
    try:
        yield team, name, [checked(text) for text in texts]
    except CommandError as error:
        problems.append(f"In {where}: {error}")


def _refuse_unnamed(file: Exchanged, held: Words, shipped: Vocabulary) -> None:
    names = {
        team: {*shipped.sets, *held.get(team, ()), *file.words.get(team, ())}
        for team in {one.conversation.team for one in file.watches}
    }
    wrong = [
        f"“{one.query}” names @{name}, which no vocabulary has."
        for one in file.watches
        for name in concepts(parse(one.query))
        if name not in names[one.conversation.team]
    ]
    _refuse(wrong)


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        left = f" And {len(problems) - SHOWN} more." if len(problems) > SHOWN else ""
        raise ParseError(f"Nothing was imported. {' '.join(problems[:SHOWN])}{left}")


async def exported(store: Store) -> str:
    """Return all watches and own words of a store."""
    _, watches = await store.watches.all()
    return written(watches, await store.vocabularies.all())


async def imported(store: Store, file: Exchanged, shipped: Vocabulary, *, now: datetime) -> tuple[int, int]:
    """Add what is missing; return how many watches and wordings were new.

    Raise ParseError, and add nothing, if a watch names a set that there would not be.
    """
    _refuse_unnamed(file, await store.vocabularies.all(), shipped)
    words = 0
    for team, sets in file.words.items():
        for name, wordings in sets.items():
            words += await store.vocabularies.add(team, name, wordings, owner="import", now=now)
    _, standing = await store.watches.all()
    held = {(watch.conversation, watch.query) for watch in standing}
    watches = 0
    for one in file.watches:
        if (one.conversation, one.query) in held:
            continue
        held.add((one.conversation, one.query))
        added = await store.watches.add(
            one.conversation,
            one.query,
            owner=one.owner,
            note=one.note,
            now=one.created or now,
            cadence=one.cadence,
            scope=one.scope,
        )
        if one.muted_until is not None:
            await store.watches.mute([added.id], one.muted_until)
        watches += 1
    return watches, words
