"""Links as publishers write them: made absolute, allowed by scheme."""

import re
from urllib.parse import quote, urljoin, urlsplit

LONGEST = 4096
"""Characters; a longer link is not one that a person can follow."""

_SCHEMES = frozenset({"http", "https", "mailto"})
_IGNORED = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_PLAIN = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]{0,252}(?:/[A-Za-z0-9/._~!$&'()*+,;=:@%?#-]{0,2000})?")
_UNSAFE = re.compile(r"[\s<>\"\\^`{|}]")


def resolve(link: str, base: str = "") -> str | None:
    """Return the absolute form of a link, or None if there is none or it must not be followed.

    Relative links are joined to `base` (RFC 3986 §5). Only http and https with a host, and mailto, pass:
    javascript:, data: and file: never do. Controls, line breaks and bidi characters are removed, as browsers
    remove them before they look at the scheme (URL Standard §4.4); blanks and markup characters are encoded.
    """
    if _PLAIN.fullmatch(link):
        return link
    link = _IGNORED.sub("", link).strip()
    if not link or len(link) > LONGEST:
        return None
    try:
        absolute = urljoin(base, link) if base else link
        parts = urlsplit(absolute)
        reachable = parts.scheme == "mailto" or (bool(parts.hostname) and parts.port != 0)
    except ValueError:
        return None
    if parts.scheme not in _SCHEMES or not reachable or _UNSAFE.search(parts.netloc) or len(absolute) > LONGEST:
        return None
    return _UNSAFE.sub(lambda found: quote(found[0]), absolute)


def is_web(text: str) -> bool:
    """Tell whether a text is by itself an absolute web address."""
    return text.lower().startswith(("http://", "https://")) and not _UNSAFE.search(text) and resolve(text) is not None
