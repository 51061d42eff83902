"""Documents of a meeting in words: how many, from whom, for which Questions; the newest by number and title."""

from collections import Counter
from collections.abc import Iterable, Sequence

from bot.domain.alerts import Alert, Parcel
from bot.domain.document import Block, Bullets, Document, Line, Link, Paragraph, Style, Text
from bot.domain.entries import Entry, Kind, fact, facts
from bot.services.wording import short, title

MOST_LISTED = 10
MOST_NAMED = 3
TYPES = {
    "contribution": "contributions",
    "temporary document": "temporary documents",
    "report": "reports",
    "collective letter": "collective letters",
    "circular": "circulars",
    "liaison statement": "liaison statements",
}
PURPOSES = {
    "consent": "consent proposed",
    "determination": "determination proposed",
    "approval": "approval proposed",
    "agreement": "agreement proposed",
    "deletion": "deletion proposed",
    "new work item": "new work item",
    "liaison in": "liaison statement received",
    "liaison out": "liaison statement sent",
}
"""What the grammar of titles means (feeds/itu_titles.py)."""


def documents(alerts: Iterable[Alert]) -> list[Entry]:
    """Return the documents that alerts speak of, each once and as it is now, in order of arrival."""
    found = {alert.now.entry.key: alert.now.entry for alert in alerts if alert.now.entry.kind is Kind.DOCUMENT}
    return list(found.values())


def tally(entries: Sequence[Entry]) -> str:
    """Say how many there are: "14 contributions from China Telecom and ZTE for Q7/21"."""
    parts = []
    for kind, several in Counter(fact(entry, "type") or "document" for entry in entries).most_common():
        mine = [entry for entry in entries if (fact(entry, "type") or "document") == kind]
        counted = f"{several} {kind if several == 1 else TYPES.get(kind, 'documents')}"
        parts.append(f"{counted}{_named(mine, 'from', 'companies')}{_named(mine, 'for', 'question')}")
    return "; ".join(parts)


def _named(entries: Sequence[Entry], word: str, name: str) -> str:
    names = Counter(named for entry in entries for named in facts(entry, name))
    return f" {word} {_listed([named for named, _ in names.most_common()])}" if names else ""


def _listed(names: Sequence[str]) -> str:
    """Write a list: "A", "A and B", "A, B, C and 4 others"."""
    if len(names) > MOST_NAMED + 1:
        return f"{', '.join(names[:MOST_NAMED])} and {len(names) - MOST_NAMED} others"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def news(parcel: Parcel) -> Document:
    """Tell new and revised documents together, under the watches that asked for them."""
    groups: dict[int | None, list[Alert]] = {}
    for alert in parcel.alerts:
        groups.setdefault(alert.watch, []).append(alert)
    blocks: list[Block] = []
    for watch, alerts in groups.items():
        entries = documents(alerts)
        asked = parcel.watches.get(watch, "") if watch is not None else ""
        by: Line = (Text(f" · watch {watch}: {short(asked)}", Style.QUIET),) if asked else ()
        blocks.append(Paragraph((Text("New: ", Style.STRONG), Text(f"{tally(entries)}."), *by)))
        blocks += listing(entries)
    return Document(tuple(blocks))


def listing(entries: Sequence[Entry]) -> list[Block]:
    """List the newest documents; the rest is for `docs`."""
    blocks: list[Block] = [Bullets(tuple(map(line, entries[-MOST_LISTED:])))]
    left = len(entries) - MOST_LISTED
    if left > 0:
        meeting = fact(entries[-1], "meeting")
        more: Line = (Text(f"and {left} more: ", Style.QUIET), Text(f"docs {meeting}".strip(), Style.CODE))
        blocks.append(Paragraph(more))
    return blocks


def line(entry: Entry) -> Line:
    """Write a document in one line: number, what its title says it is for, title, source and Questions."""
    number, revision = fact(entry, "number"), fact(entry, "revision")
    called = f"{number} Rev.{revision}" if revision else number
    head: Line = (Link(called, entry.link), Text(" ")) if called and entry.link else ()
    purpose = PURPOSES.get(fact(entry, "purpose"), "")
    meant: Line = (Text(f"{purpose}: ", Style.STRONG),) if purpose else ()
    about = " · ".join(filter(None, (fact(entry, "source"), fact(entry, "question"))))
    words: Line = (Text(entry.title),) if head else title(entry)
    return (*head, *meant, *words, *((Text(f" · {about}", Style.QUIET),) if about else ()))
