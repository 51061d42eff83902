"""Which entries tell the same story: found as they come, the same every time, in bounded memory.

Two layers. What has an identity in common (address, headline, text) is the same. Else an entry joins the story
whose sum of entries it is most like, if it is like enough: the cosine of their terms, each weighing more the fewer
stories have it. It is stories that count, not entries: what sixty reports of one event have in common tells it from
others, what sixty events have in common tells nothing. Only the newest stories that share its rarest terms are looked
at, so that an entry costs the same whether a hundred stories are open or a hundred thousand.

Between languages only names, topics, places and numbers can be alike (`bot.domain.aliases`): the first entry of a
story in a new language is compared by those alone, and must share more of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from datetime import datetime
from heapq import nlargest
from itertools import islice
from math import log, sqrt
from sys import intern

from bot.domain.addresses import site
from bot.domain.aliases import Aliases
from bot.domain.analysis import is_lone
from bot.domain.entries import Entry, Kind
from bot.domain.gist import gist
from bot.domain.ids import digest
from bot.domain.language import spoken_in
from bot.domain.likeness import (
    FEW,
    MANY,
    OUTLET,
    RAREST,
    SELDOM,
    Cluster,
    ClusterId,
    Item,
    cosine,
    is_name,
    joined,
    likeness_of,
    merged,
    same,
    shared,
    without,
)
from bot.domain.stories import LEAD, identities
from bot.domain.values import by_value

WINDOW = 100_000
"""Stories that are remembered."""
NEWEST, COMPARED = 64, 12
"""Stories looked up by a term; stories compared in full."""
SAID = 48
"""Terms of an entry that are compared, the weightiest: the others say little, and a story has to be kept for long."""
BACKGROUND = 100
"""Stories taken to be known before the first, so that its terms do not all weigh nothing."""
AGEING = 200_000
"""Stories that count before all counts are halved: what was rare years ago need not be rare now."""
BODY, LONE_PAIR = 0.5, 0.5
"""Weight of terms that only the text has, and of pairs of letters, which come twice as many as words."""
TEMPLATE = 12
"""Headlines, or addresses, of one and the same text from which on it is a publisher's standing text, and no report."""
ENOUGH_TEXT = 40
"""Words from which on the beginning of a text proves what it is."""


@by_value
class Told:
    """The story that an entry joined or began.

    Attributes:
        because: what it has in common with it, weightiest first: terms, or "=address", "=headline", "=text".

    """

    cluster: Cluster
    because: tuple[str, ...] = ()


@by_value
class Grown:
    """What became of the stories since they were last written.

    Attributes:
        halved: how often all counts were halved, before those in `counts` became what they are.
        counts: stories that have a term, 0 if none that counts.

    """

    clusters: tuple[Cluster, ...]
    forgotten: tuple[ClusterId, ...]
    seen: int
    counting: int
    halved: int
    counts: Mapping[str, int]


@by_value
class Frequency:
    """How many entries were seen; how many stories count, and how many of these have a term."""

    seen: int = 0
    counting: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


def item(entry: Entry, at: datetime, aliases: Aliases, lang: str | None = None) -> Item:
    """Read what is compared of an entry: its headline, and the beginning of its text.

    Only news is told by others; a meeting, work item, document or publication is its own story.
    """
    if entry.kind is not Kind.NEWS:
        return Item(at=at, lang="", identities=frozenset({f"{entry.kind} {entry.key}"}), terms={}, headline=frozenset())
    body = entry.text[:LEAD]
    headline = dict.fromkeys(aliases.terms(entry.title[:LEAD]), 1.0)
    terms = dict.fromkeys(aliases.terms(body), BODY) | headline
    weighted = {term: weight * (LONE_PAIR if is_lone(term[0]) else 1.0) for term, weight in terms.items()}
    spoken = spoken_in(f"{entry.title}\n{body}", entry.lang or lang or "")
    known = identities(entry) | _text_identity(entry.text) | _outlet(entry.link)
    return Item(at=at, lang=spoken, identities=known, terms=weighted, headline=frozenset(headline))


def _outlet(link: str | None) -> frozenset[str]:
    return frozenset({intern(OUTLET + site(link))}) if link and site(link) else frozenset()


def _proofs(identities: Iterable[str]) -> Iterator[str]:
    return (identity for identity in identities if not identity.startswith(OUTLET))


