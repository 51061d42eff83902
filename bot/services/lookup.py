"""Which meetings a person means: text into period, group, place and words, and the search for them."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from bot.domain.changes import Known
from bot.domain.errors import CommandError
from bot.domain.folding import fold, visible
from bot.domain.ports import Calendar, Period
from bot.domain.storing.entries import Entries, MeetingFilter
from bot.domain.successions import name_on, names_within
from bot.services.lookup_words import (
    ARTICLES,
    HAN_STOP_WORDS,
    NAMED,
    NO_PLACES,
    PLACES,
    PREPOSITIONS,
    QUESTION,
    SEARCHED,
    STOP_WORDS,
    STUDY_GROUP,
    WORKING_PARTY,
)
from bot.services.merging import once_each

EXAMPLE = "meetings SG17 in Geneva next month"
LONGEST = 500
"""Characters of a lookup: a line, which also bounds what a hostile one costs."""
MOST_WORDS = 20
PAST = timedelta(days=730)
"""How far back the last meeting of a group is looked for."""
MERGED = 300
"""Meetings that are looked through for the same one twice: more are a list that nobody reads to its end."""
_HAN = r"\u3005-\u3007\u3040-\u30ff\u3400-\u9fff"
_GAP = " · "
"""Left where a group stood, so that what was before and after it does not become one date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a lookup was taken to mean.

    Attributes:
        period: days in the person's zone; None where no time was said.
        group: as entries have it: "SG17", "TSAG", "WP1/17".
        place: a usual venue by its English name, or what stood behind "in".
        words: must all occur.
        today: the day of the question, in the person's zone.
        text: what was asked, on one line.

    """

    period: Period | None
    group: str | None
    place: str | None
    words: tuple[str, ...]
    today: date
    text: str

    @property
    def searched(self) -> Period:
        """The days to look at: from today on, unless a time in the past was asked for."""
        asked = self.period or Period()
        if asked.first is None and (asked.last is None or asked.last >= self.today):
            return Period(first=self.today, last=asked.last)
        return asked

    def as_json(self) -> Mapping[str, object]:
        """Return the record that `rapporteur meetings --json` prints first (design §8)."""
        asked = self.period or Period()
        return {
            "understood": {
                "from": asked.first and asked.first.isoformat(),
                "to": asked.last and asked.last.isoformat(),
                "group": self.group,
                "place": self.place,
                "words": list(self.words),
            }
        }


def understand(text: str, calendar: Calendar, now: datetime, zone: str) -> Understood:
    """Read a lookup in any of the languages; CommandError for a time that cannot be, or too many words.

    `now` is aware, `zone` an IANA name. Takes below a millisecond once warm; the first call loads tables.
    """
    if len(text) > LONGEST:
        raise CommandError(f"That is longer than {LONGEST} characters; shorten it.", usage=EXAMPLE)
    plain = unicodedata.normalize("NFKC", visible(text))[:LONGEST]
    group, more, plain = named_group(plain)
    reading = calendar.read(plain, now=now, zone=zone)
    place, words = _place(list(_split(reading.rest)))
    words = [*more, *(word for word in words if fold(word) not in _stop_words())]
    if len(words) > MOST_WORDS:
        raise CommandError(f"That is over {MOST_WORDS} words; name a group, a place, a time.", usage=EXAMPLE)
    return Understood(
        period=reading.period,
        group=group,
        place=place,
        words=tuple(words),
        today=now.astimezone(ZoneInfo(zone)).date(),
        text=" ".join(text.split()),
    )


async def find(entries: Entries, understood: Understood, *, offset: int, limit: int) -> tuple[int, Sequence[Known]]:
    """Return how many meetings fit and one page of them, by start; a place is found however sources write it.

    Up to 300 are looked through for those that several lists have, which count once; over 1,000 are not counted.
    """
    wanted = _wanted(understood)
    total, found = await entries.meetings(wanted, offset=offset, limit=limit)
    if total > MERGED:
        return total, found
    if total > len(found):
        _, found = await entries.meetings(wanted, offset=0, limit=MERGED)
    merged = once_each(found)
    return len(merged), merged[offset : offset + limit]


def _wanted(understood: Understood) -> MeetingFilter:
    place, period = understood.place, understood.searched
    return MeetingFilter(
        period=period,
        groups=names_within(understood.group, period.first, period.last) if understood.group else (),
        words=[name_on(word, period.first) if period.first else word for word in understood.words],
        either=() if place is None else SEARCHED.get(place, (place,)),
    )


async def next_or_last(entries: Entries, understood: Understood) -> Sequence[Known]:
    """Return the next meeting that fits; where no time was asked for, the last one too, of two years back."""
    _, found = await find(entries, understood, offset=0, limit=1)
    if understood.period is not None:
        return found
    past = replace(understood, period=Period(first=understood.today - PAST, last=understood.today))
    _, before = await entries.meetings(replace(_wanted(past), latest=True), offset=0, limit=1)
    return [*found, *(known for known in before if known.id not in {one.id for one in found})]


async def coming(entries: Entries, understood: Understood, *, limit: int) -> Sequence[Known]:
    """Return the next meetings whatever was asked: what to show when nothing fits."""
    _, found = await entries.meetings(MeetingFilter(period=Period(first=understood.today)), offset=0, limit=limit)
    return found


def _alternatives(forms: str) -> str:
    longest_first = sorted(forms.split(", "), key=len, reverse=True)
    return "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in longest_first)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Return how questions, working parties, study groups and named groups are written, in this order."""
    before = rf"(?<![^\W_{_HAN}])(?:(?:ITU|UIT|МСЭ)(?:-?[TRDТР])?\s+)?"
    named = "|".join(_alternatives(forms) for forms in NAMED.values())
    written = (
        rf"{before}(?:{_alternatives(QUESTION)})\s*(?P<q>\d{{1,2}})\s*/\s*(?P<of>\d{{1,2}})(?!\d)",
        rf"{before}(?:{_alternatives(WORKING_PARTY)})\s*(?P<wp>\d{{1,2}})\s*/\s*(?P<of>\d{{1,2}})(?!\d)",
        rf"{before}(?:{_alternatives(STUDY_GROUP)})\s*[-#№]?\s*(?P<sg>\d{{1,2}})(?![\d/])",
        r"第?\s*(?P<sg>\d{1,2})\s*(?:研究组|研究組|研究委員会)",
        rf"{before}(?P<name>(?:{named})(?:-\d\d)?|(?:JCA|FG|IRG|CG|WG|SC)-[A-Z0-9][A-Z0-9-]*|WG\s*\d{{1,2}})(?![^\W_{_HAN}])",
    )
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in written)


