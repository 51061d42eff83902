"""A line being typed that alerts do not tear."""

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

MARK = "› "


@contextmanager
def unbroken(reader: TextIO, writer: TextIO) -> Iterator[Callable[[str], None]]:
    """Give a function that prints above the line being typed; what goes to sys.stdout meanwhile does too."""
    from prompt_toolkit.application import create_app_session
    from prompt_toolkit.input import create_input
    from prompt_toolkit.output import create_output
    from prompt_toolkit.patch_stdout import patch_stdout

    with (
        create_app_session(input=create_input(reader), output=create_output(writer)),
        patch_stdout(raw=True),
    ):
        import sys

        def write(text: str) -> None:
            sys.stdout.write(text)
            sys.stdout.flush()

        yield write


async def typed(commands: Sequence[str]) -> AsyncGenerator[str, None]:
    """Yield lines typed at the prompt, with completion and a history of this run, until Ctrl-D or Ctrl-C."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import InMemoryHistory

    completer = WordCompleter(list(commands), sentence=True, ignore_case=True)
    session: PromptSession[str] = PromptSession(
        MARK, completer=completer, complete_while_typing=False, history=InMemoryHistory()
    )
    while True:
        try:
            # Signals and the loop's exception handler are the process's, not the prompt's.
            line = await session.prompt_async(handle_sigint=False, set_exception_handler=False)
        except (EOFError, KeyboardInterrupt):
            return
        yield line
