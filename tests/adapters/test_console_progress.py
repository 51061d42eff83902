"""Progress of long work, on a stream that is no terminal and on one that is."""

import io

from adapters.console.progress import Progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_without_a_terminal_a_line_is_written_about_every_quarter() -> None:
    out = io.StringIO()
    progress = Progress(out, environ={})
    progress.start(50, "Reading sources")
    for number in range(50):
        progress.step(f"source {number}")
    progress.done()
    assert out.getvalue().splitlines() == [
        "Reading sources: 0 of 50",
        "Reading sources: 13 of 50, source 12",
        "Reading sources: 25 of 50, source 24",
        "Reading sources: 38 of 50, source 37",
        "Reading sources: 50 of 50, source 49",
    ]


def test_a_hostile_label_commands_no_terminal() -> None:
    out = io.StringIO()
    progress = Progress(out, environ={})
    progress.start(1, "a\x1b[2J")
    progress.step("b\nc")
    assert out.getvalue() == "a␛[2J: 0 of 1\na␛[2J: 1 of 1, b c\n"


def test_nothing_to_do_shows_nothing_and_done_twice_is_harmless() -> None:
    out = io.StringIO()
    progress = Progress(out, environ={})
    progress.start(0, "Reading")
    progress.step("x")
    progress.done()
    progress.done()
    assert out.getvalue() == ""


def test_on_a_terminal_a_bar_moves_and_goes_away() -> None:
    out = _Terminal()
    progress = Progress(out, environ={"TERM": "xterm"})
    progress.start(4, "Reading")
    progress.step("[red]EFF[/]")
    progress.done()
    assert "Reading" in out.getvalue()
    assert "1/4" in out.getvalue()
    assert "[red]EFF[/]" in out.getvalue()
