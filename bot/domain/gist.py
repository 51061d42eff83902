"""The words that say what a text is about, in a form that can be counted."""

import re
from functools import cache, lru_cache

from bot.domain.analysis import UNSEGMENTED
from bot.domain.folding import fold

BEGINNING = 6
"""Letters of a word that count: inflections of most languages come after them."""
SHORTEST = 2
"""Letters of a word that says something."""

_FUNCTION = (
    "the a an of to in and for on with at by from is are was were be been has have had it its this that these those as "
    "but or not he she they his her their them him we you i our your will would which who whom what when where how if "
    "so than then there also after before over under more most said says say can could may about into out up no new "
    "le la les de des du un une et en à au aux que qui quoi dont où pour dans sur pas ne par est sont été être ont "
    "avait son sa ses il elle ils elles on nous vous ce cette ces cet se plus mais ou avec comme tout fait "
    "el los las del al y o una uno unos con por para su sus lo es fue ha han más pero este esta "
    "os da do das dos e em na nos nas um uma uns umas ao aos com não são foi mais mas seu sua "
    "der die das den dem ein eine einer eines einem und im zu zur zum mit von vom für auf ist sind war nicht "
    "auch sich es er sie wir ihr dass als bei nach aus wie hat haben wird wurde "
    "il lo gli di della dei delle che per sono è nel nella alla dal "
    "het van een op te dat voor met niet zijn aan om ook bij door naar wordt "
    "och att det ett som på av till inte har och og er af ikke "
    "w z do się nie że jest jak za od dla są oraz przy "
    "ve bir bu için ile olarak olan çok daha gibi ne ki ama sonra kadar her "
    "и в во на не что с со по к ко как из за от до о об у для это его её их он она они мы был была было были же но а "
    "также который которая которые чтобы при так та і й у з що до як від та є "
    "من في على إلى عن مع أن إن التي الذي هذا هذه ذلك كان كانت وقد قد لا ما هو هي بين بعد قبل كما أو و ثم"
)
FUNCTION = frozenset(map(fold, _FUNCTION.split()))
"""Folded words of many languages that say nothing of a subject."""


@cache
def _word() -> re.Pattern[str]:
    return re.compile(f"[{UNSEGMENTED}]+|[^\\W_{UNSEGMENTED}]+")


@cache
def _unsegmented() -> re.Pattern[str]:
    return re.compile(f"[{UNSEGMENTED}]")


def gist(text: str) -> list[str]:
    """Return the folded beginnings of its words, function words left out; of unsegmented scripts, pairs of letters."""
    return [part for word in _word().findall(text) for part in _counted(word)]


@lru_cache(maxsize=32_768)
def _counted(written: str) -> tuple[str, ...]:
    word = fold(written)
    if _unsegmented().match(word):
        return tuple(word[at : at + 2] for at in range(max(1, len(word) - 1)))
    return () if len(word) < SHORTEST or word in FUNCTION else (word[:BEGINNING],)
