"""Nouns as rows and back, exactly: what was stored is what is read."""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.alerts import Alert, AlertId, DeliveryKey, Outcome, Reason, Story, StoryId, Thread, Verb
from bot.domain.cadence import parse as parse_cadence
from bot.domain.changes import Known
from bot.domain.chat import Conversation, Receipt
from bot.domain.entries import Entry, EntryId, Kind, SourceId, When, instant
from bot.domain.ladder import reminded
from bot.domain.watches import Hit, Scope, Watch, WatchId
from storage.database import Row

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
UNSTORABLE = re.compile("[\0\x1a\ud800-\udfff]")
SPELT_OUT = re.compile("\x1a([0-9a-f]{4})")
ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
DECODE = json.JSONDecoder().raw_decode

# By value: an enum called with one takes ten times as long as a dictionary.
KINDS = {str(kind): kind for kind in Kind}
OUTCOMES = {str(outcome): outcome for outcome in Outcome}
REASONS = {str(reason): reason for reason in Reason}
VERBS = {str(verb): verb for verb in Verb}
SCOPES = {str(scope): scope for scope in Scope}

RARE = ("links", "all_day", "facts")
OPTIONAL = ("zone", "place", "status", "group", "lang")

KNOWN = (
    "e.id, e.source, e.fingerprint, e.first_seen, e.versions, e.missing, e.gone, e.body_hash, e.url, e.fetched_at, "
    "e.key, e.kind, e.title, e.link, e.text, e.published, e.updated, e.rest"
)
STORY = "s.id, s.title, s.said, s.identities, s.first_at, s.last_at"
THREAD = "t.conversation, t.story, t.root, t.opened, t.receipt"
WATCH = "w.id, w.conversation, w.query, w.owner, w.created_at, w.note, w.muted_until, w.cadence, w.scope"
ALERT = (
    "a.id, a.conversation, a.story, a.entry, a.outcome, a.reason, a.at, a.now, a.before, a.watch, a.hits, a.detail, "
    "a.digest, a.held"
)


def micros(moment: datetime) -> int:
    """Return an aware instant as microseconds since 1970 UTC."""
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def maybe_micros(moment: datetime | None) -> int | None:
    """Return `micros` of what may be missing."""
    return None if moment is None else micros(moment)


@lru_cache(maxsize=256)
def shared_micros(moment: datetime) -> int:
    """Return `micros` of an instant that all rows of one poll have."""
    return micros(moment)


@lru_cache(maxsize=256)
def moment(value: int) -> datetime:
    """Return the UTC instant of microseconds since 1970; the rows of one poll share theirs."""
    return EPOCH + timedelta(microseconds=value)


def maybe_moment(value: int | None) -> datetime | None:
    """Return `moment` of what may be missing."""
    return None if value is None else moment(value)


def storable(text: str) -> str:
    """Spell out what UTF-8 or PostgreSQL cannot hold: lone surrogates and NUL, which hostile JSON may contain.

    Each becomes U+001A (substitute) and four hexadecimal digits, and so does U+001A itself: nothing is lost.
    """
    if text.isascii() and "\0" not in text and "\x1a" not in text:
        return text
    return UNSTORABLE.sub(lambda found: f"\x1a{ord(found[0]):04x}", text)


def as_was(text: str) -> str:
    """Undo `storable`."""
    return SPELT_OUT.sub(lambda found: chr(int(found[1], 16)), text) if "\x1a" in text else text


