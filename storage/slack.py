"""What the Slack app must not forget: posts whose answer is open, edits that wait, moved roots, installations."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.chat import Conversation
from bot.domain.document import Document
from storage.database import Database, Plan, run, select
from storage.messages import document_data, to_document
from storage.rows import as_was, conversation_of, dumped, loaded, micros, moment, storable

POST = "SELECT receipt, tries, began FROM slack_posts WHERE key = $1"
BEGIN = "INSERT INTO slack_posts (key, began, tries) VALUES ($1, $2, 1)"
TRY = "UPDATE slack_posts SET tries = tries + 1 WHERE key = $1"
POSTED = "UPDATE slack_posts SET receipt = $2 WHERE key = $1"
KNOWN = "SELECT 1 FROM slack_posts WHERE receipt = $1 LIMIT 1"
DROP = "DELETE FROM slack_posts WHERE key = $1 AND receipt IS NULL"
PRUNE = "DELETE FROM slack_posts WHERE began < $1"
LATER = """
INSERT INTO slack_edits (conversation, message, due, document) VALUES ($1, $2, $3, $4)
ON CONFLICT (conversation, message) DO UPDATE SET document = excluded.document
"""
EDITS = "SELECT conversation, message, due, document FROM slack_edits ORDER BY due LIMIT $1"
DONE = "DELETE FROM slack_edits WHERE conversation = $1 AND message = $2 AND document = $3"
FORGET = "DELETE FROM slack_edits WHERE conversation = $1 AND message = $2"
MOVE = """
INSERT INTO slack_moves (conversation, message, receipt) VALUES ($1, $2, $3)
ON CONFLICT (conversation, message) DO UPDATE SET receipt = excluded.receipt
"""
MOVED = "SELECT receipt FROM slack_moves WHERE conversation = $1 AND message = $2"
PARTS = "SELECT number, receipt FROM slack_parts WHERE conversation = $1 AND message = $2"
PART = """
INSERT INTO slack_parts (conversation, message, number, receipt, at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (conversation, message, number) DO UPDATE SET receipt = excluded.receipt, at = excluded.at
"""
UNPART = "DELETE FROM slack_parts WHERE conversation = $1 AND message = $2 AND number = $3"
UNPOST = "DELETE FROM slack_posts WHERE receipt = $1 AND receipt <> ''"
OLD_PARTS = "DELETE FROM slack_parts WHERE at < $1"
INSTALL = """
INSERT INTO slack_installations (team, sealed, at) VALUES ($1, $2, $3)
ON CONFLICT (team) DO UPDATE SET sealed = excluded.sealed, at = excluded.at
"""
INSTALLED = "SELECT sealed FROM slack_installations WHERE team = $1"
UNINSTALL = "DELETE FROM slack_installations WHERE team = $1"
ISSUE = "INSERT INTO slack_states (state, until) VALUES ($1, $2)"
CONSUME = "DELETE FROM slack_states WHERE state = $1 AND until > $2"
STALE = "DELETE FROM slack_states WHERE until <= $1"
AT_ONCE = 100
HOPS = 8
"""How often a root may have been posted anew."""


class SlackNotes:
    """The Slack adapter's notebook; tokens are sealed before they come here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, key: str, *, now: datetime) -> tuple[str | None, int, datetime] | None:
        """Note that a message is about to be posted; return (receipt, tries, began) if it was begun before."""
        return await self._database.write(_begin(key, now))

    async def retry(self, key: str) -> None:
        """Note one more try of a message that was begun."""
        await self._database.write(run(TRY, key))

    async def posted(self, key: str, receipt: str) -> None:
        """Note the receipt; losing this note with the machine costs a look into the channel."""
        await self._database.write(run(POSTED, key, storable(receipt)), durable=False)

    async def known(self, receipt: str) -> bool:
        """Tell whether a message with this receipt was noted."""
        return bool(await self._database.read(select(KNOWN, receipt)))

    async def dropped(self, key: str) -> None:
        """Note that a message certainly was not posted."""
        await self._database.write(run(DROP, key), durable=False)

    async def prune(self, before: datetime) -> None:
        """Forget messages that were begun before then."""
        await self._database.write(_prune(micros(before)))

    async def edit_later(self, where: Conversation, message: str, what: Document, *, due: datetime) -> None:
        """Keep a message's newest state until `due`; a state that waits already is replaced and its hour kept."""
        text = storable(dumped(document_data(what)))
        await self._database.write(run(LATER, str(where), message, micros(due), text))

    async def edits(self) -> Sequence[tuple[Conversation, str, datetime, Document, str]]:
        """Return what waits, soonest first: conversation, message, due, document, and the mark for `edited`."""
        rows = await self._database.read(select(EDITS, AT_ONCE))
        return [
            (conversation_of(where), message, moment(due), to_document(loaded(as_was(text))), text)
            for where, message, due, text in rows
        ]

    async def edited(self, where: Conversation, message: str, mark: str | None = None) -> None:
        """Forget an edit, unless a newer one took its place; without `mark`, whichever waits."""
        plan = run(FORGET, str(where), message) if mark is None else run(DONE, str(where), message, mark)
        await self._database.write(plan, durable=False)

    async def moved(self, where: Conversation, message: str, receipt: str) -> None:
        """Note that a message that is gone was posted anew."""
        await self._database.write(run(MOVE, str(where), message, receipt))

    async def current(self, where: Conversation, message: str) -> str:
        """Return where a message stands now."""
        return await self._database.read(_current(str(where), message))

    async def parts(self, where: Conversation, message: str) -> Mapping[int, str]:
        """Return where the further messages of a card stand, by number."""
        return dict(await self._database.read(select(PARTS, str(where), message)))

    async def part(self, where: Conversation, message: str, number: int, receipt: str, *, now: datetime) -> None:
        """Note where one of them stands."""
        await self._database.write(run(PART, str(where), message, number, storable(receipt), micros(now)))

    async def unpart(self, where: Conversation, message: str, number: int, receipt: str) -> None:
        """Forget one of them, and that it was posted."""
        await self._database.write(_unpart(str(where), message, number, receipt))

    async def install(self, team: str, sealed: str, *, now: datetime) -> None:
        """Keep a team's sealed installation in the place of its last one."""
        await self._database.write(run(INSTALL, team, sealed, micros(now)))

    async def installed(self, team: str) -> str | None:
        """Return a team's sealed installation."""
        rows = await self._database.read(select(INSTALLED, team))
        return rows[0][0] if rows else None

    async def uninstall(self, team: str) -> None:
        """Forget a team's installation."""
        await self._database.write(run(UNINSTALL, team))

    async def issue(self, state: str, *, now: datetime, until: datetime) -> None:
        """Keep the state of an installation that somebody began."""
        await self._database.write(_issue(state, micros(now), micros(until)))

    async def consume(self, state: str, *, now: datetime) -> bool:
        """Take a state; False if it was never issued, is used up, or too old."""
        return (await self._database.write(run(CONSUME, state, micros(now)))).changed > 0


def _begin(key: str, now: datetime) -> Plan[tuple[str | None, int, datetime] | None]:
    rows = yield from select(POST, key)
    if rows:
        receipt, tries, began = rows[0]
        return receipt, tries, moment(began)
    yield from run(BEGIN, key, micros(now))
    return None


def _current(where: str, message: str) -> Plan[str]:
    for _ in range(HOPS):
        rows = yield from select(MOVED, where, message)
        if not rows:
            break
        message = rows[0][0]
    return message


def _unpart(where: str, message: str, number: int, receipt: str) -> Plan[None]:
    yield from run(UNPART, where, message, number)
    yield from run(UNPOST, receipt)


def _prune(before: int) -> Plan[None]:
    yield from run(PRUNE, before)
    yield from run(OLD_PARTS, before)


def _issue(state: str, now: int, until: int) -> Plan[None]:
    yield from run(STALE, now)
    yield from run(ISSUE, state, until)
