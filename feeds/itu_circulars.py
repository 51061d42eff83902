"""TSB circulars and collective letters: the index, the list, and the page or text of one letter.

Index and list are those of `feeds.itu_documents`. A letter is read by what all of them hold: "TSB Circular 68", place
and date, "Subject:", and a day until when to answer.
"""

import re
from datetime import UTC, date, datetime
from urllib.parse import unquote

from lxml import etree

from bot.domain import itu
from bot.domain.entries import Entry, Fact, Kind
from feeds import itu_documents, markup
from feeds.itu_dates import read
from feeds.itu_days import day, period_code
from feeds.page import Page, Parsed
from feeds.text import one_line

_WHAT = "The list of TSB circulars"
_LONGEST = 200_000
_NAMED_SINCE = 2009  # older letters are not in the document system under such names
_NAME = re.compile(r"\b(T\d\d-(?:TSB-CIR|[A-Z]+\d*-COL)-\d{4})(?![\w-])")
_LETTER = re.compile(
    r"(?:(?P<change>Addendum|Corrigendum|Revision)\s+(?P<nth>\d{1,2})\s+to\s+)?"
    r"TSB\s+(?P<kind>Circular|Collective\s+letter)\s+(?:No\.?\s*)?(?P<number>\d{1,4})(?:/(?P<group>[A-Z]*\d{0,2}))?",
    re.IGNORECASE,
)
_DATED = re.compile(r"\bGeneva,\s*(\d{1,2}\s+[A-Za-z]{3,9}\s+\d{4})")
_SUBJECT = re.compile(
    r"\bSubject\s*:[\s/]*(?P<text>.{3,600}?)"
    r"(?=\s+(?:Dear\s+(?:Sir|Madam|Colleague)|Action\s*:|Ref\.?\s*:|Tel\.?\s*:|Fax\s*:|Contact\s*:)|\Z)",
    re.IGNORECASE,
)
_DUE = re.compile(
    r"(?:not?\s+later\s+than|\bby\b|\bbefore\b|\buntil\b|deadline\b[^.;]{0,80}?(?:\bis\b|:|\bof\b)|on)\s*"
    r"(?:(?P<hours>\d{4})\s*(?:hours|hrs)\s*(?:UTC|Geneva time|\(?Geneva\)?)?,?\s*(?:on\s+)?)?"
    r"(?P<day>\d{1,2}\s+(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"\s+\d{4})",
    re.IGNORECASE,
)
_TEXTS = re.compile(r"\b(?:[A-HIJ-Z]\.\d+(?:\.\d+)*(?:/[A-Z]\.\d+(?:\.\d+)*)?|[A-Z]\.[a-z][\w-]{2,20})\b")
_REGISTER = re.compile(
    r"\b(?:pre-?)?regist(?:er|ration)\b[^.;]{0,120}?"
    r"(?:no(?:t)?\s+later\s+than|\bby\b|\bbefore\b|\buntil\b|deadline|closes?|\bon\b|:)\s*(?:is|on|:)?\s*"
    r"(?P<after>\d{1,2}\s+[A-Z][a-z]{2,8}\s+\d{4}|\d{4}-\d\d-\d\d)"
    r"|(?P<before>\d{1,2}\s+[A-Z][a-z]{2,8}\s+\d{4}|\d{4}-\d\d-\d\d)\s*[-–:|]+\s*(?:-\s*)?(?:(?:online|on-line)\s+)?(?:pre-?)?registration\b",
    re.IGNORECASE,
)
"""Until when one may register, as a collective letter says: "Pre-registration … by 8 May 2026", or a table of days."""
_MOST_TEXTS = 40


def parse(page: Page) -> Parsed:
    """Read an index (complete), a list, or one letter.

    Raise ParseError if it is a firewall's page, or none of these.
    """
    data = markup.body(page, _WHAT)
    if itu_documents.is_index(data):
        return itu_documents.read(page, _WHAT)
    if not markup.looks_html(data):
        return _one(" ".join(data[:_LONGEST].decode("utf-8", "replace").split()), _named(page, None), "")
    root = markup.tree(data, _WHAT)
    if any(True for _ in markup.listed(root, itu_documents.HEADINGS, ("number", "title"))):
        return itu_documents.read(page, _WHAT)
    return _one(" ".join(markup.lines(root, _LONGEST)), _named(page, root), markup.line(root))


