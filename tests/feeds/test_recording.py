"""The recorded week and the server that plays it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.domain.aliases import Aliases, known_names
from bot.domain.clock_rules import CONTRIBUTIONS
from bot.domain.clustering import Clusters, item
from bot.domain.entries import Entry, Kind
from bot.vocabulary.reading import shipped
from feeds.formats import parse
from feeds.page import Page
from feeds.recording import Recorded, Recording, serve


@dataclass(slots=True)
class StoppedClock:
    """A clock that a test sets."""

    time: datetime

    def now(self) -> datetime:
        return self.time

    async def sleep_until(self, when: datetime) -> None:
        self.time = max(self.time, when)


@pytest.fixture(scope="module")
def week() -> Recording:
    return Recording.load()


@pytest.fixture
def clock(week: Recording) -> StoppedClock:
    return StoppedClock(week.steps()[0])


@pytest.fixture
async def base(week: Recording, clock: StoppedClock) -> AsyncIterator[str]:
    async with serve(week, clock) as url:
        yield url


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def entries(source: Recorded, now: datetime) -> tuple[Entry, ...]:
    answer = source.at(now)
    page = Page(body=answer.body, url=f"http://127.0.0.1/{source.id}", fetched_at=now, lang=source.lang)
    return parse(source.format, page).entries


def source(week: Recording, name: str) -> Recorded:
    return next(each for each in week.recorded if each.id == name)


def new_ones(week: Recording) -> list[tuple[datetime, Entry]]:
    """Return what readable pages newly show after the baseline, by title, in the order of the polls."""
    seen: set[str] = set()
    found = []
    for step in week.steps():
        for each in week.recorded:
            if each.at(step).content_type == "text/html":
                continue
            for entry in entries(each, step):
                if entry.title not in seen:
                    seen.add(entry.title)
                    found.append((step, entry))
    return [(step, entry) for step, entry in found if step > week.steps()[0]]


def test_the_week_is_polled_twice_a_day_in_universal_time(week: Recording) -> None:
    steps = week.steps()
    assert len(steps) == 14
    assert steps[0] == datetime(2026, 6, 15, 7, tzinfo=UTC)
    assert steps[0].weekday() == 0
    assert list(steps) == sorted(steps)


def test_every_answer_comes_into_force_in_its_order_and_before_some_poll(week: Recording) -> None:
    for each in week.recorded:
        since = [answer.since for answer in each.answers]
        assert since == sorted(since)
        assert since[0] <= week.steps()[0]
        assert {each.at(step) for step in week.steps()} == set(each.answers), each.id


def test_every_recorded_page_can_be_read_but_the_block_page(week: Recording) -> None:
    for each in week.recorded:
        for answer in each.answers:
            if answer.content_type != "text/html":
                page = Page(body=answer.body, url="http://127.0.0.1/x", fetched_at=answer.since)
                assert bool(parse(each.format, page).count) is not (answer.body.count(b"\n") < 3)


def test_the_meeting_moves_so_that_its_deadline_is_two_weeks_ahead_the_day_after(week: Recording) -> None:
    meetings = source(week, "itu-meetings")
    at_first = {entry.key: entry for entry in entries(meetings, week.steps()[0])}
    moved = {entry.key: entry for entry in entries(meetings, week.steps()[2])}
    assert "T25-SG21-260706" in at_first
    assert "T25-SG21-260706" not in moved
    now = moved["T25-SG21-260713"]
    assert at_first["T25-SG21-260706"].group == now.group == "SG21"
    assert now.starts is not None
    due = CONTRIBUTIONS.before(now.starts)
    assert due - timedelta(days=14) == week.steps()[4].date()


def test_one_meeting_changes_its_key_and_nothing_else(week: Recording) -> None:
    meetings = source(week, "itu-meetings")
    before = {entry.key: entry for entry in entries(meetings, week.steps()[2])}
    after = {entry.key: entry for entry in entries(meetings, week.steps()[6])}
    (old,) = before.keys() - after.keys()
    (new,) = after.keys() - before.keys()
    assert before[old].fingerprint == after[new].fingerprint


def told(news: Sequence[tuple[datetime, Entry]]) -> Sequence[Sequence[str]]:
    """Return the titles of each story that news becomes, as the bot tells them."""
    aliases, clusters = Aliases(known_names(shipped())), Clusters()
    titles: dict[int, list[str]] = {}
    for step, entry in news:
        titles.setdefault(clusters.join(item(entry, step, aliases)).id, []).append(entry.title)
    return list(titles.values())


def test_the_four_versions_of_the_leak_are_one_story_and_nothing_else_joins_any(week: Recording) -> None:
    stories = told([(step, entry) for step, entry in new_ones(week) if entry.kind is Kind.NEWS])
    (together,) = [scene.together for scene in week.expectations if scene.together]
    shared = [titles for titles in stories if len(titles) > 1]
    assert [sorted(titles) for titles in shared] == [sorted(together)]


def test_nine_matching_items_come_at_once(week: Recording) -> None:
    at_once = [entry for step, entry in new_ones(week) if step == week.steps()[11]]
    assert len(at_once) == 9
    assert all("biometric" in entry.title.casefold() for entry in at_once)


def test_what_must_stay_silent_stands_in_the_pages(week: Recording) -> None:
    shown = [entry.title for each in week.recorded for entry in entries(each, week.steps()[-1])]
    silent = [title for scene in week.expectations for title in scene.silent]
    assert len(silent) >= 9
    for title in silent:
        assert any(one.startswith(title) for one in shown), title


async def test_conditional_requests_are_answered_as_good_servers_do(
    week: Recording, clock: StoppedClock, base: str, client: aiohttp.ClientSession
) -> None:
    url = week.sources(base)[0].url
    async with client.get(url) as first:
        assert first.status == 200
        assert await first.read() == week.recorded[0].answers[0].body
        etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    for headers, status in (
        ({"If-None-Match": etag}, 304),
        ({"If-None-Match": '"other"', "If-Modified-Since": modified}, 200),
        ({"If-Modified-Since": modified}, 304),
    ):
        async with client.get(url, headers=headers) as again:
            assert again.status == status
            assert bool(await again.read()) is (status == 200)
    clock.time = week.steps()[2]
    async with client.get(url, headers={"If-None-Match": etag, "If-Modified-Since": modified}) as changed:
        assert changed.status == 200
        assert b"260713" in await changed.read()


async def test_robots_are_welcome_and_unknown_addresses_are_not_found(base: str, client: aiohttp.ClientSession) -> None:
    async with client.get(f"{base}/robots.txt") as robots:
        assert (robots.status, await robots.text()) == (200, "User-agent: *\nAllow: /\n")
    async with client.get(f"{base}/elsewhere") as nothing:
        assert nothing.status == 404


async def test_the_block_page_comes_as_html_with_success(
    week: Recording, clock: StoppedClock, base: str, client: aiohttp.ClientSession
) -> None:
    clock.time = week.steps()[12]
    async with client.get(f"{base}/group-calendar") as blocked:
        assert (blocked.status, blocked.content_type) == (200, "text/html")
    clock.time = week.steps()[13]
    async with client.get(f"{base}/group-calendar") as back:
        assert back.content_type == "text/calendar"
