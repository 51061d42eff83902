"""An entry read once for all watches: where each test of a term is met."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import chain
from operator import add
from typing import Any

from bot.domain.analysis import Gap, cut, gap, spans
from bot.domain.entries import Entry, fact
from bot.domain.language import SAMPLE, spoken_in
from bot.domain.percolating import Key, Probe, Tests
from bot.domain.values import by_value

ANYWHERE = ("title", "text", "company", "number", "group", "place")
"""Where words without a field are looked for: what people read on the entry's card, not its source's name."""


@by_value
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


@dataclass(slots=True, eq=False)
class Seen:
    """A passage of an entry; what is only needed to say where a term stands is worked out when it is asked for.

    Attributes:
        raws: its tokens as written.
        wide: some may be characters of an unsegmented script.

    """

    field: str
    text: str
    sheet: "Sheet"
    raws: list[str]
    wide: bool
    _found: dict[str, Any] | None = None
    _present: set[Key] | None = None
    _version: int = -1
    _places: dict[str, list[int]] | None = None
    _spans: tuple[tuple[int, int], ...] | None = None
    _gaps: dict[int, Gap] | None = None

    @property
    def found(self) -> dict[str, Any]:
        """Places of the sets of the vocabulary, kept by them."""
        if self._found is None:
            self._found = {}
        return self._found

    @property
    def present(self) -> set[Key]:
        """What stands in the passage: tests that a token passes, pairs of characters."""
        if self._present is None or self._version != self.sheet.tests.version:
            self._version = self.sheet.tests.version
            self._present = self.sheet.met([self])
        return self._present

    def where(self, probe: Probe) -> list[int]:
        """Return the positions of the tokens that pass a test, ascending."""
        places = self._places
        if places is None:
            places = self._places = {}
            for position, raw in enumerate(self.raws):
                if raw in places:
                    places[raw].append(position)
                else:
                    places[raw] = [position]
        if len(probe.raws) < len(places):
            passing = [places[raw] for raw in probe.raws if raw in places]
        else:
            passing = [positions for raw, positions in places.items() if raw in probe.raws]
        return passing[0] if len(passing) == 1 else sorted(chain.from_iterable(passing))

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where the tokens stand in the text."""
        if self._spans is None:
            self._spans = spans(self.text, self.raws)
        return self._spans

    def between(self, position: int) -> str:
        """Return what stands between a token and the one before it."""
        return self.text[self.spans[position - 1][1] : self.spans[position][0]]

    def gap(self, position: int) -> Gap:
        """Tell what precedes a token; a break before the first."""
        if self._gaps is None:
            self._gaps = {}
        known = self._gaps.get(position)
        if known is None:
            known = self._gaps[position] = gap(self.between(position)) if position else Gap.BREAK
        return known


class Sheet:
    """All passages of an entry, read against the tests of all watches."""

    def __init__(self, entry: Entry, context: Context, tests: Tests) -> None:
        self.entry = entry
        self.context = context
        self.tests = tests
        self.age = tests.age
        self.anywhere = [Seen(field, text, self, *cut(text)) for field, text in _on_the_card(entry) if text]
        self._elsewhere: list[Seen] | None = None
        self._present: set[Key] | None = None
        self._version = -1

    @property
    def present(self) -> set[Key]:
        """What stands in the passages of ANYWHERE, as far as tests were there when it was first asked for."""
        if self._present is None:
            self._version = self.tests.version
            self._present = self.met(self.anywhere)
        return self._present

    def refresh(self) -> None:
        """Take the tests that came since into account."""
        if self._version != self.tests.version:
            self.present.update(self.met(self.anywhere))
            self._version = self.tests.version

    def met(self, passages: list[Seen]) -> set[Key]:
        """Return what stands in these passages."""
        tokens: set[str] = set()
        present = self.tests.met(tokens.union(*[seen.raws for seen in passages]))
        for seen in passages:
            if seen.wide:
                lone = list(map(self.tests.lone.__getitem__, seen.raws))
                present.update(map(add, lone, lone[1:]))
        return present

    @property
    def elsewhere(self) -> list[Seen]:
        """The passages of the other fields."""
        if self._elsewhere is None:
            rest = _beside_the_card(self.entry, self.context)
            self._elsewhere = [Seen(field, text, self, *cut(text)) for field, text in rest if text]
        return self._elsewhere

    def passages(self, fields: tuple[str, ...]) -> list[Seen]:
        """Return the passages of these fields, title and text first."""
        if fields is ANYWHERE:
            return self.anywhere
        known = self.anywhere if set(fields).issubset(ANYWHERE) else [*self.anywhere, *self.elsewhere]
        return [seen for seen in known if seen.field in fields]

    @cached_property
    def lang(self) -> str:
        """The language of the entry; empty if it is not sure."""
        sample = " ".join(seen.text[:SAMPLE] for seen in self.anywhere[:2])
        return spoken_in(sample, self.entry.lang or self.context.lang or "")


def texts(entry: Entry, context: Context) -> Iterator[tuple[str, str]]:
    """Yield field and text of all that an entry says; several values of a fact are joined by commas."""
    yield from _on_the_card(entry)
    yield from _beside_the_card(entry, context)


def _on_the_card(entry: Entry) -> list[tuple[str, str]]:
    card = [("title", entry.title), ("text", entry.text)]
    if entry.facts:
        card.append(("company", fact(entry, "company") or fact(entry, "companies")))
        card.append(("number", fact(entry, "number")))
    if entry.group or entry.facts:
        card.append(("group", entry.group or fact(entry, "group")))
    if entry.place:
        card.append(("place", entry.place))
    return card


def _beside_the_card(entry: Entry, context: Context) -> list[tuple[str, str]]:
    beside = [("source", context.source_id), ("source", context.source_name)]
    bodies = dict.fromkeys((context.body or "", fact(entry, "body")))
    beside += [("body", body) for body in bodies]
    return beside + [(name, fact(entry, name)) for name in ("question", "stage")]


def day(entry: Entry, context: Context) -> date | None:
    """Return the day that `since:` and `until:` compare: published, else starts, else first seen."""
    when = entry.published or entry.starts or context.first_seen
    return when.date() if isinstance(when, datetime) else when
