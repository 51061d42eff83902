"""Lines from a stream that is no terminal, without a blocked loop and without a thread."""

import asyncio
import io
import os
from codecs import getincrementaldecoder
from collections.abc import AsyncGenerator
from typing import TextIO

from bot.domain.errors import ChatError

CHUNK = 65_536
LONGEST = 65_536
"""Characters after which a line without an end is taken as it is."""


async def lines_of(stream: TextIO) -> AsyncGenerator[str, None]:
    """Yield the stream's lines without their ends, until its end; bytes that are no UTF-8 are replaced."""
    try:
        descriptor = stream.fileno()
    except io.UnsupportedOperation:  # held in memory: nothing to wait for
        for line in stream:
            yield line.rstrip("\r\n")
        return
    decode = getincrementaldecoder("utf-8")("replace").decode
    rest = ""
    while data := await _read(descriptor):
        *whole, rest = (rest + decode(data)).split("\n")
        for line in whole:
            yield line.rstrip("\r")
        if len(rest) > LONGEST:
            yield rest
            rest = ""
    rest += decode(b"", final=True)
    if rest:
        yield rest.rstrip("\r")


async def _read(descriptor: int) -> bytes:
    """Return what is there once anything is; nothing at the end."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    try:
        loop.add_reader(descriptor, _set, ready)
    except PermissionError:  # a regular file or /dev/null: always ready, and epoll takes none
        return os.read(descriptor, CHUNK)
    except NotImplementedError as error:  # Windows' default loop
        message = "This system's event loop cannot read piped commands; start the console in a terminal."
        raise ChatError(message) from error
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)
    return os.read(descriptor, CHUNK)


def _set(ready: "asyncio.Future[None]") -> None:
    if not ready.done():
        ready.set_result(None)
