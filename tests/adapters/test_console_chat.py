"""The console as a platform: threads, edits, the journal, and lines through pipes."""

import asyncio
import io
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from adapters.console.chat import ConsoleChat, thread_number
from adapters.console.journal import MOST, Journal
from adapters.console.settings import CONSOLE, ConsoleSettings, knows_links, wants_colour
from bot.domain.alerts import DeliveryKey
from bot.domain.chat import Command, Conversation
from bot.domain.document import Document, Facts, Heading, Text, says
from bot.domain.errors import ChatDown

ROOT, REPLY, EDIT = DeliveryKey("root-1"), DeliveryKey("reply-1"), DeliveryKey("edit-1")


def console(writer: io.TextIOBase, *, journal: Path | None = None, typed: str = "") -> ConsoleChat:
    settings = ConsoleSettings(journal=journal, width=60)
    return ConsoleChat(settings, reader=io.StringIO(typed), writer=writer, environ={})  # type: ignore[arg-type]


def card(where: str) -> Document:
    return Document((Heading((Text("Meeting · SG17"),)), Facts((("Where", (Text(where),)),))))


async def test_a_card_its_reply_and_its_edit_read_as_one_thread() -> None:
    out = io.StringIO()
    chat = console(out)
    root = await chat.post(CONSOLE, card("Geneva"), thread=None, key=ROOT)
    await chat.post(CONSOLE, says("Moved: now 3 Feb " + "and on " * 10), thread=root, key=REPLY)
    assert await chat.edit(CONSOLE, root, card("Nairobi"), key=EDIT) == root
    tag = thread_number(ROOT)
    assert out.getvalue() == (
        f"\n▌ #{tag}\n▌ Meeting · SG17\n▌ Where  Geneva\n"
        f"  #{tag} ↳ Moved: now 3 Feb and on and on and on and on and\n"
        "           on and on and on and on and on and on\n"
        f"  ✎ #{tag} now: Where Nairobi\n"
    )


async def test_an_edit_after_a_restart_shows_the_head_line_and_one_without_difference_shows_nothing() -> None:
    out = io.StringIO()
    chat = console(out)
    root = thread_number(ROOT)
    await chat.edit(CONSOLE, root, card("Nairobi"), key=EDIT)
    await chat.edit(CONSOLE, root, card("Nairobi"), key=DeliveryKey("edit-2"))
    assert out.getvalue() == f"  ✎ #{root} now: Meeting · SG17\n"


async def test_a_key_is_shown_once_across_restarts_and_keeps_its_number(tmp_path: Path) -> None:
    journal, out = tmp_path / "shown", io.StringIO()
    first = await console(out, journal=journal).post(CONSOLE, card("Geneva"), thread=None, key=ROOT)
    with journal.open("a") as file:
        file.write("torn")
    again = console(out, journal=journal)
    assert await again.post(CONSOLE, card("Geneva"), thread=None, key=ROOT) == first
    await again.post(CONSOLE, says("hello"), thread=first, key=REPLY)
    third = console(out, journal=journal)
    await third.post(CONSOLE, says("hello"), thread=first, key=REPLY)
    assert out.getvalue().count("Geneva") == 1
    assert out.getvalue().count("hello") == 1


def test_the_journal_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "shown"
    path.write_text("".join(f"{number:016x}\n" for number in range(MOST)))
    journal = Journal(path)
    journal.record("one more")
    assert len(path.read_text().split()) == MOST // 2 + 1
    assert "one more" in Journal(path)


def test_a_journal_that_cannot_be_written_still_remembers_for_this_run(tmp_path: Path) -> None:
    journal = Journal(tmp_path)  # a directory: neither read nor written
    journal.record("key")
    assert "key" in journal


async def test_a_closed_output_is_a_chat_that_is_down() -> None:
    out = io.StringIO()
    out.close()
    chat = ConsoleChat(ConsoleSettings(), reader=io.StringIO(), writer=_Closed(), environ={})
    with pytest.raises(ChatDown, match="closed"):
        await chat.post(CONSOLE, card("Geneva"), thread=None, key=ROOT)


class _Closed(io.StringIO):
    def write(self, _: str) -> int:
        raise BrokenPipeError


