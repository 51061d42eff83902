"""What proves that entries tell the same, and how a story begins.

News joins the story that it is most like (`bot.domain.clustering`); a meeting (with its repetitions), work item,
document or publication is its own story for ever.
"""

import re
import unicodedata
from datetime import datetime

from bot.domain.addresses import is_front_page, normalised
from bot.domain.alerts import Story, StoryId
from bot.domain.changes import Known
from bot.domain.entries import Entry
from bot.domain.ids import digest

ENOUGH_WORDS, ENOUGH_LETTERS = 4, 24
"""A headline shorter than both ("Weekly digest") is no proof of identity."""
LEAD = 600
"""Characters of the text that count: names further down are context, not subject."""


def identities(entry: Entry) -> frozenset[str]:
    """Return what proves two news entries to be the same text: address and, if it says enough, headline."""
    found = set()
    if entry.link and not is_front_page(entry.link):
        found.add("url " + normalised(entry.link))
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", entry.title).casefold())
    if len(words) >= ENOUGH_WORDS or len("".join(words)) >= ENOUGH_LETTERS:
        found.add("title " + digest(*words))
    return frozenset(found)


def series(row: Known) -> str:
    """Return what the occurrences of one recurring meeting have in common, "" for any other entry."""
    uid = row.entry.facts.get("uid")
    return f"series {row.source} {uid}" if uid and row.entry.facts.get("recurring") else ""


def begun(row: Known, now: datetime, id_: StoryId | None = None) -> Story:
    """Return the story that an entry begins: the one of that id, or one of its own."""
    return Story(
        id=id_ or StoryId(digest("story", row.id)),
        title=row.entry.title,
        identities=frozenset({series(row)} - {""}),
        first_at=now,
        last_at=now,
    )
