"""What a story says, in few sentences of its sources: chosen for what was asked, none said twice, each with its outlet.

Sentences stand as their source wrote them; one is cut only if it is too long for any message, and is marked so.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from bot.domain.alerts import Alert, Reason
from bot.domain.document import Block, Line, Paragraph, Quote, Span, Style, Text
from bot.domain.entries import Entry, Kind
from bot.domain.gist import gist
from bot.domain.language import spoken_in
from bot.domain.precis import Maker, Precis
from bot.domain.sentences import sentences
from bot.domain.summary import summarise
from bot.domain.watches import Hit

MOST, CHARACTERS = 3, 420
"""Sentences and characters of a card."""
FROM_FIRST = 2, 300
"""Those of the first source, if others say more."""
LONG = 700
"""Characters that the only sentence may have."""
FURTHER = 8
"""Versions that are searched for what the first does not say."""
READ = 200_000
"""Characters of a text that are searched for where a sentence ends."""
CANDIDATES = 6
"""Sentences of a version that are looked through for one that says something else."""
REPEATED = 0.5
"""Share of a sentence's words from which on it says nothing that was not said."""
MARKS: Mapping[Maker, str] = {
    Maker.PICK: "sentences chosen by a language model",
    Maker.REWRITE: "summary by a language model, checked against the source",
    Maker.TRANSLATION: "translated from {lang} by a language model, checked in part",
}
Outlet = Callable[[Alert], str]


def quotes(alerts: Sequence[Alert], outlet: Outlet) -> tuple[Quote, ...]:
    """Return what a card quotes: sentences of the story's first entry, and of others what adds to them."""
    first = alerts[0]
    whole = extract(first)
    others = _others(alerts)
    if not whole or not others:
        return tuple(filter(None, [_quote(first, whole)]))
    short = extract(first, *FROM_FIRST)
    room = CHARACTERS - sum(map(len, short))
    further = list(_adding(others, short, _lang(first.now.entry), MOST - len(short), room))
    if not further:
        return tuple(filter(None, [_quote(first, whole)]))
    found = [(first, short), *further]
    return tuple(filter(None, (_quote(alert, chosen, outlet(alert)) for alert, chosen in found)))


def in_few_words(precis: Precis) -> tuple[Block, ...]:
    """Return a summary that was made after the card was posted; what a language model had part in says so."""
    sentences = (Text(" ".join(precis.sentences)),)
    if precis.maker is Maker.EXTRACT:
        return (Quote(sentences),)
    mark = Paragraph((Text(MARKS[precis.maker].format(lang=precis.lang), Style.QUIET),))
    return (Quote(sentences) if precis.maker is Maker.PICK else Paragraph(sentences), mark)


def extract(alert: Alert, most: int = MOST, characters: int = CHARACTERS) -> tuple[str, ...]:
    """Return sentences of an entry's text that hold what was asked; none if it says no more than its headline."""
    entry = alert.now.entry
    asked = _asked(alert.hits)
    if not entry.text.strip() or entry.text.strip() == entry.title or (entry.kind is Kind.MEETING and not asked):
        return ()
    found = summarise(entry.title, entry.text, asked, most=most, characters=characters)
    return found if len(found) != 1 or len(found[0]) < characters // 2 else _unabridged(entry, asked, found)


def quoted_from(alert: Alert, outlet: str = "") -> tuple[Quote, ...]:
    """Return what a reply quotes of an entry."""
    quote = _quote(alert, extract(alert, *FROM_FIRST), outlet)
    return (quote,) if quote else ()


def _unabridged(entry: Entry, asked: Sequence[Sequence[tuple[int, int]]], found: tuple[str, ...]) -> tuple[str, ...]:
    """Return a sentence as a whole, if it may have been cut and is not far too long."""
    longer = summarise(entry.title, entry.text, asked, most=1, characters=LONG)
    return longer if longer and found[0] in longer[0] else found


def _others(alerts: Sequence[Alert]) -> list[Alert]:
    """Return the versions of other sources, each once, those first that were told for what they add."""
    seen = {alerts[0].now.source}
    found: dict[str, Alert] = {}
    for alert in alerts[1:]:
        if alert.now.source not in seen:
            found.setdefault(alert.now.source, alert)
    return sorted(found.values(), key=lambda alert: alert.reason is not Reason.ADDS)[:FURTHER]


def _adding(
    others: Iterable[Alert], said: Sequence[str], lang: str, most: int, room: int
) -> Iterable[tuple[Alert, tuple[str, ...]]]:
    """Yield sentences of other versions that do not repeat; of another language only if it adds facts."""
    known = {word for sentence in said for word in gist(sentence)}
    for alert in others:
        if most < 1 or room < 1:
            return
        if _lang(alert.now.entry) != lang and alert.reason is not Reason.ADDS:
            continue
        entry = alert.now.entry
        for sentence in summarise(entry.title, entry.text, _asked(alert.hits), most=CANDIDATES):
            words = set(gist(sentence))
            if words and len(sentence) <= room and len(words & known) < REPEATED * len(words):
                known |= words
                most, room = most - 1, room - len(sentence)
                yield alert, (sentence,)
                break


def _lang(entry: Entry) -> str:
    return spoken_in(entry.title, entry.lang or "").partition("-")[0]


def _asked(hits: Iterable[Hit]) -> list[list[tuple[int, int]]]:
    """Return for each term that was asked where it stands in the text."""
    found: dict[str, list[tuple[int, int]]] = {}
    for hit in hits:
        if hit.field == "text":
            found.setdefault(hit.term, []).append((hit.start, hit.end))
    return list(found.values())


def _quote(alert: Alert, chosen: Sequence[str], outlet: str = "") -> Quote | None:
    """Quote sentences in their order, hits marked; what was left out between them, or cut off, is marked too."""
    text, at, line = alert.now.entry.text, 0, list[Span]()
    hits = sorted((hit.start, hit.end) for hit in alert.hits if hit.field == "text")
    for sentence in chosen:
        start = text.find(sentence, at)
        if start < 0:
            continue
        if line:
            line.append(Text(" … " if text[at:start].strip() else " "))
        line += _marked(text, start, start + len(sentence), hits)
        at = start + len(sentence)
    if not line:
        return None
    if len(chosen) == 1 and _cut(text, at - len(chosen[0]), at):
        line.append(Text(" …"))
    return Quote((*line, *((Text(f" — {outlet}", Style.QUIET),) if outlet else ())))


def _cut(text: str, start: int, end: int) -> bool:
    """Tell whether a sentence goes on where its quotation ends."""
    around = sentences(text, max(0, start - 1_000), min(len(text), end + 1_000, READ + end))
    return not any(last == end for _, last in around) and bool(text[end : end + 1].strip() or text[end:].strip())


def _marked(text: str, first: int, last: int, hits: Sequence[tuple[int, int]]) -> Line:
    spans: list[Span] = []
    at = first
    for start, end in hits:
        if at <= start and end <= last:
            spans += [Text(text[at:start])] if start > at else []
            spans.append(Text(text[start:end], Style.HIT))
            at = end
    return (*spans, Text(text[at:last])) if at < last else tuple(spans)
