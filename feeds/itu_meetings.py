"""ITU's meeting catalogues (ITU-Sync XML): study group and advisory group meetings, past and coming.

One record a meeting under `<dataroot>`; the first day is a field, place and last day stand only in
`Meeting_place_date`. ITU gives no zone: days are Geneva days and stay days here, `zone` stays None.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

from lxml import etree

from bot.domain import itu
from bot.domain.clock_rules import CONTRIBUTIONS, TEMPORARY_DOCUMENTS
from bot.domain.entries import Entry, Fact, Kind
from feeds import markup
from feeds.itu_dates import PlaceAndDate, clean, read, span
from feeds.itu_days import day
from feeds.page import Page, Parsed
from feeds.text import one_line

_WHAT = "The ITU meeting catalogue"
_EXPECTED = ("Meeting_code", "Start_meeting_date", "Meeting_place_date")
_LONGEST_FIELD = 2_000

Record = Mapping[str, str]


def parse(page: Page) -> Parsed:
    """Read a catalogue; complete unless a meeting could not be read, so an absent one is no longer listed.

    Raise ParseError if the body is no catalogue, was cut short, or its records lost the fields we rely on.
    """
    root = markup.xml(markup.body(page, _WHAT), _WHAT, "dataroot")
    notes: list[str] = []
    records = [_fields(child) for child in root.iterchildren(tag=etree.Element)]
    _check_shape(records)
    entries: list[Entry] = []
    for number, record in enumerate(records, 1):
        entry = _entry(record, number, notes)
        if entry is not None:
            entries.append(entry)
    kept = _distinct(entries, notes)
    unread = sum(bool(record.get("Meeting_code")) for record in records) - len(entries)
    return Parsed(entries=tuple(kept), count=len(kept), complete=unread == 0, notes=tuple(notes))


def _fields(element: etree._Element) -> Record:
    return {
        etree.QName(child).localname: one_line(clean(child.text or ""), limit=_LONGEST_FIELD)
        for child in element.iterchildren(tag=etree.Element)
    }


def _check_shape(records: list[Record]) -> None:
    """Fail when a field we rely on is gone from every record: the page has changed, not the meetings."""
    gone = [name for name in _EXPECTED if records and not any(record.get(name) for record in records)]
    if gone:
        raise markup.changed(_WHAT, gone, f"{len(records)} records with {', '.join(records[0]) or 'no fields'}")


def _entry(record: Record, number: int, notes: list[str]) -> Entry | None:
    code = record.get("Meeting_code", "")
    where = f"Record {number} ({code or 'no Meeting_code'})"
    if not code:
        notes.append(f"{where} was skipped: it names no group.")
        return None
    given = day(record.get("Start_meeting_date", ""))
    said = read(_unnamed(record.get("Meeting_place_date", ""), code), starts=given)
    starts = given or said.starts
    if starts is None:
        notes.append(f"{where} was skipped: no first day in {record.get('Start_meeting_date', '')!r}.")
        return None
    ends = _last_day(starts, said, where, notes)
    return _meeting(record, _named(record, starts, where, notes), starts, ends, said)


def _unnamed(words: str, code: str) -> str:
    """Drop the group's name, with or without the sector, from the front: "TSAG, Geneva, …" is at Geneva."""
    for name in (code, code.split(maxsplit=1)[-1]):
        rest = words[len(name) :]
        if words.casefold().startswith(name.casefold()) and rest[:1] in {",", ":", ""}:
            return rest.lstrip(" ,:")
    return words


def _last_day(starts: date, said: PlaceAndDate, where: str, notes: list[str]) -> date | None:
    if said.starts is not None and said.starts != starts:
        notes.append(f"{where} gives two first days, {starts} and {said.starts}; the first was taken.")
    if said.ends is None or said.ends < starts:
        notes.append(f"{where} of {starts} has no last day that can be read.")
        return None
    return said.ends


