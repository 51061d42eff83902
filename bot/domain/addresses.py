"""Addresses compared: two links to one page are equal, two to different pages are not."""

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|yclid|_hs(?:enc|mi)|wt_mc|at_medium|at_campaign|cmpid|ftag",
    re.IGNORECASE,
)
_SITE = re.compile(r"//([^/?#]+)")


def normalised(url: str) -> str:
    """Return the form in which links to the same page are equal (RFC 3986 §6.2.2, §6.2.3, and customs of the web).

    Scheme, `www.`, `m.` and `amp.`, case of the host, the default port, dot segments, a slash at the end and
    tracking parameters do not count; a fragment does, for change logs link to one page with many.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return url
    if parts.scheme not in _PORTS or not host:
        return url
    for prefix in ("www.", "m.", "amp."):
        host = host.removeprefix(prefix)
    place = host if port is None or port == _PORTS[parts.scheme] else f"{host}:{port}"
    path = parts.path
    if ".." in path or "/./" in path:
        path = urlsplit(urljoin(f"http://{host}/", path)).path
    query = f"?{_without_tracking(parts.query)}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"//{place}{path.rstrip('/')}{query.rstrip('?')}{fragment}"


def site(url: str) -> str:
    """Return the host that an address names, in the form that is compared; "" if it is no address of the web."""
    found = _SITE.match(normalised(url))
    return found[1] if found else ""


def is_front_page(url: str) -> bool:
    """Tell whether an address is that of a whole site: what links there need not tell the same."""
    return normalised(url) == f"//{site(url)}"


def _without_tracking(query: str) -> str:
    if not _TRACKING.search(query):
        return query
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, value) for name, value in pairs if not _TRACKING.fullmatch(name)])
