"""`watches export` and `watches import`: all watches and own words as one text file."""

import asyncio
import sys
from argparse import Namespace
from pathlib import Path

from bot.clock import SystemClock
from bot.commandline.configured import settings
from bot.domain.errors import ParseError
from bot.services.commands.paging import counted
from bot.services.exchange import Exchanged, exported, imported, read
from bot.wiring.language import vocabulary
from bot.wiring.storage import open_store


def export(arguments: Namespace) -> int:
    """Write the file, or standard output; the bot may be running."""
    text = asyncio.run(_exported(settings(arguments).store.url))
    if arguments.file in (None, "-"):
        print(text, end="")
    else:
        Path(arguments.file).write_text(text, encoding="utf-8")
        print(f"Written to {arguments.file}.", file=sys.stderr)
    return 0


async def _exported(url: str) -> str:
    async with open_store(url) as store:
        return await exported(store)


def import_(arguments: Namespace) -> int:
    """Add what the file has and the store has not; the bot may be running, and hears of it with its next poll."""
    file = read(_text(arguments.file))
    watches, words = asyncio.run(_imported(settings(arguments).store.url, file))
    added = f"{counted(watches, 'watch', 'watches')} and {counted(words, 'wording')}"
    print(f"Added {added}.", file=sys.stderr)
    return 0


def _text(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ParseError(f"{name} is not UTF-8 text; save it as UTF-8.") from error
    except OSError as error:
        raise ParseError(f"{name} cannot be read ({error.strerror}); name a file that can.") from error


async def _imported(url: str, file: Exchanged) -> tuple[int, int]:
    async with open_store(url) as store:
        return await imported(store, file, vocabulary(), now=SystemClock().now())