def _text_identity(text: str) -> frozenset[str]:
    words = gist(text[: 4 * LEAD])
    return frozenset({"text " + digest(*words)}) if len(words) >= ENOUGH_TEXT else frozenset()


def _is_template(one: Cluster) -> bool:
    kinds = [identity.partition(" ")[0] for identity in one.identities]
    return max(kinds.count("title"), kinds.count("url")) >= TEMPLATE


class Clusters:
    """Stories that entries may join; the same entries in the same order give the same stories."""

    def __init__(
        self,
        known: Iterable[Cluster] = (),
        frequency: Frequency | None = None,
        window: int = WINDOW,
    ) -> None:
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
            self._by_identity |= dict.fromkeys(_proofs(one.identities), one.id)
            self._next = max(self._next, one.id + 1)
        filed: dict[str, list[tuple[int, ClusterId]]] = {}
        for one in ordered:
            for term, at in zip(one.terms, one.filed, strict=True):
                if at:
                    filed.setdefault(term, []).append((at, one.id))
        for term, ids in filed.items():  # many short sorts: one long one would keep all other threads waiting
            self._by_term[term] = dict.fromkeys(id_ for _, id_ in sorted(ids))
        self._forget_changes()

    def _forget_changes(self) -> None:
        self._changed: dict[ClusterId, None] = {}
        self._forgotten: dict[ClusterId, None] = {}
        self._counted: dict[str, None] = {}
        self._halved = 0

    @property
    def all(self) -> tuple[Cluster, ...]:
        """The stories that are remembered, those silent for longest first."""
        return tuple(self._open.values())

    @property
    def frequency(self) -> Frequency:
        """How often terms were seen."""
        return Frequency(seen=self._seen, counting=self._counting, counts=dict(self._counts))

    @property
    def grown(self) -> Grown:
        """What has changed since `written` was last called."""
        return Grown(
            clusters=tuple(self._open[id_] for id_ in self._changed if id_ in self._open),
            forgotten=tuple(self._forgotten),
            seen=self._seen,
            counting=self._counting,
            halved=self._halved,
            counts={term: self._counts.get(term, 0) for term in self._counted},
        )

    def written(self) -> None:
        """Take note that all that has changed is stored."""
        self._forget_changes()

    def get(self, id_: ClusterId) -> Cluster | None:
        """Return a story, unless it is forgotten."""
        return self._open.get(id_)

    def identified(self, new: Item) -> Cluster | None:
        """Return the story that has an identity of an entry."""
        return self._identical(new)

    def join(self, new: Item) -> Cluster:
        """Return the story that an entry joins or begins, as it is with it."""
        return self.tell(new).cluster

    def tell(self, new: Item) -> Told:
        """Return the story that an entry joins or begins, as it is with it, and why it joined."""
        self._seen += 1
        vector, length = self._vector(new.terms)
        found = self._identical(new)
        because = same(new, found) if found else ()
        if found is None:
            found = self._alike(new, vector, length)
            because = shared(vector, found) if found else ()
        if found is None:
            found = self._begun(new.at)
            self._counting += 1
        self._count(new.terms.keys() - found.terms)
        return Told(cluster=self._put(found, joined(found, new, vector, self._seen)), because=because)

    def part(self, new: Item, id_: ClusterId) -> tuple[Cluster, Cluster]:
        """Take an entry out of a story of several; return what is left, and the story that it is by itself."""
        one = self._open[id_]
        vector, _ = self._vector(new.terms)
        self._seen += 1
        alone = self._begun(new.at)
        rest = replace(without(one, new, vector), apart=(*one.apart, alone.id))
        for identity in _proofs(new.identities.intersection(one.identities)):
            del self._by_identity[identity]
        self._put(one, rest, moved=False)
        mine = joined(alone, new, vector, self._seen)
        return rest, self._put(alone, replace(mine, apart=(id_,)))

    def merge(self, id_: ClusterId, other: ClusterId) -> Cluster:
        """Make two stories one, under the id of the first."""
        one, two = self._open[id_], self._open[other]
        self._seen += 1
        self._forget(two)
        return self._put(one, merged(one, two, self._seen))

    def _begun(self, at: datetime) -> Cluster:
        self._next += 1
        return Cluster(id=ClusterId(self._next - 1), size=0, at=at, touched=self._seen)

    def _count(self, terms: Iterable[str]) -> None:
        """Take note that one more story has these terms."""
        for term in terms:
            self._counts[term] = self._counts.get(term, 0) + 1
            self._counted[term] = None
        if self._counting >= AGEING:
            self._counting //= 2
            self._counts = {term: count // 2 for term, count in self._counts.items() if count > 1}
            self._halved += 1

    def _vector(self, terms: Mapping[str, float]) -> tuple[dict[str, float], float]:
        """Return the weightiest terms with their weights, as a vector of length 1, and the length that it had."""
        known = self._counting + BACKGROUND
        weights = {term: weight * log(known / self._counts.get(term, 1)) for term, weight in terms.items()}
        ordered = sorted(weights, key=lambda term: (-weights[term], term))[:SAID]
        length = sqrt(sum(weights[term] * weights[term] for term in ordered)) or 1.0
        return {intern(term): weights[term] / length for term in ordered}, length

    def _identical(self, new: Item) -> Cluster | None:
        """Return the oldest story that has an identity of an entry; a text below many headlines is none: a template."""
        ids = {
            id_
            for identity in _proofs(new.identities)
            if (id_ := self._by_identity.get(identity)) is not None
            and not (identity.startswith("text ") and _is_template(self._open[id_]))
        }
        return self._open[min(ids)] if ids else None

    def _alike(self, new: Item, vector: Mapping[str, float], length: float) -> Cluster | None:
        """Return the story most like an entry, if it is like enough; of equals the one told last.

        Not one that is apart from a story that is nearer.
        """
        best: tuple[float, int] = (0.0, -1)
        found, likely = None, self._likely(vector)
        most = max(FEW, min(MANY, SELDOM * self._counting))
        seldom = {term for term in vector if self._counts.get(term, 0) <= most}
        for one in likely:
            likeness = likeness_of(new, vector, length, one, seldom)
            if likeness > 0 and (likeness, one.touched) > best:
                best, found = (likeness, one.touched), one
        if found is not None and found.apart:
            near = {one.id: cosine(vector, one) for one in likely if one is found or one.id in found.apart}
            nearest = max(near, key=lambda id_: (near[id_], id_))
            return self._open[nearest]
        return found

    def _likely(self, vector: Mapping[str, float]) -> list[Cluster]:
        """Return the stories that share most of an entry's rarest terms; a single one makes none of them its story."""
        once: dict[ClusterId, float] = {}
        shared: dict[ClusterId, float] = {}
        names = (term for term in vector if is_name(term))
        for term in dict.fromkeys((*islice(vector, RAREST), *islice(names, RAREST))):
            weight = vector[term]
            for id_ in islice(reversed(self._by_term.get(term, {})), NEWEST):
                if id_ in once:
                    shared[id_] = shared.get(id_, once[id_]) + weight
                else:
                    once[id_] = weight
        return [self._open[id_] for _, id_ in nlargest(COMPARED, zip(shared.values(), shared, strict=True))]

    def _put(self, before: Cluster, after: Cluster, *, moved: bool = True) -> Cluster:
        """File a story that has changed; forget the one silent for longest if they are too many.

        Args:
            before: what it was.
            after: what it is.
            moved: it was told last.

        """
        if before.terms != after.terms[: len(before.terms)]:  # some were dropped
            for term in {term for term, at in zip(before.terms, before.filed, strict=True) if at}.difference(
                after.terms
            ):
                self._leave(term, after.id)
        if moved:
            self._open.pop(after.id, None)
            for term, at in zip(after.terms, after.filed, strict=True):
                if at == after.touched:
                    filed = self._by_term.setdefault(term, {})
                    filed.pop(after.id, None)
                    filed[after.id] = None
        self._open[after.id] = after
        self._changed[after.id] = None
        for identity in _proofs(after.identities):
            self._by_identity.setdefault(identity, after.id)
        if len(self._open) > self._window:
            self._forget(next(iter(self._open.values())))
        return after

    def _forget(self, one: Cluster) -> None:
        del self._open[one.id]
        self._forgotten[one.id] = None
        for identity in one.identities:
            if self._by_identity.get(identity) == one.id:
                del self._by_identity[identity]
        for term, at in zip(one.terms, one.filed, strict=True):
            if at:
                self._leave(term, one.id)

    def _leave(self, term: str, id_: ClusterId) -> None:
        filed = self._by_term[term]
        del filed[id_]
        if not filed:
            del self._by_term[term]
