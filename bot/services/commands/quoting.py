"""The words of an entry that a watch matched, in their sentence."""

import re
from collections.abc import Sequence

from bot.domain.document import Line, Span, Style, Text
from bot.domain.entries import Entry
from bot.domain.sheets import NO_CONTEXT, texts
from bot.domain.watches import Hit

LONGEST = 240
"""Characters of a quotation; a longer sentence is cut around its first hit."""
LONGEST_FORM = 60
# A full stop ends a sentence only before a space: "F.743.21" and "v1.2" do not end.
_END = re.compile(r"(?<=[.!?…])[\"'”’»)]*\s+|(?<=[。！？])|\n+")


def field_text(entry: Entry, field: str) -> str:
    """Return the original text of a field that hits point into; nothing for one that is its source's, not its own."""
    return next((text for name, text in texts(entry, NO_CONTEXT) if name == field), "")


def quoted(entry: Entry, hits: Sequence[Hit], longest: int = LONGEST) -> Line:
    """Quote the sentence that holds the first hit, every hit in it marked; the title if there is no hit.

    A sentence of more than `longest` characters is cut at words around the hit.
    Hits in the running text come before hits in the title, which the reader has seen anyway.
    """
    best = min(hits, key=lambda hit: (hit.field != "text", hit.start), default=None)
    if best is None:
        return (Text(entry.title),)
    text = field_text(entry, best.field)
    if not 0 <= best.start < best.end <= len(text):
        return (Text(entry.title),)
    first, last = _sentence(text, best.start, best.end, longest)
    inside = sorted((hit.start, hit.end) for hit in hits if hit.field == best.field)
    spans = _marked(text, [(a, b) for a, b in inside if first <= a < b <= last], first, last)
    before = (Text("…"),) if first > 0 and not _starts_sentence(text, first) else ()
    after = (Text("…"),) if last < len(text) and not _ends_sentence(text, last) else ()
    return (*before, *spans, *after)


def matched(entry: Entry, hits: Sequence[Hit]) -> list[str]:
    """Return what each term matched: “camera” in title and text, “人脸识别” (@facial-recognition) in text."""
    forms: dict[tuple[str, str], tuple[str, dict[str, None]]] = {}
    for hit in hits:
        form = " ".join(field_text(entry, hit.field)[hit.start : hit.end].split()) or hit.term
        form = form if len(form) <= LONGEST_FORM else f"{form[:LONGEST_FORM]}…"
        by = f" ({hit.term})" if hit.term.startswith("@") else ""
        _, fields = forms.setdefault((form.casefold(), by), (form, {}))
        fields[hit.field] = None
    return [f"“{form}”{by} in {' and '.join(fields)}" for (_, by), (form, fields) in forms.items()]


def _sentence(text: str, start: int, end: int, longest: int) -> tuple[int, int]:
    """Return the bounds of the sentence around a hit, cut at words to so many characters."""
    first, last = 0, len(text)
    for stop in _END.finditer(text, max(0, start - 2000), min(len(text), end + 2000)):
        if stop.end() <= start:
            first = stop.end()
        elif stop.start() >= end:
            last = stop.start()
            break
    if last - first <= longest:
        return first, last
    spare = max(0, longest - (end - start))
    left = max(first, start - spare // 2)
    right = min(last, left + max(longest, end - start))
    if left > first:
        left = _after_space(text, left, start)
    if right < last:
        right = _before_space(text, right, end)
    return left, right


def _after_space(text: str, at: int, limit: int) -> int:
    space = text.find(" ", at, limit)
    return at if space < 0 else space + 1


def _before_space(text: str, at: int, limit: int) -> int:
    space = text.rfind(" ", limit, at)
    return at if space < 0 else space


def _starts_sentence(text: str, at: int) -> bool:
    before = text[:at][-8:].rstrip()
    return not before or text[at - 1] == "\n" or before[-1] in ".!?…。！？\"'”’»)"


def _ends_sentence(text: str, at: int) -> bool:
    return text[at] == "\n" or text[at - 1] in ".!?…。！？\"'”’»)"


def _marked(text: str, hits: Sequence[tuple[int, int]], first: int, last: int) -> tuple[Span, ...]:
    spans: list[Span] = []
    at = first
    for start, end in hits:
        if start < at:
            continue
        if start > at:
            spans.append(Text(text[at:start]))
        spans.append(Text(text[start:end], Style.HIT))
        at = end
    if at < last:
        spans.append(Text(text[at:last]))
    return tuple(spans)
