"""How far long work has come: a live bar on a terminal, a line now and then elsewhere; never on stdout."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

from adapters.console.render import clean
from adapters.console.settings import wants_colour

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

QUARTERS = 4


class Progress:
    """A display of one long piece of work at a time; give it stderr."""

    def __init__(self, stream: TextIO, *, environ: Mapping[str, str]) -> None:
        self._stream = stream
        self._live = stream.isatty() and environ.get("TERM", "") not in {"", "dumb"}
        self._colour = wants_colour(tty=stream.isatty(), environ=environ)
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._label, self._total, self._steps = "", 0, 0

    def start(self, total: int, label: str) -> None:
        """Begin work of `total` steps; work that was under way is done."""
        self.done()
        self._label, self._total, self._steps = clean(label), total, 0
        if self._live and total:
            self._bar = self._new_bar()
            self._task = self._bar.add_task(self._label, total=total, step="")
            self._bar.start()
        elif total:
            self._say(f"{self._label}: 0 of {total}")

    def step(self, label: str) -> None:
        """Note that one more step, called `label`, is done."""
        self._steps += 1
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, advance=1, step=clean(label))
        elif self._total and self._quarter(self._steps) > self._quarter(self._steps - 1):
            self._say(f"{self._label}: {self._steps} of {self._total}, {clean(label)}")

    def done(self) -> None:
        """Take the display away; harmless twice."""
        if self._bar is not None:
            self._bar.stop()
        self._bar, self._task, self._total = None, None, 0

    def _quarter(self, steps: int) -> int:
        return min(steps, self._total) * QUARTERS // self._total

    def _say(self, text: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(f"{text}\n".encode(encoding, "replace").decode(encoding))
        self._stream.flush()

    def _new_bar(self) -> "Bar":
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
        from rich.progress import Progress as Bar

        console = Console(file=self._stream, no_color=not self._colour, legacy_windows=False)
        return Bar(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.fields[step]}", markup=False, style="dim"),
            console=console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
