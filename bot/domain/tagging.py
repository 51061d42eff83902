"""What an entry must hold to be tagged with a set of the vocabulary: the set's cover, cut into plain conditions.

Whatever satisfies the cover satisfies one of the conditions; a few entries more may, as words of a rule's side that
follow each other are asked for by the longest of them.
"""

from bot.domain.covering import All, Cover, Some, Word, named
from bot.domain.ports import Stem
from bot.domain.vocabulary import TermSet

Needs = tuple[Word, ...]
"""Words of which an entry must hold each; none if it need hold nothing."""


def needs(termset: TermSet, stem: Stem) -> tuple[Needs, ...]:
    """Return what an entry must hold, in one of these ways, to name a set; a second's work for the largest."""
    cover = named(termset, stem)
    ways = cover.parts if isinstance(cover, Some) else (cover,)
    return tuple(dict.fromkeys(map(_needs, ways)))


def _needs(way: Cover) -> Needs:
    parts = way.parts if isinstance(way, All) else (way,)
    return tuple(dict.fromkeys(word for word in map(_either, parts) if word is not None))


def _either(cover: Cover) -> Word | None:
    """Return a word that every entry holds which satisfies a cover, as exact as one word can be."""
    match cover:
        case Word():
            return cover
        case All(parts):
            return max((word for word in map(_either, parts) if word), key=_rarity, default=None)
        case Some(parts):
            words = [_either(part) for part in parts]
            return (
                None
                if None in words
                else Word(tuple(dict.fromkeys(form for word in words if word for form in word.forms)))
            )
        case _:
            return None


def _rarity(word: Word) -> int:
    return min((len(form.stem) for form in word.forms), default=0)
