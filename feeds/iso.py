"""ISO Open Data (ODC-By 1.0, ISO): deliverables with their stage codes, one JSON record a line.

A change of `currentStage` between two downloads is the news. `?committee=ISO/IEC JTC 1/SC 37` in the address (or behind
`#`), several times if need be, leaves out what other committees own: the list is over 20 MB, so their lines are let go
as they come. Records may lack a title, and the scope be null.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.domain.entries import Entry, Fact, Kind
from bot.domain.errors import ParseError
from feeds import json_body, markup
from feeds.json_body import mapping, text
from feeds.page import Keep, Page, Parsed
from feeds.text import one_line, paragraphs

_WHAT = "The list of ISO deliverables"
_EXPECTED = ("id", "reference", "ownerCommittee", "currentStage")
_STAGE = re.compile(r"(\d{2})\.?(\d{2})")
_LONGEST_SCOPE = 5_000
_MOST_NOTES = 20
_MOST = 30_000
_FEW = 100
"""One record in so many may be unreadable before the list as a whole is."""

STAGES: Mapping[str, str] = {
    "00": "preliminary",
    "10": "proposal",
    "20": "preparatory",
    "30": "committee",
    "40": "enquiry",
    "50": "approval",
    "60": "publication",
    "90": "review",
    "95": "withdrawal",
}
SUBSTAGES: Mapping[str, str] = {"60.60": "published", "90.93": "confirmed", "95.99": "withdrawn"}
"""ISO's international harmonized stage codes: the stages, and the points in them that have a name of their own."""

_DROPPED = "98"
"""The substage "abandon", in which a project is deleted."""


def parse(page: Page) -> Parsed:
    """Read the deliverables, those of all committees or of the ones that the address names.

    Raise ParseError if the list was cut short, or its records lost the fields that we rely on.
    """
    asked = _committees(page.url)
    kept: dict[str, Entry] = {}
    notes: list[str] = []
    seen: set[str] = set()
    records = broken = 0
    for number, record in _records(markup.body(page, _WHAT)):
        records += 1
        seen.update(name for name in _EXPECTED if text(record.get(name)))
        if asked and text(record.get("ownerCommittee")).casefold() not in asked:
            continue
        entry = _entry(record)
        if entry is None:
            broken += 1
            notes.append(f"Line {number} was skipped: it has no id, reference or stage.")
        else:
            kept[entry.key] = entry
        if len(kept) + broken > _MOST:
            raise ParseError(f"{_WHAT} has more than {_MOST} records; name committees in the address, as ?committee=….")
    missing = [name for name in _EXPECTED if name not in seen]
    if missing and records:
        raise markup.changed(_WHAT, missing, f"{records} records with {', '.join(sorted(seen)) or 'none of them'}")
    if broken * _FEW > records:
        raise ParseError(f"{_WHAT} has {broken} unreadable records of {records}; the first: {notes[0]}")
    return Parsed(entries=tuple(kept.values()), count=len(kept), complete=not broken, notes=tuple(notes[:_MOST_NOTES]))


def wanted(url: str) -> Keep | None:
    """Return what keeps the lines of the committees that an address names; None if it names none.

    It may keep more than that, a sub-group's for one: `parse` goes by the record.
    """
    names = _committees(url)
    if not names:
        return None
    spelt = "|".join(re.escape(name).replace("/", r"\\?/").replace(r"\ ", r"\s+") for name in sorted(names))
    owner = re.compile(rf'"ownerCommittee"\s*:\s*"\s*(?:{spelt})'.encode(), re.IGNORECASE)
    return lambda line: owner.search(line) is not None


def _committees(url: str) -> frozenset[str]:
    try:
        parts = urlsplit(url)
        asked = [*parse_qs(parts.query).get("committee", []), *parse_qs(parts.fragment).get("committee", [])]
    except ValueError:
        return frozenset()
    return frozenset(" ".join(name.split()).casefold() for name in asked)


def _records(data: bytes) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the records with the numbers of their lines; a list in brackets is taken too."""
    if data.startswith(b"["):
        yield from enumerate(json_body.mappings(json_body.load(data, _WHAT)), 1)
        return
    for number, line in enumerate(data.splitlines(), 1):
        if line.strip():
            yield number, mapping(json_body.load(line, f"Line {number} of the list of ISO deliverables"))


def _entry(record: Mapping[str, Any]) -> Entry | None:
    identity, reference = text(record.get("id")), one_line(text(record.get("reference")))
    code = _STAGE.fullmatch(text(record.get("currentStage")).zfill(4))
    if not identity or not reference or code is None:
        return None
    point = f"{code[1]}.{code[2]}"
    published = _day(text(record.get("publicationDate")))
    facts: dict[str, Fact] = {
        "body": "ISO",
        "number": reference,
        "committee": text(record.get("ownerCommittee")),
        "stage": stage(point),
        "stage_code": point,
        "type": text(record.get("deliverableType")),
        "supplement": text(record.get("supplementType")),
        "edition": text(record.get("edition")),
        "ics": _texts(record.get("icsCode")),
        "replaces": _texts(record.get("replaces")),
        "replaced_by": _texts(record.get("replacedBy")),
    }
    return Entry(
        key=f"iso {identity}"[:512],
        kind=Kind.PUBLICATION,
        title=one_line(_spoken(record.get("title")), html=True) or reference,
        link=f"https://www.iso.org/standard/{identity}.html" if identity.isdecimal() else None,
        text=paragraphs(_spoken(record.get("scope")), limit=_LONGEST_SCOPE),
        published=None if published is None else datetime(published.year, published.month, published.day, tzinfo=UTC),
        status="withdrawn" if point == "95.99" else None,
        group=text(record.get("ownerCommittee")) or None,
        facts={name: value for name, value in facts.items() if value},
    )


def stage(point: str) -> str:
    """Return a stage code in words: "40.20" is "enquiry", "60.60" published, "30.98" deleted; empty if unknown."""
    if point in SUBSTAGES:
        return SUBSTAGES[point]
    head, _, tail = point.partition(".")
    return "deleted" if tail == _DROPPED and head < "60" else STAGES.get(head, "")


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given[:10])
    except ValueError:
        return None


def _texts(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(filter(None, map(text, values)))[:50]


def _spoken(value: object) -> str:
    """Return a text that may be given by language, English first."""
    if isinstance(value, str):
        return value
    languages = mapping(value)
    return next(
        (words for name in ("en", "fr", *languages) if isinstance(words := languages.get(name), str) and words), ""
    )
