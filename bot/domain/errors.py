"""Every error the bot raises on purpose, chosen by what the caller does next.

BotError
├─ ConfigError                 the operator's; all problems at once; exit status 78
├─ SourceError                 never stops the bot; counted; told when a source's state changes
│  ├─ FetchError               permanent or not, with the server's Retry-After if it gave one
│  └─ ParseError               the body is not what its format says
├─ StoreError
│  ├─ StoreBusy                try again
│  ├─ StoreConflict            somebody else changed what the batch relied on: read again, decide again
│  └─ SchemaTooNew             refuse to start
├─ ChatError
│  ├─ ChatDown                 try again with back-off
│  ├─ RateLimited              try again when told
│  ├─ Undeliverable            give up on this delivery, tell `status`
│  └─ Unauthorised             stop this platform, stay up for the others
├─ ModelError                  the language model gave nothing usable: the source's own words stand
└─ CommandError                shown to the person who typed it
└─ QueryError               with the position in the query
"""

from collections.abc import Sequence
from datetime import timedelta


class BotError(Exception):
    """Base of all; its text is one sentence that says what is wrong and what to do."""


class ConfigError(BotError):
    """Every problem of a configuration, reported together."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class SourceError(BotError):
    """A source could not be read; the last good state stands."""


class FetchError(SourceError):
    """No usable answer came.

    `permanent` means that asking again soon cannot help (410, a refused address);
    `retry_after` is what the server asked for; `blocked` marks a block page or a
    firewall's answer, which says nothing about what the source holds.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        retry_after: timedelta | None = None,
        blocked: bool = False,
        gone: bool = False,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after
        self.blocked = blocked
        self.gone = gone


class ParseError(SourceError):
    """A body arrived and is not what its format says; `blocked` as in `FetchError`."""

    def __init__(self, message: str, *, blocked: bool = False) -> None:
        super().__init__(message)
        self.blocked = blocked


class StoreError(BotError):
    """The store could not do it."""


class StoreBusy(StoreError):
    """Another process holds the store; try again."""


class StoreConflict(StoreError):
    """A guard of the batch did not hold: nothing was written; read again and decide again."""


class SchemaTooNew(StoreError):
    """The store was written by a newer version."""


class ChatError(BotError):
    """A platform did not take a message."""


class ChatDown(ChatError):
    """The platform cannot be reached or answered 5xx; try again with back-off."""


class RateLimited(ChatError):
    """The platform asks for patience."""

    def __init__(self, message: str, *, retry_after: timedelta) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Undeliverable(ChatError):
    """The message will never go there: content refused, or (`closed`) channel closed, bot removed."""

    def __init__(self, message: str, *, closed: bool = False) -> None:
        super().__init__(message)
        self.closed = closed


class Unauthorised(ChatError):
    """The platform does not accept our token."""


class ModelError(BotError):
    """The language model gave no usable answer; the source's own words stand."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None, passing: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.passing = passing


class CommandError(BotError):
    """What a person typed cannot be done; `usage` shows a line that works."""

    def __init__(self, message: str, *, usage: str = "") -> None:
        super().__init__(message)
        self.usage = usage


class QueryError(CommandError):
    """A query does not parse: where (0-based offset into `query`), and what would help."""

    def __init__(self, message: str, *, query: str, position: int, remedy: str) -> None:
        super().__init__(message)
        self.query = query
        self.position = position
        self.remedy = remedy

    def __str__(self) -> str:
        line_start = self.query.rfind("\n", 0, self.position) + 1
        line_end = self.query.find("\n", self.position)
        line = self.query[line_start : line_end if line_end >= 0 else len(self.query)]
        caret = " " * (self.position - line_start) + "^"
        return f"{super().__str__()}\n  {line}\n  {caret}\n{self.remedy}"
