"""`vocabulary`: a team's own words beside those that are shipped."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.vocabulary import TermSet, Vocabulary, Wording
from bot.services.commands.naming import wordings_in
from bot.vocabulary.reading import shipped
from tests.services.room import ELSEWHERE, HERE, Room, conversing


async def test_what_is_shipped_is_listed_by_group_and_own_sets_come_first(room: Room) -> None:
    await room.says("vocabulary add lamps smart lamp")
    said = await room.says("vocabulary")
    assert said.splitlines() == [
        "1 set of your own, 2 shipped. A typed word that one of them holds means all of it.",
        "@lamps (yours) smart lamp",
        "biometrics: @facial-recognition",
        "companies: @dahua",
    ]
    assert "There is no page 2" in await room.says("vocabulary 2")


async def test_a_set_is_shown_by_language_and_found_by_what_it_is_called(room: Room) -> None:
    await room.says("watch facial recognition --yes")
    said = await room.says("vocabulary show @Facial-Recognition")
    assert said.splitlines() == [
        "@facial-recognition Facial recognition",
        "en: facial recognition, face recognition",
        "fr: reconnaissance faciale",
        "zh: 人脸识别",
        "Used by watch 1 here.",
    ]
    assert (await room.says("vocabulary show 人脸识别")).startswith("@facial-recognition")
    assert "Did you mean @dahua?" in await room.says("vocabulary show dahau")
    assert "Say which set." in await room.says("vocabulary show")


async def test_own_wordings_extend_a_shipped_set_for_the_team_only(room: Room) -> None:
    said = await room.says('vocabulary add dahua Imou, "Lechange"')
    assert "@dahua now also means “Lechange”, “Imou”" in said
    assert "beside what is shipped" in said
    assert "Yours: Lechange, Imou" in await room.says("vocabulary show dahua")
    assert "Yours" not in await room.says("vocabulary show dahua", ELSEWHERE)
    assert room.changes == ["watches"]
    assert "has all of that already" in await room.says("vocabulary add dahua Imou")
    assert room.changes == ["watches"]


async def test_a_typed_word_of_an_own_set_says_so(room: Room) -> None:
    await room.says("vocabulary add lamps smart lamp, smart pole")
    said = (await room.says("watch smart lamp")).splitlines()
    assert said[1:3] == [
        "Understood as: the phrase “smart lamp”, or the phrase “smart pole”",
        "@lamps holds your own words: vocabulary show lamps",
    ]


async def test_a_wording_that_meant_something_else_is_told(room: Room) -> None:
    assert "“人脸识别” meant @facial-recognition so far" in await room.says("vocabulary add faces 人脸识别")


async def test_wordings_and_sets_are_removed_unless_a_watch_names_them(room: Room) -> None:
    await room.says("vocabulary add lamps smart lamp, smart pole")
    assert await room.says("vocabulary remove lamps Smart-Pole") == "@lamps no longer means “smart pole”."
    await room.says("watch @lamps --yes")
    assert "Watch 1 names @lamps; edit or remove it first." in await room.says("vocabulary remove lamps")
    assert "holds none of these" in await room.says("vocabulary remove lamps post")
    await room.says("unwatch 1")
    assert await room.says("vocabulary remove lamps") == "@lamps is gone."
    assert await room.store.vocabularies.of(HERE.team) == {}
    assert "There is no set @lamps of your own." in await room.says("vocabulary remove lamps")
    assert "It is shipped" in await room.says("vocabulary remove dahua")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vocabulary add", "A set's name is letters"),
        ("vocabulary add lämp x", "A set's name is letters"),
        ("vocabulary add lamps", "Say what it is called."),
        ("vocabulary add lamps ++ , --", "holds no word that could be found"),
        (f"vocabulary add lamps {'long ' * 30}", "is longer than 100 characters"),
        (f"vocabulary add lamps {', '.join(f'lamp {n}' for n in range(201))}", "A set can hold 200 wordings"),
        ("vocabulary show lamps", "There is no set @lamps."),
    ],
)
async def test_what_cannot_be_named_is_explained_and_kept_out(room: Room, text: str, said: str) -> None:
    assert said in await room.says(text)
    assert await room.store.vocabularies.of(HERE.team) == {}


@pytest.mark.parametrize(
    ("text", "wordings"),
    [
        ("smart lamp", ["smart lamp"]),
        ("smart lamp, 智慧灯杆，智能灯杆、灯", ["smart lamp", "智慧灯杆", "智能灯杆", "灯"]),
        ('"smart lamp" "smart pole"', ["smart lamp", "smart pole"]),
        ("a\nb  c\n\na", ["a", "b c"]),
        ("", []),
    ],
)
def test_wordings_are_parted_by_commas_lines_and_quotes(text: str, wordings: list[str]) -> None:
    assert wordings_in(text) == wordings


MANY = TermSet(
    name="many",
    label="Many",
    wordings=tuple(
        Wording(text=f"wording {n} of {lang}", lang=lang)
        for lang in [f"l{n:02}" for n in range(34)]
        for n in range(150)
    ),
)


@pytest.fixture
async def large(tmp_path: Path) -> AsyncIterator[Room]:
    async with conversing(tmp_path, Vocabulary({"many": MANY})) as opened:
        yield opened


async def test_a_large_set_is_shown_by_its_first_wordings_and_whole_a_language_at_a_time(large: Room) -> None:
    said = await large.says("vocabulary show many")
    assert len(said) <= 4000
    assert said.count("wording 0 of") == 34
    assert "l07: wording 0 of l07, wording 1 of l07, wording 2 of l07 and 147 more" in said
    assert "All in one language: vocabulary show many l00" in said
    first = await large.says("vocabulary show @many L07")
    second = await large.says("vocabulary show many l07 2")
    assert first.endswith(f"{150 - first.count(' of l07')} more: vocabulary show many l07 2")
    assert first.count(" of l07") + second.count(" of l07") == 150
    assert "wording 1 of l08" not in first + second
    assert max(len(first), len(second)) <= 4000
    assert "this list ends on page 2" in await large.says("vocabulary show many l07 3")
    assert "@many has nothing in “xx”; it has l00, l01" in await large.says("vocabulary show many xx")


async def test_a_large_set_of_ones_own_is_paged_too(large: Room) -> None:
    texts = [f"a rather long wording of this team with the number {n}" for n in range(200)]
    for at in range(0, 200, 40):
        said = await large.says(f"vocabulary add lamps {', '.join(texts[at : at + 40])}")
        assert "@lamps now" in said
        assert "and 30 more, in every watch" in said
    shown, left = "", "vocabulary show lamps"
    while left:
        said = await large.says(left)
        assert len(said) <= 4000
        shown, left = shown + said, said.partition(" more: ")[2]
    assert all(f"number {n}" in shown for n in range(200))
    assert len(await large.says("vocabulary")) <= 4000
    assert "and 189 more." in await large.says(f"vocabulary remove lamps {', '.join(texts[1:])}")


async def test_a_set_is_shown_by_its_name_or_wording_with_a_language(room: Room) -> None:
    french = ["@facial-recognition Facial recognition", "fr: reconnaissance faciale"]
    assert (await room.says("vocabulary show facial-recognition fr")).splitlines() == french
    assert (await room.says("vocabulary show face recognition FR")).splitlines() == french


async def test_what_a_removal_concerns_is_told(room: Room) -> None:
    await room.says("vocabulary add lamps smart lamp, smart pole")
    await room.says("vocabulary add dahua Imou")
    for line in ("watch smart lamps --yes", "watch smart poles --yes", "watch dahua --yes"):
        await room.says(line)
    away = replace(HERE, id="elsewhere")
    await room.says("watch smart lamps --yes", away)
    said = await room.says("vocabulary remove lamps")
    assert said == "@lamps is gone. That concerns watches 1, 2 here and 1 watch elsewhere."
    said = await room.says("vocabulary remove dahua")
    assert said == "@dahua means what is shipped again. That concerns watch 3 here."
    await room.says("vocabulary add lamps smart lamp")
    await room.says("watch @lamps --yes", away)
    said = await room.says("vocabulary remove lamps")
    assert said.startswith("Watch 5 in another conversation names @lamps; edit or remove it first.")


async def test_every_shipped_set_can_be_shown_in_one_message(tmp_path: Path) -> None:
    ours = shipped()
    async with conversing(tmp_path, ours) as room:
        said = {name: await room.says(f"vocabulary show {name}") for name in ours.sets}
        assert "near each other, as “recogni" in said["facial-recognition"]
        assert "recogni" not in said["video-surveillance"].partition("near each other, as")[2][:40]
        assert {name: len(one) for name, one in said.items() if len(one) > 4000} == {}
        languages = {name: {wording.lang or "any" for wording in one.wordings} for name, one in ours.sets.items()}
        long = [
            f"vocabulary show {name} {lang}" for name in said for lang in languages[name] if "All in one" in said[name]
        ]
        for line in sorted(long)[::50]:
            assert len(await room.says(line)) <= 4000
