"""The command line. Standard output is for answers and records; everything else goes to standard error.

Exit status: 0 all well, 1 something is wrong in the data, 2 usage, 78 configuration (sysexits.h EX_CONFIG).
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from importlib import import_module
from pathlib import Path

from bot.domain.errors import BotError, ConfigError

OK, WRONG, USAGE, CONFIGURATION = 0, 1, 2, 78

Run = Callable[[argparse.Namespace], int]
Add = Callable[..., argparse.ArgumentParser]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return the exit status."""
    arguments = _parser().parse_args(argv)
    if arguments.subcommand is None:
        _parser().print_help(sys.stderr)
        return USAGE
    module, _, function = arguments.does.partition(":")
    run: Run = getattr(import_module(module), function)
    try:
        return run(arguments)
    except ConfigError as error:
        for problem in error.problems:
            _complain(problem)
        return CONFIGURATION
    except BotError as error:
        _complain(str(error))
        return WRONG
    except BrokenPipeError:
        # Whoever read our output has left; Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        return OK


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
    parse.add_argument("format", metavar="FORMAT", help="feed, ical, itu-meetings")
    parse.add_argument("file", metavar="FILE", help="a file, or - for standard input")
    parse.add_argument("--url", default="https://example.invalid/", help="address it is taken to come from")
    parse.add_argument("--header", action="append", default=[], metavar="'NAME: VALUE'", help="header it came with")
    parse.add_argument("--from", dest="first", type=_day, metavar="DATE", help="first day of occurrences (ical)")
    parse.add_argument("--to", dest="last", type=_day, metavar="DATE", help="last day of occurrences (ical)")
    match = add("match", help="match entries with watches, print one JSON record an entry")
    match.set_defaults(does="bot.commandline.reading:match")
    match.add_argument("--watches", required=True, type=Path, metavar="W.jsonl", help='watches: {"id","query"}')
    match.add_argument("entries", metavar="ENTRIES.jsonl", help="entries, or - for standard input")


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


def _configured(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration (default: ./rapporteur.toml)")
    parser.add_argument("--verbose", action="store_true", help="log more")
    return parser


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _instant(text: str) -> datetime:
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        message = "an instant needs a zone, for example 2026-11-21T12:00:00+00:00"
        raise argparse.ArgumentTypeError(message)
    return when
