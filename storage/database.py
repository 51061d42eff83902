"""The seam between what the store says and the database it says it to.

A transaction is a plan: a generator that yields statements, is sent their results and returns a
value. Plans do no I/O, so the embedded store runs a whole one in its connection's thread (one hop,
however many statements; rows are written and read as JSON there too, off the event loop), and a
server's driver can await each statement. SQL is the subset that SQLite ≥ 3.35 and PostgreSQL share,
with `$1` placeholders.
"""

from collections.abc import Generator, Iterable, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

T = TypeVar("T")
Row = tuple[Any, ...]
"""Values are text, whole numbers, bytes or None."""

SIZES = (1, 4, 16, 64, 256, 1024)
"""Lengths of generated `IN` lists: few, so that the database's statement cache serves them."""


class Statement(NamedTuple):
    """One SQL text and what it is run with: a tuple, which is made five times as fast as a frozen dataclass.

    Attributes:
        values: for one run.
        rows: for a run per row, in order, instead of `values`; may be lazy. Nothing is returned.
        guard: how many rows must be affected; if they are not, the plan fails with StoreConflict.

    """

    sql: str
    values: Row = ()
    rows: Iterable[Row] | None = None
    guard: int | None = None


class Result(NamedTuple):
    """What a statement returned, and how many rows it changed."""

    rows: list[Row]
    changed: int


Plan = Generator[Statement, Result, T]


class Database(Protocol):
    """Runs plans; raises StoreError and its kinds, and whatever a plan raises."""

    async def read(self, plan: Plan[T]) -> T:
        """Run a plan of SELECTs on one snapshot."""
        ...

    async def write(self, plan: Plan[T], *, durable: bool = True) -> T:
        """Run a plan in one transaction: all of it or nothing.

        What is not durable survives the death of the process, and of the machine only with the next durable write:
        enough for leases and schedules, which a restart makes anew.
        """
        ...

    async def hurry(self, plan: Plan[T]) -> T:
        """Run a plan in one transaction before what waits to be written: somebody has seconds for it.

        Plans that hurry at the same time may share a commit; one that fails fails alone.
        """
        ...


def run(sql: str, *values: object, guard: int | None = None) -> Plan[Result]:
    """Plan one statement."""
    return (yield Statement(sql, values, guard=guard))


def each(sql: str, rows: Iterable[Row]) -> Plan[int]:
    """Plan a statement per row; return how many rows they changed."""
    return (yield Statement(sql, rows=rows)).changed


def select(sql: str, *values: object) -> Plan[list[Row]]:
    """Plan one SELECT."""
    return (yield Statement(sql, values)).rows


def within(sql: str, wanted: Iterable[object], *values: object) -> Plan[list[Row]]:
    """Plan a SELECT whose `{list}` stands for `wanted`, in as many pieces as that takes."""
    rows: list[Row] = []
    left = list(dict.fromkeys(wanted))
    for start in range(0, len(left), SIZES[-1]):
        part = left[start : start + SIZES[-1]]
        result = yield Statement(listed(sql, part, first=len(values) + 1), (*values, *padded(part)))
        rows += result.rows
    return rows


def listed(sql: str, values: Sequence[object], *, first: int) -> str:
    """Replace `{list}` by as many placeholders as `padded(values)` has, numbered from `first`."""
    return sql.replace("{list}", ", ".join(f"${first + n}" for n in range(_size(len(values)))))


def padded(values: Sequence[object]) -> Sequence[object]:
    """Repeat the last value until a standard length is reached."""
    return [*values, *([values[-1]] * (_size(len(values)) - len(values)))]


def _size(count: int) -> int:
    return next((size for size in SIZES if size >= count), count)
