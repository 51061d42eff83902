"""What a page changes of what is known (design §5): honest about moves, silence and runaway edits."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.changes import Added, Change, Known, Missing, Updated, Withdrawn
from bot.domain.entries import Entry, EntryId, Kind, day, instant
from bot.domain.identity_graph import questions_of
from bot.domain.ids import digest
from bot.domain.sources import Polled, Tracked
from bot.domain.values import by_value

MOST_VERSIONS = 24
"""Edits of one entry that are told; lemon24/reader's HASH_CHANGED_LIMIT."""
POLLS_UNTIL_MISSING = 3
POLLS_UNTIL_BELIEVED = 3
ENOUGH_TWINS = 3
"""Articles that come back at once under new keys, for all of them to be the old ones."""
REACH = timedelta(days=60)
"""How far a meeting may move and still be taken for the same one."""
Recognise = Callable[[Entry], Entry]
"""Adds what an entry's own words say beyond what its source marks (`bot.domain.recognising`)."""
CALLED_OFF = frozenset({"cancelled", "canceled", "withdrawn"})


@by_value
class Quarantined:
    """The page is not to be believed; `why` is a sentence for the operator."""

    why: str


@by_value
class Diff:
    """What is to be told and what is to be written.

    Attributes:
        changes: what a reader might want to hear, in the page's order.
        added, updated: rows to write; updated ones include those of which there is nothing to tell.

    """

    changes: tuple[Change, ...]
    added: tuple[Known, ...]
    updated: tuple[Known, ...]


def as_it_is(entry: Entry) -> Entry:
    """Return the entry."""
    return entry


def compare(
    page: Polled, tracked: Tracked, known: Sequence[Known], recognise: Recognise = as_it_is
) -> Diff | Quarantined:
    """Compare a page with everything seen of its source that could concern it.

    What is new or has changed is put through `recognise`, which leaves no trace in fingerprints: what the bot learns
    to recognise changes no entry.
    """
    entries = _distinct(page.entries)
    pairs, fresh, absent = _pair(entries, known, page)
    keys = {entry.key for entry in entries}
    upcoming = [row for row in absent if _is_ahead(row, page.fetched_at) and not row.gone]
    listed = len([row for row in pairs.values() if _is_ahead(row, page.fetched_at)])
    doubt = _doubt(page, tracked, lost=len([row for row in upcoming if not row.missing]), kept=listed)
    if doubt:
        return Quarantined(why=doubt)
    changes: list[Change] = []
    added, updated = [], []
    for entry in entries:
        if entry.key in fresh:
            row = _first_sight(entry, tracked, page, recognise)
            added.append(row)
            changes.append(Added(now=row))
        else:
            change, changed_row = _revisit(pairs[entry.key], entry, page, recognise)
            updated += [changed_row] if changed_row else []
            changes += [change] if change else []
    updated += [_vacated(row) for row in absent if row.entry.key in keys]
    if page.complete:
        for row in map(_count_absence, upcoming):
            updated.append(row)
            changes += [Missing(now=row)] if row.gone else []
    return Diff(changes=tuple(changes), added=tuple(added), updated=tuple(updated))


def _distinct(entries: Iterable[Entry]) -> list[Entry]:
    """Keep the first of several entries with one key; a parser should not give them, a publisher might."""
    return list({entry.key: entry for entry in reversed(list(entries))}.values())[::-1]


def _is_ahead(row: Known, now: datetime) -> bool:
    end = row.entry.ends or row.entry.starts
    return row.entry.kind is Kind.MEETING and end is not None and instant(end, end=True) >= now


