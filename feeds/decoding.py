"""Content encodings removed (RFC 9110 §8.4), however they are labelled, up to a cap."""

import asyncio
import zlib
from collections.abc import Iterator

from bot.domain.errors import FetchError

ACCEPTED = "gzip, deflate"
"""What we advertise: what the standard library undoes within a bound."""

_GZIP_MAGIC = b"\x1f\x8b\x08"
_WINDOW = 64 * 1024
_SLICE = 256 * 1024
_MEMBERS = 1024
_LAYERS = 3
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


def too_large(cap: int) -> FetchError:
    """Return the error for a body over the cap."""
    return FetchError(f"The answer is larger than {cap / 1_000_000:g} MB, the most that is read.", permanent=True)


async def decode(raw: bytes, encoding: str, *, cap: int) -> bytes:
    """Undo `encoding` (a Content-Encoding header) slice by slice, so that the loop never waits long.

    What is not compressed although the header says so is passed on; gzip inside gzip, or without a
    header, is undone too (no format of ours begins like gzip). Raise FetchError for an encoding we
    did not ask for, a body that breaks off, or more than `cap` bytes.
    """
    names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
    unknown = [name for name in names if name not in {"gzip", "x-gzip", "deflate", "identity", "none", "utf-8"}]
    if unknown:
        raise FetchError(f"The server compressed its answer with {unknown[0][:20]}, which it was not asked for.")
    body = raw
    if "deflate" in names:
        body = await _inflate(body, _deflate_bits(body), cap)
    for _ in range(_LAYERS):
        if not body.startswith(_GZIP_MAGIC):
            break
        body = await _inflate(body, _GZIP, cap)
    return body


def _deflate_bits(body: bytes) -> int:
    """Tell zlib-wrapped deflate (RFC 1950 §2.2) from the bare stream that some servers send."""
    if body.startswith(_GZIP_MAGIC):
        return _GZIP
    wrapped = len(body) > 1 and body[0] & 0x0F == zlib.DEFLATED and (body[0] << 8 | body[1]) % 31 == 0
    return _ZLIB if wrapped else _RAW


async def _inflate(body: bytes, bits: int, cap: int) -> bytes:
    out = bytearray()
    try:
        for piece in _pieces(body, bits):
            out += piece
            if len(out) > cap:
                raise too_large(cap)
            await asyncio.sleep(0)
    except zlib.error as error:
        if bits == _RAW and not out:  # labelled deflate, and is not
            return body
        raise FetchError("The compressed answer is damaged; it is asked for again later.") from error
    return bytes(out)


def _pieces(body: bytes, bits: int) -> Iterator[bytes]:
    """Yield the content in slices; members may follow each other (RFC 1952 §2.2), rubbish after them is ignored."""
    members, position = 1, 0
    inflater = zlib.decompressobj(bits)
    while position < len(body):
        window = body[position : position + _WINDOW]
        position += len(window)
        while window and not inflater.eof:
            yield inflater.decompress(window, _SLICE)
            window = inflater.unconsumed_tail
        if inflater.eof:
            position -= len(inflater.unused_data)
            if bits != _GZIP or not body.startswith(_GZIP_MAGIC, position):
                return
            members += 1
            if members > _MEMBERS:
                raise zlib.error("too many members")
            inflater = zlib.decompressobj(bits)
    while not inflater.eof:
        rest = inflater.decompress(inflater.unconsumed_tail, _SLICE)
        if not rest:
            raise FetchError("The compressed answer breaks off in the middle; it is asked for again later.")
        yield rest
