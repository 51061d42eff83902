"""How the search index spells keys: FTS5's own tokenizer parts words at whatever is not a letter or a digit."""

import re

from bot.domain.covering import Keys
from bot.domain.inflection import Form

_UNSPEAKABLE = re.compile("[\x00-\x2f\x3a-\x60\x7b-\x7f\ud800-\udfff]")


def spelt(form: Form) -> Form:
    """Return the form as the index spells it: one stand-in for whatever FTS5 would part words at."""
    endings = None if form.endings is None else frozenset(map(spelt_key, form.endings))
    return Form(spelt_key(form.stem), form.tail, endings, form.inside)


def spelt_key(key: str) -> str:
    """Return a key as the index spells it."""
    return key if key.isalnum() else _UNSPEAKABLE.sub("·", key)


def spelt_keys(found: Keys) -> frozenset[str]:
    """Return all keys of an entry as the index spells them."""
    return frozenset(map(spelt_key, (*found.words, *found.pairs)))
