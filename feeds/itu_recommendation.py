"""What an edition of an ITU-T Recommendation is, whichever page or interface tells of it; its key is `idrec`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bot.domain import itu
from bot.domain.entries import Entry, Fact, Kind
from feeds import markup
from feeds.text import one_line

_EDITION = re.compile(
    r"(?:ITU-T\s+)?(?P<number>[^()]{1,120}?(?:\s*\(\d{4}\)[^()]{1,80}?)?)\s*"
    r"(?:\(V(?P<version>\d{1,3}(?:\.\d{1,3})?)\)\s*)?(?:\((?P<month>\d\d)/(?P<year>\d{4}|\d\d)\))?"
)
_PREFIX = re.compile(
    r"^(?:provisional name|(?:equivalent|identical|twin\w*) (?:standard|number))\s*:\s*", re.IGNORECASE
)
_PIVOT = 50


@dataclass(frozen=True, slots=True)
class Edition:
    """A name such as "H.264 (V14) (08/2021)", taken apart; what it does not say is empty."""

    number: str
    version: str
    month: str


def edition(name: str) -> Edition:
    """Take the name of an edition apart; `month` is "2021-08"."""
    found = _EDITION.fullmatch(name.strip())
    if found is None:
        return Edition(name.strip(), "", "")
    year = found["year"] or ""
    if len(year) == len("99"):
        year = f"{'20' if int(year) < _PIVOT else '19'}{year}"
    return Edition(found["number"], found["version"] or "", f"{year}-{found['month']}" if year else "")


def process(text: str) -> str:
    """Return "AAP" or "TAP" where a text names one of them; else the text."""
    for code, words in (("AAP", "alternative approval"), ("TAP", "traditional approval")):
        if re.search(rf"\b{code}\b|{words}", text, re.IGNORECASE):
            return code
    return text


def recommendation(
    key: str,
    name: str,
    *,
    title: str,
    status: str,
    approved: date | None = None,
    group: str = "",
    text: str = "",
    link: str | None = None,
    facts: Mapping[str, str] | None = None,
) -> Entry:
    """Return the entry for an edition; empty facts are left out."""
    told = edition(name)
    said: dict[str, Fact] = {
        "body": "ITU-T",
        "number": told.number,
        "edition": name,
        "version": told.version,
        "month": told.month,
        "approved": approved.isoformat() if approved else "",
        "stage": status.lower(),
        **{label: markup.said(one_line(_PREFIX.sub("", value))) for label, value in (facts or {}).items()},
    }
    return Entry(
        key=key,
        kind=Kind.PUBLICATION,
        title=one_line(title) or name,
        link=link,
        text=markup.prose(text),
        published=None if approved is None else datetime(approved.year, approved.month, approved.day, tzinfo=UTC),
        status=status.lower() or None,
        group=itu.group(group) if group else None,
        facts={label: value for label, value in said.items() if value},
        volatile=frozenset({"related_work_items"}),
    )


def handle(idrec: str) -> str:
    """Return the address of an edition that stays when the text is superseded."""
    return f"https://handle.itu.int/11.1002/1000/{idrec}"
