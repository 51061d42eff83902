"""What a team's queries may name: the shipped vocabulary and the team's own sets."""

from collections.abc import Callable, Mapping, Sequence

from bot.domain.errors import CommandError, QueryError
from bot.domain.query import Phrase, Query
from bot.domain.query_parser import parse
from bot.domain.storing.store import Store
from bot.domain.understanding import Lexicon, understood
from bot.domain.vocabulary import NO_VOCABULARY, TermSet, Vocabulary, Wording

MOST_WORDINGS, LONGEST_WORDING = 200, 100
"""Wordings of a team's set, and characters of one."""
SHOWN = 60
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


def checked(wording: str, *, usage: str = "") -> str:
    """Return a wording as it stands in quotes; CommandError, which shows `usage`, if nothing could be found by it."""
    short = wording if len(wording) <= SHOWN else f"{wording[:SHOWN]}…"
    if len(wording) > LONGEST_WORDING:
        raise CommandError(f"“{short}” is longer than {LONGEST_WORDING} characters.", usage=usage)
    try:
        query = parse(f'"{wording}"')
    except QueryError as error:
        raise CommandError(f"“{short}” holds no word that could be found.", usage=usage) from error
    if not isinstance(query, Phrase):
        raise CommandError(f"“{short}” holds a quotation mark; leave it out.", usage=usage)
    return query.text
