"""A year of ITU-T on a clock of its own: three groups, their meetings, texts and documents, and all that goes wrong.

Two conversations follow it, one with everything said aloud, one with nothing; their threads are asserted exactly.
"""

import random
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.chat import Conversation
from bot.domain.errors import BotError, FetchError
from bot.domain.preferences import Preferences
from bot.domain.stages import MEANING
from tests.services.bodies import (
    ANNA,
    BEN,
    BLOCKED,
    Item,
    Meeting,
    Paper,
    Said,
    World,
    aap,
    calendar,
    catalogue,
    editions,
    index,
    item_page,
    living,
    programme,
    rapporteurs,
)

NOW = datetime(2026, 1, 4, 10, tzinfo=UTC)
ITU = "https://www.itu.int"
GROUPS = ("SG17", "SG20", "SG21")
COMPANIES = ("ZTE", "China Telecom", "Orange", "Korea (Rep. of)", "KDDI", "Nokia", "BUPT", "ETRI", "NTT", "Huawei")
BVM = "Requirements for biometric variability management in telecommunication services"
DOCUMENTS = 5_000


class Year:
    """What ITU's pages say, day by day."""

    def __init__(self) -> None:
        self.dice = random.Random(17)
        self.day = NOW.date()
        self.meetings = [
            Meeting(group=group, starts=starts, event=100 + number)
            for number, (group, starts) in enumerate(
                (group, starts) for group in GROUPS for starts in (date(2026, 4, 13), date(2026, 10, 5))
            )
        ]
        self.rapporteurs = [
            Meeting(
                group=group,
                starts=date(2026, 2, 2) + timedelta(days=40 * number),
                days=2,
                place="E-meeting",
                question=f"Q{number + 1}/{group[2:]}",
                event=200 + number,
            )
            for group in GROUPS
            for number in range(8)
        ]
        self.events = [replace(one) for one in self.meetings]
        self.bvm = Item(isn=21763, name="X.bvm", title=BVM, supporters="KISA")
        self.items = {group: [self.bvm] if group == "SG17" else [] for group in GROUPS}
        for number in range(199):
            group = GROUPS[number % 3]
            title = f"Framework number {number} of services in networks of the future"
            self.items[group].append(
                Item(isn=30_000 + number, name=f"Y.f{number}", title=title, group=group, question=f"Q1/{group[2:]}")
            )
        self.records = [(1, "X.9 (X.old)", "An old record", "A", "-", "-")]
        self.texts = [(1, "X.1095 (10/2025)", "Pet animals", "2025-10-14", "In force")]
        self.papers: dict[str, list[Paper]] = {group: [] for group in GROUPS}
        self.planned = self._plan_papers()

    def _plan_papers(self) -> dict[date, list[tuple[str, str, str]]]:
        """Register documents within the three weeks before the deadline of each meeting, most on the last days."""
        planned: dict[date, list[tuple[str, str, str]]] = {}
        for number in range(DOCUMENTS):
            group, first = GROUPS[number % 3], (date(2026, 4, 13), date(2026, 10, 5))[number % 2]
            day = first - timedelta(days=12 + int(self.dice.expovariate(0.3)) % 20)
            company = COMPANIES[min(int(self.dice.expovariate(0.5)), len(COMPANIES) - 1)]
            planned.setdefault(day, []).append((group, f"T25-{group}-{first:%y%m%d}", company))
        return planned

    def dawn(self, day: date) -> None:
        """Let ITU do what it does on a day."""
        self.day = day
        for group, meeting, company in self.planned.get(day, ()):
            number = len(self.papers[group]) + 1
            self.papers[group].append(
                Paper(
                    number=number,
                    group=group,
                    meeting=meeting,
                    source=company,
                    question=f"Q{number % 5 + 1}/{group[2:]}",
                    title=f"Proposal {number}",
                    received=day,
                )
            )
        happens = getattr(self, f"on_{day:%m%d}", None)
        if happens is not None:
            happens()

    def on_0210(self) -> None:
        """SG17 moves by a week: the catalogue has another key, the calendar follows three days later."""
        self.meetings[0].starts = date(2026, 4, 20)

    def on_0213(self) -> None:
        self.events[0].starts = date(2026, 4, 20)

    def on_0220(self) -> None:
        self.bvm.supporters = "KISA, Zhejiang Dahua Technology Co., Ltd."

    def on_0305(self) -> None:
        self.bvm.timing = "2027-Q1"

    def on_0429(self) -> None:
        self.bvm.status = "Consented on 2026-04-28"

    def on_0516(self) -> None:
        self.records.append((10325, "X.1096 (X.bvm)", BVM, "LC", "2026-05-16", "2026-06-12"))

    def on_0615(self) -> None:
        self.records[1] = (10325, "X.1096 (X.bvm)", BVM, "A", "2026-05-16", "2026-06-12")
        self.bvm.name, self.bvm.status = "X.1096 (ex X.bvm)", "Approved on 2026-06-13"

    def on_0620(self) -> None:
        self.texts.append((14660, "X.1096 (06/2026)", BVM, "2026-06-13", "In force"))

    def on_0701(self) -> None:
        """A rapporteur meeting of SG17 moves by ten days; its row has another key."""
        self.moved_rgm.starts += timedelta(days=10)

    @property
    def moved_rgm(self) -> Meeting:
        return next(one for one in self.rapporteurs if one.question == "Q6/17")

    def on_0801(self) -> None:
        """SG20's autumn meeting is called off in the calendar."""
        self.events[3].status = "Cancelled"

    def trouble(self) -> bytes | BotError | None:
        """Return what every page answers on bad days."""
        if date(2026, 3, 1) <= self.day <= date(2026, 3, 4):
            return FetchError("www.itu.int is overloaded or keeps us out (503).")
        if self.day in (date(2026, 3, 10), date(2026, 7, 15)):
            return BLOCKED
        return None

    def sync(self) -> bytes | BotError:
        half = date(2026, 6, 1) <= self.day <= date(2026, 6, 2)
        return self.trouble() or catalogue(self.meetings[:2] if half else self.meetings)

    def list_of(self, group: str) -> bytes | BotError:
        drifted = group == "SG21" and date(2026, 5, 5) <= self.day <= date(2026, 5, 12)
        return self.trouble() or programme(self.items[group], drifted=drifted)


