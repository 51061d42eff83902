"""The stemming port, by Snowball."""

from collections.abc import Mapping
from functools import lru_cache

from bot.domain.ports import Stem

ALGORITHMS: Mapping[str, str] = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "nb": "norwegian",
    "nn": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
"""BCP 47 primary tag to the algorithm's name in the library."""

LONGEST = 64
"""Letters: nothing longer is a word, and the pure Python stemmers take time for it."""


def snowball(*, remembered: int = 20_000) -> Stem:
    """Return a stemmer that remembers so many words; languages are loaded on first use."""

    @lru_cache(maxsize=len(ALGORITHMS))
    def algorithm(name: str):  # type: ignore[no-untyped-def]  # the library has no types
        from snowballstemmer import stemmer

        return stemmer(name)

    @lru_cache(maxsize=remembered)
    def stem(word: str, lang: str) -> str:
        name = ALGORITHMS.get(lang.partition("-")[0].lower())
        if name is None or len(word) > LONGEST:
            return word
        return str(algorithm(name).stemWord(word))

    return stem
