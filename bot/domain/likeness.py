"""How alike an entry and a story are, and what a story becomes by an entry more or less."""

from array import array
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta
from itertools import islice
from math import sqrt
from typing import NewType

from bot.domain.values import by_value

ClusterId = NewType("ClusterId", int)
YOUNG = 0.20
"""What more it takes to join a story of one entry; half of it with two, a third with three."""
ELSEWHERE = 0.3
"""How much of the cosine counts if both name places, and none in common."""
FEWEST_ABROAD = 2
"""Terms in common for an entry to join a story not yet told in its language."""
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
RAREST = 10
"""Terms, and names beside them, by which stories are looked up."""


@by_value
class Likeness:
    """How alike an entry and a story must be.

    Attributes:
        alike: cosine from which on an entry joins a story of many entries.
        alone: how much of the cosine counts if it rests on a single term.
        renumbered: how much of it counts if only numbers tell them apart.
        common: share of entries from which on a term says nothing of a story: what all write of does not.
        abroad: weight of the terms in common from which on an entry joins a story not yet told in its language.

    """

    alike: float = 0.07
    alone: float = 0.6
    renumbered: float = 1.0
    common: float = 1.0
    abroad: float = 10.0


BROAD, CAUTIOUS = Likeness(), Likeness(alike=0.2, alone=0.0, renumbered=0.0, common=0.02, abroad=14.0)
"""What brings most reports together; and what is used where a wrong join hides a report that is news to somebody."""


@by_value
class Item:
    """What is compared of an entry; `terms` with their weights, `at` when it was told."""

    at: datetime
    lang: str
    identities: frozenset[str]
    terms: Mapping[str, float]


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
    held = by_term(one)
    return sum(vector[term] * held[term] for term in vector if term in held) / sqrt(one.square or 1.0)


def likeness_of(new: Item, vector: Mapping[str, float], length: float, one: Cluster, wanted: Likeness) -> float:
    """Return by how much an entry is like enough to join a story; not positive if it is not."""
    held = by_term(one)
    shared = [term for term in vector if term in held]
    telling = [term for term in shared if term[0] != PLACE]
    if not telling:
        return 0.0
    cosine = sum(vector[term] * held[term] for term in shared) / sqrt(one.square)
    cosine *= float(0.5 ** (abs(new.at - one.at) / FADING))
    elsewhere = _elsewhere(vector, held)
    if new.lang and new.lang not in one.langs and "" not in one.langs:
        somewhere = max((vector[term] for term in shared if term[0] == PLACE), default=0.0)
        weight = (sum(vector[term] for term in telling) + somewhere) * length
        fewest = len(telling) + (somewhere > 0) >= FEWEST_ABROAD
        return cosine if fewest and weight >= wanted.abroad and not elsewhere else 0.0
    doubt = (wanted.alone if len(shared) == 1 else 1.0) * (ELSEWHERE if elsewhere else 1.0)
    doubt *= wanted.renumbered if _renumbered(vector, held) else 1.0
    return cosine * doubt - wanted.alike - YOUNG / one.size


def _elsewhere(vector: Mapping[str, float], held: Mapping[str, float]) -> bool:
    """Tell whether an entry and a story name places and none in common."""
    mine = [term for term in vector if term[0] == PLACE]
    return bool(mine) and not any(term in held for term in mine) and any(term[0] == PLACE for term in held)


def _renumbered(vector: Mapping[str, float], held: Mapping[str, float]) -> bool:
    """Tell whether all of an entry is in a story but its numbers: bulletin 17 is not bulletin 18."""
    new = [term for term in vector if term not in held]
    numbers = [term for term in vector if _has_digit(term)]
    return bool(new) and new == numbers and any(map(_has_digit, held))


def _has_digit(term: str) -> bool:
    return term[0] not in {NAME, PLACE} and any(map(str.isdigit, term))


def is_name(term: str) -> bool:
    """Tell whether a term means the same in every language."""
    return term[0] in {NAME, PLACE} or term.isdecimal()
