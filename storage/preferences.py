"""How conversations want to be spoken to. A change moves the watches' revision: decisions rest on both."""

from collections.abc import Mapping
from datetime import time

from bot.domain.chat import Conversation
from bot.domain.preferences import Echo, Preferences
from bot.domain.quiet import QuietHours
from storage.database import Database, Plan, run, select
from storage.rows import as_was, conversation_of, dumped, loaded, storable
from storage.watches import REVISE

ALL = "SELECT conversation, wanted FROM preferences"
OF = "SELECT wanted FROM preferences WHERE conversation = $1"
KEEP = """
INSERT INTO preferences (conversation, wanted) VALUES ($1, $2)
ON CONFLICT (conversation) DO UPDATE SET wanted = excluded.wanted
"""
BEGIN = "INSERT INTO preferences (conversation, wanted) VALUES ($1, $2) ON CONFLICT DO NOTHING"


class StoredPreferences:
    """The `PreferenceBook` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Mapping[Conversation, Preferences]:
        """Return what every conversation that has a row of its own wants."""
        return await self._database.read(_all())

    async def of(self, conversation: Conversation) -> Preferences | None:
        """Return what a conversation wants; None if it has nothing of its own."""
        rows = await self._database.read(select(OF, str(conversation)))
        return _read(rows[0][0]) if rows else None

    async def keep(self, conversation: Conversation, wanted: Preferences) -> None:
        """Remember what a conversation wants from now on."""
        await self._database.write(_changed(KEEP, conversation, wanted))

    async def begin(self, conversation: Conversation, defaults: Preferences) -> None:
        """Remember the defaults a conversation began with, unless it has something of its own."""
        await self._database.write(_changed(BEGIN, conversation, defaults))


def _changed(sql: str, conversation: Conversation, wanted: Preferences) -> Plan[None]:
    if (yield from run(sql, str(conversation), _written(wanted))).changed:
        yield from run(REVISE)


def _all() -> Plan[dict[Conversation, Preferences]]:
    return {conversation_of(where): _read(wanted) for where, wanted in (yield from select(ALL))}


def _written(wanted: Preferences) -> str:
    quiet = wanted.quiet
    return storable(
        dumped(
            {
                "zone": wanted.zone,
                "language": wanted.language,
                "digest_at": wanted.digest_at.isoformat(),
                "quiet": None if quiet is None else [quiet.start.isoformat(), quiet.end.isoformat()],
                "echo": sorted(wanted.echo),
                "changes": wanted.changes,
                "recap": wanted.recap,
            }
        )
    )


def _read(text: str) -> Preferences:
    data = loaded(as_was(text))
    quiet = data["quiet"]
    return Preferences(
        zone=data["zone"],
        language=data["language"],
        digest_at=time.fromisoformat(data["digest_at"]),
        quiet=None if quiet is None else QuietHours(*map(time.fromisoformat, quiet)),
        echo=frozenset(map(Echo, data["echo"])),
        changes=data["changes"],
        recap=data["recap"],
    )