async def follow(world: World, year: Year) -> None:
    await world.source("sync", "itu-meetings", f"{ITU}/sync.xml", year.sync)
    await world.source("events", "itu-calendar", f"{ITU}/events", lambda: year.trouble() or calendar(year.events))
    await world.source("aap", "itu-aap", f"{ITU}/t/aap/", lambda: year.trouble() or aap(*year.records))
    await world.source("recs", "itu-recommendations", f"{ITU}/mws", lambda: year.trouble() or editions(*year.texts))
    await world.source(
        "page", "itu-work-item", f"{ITU}/wp_item.aspx?isn=21763", lambda: year.trouble() or item_page(year.bvm)
    )
    for group in GROUPS:
        await _follow_group(world, year, group)


async def _follow_group(world: World, year: Year, group: str) -> None:
    def interim() -> bytes | BotError:
        mine = [one for one in year.rapporteurs if one.group == group]
        return year.trouble() or rapporteurs(mine, int(group[2:]))

    number = group[2:]
    await world.source(f"rgm-{group}", "itu-rapporteur-meetings", f"{ITU}/rgm.aspx?Group={number}", interim)
    await world.source(
        f"list-{group}", "itu-work-items", f"{ITU}/wp_search.aspx?sg={number}", lambda: year.list_of(group)
    )
    await world.source(
        f"papers-{group}",
        "itu-documents",
        f"{ITU}/T25-{group}-C.xml",
        lambda: year.trouble() or index(year.papers[group], group),
    )


@pytest.mark.slow
async def test_a_year_is_told_in_the_right_threads_and_nothing_else_is(tmp_path: Path) -> None:
    year = Year()
    async with living(tmp_path, NOW) as world:
        await follow(world, year)
        await world.store.preferences.keep(BEN, Preferences(echo=frozenset()))
        for where in (ANNA, BEN):
            await world.watch(where, "group:SG17 kind:meeting")
            await world.watch(where, "biometric")
        await world.watch(ANNA, "company:ZTE kind:document")
        await world.watch(BEN, "company:ZTE kind:document", "weekly mon 08:00")
        await world.watch(ANNA, "group:SG20 kind:meeting")
        day = NOW.date()
        while day < date(2027, 1, 4):
            day += timedelta(days=1)
            year.dawn(day)
            await world.pass_to(datetime(day.year, day.month, day.day, 10, tzinfo=UTC))
        _judge(world, year)


