"""JSON Lines: how the command line prints entries and reads them (design §8)."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TextIO

from bot.domain.entries import Entry, Fact, Kind, When
from bot.domain.errors import ParseError


def entry_record(entry: Entry) -> dict[str, object]:
    """Return an entry as the contract names its fields; instants in UTC, days as days, what is unknown as null."""
    return {
        "key": entry.key,
        "kind": entry.kind.value,
        "title": entry.title,
        "link": entry.link,
        "links": list(entry.links),
        "text": entry.text,
        "published": _iso(entry.published),
        "updated": _iso(entry.updated),
        "starts": _iso(entry.starts),
        "ends": _iso(entry.ends),
        "all_day": entry.all_day,
        "zone": entry.zone,
        "place": entry.place,
        "status": entry.status,
        "group": entry.group,
        "lang": entry.lang,
        "facts": {name: list(value) if isinstance(value, tuple) else value for name, value in entry.facts.items()},
    }


def _iso(when: When | None) -> str | None:
    if isinstance(when, datetime) and when.tzinfo is not None:
        return when.astimezone(UTC).isoformat()
    return None if when is None else when.isoformat()


def dumps(record: Mapping[str, object]) -> str:
    """Return one line of JSON."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode()


def records(lines: TextIO, what: str) -> Iterator[dict[str, object]]:
    """Read JSON objects, one a line; blank lines are passed over. ParseError names the line that is not one."""
    for number, line in enumerate(lines, 1):
        written = line.removeprefix("\ufeff") if number == 1 else line  # some editors put a mark before all text
        if not written.strip():
            continue
        try:
            record = json.loads(written)
        except RecursionError as error:
            raise ParseError(f"{what}, line {number}: nested too deep for a record.") from error
        except ValueError as error:
            raise ParseError(f"{what}, line {number}: not JSON ({error}).") from error
        if not isinstance(record, dict):
            raise ParseError(f"{what}, line {number}: expected an object in braces.")
        yield record


def to_entry(record: Mapping[str, object]) -> Entry:
    """Read an entry; `id` stands for the key, and all but that and the title may be left out; or raise ParseError."""
    try:
        return Entry(
            key=str(record.get("key") or record.get("id") or ""),
            kind=Kind(_text(record, "kind") or Kind.NEWS),
            title=_text(record, "title") or "",
            link=_text(record, "link"),
            text=_text(record, "text") or "",
            published=_moment(record, "published"),
            updated=_moment(record, "updated"),
            starts=_when(record, "starts"),
            ends=_when(record, "ends"),
            place=_text(record, "place"),
            status=_text(record, "status"),
            group=_text(record, "group"),
            lang=_text(record, "lang"),
            facts=_facts(record),
        )
    except (TypeError, ValueError) as error:
        raise ParseError(f"Entry {record.get('id') or record.get('key')!r}: {error}.") from error


def _text(record: Mapping[str, object], name: str) -> str | None:
    value = record.get(name)
    if value is None or isinstance(value, str):
        return value
    raise TypeError(f"{name} must be a text")


def _when(record: Mapping[str, object], name: str) -> When | None:
    value = _text(record, name)
    if not value:
        return None
    return datetime.fromisoformat(value) if "T" in value or " " in value else date.fromisoformat(value)


def _moment(record: Mapping[str, object], name: str) -> datetime | None:
    when = _when(record, name)
    if when is None or isinstance(when, datetime):
        return when if when is None or when.tzinfo else when.replace(tzinfo=UTC)
    return datetime(when.year, when.month, when.day, tzinfo=UTC)


def _facts(record: Mapping[str, object]) -> dict[str, Fact]:
    """Return the record's facts; fields that queries know and entries keep as facts may stand beside them."""
    facts = record.get("facts")
    given = dict(facts) if isinstance(facts, dict) else {}
    given |= {name: record[name] for name in ("question", "company", "companies", "stage", "number") if name in record}
    return {str(name): _fact(value) for name, value in given.items() if value is not None}


def _fact(value: object) -> Fact:
    if isinstance(value, list):
        return tuple(map(str, value))
    return value if isinstance(value, int) else str(value)
