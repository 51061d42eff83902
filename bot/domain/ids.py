"""Names for our own rows: derived, so that the same decision taken twice has the same name."""

from hashlib import blake2b


def digest(*parts: object) -> str:
    """Return 20 characters that stand for `parts`."""
    raw = "\0".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return blake2b(raw, digest_size=10).hexdigest()
