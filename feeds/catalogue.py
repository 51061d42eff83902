"""The sources that come with Rapporteur: `catalogue.toml`, read and checked."""

import re
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
OPTIONAL = frozenset({"body", "needs", "verified", "preset", "groups"})
PERIOD = {"yy": "25", "isn_sp": "9677"}
"""ITU-T's study period 2025-2028, as its addresses name it."""
GIVEN = frozenset({*PERIOD, "next"})
"""Words of addresses that nobody fills in; `{next}` is a page of a source of many (bot/domain/rounds.py)."""
CONFIDENCES = ("high", "medium", "low")
_GROUP = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,40}(?:/[A-Za-z0-9][A-Za-z0-9-]{0,60})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A source of the catalogue, with what is known about it.

    Attributes:
        poll: it is polled with no configuration.
        needs: words in braces in the address that must be filled in before it can be polled.
        preset: name under which `source add` fills it in, for a group of a body: `source add itu/SG17`.
        confidence: how sure the address is right: high, medium or low.
        verified: the day somebody last saw it answer, if it was noted.

    """

    source: Source
    poll: bool
    needs: tuple[str, ...] = ()
    preset: str = ""
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
    written: list[dict[str, Any]] = tomllib.loads(text)["sources"]
    tables = [one for table in written for one in (table, *_groups(table))]
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
        "groups are for presets": "groups" not in table or "preset" in table,
        "a preset cannot be polled": not (table["poll"] and "needs" in table),
    }
    return [f"{name}: {rule}." for rule, holds in rules.items() if not holds]


def _braces(url: str) -> tuple[str, ...]:
    named = (name for _, name, _, _ in Formatter().parse(url) if name is not None)
    return tuple(dict.fromkeys(name for name in named if name not in GIVEN))


def _groups(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the lines that a preset stands for: one for each group that is polled with no configuration."""
    return [filled(table, _words(table, group)) for group in table.get("groups", ())]


def _words(table: Mapping[str, Any], typed: str) -> dict[str, str]:
    """Return the words of an address: "SG17" is group SG17, number 17; a preset of several words parts them by /."""
    if table.get("preset") == "itu":
        name = typed.upper()
        return {"group": name, "number": name.removeprefix("SG"), "folded": name.lower()}
    return dict(zip(table.get("needs", ()), typed.split("/"), strict=False))


def filled(table: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """Return a line with the words of its address, name and purpose filled in; its id ends with them."""
    whole = {**PERIOD, "next": "{next}", **words}
    known = {name: text for name, text in table.items() if name not in ("needs", "groups", "preset")}
    for name in ("url", "name", "about"):
        known[name] = known[name].format_map(whole)
    last = "-".join(words[name] for name in table["needs"] if name in words and name != "number") or words["number"]
    known["id"] = f"{known['id']}-{words.get('group', last)}".lower()
    return known | {"poll": True}


def preset(name: str, typed: str) -> tuple[Source, ...]:
    """Return the sources of a preset for a group: `itu` and "SG17", `w3c` and "wg/webauthn", `3gpp` and "S3".

    Empty if there is no such preset, or the group cannot be one.
    """
    text = Path(__file__).with_name("catalogue.toml").read_text("utf-8")
    tables = [table for table in tomllib.loads(text)["sources"] if table.get("preset") == name]
    found = [(table, _words(table, typed)) for table in tables if _GROUP.fullmatch(typed)]
    return tuple(_listing(filled(table, words)).source for table, words in found if set(table["needs"]) <= words.keys())


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
        preset=table.get("preset", ""),
        confidence=table["confidence"],
        verified=table.get("verified"),
    )
