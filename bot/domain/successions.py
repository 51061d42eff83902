"""Groups and Questions of ITU-T that go on under another name since a new study period, as data with its source.

Only what ITU's own pages say, or show: a Question of which nothing is said has no line, and its work is found by words.
"""

import re
from datetime import date
from functools import cache

from bot.domain.query import Near, Not, Phrase, Query, Within, Words, any_of, children, rebuilt, walk
from bot.domain.values import by_value


@by_value
class Succession:
    """One name that another has replaced.

    Attributes:
        since: first day of the study period from which the later name holds.
        source: what says so.
        inferred: nothing says so in these words, but texts of the one were taken over by the other.

    """

    old: str
    new: str
    since: date
    source: str
    inferred: bool = False

    def __str__(self) -> str:
        verb = "seems to go on as" if self.inferred else "goes on as"
        return f"{self.old} {verb} {self.new} since {self.since.year} ({self.source})"


WTSA_24 = date(2025, 1, 1)
"""First day of the study period 2025-2028, for which the assembly of 2024 set up the groups."""
SUCCESSIONS = (
    Succession(old="SG16", new="SG21", since=WTSA_24, source="WTSA-24 merged SG9 and SG16 into SG21"),
    Succession(old="SG9", new="SG21", since=WTSA_24, source="WTSA-24 merged SG9 and SG16 into SG21"),
    Succession(
        old="Q12/16",
        new="Q7/21",
        since=WTSA_24,
        source="its subject, intelligent visual systems, and its texts are with Q7/21: F.743.36, F.MACVS",
        inferred=True,
    ),
)
FIELDS = frozenset({"group", "question"})


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """How groups and Questions are written; compiled when first needed."""
    group = r"(?:ITU(?:-?T)?\s+)?(?:SG|study\s+group)[\s-]*0*(\d{1,2})"
    question = r"(?:Q|question)[\s.]*0*(\d{1,2})\s*/\s*0*(\d{1,2})"
    return re.compile(group, re.IGNORECASE), re.compile(question, re.IGNORECASE)


def code(name: str) -> str | None:
    """Return how ITU-T writes a group or Question ("SG16", "Q12/16"), None for anything else."""
    text = " ".join(name.split())
    group, question = _patterns()
    if found := group.fullmatch(text):
        return f"SG{found[1]}"
    found = question.fullmatch(text)
    return f"Q{found[1]}/{found[2]}" if found else None


def succession(name: str) -> Succession | None:
    """Return what became of a group or Question, however it is written: "SG 16", "Q12/16"."""
    called = code(name)
    return next((one for one in SUCCESSIONS if one.old == called), None)


def name_on(name: str, when: date) -> str:
    """Return the name that a group or Question has on a day."""
    found = succession(name)
    return found.new if found is not None and when >= found.since else name


def names_within(name: str, first: date | None, last: date | None) -> tuple[str, ...]:
    """Return the names that a group or Question has in a period, the older first; an open side has no end."""
    found = succession(name)
    if found is None:
        return (name,)
    older = () if first is not None and first >= found.since else (name,)
    return older if last is not None and last < found.since else (*older, found.new)


def followed(query: Query) -> Query:
    """Return a query whose fields `group:` and `question:` find successors too.

    What is excluded stays as it was typed: nobody who leaves SG16 out has asked to miss SG21.
    """
    match query:
        case Within(field, part):
            return Within(field, _followed(part)) if field in FIELDS else query
        case Not():
            return query
        case _:
            return rebuilt(query, [followed(part) for part in children(query)])


def _followed(part: Query) -> Query:
    found = succession(_said(part))
    if found is not None:
        return any_of([part, Phrase(found.new)])
    return part if isinstance(part, Not | Near) else rebuilt(part, [_followed(one) for one in children(part)])


def brought_in(query: Query) -> tuple[Succession, ...]:
    """Return the successions of which `followed` makes use in a typed query."""
    before = {node for node in walk(query) if isinstance(node, Words | Phrase)}
    after = {node for node in walk(followed(query)) if isinstance(node, Phrase)} - before
    used = (succession(_said(node)) for node in walk(query))
    return tuple(one for one in dict.fromkeys(used) if one is not None and Phrase(one.new) in after)


def _said(leaf: Query) -> str:
    return leaf.text if isinstance(leaf, Phrase) else " ".join(leaf.words) if isinstance(leaf, Words) else ""
