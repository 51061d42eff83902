"""Every command against a real store, real stems and the real calendar; only the network is pretended."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.domain.alerts import Outcome, Reason
from bot.domain.chat import Command
from bot.domain.document import Moment, line_text
from bot.domain.entries import Entry, Kind, SourceId
from bot.domain.errors import StoreError
from bot.domain.ports import Candidate
from bot.domain.sources import Health
from bot.services.commands.answering import answer
from bot.services.commands.registry import REGISTRY, names
from tests.services.room import (
    EFF,
    ELSEWHERE,
    FACE,
    HERE,
    LINK,
    NOW,
    Room,
    Web,
    alerted,
    hits_in,
    known,
    stored,
)


async def test_watches_are_listed_by_number_for_their_own_conversation(room: Room) -> None:
    assert "No watch stands here yet" in await room.says("watches")
    for word in ("face", "camera"):
        await room.says(f"watch --yes {word} --note about {word}")
    await room.says("watch --yes drones", ELSEWHERE)
    await alerted(room, posted=True)
    said = await room.says("watches")
    assert said.startswith("2 watches here:\n1. face — about face · 1 hit in 30 days, last ")
    assert "2. camera — about camera · 0 hits in 30 days · by anna" in said
    assert "drones" not in said


async def test_long_lists_are_paged(room: Room) -> None:
    for number in range(12):
        await room.says(f"watch --yes topic{number}")
    first = await room.says("watches")
    assert first.endswith("2 more: watches 2")
    assert "12. topic11" in await room.says("watches 2")
    assert "this list has 2 pages" in await room.says("watches 3")


async def test_a_page_of_long_watches_fits_a_message(room: Room) -> None:
    for number in range(12):
        await room.says(f"watch --yes {' '.join(['word'] * 150)} {number} --note {'n' * 200}")
    assert len(await room.says("watches")) <= 4000
    assert len(await room.says("unwatch 1")) <= 400


async def test_a_watch_that_cannot_be_read_any_more_says_so_in_the_list(room: Room) -> None:
    await room.store.watches.add(HERE, "@lamps", owner="bob", note="", now=NOW)
    assert (await room.says("watches")).endswith("by bob · not understood any more: edit 1 QUERY")


async def test_unwatch_takes_a_number_or_a_query_and_never_another_conversations_watch(room: Room) -> None:
    await room.says("watch --yes face recognition")
    await room.says("watch --yes camera")
    await room.says("watch --yes drones", ELSEWHERE)
    assert "There is no watch “3” here. Here stand: 1, 2." in await room.says("unwatch 3")
    assert "Watch 1 is gone" in await room.says("unwatch face   recognition")
    assert "Watch 2 is gone" in await room.says("unwatch #2")
    assert "None stands here." in await room.says("unwatch 1")
    assert [watch.id for watch in (await room.store.watches.all())[1]] == [3]


@pytest.mark.parametrize(
    ("when", "until"),
    [
        ("for 2h", NOW + timedelta(hours=2)),
        ("for 3d", NOW + timedelta(days=3)),
        ("until 6 November 2026", datetime(2026, 11, 6, 23, 0, tzinfo=UTC)),
        ("until tomorrow", datetime(2026, 11, 5, 23, 0, tzinfo=UTC)),
        ("until next month", datetime(2026, 11, 30, 23, 0, tzinfo=UTC)),
    ],
)
async def test_a_mute_ends_when_it_was_said_in_the_persons_zone(room: Room, when: str, until: datetime) -> None:
    await room.says("watch --yes face")
    answered = await room.ask(f"mute 1 {when}", zone="Europe/Zurich")
    moments = [span.when for block in answered for span in getattr(block, "line", ()) if isinstance(span, Moment)]
    assert moments == [until]
    assert (await room.store.watches.all())[1][0].muted_until == until


async def test_mute_here_silences_all_and_unmute_ends_it(room: Room) -> None:
    await room.says("watch --yes face")
    await room.says("watch --yes camera")
    await room.says("watch --yes drones", ELSEWHERE)
    await alerted(room, posted=True)
    said = await room.says("mute here for 1w")
    assert "2 watches are muted until" in said
    assert "What is stored would have brought 1 in 1 day, all that is stored so far." in said
    _, (face, camera, drones) = await room.store.watches.all()
    assert face.muted(NOW)
    assert camera.muted(NOW)
    assert not drones.muted(NOW)
    assert "muted until" in await room.says("watches")
    assert "Watch 1 (face) is no longer muted" in await room.says("unmute 1")
    assert "What is stored would have brought 1 in 1 day" in await room.says("mute 2 for 2h")
    assert "What is stored would have brought nothing." in await room.says("mute 3 for 2h", ELSEWHERE)
    assert "2 watches are no longer muted" in await room.says("unmute here")
    assert len(room.changes) == 8


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mute 1", "Say which watch, and for how long."),
        ("mute 1 until purple", "I do not know when “purple” is."),
        ("mute 1 for purple", "“purple” is not a length of time."),
        ("mute 1 until 1 May 2020", "is past"),
        ("mute 7 for 2h", "There is no watch “7” here."),
        ("unmute", "Say which watch."),
    ],
)
async def test_a_mute_that_cannot_be_is_explained(room: Room, text: str, said: str) -> None:
    await room.says("watch --yes face")
    assert said in await room.says(text)


async def test_sources_are_counted_and_problems_come_first(room: Room) -> None:
    sources = [
        replace(EFF, id=SourceId(f"s{n}"), url=f"https://s{n}.example/", name=f"Source {n}") for n in range(1, 6)
    ]
    for source in sources:
        await room.store.sources.add(source, now=NOW)
    health = [Health(last_ok=NOW), Health(failures=2, last_error="It answers 500."), Health(suspect=1, last_ok=NOW)]
    leased = await room.store.sources.claim(now=NOW, owner="t", lease=timedelta(hours=1), limit=3)
    for tracked, state in zip(sorted(leased, key=lambda one: one.source.id), health, strict=True):
        await room.store.sources.settle(
            tracked.source.id, owner="t", memory=None, health=state, next_poll=NOW + timedelta(hours=1)
        )
    await room.store.sources.pause(SourceId("s4"), paused=True)
    said = (await room.says("sources")).splitlines()
    assert said[0] == "5 sources: 2 not read yet, 1 paused, 1 failing, 1 quarantined."
    assert said[1].startswith("3. Source 3 (s3): quarantined: its last 1 answer looked wrong")
    assert said[2].startswith(
        "2. Source 2 (s2): failing, 2 tries since it last worked (It answers 500.); never answered well yet; next poll "
    )
    assert said[3] == "4. Source 4 (s4): paused by a person; never answered well yet"
    assert len(said) == 6
    assert "1 source: 1 paused." in await room.says("sources PAUSED")
    assert "No source has “zzz”" in await room.says("sources zzz")


def candidate(url: str, name: str = "A feed", *, entries: int = 1) -> Candidate:
    found = tuple(Entry(key=str(n), kind=Kind.NEWS, title=f"Title {n}", published=NOW) for n in range(entries))
    return Candidate(
        url=url, format="feed", name=name, lang="en", entries=found, count=len(found), notes=("2 items have no date.",)
    )


async def with_web(room: Room, **holds: Sequence[Candidate]) -> Room:
    pages = {f"https://{host.replace('_', '.')}": found for host, found in holds.items()}
    pages |= {one.url: [one] for found in holds.values() for one in found}
    return replace(room, context=replace(room.context, prospector=Web(pages)))


async def test_a_source_is_found_added_paused_resumed_and_removed(room: Room) -> None:
    room = await with_web(room, www_a_example=[candidate("https://www.a.example/feed.xml", "The  A\nfeed", entries=7)])
    said = await room.says("source add www.a.example")
    assert said.startswith("Added The A feed (a-example-feed-xml, feed): 7 entries now.")
    assert "2 items have no date." in said
    (tracked,) = await room.store.sources.listing()
    assert (tracked.source.origin, tracked.source.lang) == ("person", "en")
    assert "is paused" in await room.says("source pause 1")
    assert (await room.store.sources.listing())[0].paused
    assert "is polled again" in await room.says("source resume the a feed")
    assert not (await room.store.sources.listing())[0].paused
    assert "Did you mean a-example-feed-xml?" in await room.says("source remove a-exampel-feed-xml")
    assert "is no longer polled" in await room.says("source remove a-example-feed-xml")
    assert await room.store.sources.listing() == []


async def test_several_finds_are_listed_to_choose_from_and_an_exact_address_chooses(room: Room) -> None:
    feeds = [candidate("https://a.example/news.xml", "News"), candidate("https://a.example/blog.xml", "Blog")]
    room = await with_web(room, a_example=feeds)
    said = await room.says("source add https://a.example")
    assert "leads to 2 sources" in said
    assert "2. Blog (feed): https://a.example/blog.xml" in said
    assert "source add https://a.example/news.xml" in said
    assert await room.store.sources.listing() == []
    assert "Added Blog" in await room.says("source add <https://a.example/blog.xml>")
    assert "Added" not in await room.says("source add https://a.example/blog.xml")


async def test_a_test_shows_a_preview_and_stores_nothing(room: Room) -> None:
    room = await with_web(room, a_example=[candidate("https://a.example/feed", entries=9)])
    said = await room.says("source test a.example")
    assert "feed, 9 entries. Nothing was stored." in said
    assert "news: Title 4" in said
    assert "Title 5" not in said
    assert await room.store.sources.listing() == []


async def test_an_address_that_does_not_answer_is_said_plainly(room: Room) -> None:
    assert await room.says("source add b.example") == "https://b.example does not answer; check the address."
    assert "is not one address" in await room.says("source add two addresses")


async def test_why_explains_the_last_alert_with_its_evidence(room: Room) -> None:
    await room.says("watch --yes facial recognition")
    await alerted(room, posted=True)
    answered = await room.ask("why")
    said = answered.plain
    assert said.startswith(
        "Borders and cameras\nPosted: new, and a watch matches it. Decided 2026-11-04T10:00:00+00:00, posted "
    )
    assert "Watch 1: facial recognition matched “Face recognition” in text" in said
    assert "Face recognition at borders is live!" in said
    assert "The end" not in said
    assert hits_in(answered) == ["Face recognition"]
    for evidence in ("EFF Deeplinks (eff)", "https://www.eff.org/rss", "feedface", "Fetched: 2026-11-04T10:00"):
        assert evidence in said
    assert (await room.ask(f"why <{LINK}>")).plain == said


async def test_why_tells_what_waits_what_was_muted_and_what_was_baseline(room: Room) -> None:
    await room.says("watch --yes facial recognition")
    await alerted(room, posted=False)
    assert "Decided, and still waiting to be posted" in await room.says(f"why {LINK}")
    assert "No watch" not in await room.says(f"why {LINK}")


@pytest.mark.parametrize(
    ("reason", "said"), [(Reason.MUTED, "the watch was muted"), (Reason.BASELINE, "first answer of its source")]
)
async def test_why_tells_what_was_silent_on_purpose(room: Room, reason: Reason, said: str) -> None:
    await alerted(room, posted=False, reason=reason, outcome=Outcome.SILENT)
    answered = await room.says(f"why {LINK}")
    assert f"Not posted, on purpose: {'it stood in the ' if reason is Reason.BASELINE else ''}{said}" in answered
    assert "Watch 1 (removed since)" in answered
    assert "Nothing was posted here yet" in await room.says("why")


async def test_why_names_the_stage_that_stopped_a_link(room: Room) -> None:
    assert "I poll nothing of b.example" in await room.says("why https://b.example/x")
    await stored(room, known(1, "Face recognition at borders", ago=timedelta(days=1), link=LINK))
    assert "I do poll 1 source of eff.org: EFF Deeplinks" in await room.says("why https://eff.org/unheard-of")
    assert "no watch stands here" in await room.says(f"why {LINK}")
    await room.says("watch --yes unicorn")
    assert "The watch here does not match it." in await room.says(f"why {LINK}")
    await room.says("watch --yes face recognition NOT (unicorn, borders)")
    assert "asks for it, but excludes “unicorn, borders”, which it says." in await room.says(f"why {LINK}")
    await room.says("edit 2 dragons, face recognition NOT borders --yes")
    assert "asks for it, but excludes “borders”, which it says." in await room.says(f"why {LINK}")
    await room.says('watch --yes "face recognition"')
    assert "is younger: it was made " in await room.says(f"why {LINK}")
    assert "no watch stands here" in await room.says(f"why {LINK}", ELSEWHERE)


async def test_status_shows_everything_at_a_glance(room: Room) -> None:
    await alerted(room, posted=False)
    await room.store.outbox.park(ELSEWHERE, "the channel is archived")
    said = await room.says("status")
    for row in (
        "Rapporteur 1.2.3",
        "Up: 3 days",
        "Store: fine",
        "Sources: 1 source: 1 fine.",
        "Entries: 1 news item",
        "To be posted: 1 message waiting, the oldest since 2026-11-04T10:00",
        "Held: slack:C1: the channel is archived",
    ):
        assert row in said


async def test_status_answers_even_when_the_store_does_not(room: Room) -> None:
    class Gone:
        async def ping(self) -> None:
            raise StoreError("The database file is gone; restore a backup.")

        @property
        def preferences(self) -> object:
            raise StoreError("The database file is gone; restore a backup.")

    dead = replace(room.context, store=Gone())  # type: ignore[arg-type]
    said = (await answer(Command(conversation=HERE, user="anna", text="status"), dead)).plain
    assert "Store: not answering: The database file is gone" in said


async def test_help_lists_every_command_once_and_explains_one(room: Room) -> None:
    said = await room.says("help")
    for spec in REGISTRY:
        assert said.count(f"{spec.usage} — {spec.summary}") == 1
    assert 'watch "video surveillance"' in await room.says("help watch")
    assert "source remove N|ID|NAME" in await room.says("help source")
    assert "Did you mean watch" in await room.says("help wach")
    assert (await room.says("hello there")).rstrip().endswith("Try: help")


async def test_every_example_of_help_is_understood(room: Room) -> None:
    await room.says("watch --yes facial recognition")
    for spec in REGISTRY:
        for example in spec.examples:
            with capture_logs() as logs:
                said = await room.says(example)
            assert not [entry for entry in logs if entry["event"] == "command_broke"]
            assert "There is no command" not in said


async def test_what_breaks_is_logged_with_the_reference_that_is_answered(room: Room) -> None:
    broken = replace(room.context, store=None)  # type: ignore[arg-type]
    with capture_logs() as logs:
        said = (await answer(Command(conversation=HERE, user="anna", text="watches"), broken)).plain
    (entry,) = logs
    assert entry["event"] == "command_broke"
    assert f"Something broke here (ref {entry['ref']})" in said
    assert logging.getLevelName(logging.ERROR).lower() == entry["log_level"]


async def test_feeds_and_people_only_ever_give_text(room: Room) -> None:
    await stored(room, known(1, "<b>*Face recognition*</b> \x1b[2J <!channel>", FACE, ago=timedelta(days=1), link=LINK))
    answered = await room.ask('watch "face recognition" --note <!here>')
    texts = [line_text((span,)) for block in answered for line in getattr(block, "lines", ()) for span in line]
    assert any("<b>*Face recognition*</b>" in text for text in texts)
    assert "<!here>" in answered.plain


def test_names_for_completion_are_those_of_the_registry() -> None:
    assert {"watch", "source add", "help", "why"} <= set(names())
    assert len(set(names())) == len(names())
