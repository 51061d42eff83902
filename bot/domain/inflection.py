"""Which forms of a word a term finds: the term is stemmed, never the text.

A watch does not say its language, so the languages that its letters allow are taken together.
Rules that real data forced (measured on 3,665 articles in five languages): a stemmer may take
off at most three letters, or *chiffrement* hits *chiffres* and *données* hits *dont*; a short
stem grows by endings of its language only, or *police* hits *policy* and *face* *Facebook*.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from bot.domain.folding import fold
from bot.domain.ports import Stem


class Form(NamedTuple):
    """A beginning of folded words, with what may follow it; a tuple, as hundreds of thousands are compared and kept.

    Attributes:
        tail: letters that may follow.
        endings: the only letters that may follow, if given.
        inside: the beginning may stand anywhere in the word.

    """

    stem: str
    tail: int = 0
    endings: frozenset[str] | None = None
    inside: bool = False

    def accepts(self, word: str) -> bool:
        """Tell whether a folded word is such a form."""
        if self.inside:
            return self.stem in word
        if not word.startswith(self.stem):
            return False
        if self.endings is not None:
            return word[len(self.stem) :] in self.endings
        return len(word) - len(self.stem) <= self.tail


ANY_LENGTH = 1_000_000
LONGEST = 64
"""Letters: nothing longer is inflected."""
HEAD = 4
"""Letters by which words and their forms are filed."""
WORDS = 4_096
"""Words whose beginnings are remembered: the wordings of a set repeat them."""
LONG = 6
"""Letters from which on a whole word may grow by any few letters; shorter ones only by known endings."""
CUT = 3
"""Letters that a stemmer may take off."""
COMPOUND = 20
"""Letters that may follow a German noun."""
SURE = HEAD + CUT
"""Letters from which on no form but a stem's may begin otherwise than the word."""
SHORT = 3
"""Letters up to which a word is taken as it is, and a root of Arabic nouns with inner plurals."""
NOUN, COMPOUND_NOUN, LONG_NOUN = 5, 8, 10
"""Letters from which on a German noun may begin a compound; end one if capitalised; end one however written."""

PLAIN = ("en", "fr", "es", "pt", "it", "de")
"""Languages tried for words in unaccented Latin letters."""

LETTERS: Mapping[str, str] = MappingProxyType(
    {
        "fr": "àâæçéèêëîïôœùûüÿ",
        "es": "áéíñóúü",
        "pt": "áâãàçéêíóôõúü",
        "it": "àèéìíîòóù",
        "de": "äöüß",
        "nl": "éëïóöü",
        "sv": "åäöé",
        "da": "æøåé",
        "no": "æøåéòô",
        "fi": "äöå",
        "hu": "áéíóöőúüű",
        "ro": "ăâîșşțţ",
        "pl": "ąćęłńóśźż",
        "cs": "áčďéěíňóřšťúůýž",
        "ca": "àçèéíïòóúü",
        "tr": "çğıöşüâîû\u0307",
    }
)
"""Accented letters by language: a term is tried in the languages that use all of its own."""

_TURKISH = re.compile("[ğışİ]")
_SCRIPTS = (
    (re.compile("[\u0400-\u052f]"), ("ru",)),
    (re.compile("[\u0370-\u03ff\u1f00-\u1fff]"), ("el",)),
    (re.compile("[\u0600-\u06ff]"), ("ar",)),
    (re.compile("[\u0530-\u058f]"), ("hy",)),
    (re.compile("[\u0900-\u097f]"), ("hi",)),
    (re.compile("[\u1100-\u11ff\uac00-\ud7af]"), ("ko",)),
)

_ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        "en": "e s es ed d ing ings",
        "fr": "e s es x aux ee ees ent er",
        "es": "a o as os es e s",
        "pt": "a o as os es e s ao oes aes ais eis ois ns",
        "it": "a e i o he hi",
        "de": "e en er ern es s n em ns",
        "nl": "e en s n ers",
        "sv": "en et n t ar or er erna arna orna s ens ets e a na",
        "da": "en et n t er erne ene s ens ets e ne",
        "no": "en et n t er ene ne s ens ets e a",
        "ca": "a es s os e ns",
        "ru": "а я ы и у ю е о й ь ам ям ом ем ой ей ов ев ах ях ами ями ью ию ия ие ий ого его ому ему ым им ых их "
        "ыми ими ая яя ое ее ые ую юю ою ею",
        "el": "α ας ες η ης ο ος ου οι ων ους ο ι ια εις εων ε",
    }
)
_TAILS: Mapping[str, int] = MappingProxyType({"tr": 9, "fi": 5, "hu": 5, "ko": 4, "ru": 4, "ro": 4, "pl": 4, "cs": 4})
"""Letters that may follow a stem, where endings are too many to list; 3 elsewhere."""

_CASES: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(("ru", "uk", "be", "bg", "sr", "mk", "pl", "cs", "sk", "hr", "sl", "fi", "et", "hu"), 3),
        "el": 2,
        "ko": 3,
    }
)
"""Letters of case endings and particles that names take; Turkish parts them from names by an apostrophe."""

