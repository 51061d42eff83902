"""The sources that come with Rapporteur: `catalogue.toml`, read and checked."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from string import Formatter
from typing import Any

from bot.domain.entries import SourceId
from bot.domain.errors import ConfigError
from bot.domain.sources import Origin, Source
from feeds.formats import FORMATS

REQUIRED = frozenset({"id", "name", "url", "format", "lang", "minutes", "poll", "confidence", "about"})
OPTIONAL = frozenset({"body", "needs", "verified"})
CONFIDENCES = ("high", "medium", "low")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A source of the catalogue, with what is known about it.

    Attributes:
        poll: it is polled with no configuration.
        needs: words in braces in the address that must be filled in before it can be polled.
        confidence: how sure the address is right: high, medium or low.
        verified: the day somebody last saw it answer, if it was noted.

    """

    source: Source
    poll: bool
    needs: tuple[str, ...] = ()
    confidence: str
    verified: date | None = None


def catalogue() -> tuple[Source, ...]:
    """Return the sources that are polled with no configuration."""
    return tuple(listing.source for listing in listings() if listing.poll)


def listings() -> tuple[Listing, ...]:
    """Return everything in the catalogue, presets included."""
    return read(Path(__file__).with_name("catalogue.toml").read_text("utf-8"))


def read(text: str) -> tuple[Listing, ...]:
    """Read a catalogue; raises ConfigError with every problem in it."""
    tables: list[dict[str, Any]] = tomllib.loads(text)["sources"]
    problems = [problem for table in tables for problem in _problems(table)]
    for key in ("id", "url"):
        values = [table.get(key) for table in tables]
        problems.extend(f"Two sources have the {key} {value}." for value in set(values) if values.count(value) > 1)
    if problems:
        raise ConfigError(problems)
    return tuple(_listing(table) for table in tables)


def _problems(table: Mapping[str, Any]) -> list[str]:
    name = table.get("id", "a source without id")
    wrong = sorted(REQUIRED - table.keys()) + sorted(table.keys() - REQUIRED - OPTIONAL)
    if wrong:
        return [f"{name}: missing or unknown: {', '.join(wrong)}."]
    rules = {
        f"format must be one of {', '.join(FORMATS)}": table["format"] in FORMATS,
        f"confidence must be one of {', '.join(CONFIDENCES)}": table["confidence"] in CONFIDENCES,
        "url must be absolute https": table["url"].startswith("https://"),
        "minutes must be a whole number from 5 to 1440": table["minutes"] in range(5, 1441),
        "needs must name the words in braces in url": tuple(table.get("needs", ())) == _braces(table["url"]),
        "a preset cannot be polled": not (table["poll"] and "needs" in table),
    }
    return [f"{name}: {rule}." for rule, holds in rules.items() if not holds]


def _braces(url: str) -> tuple[str, ...]:
    return tuple(name for _, name, _, _ in Formatter().parse(url) if name is not None)


def _listing(table: Mapping[str, Any]) -> Listing:
    return Listing(
        source=Source(
            id=SourceId(table["id"]),
            url=table["url"],
            format=table["format"],
            name=table["name"],
            body=table.get("body"),
            lang=table["lang"],
            interval=timedelta(minutes=table["minutes"]),
            about=table["about"],
            origin=Origin.CATALOGUE,
        ),
        poll=table["poll"],
        needs=tuple(table.get("needs", ())),
        confidence=table["confidence"],
        verified=table.get("verified"),
    )
