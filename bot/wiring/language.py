"""What understands words and times."""

import gc
from functools import cache
from typing import TYPE_CHECKING

from bot.domain.ports import Calendar, Stem

if TYPE_CHECKING:
    from bot.domain.vocabulary import Vocabulary


def stem() -> Stem:
    """Return the stemmer of watch terms."""
    from adapters.language.stems import snowball

    return snowball()


@cache
def vocabulary() -> "Vocabulary":
    """Return the vocabulary that comes with the bot; reads files when it is first asked.

    It stays as long as the process: the garbage collector need not look at it ever after (a pause of 14 ms).
    """
    from bot.vocabulary.reading import shipped

    found = shipped()
    gc.freeze()
    return found


def calendar() -> Calendar:
    """Return the reader of natural-language times."""
    from adapters.language.times import Times

    return Times()
