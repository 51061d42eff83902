"""A month of invented news: who publishes what and when, and a chat that listens."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from bot.clock import SteppedClock
from bot.domain.chat import Conversation, Receipt
from bot.domain.document import Document
from bot.domain.entries import Entry, Kind
from bot.domain.errors import ChatDown, FetchError
from bot.domain.gist import BEGINNING
from bot.domain.ports import Desk
from bot.domain.sources import Memory, Polled, Source, Unchanged

BEGUN = datetime(2026, 6, 1, 6, tzinfo=UTC)
"""A Monday."""
DAYS, STORIES, BURST = 30, 300, 5
HOUR = timedelta(hours=1)
LANGUAGES = ("en", "en", "en", "de", "fr", "es") * 2
RENUMBERING = "outlet-07"
CHANNELS = {"now": "", "daily": "daily 09:00", "weekly": "weekly mon 09:00"}
CHAT_DOWN = (BEGUN + timedelta(days=9, hours=4), BEGUN + timedelta(days=9, hours=16))
PRESS_DOWN = (BEGUN + timedelta(days=17), BEGUN + timedelta(days=18))
BURSTS = (5, 12, 22)
"""Days on which one outlet publishes nine stories at once."""
PLACES = (
    *("Nairobi", "Quito", "Geneva", "Lagos", "Hanoi", "Lima", "Oslo", "Dakar", "Tunis", "Bogota", "Cairo", "Delhi"),
    *("Dubai", "Vienna", "Seoul", "Tokyo", "Madrid", "Paris", "Berlin", "London", "Rome", "Moscow", "Shanghai"),
    *("Istanbul", "Belgrade", "Singapore", "Kampala", "Havana", "Riga", "Accra"),
)
SAYING = {
    "en": ("{a} {v} {b} over {x} in {place}", "In {place} {a} {w} of {x}. Zorbal and {b} {v} {y} of {z}."),
    "de": ("{a} {v} {b} wegen {x} in {place}", "In {place} {w} {a} von {x}. Zorbal und {b} {v} {y} aus {z}."),
    "fr": ("{a} {v} {b} pour {x} à {place}", "À {place}, {a} {w} de {x}. Zorbal et {b} {v} {y} de {z}."),
    "es": ("{a} {v} {b} por {x} en {place}", "En {place} {a} {w} de {x}. Zorbal y {b} {v} {y} de {z}."),
}
DATED = {
    "en": "The vote is on {d} July 2026.",
    "de": "Die Abstimmung ist am {d}. Juli 2026.",
    "fr": "Le vote est le {d} juillet 2026.",
    "es": "Se vota el {d} de julio de 2026.",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What one outlet publishes of one story."""

    story: int
    outlet: int
    at: datetime
    entry: Entry
    adds: str


def words(dice: random.Random) -> Iterator[str]:
    """Invent words of which no two begin alike, as no two names of real news need to be told apart by their ends."""
    begun = set[str]()
    while True:
        made = "".join(dice.choice("bdfgklmnprstvz") + dice.choice("aeiou") for _ in range(4)) + dice.choice("lnrs")
        if made[:BEGINNING] not in begun:
            begun.add(made[:BEGINNING])
            yield made


def month(dice: random.Random) -> list[Report]:
    """Invent what is published: each story first by one outlet, then by up to four others; a third is followed up.

    Each has its own words in every language but for the place and what is watched: real reports of different events
    have fewer in common (of the sample headlines one pair in 300 has two).
    """
    reports: list[Report] = []
    made = words(dice)
    for story in range(STORIES):
        facts = {"a": next(made).capitalize(), "b": next(made).capitalize(), "place": dice.choice(PLACES)}
        own = {lang: list(islice(made, 5)) for lang in SAYING}
        burst = story // 9 if story < 9 * len(BURSTS) else None
        at = BEGUN + timedelta(hours=dice.randrange(30, 24 * (DAYS - 3)))
        if burst is not None:
            at = BEGUN + timedelta(days=BURSTS[burst], hours=6)
        outlets = dice.sample(range(12), dice.randrange(1, 6))
        if burst is not None:
            outlets = [burst]
        for number, outlet in enumerate(outlets):
            when = at + (timedelta(minutes=dice.randrange(40, 1_200)) if number else timedelta())
            reports.append(_report(story, outlet, when, facts, own[LANGUAGES[outlet]]))
        if story % 3 == 1 and burst is None:
            later = at + timedelta(hours=dice.randrange(26, 60))
            told, day = dice.sample(range(12), 2), dice.randrange(2, 28)
            for outlet in told:
                when = later + timedelta(hours=3 * told.index(outlet))
                reports.append(_report(story, outlet, when, facts, own[LANGUAGES[outlet]], day=day))
    return sorted(reports, key=lambda one: (one.at, one.outlet, one.story))


