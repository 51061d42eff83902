"""Summaries of cards, what language models answered, and what that cost."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.domain.alerts import Delivery, StoryId
from bot.domain.chat import Conversation
from bot.domain.precis import Maker, Precis
from bot.domain.storing.gists import Candidate
from storage.commit import record
from storage.database import Database, Plan, run, select
from storage.rows import ALERT, THREAD, as_was, dumped, loaded, micros, storable, to_alert, to_thread

FULL = {"yes": True, "no": False}
WANTED = f"""
SELECT {THREAD}, {ALERT}, src.full_text FROM threads t
JOIN alerts a ON a.seq = (SELECT min(x.seq) FROM alerts x
                          WHERE x.story = t.story AND x.conversation = t.conversation AND x.outcome = 'spoken')
JOIN entries e ON e.id = a.entry JOIN sources src ON src.id = e.source
WHERE t.opened >= $1 AND t.receipt IS NOT NULL AND t.root LIKE 'root-%' AND e.kind = 'news'
    AND NOT EXISTS (SELECT 1 FROM gists g WHERE g.story = t.story AND g.conversation = t.conversation)
ORDER BY t.opened, t.story LIMIT $2
"""
THREAD_WIDTH = 5
KEEP = "INSERT INTO gists (story, conversation, gist, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
OF = "SELECT gist FROM gists WHERE story = $1 AND conversation = $2"
ANSWER = "SELECT answer FROM answers WHERE question = $1"
REMEMBER = "INSERT INTO answers (question, answer, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
SPENT = "SELECT tokens FROM spending WHERE day = $1"
SPEND = """
INSERT INTO spending (day, tokens) VALUES ($1, $2)
ON CONFLICT (day) DO UPDATE SET tokens = spending.tokens + excluded.tokens
"""


class StoredGists:
    """The `Gists` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wanted(self, *, since: datetime, limit: int) -> Sequence[Candidate]:
        """Return cards of news, posted since then, of which nobody has tried a better summary."""
        rows = await self._database.read(select(WANTED, micros(since), limit))
        return [
            Candidate(
                thread=to_thread(row[:THREAD_WIDTH]),
                alert=to_alert(row[THREAD_WIDTH:-1]),
                full_text=FULL.get(row[-1]),
            )
            for row in rows
        ]

    async def keep(self, candidate: Candidate, precis: Precis | None, edit: Delivery | None, *, now: datetime) -> None:
        """Remember a card's summary, or that there is no better one, and plan its edit: one transaction."""
        thread = candidate.thread
        values = (thread.story, str(thread.conversation), _written(precis), micros(now))
        await self._database.write(_keep(values, edit))

    async def answer(self, question: str) -> str | None:
        """Return what a model answered to this before."""
        rows = await self._database.read(select(ANSWER, question))
        return as_was(rows[0][0]) if rows else None

    async def remember(self, question: str, answer: str, *, now: datetime) -> None:
        """Keep what a model answered."""
        await self._database.write(run(REMEMBER, question, storable(answer), micros(now)), durable=False)

    async def spend(self, day: date, tokens: int, *, most: int) -> bool:
        """Take tokens out of a day's purse; False, and nothing is taken, if that would be more than `most` in all."""
        return await self._database.write(_spend(day.isoformat(), tokens, most))

    async def charge(self, day: date, tokens: int) -> None:
        """Correct what was taken by what was charged: a difference, of either sign."""
        await self._database.write(run(SPEND, day.isoformat(), tokens))


def precis_of(story: StoryId, conversation: Conversation) -> Plan[Precis | None]:
    """Plan the reading of what a card shows in place of its source's words."""
    rows = yield from select(OF, story, str(conversation))
    return _read(rows[0][0]) if rows else None


def _keep(values: tuple[object, ...], edit: Delivery | None) -> Plan[None]:
    if (yield from run(KEEP, *values)).changed and edit is not None:
        yield from record((), [edit])


def _spend(day: str, tokens: int, most: int) -> Plan[bool]:
    rows = yield from select(SPENT, day)
    if (rows[0][0] if rows else 0) + tokens > most:
        return False
    yield from run(SPEND, day, tokens)
    return True


def _written(precis: Precis | None) -> str:
    return "" if precis is None else storable(dumped([precis.maker, precis.lang, list(precis.sentences)]))


def _read(text: str) -> Precis | None:
    if not text:
        return None
    maker, lang, sentences = loaded(as_was(text))
    return Precis(sentences=tuple(sentences), maker=Maker(maker), lang=lang)
