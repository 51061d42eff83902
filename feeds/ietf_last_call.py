"""IETF last calls: the feed says when they end only in its titles, "draft-ietf-x-y (May 3 - May 17, 2026)"."""

import re
from dataclasses import replace

from bot.domain.entries import Entry, Fact, Kind
from feeds.itu_dates import read

_CALLED = re.compile(
    r"(?P<name>draft-[\w.-]{1,200}|RFC\s*\d{1,5}|[a-z]+-\d+)\s*(?P<title>[^()]{0,300}?)\s*"
    r"\((?P<days>[A-Z][a-z]{2,8}\.? \d{1,2}(?:, \d{4})?\s*[-–—]\s*(?:[A-Z][a-z]{2,8}\.? )?\d{1,2}, \d{4})\)"
)
_GROUP = re.compile(r"draft-(?:ietf|irtf)-([a-z0-9]+)-")


def called(entry: Entry) -> Entry:
    """Return the entry of a last call with its days and draft; any other entry as it is."""
    found = _CALLED.fullmatch(entry.title.strip())
    if found is None:
        return entry
    said = read(found["days"])
    if said.starts is None or said.ends is None:
        return entry
    name = found["name"]
    group = _GROUP.match(name)
    facts: dict[str, Fact] = {
        **entry.facts,
        "body": "IETF",
        "number": name,
        "stage": "last call",
        "last_call_from": said.starts.isoformat(),
        "last_call_until": said.ends.isoformat(),
    }
    return replace(entry, kind=Kind.PUBLICATION, group=group[1] if group else entry.group, facts=facts)
