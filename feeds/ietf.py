"""The IETF datatracker: agendas and coming meetings (JSON), its API (Tastypie), the feed of last calls (Atom).

Sessions are keyed by `session_id`, which stays when a session moves to another slot; drafts by their names without the
revision. Times are UTC; those of the API that have no offset are too.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.domain.entries import Entry, Fact, Kind
from bot.domain.errors import ParseError
from feeds import feed, ietf_last_call, json_body, markup
from feeds.dates import instant
from feeds.json_body import mapping, mappings, text
from feeds.page import Page, Parsed
from feeds.text import one_line, paragraphs

_WHAT = "The answer of the IETF datatracker"
_SITE = "https://datatracker.ietf.org"
_INTERIM = re.compile(r"interim-(\d{4})-([a-z0-9]+)-(\d{1,3})", re.IGNORECASE)
_DURATION = re.compile(r"(?:(\d{1,3}) days?, )?(\d{1,3}):(\d{2})(?::(\d{2}))?")
_DRAFT_GROUP = re.compile(r"draft-(?:ietf|irtf)-([a-z0-9]+)-", re.IGNORECASE)
_STATUSES: Mapping[str, str] = {
    "sched": "confirmed",
    "schedw": "tentative",
    "appr": "tentative",
    "apprw": "tentative",
    "canceled": "cancelled",
    "canceledpa": "cancelled",
    "resched": "rescheduled",
}
"""Session states of the datatracker, as its calendar writes them (RFC 5545 §3.8.1.11)."""
_MOST_NOTES = 20
_MOST = 20_000
_HEAD = 2_000
_LARGEST_FEED = 2_000_000


def parse(page: Page) -> Parsed:
    """Read any of these answers; complete where nothing was left for another page.

    Raise ParseError if the body is none of them, or lost the fields that we rely on.
    """
    data = markup.body(page, _WHAT)
    if data[:1] not in (b"{", b"["):
        return _last_calls(page)
    answer = json_body.load(data, _WHAT)
    if isinstance(answer, list) and answer:
        raise markup.changed(_WHAT, ["objects, sessions, meetings or a document"], "a bare list")
    found = mapping(answer)
    if "objects" in found:
        return _api(found)
    if text(found.get("name")) and "title" in found:
        return Parsed(entries=(_document(found),), count=1)
    if found and all(isinstance(value, dict) and "date" in value for value in found.values()):
        return _upcoming(found)
    if any(isinstance(value, list) for value in found.values()):
        return _agenda(found)
    if not found:
        return Parsed(entries=(), count=0, complete=True)
    raise markup.changed(_WHAT, ["objects, sessions, meetings or a document"], ", ".join(map(str, found)))


def _last_calls(page: Page) -> Parsed:
    head = page.body[:_HEAD]
    if (b"<feed" not in head and b"<rss" not in head) or len(page.body) > _LARGEST_FEED:
        raise ParseError(f"{_WHAT} is neither JSON nor a feed of last calls; is it an HTML page or too large?")
    parsed = feed.parse(page)
    return replace(parsed, entries=tuple(map(ietf_last_call.called, parsed.entries)))


def _parsed(
    rows: Sequence[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], Entry | None], *, whole: bool = True
) -> Parsed:
    """Read each row; a list of which no row can be read has changed."""
    if len(rows) > _MOST:
        raise ParseError(f"{_WHAT} has more than {_MOST} items, which no page of it has.")
    notes: list[str] = []
    kept: dict[str, Entry] = {}
    for number, row in enumerate(rows, 1):
        entry = read(row)
        if entry is None:
            notes.append(f"Item {number} was skipped: it lacks what names or dates it; it has {', '.join(row)[:120]}.")
        else:
            kept[entry.key] = entry
    if rows and not kept:
        raise ParseError(f"shape changed: none of the {len(rows)} items of the IETF's answer can be read. {notes[0]}")
    entries = tuple(kept.values())
    return Parsed(entries=entries, count=len(entries), complete=whole and not notes, notes=tuple(notes[:_MOST_NOTES]))


def _api(found: Mapping[str, Any]) -> Parsed:
    meta = mapping(found.get("meta"))
    whole = bool(meta) and not meta.get("next") and not meta.get("offset")
    rows = mappings(found["objects"])
    readers: Mapping[str, Callable[[Mapping[str, Any]], Entry | None]] = {
        "/doc/document/": _document_or_none,
        "/meeting/meeting/": _meeting,
        "/liaisons/liaisonstatement/": _liaison,
    }
    if not rows:
        return Parsed(entries=(), count=0, complete=whole)
    where = text(rows[0].get("resource_uri"))
    read = next((reader for path, reader in readers.items() if path in where), None)
    if read is None:
        kind = where or "objects without resource_uri"
        raise ParseError(f"The datatracker's {kind[:80]} are not read; ask for documents, meetings or liaisons.")
    return _parsed(rows, read, whole=whole)


def _moment(value: object) -> datetime | None:
    return instant(text(value)) if text(value) else None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(text(value)[:10])
    except ValueError:
        return None


def _document_or_none(row: Mapping[str, Any]) -> Entry | None:
    return _document(row) if text(row.get("name")) else None


def _document(row: Mapping[str, Any]) -> Entry:
    """Read a draft or RFC, from the API or from its own `doc.json`."""
    name = text(row["name"])
    found = _DRAFT_GROUP.match(name)
    group = text(mapping(row.get("group")).get("acronym")) or (found[1].lower() if found else "")
    expires = _moment(row.get("expires"))
    rfc = text(row.get("rfc_number")) or text(row.get("rfc"))
    authors = mappings(row.get("authors"))
    facts: dict[str, Fact] = {
        "body": "IETF",
        "number": name,
        "revision": text(row.get("rev")),
        "rfc": rfc,
        "stage": (text(row.get("iesg_state")) or text(row.get("state"))).lower(),
        "intended_level": text(row.get("intended_std_level")).strip("/").rpartition("/")[2],
        "expires": expires.date().isoformat() if expires else "",
        "editors": tuple(filter(None, (text(author.get("name")) for author in authors)))[:50],
        "companies": tuple(dict.fromkeys(filter(None, (text(author.get("affiliation")) for author in authors))))[:50],
    }
    return Entry(
        key=f"doc {name}"[:512],
        kind=Kind.PUBLICATION,
        title=one_line(text(row.get("title"))) or name,
        link=f"{_SITE}/doc/{name}/" if re.fullmatch(r"[\w.-]+", name) else None,
        text=paragraphs(str(row.get("abstract") or ""), limit=markup.LONGEST_TEXT),
        updated=_moment(row.get("time")),
        group=group or None,
        facts={label: value for label, value in facts.items() if value},
        volatile=frozenset({"expires"}),
    )


def _liaison(row: Mapping[str, Any]) -> Entry | None:
    """Read a liaison statement; contacts are people and are not kept."""
    identity, title = text(row.get("id")), one_line(text(row.get("title")))
    if not identity or not title:
        return None
    due = _day(row.get("deadline"))
    facts: dict[str, Fact] = {
        "body": "IETF",
        "type": "liaison statement",
        "purpose": text(row.get("purpose")).strip("/").rpartition("/")[2],
        "liaison_from": text(row.get("from_name")),
        "liaison_to": text(row.get("to_name")),
        "reply_by": due.isoformat() if due else "",
    }
    return Entry(
        key=f"liaison {identity}",
        kind=Kind.DOCUMENT,
        title=title,
        link=f"{_SITE}/liaison/{identity}/" if identity.isdecimal() else None,
        text=paragraphs(str(row.get("body") or ""), html=False, limit=markup.LONGEST_TEXT),
        published=_moment(row.get("submitted")),
        updated=_moment(row.get("modified")),
        facts={label: value for label, value in facts.items() if value},
    )


def _meeting(row: Mapping[str, Any]) -> Entry | None:
    number, starts = text(row.get("number")), _day(row.get("date"))
    if not number or starts is None:
        return None
    days = row.get("days")
    lasts = days if isinstance(days, int) and 0 < days < 100 else None  # noqa: PLR2004  # a meeting of months is an error
    place = ", ".join(filter(None, (text(row.get("city")), text(row.get("country")))))
    return _whole_meeting(
        number,
        starts,
        ends=starts + timedelta(days=lasts - 1) if lasts else None,
        place=place,
        zone=text(row.get("time_zone")),
    )


def _whole_meeting(number: str, starts: date, *, ends: date | None = None, place: str = "", zone: str = "") -> Entry:
    interim = _INTERIM.fullmatch(number)
    group = interim[2].lower() if interim else ""
    return Entry(
        key=f"meeting {number}"[:512],
        kind=Kind.MEETING,
        title=f"{group} interim meeting ({number})" if interim else f"IETF {number}",
        link=f"{_SITE}/meeting/{number}/agenda" if re.fullmatch(r"[\w-]+", number) else None,
        starts=starts,
        ends=ends,
        all_day=True,
        zone=zone if re.fullmatch(r"[A-Za-z_]+(?:/[A-Za-z_+-]+){1,2}", zone) else None,
        place=place or None,
        group=group or None,
        facts={"body": "IETF", "number": number},
    )


def _upcoming(found: Mapping[str, Any]) -> Parsed:
    """Read `/meeting/upcoming.json`: numbers of meetings and their first days."""
    rows = [{**mapping(value), "number": number} for number, value in found.items()]
    return _parsed(rows, _meeting)


def _agenda(found: Mapping[str, Any]) -> Parsed:
    """Read `agenda.json`: sessions, and what is beside them (rooms, areas), which is passed over."""
    rows = [
        {**one, "meeting": number} for number, value in found.items() for one in mappings(value) if _is_session(one)
    ]
    held = [one for value in found.values() for one in mappings(value)]
    if held and not rows:
        raise markup.changed(_WHAT, ["sessions"], ", ".join(held[0]))
    return _parsed(rows, _session)


def _is_session(row: Mapping[str, Any]) -> bool:
    return text(row.get("objtype")) == "session" or "session_id" in row


def _session(row: Mapping[str, Any]) -> Entry | None:
    identity = text(row.get("session_id")) or text(row.get("session_res_uri")).strip("/").rpartition("/")[2]
    group = mapping(row.get("group"))
    acronym, name = text(group.get("acronym")), one_line(text(row.get("name")) or text(group.get("name")))
    starts = _moment(row.get("start"))
    status = text(row.get("status"))
    if not identity or not (acronym or name) or (starts is None and not status):
        return None
    lasts = _DURATION.fullmatch(text(row.get("duration")))
    meeting = text(row.get("meeting"))
    facts: dict[str, Fact] = {"body": "IETF", "meeting": f"meeting {meeting}", "number": meeting}
    return Entry(
        key=f"session {identity}",
        kind=Kind.MEETING,
        title=" - ".join(filter(None, (acronym, name if name != acronym else ""))) or name,
        link=next(_webs(row), None) or f"{_SITE}/meeting/{meeting}/agenda",
        text=one_line(text(row.get("agenda_note")), html=True),
        starts=starts,
        ends=starts + _length(lasts) if starts and lasts else None,
        place=text(row.get("location")) or None,
        status=_STATUSES.get(status, status or None),
        group=acronym or None,
        facts=facts,
    )


def _webs(row: Mapping[str, Any]) -> Iterator[str]:
    return (link for link in (text(row.get("agenda")),) if link.startswith(("https://", "http://")))


def _length(found: re.Match[str]) -> timedelta:
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
