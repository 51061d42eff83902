"""`meetings`: a lookup in a store, as a person types it."""

import asyncio
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace

from bot.clock import SystemClock
from bot.commandline.configured import settings
from bot.config import StoreSettings
from bot.domain.changes import Known
from bot.domain.document import line_text
from bot.domain.errors import StoreError
from bot.domain.storing.entries import MOST_COUNTED
from bot.records import dumps, entry_record
from bot.services.dating import when
from bot.services.lookup import Understood, find, understand
from bot.wiring.language import calendar
from bot.wiring.storage import open_store

MOST = 1_000
"""Meetings printed; a lookup that finds more says so."""


def meetings(arguments: Namespace) -> int:
    """Print how the text was understood, then the meetings; 1 for a time that cannot be."""
    chosen = settings(arguments)
    if arguments.db is not None:
        if not arguments.db.is_file():
            raise StoreError(f"There is no store at {arguments.db}; --db names an SQLite file that a bot has written.")
        chosen = replace(chosen, store=StoreSettings(url=f"sqlite:///{arguments.db}"))
    now = arguments.now or SystemClock().now()
    zone = arguments.zone or chosen.alerts.zone
    understood = understand(" ".join(arguments.text), calendar(), now, zone)
    return asyncio.run(_print(chosen.store, understood, as_json=arguments.json))


async def _print(where: StoreSettings, understood: Understood, *, as_json: bool) -> int:
    total, found = await _found(where, understood)
    if as_json:
        print(dumps(understood.as_json()))
        for known in found:
            print(dumps(entry_record(known.entry)))
        return 0
    for known in found:
        entry = known.entry
        print(" · ".join(part for part in (line_text(when(entry)), entry.title, entry.place) if part))
    many = f"more than {MOST_COUNTED}" if total > MOST_COUNTED else str(total)
    print(f"{many} meetings" if total != 1 else "1 meeting")
    return 0


async def _found(where: StoreSettings, understood: Understood) -> tuple[int, Sequence[Known]]:
    """Look the meetings up; looking makes no store."""
    if where.path is not None and not where.path.exists():
        print(f"There is no store at {where.path} yet, so no meeting is known; start the bot first.", file=sys.stderr)
        return 0, ()
    async with open_store(where.url) as store:
        return await find(store.entries, understood, offset=0, limit=MOST)
