"""One thread a story, mended by a word where it was recognised wrongly, for good."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.chat import Command, Receipt
from bot.domain.entries import Entry
from bot.services.commands.answering import answer
from bot.services.commands.context import Context
from bot.services.telling import Teller
from tests.services.heart import ROOM, Heart, beating, news
from tests.services.room import SHIPPED, Web
from tests.services.test_heart import OLD, begin

HOUR = timedelta(hours=1)
PAPERS = news(
    "papers", "Leaked papers show Dahua writing rules on cameras in Quito", "Dahua wrote rules in Quito, papers say."
)
AGAIN = replace(
    PAPERS,
    key="again",
    title="Dahua wrote rules on cameras in Quito, leaked papers show",
    link="https://example.net/again",
)
OTHER = news("other", "Elephants near Nairobi are counted with Dahua drones", "Rangers count elephants from the air.")
THIRD = replace(
    OTHER, key="third", title="Rangers near Nairobi count elephants with Dahua drones", link="https://example.net/third"
)


@dataclass
class Told:
    heart: Heart

    async def says(self, text: str, thread: str | None = "m0") -> str:
        context = Context(
            store=self.heart.store,
            prospector=Web(),
            calendar=None,  # type: ignore[arg-type]  # no command here asks for times
            clock=self.heart.clock,
            stem=self.heart.ingest.standing.stem,
            shipped=lambda: SHIPPED,
            teller=self.heart.ingest.teller,
        )
        receipt = None if thread is None else Receipt(thread)
        said = await answer(Command(conversation=ROOM, user="anna", text=text, thread=receipt), context)
        await self.heart.deliverer.drain()
        return said.plain

    async def hear(self, *entries: Entry) -> None:
        await self.heart.poll(*entries, OLD)
        await self.heart.wait_until(self.heart.clock.now() + 3 * HOUR)

    def posts(self) -> list[tuple[str, str | None]]:
        return [(verb, ref) for verb, ref, _ in self.heart.chat.posts]

    @property
    def last(self) -> str:
        return self.heart.chat.posts[-1][2]


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Told]:
    async with beating(tmp_path) as heart:
        await begin(heart)
        yield Told(heart)


async def test_a_version_joins_the_thread_and_why_says_by_what(told: Told) -> None:
    await told.hear(PAPERS)
    await told.hear(AGAIN, PAPERS)
    assert told.posts() == [("post", None), ("edit", "m0"), ("reply", "m0")]
    assert told.last.startswith("Also in A feed: Dahua wrote rules on cameras")
    said = await told.says("why")
    assert "Recognised as this story because both say" in said
    assert "quito" in said
    assert "not this story https://example.net/again" in said


async def test_a_brief_tells_a_story_once_with_all_who_tell_it(told: Told) -> None:
    await told.hear(PAPERS)
    await told.hear(AGAIN, PAPERS)
    said = await told.says("brief Dahua", thread=None)
    assert "Stories (1)" in said
    (line,) = [line for line in said.splitlines() if PAPERS.title in line]
    assert line.endswith("· also: A feed")


async def test_what_is_not_of_a_story_gets_a_thread_of_its_own_and_brings_its_likes(told: Told) -> None:
    await told.hear(PAPERS)
    await told.hear(AGAIN, PAPERS)
    assert "thread of its own" in await told.says("not this story")
    posts = told.posts()[3:]
    assert sorted(posts) == [("edit", "m0"), ("post", None)]
    (root,) = [text for verb, _, text in told.heart.chat.posts[3:] if verb == "post"]
    assert root.startswith("News · Dahua wrote rules")
    before = len(told.posts())
    like = replace(AGAIN, key="like", title=AGAIN.title + " today", link="https://example.com/like")
    told.heart.ingest = replace(told.heart.ingest, teller=Teller())  # as after a restart
    await told.hear(like, AGAIN, PAPERS)
    roots = [key for key, receipt in told.heart.chat.keys.items() if key.startswith("root")]
    assert len(roots) == 2
    assert all(ref != "m0" for _, ref in told.posts()[before:])


async def test_the_only_report_of_a_story_stands_by_itself_already(told: Told) -> None:
    await told.hear(PAPERS)
    assert "No other report has joined" in await told.says("not this story")
    assert "stands by itself already" in await told.says(f"not this story {PAPERS.link}")


async def test_two_stories_that_are_the_same_go_on_in_one_thread(told: Told) -> None:
    await told.hear(PAPERS)
    await told.hear(OTHER, PAPERS)
    assert [verb for verb, _ in told.posts()] == ["post", "post"]
    assert "from now on" in await told.says(f"same as {OTHER.link}", thread="m0")
    assert ("edit", "m0") in told.posts()
    assert "goes on in the thread of “Leaked papers" in "\n".join(text for _, _, text in told.heart.chat.posts)
    before = len(told.posts())
    told.heart.ingest = replace(told.heart.ingest, teller=Teller())  # as after a restart
    await told.hear(THIRD, OTHER, PAPERS)
    await told.heart.wait_until(told.heart.clock.now() + 12 * HOUR)
    assert told.posts()[before:] == [("edit", "m0"), ("reply", "m0")]
    assert "It is in this story already" in await told.says(f"same as {OTHER.link}", thread="m0")


async def test_what_was_joined_by_a_word_can_be_parted_by_one(told: Told) -> None:
    await told.hear(PAPERS)
    await told.hear(OTHER, PAPERS)
    await told.says(f"same as {OTHER.link}", thread="m0")
    await told.says(f"not this story {OTHER.link}", thread="m0")
    assert told.last.startswith("News · ") or ("post", None) in told.posts()[2:]


async def test_marks_and_reasons_are_of_the_message_they_are_typed_under(told: Told) -> None:
    await told.hear(PAPERS)
    await told.hear(OTHER, PAPERS)
    assert "Leaked papers" in await told.says("useful", thread="m0")
    assert "Elephants" in await told.says("irrelevant", thread="m1")
    assert "Leaked papers" in await told.says("why", thread="m0")
    assert "Elephants" in await told.says("why", thread=None)


async def test_a_mute_typed_bare_in_a_thread_means_its_watch(told: Told) -> None:
    await told.hear(PAPERS)
    await told.hear(OTHER, PAPERS)
    assert "Say which watch, and for how long." in await told.says("mute", thread=None)
    assert "Watch 1 (dahua) is muted until" in await told.says("mute", thread="m0")
    assert "Watch 1 (dahua) is no longer muted" in await told.says("unmute", thread="m0")
    assert "is muted until" in await told.says("mute for 2h", thread="m0")
    assert "No watch that still stands asked for this thread" in await told.says("mute", thread="m99")


async def test_a_line_that_is_no_link_is_answered_with_one_that_works(told: Told) -> None:
    await told.hear(PAPERS)
    for line in ("not this", "same as", "same as https://example.org/unknown", "not this story https://no.example/x"):
        assert "Try: " in await told.says(line)


async def test_every_button_of_a_card_is_a_line_that_works_in_its_thread(told: Told) -> None:
    await told.hear(PAPERS)
    await told.hear(AGAIN, PAPERS)
    assert [one.command for one in told.heart.chat.pressable[Receipt("m0")]] == [
        "mute 1 for 1w",
        "useful",
        "irrelevant",
        "why",
        "not this story",
    ]
    for action in told.heart.chat.pressable[Receipt("m0")]:
        assert "Try: " not in await told.says(action.command), action.command
