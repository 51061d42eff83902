"""iCalendar text as a tree of components (RFC 5545 §3.1, §3.4), forgiving what real exporters do.

Nothing is interpreted here: names, parameters and values stay text. Whatever had to be mended
or dropped is noted, so that no event is lost in silence.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from bot.domain.errors import ParseError

_FOLD = re.compile(rb"[\r\n]+[ \t]")
_PARAMS = re.compile(r'(?:"[^"]*"|[^":])*:')
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DATED = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE"})
_WORDY = frozenset({"DESCRIPTION", "SUMMARY", "LOCATION", "COMMENT", "CONTACT"})
_OF_CALENDARS = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"})
"""Components that stand in a calendar and in none of their kind (RFC 5545 §3.6)."""
_DEEPEST = 16
_LONGEST_MENDED = 20_000


class Line(NamedTuple):
    """A content line: name in upper case, parameters from the first semicolon on, value as written."""

    name: str
    params: str
    value: str

    def param(self, name: str) -> str | None:
        """Return a parameter's value without quotes, or None."""
        if not self.params:
            return None
        found = _parameter(name).search(self.params)
        return None if found is None else (found[1] if found[1] is not None else found[2].strip())


@cache
def _parameter(name: str) -> re.Pattern[str]:
    return re.compile(rf';\s*{name}\s*=\s*(?:"([^"]*)"|([^;]*))', re.IGNORECASE)


@dataclass(slots=True)
class Block:
    """A component such as VCALENDAR, VEVENT or VTIMEZONE."""

    name: str
    lines: list[Line] = field(default_factory=list)
    blocks: list["Block"] = field(default_factory=list)

    def value(self, name: str) -> str | None:
        """Return the value of the first line of that name, or None."""
        for line in self.lines:
            if line.name == name:
                return line.value
        return None

    def walk(self, name: str) -> Iterator["Block"]:
        """Yield every component of that name inside this one, at any depth."""
        for block in self.blocks:
            if block.name == name:
                yield block
            else:
                yield from block.walk(name)


@dataclass(frozen=True, slots=True)
class Tree:
    """What a body holds.

    Attributes:
        calendars: VCALENDARs; events outside any of them stand in one without properties.
        whole: every component that was begun was ended, so nothing was cut off.

    """

    calendars: tuple[Block, ...]
    whole: bool


def read(body: bytes, charset: str | None, notes: list[str]) -> Tree:
    """Read a body; raise ParseError if nothing in it is a calendar. `charset` is the Content-Type's, if any."""
    raw = _eight_bit(body)
    if not raw.strip():
        raise ParseError("The calendar is empty (no content at all); ask again later.")
    text = _decoded(_FOLD.sub(b"", raw), charset, notes)
    if not re.search(r"(?im)^[ \t]*BEGIN:V(CALENDAR|EVENT)[ \t]*$", text.replace("\r", "\n")):
        raise ParseError(f"This is not an iCalendar file: there is no BEGIN:VCALENDAR; {_looks_like(text)}.")
    root, whole = _tree(text, notes)
    calendars = list(root.walk("VCALENDAR"))
    loose = Block("VCALENDAR", [], [block for block in root.blocks if block.name != "VCALENDAR"])
    if any(True for _ in loose.walk("VEVENT")):
        notes.append("Events stand outside of any VCALENDAR; they were read all the same.")
        calendars.append(loose)
    return Tree(tuple(calendars), whole)


def _eight_bit(body: bytes) -> bytes:
    """Return the body without byte-order mark, UTF-16 and UTF-32 as UTF-8: folds are undone on bytes."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            if encoding == "utf-8":
                return body[len(mark) :]
            return body.decode(encoding, "replace").encode()
    if b"\0" in body[:4]:
        wide = "utf-16-be" if body[:1] == b"\0" else "utf-16-le"
        return body.decode(wide, "replace").encode("utf-8", "replace")
    return body


def _decoded(raw: bytes, charset: str | None, notes: list[str]) -> str:
    """Decode: UTF-8 (RFC 5545 §3.1.4) unless it is not; then what the server said, then Windows' Latin letters."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    for encoding in filter(None, (charset, "cp1252", "latin-1")):
        try:
            text = raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        notes.append(f"The calendar is not UTF-8; it was read as {encoding}.")
        return text
    return raw.decode("utf-8", "replace")


