"""Fields whose values are compared: kind, number, language, days."""

import re
from datetime import date

from bot.domain.entries import Entry
from bot.domain.folding import fold
from bot.domain.query import Is
from bot.domain.sheets import Context, day, fact

_APART = re.compile(r"[\s,;()\[\]]+")


def compare(wanted: Is, entry: Entry, context: Context) -> bool:
    """Tell whether the entry's field has one of the values."""
    match wanted.field:
        case "kind":
            return entry.kind in wanted.values
        case "lang":
            return _lang(entry.lang or context.lang or "", wanted.values)
        case "number":
            return _number(fact(entry, "number"), wanted.values)
        case since_or_until:
            when, limit = day(entry, context), date.fromisoformat(wanted.values[0])
            return when is not None and (when >= limit if since_or_until == "since" else when <= limit)


def _lang(tag: str, wanted: tuple[str, ...]) -> bool:
    """Tell whether a language range matches the tag (RFC 4647 §3.3.1): `pt` also finds pt-BR."""
    given = tag.lower().replace("_", "-")
    return any(given == lang or given.startswith(f"{lang}-") for lang in wanted)


def _number(number: str, wanted: tuple[str, ...]) -> bool:
    """Compare the number as a whole and by its parts: "X.1096 (ex X.bvm)" is X.1096 and X.bvm."""
    folded = fold(number)
    given = {"".join(_APART.split(folded)), *_APART.split(folded)}
    return any(_is_number(one, "".join(fold(pattern).split())) for pattern in wanted for one in given if one)


def _is_number(number: str, pattern: str) -> bool:
    return number.startswith(pattern[:-1]) if pattern.endswith("*") else number == pattern
