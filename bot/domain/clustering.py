"""Which entries tell the same story: found as they come, the same every time, in bounded memory.

Two layers. What has an identity in common (address, headline, text) is the same. Else an entry joins the story
whose sum of entries it is most like, if it is like enough: the cosine of their terms, each weighing more the fewer
entries have it. Only the newest stories that share its rarest terms are looked at, so that an entry costs the same
whether a hundred stories are open or a hundred thousand.

Between languages only names, topics, places and numbers can be alike (`bot.domain.aliases`): the first entry of a
story in a new language is compared by those alone, and must share more of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from itertools import islice
from math import log, sqrt
from typing import NewType

from bot.domain.aliases import Aliases
from bot.domain.analysis import is_lone
from bot.domain.entries import Entry, Kind
from bot.domain.gist import gist
from bot.domain.ids import digest
from bot.domain.language import spoken_in
from bot.domain.stories import LEAD, identities
from bot.domain.values import by_value

ClusterId = NewType("ClusterId", int)

ALIKE = 0.07
"""Cosine from which on an entry joins a story of many entries."""
YOUNG = 0.20
"""What more it takes to join a story of one entry; half of it with two, a third with three."""
ALONE = 0.6
"""How much of the cosine counts if it rests on a single term."""
ELSEWHERE = 0.3
"""How much of the cosine counts if both name places, and none in common."""
ABROAD, FEWEST_ABROAD = 10.0, 2
"""Weight of the terms in common, and their number, for an entry to join a story not yet told in its language."""
FADING = timedelta(hours=72)
"""Time after which a silent story is half as likely to be joined."""
WINDOW = 100_000
"""Stories that are remembered."""
RAREST, NEWEST, COMPARED = 10, 64, 12
"""Terms by which stories are looked up; stories looked up by a term; stories compared in full."""
MOST_TERMS, ROOM = 100, 50
"""Terms of a story, and how many more it may have before it is cut to these."""
BACKGROUND = 10_000
"""Entries taken to be known before the first, so that its terms are not all rare."""
AGEING = 200_000
"""Entries that count before all counts are halved: what was rare years ago need not be rare now."""
BODY, LONE_PAIR = 0.5, 0.5
"""Weight of terms that only the text has, and of pairs of letters, which come twice as many as words."""
NAME, PLACE = "@", "#"
"""What the terms of names and places begin with."""
ENOUGH_TEXT = 40
"""Words from which on the beginning of a text proves what it is."""


@by_value
class Item:
    """What is compared of an entry; `terms` with their weights, `at` when it was told."""

    at: datetime
    lang: str
    identities: frozenset[str]
    terms: Mapping[str, float]


@by_value
class Cluster:
    """A story, as it must be kept so that a restart changes nothing.

    Attributes:
        weights: of its terms, with the number of the entry that last had them.
        square: of the length of the vector of these weights.
        touched: number of the entry that joined last.
        at: when it was told.

    """

    id: ClusterId
    size: int
    at: datetime
    touched: int
    langs: frozenset[str] = frozenset()
    identities: frozenset[str] = frozenset()
    weights: Mapping[str, tuple[float, int]] = field(default_factory=dict)
    square: float = 0.0


@by_value
class Frequency:
    """How many entries were seen; how many of them count, and how many of these have a term."""

    seen: int = 0
    counting: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


def item(entry: Entry, at: datetime, aliases: Aliases, lang: str | None = None) -> Item:
    """Read what is compared of an entry: its headline, and the beginning of its text.

    Only news is told by others; a meeting, work item, document or publication is its own story.
    """
    if entry.kind is not Kind.NEWS:
        return Item(at=at, lang="", identities=frozenset({f"{entry.kind} {entry.key}"}), terms={})
    body = entry.text[:LEAD]
    terms = dict.fromkeys(aliases.terms(body), BODY) | dict.fromkeys(aliases.terms(entry.title[:LEAD]), 1.0)
    weighted = {term: weight * (LONE_PAIR if is_lone(term[0]) else 1.0) for term, weight in terms.items()}
    spoken = spoken_in(f"{entry.title}\n{body}", entry.lang or lang or "")
    return Item(at=at, lang=spoken, identities=identities(entry) | _text_identity(entry.text), terms=weighted)


def _text_identity(text: str) -> frozenset[str]:
    words = gist(text[: 4 * LEAD])
    return frozenset({"text " + digest(*words)}) if len(words) >= ENOUGH_TEXT else frozenset()


class Clusters:
    """Stories that entries may join; the same entries in the same order give the same stories."""

    def __init__(self, known: Iterable[Cluster] = (), frequency: Frequency | None = None, window: int = WINDOW) -> None:
        """Go on from what `all` and `frequency` were."""
        self._window = window
        self._seen = frequency.seen if frequency else 0
        self._counting = frequency.counting if frequency else 0
        self._counts: dict[str, int] = dict(frequency.counts) if frequency else {}
        self._open: dict[ClusterId, Cluster] = {}
        self._by_identity: dict[str, ClusterId] = {}
        self._by_term: dict[str, dict[ClusterId, None]] = {}
        self._next = 0
        ordered = sorted(known, key=lambda one: one.touched)
        for one in ordered:
            self._open[one.id] = one
            self._by_identity |= dict.fromkeys(one.identities, one.id)
            self._next = max(self._next, one.id + 1)
        for _, term, id_ in sorted((at, term, one.id) for one in ordered for term, (_, at) in one.weights.items()):
            self._by_term.setdefault(term, {})[id_] = None

    @property
    def all(self) -> tuple[Cluster, ...]:
        """The stories that are remembered, those silent for longest first."""
        return tuple(self._open.values())

    @property
    def frequency(self) -> Frequency:
        """How often terms were seen."""
        return Frequency(seen=self._seen, counting=self._counting, counts=dict(self._counts))

    def join(self, new: Item) -> Cluster:
        """Return the story that an entry joins or begins, as it is with it."""
        self._count(new.terms)
        vector, length = self._vector(new.terms)
        found = self._identical(new) or self._alike(new, vector, length)
        if found is None:
            found = Cluster(id=ClusterId(self._next), size=0, at=new.at, touched=self._seen)
            self._next += 1
        return self._put(found, _joined(found, new, vector, self._seen), vector)

    def _count(self, terms: Iterable[str]) -> None:
        self._seen += 1
        self._counting += 1
        for term in terms:
            self._counts[term] = self._counts.get(term, 0) + 1
        if self._counting >= AGEING:
            self._counting //= 2
            self._counts = {term: count // 2 for term, count in self._counts.items() if count > 1}

    def _vector(self, terms: Mapping[str, float]) -> tuple[dict[str, float], float]:
        """Return the terms' weights, rarest first, as a vector of length 1, and the length that it had."""
        known = self._counting + BACKGROUND
        weights = {term: weight * log(known / self._counts.get(term, 1)) for term, weight in terms.items()}
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        ordered = sorted(weights, key=lambda term: (-weights[term], term))
        return {term: weights[term] / length for term in ordered}, length

    def _identical(self, new: Item) -> Cluster | None:
        ids = {self._by_identity[identity] for identity in new.identities if identity in self._by_identity}
        return self._open[min(ids)] if ids else None

    def _alike(self, new: Item, vector: Mapping[str, float], length: float) -> Cluster | None:
        """Return the story most like an entry, if it is like enough; of equals the one told last."""
        best: tuple[float, int] = (0.0, -1)
        found = None
        for one in self._likely(vector):
            likeness = _likeness(new, vector, length, one)
            if likeness > 0 and (likeness, one.touched) > best:
                best, found = (likeness, one.touched), one
        return found

    def _likely(self, vector: Mapping[str, float]) -> list[Cluster]:
        """Return the stories that share most of an entry's rarest terms."""
        shared: dict[ClusterId, float] = {}
        names = (term for term in vector if _is_name(term))
        for term in dict.fromkeys((*islice(vector, RAREST), *islice(names, RAREST))):
            weight = vector[term]
            for id_ in islice(reversed(self._by_term.get(term, {})), NEWEST):
                shared[id_] = shared.get(id_, 0.0) + weight
        first = sorted([(-weight, -id_) for id_, weight in shared.items()])[:COMPARED]
        return [self._open[ClusterId(-id_)] for _, id_ in first]

    def _put(self, before: Cluster, after: Cluster, terms: Iterable[str]) -> Cluster:
        """File a story that has grown; forget the one silent for longest if they are too many."""
        self._open.pop(after.id, None)
        self._open[after.id] = after
        self._by_identity |= dict.fromkeys(after.identities - before.identities, after.id)
        if len(after.weights) == MOST_TERMS:  # it may just have been cut
            for term in [term for term in before.weights if term not in after.weights]:
                self._leave(term, after.id)
        for term in terms:
            if term in after.weights:
                filed = self._by_term.setdefault(term, {})
                filed.pop(after.id, None)
                filed[after.id] = None
        if len(self._open) > self._window:
            self._forget(next(iter(self._open.values())))
        return after

    def _forget(self, one: Cluster) -> None:
        del self._open[one.id]
        for identity in one.identities:
            if self._by_identity.get(identity) == one.id:
                del self._by_identity[identity]
        for term in one.weights:
            self._leave(term, one.id)

    def _leave(self, term: str, id_: ClusterId) -> None:
        filed = self._by_term[term]
        del filed[id_]
        if not filed:
            del self._by_term[term]


