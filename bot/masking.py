"""Secrets in addresses, for what is printed and logged."""

import re

# RFC 3986 §3.2.1: what stands before @ in an authority; then parameters whose names tell that they are keys.
_USER = re.compile(r"(?<=://)[^\s/?#@]+(?=@)")
_KEY = re.compile(r"(?i)([?&][\w.-]*(?:token|key|secret|pass|auth|sig)[\w.-]*=)[^\s&#]+")


def masked(text: str) -> str:
    """Return a text with users, passwords and keys in its addresses replaced by “…”."""
    return _KEY.sub(r"\1…", _USER.sub("…", text))
