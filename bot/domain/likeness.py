"""How alike an entry and a story are, and what a story becomes by an entry more or less."""

from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from itertools import islice
from math import sqrt
from typing import NewType

from bot.domain.language import OWN_LETTERS
from bot.domain.values import by_value

ClusterId = NewType("ClusterId", int)
ALIKE, YOUNG, READ = 0.05, 0.20, 0.35
"""Cosine from which on an entry joins a story of many; what more it takes with one, half of it with two.

That is for headlines alone, which are told in any words, and for entries with a text, which have more to be alike.
"""
KINDRED = 0.2
"""How like a story's entries an entry must be, as a share of how like they are one another: bulletins stay apart."""
FEWEST = 2.0
"""Seldom terms in common, one of the headline, without which nothing is one story; those of the text count half."""
SELDOM, FEW, MANY = 0.1, 3, 40
"""Share of stories that may have a seldom term, at least and at most so many: what more have proves nothing."""
OWN = 0.5
"""Cosine that it takes if only the entry's own outlet has told a story: outlets write in series."""
FORM, FILLED = 3, 0.3
"""Entries of a story from which on it may be a form, and the share of an entry that fills it in at least."""
ALL, SOME = 0.9, 1.7
"""How often a term is in a story that all of its entries have, by their number, and one that some of them have."""
FEWEST_ABROAD, ABROAD = 2, 8.5
"""Terms in common, and their weight, for an entry to join a story not yet told in its language."""
FADING = timedelta(hours=72)
"""Time after which a silent story is half as likely to be joined."""
FILED = 20
"""Terms of an entry by which its story can be looked up, the rarest."""
MOST_TERMS, ROOM = 100, 50
"""Terms of a story, and how many more it may have before it is cut to these."""
LEAST = 0.01
"""Weight of a term from which on it is of a story that an entry was taken out of."""
IDENTITIES = {"url": "address", "title": "headline", "text": "text"}
MOST_IDENTITIES = 400
"""Identities of a story: what comes under yet another address is recognised by its words."""
REASONS = 5
"""Shared terms that are told as the reason why an entry joined."""
NAME, PLACE = "@", "#"
"""What the terms of names and places begin with."""
OUTLET = "outlet "
"""What begins the identity that says who told it, which proves nothing."""
RAREST = 10
"""Terms, and names beside them, by which stories are looked up."""


@by_value
class Item:
    """What is compared of an entry; `terms` with their weights, those of its `headline`, `at` when it was told."""

    at: datetime
    lang: str
    identities: frozenset[str]
    terms: Mapping[str, float]
    headline: frozenset[str]


@by_value
class Cluster:
    """A story, as it must be kept so that a restart changes nothing; in few objects, for many are kept.

    Attributes:
        terms: with their `weights`, and in `filed` the number of the entry that last filed it under the term, or 0.
        square: of the length of the vector of these weights.
        touched: number of the entry that joined last.
        at: when it was told.
        apart: stories of which people said that they are not this one.

    """

    id: ClusterId
    size: int
    at: datetime
    touched: int
    langs: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    weights: "array[float]" = field(default_factory=lambda: array("d"))
    filed: "array[int]" = field(default_factory=lambda: array("L"))
    square: float = 0.0
    apart: tuple[ClusterId, ...] = ()


def joined(one: Cluster, new: Item, vector: Mapping[str, float], number: int) -> Cluster:
    """Return a story with one more entry, filed under its rarest terms and its names."""
    weights, filed, square = by_term(one), dict(zip(one.terms, one.filed, strict=True)), one.square
    names = islice((term for term in vector if is_name(term)), RAREST)
    keys = {*islice(vector, FILED), *names}
    for term, weight in vector.items():
        before = weights.get(term, 0.0)
        weights[term] = before + weight
        square += (before + weight) ** 2 - before**2
        filed[term] = number if term in keys else filed.get(term, 0)
    if len(weights) > MOST_TERMS + ROOM:
        kept = sorted(weights, key=lambda term: (-weights[term], term))[:MOST_TERMS]
        weights = {term: weights[term] for term in kept}
        square = sum(weight * weight for weight in weights.values())
    return replace(
        _with_terms(one, weights, filed, square),
        size=one.size + 1,
        at=max(one.at, new.at),
        touched=number,
        langs=tuple(sorted({*one.langs, new.lang})),
        identities=_identities(one, new),
    )


