"""An entry read once for all watches: where each test of a term is met."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from bot.domain.analysis import Gap, Passage, read
from bot.domain.entries import Entry
from bot.domain.terms import Tests

ANYWHERE = ("title", "text", "company", "number", "group", "place")
"""Where words without a field are looked for: what people read on the entry's card, not its source's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known of an entry from outside.

    Attributes:
        lang: of the source; the entry's own goes before.
        first_seen: day or instant (aware UTC) for `since:` and `until:` where the entry has no date.

    """

    source_id: str = ""
    source_name: str = ""
    body: str | None = None
    lang: str | None = None
    first_seen: date | datetime | None = None


NO_CONTEXT = Context()


@dataclass(frozen=True)
class Seen:
    """A passage of an entry; `where` gives the positions of the tokens that pass a test, ascending."""

    field: str
    passage: Passage
    where: Mapping[int, list[int]]
    tests: Tests

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """What precedes each token."""
        return self.passage.gaps

    @cached_property
    def _sets(self) -> dict[int, frozenset[int]]:
        return {}

    def passes(self, position: int, test: int) -> bool:
        """Tell whether the token at a position passes a test."""
        if test not in self._sets:
            self._sets[test] = frozenset(self.where.get(test, ()))
        return position in self._sets[test]

    def function(self, position: int) -> bool:
        """Tell whether the token is a function word."""
        return self.tests.sight(self.passage.raws[position]).function


class Sheet:
    """All passages of an entry, read against the tests of all watches."""

    def __init__(self, entry: Entry, context: Context, tests: Tests) -> None:
        self.entry = entry
        self.context = context
        self.present: set[int] = set()
        self._passages: dict[str, list[Seen]] = {}
        self._together: dict[tuple[str, ...], tuple[Seen, ...]] = {}
        for field, text in texts(entry, context):
            if not text:
                continue
            self._passages.setdefault(field, []).append(self._look(field, text, tests))

    def passages(self, fields: tuple[str, ...]) -> tuple[Seen, ...]:
        """Return the passages of these fields."""
        together = self._together.get(fields)
        if together is None:
            together = tuple(seen for field in fields for seen in self._passages.get(field, ()))
            self._together[fields] = together
        return together

    def _look(self, field: str, text: str, tests: Tests) -> Seen:
        passage = read(text)
        where: dict[int, list[int]] = {}
        sight = tests.sight
        for position, raw in enumerate(passage.raws):
            for test in sight(raw).tests:
                where.setdefault(test, []).append(position)
        self.present.update(where)
        return Seen(field, passage, where, tests)


def texts(entry: Entry, context: Context) -> Iterator[tuple[str, str]]:
    """Yield field and text of all that an entry says; several values of a fact are joined by commas."""
    yield "title", entry.title
    yield "text", entry.text
    yield "place", entry.place or ""
    yield "group", entry.group or fact(entry, "group")
    yield "source", context.source_id
    yield "source", context.source_name
    yield "body", context.body or fact(entry, "body")
    yield "company", fact(entry, "company") or fact(entry, "companies")
    for name in ("question", "stage", "number"):
        yield name, fact(entry, name)


def fact(entry: Entry, name: str) -> str:
    """Return a fact as text, empty if there is none."""
    value = entry.facts.get(name, "")
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def day(entry: Entry, context: Context) -> date | None:
    """Return the day that `since:` and `until:` compare: published, else starts, else first seen."""
    when = entry.published or entry.starts or context.first_seen
    return when.date() if isinstance(when, datetime) else when
