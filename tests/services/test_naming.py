"""`vocabulary`: a team's own words beside those that are shipped."""

import pytest

from bot.services.commands.naming import wordings_in
from tests.services.room import ELSEWHERE, HERE, Room


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


async def test_a_wording_that_meant_something_else_is_told(room: Room) -> None:
    assert "“人脸识别” meant @facial-recognition so far" in await room.says("vocabulary add faces 人脸识别")


async def test_wordings_and_sets_are_removed_unless_a_watch_names_them(room: Room) -> None:
    await room.says("vocabulary add lamps smart lamp, smart pole")
    assert await room.says("vocabulary remove lamps Smart-Pole") == "@lamps no longer means smart pole."
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