_KNOWN = frozenset({*_ENDINGS, *_TAILS, *LETTERS, "ar", "hy", "hi"})

_ROMANCE = frozenset({"es", "pt", "it", "ca"})
_VOWEL_ENDINGS = frozenset({"a", "e", "i", "o", "as", "es", "os"})
_PORTUGUESE_ENDINGS = frozenset({"ao", "oes", "aes", "aos"})
_GERMAN = re.compile("[äöüß]|ung|keit|heit|schaft|sch|cht|tz|chn|zei")
_ARTICLE = re.compile("(?:وال|بال|كال|فال|لل|ال)(?=..)")
_FEMININE = re.compile("(?<=....)(?:يه|ات|ه)$")
_ARABIC_ENDINGS = frozenset({"", "ه", "ها", "هم", "ين", "ون", "ان"})


def languages(text: str) -> tuple[str, ...]:
    """Guess from its letters which languages a term may be in."""
    if text.isascii():
        return PLAIN
    for script, langs in _SCRIPTS:
        if script.search(text):
            return langs
    if _TURKISH.search(text):
        return ("tr",)
    accented = {letter for letter in text.lower() if not letter.isascii() and letter.isalpha()}
    if not accented:
        return PLAIN
    fitting = tuple(lang for lang, letters in LETTERS.items() if lang != "tr" and accented.issubset(letters))
    return fitting or PLAIN


def forms(written: str, langs: tuple[str, ...], stem: Stem) -> tuple[Form, ...]:
    """Return the forms of a written word; words of up to three letters and words with digits only as they are."""
    folded = fold(written)
    word = written if folded == written else folded  # kept with the query's own
    if len(word) > LONGEST or not (word.isalpha() or _is_word(word)):
        return (Form(word),)
    if langs == ("ko",):
        return (Form(word, _TAILS["ko"] if len(word) > 1 else 0),)
    if langs == ("ar",):
        return _arabic(word)
    if len(word) <= SHORT:
        return (Form(word),)
    found = _Found()
    _grow(found, word, langs)
    _plurals(found, word, langs)
    if "de" in langs:
        _compound(found, written, word)
    for stemmed, same in _stems(written.lower(), langs, stem).items():
        _stemmed(found, word, fold(stemmed), same)
    return found.forms()


@lru_cache(maxsize=WORDS)
def beginnings(written: str, langs: tuple[str, ...], stem: Stem) -> frozenset[str]:
    """Return the first four letters that the forms of a word have, or "" if some may begin anyhow.

    For most words much quicker than `forms`.
    """
    word, lower = fold(written), written.lower()
    grown = langs in (("ar",), ("ko",)) or ("de" in langs and _GERMAN.search(lower))
    if SURE <= len(word) <= LONGEST and word.isalpha() and not grown:
        return frozenset({word[:HEAD], *(fold(stemmed)[:HEAD] for stemmed in _stems(lower, langs, stem))})
    return frozenset("" if form.inside else form.stem[:HEAD] for form in forms(written, langs, stem))


def _is_word(word: str) -> bool:
    return word[-1:].isalnum() and not any(character.isdigit() for character in word)


def _stems(lower: str, langs: tuple[str, ...], stem: Stem) -> dict[str, tuple[str, ...]]:
    """Return the stems that are not the word itself, each with the languages that agree on it."""
    stems: dict[str, tuple[str, ...]] = {}
    for lang in langs:
        stemmed = stem(lower, lang)
        if stemmed != lower:
            stems[stemmed] = (*stems.get(stemmed, ()), lang)
    return stems


class _Found:
    """Forms found so far, those of one stem joined: those that the same tokens pass are one."""

    __slots__ = ("_endings", "_inside", "_tails")

    def __init__(self) -> None:
        self._tails: dict[str, int] = {}
        self._endings: dict[str, frozenset[str]] = {}
        self._inside = ""

    def grows(self, stem: str, tail: int) -> None:
        """Add a stem that so many letters may follow."""
        self._tails[stem] = max(self._tails.get(stem, 0), tail)

    def ends(self, stem: str, endings: frozenset[str]) -> None:
        """Add a stem that these letters may follow."""
        known = self._endings.get(stem)
        self._endings[stem] = endings if known is None or known is endings else _both(known, endings)

    def stands_inside(self, stem: str) -> None:
        """Add a stem that may stand anywhere in a word."""
        self._inside = stem

    def forms(self) -> tuple[Form, ...]:
        """Return them by stem."""
        tails = self._tails
        forms = [Form(stem, tail) for stem, tail in tails.items()]
        if self._inside:
            forms.append(Form(self._inside, inside=True))
        for stem, allowed in self._endings.items():
            if stem not in tails or _longest(allowed) > tails[stem]:
                forms.append(Form(stem, endings=allowed))
        if len(forms) > 1:
            forms.sort(key=_order)
        return tuple(forms)


def _order(form: Form) -> tuple[str, int, bool]:
    return form.stem, form.tail, form.inside


@cache
def _longest(endings: frozenset[str]) -> int:
    return max(map(len, endings))


