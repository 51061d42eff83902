"""Watches and own words as a text file, there and back."""

import tomllib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.chat import Conversation
from bot.domain.errors import ParseError
from bot.domain.watches import Watch, WatchId
from bot.services.exchange import exported, imported, read, written
from storage import open_store
from tests.services.room import ELSEWHERE, NOW, SHIPPED, Room

FILE = """
[[vocabulary]]
team = "console"
name = "lamps"
wordings = ["smart lamp", "智慧灯杆"]

[[watch]]
conversation = "console:local"
query = "zte   OR 中兴"
owner = "ann"
"""


async def test_what_is_exported_is_imported_whole_by_another_bot(room: Room, tmp_path: object) -> None:
    await room.says("vocabulary add lamps smart lamp, 智慧灯杆")
    await room.says('watch @lamps --yes --note a "quoted" note')
    await room.says("watch zte, 中兴 --yes", ELSEWHERE)
    await room.says("watch camera --weekly fri 8:00 --yes")
    await room.says("mute 1 for 2h")
    text = await exported(room.store)
    async with open_store(f"sqlite:///{tmp_path}/other.db") as other:
        assert await imported(other, read(text), SHIPPED, now=NOW + timedelta(days=9)) == (3, 2)
        assert await exported(other) == text
        assert await imported(other, read(text), SHIPPED, now=NOW) == (0, 0)
        assert await exported(other) == text


async def test_equal_words_give_an_equal_text_in_whatever_order_they_were_added(room: Room) -> None:
    for words in ("smart lamp, 智慧灯杆", "lamp post"):
        await room.says(f"vocabulary add lamps {words}")
        await room.says(f"vocabulary add posts {words}")
    await room.says("vocabulary remove posts smart lamp")
    await room.says("vocabulary add posts smart lamp")
    lamps, posts = (row["wordings"] for row in tomllib.loads(await exported(room.store))["vocabulary"])
    assert lamps == posts


async def test_a_file_written_by_hand_is_brought_into_canonical_form(room: Room) -> None:
    assert await imported(room.store, read(FILE), SHIPPED, now=NOW) == (1, 2)
    _, (watch,) = await room.store.watches.all()
    assert (watch.query, watch.owner, watch.created_at, watch.note) == ("zte, 中兴", "ann", NOW, "")
    assert (await room.store.vocabularies.all()) == {"console": {"lamps": ["smart lamp", "智慧灯杆"]}}


async def test_a_watch_that_stands_is_left_as_it_is(room: Room) -> None:
    await room.says("watch zte, 中兴 --yes --note mine")
    assert (await imported(room.store, read(FILE + FILE), SHIPPED, now=NOW))[0] == 0
    _, (watch,) = await room.store.watches.all()
    assert watch.note == "mine"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("watch = 3", "In watch 1, conversation is missing. In watch 1, query is missing."),
        ("[[watch", "The file is not TOML"),
        ("[[wach]]", "There is no section [[wach]]."),
        (FILE.replace('owner = "ann"', 'owner = "ann"\nnoet = "x"'), "In watch 1, noet means nothing."),
        (FILE.replace("zte   OR 中兴", "zte AND ("), "In watch 1: "),
        (FILE.replace('owner = "ann"', 'owner = "ann"\ncreated = 2026-01-01'), "instants with a zone"),
        (FILE.replace('owner = "ann"', 'owner = "ann"\ncadence = "hourly"'), "“hourly” is no cadence"),
        (FILE.replace("console:local", "console"), "conversation (platform:id)"),
        (FILE.replace('"lamps"', '"Lamps!"'), "In vocabulary 1, team and name are texts"),
        (FILE.replace('["smart lamp", "智慧灯杆"]', '["", 3]'), "wordings a list of texts"),
        (FILE.replace("smart lamp", "++"), "In vocabulary 1: “++” holds no word that could be found."),
        (FILE.replace("smart lamp", "lamp " * 30), "is longer than 100 characters."),
        (FILE.replace('"smart lamp"', ", ".join(f'"lamp {n}"' for n in range(200))), "more than 200 wordings"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(text: str, said: str) -> None:
    with pytest.raises(ParseError) as refused:
        read(text)
    assert said in str(refused.value)


async def test_a_watch_that_names_a_set_which_there_is_not_is_refused_and_nothing_is_imported(room: Room) -> None:
    strange = FILE + FILE.replace("zte   OR 中兴", "@lamps, @dahua, @unheard-of").replace("console:", "slack:")
    with pytest.raises(ParseError, match=r"names @lamps, .* names @unheard-of, which no vocabulary has"):
        await imported(room.store, read(strange), SHIPPED, now=NOW)
    assert (await room.store.watches.all())[1] == []
    known = FILE.replace("zte   OR 中兴", "@lamps, @dahua")
    assert await imported(room.store, read(known), SHIPPED, now=NOW) == (1, 2)


def test_all_problems_of_a_file_are_told_at_once() -> None:
    with pytest.raises(ParseError) as refused:
        read("[[watch]]\nquery = 'a'\n" * 9)
    assert str(refused.value).count("is missing") == 10
    assert str(refused.value).endswith("And 8 more.")


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(lambda text: bool(text.strip()))
WORDINGS = st.sampled_from(["smart lamp", "智慧灯杆", "l'œil", "التعرف على الوجه", "C++", "AT&T"])
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda when: when.replace(tzinfo=UTC))  # noqa: DTZ001
WATCHES = st.builds(
    Watch,
    id=st.just(WatchId(1)),
    conversation=st.builds(Conversation, st.sampled_from(["console", "slack"]), TEXTS),
    query=st.sampled_from(["zte", '"a b", 中兴', "title:(x NOT y)"]),
    owner=TEXTS,
    created_at=MOMENTS,
    note=st.just("") | TEXTS,
    muted_until=st.none() | MOMENTS,
)


@given(
    st.lists(WATCHES, max_size=5),
    st.dictionaries(
        TEXTS, st.dictionaries(st.just("a-set"), st.lists(WORDINGS, min_size=1, unique=True), max_size=2), max_size=3
    ),
)
@settings(deadline=None)
def test_any_text_survives(watches: list[Watch], words: dict[str, dict[str, list[str]]]) -> None:
    text = written(watches, words)
    tomllib.loads(text)
    back = read(text)
    held = {team: {name: sorted(texts) for name, texts in sets.items()} for team, sets in words.items() if sets}
    assert back.words == held
    assert [
        (one.conversation, one.query, one.owner, one.note, one.created, one.muted_until) for one in back.watches
    ] == [
        (one.conversation, one.query, one.owner, one.note, one.created_at, one.muted_until)
        for one in sorted(watches, key=lambda one: (one.conversation, one.query))
    ]