def _doubt(page: Polled, tracked: Tracked, *, lost: int, kept: int) -> str:
    """Return why the page is not to be believed, or nothing (design §5: empty, or more than half gone)."""
    before = tracked.memory.count
    if page.count == 0 and before > 0:
        patience = tracked.health.suspect >= POLLS_UNTIL_BELIEVED and not page.complete
        return "" if patience else f"It answered an empty list; it held {before} entries before."
    if tracked.health.suspect >= POLLS_UNTIL_BELIEVED:
        return ""
    if page.count * 2 < before:
        return f"It lists {page.count} entries; it held {before} before."
    if page.complete and lost > 1 and lost > kept:
        return f"{lost} of {lost + kept} coming meetings are gone from it at once."
    return ""


def _pair(
    entries: Sequence[Entry], known: Sequence[Known], page: Polled
) -> tuple[Mapping[str, Known], frozenset[str], list[Known]]:
    """Tell which entry is which known row: by key, by twin, by move; what is left is new or absent."""
    by_key = {row.entry.key: row for row in known}
    pairs = {
        entry.key: by_key[entry.key]
        for entry in entries
        if entry.key in by_key and not _is_another(entry, by_key[entry.key].entry)
    }
    absent = {row.id: row for row in known if row.entry.key not in pairs}
    unmet = [entry for entry in entries if entry.key not in pairs]
    found = _twins(unmet, list(absent.values()))
    if page.complete:
        met = {entry.key for entry, _ in found}
        taken = {row.id for _, row in found}
        # What took place cannot move any more.
        coming = [row for row in absent.values() if row.id not in taken and _is_ahead(row, page.fetched_at)]
        found += _moves([entry for entry in unmet if entry.key not in met], coming)
    for entry, row in found:
        pairs[entry.key] = row
        del absent[row.id]
    unmet = [entry for entry in unmet if entry.key not in pairs]
    return pairs, frozenset(entry.key for entry in unmet), list(absent.values())


def _is_another(entry: Entry, before: Entry) -> bool:
    """Tell whether a publisher gave an article's key to another one: address, date and headline all differ."""
    if entry.kind is not Kind.NEWS or before.kind is not Kind.NEWS or entry.link == before.link:
        return False
    if entry.published is None or before.published is None or entry.published == before.published:
        return False
    mine, theirs = set(_words(entry.title).split()), set(_words(before.title).split())
    return len(mine & theirs) * 2 < min(len(mine), len(theirs))


def _vacated(row: Known) -> Known:
    """Take a key from a row that another entry of the page has now; its twin still finds it."""
    return replace(row, entry=replace(row.entry, key=f"{row.entry.key}~{row.id}"))


def _twins(unmet: Sequence[Entry], absent: Sequence[Known]) -> list[tuple[Entry, Known]]:
    """Pair entries whose key is new though link and title are not: the publisher regenerated its ids.

    The same date of publication (or none) proves it; several at once prove it too, whatever their dates,
    for then the whole feed was regenerated.
    """
    rows: dict[str, list[Known]] = {}
    for row in absent:
        rows.setdefault(row.entry.twin, []).append(row)
    alike = []
    for entry in unmet:
        candidates = rows.get(entry.twin, [])
        same = [row for row in candidates if row.entry.published == entry.published and _same_start(row, entry)]
        if candidates:
            alike.append((entry, (same or candidates)[0], bool(same)))
            candidates.remove((same or candidates)[0])
    regenerated = len({entry.twin for entry, _, _ in alike}) >= ENOUGH_TWINS
    return [
        (entry, row)
        for entry, row, sure in alike
        if sure or (entry.kind is not Kind.MEETING and (regenerated or _undated(entry, row)))
    ]


def _same_start(row: Known, entry: Entry) -> bool:
    return row.entry.starts == entry.starts


def _undated(entry: Entry, row: Known) -> bool:
    return entry.published is None or row.entry.published is None


