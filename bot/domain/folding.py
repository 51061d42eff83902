"""Letters that readers take for the same are made the same, in texts and in terms.

Folding is applied to single tokens (`bot.domain.analysis`), whose place in the original
text is known, so what was found is highlighted exactly whatever folding does to lengths.
"""

import re
import unicodedata

INVISIBLE = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Soft hyphen, zero-width and direction marks, variation selectors: as the inside of a character class."""

MARKS = (
    "\u0300-\u036f\u0483-\u0487"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u093c"
)
"""Accents of Latin, Greek and Cyrillic, Hebrew points, Arabic vowel signs, the dot that half of Hindi's writers leave
out: what folding takes away.

Kana voicing marks (U+3099, U+309A) and the vowel signs of Indic scripts are letters' halves and stay.
"""

_INVISIBLE = re.compile(f"[{INVISIBLE}]")
# й, ў and ї are letters of their own, not accented и, у, і; ё is written е by half of its readers
_MARK = re.compile(f"(и\u0306|у\u0306|і\u0308)|[{MARKS}]")
_SETTLED = re.compile("[a-zа-яא-תابتثجحخدذرزسشصضطظعغفقكلمنهوي\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff가-힣]+")
"""Letters that stay as they are, whatever stands beside them: most words of their scripts are folded already."""
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ſ": "s",
        "’": "'",
        "ʼ": "'",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ة": "ه",
        "ۀ": "ه",
        "ک": "ك",
        "ـ": "",
        "ँ": "ं",
    }
    | {chr(zero + digit): str(digit) for zero in (0x660, 0x6F0, 0x966, 0x9E6) for digit in range(10)}
)


def visible(text: str) -> str:
    """Return the text in composed form (NFC) without invisible characters."""
    return text if text.isascii() else unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def fold(text: str) -> str:
    """Return the form that is compared: case, width, accents and spelling variants of letters removed.

    The rules are those that real data forced: NFKC, full case folding (ß is ss), accents off,
    ё as е, both Turkish i as i, ø æ œ ł đ as they are typed without such keys, Arabic alef, ya and
    ta marbuta in one form, no tatweel, no vowel signs; Hindi without nuqta and chandrabindu; Arabic, Persian,
    Devanagari and Bengali digits as ours.
    """
    if text.isascii():
        return text.lower()
    if _SETTLED.fullmatch(text):
        return text
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    text = unicodedata.normalize("NFD", text)
    text = _MARK.sub(lambda mark: mark[1] or "", text)
    return unicodedata.normalize("NFC", text).translate(_LETTERS)
