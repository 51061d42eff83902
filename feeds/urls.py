"""Links as publishers write them: made absolute, allowed by scheme, compared in one form."""

import re
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

LONGEST = 4096
"""Characters; a longer link is not one that a person can follow."""

_SCHEMES = frozenset({"http", "https", "mailto"})
_PORTS = {"http": 80, "https": 443}
_IGNORED = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_PLAIN = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]{0,252}(?:/[A-Za-z0-9/._~!$&'()*+,;=:@%?#-]{0,2000})?")
_UNSAFE = re.compile(r"[\s<>\"\\^`{|}]")
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|yclid|_hs(?:enc|mi)|wt_mc|at_medium|at_campaign"
)


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


def normalise(url: str) -> str:
    """Return the form in which two links to the same page are equal (RFC 3986 §6.2.2, §6.2.3).

    Case of scheme and host, the default port, an empty path, dot segments and tracking parameters do not count;
    a fragment does, for change logs link to one page with many.
    """
    try:
        parts = urlsplit(url)
        netloc = _netloc(parts)
    except ValueError:
        return url
    if parts.scheme not in _PORTS:
        return url
    path = (
        urljoin(f"{parts.scheme}://{netloc}/", parts.path or "/") if ".." in parts.path or "/./" in parts.path else ""
    )
    path = urlsplit(path).path if path else parts.path or "/"
    return urlunsplit((parts.scheme, netloc, path, _without_tracking(parts.query), parts.fragment))


def _netloc(parts: SplitResult) -> str:
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    return host if port is None or port == _PORTS.get(parts.scheme) else f"{host}:{port}"


def _without_tracking(query: str) -> str:
    if not _TRACKING.search(query):
        return query
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, value) for name, value in pairs if not _TRACKING.fullmatch(name)])
