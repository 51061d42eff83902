"""The command line. Standard output is for answers and records; everything else goes to standard error.

Exit status: 0 all well, 1 something is wrong in the data, 2 usage, 78 configuration (sysexits.h EX_CONFIG).
"""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path

from bot.domain.errors import BotError, ConfigError

OK, WRONG, USAGE, CONFIGURATION = 0, 1, 2, 78
MOST = 1_000_000
"""Beyond any number that makes sense on the command line."""

Run = Callable[[argparse.Namespace], int]
LOGGING = frozenset({"bot.commandline.running", "bot.commandline.demo"})
"""Subcommands that write a log."""
Add = Callable[..., argparse.ArgumentParser]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return the exit status."""
    _open_streams()
    arguments = _parser().parse_args(argv)
    if arguments.subcommand is None:
        _parser().print_help(sys.stderr)
        return USAGE
    run = loaded(arguments.does)
    try:
        status = run(arguments)
        sys.stdout.flush()
    except (BotError, OSError, KeyboardInterrupt) as error:
        return _ended_by(error)
    return status


def loaded(does: str) -> Run:
    """Return the function that `module:function` names.

    What is imported here lasts as long as the process: the garbage collector need not look at it, neither meanwhile
    (a tenth of the time) nor ever after (a pause of 30 ms).
    """
    module, _, function = does.partition(":")
    gc.disable()
    try:
        if module in LOGGING:
            _load_structlog()
        run: Run = getattr(import_module(module), function)
    finally:
        gc.freeze()
        gc.enable()
    return run


def _load_structlog() -> None:
    """Load structlog without rich, which it would use for tracebacks with local variables; those are never printed.

    That is a tenth of the start; the console loads rich when it first shows something.
    """
    if "structlog" not in sys.modules and "rich" not in sys.modules:
        sys.modules["rich"] = None  # type: ignore[assignment]  # PEP 328's way to make an import fail
        try:
            import_module("structlog")
        finally:
            del sys.modules["rich"]


def _open_streams() -> None:
    """Make the standard streams fit to use, whoever started us.

    One that is closed becomes the null device. Files and pipes hold UTF-8 whatever the locale; a terminal gets what
    it can show.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  # lasts as long as we
    if isinstance(sys.stdin, TextIOWrapper) and not sys.stdin.isatty():
        sys.stdin.reconfigure(encoding="utf-8", errors="strict")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding=None if sys.stdout.isatty() else "utf-8", errors="replace")


def _ended_by(error: BaseException) -> int:
    """Say what ended a subcommand, if it is not that somebody wanted it to; return the exit status."""
    match error:
        case ConfigError():
            for problem in error.problems:
                _complain(problem)
            return CONFIGURATION
        case KeyboardInterrupt():
            return OK
        case BrokenPipeError() | BotError(__cause__=BrokenPipeError()):
            _drop_output()
            return OK
        case OSError():
            _complain(f"The system refuses to go on: {error.strerror or error}.")
            _drop_output()
            return WRONG
        case _:
            _complain(str(error))
            return WRONG