def _joined(one: Cluster, new: Item, vector: Mapping[str, float], number: int) -> Cluster:
    """Return a story with one more entry."""
    weights, square = dict(one.weights), one.square
    for term, weight in vector.items():
        before = weights[term][0] if term in weights else 0.0
        weights[term] = (before + weight, number)
        square += (before + weight) ** 2 - before**2
    if len(weights) > MOST_TERMS + ROOM:
        kept = sorted(weights, key=lambda term: (-weights[term][0], term))[:MOST_TERMS]
        weights = {term: weights[term] for term in kept}
        square = sum(weight * weight for weight, _ in weights.values())
    return Cluster(
        id=one.id,
        size=one.size + 1,
        at=max(one.at, new.at),
        touched=number,
        langs=one.langs | {new.lang},
        identities=one.identities | new.identities,
        weights=weights,
        square=square,
    )


def _likeness(new: Item, vector: Mapping[str, float], length: float, one: Cluster) -> float:
    """Return by how much an entry is like enough to join a story; not positive if it is not."""
    shared = [term for term in vector if term in one.weights]
    telling = [term for term in shared if term[0] != PLACE]
    if not telling:
        return 0.0
    cosine = sum(vector[term] * one.weights[term][0] for term in shared) / sqrt(one.square)
    cosine *= float(0.5 ** (abs(new.at - one.at) / FADING))
    elsewhere = _elsewhere(vector, one)
    if new.lang and one.langs.isdisjoint({new.lang, ""}):
        somewhere = max((vector[term] for term in shared if term[0] == PLACE), default=0.0)
        weight = (sum(vector[term] for term in telling) + somewhere) * length
        fewest = len(telling) + (somewhere > 0) >= FEWEST_ABROAD
        return cosine if fewest and weight >= ABROAD and not elsewhere else 0.0
    doubt = (ALONE if len(shared) == 1 else 1.0) * (ELSEWHERE if elsewhere else 1.0)
    return cosine * doubt - ALIKE - YOUNG / one.size


def _elsewhere(vector: Mapping[str, float], one: Cluster) -> bool:
    """Tell whether an entry and a story name places and none in common."""
    mine = [term for term in vector if term[0] == PLACE]
    if not mine or any(term in one.weights for term in mine):
        return False
    return any(term[0] == PLACE for term in one.weights)


def _is_name(term: str) -> bool:
    """Tell whether a term means the same in every language."""
    return term[0] in {NAME, PLACE} or term.isdecimal()
