"""The console's own section of the configuration."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bot.domain.chat import Conversation
from bot.domain.values import by_value

CONSOLE = Conversation("console", "local")
"""The one conversation that a console holds."""


@by_value
class ConsoleSettings:
    """How the console behaves.

    Attributes:
        zone: IANA name of the zone in which moments are shown.
        journal: file of the keys that were shown, next to the database; None remembers for this run only.
        files: folder for the files that go with answers; None saves none.
        commands: gives the names to complete at the prompt.
        user: whom commands are from.
        colour, links: None means what the terminal can do.
        width: in columns; None means the terminal's, or 80 without one.

    """

    zone: str = "UTC"
    journal: Path | None = None
    files: Path | None = None
    commands: Callable[[], Sequence[str]] = tuple
    user: str = "you"
    colour: bool | None = None
    links: bool | None = None
    width: int | None = None


_LINKING_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio"})
_LINKING_TERMS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "contour", "wezterm")
_VTE_WITH_LINKS = 5000


def wants_colour(*, tty: bool, environ: Mapping[str, str]) -> bool:
    """Tell whether to colour: on a terminal that can, unless NO_COLOR is set to anything (no-color.org)."""
    return tty and not environ.get("NO_COLOR") and environ.get("TERM", "") not in {"", "dumb"}


def knows_links(*, tty: bool, environ: Mapping[str, str]) -> bool:
    """Tell whether the terminal is known to follow OSC 8 hyperlinks; elsewhere the address must be seen."""
    if not tty or environ.get("TERM") == "dumb":
        return False
    vte = environ.get("VTE_VERSION", "")
    return (
        environ.get("TERM_PROGRAM") in _LINKING_PROGRAMS
        or environ.get("TERM", "").startswith(_LINKING_TERMS)
        or (vte.isdecimal() and int(vte) >= _VTE_WITH_LINKS)
        or any(name in environ for name in ("KONSOLE_VERSION", "WT_SESSION", "DOMTERM"))
    )
