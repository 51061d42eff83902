"""The configuration: `rapporteur.toml`, then the environment; every problem is reported at once.

The names are a contract with operators (README, "Configuration"). A variable
`RAPPORTEUR_SECTION__KEY` overrides the file; `RAPPORTEUR_SECTION__KEY_FILE` names a file that
holds the value, which is how secrets come in. A variable that is empty counts as not set.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field
from datetime import time, timedelta
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from bot import config_values as values
from bot.domain.entries import SourceId
from bot.domain.errors import ConfigError
from bot.domain.quiet import QuietHours
from bot.domain.sources import Origin, Source
from bot.domain.values import by_value
from bot.settings_llm import LlmSettings
from bot.settings_matrix import MatrixSettings
from bot.settings_slack import SlackSettings

FILE_NAME = "rapporteur.toml"
PREFIX = "RAPPORTEUR_"
LOOPBACK = values.Listen("127.0.0.1", 8080)


def _default_store() -> str:
    from platformdirs import user_data_path

    return f"sqlite:///{user_data_path('rapporteur', appauthor=False) / 'rapporteur.db'}"


@by_value
class StoreSettings:
    """Where everything is remembered; three slashes begin a relative path, four an absolute one."""

    url: Annotated[str, values.STORE_ADDRESS] = field(default_factory=_default_store, repr=False)

    @property
    def path(self) -> Path | None:
        """The store's file, if it is one."""
        name = self.url.removeprefix("sqlite:///")
        return Path(name) if name not in {self.url, ""} else None


@by_value
class HttpSettings:
    """The one port with health, metrics and calendars; `public_url` has no slash at its end."""

    listen: Annotated[values.Listen, values.LISTEN] = LOOPBACK
    public_url: Annotated[str | None, values.PUBLIC_ADDRESS] = None


@by_value
class FetchSettings:
    """How politely sources are asked, and which private addresses may be asked at all.

    Attributes:
        user_agent: None is ours; `{contact}` in it is replaced.
        contact: where a server's operator can complain.
        min_interval: no source is asked more often than that, whatever it allows.

    """

    user_agent: Annotated[str | None, values.AGENT] = None
    contact: Annotated[str, values.CONTACT] = ""
    allow_private: Annotated[tuple[str, ...], values.HOSTS] = ()
    per_host_interval: Annotated[timedelta, values.DURATION] = timedelta(seconds=1)
    min_interval: Annotated[timedelta, values.DURATION] = timedelta(minutes=5)


@by_value
class CatalogueSettings:
    """Whether the sources that come with Rapporteur are polled."""

    enabled: Annotated[bool, values.TRUTH] = True


@by_value
class ConsoleSettings:
    """Whether the terminal is a conversation."""

    enabled: Annotated[bool, values.TRUTH] = True


@by_value
class AlertSettings:
    """How conversations are told that have decided nothing; people may change all but `burst` for theirs."""

    zone: Annotated[str, values.ZONE] = "UTC"
    burst: Annotated[int, values.COUNT] = 5
    echo: Annotated[tuple[str, ...], values.ECHO] = values.ECHOED
    quiet_hours: Annotated[QuietHours | None, values.QUIET_HOURS] = None
    digest_at: Annotated[time, values.TIME] = time(9)


