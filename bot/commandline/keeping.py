"""`migrate`, `backup`, `restore`: the store between runs."""

import sys
from argparse import Namespace

from bot.commandline.configured import settings
from bot.wiring import storage


def migrate(arguments: Namespace) -> int:
    """Bring the schema up to date."""
    done = storage.migrate(settings(arguments).store.url)
    print(f"The store is up to date (schema {done}).", file=sys.stderr)
    return 0


def backup(arguments: Namespace) -> int:
    """Write a consistent copy."""
    storage.backup(settings(arguments).store.url, arguments.to)
    print(f"Copied to {arguments.to}.", file=sys.stderr)
    return 0


def restore(arguments: Namespace) -> int:
    """Put a copy in the store's place."""
    storage.restore(settings(arguments).store.url, arguments.from_)
    print(f"Restored from {arguments.from_}.", file=sys.stderr)
    return 0
