"""The console as a chat platform: threads on paper, commands on a line."""

import os
from base64 import b32encode
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from hashlib import blake2b
from typing import TYPE_CHECKING, TextIO

from adapters.console.journal import Journal
from adapters.console.lines import lines_of
from adapters.console.parcels import Shelf
from adapters.console.prompt import typed, unbroken
from adapters.console.render import NARROWEST, Look, beside, clean, inked, lines
from adapters.console.settings import CONSOLE, ConsoleSettings, knows_links, wants_colour
from bot.domain.alerts import DeliveryKey
from bot.domain.chat import Command, Conversation, Receipt
from bot.domain.document import Document, says
from bot.domain.errors import ChatDown
from bot.domain.ports import Desk

if TYPE_CHECKING:
    from rich.text import Text as RichText

Answer = Callable[[Command], Awaitable[Document]]
DEFAULT_WIDTH = 80
WIDEST = 100
"""Columns beyond which lines are harder to read, not easier."""
REMEMBERED = 500
"""Cards whose last state is kept in memory, so that an edit can show what changed."""
MOST_CHANGES = 3
LEAVE = frozenset({"quit", "exit"})


class ConsoleChat:
    """Prints posts as threads and takes commands; made with its streams, so that nothing is bound at import.

    A receipt is the thread's number, a few letters derived from the delivery's key: the same after a restart.
    """

    def __init__(
        self,
        settings: ConsoleSettings,
        *,
        reader: TextIO,
        writer: TextIO,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Take the streams; `environ` says what the terminal can do, None means the process's own."""
        self._settings = settings
        self._reader = reader
        self._writer = writer
        tty, environ = writer.isatty(), os.environ if environ is None else environ
        self._colour = settings.colour if settings.colour is not None else wants_colour(tty=tty, environ=environ)
        self._links = settings.links if settings.links is not None else knows_links(tty=tty, environ=environ)
        self._journal = Journal(settings.journal)
        self._shelf = Shelf(folder=settings.files)
        self._doing = ""
        self._refresh: Callable[[], None] = lambda: None
        self._cards: OrderedDict[Receipt, tuple[str, ...]] = OrderedDict()
        self._print: Callable[[str], None] = self._write

    async def post(self, to: Conversation, what: Document, *, thread: Receipt | None, key: DeliveryKey) -> Receipt:
        """Print a card or, under a thread, a reply; a key that was shown before is not shown again."""
        del to  # a console holds one conversation
        receipt = thread_number(key)
        if key in self._journal:
            return receipt
        what = await self._shelf.with_places(what)
        self._show(self._card(receipt, what) if thread is None else self._hung(what, f"  #{thread} ↳ "))
        self._journal.record(key)
        if thread is None:
            self._remember(receipt, _said(what, what.zone or self._settings.zone))
        return receipt

    async def edit(self, to: Conversation, message: Receipt, what: Document, *, key: DeliveryKey) -> Receipt:
        """Print what is different on a card now; paper cannot be changed."""
        del to
        if key in self._journal:
            return message
        said = _said(what, what.zone or self._settings.zone)
        before = self._cards.get(message)
        changed = said[:1] if before is None else tuple(row for row in said if row not in before)
        if changed:
            self._show(self._hung(says(*changed[:MOST_CHANGES]), f"  ✎ #{message} now: "))
        self._journal.record(key)
        self._remember(message, said)
        return message

    async def say(self, what: Document) -> None:
        """Print what belongs to no thread: a greeting, a day's heading."""
        self._show(lines(what, self._look()))

    @property
    def interactive(self) -> bool:
        """Somebody sits at the terminal."""
        return self._reader.isatty() and self._writer.isatty()

    def doing(self, text: str) -> None:
        """Show below the prompt what the bot is busy with; nothing takes it away."""
        self._doing = clean(text)
        self._refresh()

    async def serve(self, desk: Desk) -> None:
        """Answer typed lines until the end of input, `quit` or cancellation: at a prompt if on a terminal."""
        if not self.interactive:
            await self._converse(lines_of(self._reader), desk.answer)
            return
        with unbroken(self._reader, self._writer) as page:
            self._print, self._refresh = page.write, page.refresh
            try:
                await self._converse(typed(self._settings.commands, lambda: self._doing), desk.answer)
            finally:
                self._print = self._write

    async def _converse(self, incoming: AsyncGenerator[str, None], answer: Answer) -> None:
        async with aclosing(incoming):
            async for line in incoming:
                text = line.strip()
                if text.casefold() in LEAVE:
                    return
                command = Command(conversation=CONSOLE, user=self._settings.user, text=text)
                document = await answer(command)
                self._show(lines(await self._shelf.with_places(document), self._look(zone=document.zone)))

    def _card(self, receipt: Receipt, what: Document) -> list["RichText"]:
        """Lay a card out beside a coloured bar, with its thread's number on top."""
        from rich.text import Text as RichText

        bar = "▌ "
        rows = [RichText(f"#{receipt}", style="dim"), *lines(what, self._look(len(bar), what.zone))]
        return [RichText(), *(beside(bar, row, "cyan") for row in rows)]

    def _hung(self, what: Document, first: str) -> list["RichText"]:
        """Lay a message out below its first prefix."""
        rows = lines(what, self._look(len(first), what.zone))
        return [beside(" " * len(first) if index else first, row) for index, row in enumerate(rows)]

    def _look(self, taken: int = 0, zone: str | None = None) -> Look:
        """Return what the terminal is like now, `taken` columns set aside."""
        width = self._settings.width or min(WIDEST, self._columns())
        return Look(width=max(NARROWEST, width - taken), zone=zone or self._settings.zone, links=self._links)

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self._writer.fileno()).columns or DEFAULT_WIDTH
        except (OSError, ValueError):  # no terminal, or no descriptor at all
            return DEFAULT_WIDTH

    def _remember(self, receipt: Receipt, said: tuple[str, ...]) -> None:
        self._cards[receipt] = said
        self._cards.move_to_end(receipt)
        if len(self._cards) > REMEMBERED:
            self._cards.popitem(last=False)

    def _show(self, rows: Sequence["RichText"]) -> None:
        """Print rows in one piece; ChatDown if the output is closed."""
        try:
            self._print(inked(rows, colour=self._colour))
        except (OSError, ValueError) as error:
            raise ChatDown("The console's output is closed; start the bot in an open terminal.") from error

    def _write(self, text: str) -> None:
        encoding = self._writer.encoding or "utf-8"
        self._writer.write(text.encode(encoding, "replace").decode(encoding))
        self._writer.flush()


def thread_number(key: DeliveryKey) -> Receipt:
    """Return the short name of a thread, the same for the same key."""
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=5).digest()
    return Receipt(b32encode(digest).decode("ascii")[:5].lower())


def _said(what: Document, zone: str) -> tuple[str, ...]:
    """Return what a card says, line by line, whatever the width."""
    endless = Look(width=100_000, zone=zone, links=True)
    return tuple(" ".join(row.plain.split()) for row in lines(what, endless))