def _identities(one: Cluster, new: Item) -> tuple[str, ...]:
    if len(one.identities) >= MOST_IDENTITIES or new.identities.issubset(one.identities):
        return one.identities
    return tuple(sorted(new.identities.union(one.identities)))


def without(one: Cluster, new: Item, vector: Mapping[str, float]) -> Cluster:
    """Return a story without an entry: what it brought is about what it would bring now."""
    weights, filed = by_term(one), dict(zip(one.terms, one.filed, strict=True))
    for term in vector.keys() & weights.keys():
        weights[term] -= vector[term]
    weights = {term: weight for term, weight in weights.items() if weight > LEAST}
    rest = _with_terms(one, weights, filed, sum(weight * weight for weight in weights.values()))
    return replace(rest, size=one.size - 1, identities=tuple(sorted(set(one.identities) - new.identities)))


def merged(one: Cluster, other: Cluster, number: int) -> Cluster:
    weights = by_term(one)
    filed = dict.fromkeys(term for both in (one, other) for term, at in zip(both.terms, both.filed, strict=True) if at)
    for term, weight in by_term(other).items():
        weights[term] = weights.get(term, 0.0) + weight
    kept = sorted(weights, key=lambda term: (-weights[term], term))[:MOST_TERMS]
    weights = {term: weights[term] for term in kept}
    square = sum(weight * weight for weight in weights.values())
    return replace(
        _with_terms(one, weights, dict.fromkeys(filed, number), square),
        size=one.size + other.size,
        at=max(one.at, other.at),
        touched=number,
        langs=tuple(sorted({*one.langs, *other.langs})),
        identities=tuple(sorted({*one.identities, *other.identities})[:MOST_IDENTITIES]),
        apart=tuple(id_ for id_ in dict.fromkeys((*one.apart, *other.apart)) if id_ not in {one.id, other.id}),
    )


def _with_terms(one: Cluster, weights: Mapping[str, float], filed: Mapping[str, int], square: float) -> Cluster:
    numbers = array("L", (filed.get(term, 0) for term in weights))
    return replace(one, terms=tuple(weights), weights=array("d", weights.values()), filed=numbers, square=square)


def by_term(one: Cluster) -> dict[str, float]:
    return dict(zip(one.terms, one.weights, strict=True))


def same(new: Item, one: Cluster) -> tuple[str, ...]:
    """Name the identities that an entry and a story have in common."""
    kinds = {identity.partition(" ")[0] for identity in new.identities.intersection(one.identities)}
    return tuple(f"={name}" for kind, name in IDENTITIES.items() if kind in kinds)


def shared(vector: Mapping[str, float], one: Cluster) -> tuple[str, ...]:
    """Name the terms that make an entry most like a story."""
    held = by_term(one)
    ordered = sorted((-vector[term] * held[term], term) for term in vector if term in held)
    return tuple(term for _, term in ordered[:REASONS])


def cosine(vector: Mapping[str, float], one: Cluster) -> float:
    held = _held(vector, one)
    return sum(vector[term] * held[term] for term in held) / sqrt(one.square or 1.0)


