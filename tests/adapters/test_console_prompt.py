"""The prompt on a real pseudo-terminal: an alert does not tear the line being typed."""

import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")
termios = pytest.importorskip("termios", reason="needs a pseudo-terminal")

ROOT = Path(__file__).parents[2]
SCRIPT = """
import asyncio, os, signal, sys
from adapters.console.chat import ConsoleChat
from adapters.console.settings import CONSOLE, ConsoleSettings
from bot.domain.document import says

async def main():
    settings = ConsoleSettings(commands=lambda: ("watch", "watches", "status"), width=60)
    chat = ConsoleChat(settings, reader=sys.stdin, writer=sys.stdout, environ=os.environ)
    class Desk:
        async def answer(self, command):
            await chat.post(CONSOLE, says("alert while typing"), thread=None, key="key-" + command.text)
            return says("answer to " + command.text)
    serving = asyncio.create_task(chat.serve(Desk()))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, serving.cancel)
    try:
        await serving
        print("ended well")
    except asyncio.CancelledError:
        print("cancelled well")
    await chat.post(CONSOLE, says("last words"), thread=None, key="key-last")

asyncio.run(main())
"""


class Terminal:
    """What a person at a terminal can do: type, and read what appears."""

    def __init__(self, descriptor: int, pid: int) -> None:
        self._descriptor = descriptor
        self.pid = pid
        self.seen = ""

    @property
    def echoes(self) -> bool:
        """Whether the terminal shows what is typed by itself: true unless somebody has taken it over."""
        return bool(termios.tcgetattr(self._descriptor)[3] & termios.ECHO)

    def type(self, text: str) -> None:
        os.write(self._descriptor, text.encode())

    def wait_for(self, text: str, *, seconds: float = 15) -> None:
        end = time.monotonic() + seconds
        while text not in self.seen:
            ready, _, _ = select.select([self._descriptor], [], [], max(0, end - time.monotonic()))
            assert ready, f"{text!r} did not appear in {self.seen!r}"
            self._read()

    def wait_for_prompt_after(self, text: str) -> None:
        """Wait for an answer and for the prompt after it: nobody types faster."""
        self.wait_for(text)
        before, _, self.seen = self.seen.partition(text)
        self.wait_for("›")
        self.seen = before + text + self.seen

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, 65536)
        except OSError:  # Linux says EIO when the other side is gone
            data = b""
        assert data, f"the program ended after {self.seen!r}"
        self.seen += data.decode(errors="replace")


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    pid, descriptor = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        environ = {
            **os.environ,
            "TERM": "xterm",
            "PROMPT_TOOLKIT_NO_CPR": "1",
            "NO_COLOR": "1",
            "PYTHONPATH": str(ROOT),
        }
        os.execve(sys.executable, [sys.executable, "-c", SCRIPT], environ)
    yield Terminal(descriptor, pid)
    os.close(descriptor)  # hangs up a program that has not ended
    os.waitpid(pid, 0)


def test_commands_are_answered_alerts_appear_above_the_line_and_ctrl_d_ends(terminal: Terminal) -> None:
    terminal.wait_for("›")
    terminal.type("status\r")
    terminal.wait_for_prompt_after("answer to status")
    assert "alert while typing" in terminal.seen
    terminal.type("wat\t")
    terminal.type("ches\r")
    terminal.wait_for_prompt_after("answer to watches")
    terminal.type("\x04")
    terminal.wait_for("ended well")


def test_quit_ends(terminal: Terminal) -> None:
    terminal.wait_for("›")
    terminal.type("quit\r")
    terminal.wait_for("ended well")


def test_a_bot_that_is_stopped_leaves_the_terminal_as_it_was(terminal: Terminal) -> None:
    terminal.wait_for("›")
    terminal.type("half a li")
    terminal.wait_for("half a li")
    assert not terminal.echoes
    os.kill(terminal.pid, signal.SIGTERM)
    terminal.wait_for("cancelled well")
    terminal.wait_for("last words")
    assert terminal.echoes
