"""What a person may have meant by a name that does not exist."""

from collections.abc import Iterable
from difflib import get_close_matches

_ALIKE = 0.6
"""difflib's own default: one wrong letter in five passes, another word does not."""


def did_you_mean(word: str, known: Iterable[str], *, limit: int = 3) -> tuple[str, ...]:
    """Return the known names nearest to `word`, best first: beginnings of names, then near spellings.

    Case does not count. An empty word is near to nothing.
    """
    typed = word.casefold()
    by_fold = {name.casefold(): name for name in known}
    if not typed:
        return ()
    begun = sorted((name for name in by_fold if name.startswith(typed)), key=len)
    alike = get_close_matches(typed, by_fold, n=limit, cutoff=_ALIKE)
    return tuple(by_fold[name] for name in dict.fromkeys([*begun, *alike]))[:limit]