def _drop_output() -> None:
    """Let go of what nobody can take; Python would try again at exit, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(text: str) -> None:
    print(text, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rapporteur", description="Watches standards bodies and tells your team: nothing missed, nothing noisy."
    )
    parser.set_defaults(subcommand=None)
    add = parser.add_subparsers(dest="subcommand", metavar="SUBCOMMAND").add_parser
    _add_running(add)
    _add_reading(add)
    _add_looking(add)
    _add_keeping(add)
    _add_platforms(add)
    return parser


def _add_running(add: Add) -> None:
    demo = add("demo", help="a recorded week, offline, in this terminal")
    demo.set_defaults(does="bot.commandline.demo:demo")
    demo.add_argument("--end", action="store_true", help="end after the week, also on a terminal")
    run = _configured(add("run", help="watch the real sources until stopped"))
    run.set_defaults(does="bot.commandline.running:run")
    check = _configured(add("check", help="explain the configuration, or every problem of it"))
    check.set_defaults(does="bot.commandline.checking:check")
    health = _configured(add("health", help="ask the running bot whether it is well"))
    health.set_defaults(does="bot.commandline.checking:health")
    version = add("version", help="print the version")
    version.set_defaults(does="bot.commandline.checking:version")


def _add_reading(add: Add) -> None:
    poll = _configured(add("poll", help="show what one source gives, without storing anything"))
    poll.set_defaults(does="bot.commandline.reading:poll")
    poll.add_argument("source", metavar="SOURCE", help="id of a source, or an address")
    poll.add_argument("--json", action="store_true", help="print JSON Lines")
    parse = add("parse", help="read a file as a format, print one JSON entry a line")
    parse.set_defaults(does="bot.commandline.reading:parse")
    parse.add_argument("format", metavar="FORMAT", help="feed, ical, itu-meetings …; a wrong one lists all")
    parse.add_argument("file", metavar="FILE", help="a file, or - for standard input")
    parse.add_argument("--url", default="https://example.invalid/", help="address it is taken to come from")
    parse.add_argument(
        "--header", action="append", default=[], type=_header, metavar="'NAME: VALUE'", help="header it came with"
    )
    parse.add_argument("--from", dest="first", type=_day, metavar="DATE", help="first day of occurrences (ical)")
    parse.add_argument("--to", dest="last", type=_day, metavar="DATE", help="last day of occurrences (ical)")
    match = add("match", help="match entries with watches, print one JSON record an entry")
    match.set_defaults(does="bot.commandline.reading:match")
    match.add_argument("--watches", required=True, type=Path, metavar="W.jsonl", help='watches: {"id","query"}')
    match.add_argument("entries", metavar="ENTRIES.jsonl", help="entries, or - for standard input")
    cluster = add("cluster", help="tell which entries are one story, print one JSON record an entry")
    cluster.set_defaults(does="bot.commandline.clustering:cluster")
    cluster.add_argument("entries", metavar="ENTRIES.jsonl", help="entries with published, or - for standard input")
    summarise = add("summarise", help="choose sentences of texts from standard input, print one JSON record a text")
    summarise.set_defaults(does="bot.commandline.summarising:summarise")
    summarise.add_argument("--sentences", type=_positive, default=3, metavar="N", help="at most so many (3)")
    summarise.add_argument("--chars", type=_positive, metavar="N", help="at most so many characters together")


def _add_looking(add: Add) -> None:
    meetings = _configured(add("meetings", help="look up meetings: words, group, place, natural-language time"))
    meetings.set_defaults(does="bot.commandline.looking:meetings")
    meetings.add_argument("text", metavar="TEXT", nargs="+", help='for example: "SG17 next month"')
    meetings.add_argument("--db", type=Path, metavar="FILE", help="SQLite file to look into")
    meetings.add_argument("--now", type=_instant, metavar="ISO", help="the moment that relative times refer to")
    meetings.add_argument("--zone", metavar="NAME", help="IANA zone of the days, for example Europe/Berlin")
    meetings.add_argument("--json", action="store_true", help="print JSON Lines, first how it was understood")


def _add_keeping(add: Add) -> None:
    migrate = _configured(add("migrate", help="bring the store's schema up to date"))
    migrate.set_defaults(does="bot.commandline.keeping:migrate")
    backup = _configured(add("backup", help="write a consistent copy of the store, also while the bot runs"))
    backup.set_defaults(does="bot.commandline.keeping:backup")
    backup.add_argument("to", metavar="FILE", type=Path)
    restore = _configured(add("restore", help="put a copy in the store's place"))
    restore.set_defaults(does="bot.commandline.keeping:restore")
    restore.add_argument("from_", metavar="FILE", type=Path)
    _add_watches(add)


def _add_watches(add: Add) -> None:
    watches = add("watches", help="carry all watches and own words to a text file and back")
    does = watches.add_subparsers(dest="direction", metavar="export|import", required=True).add_parser
    export = _configured(does("export", help="write them, in stable order"))
    export.set_defaults(does="bot.commandline.exchanging:export")
    export.add_argument("file", metavar="FILE", nargs="?", help="a file; standard output if none is named")
    import_ = _configured(does("import", help="add what is missing"))
    import_.set_defaults(does="bot.commandline.exchanging:import_")
    import_.add_argument("file", metavar="FILE", help="a file, or - for standard input")


def _add_platforms(add: Add) -> None:
    slack = add("slack", help="what a Slack app needs")
    does = slack.add_subparsers(dest="what", metavar="manifest", required=True).add_parser
    manifest = _configured(does("manifest", help="print what to paste where a Slack app is made"))
    manifest.set_defaults(does="bot.commandline.slack:manifest")
    manifest.add_argument("--transport", choices=("socket", "http"), help="instead of the configured one")


def _configured(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration (default: ./rapporteur.toml)")
    parser.add_argument("--verbose", action="store_true", help="log more")
    return parser


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        message = f"{text!r} is no header; write it as 'Name: value'"
        raise argparse.ArgumentTypeError(message)
    return name.strip().lower(), value.strip()


def _positive(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < MOST:
        message = f"{text!r} is no such number; write one such as 3"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is no day; write one such as 2026-11-21"
        raise argparse.ArgumentTypeError(message) from error


def _instant(text: str) -> datetime:
    message = f"{text!r} is no instant with a zone; write one such as 2026-11-21T12:00:00+00:00"
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(message) from error
    if when.tzinfo is None:
        raise argparse.ArgumentTypeError(message)
    return when
