"""The terminal as a chat platform."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.domain.chat import Command, Conversation
from bot.domain.ports import Terminal
from bot.wiring.commands import names

if TYPE_CHECKING:
    from adapters.console.progress import Progress

TERMINAL = Conversation("console", "local")
"""The one conversation of the console."""


def terminal(settings: Settings, *, journal: Path | None) -> Terminal:
    """Return the terminal as a chat platform."""
    from adapters.console.chat import ConsoleChat
    from adapters.console.settings import ConsoleSettings

    files = None if journal is None else journal.with_suffix(".files")
    own = ConsoleSettings(zone=settings.alerts.zone, journal=journal, files=files, commands=names)
    return ConsoleChat(own, reader=sys.stdin, writer=sys.stdout)


def progress_display() -> "Progress":
    """Return a display on standard error for long work."""
    from adapters.console.progress import Progress

    return Progress(sys.stderr, environ=os.environ)


def typed(text: str) -> Command:
    """Return a line as if somebody had typed it at the console."""
    return Command(conversation=TERMINAL, user="you", text=text)
