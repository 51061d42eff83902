"""Better summaries of cards that stand: from the whole article, and by a language model where one is set up.

The card is posted at once with its source's own words, and edited later; nothing waits for an article or a model, and
whatever goes wrong leaves the card as it is.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from secrets import token_hex
from typing import Protocol

import structlog

from bot.domain.alerts import Alert, Delivery, DeliveryKey, Verb
from bot.domain.errors import ModelError, SourceError, StoreError
from bot.domain.ids import digest
from bot.domain.language import spoken_in
from bot.domain.ports import Clock, Meter
from bot.domain.precis import Maker, Precis
from bot.domain.preferences import Preferences
from bot.domain.rewriting import OFFERED, ROOM, SHOWN, VERSION, Answer, Model, Question, believed, picked, question
from bot.domain.sentences import Span
from bot.domain.storing.gists import Candidate
from bot.domain.storing.store import Store
from bot.domain.summary import summarise
from bot.domain.values import by_value
from bot.services.commands.quoting import field_text

FRESH = timedelta(hours=24)
"""How long after a card was posted a better summary is still worth an edit."""
TEASER = 600
"""Characters of a text below which it is taken for a teaser, and no model is asked (nlp.md §2, §5.4)."""
AT_ONCE = 4
PAUSE = timedelta(seconds=30)
TRIES, REST = 5, timedelta(minutes=5)
"""Failures in a row after which a model is left alone, and for how long."""
LONGEST = 200_000
"""Characters of an article that are read."""
log = structlog.get_logger(__name__)


class Articles(Protocol):
    """Where whole articles are read."""

    async def article(self, url: str) -> str:
        """Return an article's text, "" if the page shows none to everybody; raise FetchError or ParseError."""
        ...


@by_value
class Ways:
    """What a model may do.

    Attributes:
        name: of the model, for what is remembered of its answers.
        rewrite, translate: whether it may write words at all; else it chooses sentences.
        daily: tokens that it may cost in a day (UTC).

    """

    name: str
    rewrite: bool = False
    translate: bool = False
    daily: int = 200_000