def folded(text: str) -> str:
    """Fold case and strip marks, so that a lookup for "geneve" finds Genève."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in bare if not unicodedata.combining(c)).casefold()


def dumped(value: object) -> str:
    """Return compact JSON that any database can hold."""
    text = ENCODE(value)
    return text if text.isascii() or not UNSTORABLE.search(text) else json.dumps(value)


def loaded(text: str) -> Any:
    """Read what `dumped` wrote."""
    return DECODE(text)[0]


@lru_cache(maxsize=256)
def conversation_of(text: str) -> Conversation:
    """Read the form that `str` of a conversation writes."""
    return Conversation.parse(text)


def when_text(when: When) -> str:
    """Return ISO 8601; an instant in a named zone carries the name in brackets (RFC 9557 §4.1)."""
    zone = when.tzinfo if isinstance(when, datetime) else None
    return f"{when.isoformat()}[{zone.key}]" if isinstance(zone, ZoneInfo) and zone.key else when.isoformat()


def to_when(text: str) -> When:
    """Read what `when_text` wrote: a day, a floating time or an instant."""
    if "T" not in text:
        return date.fromisoformat(text)
    stamp, bracket, name = text.partition("[")
    fixed = datetime.fromisoformat(stamp)
    return _in_zone(fixed, name[:-1]) if bracket else fixed


def _in_zone(fixed: datetime, name: str) -> datetime:
    """Give the named zone back, unless the zone's rules have changed since: then the instant stands."""
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return fixed
    choices = (fixed.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return next((choice for choice in choices if choice.utcoffset() == fixed.utcoffset()), fixed)


def rest_data(entry: Entry) -> dict[str, object]:
    """Return as JSON data what has no column of its own and is not at its default."""
    data: dict[str, object] = {}
    if entry.starts is not None:
        data["starts"] = when_text(entry.starts)
    if entry.ends is not None:
        data["ends"] = when_text(entry.ends)
    for name in RARE:
        value = getattr(entry, name)
        if value:
            data[name] = value
    for name in OPTIONAL:
        value = getattr(entry, name)
        if value is not None:
            data[name] = value
    if entry.volatile:
        data["volatile"] = sorted(entry.volatile)
    return data


def common_columns(entry: Entry) -> Row:
    """Return what most entries have."""
    return (
        storable(entry.key),
        str(entry.kind),
        storable(entry.title),
        None if entry.link is None else storable(entry.link),
        storable(entry.text),
        None if entry.published is None else micros(entry.published),
        None if entry.updated is None else micros(entry.updated),
    )


def to_entry(common: Row, rest: Mapping[str, Any]) -> Entry:
    """Read what `common_columns` and `rest_data` wrote."""
    fields = dict(rest)
    for name in ("starts", "ends"):
        if name in fields:
            fields[name] = to_when(fields[name])
    if "links" in fields:
        fields["links"] = tuple(fields["links"])
    if "facts" in fields:
        facts = fields["facts"].items()
        fields["facts"] = {name: tuple(fact) if isinstance(fact, list) else fact for name, fact in facts}
    if "volatile" in fields:
        fields["volatile"] = frozenset(fields["volatile"])
    key, kind, title, link, text, published, updated = common
    return Entry(
        key=as_was(key),
        kind=KINDS[kind],
        title=as_was(title),
        link=None if link is None else as_was(link),
        text=as_was(text),
        published=maybe_moment(published),
        updated=maybe_moment(updated),
        **fields,
    )


def entry_text(entry: Entry) -> str:
    """Return a whole entry as JSON."""
    return dumped([common_columns(entry), rest_data(entry)])


def from_text(text: str) -> Entry:
    """Read what `entry_text` wrote."""
    return to_entry(*loaded(text))


def entry_row(known: Known, story: StoryId | None) -> Row:
    """Return the columns of `entries`, in the order of `commit.ADD`."""
    rest = rest_data(known.entry)
    return (
        *_evidence(known),
        *common_columns(known.entry),
        dumped(rest) if rest else None,
        known.entry.twin,
        story,
    )


def _evidence(known: Known) -> Row:
    return (
        known.id,
        known.source,
        known.fingerprint,
        shared_micros(known.first_seen),
        known.versions,
        known.missing,
        int(known.gone),
        known.body_hash,
        storable(known.url),
        shared_micros(known.fetched_at),
    )


def to_known(row: Row) -> Known:
    """Read the columns `KNOWN`."""
    rest = row[17]
    return _known(row, to_entry(row[10:17], {} if rest is None else loaded(rest)))


def _known(row: Row, entry: Entry) -> Known:
    return Known(
        id=EntryId(row[0]),
        source=SourceId(row[1]),
        fingerprint=row[2],
        first_seen=moment(row[3]),
        versions=row[4],
        missing=row[5],
        gone=bool(row[6]),
        body_hash=row[7],
        url=as_was(row[8]),
        fetched_at=moment(row[9]),
        entry=entry,
    )


def meeting_row(known: Known) -> Row | None:
    """Return the columns of `meetings`; None for what has no place in time.

    Days are days in UTC, floating times are taken as UTC; what says no end, or one before its start, ends at once.
    """
    entry = known.entry
    if entry.kind is not Kind.MEETING or entry.starts is None:
        return None
    starts = micros(instant(entry.starts))
    ends = micros(instant(entry.starts if entry.ends is None else entry.ends, end=True))
    words = " ".join(part for part in (entry.title, entry.group, entry.place, entry.text) if part)
    return (
        known.id,
        known.source,
        starts,
        max(starts, ends),
        storable(folded(entry.group or "")),
        storable(folded(words)),
    )


def deadline_rows(known: Known) -> list[Row]:
    """Return the columns of `deadlines`: the days of which somebody may want to be reminded, at midnight UTC."""
    return [(known.id, rung.rule.name, micros(instant(rung.due))) for rung in reminded(known.entry)]


def story_row(story: Story) -> Row:
    """Return the columns of `stories`."""
    return (
        story.id,
        storable(story.title),
        dumped(sorted(story.said)),
        dumped(sorted(story.identities)),
        micros(story.first_at),
        micros(story.last_at),
    )


def to_story(row: Row) -> Story:
    """Read the columns `STORY`."""
    return Story(
        id=StoryId(row[0]),
        title=as_was(row[1]),
        said=frozenset(loaded(row[2])),
        identities=frozenset(loaded(row[3])),
        first_at=moment(row[4]),
        last_at=moment(row[5]),
    )


def thread_row(thread: Thread) -> Row:
    """Return the columns of `threads`."""
    return (thread.story, str(thread.conversation), thread.root, micros(thread.opened), thread.receipt)


def to_thread(row: Row) -> Thread:
    """Read the columns `THREAD`."""
    return Thread(
        conversation=conversation_of(row[0]),
        story=StoryId(row[1]),
        root=DeliveryKey(row[2]),
        opened=moment(row[3]),
        receipt=None if row[4] is None else Receipt(row[4]),
    )


def to_watch(row: Row) -> Watch:
    """Read the columns `WATCH`."""
    return Watch(
        id=WatchId(row[0]),
        conversation=conversation_of(row[1]),
        query=as_was(row[2]),
        owner=as_was(row[3]),
        created_at=moment(row[4]),
        note=as_was(row[5]),
        muted_until=maybe_moment(row[6]),
        cadence=parse_cadence(row[7]),
        scope=SCOPES[row[8]],
    )


def alert_row(alert: Alert) -> Row:
    """Return the columns of `alerts` that are given when it is decided."""
    now = alert.now
    return (
        alert.id,
        str(alert.conversation),
        alert.story,
        alert.entry,
        alert.outcome,
        alert.reason,
        micros(alert.at),
        alert.watch,
        storable(alert.detail),
        dumped([(hit.field, hit.start, hit.end, hit.term) for hit in alert.hits]),
        dumped([_evidence(now), common_columns(now.entry), rest_data(now.entry)]),
        None if alert.before is None else entry_text(alert.before),
        alert.digest or None,
    )


def to_alert(row: Row) -> Alert:
    """Read the columns `ALERT`."""
    evidence, common, rest = loaded(row[7])
    return Alert(
        id=AlertId(row[0]),
        conversation=conversation_of(row[1]),
        story=StoryId(row[2]),
        entry=EntryId(row[3]),
        outcome=OUTCOMES[row[4]],
        reason=REASONS[row[5]],
        at=moment(row[6]),
        now=_known(evidence, to_entry(common, rest)),
        before=None if row[8] is None else from_text(row[8]),
        watch=None if row[9] is None else WatchId(row[9]),
        hits=tuple(Hit(*hit) for hit in loaded(row[10])),
        detail=as_was(row[11]),
        digest=DeliveryKey(row[12] or ""),
        held=maybe_moment(row[13]),
    )
