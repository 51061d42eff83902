"""A line being typed that alerts do not tear."""

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from typing import TextIO

from bot.domain.values import by_value

MARK = "› "


@by_value(kw_only=False)
class Page:
    """The terminal around the line being typed.

    Attributes:
        write: prints above the line.
        refresh: draws what stands below it anew.

    """

    write: Callable[[str], None]
    refresh: Callable[[], None]


@contextmanager
def unbroken(reader: TextIO, writer: TextIO) -> Iterator[Page]:
    """Open the terminal for typing and printing at once; what goes to sys.stdout meanwhile stands above the line."""
    from prompt_toolkit.application import create_app_session, run_in_terminal
    from prompt_toolkit.input import create_input
    from prompt_toolkit.output import create_output
    from prompt_toolkit.patch_stdout import patch_stdout

    def put(text: str) -> None:
        writer.write(text)
        writer.flush()

    with (
        create_app_session(input=create_input(reader), output=create_output(writer)) as session,
        patch_stdout(raw=True),
    ):
        # Posts come from other tasks, whose context knows nothing of this session.
        here = copy_context()

        def write(text: str) -> None:
            if session.app is not None and session.app.is_running:
                here.copy().run(run_in_terminal, lambda: put(text))
            else:
                put(text)

        def refresh() -> None:
            if session.app is not None:
                session.app.invalidate()

        yield Page(write, refresh)


async def typed(commands: Callable[[], Sequence[str]], doing: Callable[[], str]) -> AsyncGenerator[str, None]:
    """Yield lines typed at the prompt, with completion and a history of this run, until Ctrl-D or Ctrl-C.

    What `doing` gives stands below the line, as long as it is something.
    """
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import InMemoryHistory

    completer = WordCompleter(lambda: list(commands()), sentence=True, ignore_case=True)
    session: PromptSession[str] = PromptSession(
        MARK,
        completer=completer,
        complete_while_typing=False,
        history=InMemoryHistory(),
        bottom_toolbar=lambda: doing() or None,
    )
    while True:
        try:
            # Signals and the loop's exception handler are the process's, not the prompt's.
            line = await session.prompt_async(handle_sigint=False, set_exception_handler=False)
        except (EOFError, KeyboardInterrupt):
            return
        yield line