def likeness_of(new: Item, vector: Mapping[str, float], length: float, one: Cluster, seldom: Collection[str]) -> float:
    """Return by how much an entry is like enough to join a story; not positive if it is not."""
    held = _held(vector, one)
    telling = [term for term in held if term[0] != PLACE]
    place = max((term for term in held if term[0] == PLACE), key=lambda term: (vector[term], term), default=None)
    product = sum(vector[term] * held[term] for term in (*telling, *([place] if place else ())))
    cosine = product / sqrt(one.square or 1.0) * float(0.5 ** (abs(new.at - one.at) / FADING))
    if _abroad(new.lang, one.langs):
        weight = (sum(vector[term] for term in telling) + (vector[place] if place else 0.0)) * length
        few = not telling or len(telling) + bool(place) < FEWEST_ABROAD or weight < ABROAD
        return 0.0 if few or _contradicted(vector, held, one) else cosine
    proof = [term for term in telling if term in seldom]
    young = YOUNG if len(new.headline) == len(new.terms) else READ
    likeness = cosine - ALIKE - young / one.size
    few = likeness <= 0 or sum(new.terms[term] for term in proof) < FEWEST or new.headline.isdisjoint(proof)
    if few or product < KINDRED * _cohesion(one) or (cosine < OWN and _in_series(new, one)):
        return 0.0
    return 0.0 if _contradicted(vector, held, one) or _filled_in(vector, held, one) else likeness


def _held(vector: Mapping[str, float], one: Cluster) -> dict[str, float]:
    """Return the terms that an entry has in common with a story, with the story's weights."""
    return {term: weight for term, weight in zip(one.terms, one.weights, strict=True) if term in vector}


def _cohesion(one: Cluster) -> float:
    """Return how like a story's entries are one another: the sum of what each has in common with all others."""
    return max(0.0, one.square - one.size) / (one.size - 1) if one.size > 1 else 0.0


def _in_series(new: Item, one: Cluster) -> bool:
    """Tell whether only an entry's own outlet has told a story."""
    mine = {identity for identity in new.identities if identity.startswith(OUTLET)}
    return bool(mine) and mine == {identity for identity in one.identities if identity.startswith(OUTLET)}


def _abroad(lang: str, langs: Sequence[str]) -> bool:
    """Tell whether a story was told in other languages only; those that are not known are written in Latin letters."""
    if not lang:
        return bool(langs) and OWN_LETTERS.issuperset(langs)
    return lang not in langs and ("" not in langs or lang in OWN_LETTERS)


def _contradicted(vector: Mapping[str, float], held: Mapping[str, float], one: Cluster) -> bool:
    return _elsewhere(vector, held, one) or _renumbered(vector, held, one)


def _elsewhere(vector: Mapping[str, float], held: Mapping[str, float], one: Cluster) -> bool:
    """Tell whether an entry and a story name places and none in common."""
    mine = [term for term in vector if term[0] == PLACE]
    return bool(mine) and not any(term in held for term in mine) and any(term[0] == PLACE for term in one.terms)


def _renumbered(vector: Mapping[str, float], held: Mapping[str, float], one: Cluster) -> bool:
    """Tell whether all of an entry is in a story but its numbers: bulletin 17 is not bulletin 18."""
    new = [term for term in vector if term not in held]
    return bool(new) and new == [term for term in vector if _has_digit(term)] and any(map(_has_digit, one.terms))


def _filled_in(vector: Mapping[str, float], held: Mapping[str, float], one: Cluster) -> bool:
    """Tell whether an entry fills in a form: it shares with a story what all of it shares, which is nothing else.

    Reports of one event also share words that only some of them have.
    """
    own = [weight for term, weight in vector.items() if term not in held]
    if one.size < FORM or sum(weight * weight for weight in own) < FILLED:
        return False
    if any(weight < ALL * one.size * vector[term] for term, weight in held.items()):
        return False
    twice = SOME * max(own)
    return not any(weight >= twice for term, weight in zip(one.terms, one.weights, strict=True) if term not in held)


def _has_digit(term: str) -> bool:
    return term[0] not in {NAME, PLACE} and any(map(str.isdigit, term))


def is_name(term: str) -> bool:
    """Tell whether a term means the same in every language."""
    return term[0] in {NAME, PLACE} or term.isdecimal()
