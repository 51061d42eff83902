"""Fields whose values are compared: kind, number, language, days."""

import re
from datetime import date
from functools import cache

from bot.domain.entries import Entry, fact
from bot.domain.folding import fold
from bot.domain.inflection import ANY_LENGTH, Form
from bot.domain.query import Is
from bot.domain.sheets import Context, day

_APART = re.compile(r"[\s,;()\[\]]+")


def compare(wanted: Is, entry: Entry, context: Context) -> bool:
    """Tell whether the entry's field has one of the values."""
    match wanted.field:
        case "kind":
            return entry.kind in wanted.values
        case "lang":
            return _lang(entry.lang or context.lang or "", wanted.values)
        case "number":
            given = numbers(fact(entry, "number"))
            return any(number_form(pattern).accepts(one) for pattern in wanted.values for one in given)
        case since_or_until:
            when, limit = day(entry, context), date.fromisoformat(wanted.values[0])
            return when is not None and (when >= limit if since_or_until == "since" else when <= limit)


def _lang(tag: str, wanted: tuple[str, ...]) -> bool:
    """Tell whether a language range matches the tag (RFC 4647 §3.3.1): `pt` also finds pt-BR."""
    given = tag.lower().replace("_", "-")
    return any(given == lang or given.startswith(f"{lang}-") for lang in wanted)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what an edition looks like, and a sign between letters and a number."""
    return re.compile(r":\d{4}(?:-\d{2})?\b"), re.compile(r"(?<=[^\W\d_])[.-](?=\d)")


def numbers(text: str) -> frozenset[str]:
    """Return what a number is known by, as a whole and by its parts: "X.1096 (ex X.bvm)" is X.1096 and X.bvm.

    "ISO/IEC 19795-1:2021" is also known without its year, "F.743.2" also as "F743.2".
    """
    folded = fold(text)
    edition, sign = _patterns()
    known: set[str] = set()
    for form in (folded, edition.sub("", folded)):
        parts = _APART.split(form)
        known.update(["".join(parts), *parts])
    return frozenset({*known, *(sign.sub("", one) for one in known)}) - {""}


def number_form(pattern: str) -> Form:
    """Read a wanted number; a final `*` stands for anything."""
    word = "".join(fold(pattern).split())
    return Form(word[:-1], ANY_LENGTH) if word.endswith("*") else Form(word)
