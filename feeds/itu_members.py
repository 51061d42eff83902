"""Who ITU says supports, tables or edits something: names told apart although they hold commas themselves."""

import re
from collections.abc import Iterable, Sequence

from feeds.itu_dates import clean
from feeds.markup import said

MOST = 200
"""Names that are read of one list."""

_FORM = (
    r"co|corp|corporation|company|inc|incorporated|ltd|limited|llc|llp|lp|plc|pty|pte|gmbh|ag|kg|se|sa|s\.a|sas|sarl|"
    r"spa|s\.p\.a|srl|nv|n\.v|bv|b\.v|ab|as|asa|a/s|oy|oyj|kk|k\.k|jsc|pjsc|ojsc|llc|sdn|bhd|l\.l\.c|l\.p|s\.a\.s|s\.r\.l"
)
_CONTINUES = re.compile(
    rf"(?:(?:{_FORM})\b\.?[\s.]*)+(?:\(.*\))?$|(?:(?:people's|islamic|democratic|socialist|federative|federal|united)\s+)*"
    r"(?:rep\.|republic|kingdom|states|state)\s+of\b.*$|the\s+.*republic\s+of\b.*$",
    re.IGNORECASE,
)
"""What stands behind a comma and yet is no name of its own: a legal form, or how a State's name is turned round."""

_ROLE = re.compile(
    r"(?:associate\s+|co-?|acting\s+|vice[- ]?|deputy\s+|convening\s+)*"
    r"(?:rapporteurs?|editors?|chair(?:man|woman|person|s)?|convenors?|conveners?|director|secretariat|tsb|bdt|br|"
    r"counsellor|head|liaison\s+officer|management(?:\s+team)?|wp\s*\d|working\s+party|q\s*\d|question)\b",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"(?:itu(?:-[trd])?\s+)?(?:(?:sg|wp|fg|jca|irg|cg|study\s+group|working\s+party|focus\s+group)(?:[\s-]|\d)|"
    r"tsag\b|tsb\b|wtsa\b|rag\b|tdag\b|scv\b|itu(?:-[trd])?$)",
    re.IGNORECASE,
)

_ADDRESS = re.compile(r"\S{1,100}?(?:@|\(AT\)|\[at\])\S{0,200}", re.IGNORECASE)


def members(text: str) -> tuple[str, ...]:
    """Split a list of members: "Zhejiang Dahua Technology Co., Ltd., Zhejiang Lab" are two.

    A comma inside brackets, and one before a legal form ("Ltd.") or an inverted State ("Korea, Republic of"),
    belongs to the name. Where semicolons stand, they alone divide. A lone dash is nobody.
    """
    text = said(clean(text))
    parts = _outside_brackets(text, ";")
    if len(parts) == 1:
        parts = _joined(_outside_brackets(text, ","))
    return distinct(parts)


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Return names in order, each once, without the punctuation around them."""
    tidy = (said(" ".join(name.split()).strip(" ,;")) for name in names)
    return tuple(dict.fromkeys(name for name in tidy if name))[:MOST]


def _outside_brackets(text: str, mark: str) -> list[str]:
    if text.count("(") != text.count(")"):
        return text.split(mark)
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == mark and depth <= 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _joined(parts: Sequence[str]) -> list[str]:
    names: list[str] = []
    for part in parts:
        if names and _CONTINUES.match(part.strip()):
            names[-1] = f"{names[-1]}, {part.strip()}"
        else:
            names.append(part)
    return names


def role(name: str) -> bool:
    """Tell an office ("Editors E.800", "Rapporteur Q2/12", "TSB") from a member."""
    return _ROLE.match(name.strip()) is not None


def companies(sources: Iterable[str]) -> tuple[str, ...]:
    """Return those of a document's sources that are members: not editors, rapporteurs, the TSB or groups of ITU."""
    return distinct(name for name in sources if not role(name) and not _GROUP.match(name.strip()))


def person(text: str) -> str:
    """Return a contact's name: "Jason KIM" of "Jason KIM, Editor (jason(AT)example.org)". Addresses are not kept."""
    bare = _ADDRESS.sub(" ", clean(text))
    return said(re.split(r"[,(\[<]", bare, maxsplit=1)[0].strip(" ,;:"))
