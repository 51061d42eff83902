"""Which entries tell the same thing.

Two layers: exact identity (address, headline), and shared names for the same news told by
another outlet, also in another language. Only news joins news; a meeting (with its repetitions),
work item, document or publication is its own story for ever.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.addresses import normalised
from bot.domain.alerts import Story, StoryId
from bot.domain.changes import Known
from bot.domain.entries import Entry, Kind
from bot.domain.ids import digest

WINDOW = timedelta(hours=72)
"""How long a story waits for its other versions."""
SHARED_NAMES = 3
NO_NAMES: frozenset[str] = frozenset()
MOST_NAMES = 60
ENOUGH_WORDS, ENOUGH_LETTERS = 4, 24
"""A headline shorter than both ("Weekly digest") is no proof of identity."""
SHORTEST_NAME = 3
NEAR = 8
"""Characters before a word that tell whether a sentence begins with it."""
LEAD = 600
"""Characters of the text that count: names further down are context, not subject."""

# Bodies and places that stand in half of all items of this field prove nothing by themselves.
COMMONPLACE = frozenset(
    {"itu", "uit", "itu-t", "uit-t", "un", "onu", "uno", "eu", "ue", "us", "usa", "uk", "ai", "ia", "ki", "ngo", "ong"}
    | {"cctv", "iso", "iec", "ietf", "etsi", "the", "this", "these", "what", "how", "why", "when", "who", "which"}
    | {"new", "and", "for", "with", "from", "that", "after", "its"}
)
_WORD = re.compile(r"[^\W\d_][\w.\-]*[^\W_]|[^\W\d_]", re.UNICODE)
_SENTENCE_END = re.compile(r"[.!?:»”\"]\s*$")


def identities(entry: Entry) -> frozenset[str]:
    """Return what proves two news entries to be the same text: address and, if it says enough, headline."""
    found = set()
    if entry.link:
        found.add("url " + normalised(entry.link))
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", entry.title).casefold())
    if len(words) >= ENOUGH_WORDS or len("".join(words)) >= ENOUGH_LETTERS:
        found.add("title " + digest(*words))
    return frozenset(found)


def names(entry: Entry) -> frozenset[str]:
    """Return distinctive names, folded: capitalised words that do not begin a sentence, acronyms, numbers of texts.

    Capitalised words side by side are one name: China Telecom says no more than ZTE does.
    """
    text = f"{entry.title}\n{entry.text[:LEAD]}"
    found: list[list[str]] = []
    end = -1
    for word in _WORD.finditer(text):
        token = word.group().strip(".-")
        if not _is_name(token, text[max(0, word.start() - NEAR) : word.start()]):
            continue
        if text[end : word.start()] == " " and token.casefold() not in COMMONPLACE:
            found[-1].append(token.casefold())
        else:
            found.append([token.casefold()])
        end = word.end()
    return frozenset(" ".join(words) for words in found[:MOST_NAMES]) - COMMONPLACE


def _is_name(token: str, before: str) -> bool:
    """Tell a name from a word that is only capitalised because a sentence begins with it."""
    before = before.rstrip(" ([„“«'‘")
    starts_sentence = not before or before.endswith("\n") or bool(_SENTENCE_END.search(before))
    acronym = sum(map(str.isupper, token)) > 1
    return acronym or (token[:1].isupper() and len(token) >= SHORTEST_NAME and not starts_sentence)


def series(row: Known) -> str:
    """Return what the occurrences of one recurring meeting have in common, "" for any other entry."""
    uid = row.entry.facts.get("uid")
    return f"series {row.source} {uid}" if uid and row.entry.facts.get("recurring") else ""


class Shelf:
    """Stories, found by what they are known by; growing story by story."""

    def __init__(self, stories: Iterable[Story] = ()) -> None:
        self.by_id: dict[StoryId, Story] = {}
        self._by_identity: dict[str, dict[StoryId, None]] = {}
        self._by_name: dict[str, dict[StoryId, None]] = {}
        for story in stories:
            self.put(story)

    def put(self, story: Story) -> None:
        """Add a story, or a grown version of one that is there."""
        before = self.by_id.get(story.id)
        self.by_id[story.id] = story
        for identity in story.identities - (before.identities if before else NO_NAMES):
            self._by_identity.setdefault(identity, {})[story.id] = None
        for name in story.names - (before.names if before else NO_NAMES):
            self._by_name.setdefault(name, {})[story.id] = None

    def known_by(self, found: frozenset[str]) -> Story | None:
        """Return the oldest story that has one of these identities."""
        ids = {id_ for identity in found for id_ in self._by_identity.get(identity, ())}
        return min((self.by_id[id_] for id_ in ids), key=lambda story: (story.first_at, story.id), default=None)

    def alike(self, found: frozenset[str], now: datetime) -> Story | None:
        """Return the open story that shares most of these names, if they are enough."""
        shared = Counter(id_ for name in found for id_ in self._by_name.get(name, ()))
        open_ones = [(score, self.by_id[id_]) for id_, score in shared.items() if score >= SHARED_NAMES]
        scored = [
            (score, story)
            for score, story in open_ones
            if now - story.last_at <= WINDOW and _mostly(story.names, found)
        ]
        best = max(scored, key=lambda pair: (pair[0], pair[1].last_at, pair[1].id), default=None)
        return best[1] if best else None


def assign(row: Known, stories: Shelf | Iterable[Story], now: datetime) -> Story:
    """Return the story that an entry joins or begins; the same input gives the same story."""
    shelf = stories if isinstance(stories, Shelf) else Shelf(stories)
    entry = row.entry
    if entry.kind is not Kind.NEWS:
        of_series = frozenset({series(row)} - {""})
        running = shelf.known_by(of_series)
        return _join(running, of_series, NO_NAMES, now) if running else _begin(row, of_series, NO_NAMES, now)
    mine, my_names = identities(entry), names(entry)
    found = shelf.known_by(mine) or shelf.alike(my_names, now)
    return _join(found, mine, my_names, now) if found else _begin(row, mine, my_names, now)


def _mostly(theirs: frozenset[str], mine: frozenset[str]) -> bool:
    """Tell whether the shared names are a good part of the poorer side, so that a long list joins nothing."""
    return len(theirs & mine) * 4 >= min(len(theirs), len(mine))


def _begin(row: Known, mine: frozenset[str], my_names: frozenset[str], now: datetime) -> Story:
    return Story(
        id=StoryId(digest("story", row.id)),
        title=row.entry.title,
        names=my_names,
        identities=mine,
        first_at=now,
        last_at=now,
    )


def _join(story: Story, mine: frozenset[str], my_names: frozenset[str], now: datetime) -> Story:
    """Grow a story by an entry; its names stay those it began with, so that it cannot drift."""
    return replace(story, names=story.names or my_names, identities=story.identities | mine, last_at=now)
