"""A body as bytes: unpacked, decoded whatever it says it is, and recognised when it is something else.

The order of evidence for the encoding is RFC 7303 §3.2 (byte-order mark, then the charset parameter, then the
document's own declaration), corrected by what the bytes are: text that is valid UTF-8 is UTF-8.
"""

import codecs
import re
import zlib
from collections.abc import Mapping

from bot.domain.errors import ParseError

LARGEST = 20_000_000
"""Bytes after unpacking."""

_GZIP, _ZLIB = b"\x1f\x8b", (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_LAYERS = 3
_BOMS = (  # the longer first: UTF-16's mark begins UTF-32's
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = (  # an ASCII character at the start, seen through wide encodings (XML 1.0 appendix F.1)
    (re.compile(rb"\x00\x00\x00[\t-~]", re.DOTALL), "utf-32-be"),
    (re.compile(rb"[\t-~]\x00\x00\x00", re.DOTALL), "utf-32-le"),
    (re.compile(rb"\x00[\t-~]\x00[\t-~]", re.DOTALL), "utf-16-be"),
    (re.compile(rb"[\t-~]\x00[\t-~]\x00", re.DOTALL), "utf-16-le"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:+-]+)", re.IGNORECASE)
_LANGUAGE = re.compile(rb"(?:<(?:dc:)?language>|xml:lang=[\"'])\s*([A-Za-z]{2})")
_ALIASES = {  # what the labels mean in the wild (Encoding Standard §4.2): the larger set
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "big5": "big5hkscs",
    "x-big5": "big5hkscs",
}
_VAGUE = frozenset({"", "us-ascii", "ascii", "iso-8859-1", "latin1", "utf-8", "utf8"})
"""Labels that servers send without looking."""

_BY_LANGUAGE = (
    dict.fromkeys(("ru", "uk", "bg", "sr", "be"), "cp1251")
    | dict.fromkeys(("pl", "cs", "sk", "hu", "sl", "hr", "ro"), "cp1250")
    | {"ja": "cp932", "ko": "cp949", "zh": "gb18030", "th": "cp874", "el": "cp1253", "tr": "cp1254"}
    | {"he": "cp1255", "ar": "cp1256", "fa": "cp1256", "lt": "cp1257", "lv": "cp1257", "vi": "cp1258"}
)
"""The legacy encoding of a language (HTML Living Standard §13.2.3.2)."""

_ESCAPED = re.compile("[\udc80-\udcff]")
_ASIAN = ("gb", "big5", "euc", "shift", "ks_", "x-sjis")
_STRAY_AMONG = 3
_FEW = 6
"""Characters beyond ASCII below which East Asian text may look like UTF-8 by chance."""


def utf8(body: bytes, headers: Mapping[str, str], lang: str | None) -> bytes:
    """Return the body in UTF-8: unpacked, without byte-order mark and white space at the ends.

    Raise ParseError if it is empty, or unpacks to more than LARGEST bytes.
    """
    body = _unpacked(body)
    if len(body) > LARGEST:
        raise ParseError(f"The body is larger than {LARGEST // 1_000_000} MB, which no feed is.")
    if not body.strip(b"\x00\t\n\r "):
        raise ParseError("The body is empty; a feed without items would still have its frame.")
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace").encode().strip()
    start = body.lstrip(b"\t\n\r ") if body[:1] in b"\t\n\r " and body[1:2] != b"\x00" else body
    for pattern, name in _WIDE:
        if pattern.match(start):
            return start.decode(name, "replace").encode().strip()
    return _narrow(start, headers, lang).strip().removeprefix(codecs.BOM_UTF8)


def _narrow(body: bytes, headers: Mapping[str, str], lang: str | None) -> bytes:
    """Return a body in an encoding that contains ASCII as UTF-8."""
    labels = _labels(body, headers)
    if body.isascii():
        escaped = next((name for name in labels if name.startswith("iso-2022") or name == "hz-gb-2312"), None)
        return _recoded(body, escaped) or body if escaped else body
    try:
        beyond_ascii = len(body) - len(body.decode())
    except UnicodeDecodeError:
        return _legacy(body, labels, lang)
    asian = next((name for name in labels if name.startswith(_ASIAN)), None)
    return (asian and beyond_ascii < _FEW and _recoded(body, asian)) or body


def _labels(body: bytes, headers: Mapping[str, str]) -> list[str]:
    """Return the encodings that the answer claims, the most trustworthy first."""
    http = _CHARSET.search(headers.get("content-type", ""))
    document = _DECLARED.search(body[:1000])
    labels = [http[1].lower() if http else "", document[1].decode().lower() if document else ""]
    return [label for label in sorted(labels, key=lambda label: label in _VAGUE) if label]


def _legacy(body: bytes, labels: list[str], lang: str | None) -> bytes:
    """Decode what is not UTF-8: as labelled; nearly UTF-8 if so labelled; else as the language was written."""
    language = _LANGUAGE.search(body[:5000])
    spoken = (language[1].decode() if language else lang or "")[:2].lower()
    others = [label for label in labels if not label.startswith(("utf", "ucs"))]
    if len(others) < len(labels) or not labels:
        nearly = _mended(body)
        if nearly:
            return nearly.encode()
    for label in (*others, _BY_LANGUAGE.get(spoken, "")):
        if text := _recoded(body, label):
            return text
    return body.decode("cp1252", "replace").encode()


def _recoded(body: bytes, label: str) -> bytes:
    """Return the body in UTF-8, nothing if it is not in that encoding or there is no such encoding."""
    try:
        return body.decode(_ALIASES.get(label, label)).encode()
    except (UnicodeError, LookupError):
        return b""


def _mended(body: bytes) -> str:
    """Return nearly-UTF-8 with its stray bytes read as Windows-1252; nothing if too many are stray."""
    text = body.decode("utf-8", "surrogateescape")
    stray = len(_ESCAPED.findall(text))
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    if stray * _STRAY_AMONG > beyond_ascii:
        return ""
    return _ESCAPED.sub(lambda found: bytes([ord(found[0]) - 0xDC00]).decode("cp1252", "replace"), text)


def _unpacked(body: bytes) -> bytes:
    """Undo gzip and zlib that the fetcher did not know of, as far as they reach."""
    for _ in range(_LAYERS):
        if body.startswith(_GZIP):
            body = _inflated(body, 16 + zlib.MAX_WBITS)
        elif body.startswith(_ZLIB):
            body = _inflated(body, zlib.MAX_WBITS)
        else:
            break
    return body


def _inflated(body: bytes, bits: int) -> bytes:
    inflater = zlib.decompressobj(bits)
    try:
        plain = inflater.decompress(body, LARGEST + 1)
    except zlib.error as error:
        raise ParseError("The body is compressed and damaged; ask again later.") from error
    if not inflater.eof and len(plain) <= LARGEST:
        raise ParseError("The body is compressed and breaks off in the middle; ask again later.")
    return plain