def _looks_like(text: str) -> str:
    start = text.lstrip()[:512].lower()
    if start.startswith(("<!doctype html", "<html")) or "<head" in start or "<body" in start:
        return "it looks like an HTML page, perhaps a block or login page"
    if start.startswith("<"):
        return "it looks like XML"
    if start.startswith(("{", "[")):
        return "it looks like JSON"
    return f"it begins with {start.split(chr(10))[0][:40]!r}"


def _tree(text: str, notes: list[str]) -> tuple[Block, bool]:
    root = Block("")
    stack = [root]
    odd = open_still = 0
    for written in re.split(r"[\r\n]+", text):
        bare = written.strip()
        if not bare:
            continue
        line = _line(written.lstrip())
        if line is None:
            odd += not _continued(stack[-1], bare)
        elif line.name == "BEGIN":
            open_still += not _begin(stack, line.value.strip().upper())
        elif line.name == "END":
            odd += not _end(stack, line.value.strip().upper())
        else:
            stack[-1].lines.append(line)
    if odd:
        notes.append(f"{odd} lines are no iCalendar content lines and were left out.")
    if open_still:
        notes.append(f"{open_still} components are not ended before the next one begins.")
    open_ones = [block.name for block in stack[1:]]
    if open_ones:
        notes.append(f"The calendar is cut short: {open_ones[-1]} is never ended.")
    return root, not open_ones


def _begin(stack: list[Block], name: str) -> bool:
    """Open a component; False if one before it that cannot hold it lacks its END: that one is closed."""
    barred = {"VCALENDAR"} if name == "VCALENDAR" else _OF_CALENDARS if name in _OF_CALENDARS else frozenset()
    depths = range(1, len(stack))
    unended = next((depth for depth in depths if stack[depth].name in barred), None)
    if unended is not None:
        del stack[unended:]
    block = Block(name)
    stack[-1].blocks.append(block)
    if len(stack) < _DEEPEST:
        stack.append(block)
    return unended is None


def _end(stack: list[Block], name: str) -> bool:
    """Close the innermost component of that name; False if none is open."""
    for depth in range(len(stack) - 1, 0, -1):
        if stack[depth].name == name:
            del stack[depth:]
            return True
    return False


def _line(written: str) -> Line | None:
    """Split a content line; None if it has no name."""
    head, colon, value = written.partition(":")
    bare, _, params = head.partition(";")
    name = _name(bare) if colon else None
    if name is None:
        return None
    if not params:
        return Line(name, "", value)
    if name in DATED:
        # an unquoted TZID may hold a colon ("(UTC-05:00) Eastern Time"); a date never does
        rest, _, value = written.rstrip().rpartition(":")
        return Line(name, rest[len(name) :], value)
    if '"' not in head:
        return Line(name, ";" + params, value)
    quoted = _PARAMS.match(written, len(name))
    if quoted is None:  # a quote that never ends
        return Line(name, ";" + params, value)
    return Line(name, quoted[0][:-1], written[quoted.end() :])


@lru_cache(maxsize=500)
def _name(written: str) -> str | None:
    return written.upper() if written.isascii() and written.replace("-", "").isalnum() else None


def _continued(block: Block, words: str) -> bool:
    """Take a line that is none as more of the text before it: exporters forget to fold. False if there is no text."""
    last = block.lines[-1] if block.lines else Line("", "", "")
    if last.name not in _WORDY or len(last.value) > _LONGEST_MENDED:
        return False
    block.lines[-1] = Line(last.name, last.params, f"{last.value}\\n{words}")
    return True
