"""D: natural-language times. How fast a lookup is read, with dateparser's own time beside it. `python -m bench.times`.

dateparser gets its best case: single dates, the right language named, warm. It cannot read the ranges at all.
"""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median, quantiles
from time import process_time
from typing import Any

from dateparser.date import DateDataParser

from adapters.language.times import Times
from bench.figures import Figure, medians, show
from bot.services.lookup import understand
from feeds.dates import instant

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ZONE = "Europe/Zurich"
GOAL = 10.0
FEED_GOAL = 20.0
LOOKUPS = (
    "SG17 in Geneva before summer",
    "3-7 Nov 2026",
    "SG21 facial recognition between 3 and 7 March",
    "next quarter",
    "réunions de la CE 17 à Genève la semaine prochaine",
    "entre le 3 et le 7 mars",
    "reuniones en Ginebra el próximo mes",
    "reuniões do SG17 de 3 a 7 de novembro de 2026",
    "Sitzungen vom 3. bis 7. März in Genf",
    "la prossima settimana a Ginevra",
    "заседания ИК 17 в Женеве в следующем месяце",
    "с 3 по 7 марта",
    "SG17下个月在日内瓦的会议",
    "3月3日から7日まで",
    "اجتماعات لجنة الدراسات 17 في جنيف الشهر القادم",
    "TSAG",
)
DATES = (
    ("3 November 2026", "en"),
    ("3 novembre 2026", "fr"),
    ("3 de noviembre de 2026", "es"),
    ("3 de novembro de 2026", "pt"),
    ("3. November 2026", "de"),
    ("3 ноября 2026", "ru"),
    ("2026年11月3日", "zh"),
    ("2026年11月3日", "ja"),
    ("3 نوفمبر 2026", "ar"),
)
FEED_DATES = (
    "Tue, 10 Mar 2026 09:00:00 GMT",
    "Tue, 10 Mar 2026 09:00:00 +0100",
    "10 Mar 2026 09:00:00 EST",
    "2026-03-10T09:00:00Z",
    "2026-03-10T09:00:00.123+02:00",
    "2026-03-10 09:00:00",
    "2026-03-10",
    "Tue, 10 March 2026 9:00 PM",
    "Mar 10, 2026 09:00",
)
CALLS = 100


def spied() -> list[Any]:
    """Make dateparser tell which languages it is set up with."""
    import dateparser.date

    seen: list[Any] = []
    original = dateparser.date.DateDataParser.__init__

    def tell(self: Any, languages: Any = None, *args: Any, **options: Any) -> None:
        seen.append(languages)
        original(self, languages, *args, **options)

    dateparser.date.DateDataParser.__init__ = tell  # type: ignore[method-assign]
    return seen


def each(calls: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Return the CPU seconds of every call."""
    marks = [process_time()]
    for _ in range(rounds):
        for call in calls:
            call()
            marks.append(process_time())
    return [later - earlier for earlier, later in pairwise(marks)]


def figures() -> list[Figure]:
    """Measure one date against dateparser, and whole lookups at p50 and p99 against its time for one date."""
    seen = spied()
    calendar = Times()
    calendar.warm()
    calendar.read("SG17 5 experts", now=NOW, zone=ZONE)
    called, without = len(seen), sum(1 for languages in seen if not languages)

    def own() -> None:
        for text, _ in DATES:
            calendar.read(text, now=NOW, zone=ZONE)

    parsers = {language: DateDataParser(languages=[language]) for _, language in DATES}

    def theirs() -> None:
        for text, language in DATES:
            parsers[language].get_date_data(text)

    own()
    theirs()
    their_round, own_round = medians(theirs, own, rounds=CALLS)
    their_date = their_round / len(DATES)

    def lookup(text: str) -> Callable[[], object]:
        return lambda: understand(text, calendar, NOW, ZONE)

    lookups = each([lookup(text) for text in LOOKUPS], CALLS)
    p50, p99 = median(lookups), quantiles(lookups, n=100)[98]
    data = f"{len(LOOKUPS)} lookups in 10 languages × {CALLS}"
    return [
        _feed_dates(),
        _beside(their_date, "D one date", own_round / len(DATES), least=GOAL, notes=f"{len(DATES)} languages"),
        _beside(their_date, "D whole lookup, p50", p50, least=3.0, notes=data),
        _beside(their_date, "D whole lookup, p99", p99, least=1.0, notes=data),
        _set_up(called, without),
    ]


def _set_up(called: int, without: int) -> Figure:
    """Tell how often dateparser was set up without the languages it is to try."""
    return Figure(
        name="D without languages",
        goal="no call",
        baseline="dateparser's set-ups here",
        baseline_seconds=0.0,
        own_seconds=0.0,
        ratio=float(without),
        holds=called > 0 and without == 0,
        unit=f"of {called}",
    )


def _feed_dates() -> Figure:
    """Measure the median time of a date as feeds write them, dateparser with the right language beside it."""
    parser = DateDataParser(languages=["en"])
    ours = [median(each([lambda text=text: instant(text)], CALLS)) for text in FEED_DATES]  # type: ignore[misc]
    theirs = [median(each([lambda text=text: parser.get_date_data(text)], 10)) for text in FEED_DATES]  # type: ignore[misc]
    own, baseline = median(ours), median(theirs)
    return Figure(
        name="D1 feed dates",
        goal="≤ 1/20 of dateparser's median",
        baseline="dateparser, English",
        baseline_seconds=baseline,
        own_seconds=own,
        ratio=baseline / own,
        holds=baseline / own >= FEED_GOAL,
        notes=f"{len(FEED_DATES)} forms of RFC 822, RFC 3339 and near them",
    )


def _beside(date: float, name: str, own: float, *, least: float, notes: str) -> Figure:
    return Figure(
        name=name,
        goal=f"≥ {least:.0f}× dateparser's date",
        baseline="dateparser, one date, right language",
        baseline_seconds=date,
        own_seconds=own,
        ratio=date / own,
        holds=date / own >= least,
        notes=notes,
    )


if __name__ == "__main__":
    found = figures()
    show(found)
    sys.exit(0 if all(figure.holds for figure in found) else 1)
