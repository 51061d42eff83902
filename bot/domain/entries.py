"""What sources report: entries of five kinds, with the facts and the evidence.

Names of facts by kind; each is a string, or a tuple of strings where it says "several". Days are ISO 8601, empty facts
are left out. Any entry: `body` ("ITU-T", "IETF", "3GPP", "ISO"), `companies` (several: members named as its source,
supporters or affiliations), `named` (several: further companies of the vocabulary that its title or text names;
never read from a source, `bot.domain.recognising`).

meeting
    documents: what the names of the group's documents begin with ("T25-SG17"), or the first and last of 3GPP's.
    study_period ("2025-2028"), sg_title, contact, contributions_from, contribution_deadline (+ `_rule`, its source),
    documents_available; registration_until; e_meeting "yes"; event (ITU calendar), mtg_id (3GPP), number, meeting (of
    IETF sessions).
    type "rapporteur group meeting"; question (several: "Q7/17"), working_party (several: "WP2/17"), dates_as_written.
    uid, recurring "yes", rrule, organizer, categories (several), transp, sequence: of iCalendar.
    Deadlines are not facts: `bot.domain.ladder` computes them from the rules. The ITU identifier of a study group's
    meeting ("T25-SG17-260601") is its key in the source `itu-meetings`.
work-item (an item of ITU-T's work programme, or a record of its approval process)
    isn, acronym ("X.bvm"), number (as listed: "X.1096 (ex X.bvm)"), recommendation ("X.1096"), question ("Q10/17"),
    working_party, study_period; stage (a rung of `bot.domain.stages`), stage_date, process ("AAP", "TAP"), timing,
    priority, type, version, equivalent; supporters, editors, references, liaison (several each); aap, idrec.
    Of an approval record: aap, code ("LC"), consented, last_call_from, last_call_until, additional_review_from,
    additional_review_until, approved.
document
    type ("contribution", "temporary document", "report", "collective letter", "circular", "liaison statement"),
    number ("C 548", "TD 292-GEN"), part ("GEN", "PLEN", "WP1"), revision, source (as written), question (several),
    meeting ("T25-SG17-260601"), received, purpose ("consent", "new work item", "liaison in" …; feeds/itu_titles.py),
    work_item ("X.bvm"), recommendation, liaison_from, liaison_to, reply_by, access.
    Of a collective letter: meeting_from, meeting_until, meeting_place, registration_until; of a circular:
    recommendations (several).
publication
    number ("H.264"), edition, version, month ("2021-08"), approved, stage (as the body says), idrec, isn, aap,
    provisional_name, process, equivalent, series; of drafts: revision, rfc, intended_level, expires, editors (several),
    last_call_from, last_call_until; of ISO: committee, stage_code ("40.20"), type, supplement, ics, replaces,
    replaced_by.
"""

import json
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, date, datetime, time, tzinfo
from enum import StrEnum
from hashlib import blake2b
from typing import NewType

from bot.domain.values import by_value

SourceId = NewType("SourceId", str)
"""Short, stable name of a source: `itu-meetings`, `eff`, or one made from the URL."""

EntryId = NewType("EntryId", str)
"""Ours, given when an entry is first seen; survives a change of the publisher's key."""

When = date | datetime
"""A calendar day, an instant (aware), or a floating wall-clock time (naive; RFC 5545 §3.3.5 form 1)."""

Fact = str | int | tuple[str, ...]


class Kind(StrEnum):
    """What sort of thing an entry is."""

    NEWS = "news"
    MEETING = "meeting"
    WORK_ITEM = "work-item"
    DOCUMENT = "document"
    PUBLICATION = "publication"


@by_value
class Entry:
    """One thing that a source reports.

    Attributes:
        key: stable identity within the source (design §5), never longer than 512 characters.
        title: one line of plain text.
        link: where a person reads it; absolute http(s) or mailto, or None.
        links: further absolute links (enclosures, attachments, related pages).
        text: plain text, paragraphs separated by newlines.
        published, updated: aware UTC instants, or None where the source does not say.
        starts, ends: for meetings; `ends` is the last day (all-day) or the end instant, inclusive of nothing more.
        all_day: starts and ends are calendar days.
        zone: IANA name of the zone the source gave, or None.
        place: as the source writes it.
        status: the source's own word, lower case: "confirmed", "cancelled", "tentative".
        group: the body's own group: "SG17", "TSAG".
        lang: BCP 47 tag if the source says.
        facts: further fields by name, for cards and field queries.
        volatile: names of facts whose change is no news (a counter, a sequence number).

    """

    key: str
    kind: Kind
    title: str
    link: str | None = None
    links: tuple[str, ...] = ()
    text: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    starts: When | None = None
    ends: When | None = None
    all_day: bool = False
    zone: str | None = None
    place: str | None = None
    status: str | None = None
    group: str | None = None
    lang: str | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)  # a mappingproxy is no default in 3.11, and not pickled
    volatile: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name in ("published", "updated"):
            moment: datetime | None = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                message = f"{name} of {self.key!r} has no time zone"
                raise ValueError(message)

    @property
    def fingerprint(self) -> str:
        """Hash of all that a reader would notice; volatile fields and dates of publication are left out."""
        facts = {name: value for name, value in self.facts.items() if name not in self.volatile}
        parts = [
            self.kind,
            self.title,
            self.link,
            self.text,
            _iso(self.starts),
            _iso(self.ends),
            self.place,
            self.status,
            self.group,
            sorted(facts.items()),
        ]
        raw = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        return blake2b(raw.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()

    @property
    def twin(self) -> str:
        """Identity that survives a regenerated key: link and title (design §5), or title and start."""
        parts = [self.kind, self.link or "", self.title.casefold()]
        if self.link is None:
            parts.append(_iso(self.starts) or _iso(self.published) or "")
        return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _iso(when: When | None) -> str | None:
    return None if when is None else when.isoformat()


def instant(when: When, zone: tzinfo = UTC, *, end: bool = False) -> datetime:
    """Return the aware instant of `when`; days begin (or end) at midnight in `zone`, floating times are in `zone`."""
    if isinstance(when, datetime):
        return when if when.tzinfo is not None else when.replace(tzinfo=zone)
    return datetime.combine(when, time.max if end else time.min, tzinfo=zone)


def day(when: When, zone: tzinfo = UTC) -> date:
    """Return the calendar day of `when` as seen in `zone`; a day is itself everywhere."""
    if isinstance(when, datetime):
        return (when.astimezone(zone) if when.tzinfo is not None else when).date()
    return when


def fact(entry: Entry, name: str) -> str:
    """Return a fact as text, empty if there is none."""
    return ", ".join(facts(entry, name))


def facts(entry: Entry, name: str) -> tuple[str, ...]:
    """Return the values of a fact, none if it is not there."""
    value = entry.facts.get(name, ())
    return value if isinstance(value, tuple) else (str(value),)


def fact_day(entry: Entry, name: str) -> date | None:
    """Return the day that a fact gives, None if it is not there or is none."""
    try:
        return date.fromisoformat(fact(entry, name))
    except ValueError:
        return None