async def test_a_poor_encoding_loses_letters_and_not_the_message() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    await console(out).post(CONSOLE, says("人脸 arrives"), thread=None, key=ROOT)
    assert b"?? arrives" in raw.getvalue()


class Echo:
    """A desk that repeats what it is told."""

    async def answer(self, command: Command) -> Document:
        return says(f"{command.user} said {command.text} in {command.zone}")

    async def take(self, commands: Sequence[Command]) -> int:
        raise NotImplementedError

    async def closed(self, conversation: Conversation, why: str) -> None:
        raise NotImplementedError

    async def reopened(self, conversation: Conversation) -> None:
        raise NotImplementedError

    async def moved(self, old: Conversation, new: Conversation) -> None:
        raise NotImplementedError


async def test_piped_lines_are_answered_in_order_until_the_end_and_no_thread_stays() -> None:
    read_end, write_end = os.pipe()
    out = _Heard()
    threads = threading.active_count()
    with os.fdopen(read_end) as reader:
        chat = ConsoleChat(ConsoleSettings(), reader=reader, writer=out, environ={})
        serving = asyncio.create_task(chat.serve(Echo()))
        os.write(write_end, "watch café\r\nsta".encode())
        await out.until("café")
        await chat.post(CONSOLE, says("an alert meanwhile"), thread=None, key=ROOT)
        os.write(write_end, b"tus\nhelp")
        os.close(write_end)
        await asyncio.wait_for(serving, 5)
    said = [line for line in out.getvalue().splitlines() if "said" in line]
    assert said == [f"you said {text} in None" for text in ("watch café", "status", "help")]
    assert "an alert meanwhile" in out.getvalue()
    assert threading.active_count() == threads


class _Heard(io.StringIO):
    """Output that somebody waits for."""

    def __init__(self) -> None:
        super().__init__()
        self._more = asyncio.Event()

    def write(self, text: str) -> int:
        self._more.set()
        return super().write(text)

    async def until(self, text: str) -> None:
        async with asyncio.timeout(5):
            while text not in self.getvalue():
                self._more.clear()
                await self._more.wait()


async def test_serving_a_silent_pipe_can_be_cancelled() -> None:
    read_end, write_end = os.pipe()
    with os.fdopen(read_end) as reader, os.fdopen(write_end, "w"):
        chat = ConsoleChat(ConsoleSettings(), reader=reader, writer=io.StringIO(), environ={})
        serving = asyncio.create_task(chat.serve(Echo()))
        await asyncio.sleep(0.01)
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(serving, 5)


async def test_a_file_of_commands_is_answered_and_quit_ends_it(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("status\nquit\nhelp\n")
    out = io.StringIO()
    with script.open() as reader:
        await ConsoleChat(ConsoleSettings(), reader=reader, writer=out, environ={}).serve(Echo())
    assert out.getvalue() == "you said status in None\n"


async def test_a_stream_in_memory_is_answered_too() -> None:
    out = io.StringIO()
    await console(out, typed="status\n").serve(Echo())
    assert out.getvalue() == "you said status in None\n"


@pytest.mark.parametrize(
    ("tty", "environ", "expected"),
    [
        (True, {"TERM": "xterm-256color"}, True),
        (True, {"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
        (True, {"TERM": "xterm-256color", "NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {"TERM": "xterm-256color"}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(tty: bool, environ: Mapping[str, str], expected: bool) -> None:  # noqa: FBT001
    assert wants_colour(tty=tty, environ=environ) is expected


def test_links_hide_only_where_the_terminal_is_known_to_follow_them() -> None:
    assert knows_links(tty=True, environ={"TERM": "xterm-256color", "VTE_VERSION": "7200"})
    assert knows_links(tty=True, environ={"TERM": "xterm-kitty"})
    assert not knows_links(tty=True, environ={"TERM": "xterm-256color"})
    assert not knows_links(tty=False, environ={"TERM": "xterm-kitty"})


def test_what_shows_nothing_loads_no_terminal_library() -> None:
    loaded = "print({'rich', 'prompt_toolkit'} & {*sys.modules})"
    program = f"import sys, adapters.console.chat, adapters.console.progress; {loaded}"
    root = Path(__file__).parents[2]
    ran = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"