def _meeting(record: Record, named: itu.DocumentPrefix, starts: date, ends: date | None, said: PlaceAndDate) -> Entry:
    group = itu.group(record["Meeting_code"])
    words = (record.get(name, "") for name in ("SG_No_Period", "SG_Title", "Meeting_place_date"))
    return Entry(
        key=itu.meeting_key(named.sector, named.period, named.group, _yymmdd(record, starts))[:512],
        kind=Kind.MEETING,
        title=_title(
            record, _body(named), group, span(starts, ends) if ends else f"from {span(starts, starts)}", said.place
        ),
        link=_http(record.get("SG_Homepage", "")),
        text="\n".join(word for word in words if word),
        starts=starts,
        ends=ends,
        all_day=True,
        place=said.place,
        status=said.status,
        group=group,
        facts=_facts(record, named, starts),
    )


def _body(named: itu.DocumentPrefix) -> str:
    return f"ITU-{named.sector}" if named.sector else "ITU"


def _title(record: Record, body: str, group: str, days: str, place: str | None) -> str:
    about = record.get("SG_Title", "")
    name = f"{body} {group}" + (f" ({about})" if about else "")
    return ", ".join(part for part in (f"{name} meeting", place, days) if part)


def _facts(record: Record, named: itu.DocumentPrefix, starts: date) -> dict[str, Fact]:
    period = itu.study_period(record.get("SG_No_Period", ""))
    opened = day(record.get("Contribution_start_date", ""))
    facts: dict[str, Fact] = {
        "body": _body(named),
        "documents": str(_index(record) or named),
        "study_period": str(period) if period else "",
        "sg_title": record.get("SG_Title", ""),
        "contact": record.get("SG_Email", ""),
        "contributions_from": opened.isoformat() if opened else "",
    }
    if named.sector == "T":  # the rules are ITU-T's; the other sectors have their own
        facts["contribution_deadline"] = CONTRIBUTIONS.before(starts).isoformat()
        facts["contribution_deadline_rule"] = f"{CONTRIBUTIONS.days} calendar days, {CONTRIBUTIONS.source}"
        facts["documents_available"] = TEMPORARY_DOCUMENTS.before(starts).isoformat()
    return {name: value for name, value in facts.items() if value}


def _index(record: Record) -> itu.DocumentPrefix | None:
    """Return what the names of the group's documents begin with, as the record's index addresses say."""
    named = (itu.document_prefix(record[name]) for name in sorted(record) if name.startswith("Frame_src"))
    return next((found for found in named if found is not None), None)


def _named(record: Record, starts: date, where: str, notes: list[str]) -> itu.DocumentPrefix:
    """Return sector, period and group: words of the record first, then its indexes, then the table of periods."""
    code = record["Meeting_code"]
    index = _index(record)
    sector = itu.sector(code) or itu.sector(record.get("ITU_Sector", "")) or (index.sector if index else "")
    said = itu.study_period(record.get("SG_No_Period", ""))
    period = said.code if said else index.period if index else None
    if period is None:
        known = itu.period_of(starts) if sector == "T" else None
        period = known.code if known else ""
        notes.append(f"{where} of {starts} names no study period; its key says {period or 'none'}.")
    return itu.DocumentPrefix(sector, period, itu.group(code).replace("/", "."))


def _yymmdd(record: Record, starts: date) -> str:
    given = record.get("TD_date", "")
    return given if re.fullmatch(r"\d{6}", given) else starts.strftime("%y%m%d")


def _http(address: str) -> str | None:
    parts = urlsplit(address) if re.fullmatch(r"\S+", address) else None
    return address if parts and parts.scheme in {"http", "https"} and parts.netloc else None


def _distinct(entries: list[Entry], notes: list[str]) -> list[Entry]:
    """Drop repeated records; give a second, different meeting of the same key a key of its own."""
    seen: dict[str, Entry] = {}
    repeats: Counter[str] = Counter()
    for entry in entries:
        first = seen.get(entry.key)
        if first is None:
            seen[entry.key] = entry
            continue
        if first.fingerprint == entry.fingerprint:
            continue
        repeats[entry.key] += 1
        key = f"{entry.key}#{repeats[entry.key] + 1}"
        notes.append(f"Two different meetings are called {entry.key}; the later one became {key}.")
        seen[key] = replace(entry, key=key)
    return list(seen.values())
