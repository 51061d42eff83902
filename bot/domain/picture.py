"""What a picture shows, before anybody has drawn it."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.domain.values import by_value


@by_value
class Bar:
    """A span of days on a timeline.

    Attributes:
        last: included.
        marks: days that matter before it, with a word for each ("contributions").
        faint: it may not take place.

    """

    label: str
    first: date
    last: date
    marks: tuple[tuple[date, str], ...] = ()
    faint: bool = False


@by_value
class Timeline:
    """Bars below each other, in the order given; `today` is marked."""

    title: str
    bars: Sequence[Bar]
    today: date


@by_value
class Columns:
    """Counts by period: for each label one stacked column, as many values in each series as there are labels."""

    title: str
    labels: Sequence[str]
    series: Mapping[str, Sequence[int]]


Picture = Timeline | Columns
