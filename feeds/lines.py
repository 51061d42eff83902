"""Answers far larger than what is wanted of them: read line by line as they come, most lines let go at once.

What is held at any moment is one piece of the answer, the line that it broke off in, and the lines kept.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator

from bot.domain.errors import FetchError
from feeds.decoding import too_large
from feeds.page import Keep

SPECIMENS = 20
"""First lines that are kept whatever they say: they show a block page, or another shape of the records."""
LONGEST_LINE = 2_000_000
MOST_LINES = 2_000_000
_SLICE = 32 * 1024
"""Bytes looked at between two turns of the loop: a line may be empty, so they are as many lines at most."""
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


async def kept_lines(pieces: AsyncIterator[bytes], encoding: str, keep: Keep, *, cap: int, most: int) -> bytes:
    """Return the lines wanted of an answer that comes in pieces, `encoding` (a Content-Encoding header) removed.

    Raise FetchError if they are more than `cap` bytes, the whole answer more than `most`, a line without end, far more
    lines than any list has, or the answer damaged or cut short.
    """
    kept, rest = bytearray(), bytearray()
    read = lines = 0
    async for piece in _plain(pieces, encoding):
        read += len(piece)
        if read > most:
            raise too_large(most)
        rest += piece
        if b"\n" in piece:
            *whole, last = bytes(rest).split(b"\n")
            rest = bytearray(last)
            for number, line in enumerate(whole, lines + 1):
                if number <= SPECIMENS or keep(line):
                    kept += line + b"\n"
            lines += len(whole)
        if len(kept) > cap:
            raise too_large(cap)
        if len(rest) > LONGEST_LINE or lines > MOST_LINES:
            raise FetchError(
                "The answer was expected in lines and has one that does not end, or too many.", permanent=True
            )
    return bytes(kept + rest if lines < SPECIMENS or keep(bytes(rest)) else kept)


async def _plain(pieces: AsyncIterator[bytes], encoding: str) -> AsyncIterator[bytes]:
    """Undo gzip and deflate, and give the loop its turn after each slice."""
    name = encoding.strip().lower()
    if name in {"", "identity", "none"}:
        async for piece in pieces:
            for start in range(0, len(piece), _SLICE):
                yield piece[start : start + _SLICE]
                await asyncio.sleep(0)
        return
    if name not in {"gzip", "x-gzip", "deflate"}:
        raise FetchError(f"The server compressed its answer with {name[:20]}, which it was not asked for.")
    inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        async for piece in pieces:
            left = piece
            while left and not inflater.eof:
                yield inflater.decompress(left, _SLICE)
                left = inflater.unconsumed_tail
                await asyncio.sleep(0)
    except zlib.error as error:
        raise FetchError("The compressed answer is damaged; it is asked for again later.") from error
    if not inflater.eof:
        raise FetchError("The compressed answer breaks off in the middle; it is asked for again later.")
