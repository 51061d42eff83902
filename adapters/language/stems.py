"""The stemming port, by Snowball."""

from collections.abc import Callable, Mapping
from functools import cache

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
MOST_TAGS = 256
"""Language tags that are remembered: pages may claim any."""


def snowball() -> Stem:
    """Return a stemmer; languages are loaded on first use. It remembers no words: PyStemmer takes 1 µs for one."""
    known: dict[str, Callable[[str], str] | None] = {}

    def stem(word: str, lang: str) -> str:
        try:
            stemmed = known[lang]
        except KeyError:
            name = ALGORITHMS.get(lang.partition("-")[0].lower())
            stemmed = None if name is None else _algorithm(name)
            if len(known) < MOST_TAGS:
                known[lang] = stemmed
        return word if stemmed is None or len(word) > LONGEST else stemmed(word)

    return stem


@cache
def _algorithm(name: str) -> Callable[[str], str]:
    from snowballstemmer import stemmer

    loaded = stemmer(name)
    loaded.maxCacheSize = 0  # PyStemmer's own memory of words costs twice the stemming, and the pure stemmers have none
    stemmed: Callable[[str], str] = loaded.stemWord
    return stemmed
