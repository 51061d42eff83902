"""What belongs together although lists name it differently: ties between entries, by the bodies' own ids.

A story (one thread in a conversation) carries the ties of its entries; an entry joins the story that has one of its
ties. A meeting is known by ITU's id, by the calendar's number, and by its group and days; a work item by `isn`,
acronym, AAP record, and the Recommendation that it becomes; a document belongs to the item whose step it is, else to
its meeting. Lists that still write a group's or Question's former name mean its successor.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from bot.domain.entries import Entry, Fact, Kind, day
from bot.domain.ids import digest
from bot.domain.successions import name_on
from bot.domain.values import by_value

Ties = frozenset[str]
NOTHING: Ties = frozenset()
LONGEST_MEETING = 21
"""Days; what lasts longer is tied by its first day only."""
ENOUGH_WORDS = 5
"""Words of a title that are proof enough that an edition is the text of a work item."""
STEPS = frozenset({"consent", "determination", "approval", "agreement", "deletion", "new work item"})
"""Purposes of documents that are a step of a work item, and are told in its thread."""

_MEETING = re.compile(r"[TRD]\d\d-[A-Z][A-Z0-9.]*-\d{6}")
_QUESTION = re.compile(r"\bQ\s*(\d{1,2}|ALL)\s*/\s*(\d{1,2})\b", re.IGNORECASE)
_GROUP = re.compile(r"\b(?:study\s+group|SG)\s*(\d{1,2})\b", re.IGNORECASE)
_WHOLE = re.compile(r"SG\d{1,2}|TSAG|WTSA\d*|WP\d+/\d+|(?:SA|RAN|CT)\d?", re.IGNORECASE)
_PART = re.compile(
    r"\b(?:workshop|forum|webinar|training|tutorial|seminar|symposium|rapporteur|interim|"
    r"correspondence|joint|focus group|ad[- ]?hoc|regional|management|steering|coordination|leadership|newcomers?|"
    r"opening|closing|celebration|expo|"
    r"Q\s*\d{1,2}\s*/\s*\d{1,2}|WP\s*\d\s*/\s*\d{1,2}|JCA\b|RG-\w+|CG-\w+|FG-\w+|AI for Good)",
    re.IGNORECASE,
)
_REVISED = re.compile(r"\s*\((?:V[\d.]+|rev[^()]*|\d\d/\d{4})\)", re.IGNORECASE)
_RECOMMENDATION = re.compile(r"[A-Z]{1,2}\.\d[\w.]*(?:\s+(?:Amd|Cor|Suppl?)\.?\s*\d+)?|[A-Z]\s+Suppl\.\s*\d+")
_SEPARATE = re.compile(r"\b(?:Amd|Cor|Suppl?|Imp)\b", re.IGNORECASE)


@by_value
class Bonds:
    """How an entry is tied to others.

    Attributes:
        tiers: ties by which it joins a story, the strongest first.
        own: ties that a story which it begins or joins has from then on.

    """

    tiers: tuple[Ties, ...]
    own: Ties


def bonds(entry: Entry, body: str | None = None) -> Bonds:
    """Return the ties of an entry; `body` is that of its source. News have none."""
    body = _fact(entry, "body") or body or ""
    match entry.kind:
        case Kind.MEETING:
            found = frozenset(_meeting(entry, body))
            return Bonds(tiers=(found,), own=found)
        case Kind.WORK_ITEM | Kind.PUBLICATION:
            found, named = frozenset(_text(entry, body)), frozenset(_titled(entry, body))
            return Bonds(tiers=(found, named), own=found | named)
        case Kind.DOCUMENT:
            steps, home = frozenset(_steps(entry)), frozenset(_home(entry, body))
            return Bonds(tiers=(steps, home), own=home)
        case _:
            return Bonds(tiers=(), own=NOTHING)


def passing(before: Entry, body: str | None = None) -> Ties:
    """Return those ties of an entry that no longer hold once it has moved: its days, not its ids."""
    return frozenset(tie for tie in bonds(before, body).own if tie.startswith("on "))


def belongs(entry: Entry, identities: Ties) -> bool:
    """Tell whether an entry is told wherever its story has a thread; a document only if it is a step of the text.

    A meeting has hundreds of documents: those are told where a watch matches them.
    """
    return entry.kind is not Kind.DOCUMENT or not identities.isdisjoint(_steps(entry))


def is_tie(identity: str) -> bool:
    """Tell what is looked up for ever from what identifies news for a few days."""
    return not identity.startswith(("url ", "title "))


def group_of(entry: Entry) -> str:
    """Return the body's own name of an entry's group, from its field or its title; empty if none is named."""
    if entry.group:
        return entry.group
    found = _GROUP.search(entry.title)
    return f"SG{int(found[1])}" if found else ""


def questions_of(entry: Entry) -> tuple[str, ...]:
    """Return the Questions that an entry is about, "Q7/21": as it says, or as its title names them."""
    said = entry.facts.get("question", ())
    said = said if isinstance(said, tuple) else (str(said),)
    text = " ".join(said) or entry.title
    return tuple(dict.fromkeys(f"Q{number.upper()}/{group}" for number, group in _QUESTION.findall(text)))


def is_whole(entry: Entry) -> bool:
    """Tell a meeting of a whole group from a workshop, or a meeting of one of its Questions."""
    if _MEETING.fullmatch(entry.key):
        return True  # as the catalogue of ITU says
    if _fact(entry, "type") or not _WHOLE.fullmatch(group_of(entry)):
        return False
    return not questions_of(entry) and not _PART.search(_GROUP.sub(" ", entry.title))


def _meeting(entry: Entry, body: str) -> Iterator[str]:
    if _MEETING.fullmatch(entry.key):
        yield f"meeting {entry.key}"
    for name in ("event", "mtg_id"):
        if number := _fact(entry, name):
            yield f"{name} {number}"
    if entry.starts is None:
        return
    first = day(entry.starts)
    if is_whole(entry):
        yield from (f"on {when} {body} {name_on(group_of(entry).upper(), when)}" for when in _days(first, entry))
    elif asked := questions_of(entry):
        yield from (f"on {first} {body} {question}" for question in dict.fromkeys(name_on(one, first) for one in asked))


def _days(first: date, entry: Entry) -> Iterable[date]:
    last = day(entry.ends) if entry.ends is not None else first
    length = (last - first).days + 1
    return (first + timedelta(n) for n in range(length if 0 < length <= LONGEST_MEETING else 1))


def _text(entry: Entry, body: str) -> Iterator[str]:
    """Yield what a text in the making, and what it became, are known by."""
    for name in ("isn", "aap", "idrec"):
        if number := _fact(entry, name):
            yield f"{name} {number}"
    if not body.startswith("ITU"):
        yield from _elsewhere(entry, body)
        return
    for name in ("acronym", "provisional_name"):
        if acronym := _fact(entry, name):
            yield f"item {acronym.casefold()}"
    number = _fact(entry, "recommendation") or (_fact(entry, "number") if entry.kind is Kind.PUBLICATION else "")
    yield from (f"rec {one}" for one in recommendations(number))


def _elsewhere(entry: Entry, body: str) -> Iterator[str]:
    number = _fact(entry, "number")
    if number and body:
        yield f"text {body} {number.casefold()}"
    if rfc := _fact(entry, "rfc"):
        yield f"text {body} rfc {rfc}"


def recommendations(number: str) -> list[str]:
    """Return the texts that a number names, without version or month: "M.3163/F.743.38" are two."""
    bare = " ".join(_REVISED.sub("", number).split())
    return [part.casefold() for part in bare.split("/") if _RECOMMENDATION.fullmatch(part)]


def _titled(entry: Entry, body: str) -> Iterator[str]:
    """Yield the title where it is proof enough: amendments and supplements often share that of their text."""
    words = re.findall(r"\w+", entry.title.casefold())
    if body.startswith("ITU") and len(words) >= ENOUGH_WORDS and not _SEPARATE.search(_fact(entry, "number")):
        yield f"named {digest(*words)}"


def _steps(entry: Entry) -> Iterator[str]:
    if _fact(entry, "purpose") not in STEPS:
        return
    if acronym := _fact(entry, "work_item"):
        yield f"item {acronym.casefold()}"
    yield from (f"rec {one}" for one in recommendations(_fact(entry, "recommendation")))


def _home(entry: Entry, body: str) -> Iterator[str]:
    """Yield the meeting that a document is for; without one, its group and month, or itself."""
    meeting, starts = _fact(entry, "meeting"), _fact(entry, "meeting_from")
    if meeting:
        yield f"meeting {meeting}"
    elif starts and entry.group:
        yield f"on {starts} {body} {entry.group.upper()}"
    elif _fact(entry, "type") == "contribution" and entry.group:
        yield f"documents {body} {entry.group} {_fact(entry, 'received')[:7]}"


def _fact(entry: Entry, name: str) -> str:
    value: Fact = entry.facts.get(name, "")
    return ", ".join(value) if isinstance(value, tuple) else str(value)
