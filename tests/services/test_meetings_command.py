"""`meetings` through the command framework, on a real store."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from adapters.language.times import Times
from bot.clock import SteppedClock
from bot.domain.changes import Known
from bot.domain.chat import Command, Conversation
from bot.domain.entries import Entry, EntryId, Kind, SourceId
from bot.domain.errors import CommandError
from bot.domain.ports import Candidate
from bot.domain.sources import Source
from bot.domain.storing.sources import Outcomes
from bot.services.commands.context import Context, Request
from bot.services.commands.meetings import MEETINGS
from storage import open_store

NOW = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)


class NoProspector:
    async def discover(self, url: str) -> tuple[Candidate, ...]:
        raise AssertionError(url)


def as_it_is(word: str, lang: str) -> str:
    del lang
    return word


def meeting(number: int) -> Known:
    first = date(2026, 4, 1) + timedelta(weeks=number)
    entry = Entry(
        key=f"m{number:02}",
        kind=Kind.MEETING,
        title=f"ITU-T SG17 meeting {number}",
        starts=first,
        ends=first,
        all_day=True,
        group="SG17",
        place="Geneva",
    )
    return Known(
        id=EntryId(entry.key),
        source=SourceId("itu"),
        entry=entry,
        fingerprint=entry.fingerprint,
        first_seen=NOW,
        fetched_at=NOW,
    )


@pytest.fixture
async def context(tmp_path: Path) -> AsyncIterator[Context]:
    async with open_store(f"sqlite:///{tmp_path / 'meetings.db'}") as store:
        source = Source(id=SourceId("itu"), url="https://itu.example/", format="itu-meetings", name="ITU")
        await store.sources.declare([source], origin=source.origin, now=NOW)
        [tracked] = await store.sources.claim(now=NOW, owner="me", lease=timedelta(minutes=1), limit=1)
        revision, _ = await store.watches.all()
        added = [meeting(number) for number in range(12)]
        await store.sources.commit(Outcomes(tracked=tracked, owner="me", revision=revision, added=added))
        yield Context(
            store=store,
            prospector=NoProspector(),
            calendar=Times(languages=()),
            clock=SteppedClock(NOW),
            stem=as_it_is,
        )


async def say(context: Context, rest: str, *, zone: str | None = None) -> list[str]:
    command = Command(conversation=Conversation("console", "room"), user="ada", text=f"meetings {rest}", zone=zone)
    document = await MEETINGS.handler(Request(command=command, rest=rest, context=context))
    return document.plain.splitlines()


async def test_ten_meetings_are_a_page_and_the_footer_leads_to_the_next(context: Context) -> None:
    lines = await say(context, "SG17 in Geneva")
    assert lines[0] == "Upcoming meetings · SG17 · Geneva"
    assert lines[1] == "1. 1 Apr 2026: ITU-T SG17 meeting 0 · Geneva"
    assert len(lines) == 12
    assert lines[-1] == "12 meetings, 2 more: meetings SG17 in Geneva page 2"


@pytest.mark.parametrize("more", ["page 2", "Page 2", "more"])
async def test_the_line_that_the_footer_gives_shows_the_rest(context: Context, more: str) -> None:
    lines = await say(context, f"SG17 in Geneva {more}")
    assert lines[1:] == [
        "11. 10 Jun 2026: ITU-T SG17 meeting 10 · Geneva",
        "12. 17 Jun 2026: ITU-T SG17 meeting 11 · Geneva",
        "12 meetings.",
    ]


async def test_a_page_that_is_not_there_is_refused(context: Context) -> None:
    with pytest.raises(CommandError, match="There is no page 3: this list has 2 pages") as refused:
        await say(context, "SG17 page 3")
    assert refused.value.usage == "meetings SG17 page 2"


async def test_the_days_are_those_of_the_person_who_asks(context: Context) -> None:
    assert (await say(context, "today"))[0] == "Meetings on 10 March 2026"
    assert (await say(context, "today", zone="Asia/Tokyo"))[0] == "Meetings on 11 March 2026"


async def test_nothing_found_shows_the_next_three(context: Context) -> None:
    lines = await say(context, "SG17 deepfakes 下个月")
    assert lines[0] == "Meetings in April 2026 · SG17 · “deepfakes”"
    assert lines[1] == "No meeting fits. The next ones, whatever was asked:"
    assert len(lines) == 6
    assert lines[-1] == "Or ask for less: meetings SG17 in April 2026"


async def test_a_bot_that_cannot_write_calendars_says_so(context: Context) -> None:
    with pytest.raises(CommandError, match="without --ics"):
        await say(context, "SG17 --ics")


async def test_every_example_of_the_help_works(context: Context) -> None:
    for example in MEETINGS.examples:
        assert await say(context, example.removeprefix("meetings "))
