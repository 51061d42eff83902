"""What must survive a crash: the journal's transactions, and the folder's sealed files."""

import asyncio
import stat
from pathlib import Path

import pytest

from adapters.matrix.folder import Folder
from adapters.matrix.journal import Batch, Errand, Event, Journal, Task, open_journal
from adapters.matrix.settings import Account
from bot.config import load
from bot.domain.document import Action
from bot.domain.errors import ChatDown, ConfigError

ROOM = "!room:example.org"
LOGIN = Account(user_id="@rapporteur:example.org", device_id="DEVICE", access_token="very-secret")


def batch(since: str, *events: Event, **more: object) -> Batch:
    return Batch(since=since, events=events, **{"joined": {}, "moves": {}, **more})  # type: ignore[arg-type]


def said(name: str, *, session: str | None = None) -> Event:
    return Event(id=name, room=ROOM, raw={"body": name}, session=session)


async def test_events_and_token_are_kept_together_each_event_once(tmp_path: Path) -> None:
    async with open_journal(tmp_path / "journal.db") as journal:
        assert await journal.since() is None
        await journal.keep(batch("s1", said("$a"), said("$b")), now=1.0)
    async with open_journal(tmp_path / "journal.db") as journal:
        await journal.keep(batch("s2", said("$b"), said("$c")), now=2.0)
        assert await journal.since() == "s2"
        waiting = await journal.waiting()
        assert [event.id for event in waiting] == ["$a", "$b", "$c"]
        await journal.done(waiting[:2])
        assert [event.id for event in await journal.waiting()] == ["$c"]


async def test_a_batch_that_cannot_be_kept_whole_is_not_kept_at_all(tmp_path: Path) -> None:
    async with open_journal(tmp_path / "journal.db") as journal:
        await journal.keep(batch("s1", said("$a")), now=1.0)
        broken = Event(id="$b", room=ROOM, raw={"body": object()})
        with pytest.raises(TypeError):
            await journal.keep(batch("s2", said("$x"), broken), now=2.0)
        assert await journal.since() == "s1"
        assert [event.id for event in await journal.waiting()] == ["$a"]
        await journal.keep(batch("s3"), now=3.0)


async def test_what_has_no_key_waits_until_it_is_opened_in_its_place(tmp_path: Path) -> None:
    async with open_journal(tmp_path / "journal.db") as journal:
        await journal.keep(batch("s1", said("$late", session="one"), said("$b")), now=1.0)
        assert [event.id for event in await journal.waiting()] == ["$b"]
        (late,) = await journal.locked("one")
        assert await journal.unexplained(before=0.5) == []
        assert [event.id for event in await journal.unexplained(before=1.5)] == ["$late"]
        await journal.explained("one")
        assert await journal.unexplained(before=1.5) == []
        await journal.unlock(late, {"body": "!late"})
        assert [event.raw["body"] for event in await journal.waiting()] == ["!late", "$b"]


async def test_errands_are_done_once_and_lead_to_others(tmp_path: Path) -> None:
    join = Errand(kind=Task.JOIN, room=ROOM, detail="@anna:example.org")
    async with open_journal(tmp_path / "journal.db") as journal:
        await journal.keep(batch("s1", errands=(join, join), joined={ROOM: True}, moves={"!old": ROOM}), now=1.0)
        (kept,) = await journal.errands()
        await journal.run(kept, [Errand(kind=Task.GREET, room=ROOM)])
        assert [errand.kind for errand in await journal.errands()] == [Task.GREET]
        assert (await journal.rooms(), await journal.moves()) == ({ROOM: True}, {"!old": ROOM})
        await journal.moved("!old")
        assert await journal.moves() == {}


async def test_when_a_message_was_first_tried_and_what_it_became_are_remembered(tmp_path: Path) -> None:
    async with open_journal(tmp_path / "journal.db") as journal:
        assert (await journal.attempt("root-1", ROOM, now=1.0)).event is None
        assert (await journal.attempt("root-1", ROOM, now=9.0)).at == 1.0
        await journal.sent("root-1", "$event")
        assert (await journal.attempt("root-1", ROOM, now=9.0)).event == "$event"
        assert (await journal.txn_of("$event"), await journal.event_of("root-1")) == ("root-1", "$event")
        await journal.prune(before=5.0)
        assert await journal.event_of("root-1") is None


async def test_a_reaction_means_what_the_message_offers_now_and_only_in_its_room(tmp_path: Path) -> None:
    async with open_journal(tmp_path / "journal.db") as journal:
        await journal.offer(ROOM, "$card", [Action("mute", "🔕", "mute 1"), Action("useful", "👍", "useful")], "$card")
        assert await journal.pressed("$card", "👍🏿", ROOM) == ("useful", "$card")
        assert await journal.pressed("$card", "👍", "!elsewhere") is None
        await journal.offer(ROOM, "$card", [Action("mute", "🔕", "mute 2")], "$card")
        assert await journal.pressed("$card", "👍", ROOM) is None
        assert await journal.pressed("$card", "🔕", ROOM) == ("mute 2", "$card")


async def test_a_second_process_on_the_folder_is_refused(tmp_path: Path) -> None:
    async with open_journal(tmp_path / "journal.db"):
        with pytest.raises(ChatDown, match="stop the other bot"):
            async with open_journal(tmp_path / "journal.db"):
                pass


async def test_many_tasks_may_write_at_once(tmp_path: Path) -> None:
    async def write(journal: Journal, number: int) -> None:
        await journal.attempt(f"k{number}", ROOM, now=1.0)
        await journal.sent(f"k{number}", f"${number}")

    async with open_journal(tmp_path / "journal.db") as journal:
        await asyncio.gather(*(write(journal, number) for number in range(30)))
        assert [await journal.event_of(f"k{number}") for number in range(30)] == [f"${number}" for number in range(30)]


def test_login_and_seeds_are_sealed_and_nobody_elses_to_read(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "matrix")
    folder.prepare()
    assert folder.account() is None
    folder.keep_account(LOGIN)
    folder.keep_seeds({"master": "00ff"})
    again = Folder(tmp_path / "matrix")
    assert (again.account(), again.seeds()) == (LOGIN, {"master": "00ff"})
    assert stat.S_IMODE((tmp_path / "matrix").stat().st_mode) == 0o700
    for file in (tmp_path / "matrix").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert b"very-secret" not in file.read_bytes()
    with pytest.raises(ConfigError, match="sealed with another key"):
        Folder(tmp_path / "matrix", "the operator's own").account()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('homeserver = "https://hs"', ("matrix.user_id is missing", "matrix.password is missing")),
        ('homeserver = "https://hs"\nuser_id = "bot"', ("matrix.user_id must be a whole user id",)),
        (
            'homeserver = "https://hs"\nuser_id = "@b:hs"\naccess_token = "x"',
            ("matrix.access_token and matrix.device_id go together",),
        ),
        (
            'homeserver = "https://hs"\nuser_id = "@b:hs"\npassword = "x"\nallow = ["anna"]',
            ("matrix.allow must be a list",),
        ),
    ],
)
def test_what_is_missing_in_the_section_is_said(tmp_path: Path, text: str, wanted: tuple[str, ...]) -> None:
    path = tmp_path / "rapporteur.toml"
    path.write_text(f"[matrix]\n{text}\n")
    with pytest.raises(ConfigError) as refused:
        load(path, {}, formats=("feed",))
    for sentence in wanted:
        assert any(problem.startswith(sentence) for problem in refused.value.problems), refused.value.problems