def name_forms(word: str, lang: str) -> tuple[Form, ...]:
    """Return the forms of the last word of a name, folded: as it is, with the case endings its language adds."""
    return (Form(word, _CASES.get(lang, 0) if len(word) > SHORT and word.isalpha() else 0),)


def inflected_as(lang: str, text: str) -> tuple[str, ...]:
    """Return the languages whose inflection a wording has: its own if known here, else those its letters allow."""
    return (lang,) if lang in _KNOWN else languages(text)


@cache
def _both(some: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    return some | others


@cache
def _endings(langs: tuple[str, ...]) -> frozenset[str]:
    return frozenset({""}.union(*(_ENDINGS.get(lang, "").split() for lang in langs)))


@cache
def _growth(langs: tuple[str, ...]) -> tuple[int, frozenset[str] | None]:
    """Return how many letters may follow a long word, and which may follow a short one if not as many."""
    tail = max((_TAILS.get(lang, 3) for lang in langs), default=3)
    return tail, _endings(langs) if all(lang in _ENDINGS for lang in langs) else None


def _grow(found: _Found, word: str, langs: tuple[str, ...]) -> None:
    tail, endings = _growth(langs)
    if len(word) >= LONG or endings is None:
        found.grows(word, tail)
    else:
        found.ends(word, endings)


def _plurals(found: _Found, word: str, langs: tuple[str, ...]) -> None:
    if word[-1] == "s" and word.isascii() and len(word) > SHORT + 1 and not word.endswith(("ss", "us", "is")):
        _grow(found, word[:-1], langs)
    if "en" in langs and word.endswith("ies"):
        found.grows(f"{word[:-3]}y", 0)
    if "fr" in langs and word.endswith("al"):
        found.grows(f"{word[:-1]}ux", 0)
    if "fr" in langs and word.endswith("aux"):
        found.ends(f"{word[:-3]}al", _endings(("fr",)))
    if "fi" in langs and word.endswith("s"):
        found.grows(word[:-1], _TAILS["fi"])
    if "pt" in langs and word.endswith(("ao", "oes")):
        found.ends(word.removesuffix("ao").removesuffix("oes"), _PORTUGUESE_ENDINGS)
    if word[-1] in "aeio" and len(word) > SHORT + 1 and not _ROMANCE.isdisjoint(langs):
        found.ends(word[:-1], _VOWEL_ENDINGS)


def _compound(found: _Found, written: str, word: str) -> None:
    """German nouns go on in compounds; from eight letters on they may also end one."""
    if len(word) < NOUN or not _GERMAN.search(written.lower()):
        return
    base = re.sub("(?:en|er|e|n|s)$", "", word) if len(word) >= COMPOUND_NOUN else word
    if len(word) >= COMPOUND_NOUN and (written[0].isupper() or len(word) > LONG_NOUN):
        found.stands_inside(base)
    elif len(word) >= (NOUN if written[0].isupper() else COMPOUND_NOUN):
        found.grows(base, COMPOUND)


@cache
def _agreed(langs: tuple[str, ...]) -> tuple[frozenset[str] | None, tuple[str, ...]]:
    """Return the endings that a stem of these languages may have, and the languages that have none listed."""
    ending = tuple(lang for lang in langs if lang in _ENDINGS and lang not in _TAILS)
    return _endings(ending) if ending else None, tuple(lang for lang in langs if lang not in ending)


def _stemmed(found: _Found, word: str, stem: str, langs: tuple[str, ...]) -> None:
    """Add the forms of a stem that these languages agree on."""
    endings, alone = _agreed(langs)
    if endings and _fits(word, stem, SHORT + 1):
        found.ends(stem, endings)
    for lang in alone:
        _stemmed_alone(found, word, stem, lang)


def _fits(word: str, stem: str, shortest: int) -> bool:
    return 0 <= len(word) - len(stem) <= CUT and len(stem) >= shortest and stem != word


def _stemmed_alone(found: _Found, word: str, stem: str, lang: str) -> None:
    if lang == "ru" and len(word) - len(stem) > 1 and len(stem) <= SHORT:
        stem = word[:-2]
    if not _fits(word, stem, SHORT if lang == "ru" else SHORT + 1):
        return
    if lang in _TAILS and len(stem) > SHORT + 1 and word.startswith(stem):
        found.grows(stem, _TAILS[lang])
    elif lang in _ENDINGS:
        found.ends(stem, _endings((lang,)))
    elif word.startswith(stem):
        found.grows(stem, 3)


def _arabic(word: str) -> tuple[Form, ...]:
    """Article and particles come off both sides (`Token.readings`); three-letter nouns have inner plurals."""
    base = _ARTICLE.sub("", word, count=1) if _ARTICLE.match(word) else word
    base = _FEMININE.sub("", base, count=1)
    if len(base) > SHORT:
        return (Form(base, 4),)
    if len(base) < SHORT or base == word:
        return (Form(word),)
    first, second, third = tuple(base)
    plurals = (f"{first}{second}و{third}", f"{first}{second}ا{third}", f"ا{first}{second}ا{third}")
    return tuple(Form(form, endings=_ARABIC_ENDINGS) for form in (base, *plurals))
