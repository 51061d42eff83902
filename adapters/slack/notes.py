"""What the Slack adapter must not forget, as it needs it of the store."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.chat import Conversation
from bot.domain.document import Document


class Notes(Protocol):
    """A notebook that survives a crash at any moment."""

    async def begin(self, key: str, *, now: datetime) -> tuple[str | None, int, datetime] | None:
        """Note that a message is about to be posted; return (receipt, tries, began) if it was begun before."""
        ...

    async def retry(self, key: str) -> None:
        """Note one more try of a message that was begun."""
        ...

    async def posted(self, key: str, receipt: str) -> None:
        """Note the receipt."""
        ...

    async def known(self, receipt: str) -> bool:
        """Tell whether a message with this receipt was noted."""
        ...

    async def dropped(self, key: str) -> None:
        """Note that a message certainly was not posted."""
        ...

    async def prune(self, before: datetime) -> None:
        """Forget messages that were begun before then."""
        ...

    async def edit_later(self, where: Conversation, message: str, what: Document, *, due: datetime) -> None:
        """Keep a message's newest state until `due`; a state that waits already is replaced and its hour kept."""
        ...

    async def edits(self) -> Sequence[tuple[Conversation, str, datetime, Document, str]]:
        """Return what waits, soonest first: conversation, message, due, document, and the mark for `edited`."""
        ...

    async def edited(self, where: Conversation, message: str, mark: str | None = None) -> None:
        """Forget an edit, unless a newer one took its place; without `mark`, whichever waits."""
        ...

    async def moved(self, where: Conversation, message: str, receipt: str) -> None:
        """Note that a message that is gone was posted anew."""
        ...

    async def current(self, where: Conversation, message: str) -> str:
        """Return where a message stands now."""
        ...

    async def parts(self, where: Conversation, message: str) -> Mapping[int, str]:
        """Return where the further messages of a card stand, by number."""
        ...

    async def part(self, where: Conversation, message: str, number: int, receipt: str, *, now: datetime) -> None:
        """Note where one of them stands."""
        ...

    async def unpart(self, where: Conversation, message: str, number: int, receipt: str) -> None:
        """Forget one of them, and that it was posted."""
        ...

    async def install(self, team: str, sealed: str, *, now: datetime) -> None:
        """Keep a team's sealed installation in the place of its last one."""
        ...

    async def installed(self, team: str) -> str | None:
        """Return a team's sealed installation."""
        ...

    async def uninstall(self, team: str) -> None:
        """Forget a team's installation."""
        ...

    async def issue(self, state: str, *, now: datetime, until: datetime) -> None:
        """Keep the state of an installation that somebody began."""
        ...

    async def consume(self, state: str, *, now: datetime) -> bool:
        """Take a state; False if it was never issued, is used up, or too old."""
        ...
