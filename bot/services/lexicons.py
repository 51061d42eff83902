"""What a team's queries may name: the shipped vocabulary and the team's own sets."""

from collections.abc import Callable, Mapping, Sequence

from bot.domain.errors import CommandError
from bot.domain.query import Query
from bot.domain.query_parser import parse
from bot.domain.storing import Store
from bot.domain.understanding import Lexicon, understood
from bot.domain.vocabulary import NO_VOCABULARY, TermSet, Vocabulary, Wording

Shipped = Callable[[], Vocabulary]
"""Gives the shipped vocabulary, which is read when it is first needed."""


def nothing_shipped() -> Vocabulary:
    """Return a vocabulary without sets."""
    return NO_VOCABULARY


def own_sets(wordings: Mapping[str, Sequence[str]]) -> Mapping[str, TermSet]:
    """Return a team's own sets."""
    return {
        name: TermSet(name=name, label=name, wordings=tuple(Wording(text=one) for one in texts))
        for name, texts in wordings.items()
    }


async def lexicon(store: Store, shipped: Vocabulary, team: str) -> Lexicon:
    """Return what a team's queries may name, as it stands now."""
    return Lexicon(shipped, own_sets(await store.vocabularies.of(team)))


def readable(query: str, lexicon: Lexicon) -> Query | None:
    """Return a stored query as it was typed, None if it cannot be read, or names a set that is no more."""
    try:
        typed = parse(query)
        understood(typed, lexicon)
    except CommandError:
        return None
    return typed