@dataclass(slots=True, kw_only=True)
class Rewriting:
    """Looks at cards that were posted.

    Attributes:
        articles: None leaves articles alone. model: None asks none.
        deliver: called when an edit waits in the outbox.

    """

    store: Store
    clock: Clock
    meter: Meter
    deliver: Callable[[], None]
    defaults: Preferences = field(default_factory=Preferences)
    articles: Articles | None = None
    model: Model | None = None
    ways: Ways = field(default_factory=lambda: Ways(name=""))
    _failures: int = 0
    _resting: datetime | None = None
    _broke: str = ""

    async def run(self) -> None:
        """Look for cards until cancelled."""
        while True:
            done = 0
            try:
                done = await self.run_once()
            except StoreError as error:
                log.warning("summary.not_kept", why=str(error))
            if not done:
                await self.clock.sleep_until(self.clock.now() + PAUSE)

    async def run_once(self) -> int:
        """Try the oldest cards that nobody has tried; return how many."""
        cards = await self.store.gists.wanted(since=self.clock.now() - FRESH, limit=AT_ONCE)
        if cards:
            await asyncio.gather(*map(self._improve, cards))
            self.deliver()
        return len(cards)

    async def _improve(self, card: Candidate) -> None:
        try:
            precis = await self._precis(card)
        except StoreError:
            raise
        except Exception:
            log.exception("summary.broke", story=card.thread.story)
            precis = None
        edit = _edit(card, self.clock.now()) if precis is not None else None
        await self.store.gists.keep(card, precis, edit, now=self.clock.now())

    async def _precis(self, card: Candidate) -> Precis | None:
        entry = card.alert.now.entry
        text = (await self._article(card)) or entry.text
        places = await asyncio.to_thread(_places, card.alert, text)
        short = await asyncio.to_thread(summarise, entry.title, text, places, most=SHOWN, characters=ROOM)
        written = await self._written(card, text, places, short) if self.model is not None else None
        if written is not None:
            return written
        return Precis(sentences=short, maker=Maker.EXTRACT) if text != entry.text and short else None

    async def _article(self, card: Candidate) -> str:
        """Return the whole article where the source shows a teaser, or is read in full always."""
        entry = card.alert.now.entry
        wanted = len(entry.text) < TEASER if card.full_text is None else card.full_text
        if self.articles is None or not wanted or not entry.link:
            return ""
        try:
            text = await self.articles.article(entry.link)
        except SourceError as error:
            log.info("article.not_read", url=entry.link, why=str(error))
            return ""
        return text[:LONGEST] if len(text) > len(entry.text) else ""

    async def _written(
        self, card: Candidate, text: str, places: Sequence[Sequence[Span]], short: tuple[str, ...]
    ) -> Precis | None:
        """Ask the model; None if it may not, cannot, or says what the text does not."""
        wanted = await self.store.preferences.of(card.thread.conversation) or self.defaults
        entry = card.alert.now.entry
        lang = spoken_in(text, entry.lang or "").partition("-")[0]
        aim = wanted.language.partition("-")[0]
        if self.ways.translate and aim and lang and aim != lang and short:
            told = await self._ask(Maker.TRANSLATION, card, short, aim)
            kept = await asyncio.to_thread(believed, told.data, short, translated=True) if told else ()
            return self._judged(Maker.TRANSLATION, kept, lang)
        if len(text) < TEASER:
            return None
        offered = await asyncio.to_thread(summarise, entry.title, text, places, most=OFFERED)
        maker = Maker.REWRITE if self.ways.rewrite else Maker.PICK
        told = await self._ask(maker, card, offered, "")
        check = believed if self.ways.rewrite else picked
        return self._judged(maker, await asyncio.to_thread(check, told.data, offered) if told else (), "")

    def _judged(self, maker: Maker, kept: tuple[str, ...], lang: str) -> Precis | None:
        self.meter.count("summaries", maker=maker, result="used" if kept else "fell back")
        return Precis(sentences=kept, maker=maker, lang=lang) if kept else None

    async def _ask(self, maker: Maker, card: Candidate, sentences: Sequence[str], language: str) -> Answer | None:
        """Return what the model says, from memory if it was asked before; None if it is not to be asked now."""
        terms = _terms(card.alert)
        title = card.alert.now.entry.title
        name = _name(self.ways.name, VERSION, maker, language, title, *terms, *sentences)
        known = await self.store.gists.answer(name)
        if known is not None:
            return Answer(data=json.loads(known))
        now = self.clock.now()
        if self.model is None or (self._resting is not None and now < self._resting):
            return None
        asked = question(maker, title, sentences, terms, mark=token_hex(16), language=language)
        if not await self.store.gists.spend(now.date(), asked.tokens, most=self.ways.daily):
            self._tell_once(now)
            return None
        told = await self._answer(self.model, asked)
        if told is None:
            return None
        if told.tokens is not None:
            await self.store.gists.charge(now.date(), told.tokens - asked.tokens)
        await self.store.gists.remember(name, json.dumps(dict(told.data)), now=now)
        return told

    async def _answer(self, model: Model, asked: Question) -> Answer | None:
        """After some failures the model is left alone for a while."""
        try:
            told = await model.ask(asked)
        except ModelError as error:
            self._failures += 1
            if self._failures >= TRIES:
                self._failures, self._resting = 0, self.clock.now() + REST
            log.warning("model.no_answer", why=str(error))
            return None
        self._failures, self._resting = 0, None
        return told

    def _tell_once(self, now: datetime) -> None:
        if self._broke != now.date().isoformat():
            self._broke = now.date().isoformat()
            log.warning("model.spent", why=f"The {self.ways.daily} tokens of the day are spent (llm.daily_tokens).")


def _name(*parts: str) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _terms(alert: Alert) -> tuple[str, ...]:
    """Return the words of the entry that the watch matched."""
    found = (field_text(alert.now.entry, hit.field)[hit.start : hit.end] for hit in alert.hits)
    return tuple(dict.fromkeys(word.strip() for word in found if word.strip()))


def _places(alert: Alert, text: str) -> list[list[Span]]:
    """Return where each of those words stands in a text, whatever its case."""
    low = text.lower()
    if len(low) != len(text):
        low = text
    return [[(at, at + len(term)) for at in _finds(low, term.lower())] for term in _terms(alert)]


def _finds(text: str, term: str) -> list[int]:
    found: list[int] = []
    at = text.find(term)
    while at >= 0 and len(found) < OFFERED:
        found.append(at)
        at = text.find(term, at + len(term))
    return found


def _edit(card: Candidate, now: datetime) -> Delivery:
    return Delivery(
        key=DeliveryKey(f"edit-{digest('precis', card.thread.conversation, card.thread.story)}"),
        conversation=card.thread.conversation,
        verb=Verb.EDIT,
        due=now,
        story=card.thread.story,
    )