def _report(
    story: int, outlet: int, at: datetime, facts: dict[str, str], own: Sequence[str], *, day: int | None = None
) -> Report:
    lang = LANGUAGES[outlet]
    title, text = (part.format(**facts, **dict(zip("xyzvw", own, strict=True))) for part in SAYING[lang])
    said = f"{DATED[lang].format(d=day)} {text}" if day else text
    key = f"{story}-{outlet}-{day or 0}"
    link = f"https://outlet{outlet:02}.example/{key}"
    head = f"Zorbal: {title}" if day is None else f"Zorbal, {day}: {title}"
    entry = Entry(key=key, kind=Kind.NEWS, title=head, text=said, link=link, published=at, lang=lang)
    return Report(story, outlet, at, entry, f"date {date(2026, 7, day)}" if day else "")


@dataclass
class Press:
    """The poller: each outlet shows its newest twenty reports; one gives them new ids each time."""

    clock: SteppedClock
    reports: Sequence[Report]
    polls: list[tuple[datetime, int, tuple[Report, ...]]] = field(default_factory=list)
    shown: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    async def poll(self, source: Source, memory: Memory) -> Unchanged | Polled:
        now, outlet = self.clock.now(), int(source.id[-2:])
        if PRESS_DOWN[0] <= now < PRESS_DOWN[1]:
            raise FetchError("The server answered 503.")
        page = [one for one in self.reports if one.outlet == outlet and one.at <= now][-20:][::-1]
        new = tuple(one for one in page if one.entry.key not in self.shown[outlet])
        self.shown[outlet] |= {one.entry.key for one in page}
        if memory.body_hash is not None and not new and source.id != RENUMBERING:
            return Unchanged(memory=memory)
        self.polls.append((now, outlet, new))
        old = Entry(key="old", kind=Kind.NEWS, title=f"What the {source.id} is about", link=f"https://{source.id}/old")
        entries = [replace(one.entry, key=self._key(source, one.entry)) for one in page]
        body_hash = str(len(self.polls))
        return Polled(
            entries=(*entries, old),
            count=len(entries) + 1,
            complete=False,
            memory=Memory(body_hash=body_hash, count=len(entries) + 1),
            body_hash=body_hash,
            url=source.url,
            fetched_at=now,
        )

    def _key(self, source: Source, entry: Entry) -> str:
        return f"{entry.key}-{len(self.polls)}" if source.id == RENUMBERING else entry.key


@dataclass
class Channels:
    """The chat: three channels, down for half a day."""

    clock: SteppedClock
    said: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    receipts: dict[str, Receipt] = field(default_factory=dict)

    async def post(self, to: Conversation, what: Document, *, thread: Receipt | None, key: str) -> Receipt:
        return self._take(to, "reply" if thread else "post", what, key)

    async def edit(self, to: Conversation, message: Receipt, what: Document, *, key: str) -> Receipt:
        self._take(to, "edit", what, key)
        return message

    async def serve(self, desk: Desk) -> None:
        del desk

    def _take(self, to: Conversation, verb: str, what: Document, key: str) -> Receipt:
        if CHAT_DOWN[0] <= self.clock.now() < CHAT_DOWN[1]:
            raise ChatDown("502")
        assert key not in self.receipts, "said twice"
        self.receipts[key] = Receipt(f"m{len(self.receipts)}")
        self.said[to.id].append((verb, what.plain))
        return self.receipts[key]
