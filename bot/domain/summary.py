"""A text in few of its own sentences, chosen for what was asked; nothing is written that the source did not write.

A sentence scores by where it stands (news puts the news first), by how near it is to the text's subject, by what it
shares with the title and by holding what was asked; links, calls to subscribe, fragments and very long sentences
lose. What repeats a chosen sentence is passed over (maximal marginal relevance). The weights are those of a study
on 400 English and 400 French articles, whose top is flat: 0.4 ROUGE points between the first and the 14th of 70.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from math import exp, hypot, log

from bot.domain.gist import gist
from bot.domain.sentences import LONGEST, Span, fitting, sentences

FIRST, FADING = 1.0, 4.0
CENTRAL = 0.5
TITLED = 0.3
ASKED, BESIDE = 1.2, 0.15
SHORT, FEW_WORDS = 0.6, 5
LONG, MANY_LETTERS = 0.3, 420
JUNK, QUESTION = 1.0, 0.15
REPEATING = 0.5

READ = 80
"""Sentences that are compared; further ones only if they hold what was asked."""
FAR = 3
"""Further sentences that are compared for each term."""
AROUND = 2_000
"""Characters read around a place beyond those sentences."""

_JUNK = (
    *("http://", "https://", "©", "copyright", "all rights reserved", "cookie", "subscribe", "sign up", "newsletter"),
    *("click here", "read more", "advertisement", "lire aussi", "à lire", "abonnez", "suscrib", "suscríb", "leia mais"),
    *(
        "lesen sie",
        "читайте также",
        "подпис",
        "اقرأ أيضا",
        "点击",
        "责任编辑",
        "責任編輯",
        "window.",
        "function(",
        "{{",
    ),
)
"""What stands around articles rather than in them."""


@dataclass(slots=True, eq=False)
class _Sentence:
    """A sentence while it is judged; `asked` are the numbers of the terms it holds."""

    span: Span
    text: str
    asked: frozenset[int]
    words: Counter[str]
    weights: dict[str, float] = field(default_factory=dict)
    score: float = 0.0
    repeats: float = 0.0

    @property
    def size(self) -> int:
        return self.span[1] - self.span[0]


Order = Callable[[_Sentence], float]


def summarise(
    title: str, text: str, asked: Sequence[Sequence[Span]] = (), *, most: int = 3, characters: int = 0
) -> tuple[str, ...]:
    """Return at most `most` sentences of a text, in its order, each as it stands there.

    Args:
        title: of the text; sentences that share its words are preferred.
        text: plain; new lines end sentences unless it is wrapped.
        asked: for each term that was asked, where it stands in the text. A term that stands in a sentence stands
            in the summary, as far as `most` and `characters` allow.
        most: number of sentences.
        characters: that they may have together, a space between them; 0 for any. Only where no sentence fits
            is one cut, at a comma if there is one.

    """
    found = list(_read(text, asked))
    room = characters or len(text) + most
    if len(found) <= most and sum(one.size + 1 for one in found) <= room + 1:
        return tuple(one.text for one in found)
    if most < 1:
        return ()
    _judge(found, set(gist(title)))
    chosen = _filled(found, _held(found, text, asked, most, room), most, room)
    if found and not chosen:
        first = max(found, key=_by_score)
        chosen = [_cut(first, text, room, (first.span[0], first.span[0]))]
    return tuple(one.text for one in sorted(chosen, key=lambda one: one.span))


def _read(text: str, asked: Sequence[Sequence[Span]]) -> Iterator[_Sentence]:
    """Yield the sentences that are compared."""
    near = list(islice(sentences(text, 0, min(len(text), READ * LONGEST)), READ))
    read = near[-1][1] if near else 0
    far = {span for places in asked for span in islice(_beyond(text, places, read), FAR)}
    spans = [*near, *sorted(far)]
    holders = _holders(spans, asked)
    for at, (start, end) in enumerate(spans):
        yield _Sentence((start, end), text[start:end], frozenset(holders.get(at, ())), Counter(gist(text[start:end])))


def _beyond(text: str, places: Sequence[Span], read: int) -> Iterator[Span]:
    """Yield the sentences past `read` that hold one of these places."""
    for start, end in places:
        if start >= read:
            around = sentences(text, max(read, start - AROUND), min(len(text), end + AROUND))
            yield from (span for span in around if span[0] <= start and end <= span[1])


def _holders(spans: Sequence[Span], asked: Sequence[Sequence[Span]]) -> dict[int, set[int]]:
    """Return for sentences, by position, the terms that stand in them."""
    starts = [start for start, _ in spans]
    holders: dict[int, set[int]] = {}
    for term, places in enumerate(asked):
        for start, end in places:
            at = bisect_right(starts, start) - 1
            if at >= 0 and end <= spans[at][1]:
                holders.setdefault(at, set()).add(term)
    return holders


def _judge(found: Sequence[_Sentence], titled: set[str]) -> None:
    """Score the sentences of a text."""
    central = _centrality(found)
    beside = {at + step for at, one in enumerate(found) if one.asked for step in (-1, 1)}
    for at, one in enumerate(found):
        score = FIRST * exp(-at / FADING) + CENTRAL * central[at]
        score += TITLED * len(titled & one.words.keys()) / max(1, len(titled))
        if one.asked:
            score += ASKED
        elif at in beside:
            score += BESIDE
        one.score = score - _faults(one)


def _faults(one: _Sentence) -> float:
    """Return what a sentence loses by what it looks like."""
    few = max(0, FEW_WORDS - one.words.total()) / FEW_WORDS
    many = min(1.0, max(0, one.size - MANY_LETTERS) / MANY_LETTERS)
    lowered = one.text.lower()
    junk, question = any(map(lowered.__contains__, _JUNK)), lowered.endswith(("?", "？", "؟"))
    return SHORT * few + LONG * many + JUNK * junk + QUESTION * question


def _centrality(found: Sequence[_Sentence]) -> list[float]:
    """Return how near each sentence is to the subject: the cosine with all of them, 1 for the nearest.

    Words count more the fewer sentences have them; those of one sentence say nothing of the subject.
    """
    holding = Counter(chain.from_iterable(one.words for one in found))
    rarity = {word: log(1 + len(found) / holders) for word, holders in holding.items()}
    total = Counter(chain.from_iterable(one.words.elements() for one in found))
    for one in found:
        one.weights = _unit({word: times * rarity[word] for word, times in one.words.items()})
    subject = {word: (1 + log(times)) * rarity[word] for word, times in total.items() if holding[word] > 1}
    near = [_product(one.weights, subject) for one in found]
    nearest = max(near, default=0.0) or 1.0
    return [one / nearest for one in near]


def _unit(weights: dict[str, float]) -> dict[str, float]:
    length = hypot(*weights.values()) or 1.0
    return {word: weight / length for word, weight in weights.items()}


def _product(one: dict[str, float], other: dict[str, float]) -> float:
    return sum(weight * other[word] for word, weight in one.items() if word in other)


def _held(
    found: Sequence[_Sentence], text: str, asked: Sequence[Sequence[Span]], most: int, room: int
) -> list[_Sentence]:
    """Choose the sentences that hold what was asked: the best ones, or shorter ones if those leave some out."""
    wanted = frozenset[int]().union(*(one.asked for one in found))
    ways = [_covering(found, wanted, most, room, order) for order in (_by_score, _by_size)]
    best = max(ways, key=lambda way: len(frozenset[int]().union(*(one.asked for one in way))))
    if best or not wanted:
        return best
    holder = max((one for one in found if one.asked), key=_by_score)
    place = next(span for span in asked[min(holder.asked)] if holder.span[0] <= span[0] and span[1] <= holder.span[1])
    return [_cut(holder, text, room, place)]


def _by_score(one: _Sentence) -> float:
    return one.score


def _by_size(one: _Sentence) -> float:
    return -one.size


def _covering(
    found: Sequence[_Sentence], wanted: frozenset[int], most: int, room: int, order: Order
) -> list[_Sentence]:
    """Choose sentences that fit and hold what is wanted, those that hold most of it first."""
    chosen: list[_Sentence] = []
    while wanted and len(chosen) < most:
        open_ones = [one for one in found if one.asked & wanted and one.size <= room]
        if not open_ones:
            break
        best = max(open_ones, key=lambda one: (len(one.asked & wanted), order(one)))
        chosen.append(best)
        wanted -= best.asked
        room -= best.size + 1
    return chosen


def _filled(found: Sequence[_Sentence], chosen: list[_Sentence], most: int, room: int) -> list[_Sentence]:
    """Add the best sentences that fit and say something else."""
    chosen, pending = list(chosen), list(chosen)
    room -= sum(one.size + 1 for one in chosen)
    left = [one for one in found if one not in chosen]
    while len(chosen) < most:
        for one in left:
            one.repeats = max([one.repeats, *(_product(one.weights, other.weights) for other in pending)])
        fit = [one for one in left if one.size <= room]
        if not fit:
            break
        best = max(fit, key=lambda one: one.score - REPEATING * one.repeats)
        chosen.append(best)
        pending = [best]
        left.remove(best)
        room -= best.size + 1
    return chosen


def _cut(one: _Sentence, text: str, room: int, around: Span) -> _Sentence:
    """Cut a sentence that is longer than all that may be shown."""
    one.span = fitting(text, one.span, room, around)
    one.text = text[slice(*one.span)]
    return one