@by_value
class Settings:
    """All that an operator decides."""

    store: StoreSettings = field(default_factory=StoreSettings)
    http: HttpSettings = field(default_factory=HttpSettings)
    fetch: FetchSettings = field(default_factory=FetchSettings)
    catalogue: CatalogueSettings = field(default_factory=CatalogueSettings)
    console: ConsoleSettings = field(default_factory=ConsoleSettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    slack: SlackSettings = field(default_factory=SlackSettings)
    matrix: MatrixSettings = field(default_factory=MatrixSettings)
    llm: LlmSettings = field(default_factory=LlmSettings)
    sources: tuple[Source, ...] = field(default=(), repr=False)


SECTIONS: Mapping[str, type[Any]] = {
    "store": StoreSettings,
    "http": HttpSettings,
    "fetch": FetchSettings,
    "catalogue": CatalogueSettings,
    "console": ConsoleSettings,
    "alerts": AlertSettings,
    "slack": SlackSettings,
    "matrix": MatrixSettings,
    "llm": LlmSettings,
}
SOURCE_KINDS: Mapping[str, values.Kind] = {
    "id": values.SOURCE_ID,
    "url": values.WEB_ADDRESS,
    "format": values.NAME,
    "name": values.NAME,
    "body": values.NAME,
    "lang": values.LANGUAGE,
    "interval": values.INTERVAL,
    "about": values.NAME,
    "full_text": values.TRUTH,
}


def load(path: Path | None, environ: Mapping[str, str], *, formats: Collection[str]) -> Settings:
    """Return the settings of a file and the environment.

    Without `path`, `rapporteur.toml` of the working folder is read if it is there. `formats` are
    the names a source's `format` may have. Raises ConfigError with every problem found, one
    sentence each: the setting, what is wrong, and a value that works.
    """
    problems: list[str] = []
    raw = _file(path, problems)
    kinds = {name: _kinds(section) for name, section in SECTIONS.items()}
    overrides = _environment(environ, kinds, problems)
    tables = {name: {**_table(name, raw, problems), **overrides.get(name, {})} for name in SECTIONS}
    problems.extend(_unknown_section(name) for name in raw if name not in SECTIONS and name != "sources")
    found = {name: SECTIONS[name](**_values(name, table, kinds[name], problems)) for name, table in tables.items()}
    sources = _sources(raw.get("sources", []), formats, problems)
    problems.extend((*found["slack"].problems, *found["matrix"].problems, *found["llm"].problems))
    if problems:
        raise ConfigError([_sentence(problem) for problem in problems])
    return Settings(**found, sources=sources)


def _table(name: str, raw: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    table = raw.get(name, {})
    if isinstance(table, dict):
        return table
    problems.append(f"{name} must be a section: write [{name}] on a line of its own.")
    return {}


def _sentence(problem: str) -> str:
    """Make it one line that ends."""
    line = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in problem)
    return line if line.endswith(("?", ".")) else f"{line}."


def _file(path: Path | None, problems: list[str]) -> dict[str, Any]:
    chosen = path or Path(FILE_NAME)
    if path is None and not chosen.exists():
        return {}
    try:
        return tomllib.loads(chosen.read_text("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{chosen} is not TOML: {error}; texts need quotes, and sections stand in [brackets].")
    except UnicodeDecodeError:
        problems.append(f"{chosen} is not UTF-8 text; save it as UTF-8.")
    except FileNotFoundError:
        problems.append(f"{chosen} does not exist; name a file that does, or leave --config out to use the defaults.")
    except OSError as error:
        problems.append(f"{chosen} cannot be read ({error.strerror}); check that it is a file and who may read it.")
    return {}


def _kinds(section: type[Any]) -> dict[str, values.Kind]:
    hints = get_type_hints(section, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items()}


def _unknown_section(name: str) -> str:
    hint = values.nearest(name, [*SECTIONS, "sources"])
    return f"[{name}] is not a section{hint or '; the sections are ' + ', '.join([*SECTIONS, 'sources']) + '.'}"


def _values(
    where: str, table: Mapping[str, object], kinds: Mapping[str, values.Kind], problems: list[str]
) -> dict[str, Any]:
    """Read the known keys of a table, and report what is wrong with it."""
    read: dict[str, Any] = {}
    for name, value in table.items():
        if name not in kinds:
            hint = values.nearest(name, kinds) or f"; the keys here are {', '.join(kinds)}."
            problems.append(f"{where}.{name} is not a setting{hint}")
            continue
        try:
            read[name] = kinds[name].read(value)
        except ValueError as error:
            problems.append(f"{where}.{name} {error}")
    return read


def _environment(
    environ: Mapping[str, str], kinds: Mapping[str, Mapping[str, values.Kind]], problems: list[str]
) -> dict[str, dict[str, object]]:
    """Return what the environment sets, by section and key, as TOML would hold it."""
    known = {f"{PREFIX}{section}__{key}".upper(): (section, key) for section in kinds for key in kinds[section]}
    found: dict[str, dict[str, object]] = {}
    for variable, text in sorted(environ.items()):
        if not variable.startswith(PREFIX) or not text:
            continue
        plain = variable.removesuffix("_FILE")
        if plain not in known:
            problems.extend(_unknown_variable(variable, known))
            continue
        section, key = known[plain]
        if plain != variable and environ.get(plain):
            problems.append(f"{plain} and {variable} are both set; keep one of them.")
            continue
        content = text if plain == variable else _secret(variable, text, problems)
        if content is not None:
            found.setdefault(section, {})[key] = kinds[section][key].from_text(content)
    return found


def _unknown_variable(variable: str, known: Collection[str]) -> Iterator[str]:
    """Report a variable meant for us; a name without __ that resembles none may be somebody else's."""
    section = variable.removeprefix(PREFIX).partition("__")[0].lower()
    close = get_close_matches(variable.removeprefix(PREFIX), [name.removeprefix(PREFIX) for name in known], n=1)
    hint = f'; did you mean "{PREFIX}{close[0]}"?' if close else ""
    if section == "sources":
        yield f"{variable} cannot be set here; write [[sources]] in {FILE_NAME}."
    elif hint or "__" in variable:
        yield f"{variable} is not a setting{hint or f'; names look like {PREFIX}FETCH__CONTACT.'}"


def _secret(variable: str, path: str, problems: list[str]) -> str | None:
    try:
        content = Path(path).read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        problems.append(f"{variable} names a file that cannot be read ({why}); check the path and who may read it.")
        return None
    if not content:
        problems.append(f"{variable} names an empty file; write the value into it.")
        return None
    return content


def _sources(raw: object, formats: Collection[str], problems: list[str]) -> tuple[Source, ...]:
    if not isinstance(raw, list) or not all(isinstance(table, dict) for table in raw):
        problems.append("sources must be a list: begin each source with [[sources]] on a line of its own.")
        return ()
    kinds = {**SOURCE_KINDS, "format": values.one_of(formats, "format")}
    made = [_source(number, table, kinds, problems) for number, table in enumerate(raw, 1)]
    sources = tuple(source for source in made if source is not None)
    for attribute in ("id", "url"):
        first: dict[str, int] = {}
        for number, source in ((number, source) for number, source in enumerate(made, 1) if source is not None):
            earlier = first.setdefault(getattr(source, attribute), number)
            if earlier != number:
                problems.append(
                    f"sources {earlier} and {number} have the same {attribute}; give each its own, or remove one."
                )
    return sources


def _source(
    number: int, table: Mapping[str, object], kinds: Mapping[str, values.Kind], problems: list[str]
) -> Source | None:
    name = table.get("id")
    where = f"sources[{name if isinstance(name, str) else number}]"
    mine: list[str] = []
    read = _values(where, table, kinds, mine)
    examples = {"id": '"our-feed"', "url": '"https://example.org/feed.xml"', "format": '"feed"'}
    mine.extend(
        f"{where}.{key} is missing; write {key} = {example}." for key, example in examples.items() if key not in table
    )
    problems.extend(mine)
    if mine:
        return None
    read.setdefault("name", read["id"])
    read["id"] = SourceId(read["id"])
    return Source(**read, origin=Origin.CONFIG)


def variables() -> tuple[str, ...]:
    """Return the names of all environment variables that set something."""
    return tuple(
        chain.from_iterable((f"{PREFIX}{name}__{key}".upper() for key in _kinds(SECTIONS[name])) for name in SECTIONS)
    )