def _named(page: Page, root: etree._Element | None) -> str:
    """Return the letter's name, "T25-TSB-CIR-0179", from its address or, if they all name the same, its links."""
    found = _NAME.search(unquote(page.url).upper())
    if found or root is None:
        return found[1] if found else ""
    linked = {
        name[1]
        for at in root.iter("a", "form")
        for name in _NAME.finditer(unquote(at.get("href") or at.get("action") or ""))
    }
    return linked.pop() if len(linked) == 1 else ""


def _one(text: str, name: str, shown: str) -> Parsed:
    letter, subject = _LETTER.search(text), _SUBJECT.search(text)
    dated = _DATED.search(text)
    missing = [
        label
        for label, found in (("a number", letter or name), ("a subject", subject), ("a place and date", dated))
        if not found
    ]
    if subject is None or dated is None or missing:
        raise markup.changed("The page of a TSB circular", missing, shown or text)
    title = one_line(re.sub(r"\s*/\s*$", "", subject["text"]).strip(" /-"))
    issued = day(dated[1])
    return Parsed(entries=(_entry(text, name, letter, title, issued),), count=1)


def _entry(text: str, name: str, letter: re.Match[str] | None, title: str, issued: date | None) -> Entry:
    collective = "COL" in name or bool(letter and letter["kind"].lower().startswith("coll"))
    meeting = read(title) if collective else None
    starts = meeting.starts if meeting else None
    owner = _group(letter) if collective else ""
    key = name or _key(letter, owner, starts or issued)
    due = _due(text) if not collective else None
    number = _number(letter, name)
    prefix = itu.document_prefix(key)
    register = _REGISTER.search(text) if collective else None
    registered = day(register["after"] or register["before"]) if register else None
    facts: dict[str, Fact] = {
        "body": "ITU-T",
        "type": "collective letter" if collective else "circular",
        "number": number,
        "source": "TSB",
        "received": issued.isoformat() if issued else "",
        "reply_by": due.isoformat() if due else "",
        "registration_until": registered.isoformat() if registered else "",
        "meeting_from": starts.isoformat() if starts else "",
        "meeting_until": meeting.ends.isoformat() if meeting and meeting.ends else "",
        "meeting_place": (meeting.place or "").rpartition(";")[2].strip() if meeting and starts else "",
        "recommendations": tuple(dict.fromkeys(_TEXTS.findall(title)))[:_MOST_TEXTS],
    }
    return Entry(
        key=key,
        kind=Kind.DOCUMENT,
        title=title,
        link=f"https://www.itu.int/md/{key}/en" if _NAME.fullmatch(key) else None,
        text=markup.prose(text[text.find(title) + len(title) :] if title in text else text),
        published=None if issued is None else datetime(issued.year, issued.month, issued.day, tzinfo=UTC),
        group=owner or (prefix.group if prefix and prefix.group != "TSB" else None),
        facts={label: value for label, value in facts.items() if value},
    )


def _number(letter: re.Match[str] | None, name: str) -> str:
    """Return how people call it: "TSB Circular 68", "Corrigendum 1 to TSB Collective letter 1/13"."""
    return " ".join(letter[0].split()) if letter else f"TSB Circular {int(name.rpartition('-')[2])}"


def _group(letter: re.Match[str] | None) -> str:
    code = (letter["group"] or "").upper() if letter else ""
    return f"SG{code}" if code.isdecimal() else code


def _key(letter: re.Match[str] | None, owner: str, when: date | None) -> str:
    """Name a letter as ITU does: letters are numbered anew in each study period."""
    if letter is None:
        return ""
    number = int(letter["number"])
    if when is None or when.year < _NAMED_SINCE or letter["change"]:
        return f"{_number(letter, '')}{f' ({when})' if when else ''}"
    return f"T{period_code(when)}-{f'{owner}-COL' if owner else 'TSB-CIR'}-{number:04d}"


def _due(text: str) -> date | None:
    """Return the last day that the letter names for an answer; the latest, for it may speak of earlier ones too."""
    body = text[text.lower().find("dear ") :] if "dear " in text.lower() else text
    asked = [sentence for sentence in re.split(r"(?<=[.;])\s", body) if _ASKS.search(sentence)]
    days = [when for sentence in asked for found in _DUE.finditer(sentence) if (when := day(found["day"]))]
    return max(days, default=None)


_ASKS = re.compile(
    r"\b(?:inform|repl(?:y|ies)|respon[ds]|comments?|deadline|consultation|approv\w+|nominat\w+|submi\w+|return|register)\b",
    re.IGNORECASE,
)
