"""From a typed line to a reply; nothing that goes wrong on the way is left unanswered."""

import re
import unicodedata
from dataclasses import replace
from secrets import token_hex

import structlog

from bot.domain.chat import Command
from bot.domain.document import Block, Document, Paragraph, Style, Text, Verbatim
from bot.domain.errors import BotError, CommandError, QueryError, StoreError
from bot.domain.suggest import did_you_mean
from bot.services.commands.arguments import clipped
from bot.services.commands.context import CommandSpec, Context, Request
from bot.services.commands.registry import REGISTRY

log = structlog.get_logger()

_MARK = re.compile(r"\s*(?:@\S+[\s:,]\s*|@\S+$)?[/!]?\s*")
_WORD = re.compile(r"(\S+)\s*")
_HELP = frozenset({"--help", "-h"})
_AROUND = 60
"""Characters of a query shown on either side of its error."""


async def answer(command: Command, context: Context) -> Document:
    """Carry a command out and return the reply; errors become replies, unexpected ones with a reference to the log."""
    try:
        spec, rest = find(command.text)
        return await _carried_out(spec, await _request(command, rest, context))
    except CommandError as error:
        return apology(error)
    except BotError as error:
        log.warning("command_refused", text=clipped(command.text, 200), error=str(error))
        return Document((Paragraph((Text(str(error)),)),))
    except Exception:
        ref = token_hex(2)
        where = str(command.conversation)
        log.exception("command_broke", ref=ref, text=clipped(command.text, 200), conversation=where)
        return Document((Paragraph((Text(f"Something broke here (ref {ref}). The log has the details."),)),))


async def _request(command: Command, rest: str, context: Context) -> Request:
    try:
        wanted = await context.store.preferences.of(command.conversation)
    except StoreError:
        wanted = None  # `status` answers all the same; who changes something fails at the store
    return Request(command=command, rest=rest, context=context, wanted=wanted or context.defaults)


async def _carried_out(spec: CommandSpec, request: Request) -> Document:
    """Carry a command out, if the person may."""
    if spec.changes:
        request.must_be_allowed()
    told = await spec.handler(request)
    told = await request.changed(told) if spec.changes else told
    return replace(told, zone=told.zone or request.zone)


def find(text: str) -> tuple[CommandSpec, str]:
    """Split a line into its command and the untouched rest; CommandError if there is no such command."""
    line = text[_MARK.match(text).end() :].rstrip()  # type: ignore[union-attr]  # it matches nothing too
    if not line:
        raise CommandError("Type a command; help lists them.", usage="help")
    specs = {name: spec for spec in REGISTRY for name in (spec.name, *spec.aliases)}
    first, rest = _split(line)
    second, after = _split(rest)
    for name, left in ((f"{first} {second}", after), (first, rest)):
        if name in specs:
            return (specs["help"], name) if left in _HELP else (specs[name], left)
    raise _unknown(first, second, rest, after)


def _split(line: str) -> tuple[str, str]:
    word = _WORD.match(line)
    return ("", "") if word is None else (word[1].casefold(), line[word.end() :])


def _unknown(first: str, second: str, rest: str, after: str) -> CommandError:
    """Say why there is no such command, with the line that was probably meant."""
    family = [spec for spec in REGISTRY if spec.name.startswith(f"{first} ")]
    if family and not second:
        return CommandError(f"Say what to do: {', '.join(spec.name for spec in family)}.", usage=family[0].usage)
    near = did_you_mean(f"{first} {second}", [spec.name for spec in REGISTRY if " " in spec.name]) if second else ()
    left = after if near else rest
    near = near or did_you_mean(first, [spec.name for spec in REGISTRY])
    meant = f"Did you mean {' or '.join(near)}?" if near else "help lists what I know."
    line = f"{near[0]} {clipped(left, 80)}".strip() if near and near[0] != "help" else "help"
    return CommandError(f"There is no command “{clipped(first, 40)}”. {meant}", usage=line)


def apology(error: CommandError) -> Document:
    """Say what is wrong, where, and show a line that works."""
    message = str(error.args[0]) if error.args else str(error)
    blocks: list[Block] = [Paragraph((Text(message),))]
    if isinstance(error, QueryError):
        blocks.append(Verbatim(pointed(error.query, error.position)))
        if error.remedy:
            blocks.append(Paragraph((Text(error.remedy),)))
    if error.usage:
        blocks.append(Paragraph((Text("Try: ", Style.QUIET), Text(error.usage, Style.CODE))))
    return Document(tuple(blocks))


def pointed(query: str, position: int) -> str:
    """Return the line of the query that is wrong with a caret below the place; wide characters count as two columns."""
    position = min(max(position, 0), len(query))
    start = query.rfind("\n", 0, position) + 1
    end = query.find("\n", position)
    line = query[start : end if end >= 0 else len(query)].replace("\t", " ")
    at = position - start
    left = max(0, at - _AROUND)
    shown = ("…" if left else "") + line[left : at + _AROUND] + ("…" if at + _AROUND < len(line) else "")
    before = ("…" if left else "") + line[left:at]
    columns = sum(_columns(char) for char in before)
    return f"{shown}\n{' ' * columns}^"


def _columns(char: str) -> int:
    """Return how many terminal columns a character takes (UAX #11; combining marks and format characters none)."""
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