X_BVM = f"Work item · SG17 · X.bvm: {BVM}"
CLIMB = (
    "03-05 Timing slips: now 2027-Q1, was 2026-Q4.",
    f"04-30 Consented on 28 Apr 2026 (was under study); {MEANING['consented']}.",
    f"05-16 Last call (was consented); {MEANING['last call']}.",
    "06-15 Approved on 13 Jun 2026 (was last call).",
    "06-21 In force on 13 Jun 2026 (was approved).",
)
MOVED = "Meeting · SG17 · ITU-T SG17 meeting, Geneva, 20–28 April 2026"
INTERIM = "Meeting · SG17 · Q6/17 rapporteur group meeting, E-meeting, 31 August – 1 September 2026"


def _judge(world: World, year: Year) -> None:
    """Hold the threads to what happened: no more, no less."""
    assert outline(world, ANNA) == [
        (MOVED,),
        (X_BVM, CLIMB[0], *(f"!{step}" for step in CLIMB[1:])),
        ("Document · SG20 · Proposal 3",),
        ("Documents · SG21 · T25-SG21-260413",),
        (INTERIM,),
        ("Meeting · SG20 · ITU-T SG20 meeting",),
        ("Documents · SG17 · T25-SG17-261005",),
        ("Document · SG21 · Proposal 839",),
    ]
    digests = (
        ("Weekly digest: 4 new",),
        ("Weekly digest: 15 new",),
        ("Weekly digest: 4 new",),
        ("Weekly digest: 21 new",),
    )
    assert outline(world, BEN) == [(MOVED,), (X_BVM, *CLIMB), *digests[:2], (INTERIM,), *digests[2:]]
    called_off = [root for root in world.chat.posts(ANNA) if "Status: cancelled" in root.text]
    assert [root.text.splitlines()[0] for root in called_off] == ["Meeting · SG20 · ITU-T SG20 meeting"]
    assert not [one for one in world.chat.said if "No longer listed" in one.text or "Cancelled" in one.text]
    zte = sum(paper.source == "ZTE" for papers in year.papers.values() for paper in papers)
    assert sum(map(_documents, world.chat.said)) == zte > 500
    busiest = Counter((one.where, one.thread, one.at.date()) for one in world.chat.said if one.verb == "reply")
    assert max(busiest.values()) <= 5
    assert max(Counter((one.where, one.at.date()) for one in world.chat.said if one.verb == "post").values()) <= 2
    assert max(Counter((one.where, one.at.date()) for one in world.chat.said if one.verb != "edit").values()) <= 8
    (bvm,) = [root for root in world.chat.posts(ANNA) if root.text.startswith(X_BVM)]
    assert "Supporting members: KISA, Zhejiang Dahua Technology Co., Ltd." in world.chat.card(bvm)
    reminders = [one.text.split(". ")[0] for one in world.chat.replies(bvm) if one.text.startswith("Reminder")]
    ends = "the Last Call ends"
    assert reminders == [f"Reminder: {ends} {left}, on 12 Jun 2026" for left in ("in 14 days", "in 7 days", "tomorrow")]


def _documents(one: Said) -> int:
    """Return how many documents a message told Anna of."""
    if one.where != ANNA.id or one.verb == "edit":
        return 0
    if one.text.startswith("Document · "):
        return 1
    found = re.search(r"(?:^New: |\n)(\d+) contributions?\b", one.text)
    return int(found[1]) if found else 0


def outline(world: World, where: Conversation) -> list[tuple[str, ...]]:
    """Return each thread as the first line of its card, then its replies: what was said aloud begins with "!"."""
    return [
        (root.text.splitlines()[0], *filter(None, map(_short, world.chat.replies(root))))
        for root in world.chat.posts(where)
    ]


def _short(reply: Said) -> str:
    """Return a reply in few words; documents and reminders are counted elsewhere."""
    if any(part.startswith(("New: ", "Reminder: ")) for part in reply.text.splitlines()[:2]):
        return ""
    first = next(part for part in reply.text.splitlines() if not part.startswith("X."))
    return f"{'!' if reply.echo else ''}{reply.at:%m-%d} {first}"
