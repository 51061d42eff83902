"""`watch`, `save`, `edit`, `note`: nothing stands before its replay was seen, unless it is said so."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest

from adapters.language.stems import snowball
from bot.domain.changes import Known
from bot.domain.document import Verbatim
from bot.domain.matching import NO_CONTEXT, matches
from bot.domain.query_parser import parse
from bot.domain.understanding import Lexicon, understood
from bot.domain.vocabulary import NO_VOCABULARY
from bot.services.commands.replaying import replay
from tests.services.room import ELSEWHERE, FACE, HERE, NOW, SHIPPED, Room, hits_in, known, stored


async def standing(room: Room) -> list[str]:
    return [watch.query for watch in (await room.store.watches.all())[1]]


async def test_a_watch_is_replayed_first_and_stands_when_it_is_saved(room: Room) -> None:
    weekly = [known(n, f"Story number {n} of the year", FACE, ago=timedelta(days=7 * n + 1)) for n in range(12)]
    await stored(room, *weekly, known(90, "Nothing of interest here today", "No", ago=timedelta(days=89)))
    answered = await room.ask('watch  "face   recognition" --note for the "SG17" brief')
    said = answered.plain
    assert said.startswith('Not watched yet: "face recognition"')
    assert 'Note: for the "SG17" brief' in said
    assert "Understood as: the phrase" in said
    assert "Would have posted 12 in 89 days, about 1 a week" in said
    assert "Story number 4" in said
    assert "Story number 5" not in said
    assert hits_in(answered) == ["Face recognition"] * 5
    assert said.endswith("To watch it: save, as a digest: save --weekly.")
    assert await standing(room) == []
    assert room.changes == []
    assert (await room.says("save")).startswith('Watch 1: "face recognition" — for the "SG17" brief')
    _, (watch,) = await room.store.watches.all()
    assert (watch.query, watch.note, watch.owner) == ('"face recognition"', 'for the "SG17" brief', "anna")
    assert room.changes == ["watches"]
    assert "nothing to save" in await room.says("save")


async def test_an_example_does_not_repeat_its_title(room: Room) -> None:
    same = known(
        1, "Face recognition tested in Oslo", "Face recognition tested in Oslo. More follows.", ago=timedelta(days=1)
    )
    more = known(2, "Face recognition banned in Lima", f"It said so. {FACE}", ago=timedelta(days=2))
    await stored(room, same, more)
    said = await room.says("watch face recognition")
    assert said.count("tested in Oslo") == 1
    assert said.count("Face recognition") == 3, "two titles and a sentence"


async def test_a_draft_belongs_to_its_conversation_and_the_last_one_counts(room: Room) -> None:
    await room.says("watch camera")
    await room.says("watch drones")
    assert "nothing to save" in await room.says("save", ELSEWHERE)
    await room.says("yes")
    assert await standing(room) == ["drones"]


async def test_versions_of_one_story_count_once_and_old_entries_do_not(room: Room) -> None:
    same = [known(n, "Face recognition is banned in the city", ago=timedelta(days=n)) for n in range(1, 4)]
    old = known(9, "Face recognition in the old days", ago=timedelta(days=200))
    await stored(room, *same, old, known(10, "Something else entirely here", ago=timedelta(days=60)))
    assert "Would have posted 1 in 60 days, less than one a week" in await room.says('watch "face recognition"')


async def test_long_texts_shorten_how_far_back_a_replay_looks(room: Room) -> None:
    await stored(
        room, *(known(n, f"Case number {n} of the many", "face " * 20, ago=timedelta(hours=6 * n)) for n in range(250))
    )
    queries, store, stem = [parse("face")], room.store, room.context.stem
    (whole,) = await replay(queries, store, stem, NO_VOCABULARY, now=NOW)
    (part,) = await replay(queries, store, stem, NO_VOCABULARY, now=NOW, most_text=15_000)
    assert (whole.posts, whole.days) == (250, 63)
    assert (part.posts, part.days, part.looked_at) == (220, 55, 220)
    assert whole.a_day == pytest.approx(part.a_day, rel=0.05)


async def test_a_noisy_watch_is_warned_of_and_a_silent_one_reassured(room: Room) -> None:
    flood = [
        known(n, f"Face recognition case number {n} of many", ago=timedelta(hours=n))
        for n in range(24 * 8)
        if n % 3 == 0
    ]
    await stored(room, *flood)
    said = await room.says("watch face")
    assert "about 8 a day" in said
    assert "over 5 a day" in said
    assert "Nothing stored from the last 8 days matches" in await room.says("watch unicorn")


async def test_a_known_term_means_its_concept_and_quoting_is_offered_with_what_it_would_change(room: Room) -> None:
    await stored(
        room,
        known(1, "Facial recognition at the airport", ago=timedelta(days=1)),
        known(2, "La reconnaissance faciale arrive", ago=timedelta(days=2)),
        known(3, "机场启用人脸识别", ago=timedelta(days=10)),
    )
    said = await room.says("watch facial recognition")
    assert "Understood as: the concept @facial-recognition" in said
    assert "@facial-recognition also finds 人脸识别, reconnaissance faciale, facial recognition" in said
    assert "In quotes, words mean themselves" in said
    assert "Would have posted 3 in 10 days" in said
    assert 'watch "facial recognition" would have posted 1' in said
    assert "“facial recognition” (1)" in said
    quoted = await room.says('watch "facial recognition"')
    assert "Would have posted 1 in 10 days" in quoted
    assert "watch facial recognition would have posted 3" in quoted
    assert "@facial-recognition" not in quoted


async def test_the_replay_names_the_noisiest_term_and_those_that_never_hit(room: Room) -> None:
    await stored(
        room,
        known(1, "Dahua sells cameras", ago=timedelta(days=1)),
        known(2, "A camera in every street", ago=timedelta(days=2)),
    )
    said = await room.says("watch camera, dahua, unicorn NOT zebra")
    assert "Noisiest term: “camera” (2)." in said
    assert "Never hit: “unicorn”." in said


async def test_posts_are_told_by_body(room: Room) -> None:
    await stored(room, known(1, "Dahua sells cameras", ago=timedelta(days=1)))
    await room.store.sources.remove(known(1, "", ago=timedelta()).source)
    assert "From" not in await room.says("watch dahua")


async def test_yes_saves_without_the_replay(room: Room) -> None:
    await stored(room, known(1, "Face recognition", ago=timedelta(days=1)))
    said = await room.says("watch --yes face")
    assert "Watch 1: face" in said
    assert "Would have" not in said
    assert await standing(room) == ["face"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("watch", "Say what to watch for."),
        ("watch face --daily sometimes --yes", "“sometimes” is no time for a daily digest."),
        ("watch face --weekly --daily --yes", "A digest is daily or weekly, not both."),
        ("watch face --loud", "“--loud” is not an option"),
        ("watch @nothing-known --yes", "There is no concept @nothing-known."),
    ],
)
async def test_a_watch_that_cannot_be_is_refused_and_not_stored(room: Room, text: str, said: str) -> None:
    assert said in await room.says(text)
    assert await standing(room) == []


async def test_a_broken_query_is_shown_with_its_caret_and_a_remedy(room: Room) -> None:
    answered = await room.ask("watch face AND (camera")
    verbatim = [block.text for block in answered if isinstance(block, Verbatim)]
    assert len(verbatim) == 1
    row, caret = verbatim[0].split("\n")
    assert row == "face AND (camera"
    assert caret.strip() == "^"
    assert len(answered.blocks) >= 3


async def test_who_types_or_in_small_letters_is_told_what_parts_alternatives(room: Room) -> None:
    assert "“or” is looked for as a word: a comma, or OR in capitals" in await room.says("watch camera or police")
    assert "is looked for as a word" not in await room.says("watch camera OR police")


async def test_the_same_watch_twice_is_refused_also_if_it_is_written_otherwise(room: Room) -> None:
    await room.says("watch face  recognition --yes")
    for again in ("watch face recognition --note again", "watch face recognition --yes"):
        assert "watches face recognition already" in await room.says(again)
    assert await standing(room) == ["face recognition"]
    assert "Understood as" in await room.says("watch face recognition", ELSEWHERE)


async def test_an_edit_shows_what_it_adds_and_loses_before_it_is_saved(room: Room) -> None:
    await stored(
        room,
        known(1, "Cameras in the city", ago=timedelta(days=1)),
        known(2, "Toy cameras on sale", ago=timedelta(days=2)),
        known(3, "Drones over the city", ago=timedelta(days=3)),
    )
    await room.says("watch cameras --yes")
    said = await room.says("edit 1 cameras, drones NOT toy")
    assert "Watch 1, not changed yet: cameras, drones NOT toy" in said
    assert "+1 / −0 in 3 days: 3 posts instead of 2." in said
    said = await room.says("edit 1 (cameras, drones) NOT toy")
    assert "+1 / −1 in 3 days: 2 posts instead of 2." in said
    assert "New:\n- Drones over the city" in said
    assert "Lost:\n- Toy cameras on sale" in said
    assert await standing(room) == ["cameras"]
    assert await room.says("save") == "Watch 1 now: (cameras, drones) NOT toy"
    assert await standing(room) == ["(cameras, drones) NOT toy"]


async def test_an_edit_can_be_made_at_once_and_wrong_ones_are_explained(room: Room) -> None:
    await room.says("watch cameras --yes")
    await room.says("watch drones --yes")
    assert "Watch 1 now: robots" in await room.says("edit #1 robots --yes")
    assert await standing(room) == ["robots", "drones"]
    assert "watches drones already" in await room.says("edit 1 drones --yes")
    assert "asks for that already" in await room.says("edit 1 robots")
    assert "by its number" in await room.says("edit robots")
    assert "Say what watch 1 is to ask for." in await room.says("edit 1")
    assert "There is no watch “9” here" in await room.says("edit 9 robots")
    assert "There is no watch “1” here" in await room.says("edit 1 robots", ELSEWHERE)


async def test_a_draft_whose_watch_is_gone_changes_nothing(room: Room) -> None:
    await room.says("watch cameras --yes")
    await room.says("edit 1 drones")
    await room.says("unwatch 1")
    assert "the watch is gone" in await room.says("save")
    assert await standing(room) == []


async def test_a_watch_can_come_as_a_digest_from_the_beginning_or_later(room: Room) -> None:
    assert "As a weekly digest, Friday 16:00" in await room.says("watch cameras --weekly Friday 16:00")
    assert await room.says("save") == "Watch 1: cameras (weekly digest, Friday 16:00)"
    await room.says("watch drones")
    assert await room.says("save --daily") == "Watch 2: drones (daily digest at 09:00)"
    assert "Watch 3: robots (weekly digest, Monday 09:00)" in await room.says("watch robots --weekly --yes")
    assert "2. drones · daily digest at 09:00 · 0 hits" in await room.says("watches")
    assert await room.says("edit 2 --now") == "Watch 2 now speaks as things arrive."
    assert "one after the other" in await room.says("edit 1 bikes --daily")
    assert await room.says("edit 1 --daily 7am") == "Watch 1 now comes as a daily digest at 07:00."
    assert [str(watch.cadence or "") for watch in (await room.store.watches.all())[1]] == [
        "daily 07:00",
        "",
        "weekly mon 09:00",
    ]
    assert "do not know “now”" in await room.says("save now")


async def test_a_note_is_kept_with_its_watch(room: Room) -> None:
    await room.says("watch cameras --yes")
    assert await room.says("note 1 for the  SG17 brief") == "Watch 1 — for the SG17 brief"
    assert "1. cameras — for the SG17 brief" in await room.says("watches")
    assert await room.says("note 1") == "Watch 1 has no note now."
    assert "by its number" in await room.says("note about it")


async def test_own_words_are_part_of_the_replay(room: Room) -> None:
    await stored(room, known(1, "智慧灯杆进入城市", ago=timedelta(days=1)))
    assert "Nothing stored" in await room.says("watch smart lamps")
    await room.says("vocabulary add lamps smart lamp, 智慧灯杆")
    assert "Would have posted 1" in await room.says("watch smart lamps")
    assert "Would have posted 1" in await room.says("watch @lamps")
    assert "There is no concept @lamps" in await room.says("watch @lamps", replace(ELSEWHERE, platform="matrix"))


async def test_an_edit_that_only_changes_which_version_of_a_story_matches_changes_no_post(room: Room) -> None:
    title = "The city council has voted about the station"
    await stored(
        room,
        known(1, title, "With cameras of Dahua.", ago=timedelta(days=3)),
        known(2, title, "With cameras.", ago=timedelta(days=2)),
        known(3, "Something else about a camera", ago=timedelta(days=1)),
    )
    await room.says("watch camera --yes")
    assert "+0 / −0 in 3 days: 2 posts instead of 2." in await room.says("edit 1 camera NOT dahua")
    assert "+0 / −1 in 3 days: 1 post instead of 2." in await room.says("edit 1 camera NOT else")


WORDS = ("camera", "drone", "toy", "city", "police", "face recognition", "人脸识别")
QUERIES = (
    "camera",
    "camera, drone",
    "facial recognition",
    "facial recognition NOT toy",
    '"face recognition"',
    "title:(camera, facial recognition)",
    "police NEAR/3 facial recognition",
    "city AND (toy, drone)",
    "kind:news NOT camera",
)


def some_entries(seed: int, count: int) -> list[Known]:
    dice = Random(seed)
    titles = [" ".join(dice.choices(WORDS, k=5)) for _ in range(count // 2)]
    return [
        known(n, dice.choice(titles), " ".join(dice.choices(WORDS, k=4)), ago=timedelta(hours=dice.randrange(1, 3000)))
        for n in range(count)
    ]


def told(query: str, entries: list[Known]) -> dict[str, str]:
    """Match one by one, and give the oldest match of each story: two entries of one headline are one story."""
    meant = understood(parse(query), Lexicon(SHIPPED))
    recent = [one for one in entries if one.first_seen >= NOW - timedelta(days=90)]
    found = [one for one in recent if matches(meant, one.entry, NO_CONTEXT, snowball(), SHIPPED) is not None]
    return {one.entry.title: one.id for one in sorted(found, key=lambda one: one.first_seen, reverse=True)}


@pytest.mark.parametrize("seed", range(3))
async def test_replays_and_edits_count_what_matching_one_by_one_counts(room: Room, seed: int) -> None:
    entries = [*some_entries(seed, 80), known(99, "The oldest of all that is told", ago=timedelta(days=89, hours=1))]
    await stored(room, *entries)
    brought = {query: told(query, entries) for query in QUERIES}
    for number, (before, after) in enumerate(pairwise(QUERIES), start=1):
        old, new = brought[before], brought[after]
        said = await room.says(f"watch {before}")
        assert f"Would have posted {len(old)} in 90 days" in said
        await room.says("save")
        more, less = len(new.keys() - old.keys()), len(old.keys() - new.keys())
        posts = "1 post" if len(new) == 1 else f"{len(new)} posts"
        said = await room.says(f"edit {number} {after}")
        assert f"+{more} / −{less} in 90 days: {posts} instead of {len(old)}." in said


async def test_a_number_is_a_watch_only_where_a_word_ends(room: Room) -> None:
    await room.says("watch cameras --yes")
    for typed in ("edit 1G networks", "note 1st of May"):
        assert "by its number" in await room.says(typed)


async def test_an_edit_at_once_takes_the_place_of_what_was_drafted(room: Room) -> None:
    await room.says("watch cameras --yes")
    await room.says("edit 1 drones")
    await room.says("edit 1 robots --yes")
    assert "nothing to save" in await room.says("save")
    assert await standing(room) == ["robots"]


async def test_what_somebody_else_watches_meanwhile_is_not_watched_twice(room: Room) -> None:
    await room.says("watch cameras")
    await room.store.watches.add(HERE, "cameras", owner="bob", note="", now=NOW)
    assert "watches cameras already" in await room.says("save")
    await room.says("edit 1 drones")
    await room.store.watches.add(HERE, "drones", owner="bob", note="", now=NOW)
    assert "watches drones already" in await room.says("save")
    assert "watches drones already, as watch 2" in await room.says("edit 1 drones")
    assert await standing(room) == ["cameras", "drones"]


async def test_a_set_that_is_gone_when_it_is_saved_is_told_and_nothing_stands(room: Room) -> None:
    await room.says("vocabulary add lamps smart lamp")
    await room.says("watch @lamps")
    await room.says("vocabulary remove lamps")
    assert "There is no concept @lamps." in await room.says("save")
    assert await standing(room) == []


async def test_a_watch_that_cannot_be_read_any_more_can_be_edited(room: Room) -> None:
    await room.store.watches.add(HERE, "@lamps", owner="bob", note="", now=NOW)
    await stored(room, known(1, "Smart lamps in the city", ago=timedelta(days=1)))
    said = await room.says("edit 1 smart lamps")
    assert "Would have posted 1 in 1 day" in said
    assert (await room.says("save")).startswith("Watch 1 now: smart lamps")


async def test_save_takes_a_note_and_nothing_but_what_was_shown(room: Room) -> None:
    await room.says("watch cameras")
    assert "do not know “drones”" in await room.says("save drones")
    assert await room.says("save --note for May") == "Watch 1: cameras — for May"
    await room.says("edit 1 drones")
    assert await room.says("save --note for June") == "Watch 1 now: drones — for June"
    assert (await room.store.watches.all())[1][0].note == "for June"


LONG = " OR ".join(f'"word{n} of a rather long phrase"' for n in range(53))
SETS = ", ".join(f"@{name}" for name in SHIPPED.sets) + " " + " ".join(["and"] * 150)


@pytest.mark.parametrize("query", [LONG, SETS, "x" * 2000, "人" * 100, '"' + "word " * 90 + '"'])
async def test_no_answer_about_a_watch_is_longer_than_a_message_can_be(room: Room, query: str) -> None:
    text = "word3 of a rather long phrase " * 300
    await stored(room, *(known(n, f"{n} {text}"[:900], text, ago=timedelta(days=n)) for n in range(1, 9)))
    asked = ("watch {} --note {}", "save", "edit 1 {} NOT z", "watches", "edit 1 {}", "why", "unwatch 1")
    note = "n" * 300
    for line in asked:
        said = await room.says(line.format(query[:1980], note))
        assert len(said) <= 4000, f"{line}: {len(said)}"
