"""The grammar of titles that ITU's documents follow: what a restricted file is for, read without opening it."""

import re
from dataclasses import dataclass

_LIAISON = re.compile(r"LS/(?P<way>[io])(?P<reply>/r)?\b[\s:–-]*", re.IGNORECASE)
_ACT = re.compile(
    r"(?:draft\s+)?(?:for\s+)?(?P<act>consent|determination|approval|agreement|deletion)\s*[-–—:]\s*(?P<rest>.+)",
    re.IGNORECASE,
)
_OUTPUT = re.compile(
    r"output\s*[-–—:]\s*(?P<new>(?:proposed\s+)?new work items?\b)?\s*:?\s*(?P<rest>.+)", re.IGNORECASE
)
_NEW = re.compile(
    r"(?:a\.1\b.*?\bfor\s+)?(?:proposal\s+(?:for|of)\s+(?:a\s+)?)?new work item\b[\s:–-]*(?P<rest>.+)", re.IGNORECASE
)
_OTHERS = (
    ("agenda", re.compile(r"(?:draft\s+|revised\s+|proposed\s+)*agenda\b", re.IGNORECASE)),
    ("meeting report", re.compile(r"(?:draft\s+)?(?:meeting\s+)?report\s+of\b", re.IGNORECASE)),
    ("time plan", re.compile(r"(?:draft\s+|revised\s+)*time\s*(?:plan|table)\b", re.IGNORECASE)),
    ("base text", re.compile(r"(?:updated?|revised|initial|new)?\s*(?:baseline|base|draft)\s+text\b", re.IGNORECASE)),
    ("collective letter", re.compile(r"(?:TSB\s+)?collective letter\b", re.IGNORECASE)),
)
_NAME = (
    r"(?:ITU-T\s+)?(?P<name>[A-Z]{1,6}[.-]?[A-Za-z0-9][\w.-]*(?:/[A-Z]\.[\w.-]+)?"
    r"(?:\s+(?:\(\d{4}\)\s+)?(?:Amd|Cor|Suppl)\.?\s*\d+)?)"
)
_NAMED = re.compile(rf"{_NAME}\s*(?:\(\s*(?:ex\.?\s*)?(?P<ex>[A-Z][\w./-]+)\s*\))?\s*(?::|[-–—]\s|$)\s*")
_EX = re.compile(r"(?P<name>[^()]{1,200}?)\s*\(\s*(?:ex\.?\s+)?(?P<ex>[^()\s][^()]{0,200})\)")
_FROM = re.compile(r"\[\s*(?P<way>from|to)\s+(?P<who>[^\[\]]{1,300})\]", re.IGNORECASE)
_NUMBER = re.compile(
    r"[A-Z]{1,2}\.(?:\d+(?:\.\d+)*(?:bis|ter|quater)?|Imp\w+|Sup\d+)(?:/[A-Z]\..*)?(?:\s.*)?|[A-Z]\s+Suppl\..*"
)
"""A Recommendation's number: digits alone behind its series; "X.5Gsec-q" and "H.26L" are acronyms of drafts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a title says.

    Attributes:
        purpose: "consent", "new work item", "liaison in", "agenda" … or empty.
        work_item: the acronym that it names ("X.bvm"), if any.
        recommendation: the number that it names ("X.1096"), if any.
        sender, receiver: of a liaison statement, as written.

    """

    purpose: str = ""
    work_item: str = ""
    recommendation: str = ""
    sender: str = ""
    receiver: str = ""
    reply: bool = False


def read(title: str) -> Subject:
    """Read a title such as "Consent - X.bvm: Requirements …"; what does not follow the grammar says nothing."""
    liaison = _LIAISON.match(title)
    if liaison:
        ways = {found["way"].lower(): found["who"].strip() for found in _FROM.finditer(title)}
        return Subject(
            purpose="liaison in" if liaison["way"].lower() == "i" else "liaison out",
            sender=ways.get("from", ""),
            receiver=ways.get("to", ""),
            reply=liaison["reply"] is not None,
        )
    if found := _ACT.match(title):
        return _of(found["act"].lower(), found["rest"])
    if found := _OUTPUT.match(title):
        return _of("new work item" if found["new"] else "output", found["rest"])
    if found := _NEW.match(title):
        return _of("new work item", found["rest"])
    for purpose, begins in _OTHERS:
        if found := begins.match(title):
            return (
                _of(purpose, title[found.end() :].strip(" :–-")) if purpose == "base text" else Subject(purpose=purpose)
            )
    return Subject()


def is_number(name: str) -> bool:
    """Tell a Recommendation's number ("X.1096", "H.264 (V14)") from a draft's acronym ("X.bvm", "X.5Gsec-q")."""
    return _NUMBER.fullmatch(name) is not None


def item_names(text: str) -> tuple[str, str]:
    """Return number and acronym of a work item: "X.1096 (ex X.bvm)" is ("X.1096", "X.bvm"); either may be empty."""
    found = _EX.fullmatch(text)
    name, ex = (found["name"].strip(), found["ex"].strip()) if found else (text.strip(), "")
    return (name, ex) if is_number(name) else ("", name)


def _of(purpose: str, rest: str) -> Subject:
    """Read "X.1234 (X.acr): …" or "X.acr: …"; a name with digits behind its series is a Recommendation's number."""
    found = _NAMED.match(rest.strip())
    if found is None:
        return Subject(purpose=purpose)
    name, ex = found["name"].rstrip("."), found["ex"] or ""
    if is_number(name):
        return Subject(purpose=purpose, recommendation=name, work_item=ex)
    return Subject(purpose=purpose, work_item=name, recommendation=ex if is_number(ex) else "")