def named_group(text: str) -> tuple[str | None, list[str], str]:
    """Take the group out of the text: its name as entries have it, its Questions, and the text that is left.

    Where the group stood is a " · ". CommandError for two groups.
    """
    group: str | None = None
    words: list[str] = []
    for pattern in _patterns():
        match = pattern.search(text)
        while match is not None:
            name, more = _named(match)
            if group not in {None, name} and not (name == "" or group in more):
                raise CommandError(f"One group at a time: I read {group} and {name}.", usage=EXAMPLE)
            group = group or name
            words += more
            text = text[: match.start()] + _GAP + text[match.end() :]
            match = pattern.search(text)
    return group, words, text


def _named(match: re.Match[str]) -> tuple[str, list[str]]:
    """Return the group's name; a Question is a word of its study group's meetings."""
    said = match.groupdict()
    if said.get("q"):
        return f"SG{int(said['of'])}", [f"Q{int(said['q'])}/{int(said['of'])}"]
    if said.get("wp"):
        return f"WP{int(said['wp'])}/{int(said['of'])}", []
    if said.get("sg"):
        return f"SG{int(said['sg'])}", []
    name = re.sub(r"\s+", "", said["name"]).upper()
    head, dash, year = name.partition("-")
    known = next((named for named, forms in NAMED.items() if head in forms.upper().split(", ")), head)
    return known + dash + year, []


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(fold(word) for word in STOP_WORDS.split())


@cache
def _places() -> Mapping[tuple[str, ...], str]:
    """Return every known place by the folded words that people type for it."""
    return {tuple(fold(form).split()): name for name, forms in PLACES.items() for form in forms.split(", ")}


@cache
def _han() -> re.Pattern[str]:
    """Return what is cut out of runs without spaces: places, and words that say nothing."""
    places = [form for (form, *_) in _places() if re.search(f"[{_HAN}]", form)]
    nouns = [word for word in HAN_STOP_WORDS.split() if not re.fullmatch(r"[\u3040-\u309f]{1,2}", word)]
    longest_first = sorted({*places, *nouns}, key=len, reverse=True)
    return re.compile("|".join(longest_first))


@cache
def _kana() -> re.Pattern[str]:
    kana = "|".join(word for word in HAN_STOP_WORDS.split() if re.fullmatch(r"[\u3040-\u309f]{1,2}", word))
    return re.compile(rf"(?<![{_HAN}])(?:{kana})+|(?:{kana})+(?![{_HAN}])")


def _split(rest: str) -> Iterator[str]:
    """Split into words; runs without spaces where a known place or an empty word stands in them."""
    known = _places()

    def cut(match: re.Match[str]) -> str:
        return f" {match[0]} " if (fold(match[0]),) in known else " "

    spaced = _kana().sub(" ", _han().sub(cut, rest)) if re.search(f"[{_HAN}]", rest) else rest
    for word in re.split(r"[\s,;，、。?？!¿¡\"“”«»()\[\]{}|·:]+", spaced):
        bare = word.strip(".'’‘`*_~<>-–—+=/\\")
        if any(character.isalnum() for character in bare):
            yield from re.split(r"(?<=^[dlDL])['’]", bare)


def _place(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """Take one place out of the words: a known one first, else what a preposition introduces."""
    folded = [fold(word) for word in words]
    known = _places()
    for size in (3, 2, 1):
        for at in range(len(words) - size + 1):
            name = known.get(tuple(folded[at : at + size]))
            if name is not None:
                return name, [*words[:at], *words[at + size :]]
    return _introduced(words, folded)


def _introduced(words: Sequence[str], folded: Sequence[str]) -> tuple[str | None, list[str]]:
    for at, word in enumerate(words[:-1]):
        if word.casefold() not in PREPOSITIONS:
            continue
        start = at + 1 + (folded[at + 1] in ARTICLES and at + 2 < len(words))
        end = start + 1
        while words[start][0].isupper() and end < min(len(words), start + 3) and words[end][0].isupper():
            end += 1
        if folded[start] not in NO_PLACES and folded[start] not in _stop_words():
            return " ".join(words[start:end]), [*words[:at], *words[end:]]
    return None, list(words)
