"""In which language an entry is written: by its letters, and by the function words of alphabets that many share.

Only single short words of the vocabulary ask for it (a French *visa* is no Turkish one), so being
unsure is no harm: then they are tried all the same.
"""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType

SAMPLE = 2_000
"""Characters of a passage that are looked at."""
_SURE = 0.5
"""By how many words that no other language has the best must lead."""
_MOST = 3
"""Times that the same word counts."""

_SCRIPTS: Mapping[str, str] = MappingProxyType(
    {
        "kana": "\u3041-\u30ff\uff66-\uff9d",
        "han": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
        "hangul": "\u1100-\u11ff\uac00-\ud7af",
        "cyrillic": "\u0400-\u052f",
        "arabic": "\u0620-\u06ff",
        "hebrew": "\u05d0-\u05ea",
        "greek": "\u0370-\u03ff\u1f00-\u1fff",
        "thai": "\u0e00-\u0e7f",
        "armenian": "\u0530-\u058f",
        "devanagari": "\u0900-\u097f",
        "latin": "A-Za-z\u00aa-\u024f\u1e00-\u1eff",
    }
)
_SCRIPT_OF: Mapping[str, str] = MappingProxyType(
    {
        "ja": "kana",
        "zh": "han",
        "ko": "hangul",
        **dict.fromkeys(("ru", "uk", "be", "bg", "sr", "mk", "kk", "mn"), "cyrillic"),
        **dict.fromkeys(("ar", "fa", "ur", "ps"), "arabic"),
        "he": "hebrew",
        "el": "greek",
        "th": "thai",
        "hy": "armenian",
        **dict.fromkeys(("hi", "mr", "ne"), "devanagari"),
    }
)
OWN_LETTERS = frozenset(_SCRIPT_OF)
"""Languages that are written in other letters than Latin ones, which tell them."""
_ONLY: Mapping[str, str] = MappingProxyType(
    {"kana": "ja", "han": "zh", "hangul": "ko", "hebrew": "he", "greek": "el", "thai": "th", "armenian": "hy"}
)
"""Scripts that tell the language; the weight of ideographs is that of a word, not of a letter."""

_FUNCTION: Mapping[str, str] = MappingProxyType(
    {
        "en": "the of and to in is for on with that by from as at this are be has was it an or not will its new you",
        "fr": "le la les des du un une et en à au aux que qui pour dans sur pas par est avec plus ce cette son ses il "
        "elle vous ou ne sont être l d qu",
        "es": "el la los las del de un una y en que por para con no se es su sus al lo más como este esta están son o",
        "pt": "o a os as do da dos das de um uma e em no na nos nas que por para com não se é seu sua ao mais como à",
        "it": "il lo la i gli le di del della dei delle un una e in nel nella che per con non si è al alla da dal sono",
        "de": "der die das den dem des ein eine einer und in im zu zur zum mit von für auf ist sind nicht wird werden "
        "oder bei als auch sie es wenn kann aus nach sich",
        "nl": "de het een van en in op te dat die is voor met niet zijn aan er om ook als bij door naar wordt worden",
        "sv": "och att det i en ett är som på för av med den till inte om har de vid från kan",
        "da": "og at det i en et er som på for af med den til ikke om har de ved fra kan der",
        "no": "og at det i en et er som på for av med den til ikke om har de ved fra kan ei",
        "fi": "ja on ei se että oli hän ovat mutta joka kun myös kuin tai sekä ole",
        "pl": "i w na z do się nie to że jest o jak po za od przez dla są oraz przy",
        "cs": "v na se je že s z do o ve k pro za by ale jako po od při jsou",
        "ro": "și în de la cu a pe din că pentru nu este un o mai sau se prin sunt",
        "hu": "a az és hogy nem is egy van meg ez volt csak vagy már de ki el",
        "tr": "ve bir bu da de için ile olarak olan daha çok en gibi kadar veya değil mi ise olduğu sonra her ne yeni",
        "id": "yang dan di untuk dengan pada dari ini itu dalam tidak akan oleh adalah ke",
        "vi": "và của là các có cho không được trong một người với những để từ",
    }
)
_LETTERS: Mapping[str, str] = MappingProxyType(
    {"tr": "ğışİ", "de": "ßäöü", "es": "ñ¿¡", "pt": "ãõ", "fr": "èêœ", "pl": "łąęśż", "cs": "řěů", "ro": "șță"}
)
"""Letters that speak for one of the languages."""

_ENDINGS = (
    (("ción", "ciones", "dades", "miento"), ("es",)),
    (("ção", "ções", "mento", "dades", "agem"), ("pt",)),
    (("zione", "zioni", "aggio"), ("it",)),
    (("isch", "ische", "ischen", "ungen", "ung", "keit", "heit", "schaft", "lich", "liche", "lichen"), ("de",)),
    (("ique", "iques", "eaux", "euse", "ées", "ée", "ement", "aire", "aires"), ("fr",)),
    (("ing", "ly", "ness", "ity", "ies", "ship", "ed"), ("en",)),
    (("ları", "leri", "lar", "ler", "ının", "inin", "lık", "lik", "ması", "mesi", "yor", "dır", "dir"), ("tr",)),
    (("tion", "tions"), ("en", "fr")),
)
"""Endings of longer words, in the order they are tried."""
_WORD = re.compile(r"[^\W\d_]+")


def spoken_in(text: str, tag: str) -> str:
    """Return the language of a text, empty if it is not sure; the tag it came with is believed if the letters agree."""
    script = _script(text)
    told = tag.partition("-")[0].partition("_")[0].lower()
    if told and _agrees(told, script):
        return told
    if script == "cyrillic":
        return "uk" if re.search("[іїєґІЇЄҐ]", text) else "ru"
    if script == "arabic":
        return "fa" if re.search("[پچژگ]", text) else "ar"
    return _by_words(text) if script == "latin" else _ONLY.get(script, "")


def _script(text: str) -> str:
    """Return the script that most of a text is in; kana among ideographs is Japanese."""
    if text.isascii():
        return "latin"
    count = {script: len(pattern.findall(text)) for script, pattern in _patterns()}
    if count["kana"] and count["kana"] * 10 > count["han"]:
        count["kana"] += count.pop("han")
    for script in ("kana", "han"):
        count[script] = 3 * count.get(script, 0)
    best = max(count, key=count.__getitem__)
    return best if count[best] else ""


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((script, re.compile(f"[{letters}]")) for script, letters in _SCRIPTS.items())


def _agrees(lang: str, script: str) -> bool:
    return _SCRIPT_OF.get(lang, "latin") == script


def _by_words(text: str) -> str:
    """Weigh words by how few languages have them; endings and letters of their own speak for some."""
    weight: dict[str, float] = {}
    for word, times in Counter(_WORD.findall(text.lower())).items():
        langs = _langs_of(word)
        for lang in langs:
            weight[lang] = weight.get(lang, 0.0) + min(times, _MOST) / len(langs)
    for lang, letters in _LETTERS.items() if not text.isascii() else ():
        weight[lang] = weight.get(lang, 0.0) + any(letter in text for letter in letters)
    second, best = sorted([0.0, 0.0, *weight.values()])[-2:]
    return max(weight, key=weight.__getitem__) if best - second >= _SURE else ""


@lru_cache(maxsize=16_384)
def _langs_of(word: str) -> tuple[str, ...]:
    return _by_function_word().get(word) or next((langs for ends, langs in _ENDINGS if word.endswith(ends)), ())


@cache
def _by_function_word() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for lang, words in _FUNCTION.items():
        for word in words.split():
            found[word] = (*found.get(word, ()), lang)
    return found