def _moves(unmet: Sequence[Entry], absent: Sequence[Known]) -> list[tuple[Entry, Known]]:
    """Pair new meetings with vanished ones of the same name, place and season, nearest first."""
    alike: dict[str, list[Known]] = {}
    for row in absent:
        alike.setdefault(_named(row.entry), []).append(row)
    offers = sorted(
        (distance, order, entry.key, row.id, entry, row)
        for order, entry in enumerate(unmet)
        for row in alike.get(_named(entry), ())
        if (distance := _distance(entry, row.entry)) is not None
    )
    taken: set[str] = set()
    pairs = []
    for _, _, key, row_id, entry, row in offers:
        if key not in taken and row_id not in taken:
            taken |= {key, row_id}
            pairs.append((entry, row))
    return pairs


def _distance(entry: Entry, before: Entry) -> int | None:
    """Return how many days a meeting of that name would have moved, or None if it is another one."""
    if entry.kind is not Kind.MEETING or before.kind is not Kind.MEETING or not entry.starts or not before.starts:
        return None
    days = abs(day(entry.starts) - day(before.starts))
    near = days <= (REACH if _words(entry.place) == _words(before.place) else REACH / 3)
    return days.days if near else None


def _named(entry: Entry) -> str:
    """Return what a meeting has in common with itself on other days: its group and Questions, else its title."""
    if not entry.group:
        return f"title {_words(entry.title)}"
    return " ".join(("group", entry.group, *sorted(questions_of(entry))))


def _words(text: str | None) -> str:
    return " ".join((text or "").casefold().split())


def _first_sight(entry: Entry, tracked: Tracked, page: Polled, recognise: Recognise) -> Known:
    return Known(
        id=EntryId(digest(tracked.source.id, entry.key, page.fetched_at.isoformat())),
        source=tracked.source.id,
        entry=recognise(entry),
        fingerprint=entry.fingerprint,
        first_seen=page.fetched_at,
        body_hash=page.body_hash,
        url=page.url,
        fetched_at=page.fetched_at,
    )


def _revisit(row: Known, entry: Entry, page: Polled, recognise: Recognise) -> tuple[Change | None, Known | None]:
    """Return what to tell of a known entry, and its row if anything is to be written."""
    same = entry.fingerprint == row.fingerprint
    if same and entry.key == row.entry.key and not row.missing and not row.gone:
        return None, None
    row = replace(row, entry=recognise(row.entry))
    now = replace(
        row,
        entry=recognise(entry),
        fingerprint=entry.fingerprint,
        versions=row.versions + (0 if same else 1),
        missing=0,
        gone=False,
        body_hash=page.body_hash,
        url=page.url,
        fetched_at=page.fetched_at,
    )
    fields = tuple(differences(row.entry, now.entry)) + (("listed",) if row.gone else ())
    if not fields or now.versions > MOST_VERSIONS:
        return None, now
    if called_off(entry) and not called_off(row.entry):
        return Withdrawn(before=row, now=now), now
    return Updated(before=row, now=now, fields=fields, counted_out=now.versions == MOST_VERSIONS), now


def called_off(entry: Entry) -> bool:
    """Tell whether the source itself says so."""
    return (entry.status or "").casefold() in CALLED_OFF


def differences(before: Entry, now: Entry) -> Iterator[str]:
    """Name the fields in which a reader would notice a difference."""
    for name in ("title", "link", "text", "starts", "ends", "place", "status", "group"):
        if getattr(before, name) != getattr(now, name):
            yield name
    for name in sorted(before.facts.keys() | now.facts.keys()):
        if (
            name not in now.volatile
            and before.facts.get(name) != now.facts.get(name)
            and not _forgot(name, before, now)
        ):
            yield f"facts.{name}"


def _forgot(name: str, before: Entry, now: Entry) -> bool:
    """Tell whether a text only ceased to name companies: it may name them still, as supporters."""
    found, known = now.facts.get(name, ()), before.facts.get(name, ())
    return name == "named" and isinstance(found, tuple) and isinstance(known, tuple) and set(found) <= set(known)


def _count_absence(row: Known) -> Known:
    missing = row.missing + 1
    return replace(row, missing=missing, gone=missing >= POLLS_UNTIL_MISSING)
